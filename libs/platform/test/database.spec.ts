import { Module } from '@nestjs/common';
import { Empty, PageInfo } from '#contracts';
import { type Call, CopyRows, type Database, Refusal, run, type Running, service } from '#platform';
import { Platform } from '../src/platform.js';
import { testDatabase, type TestDatabase } from '#testing';

const migrations = new URL('./migrations/', import.meta.url);

@Module({ imports: [service({ name: 'registry', migrations })] })
class RegistryOnly {}

@Module({ imports: [service({ name: 'voucher', migrations })] })
class VoucherOnly {}

const caller = (idempotencyKey: string, requestHash: string, participantId = 7): Call => ({
  caller: { participantId, roles: ['buyer'], name: 'key/1' },
  method: 'test/Put',
  idempotencyKey,
  requestHash,
});

let place: TestDatabase;
let running: Running;
let database: Database;
const settings = () => ({ databaseUrl: place.url, grpcPort: 0, logLevel: 'silent' as const });

beforeAll(async () => {
  place = await testDatabase();
  running = await run([RegistryOnly, VoucherOnly], settings());
  database = running.get<Platform>(Platform).services.find(({ name }) => name === 'registry')!.database;
});
afterAll(async () => {
  await running.stop();
  await place.drop();
});

describe("a service's role", () => {
  it('owns no table and is no superuser', async () => {
    const [row] = await database.query(
      `select current_user = $1 as own, (select count(*) from pg_class where relowner = current_user::regrole) as owned,
         (select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls from pg_roles where rolname = current_user) as mighty`,
      [`${new URL(place.url).pathname.slice(1)}_registry`],
    );
    expect(row).toEqual({ own: true, owned: 0n, mighty: false });
  });

  it('may add to an append-only table and nothing else', async () => {
    await database.query(`insert into record (id, text) values (1, 'posted')`);
    for (const sql of [`update record set text = 'changed'`, 'delete from record', 'truncate record', 'truncate note', 'drop table record'])
      await expect(database.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    expect(await database.query('select text from record')).toEqual([{ text: 'posted' }]);
  });

  it("does not see another service's tables, nor which migrations ran", async () => {
    for (const table of ['voucher.note', 'registry.migration', 'registry.service_migration'])
      await expect(database.query(`select * from ${table}`)).rejects.toThrow('permission denied');
    await expect(database.query('create table registry.mine (id int)')).rejects.toThrow('permission denied');
  });
});

describe('migrations', () => {
  it('run once when several processes start at once', async () => {
    const fresh = await testDatabase();
    const both = await Promise.all([1, 2].map(() => run([RegistryOnly], { ...settings(), databaseUrl: fresh.url })));
    expect(await fresh.query('select name from registry.migration')).toEqual([{ name: '0001_note' }]);
    await Promise.all(both.map((one) => one.stop()));
    await fresh.drop();
  });

  it('leave nothing behind where one fails, and say which', async () => {
    const fresh = await testDatabase();
    @Module({ imports: [service({ name: 'registry', migrations: new URL('./broken-migrations/', import.meta.url) })] })
    class Broken {}
    await expect(run([Broken], { ...settings(), databaseUrl: fresh.url })).rejects.toThrow('0002_wrong');
    expect(await fresh.query(`select 1 from information_schema.tables where table_schema = 'registry' and table_name = 'good'`)).toEqual(
      [],
    );
    await fresh.drop();
  });
});

describe('a transaction', () => {
  it('undoes all when it throws', async () => {
    const attempt = database.transaction(async (tx) => {
      await tx.query('insert into note (id, sequence) values (50, 1)');
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    expect(await database.query('select * from note where id = 50')).toEqual([]);
  });

  it('does not pass for done when a statement in it failed', async () => {
    const attempt = database.transaction(async (tx) => {
      await tx.query('insert into note (id, sequence) values (51, 1)');
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('transaction_must_not_hide_a_failed_statement');
  });

  // What came after it fails too, and may be heard of first.
  it.each(['alone', 'beside a statement after it'])('is run again after a deadlock of a statement %s', async (how) => {
    await database.query('delete from note where id in (60, 61)');
    await database.query('insert into note (id, sequence) values (60, 0), (61, 0)');
    let tries = 0;
    let bothHold!: () => void;
    const met = new Promise<void>((resolve) => (bothHold = resolve));
    let holding = 0;
    const cross = (first: number, second: number) =>
      database.transaction(async (tx) => {
        // Who was sent back would meet the other again if it came before that one went on.
        if (++tries > 2) await Promise.any(both);
        await tx.query('update note set sequence = sequence + 1 where id = $1', [first]);
        if (++holding === 2) bothHold();
        await met;
        const update = tx.query('update note set sequence = sequence + 1 where id = $1', [second]);
        const after = how === 'alone' ? undefined : tx.query('select 1');
        const toldLater = update.catch(async (error: Error) => {
          await after?.catch(() => undefined);
          throw error;
        });
        await Promise.all([toldLater, after]);
      });
    const both = [cross(60, 61), cross(61, 60)];
    await Promise.all(both);
    expect(tries).toBe(3);
    expect(await database.query('select sequence from note where id in (60, 61)')).toEqual([{ sequence: 2n }, { sequence: 2n }]);
  });

  it('is not harmed by a column that an upgrade adds, nor is a statement alone, on whichever connection', async () => {
    await place.query('create table registry.upgraded (id int); insert into registry.upgraded values (1)');
    await place.query(`grant select, update on registry.upgraded to ${new URL(place.url).pathname.slice(1)}_registry`);
    const texts = ['select * from upgraded', 'update upgraded set id = id returning *', 'select * from upgraded for update'];
    const whole = () => database.transaction(async (tx) => (await Promise.all(texts.map((text) => tx.query(text)))).flat());
    const alone = () => database.query(texts[0]!);
    const all = () => Promise.all([...Array.from({ length: 20 }, alone), ...Array.from({ length: 8 }, whole)]);
    await all();
    await place.query('alter table registry.upgraded add column added int');
    const row = { id: 1, added: null };
    expect(await alone()).toEqual([row]);
    expect(await whole()).toEqual([row, row, row]);
    await place.query('alter table registry.upgraded add column more int');
    expect((await all()).flat()).toEqual(Array.from({ length: 44 }, () => ({ ...row, more: null })));
  });

  it('takes statements side by side, and again those that failed', async () => {
    const side = (...texts: string[]) => database.transaction((tx) => Promise.all(texts.map((text) => tx.query(text))));
    const [one, three] = ['select 1 as n', 'select 3 as n'];
    await expect(side(one, 'select 2 from nothing', three)).rejects.toThrow('"nothing" does not exist');
    expect(await side(three, one)).toEqual([[{ n: 3 }], [{ n: 1 }]]);
    const last = database.transaction(async (tx) => {
      await tx.query('insert into note (id, sequence) values (52, 1)');
      tx.atCommit('select 1 / 0');
    });
    await expect(last).rejects.toThrow('division by zero');
    expect(await database.query('select * from note where id = 52')).toEqual([]);
  });

  it('copies rows that go out with the statement, and loses all of them where one breaks a rule or an earlier statement failed', async () => {
    const copied = (rows: readonly (readonly [number, string])[], before?: string) =>
      database.transaction(async (tx) => {
        const copy = new CopyRows(2, 0);
        for (const [id, text] of rows) {
          copy.row();
          copy.int4(id);
          copy.text(text);
        }
        const failed = before === undefined ? undefined : tx.query(before);
        await Promise.all([failed, tx.copy('copy record (id, text) from stdin (format binary)', copy.end())]);
      });
    const long = '算力'.repeat(20_000);
    await copied([
      [70, 'a\tb\\'],
      [71, long],
    ]);
    expect(await database.query('select text from record where id in (70, 71) order by id')).toEqual([{ text: 'a\tb\\' }, { text: long }]);
    await expect(
      copied([
        [72, 'x'],
        [70, 'again'],
      ]),
    ).rejects.toMatchObject({ constraint: 'record_pkey' });
    await expect(copied([[73, 'x']], 'select 1 / 0')).rejects.toThrow('division by zero');
    // The connection is as good as before.
    expect(await database.query('select id from record where id > 71')).toEqual([]);
  });

  it('copies bytes as they are, however long', async () => {
    const long = '电力'.repeat(20_000);
    const copy = new CopyRows(2, 0);
    copy.row();
    copy.bytes(Buffer.from([0, 0, 0, 75]));
    copy.bytes(Buffer.from(long));
    await database.transaction((tx) => tx.copy('copy record (id, text) from stdin (format binary)', copy.end()));
    expect(await database.query('select text from record where id = 75')).toEqual([{ text: long }]);
  });

  it('sends copies and statements with the commit in the order in which they were said', async () => {
    const copy = new CopyRows(2, 1);
    copy.row();
    copy.int4(91);
    copy.int8(1n);
    await database.transaction(async (tx) => {
      tx.atCommit('insert into note (id, sequence) values (90, 1)');
      tx.copyAtCommit('copy note (id, sequence) from stdin (format binary)', copy.end());
      tx.atCommit('update note set sequence = 2 where id >= 90');
    });
    expect(await database.query('select id, sequence from note where id >= 90 order by nth')).toEqual([
      { id: 90, sequence: 2n },
      { id: 91, sequence: 2n },
    ]);
  });

  it('throws what failed of what nobody waited for, and not what came of it', async () => {
    const lost = (then: string) =>
      database.transaction(async (tx) => {
        tx.unawaited(
          tx.query('select 1 / 0').catch((cause: unknown) => {
            throw new Error('rule_must_hold', { cause });
          }),
        );
        if (then !== '') await tx.query(then);
        tx.atCommit('insert into note (id, sequence) values (80, 1)');
      });
    await expect(lost('')).rejects.toThrow('rule_must_hold');
    await expect(lost('select 1')).rejects.toThrow('rule_must_hold');
    expect(await database.query('select * from note where id = 80')).toEqual([]);
  });

  it('gives columns as said', async () => {
    const [row] = await database.query(
      `select 9007199254740993::int8 as big, 7::int4 as small, 1.50::numeric as exact, '{"a":1}'::jsonb as json, '\\x01'::bytea as bytes,
         array[9007199254740993, null]::int8[] as bigs, array[1.50]::numeric[] as exacts, '{}'::int8[] as none`,
    );
    expect(row).toEqual({
      ...{ big: 9007199254740993n, small: 7, exact: '1.50', json: { a: 1 }, bytes: Buffer.from([1]) },
      ...{ bigs: [9007199254740993n, null], exacts: ['1.50'], none: [] },
    });
  });
});

describe('once', () => {
  const put = (call: Call, id: number) =>
    database.once(call, PageInfo, async (tx) => {
      await tx.query('insert into note (id, sequence) values ($1, 0)', [id]);
      return { nextCursor: `put ${id}` };
    });
  const count = async (id: number) => (await database.query('select 1 from note where id = $1', [id])).length;

  it('does the same request once and gives the first answer again', async () => {
    expect(await put(caller('k1', 'h1'), 100)).toEqual({ nextCursor: 'put 100' });
    expect(await put(caller('k1', 'h1'), 100)).toEqual({ nextCursor: 'put 100' });
    expect(await count(100)).toBe(1);
  });

  it('does it once when both come at the same time', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => put(caller('k2', 'h1'), 101)));
    expect(new Set(answers.map((answer) => answer.nextCursor))).toEqual(new Set(['put 101']));
    expect(await count(101)).toBe(1);
  });

  it('refuses another request under the same key', async () => {
    await put(caller('k3', 'h1'), 102);
    await expect(put(caller('k3', 'h2'), 102)).rejects.toMatchObject({ kind: 'conflict', rule: 'idempotency_key_must_not_be_reused' });
    await expect(put({ ...caller('k3', 'h1'), method: 'test/Other' }, 102)).rejects.toBeInstanceOf(Refusal);
  });

  it('keeps the keys of callers apart, and those of one participant together', async () => {
    await put(caller('k4', 'h1', 8), 103);
    await put(caller('k4', 'h1', 9), 103);
    await put({ ...caller('k4', 'h1', 9), caller: { participantId: 9, roles: [], name: 'key/2' } }, 103);
    expect(await count(103)).toBe(2);
  });

  it('does work that is not its own once, and again where it was refused', async () => {
    let done = 0;
    const work = (call: Call, refusal?: Refusal) =>
      database.answerOnce(call, PageInfo, async () => {
        if (refusal) throw refusal;
        return { nextCursor: `done ${++done}` };
      });
    await expect(work(caller('k8', 'h1'), new Refusal('conflict', 'not_now', 'later'))).rejects.toThrow('not_now');
    expect(await work(caller('k8', 'h2'))).toEqual({ nextCursor: 'done 1' });
    expect(await work(caller('k8', 'h2'))).toEqual({ nextCursor: 'done 1' });
    await expect(work(caller('k8', 'h1'))).rejects.toMatchObject({ rule: 'idempotency_key_must_not_be_reused' });
    // The process died before the answer was recorded.
    await database.query(`update idempotency set response = null where key = 'k8'`);
    expect(await work(caller('k8', 'h2'))).toEqual({ nextCursor: 'done 2' });
  });

  it('holds no connection while such work goes on', async () => {
    const busy = Array.from({ length: 40 }, (_, index) =>
      database.answerOnce(caller(`busy-${index}`, 'h1'), PageInfo, async () => {
        await database.transaction((tx) => tx.query('select pg_sleep(0.01)'));
        return { nextCursor: '' };
      }),
    );
    expect(await Promise.all(busy)).toHaveLength(40);
  });

  it('remembers an answer for a week', async () => {
    await put(caller('k6', 'h1'), 105);
    await put(caller('k7', 'h1'), 106);
    await database.query(`update idempotency set created_at = created_at - 8 * 86400000::int8 where key = 'k6'`);
    await database.forgetAnswers();
    await put(caller('k6', 'h1'), 105);
    await put(caller('k7', 'h1'), 106);
    expect([await count(105), await count(106)]).toEqual([2, 1]);
  });

  it('does not remember a refusal', async () => {
    const refuse = database.once(caller('k5', 'h1'), Empty, () => Promise.reject(new Refusal('conflict', 'not_now', 'later')));
    await expect(refuse).rejects.toThrow('not_now');
    expect(await put(caller('k5', 'h2'), 104)).toEqual({ nextCursor: 'put 104' });
  });
});
