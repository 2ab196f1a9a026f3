// A connection on which no answer will come is cut, whatever swallows it; one whose statement takes its time is not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import pg from 'pg';
import { PageInfo } from '#contracts';
import { type Call, run, service } from '#platform';
import { Door, eventually, testDatabase, type TestDatabase } from '#testing';
import { Database, openPool } from '../src/database.js';
import { type DatabaseAddress, databaseAddress } from '../src/database-url.js';
import { isAway } from '../src/fault.js';
import { makeLogger } from '../src/log.js';
import { Migrations, roleOf } from '../src/migrate.js';
import { endSession, openSession } from '../src/session.js';
import type { Patience } from '../src/silence.js';

@Module({ imports: [service({ name: 'registry', migrations: new URL('./migrations/', import.meta.url) })] })
class RegistryOnly {}

let place: TestDatabase;
let address: DatabaseAddress;
let door: Door;
let pool: pg.Pool | undefined;
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
  await pool?.end();
  pool = undefined;
});

const hasty: Patience = { lookMs: 20, looks: 3, answerMsMax: 200 };

/** The database's address as it is behind the door. */
async function doorway(): Promise<DatabaseAddress> {
  const { host, port } = address;
  door = await (host.startsWith('/') ? Door.open(join(host, `.s.PGSQL.${port}`)) : Door.open(port, host));
  return { ...address, host: '127.0.0.1', port: door.port };
}

async function through(patience: Partial<Patience> = {}): Promise<void> {
  said = [];
  const note = (_of: object, words: string): void => void said.push(words);
  const role = { ...(await doorway()), options: '-c search_path=registry' };
  const log = { ...makeLogger('silent'), debug: note, warn: note } as never;
  pool = openPool(role, 4, log, { ...hasty, answerMsMax: 10_000, ...patience });
  database = new Database(pool);
}

const hasSaid = (words: string, times: number) => eventually(() => said.filter((one) => one === words).length >= times);
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

const quiet = { debug: () => undefined, warn: () => undefined };

it('a session beside the pools ends on a line that swallows all packets: with its statement, or when it says good-bye', async () => {
  const behind = await doorway();
  const [asking, idle] = await Promise.all([1, 2].map(() => openSession(behind, { log: quiet, patience: hasty })));
  await asking!.query('select 1');
  door.swallow();
  await expect(asking!.query('select 2')).rejects.toMatchObject(lost);
  await Promise.all([endSession(asking!), endSession(idle!, 50)]);
});

it('migrations that wait for those of another process end on such a line, and run when they are asked for again', async () => {
  const schema = 'waited';
  const holder = new pg.Client({ ...address });
  await holder.connect();
  await holder.query(`select pg_advisory_lock(hashtext('exchange migrations'))`);
  const role = roleOf(address, 'secret', schema);
  const migrations = new Migrations(await doorway(), { log: quiet, patience: hasty });
  const folders = [{ folder: join(import.meta.dirname, 'migrations'), table: 'done' }];
  const waiting = migrations.migrate(schema, role, folders);
  const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = $1)`;
  await eventually(async () => (await holder.query(waits, [address.database])).rowCount === 1);
  door.swallow();
  await expect(waiting).rejects.toMatchObject(lost);
  await holder.end();
  await door.close();
  await new Migrations(address, { log: quiet }).migrate(schema, role, folders);
  expect(await place.query(`select name from ${schema}.done`)).toEqual([{ name: '0001_note' }]);
  await place.query(`drop schema ${schema} cascade`);
  await place.query(`drop role "${role.user}"`);
});

it('no connection to the database is opened unwatched', () => {
  const source = join(import.meta.dirname, '../src');
  const opening = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && readFileSync(join(source, name), 'utf8').includes('new pg.Client('),
  );
  const allowed = {
    'backup.ts': 'by the socket of its own server, which swallows nothing',
    'database-url.ts': 'only reads an address',
    'embedded-postgres.ts': 'by the socket of its own server',
    'jobs.ts': 'bounds each of its statements',
    'session.ts': 'watches',
    'silence.ts': 'bounds its one statement',
  };
  expect(opening.sort()).toEqual(Object.keys(allowed));
});
