// Evidence is sealed behind its writers: what commits late is in a later block, and nobody waits.
import { Injectable, Module } from '@nestjs/common';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  auditServices,
  cryptographyOf,
  Database,
  databaseAddress,
  int4Array,
  int8Array,
  isDigestOf,
  isSigned,
  makeSigningKey,
  numberArray,
  publicPath,
  service,
  servicesOf,
  textArray,
} from '#platform';
import type { Finding } from '#platform';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';
import { Platform } from '../src/platform.js';

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

it('an orderly stop seals what was written last', async () => {
  const exchange = await testExchange({ modules: [DeskModule] });
  try {
    // By a virtual clock sealing is a job.
    await exchange.database.query('update platform.clock set is_virtual = false');
    await exchange.restart({ clock: 'system' });
    const { db } = exchange.running.get(Desk);
    await db.query(
      `insert into dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at) values ('last', 1, 't', 's', 0, '', '', 'why', 1, 0)`,
    );
    await exchange.running.stop();
    expect(await exchange.database.query('select keys from desk.seals')).toEqual([{ keys: '[["last","1"]]' }]);
    expect(await exchange.database.query('select from desk.unsealed')).toEqual([]);
  } finally {
    await exchange.stop();
  }
});

describe('a block of evidence', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [DeskModule] });
  });
  afterAll(() => exchange.stop());

  const added = (source: string, rows: number): Promise<unknown> =>
    exchange.database.query(
      `insert into desk.dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at)
       select $1, nth, 't', 's', 0, '', '', 'why', 1, 0 from generate_series(1, $2::int4) nth`,
      [source, rows],
    );
  const seal = () => exchange.advance(86_400_000 / 4);
  const blocks = async () =>
    exchange.database.query<{ rows: number; columns: string }>(
      'select json_array_length(keys::json) as rows, columns from desk.seals order by block',
    );

  it('takes so many rows and no more, also of one statement', async () => {
    await added('many', 25_500);
    expect(
      await exchange.database.query(
        'select json_array_length(keys::json) as rows, count(*)::int4 from desk.unsealed group by 1 order by 1',
      ),
    ).toEqual([
      { rows: 500, count: 1 },
      { rows: 1_000, count: 25 },
    ]);
    await seal();
    expect((await blocks()).map(({ rows }) => rows)).toEqual([20_000, 5_500]);
  });

  it('is over the columns that a migration added meanwhile', async () => {
    await exchange.database.query(`alter table desk.dead_letter add column later text not null default 'x'`);
    await added('later', 1);
    await seal();
    expect(JSON.parse((await blocks()).at(-1)!.columns)).toContain('later');
  });

  it('names a row that is in no block, where memory need not hold those that are', async () => {
    await exchange.database.query('set session_replication_role = replica; ' + insertedUnseen);
    const findings: Finding[] = [];
    await auditServices(
      databaseAddress(exchange.database.url),
      servicesOf([DeskModule]),
      { keys: [], roots: [] },
      (one) => findings.push(one),
      () => undefined,
    );
    expect(findings).toMatchObject([{ table: 'dead_letter', row: 'unseen, 7', wrong: 'never_sealed' }]);
  });
});
const insertedUnseen = `insert into desk.dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at)
  values ('unseen', 7, 't', 's', 0, '', '', 'why', 1, 0)`;

describe('the key that signs roots', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exchange-key-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('must be there where it is configured, and none is made in its place', async () => {
    const missing = join(folder, 'typo.pem');
    await expect(testExchange({ modules: [DeskModule], config: { signingKey: missing } })).rejects.toThrow('signing_key_must_be_there');
    await expect(readFile(missing)).rejects.toThrow('ENOENT');
  });

  it('is made once, with its public half, which comes again where it was lost; the log names it with each root', async () => {
    const path = join(folder, 'deep', 'key.pem');
    const keyId = await makeSigningKey(path, cryptographyOf('international'));
    expect(await makeSigningKey(path, cryptographyOf('international'))).toBe(keyId);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(folder, 'deep'))).sort()).toEqual(['key.pem', 'key.pub.pem']);
    const told = await readFile(publicPath(path), 'utf8');
    await rm(publicPath(path));
    const exchange = await testExchange({ modules: [DeskModule], config: { signingKey: path } });
    try {
      expect(await readFile(publicPath(path), 'utf8')).toBe(told);
      const { sealer } = exchange.running.get(Platform).services.find(({ name }) => name === 'desk')!;
      const said: object[] = [];
      Object.assign(sealer!, { log: { info: (line: object) => said.push(line) } });
      await exchange.database.query(insertedUnseen);
      await exchange.advance(86_400_000);
      expect(said).toMatchObject([{ root: 1, keyId }]);
    } finally {
      await exchange.stop();
    }
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
  expect(int4Array([1, -2]).toString('hex')).toBe('0000000100000000000000170000000200000001' + '0000000400000001' + '00000004fffffffe');
  expect(int8Array([-1n]).toString('hex')).toBe('0000000100000000000000140000000100000001' + '00000008ffffffffffffffff');
  expect(textArray(['q"', 'b\\', 'NULL', '{,}'])).toBe('{"q\\"","b\\\\","NULL","{,}"}');
});
