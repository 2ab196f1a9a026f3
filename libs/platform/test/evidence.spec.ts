// Evidence is sealed behind its writers: what commits late is in a later block, and nobody waits.
import { Injectable, Module } from '@nestjs/common';
import {
  auditServices,
  cryptographyOf,
  Database,
  databaseAddress,
  isDigestOf,
  isSigned,
  numberArray,
  service,
  servicesOf,
  textArray,
} from '#platform';
import type { Finding } from '#platform';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';

@Injectable()
class Desk {
  constructor(readonly db: Database) {}
}

const evidence = [{ table: 'dead_letter', key: ['source', 'sequence'] }];
@Module({ imports: [service({ name: 'desk', evidence })], providers: [Desk] })
class DeskModule {}

describe('evidence', () => {
  let exchange: TestExchange;
  let db: Database;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [DeskModule] });
    ({ db } = exchange.running.get(Desk));
  });
  afterAll(() => exchange.stop());

  const insert = `insert into dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at) values ($1, $2, 't', 's', 0, '', '', 'why', 1, 0)`;
  const seal = () => exchange.advance(86_400_000 / 4);
  const sealed = async () =>
    (await exchange.database.query<{ block: string; keys: string }>('select block, keys from desk.seals order by block')).map(
      ({ block, keys }) => [block, keys],
    );

  it('closes what is committed; a transaction that commits late waits for a later block, and holds nobody up', async () => {
    const begun = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const late = db.transaction(async (tx) => {
      await tx.query(insert, ['late', 1]);
      begun.resolve();
      await commit.promise;
    });
    await begun.promise;
    await db.transaction(async (tx) => {
      await tx.query(insert, ['early', 1]);
      await tx.query(insert, ['early', 2]);
    });
    await seal();
    expect(await sealed()).toEqual([['1', '[["early","1"],["early","2"]]']]);
    commit.resolve();
    await late;
    await seal();
    expect(await sealed()).toEqual([
      ['1', '[["early","1"],["early","2"]]'],
      ['2', '[["late","1"]]'],
    ]);
    const findings: Finding[] = [];
    const { extents } = await auditServices(
      databaseAddress(exchange.database.url),
      servicesOf([DeskModule]),
      { keys: [], roots: [] },
      (one) => findings.push(one),
      () => undefined,
    );
    expect([findings, extents]).toEqual([[], [{ service: 'desk', blocks: 2, rows: 3, unsealed: 0, blocksAfterRoot: 2 }]]);
  });

  it.each(['seal_blocks', 'seals', 'signed_roots'])('the service itself cannot change or delete what stands in %s', async (table) => {
    for (const sql of [`update ${table} set block = block`, `delete from ${table}`, `truncate ${table}`])
      await expect(db.query(sql)).rejects.toThrow('permission denied');
  });

  it('a restart finds its triggers, and seals rows once', async () => {
    await exchange.restart();
    await seal();
    expect(await sealed()).toHaveLength(2);
  });

  it('rows that were there before their table was declared are sealed too', async () => {
    await exchange.database.query('drop trigger seal_dead_letter on desk.dead_letter');
    await exchange.database.query(insert.replace('into dead_letter', 'into desk.dead_letter'), ['before', 1]);
    await exchange.restart();
    await seal();
    expect((await sealed()).at(-1)![1]).toContain('["before","1"]');
  });
});

describe('cryptography', () => {
  it.each([
    ['international', '01ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['national', '0266c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
  ] as const)('of the %s suite: the published digest of "abc", and signatures that hold for what was signed alone', (suite, digest) => {
    const own = cryptographyOf(suite);
    expect(own.digest('abc').toString('hex')).toBe(digest);
    expect([isDigestOf(own.digest('abc'), 'abc'), isDigestOf(own.digest('abc'), 'abd'), isDigestOf(Buffer.alloc(33), 'abc')]).toEqual([
      true,
      false,
      false,
    ]);
    const { privateKey, publicKey } = own.newKeys();
    const signature = own.sign(Buffer.from('abc'), privateKey);
    const other = suite === 'national' ? 'international' : 'national';
    expect([
      isSigned(suite, Buffer.from('abc'), publicKey, signature),
      isSigned(suite, Buffer.from('abd'), publicKey, signature),
      isSigned(other, Buffer.from('abc'), publicKey, signature),
      isSigned('none', Buffer.from('abc'), publicKey, signature),
    ]).toEqual([true, false, false, false]);
  });
});

it('arrays are written as PostgreSQL reads them', () => {
  expect(numberArray([1, null, 2n])).toBe('{1,NULL,2}');
  expect([textArray([]), textArray(['a', '']), textArray(['a', null])]).toEqual(['{}', '{"a",""}', '{"a",NULL}']);
  expect(textArray(['q"', 'b\\', 'NULL', '{,}'])).toBe('{"q\\"","b\\\\","NULL","{,}"}');
});
