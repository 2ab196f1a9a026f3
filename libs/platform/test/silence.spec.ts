// A connection on which no answer will come is cut, whatever swallows it; one whose statement takes its time is not.
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import pg from 'pg';
import { PageInfo } from '#contracts';
import { type Call, run, service } from '#platform';
import { Door, testDatabase, type TestDatabase } from '#testing';
import { Database, openPool } from '../src/database.js';
import { type DatabaseAddress, databaseAddress } from '../src/database-url.js';
import { isAway } from '../src/fault.js';
import { makeLogger } from '../src/log.js';
import type { Patience } from '../src/silence.js';

@Module({ imports: [service({ name: 'registry', migrations: new URL('./migrations/', import.meta.url) })] })
class RegistryOnly {}

let place: TestDatabase;
let address: DatabaseAddress;
let door: Door;
let pool: pg.Pool;
let database: Database;
/** What the log said, by its words. */
let said: string[];

beforeAll(async () => {
  place = await testDatabase();
  await (await run([RegistryOnly], { databaseUrl: place.url, grpcPort: 0, logLevel: 'silent' })).stop();
  address = databaseAddress(place.url);
});
afterAll(() => place.drop());
afterEach(async () => {
  await door.close();
  await pool.end();
});

async function through(patience: Partial<Patience> = {}): Promise<void> {
  const { host, port } = address;
  door = await (host.startsWith('/') ? Door.open(join(host, `.s.PGSQL.${port}`)) : Door.open(port, host));
  said = [];
  const note = (_of: object, words: string): void => void said.push(words);
  const role = { ...address, host: '127.0.0.1', port: door.port, options: '-c search_path=registry' };
  const log = { ...makeLogger('silent'), debug: note, warn: note } as never;
  pool = openPool(role, 4, log, { lookMs: 20, looks: 3, answerMsMax: 10_000, ...patience });
  database = new Database(pool);
}

const hasSaid = async (words: string, times: number): Promise<void> => {
  while (said.filter((one) => one === words).length < times) await new Promise((resolve) => setTimeout(resolve, 10));
};
const lost = { code: 'ETIMEDOUT', message: expect.stringMatching(/^database_must_answer: /) as string };

it('a statement, a commit and a health check end on a line that swallows all packets', async () => {
  await through({ answerMsMax: 200 });
  // Each on a connection of its own, that is there before.
  await Promise.all(Array.from({ length: 3 }, () => database.query('select pg_sleep(0.1)')));
  const inTransaction = database.transaction(async (tx) => {
    await tx.query('select 1');
    door.swallow();
  });
  await expect(inTransaction).rejects.toMatchObject(lost);
  const error: unknown = await database.query('select 1').catch((cause: unknown) => cause);
  expect(error).toMatchObject(lost);
  expect(isAway(error)).toBe(true);
});

it('an answer that is lost on a connection that was forgotten on the way costs that one alone, and what was done under a key is done once', async () => {
  await through();
  await database.query('select 1');
  const call: Call = {
    caller: { participantId: 7, roles: ['buyer'], name: 'key/1' },
    method: 'test/Put',
    idempotencyKey: 'one that is lost',
    requestHash: 'x',
  };
  const put = (work: () => void) =>
    database.once(call, PageInfo, async (tx) => {
      await tx.query(`insert into record (id, text) values (77, 'once')`);
      work();
      return PageInfo.create({ nextCursor: 'done' });
    });
  // Swallows what the server says from here on, that it has committed; connections that come later are whole.
  await expect(put(() => door.hold())).rejects.toMatchObject(lost);
  const again = put(() => {
    throw new Error('it was done before');
  });
  expect(await again).toMatchObject({ nextCursor: 'done' });
  expect(await database.query('select text from record where id = 77')).toEqual([{ text: 'once' }]);
});

it.each<[string, string, (is: boolean) => string]>([
  ['says that it works on it', 'the database was asked for silent connections', () => 'select 1'],
  [
    'takes no connection to be asked',
    'the database cannot be asked for silent connections',
    (is) => `alter database "${address.database}" with allow_connections ${is}`,
  ],
])('a statement that takes its time is waited for, where the server %s', async (_what, words, allow) => {
  await through();
  const other = new pg.Client({ ...address, database: 'postgres' });
  const holder = new pg.Client({ ...address });
  await Promise.all([other.connect(), holder.connect()]);
  await holder.query('select pg_advisory_lock(5)');
  const waiting = database.query<{ answer: number }>('select 5 as answer from pg_advisory_xact_lock(5)');
  await hasSaid('the database was asked for silent connections', 1);
  await other.query(allow(false));
  await hasSaid(words, 4);
  await other.query(allow(true));
  await holder.query('select pg_advisory_unlock(5)');
  expect(await waiting).toEqual([{ answer: 5 }]);
  await Promise.all([other.end(), holder.end()]);
});
