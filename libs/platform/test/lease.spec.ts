// The lease's conformance: whatever becomes of holders, connections, clocks and the server, one holds it at a time, and the journal refuses who did before.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { jest } from '@jest/globals';
import type pg from 'pg';
import { type EmbeddedPostgres, Journal, run, service, StaleEpoch, startEmbeddedPostgres } from '#platform';
import { Door, eventually, testDatabase } from '#testing';
import { Database, openPool } from '../src/database.js';
import { Leadership, type Led } from '../src/leadership.js';
import { Lease } from '../src/lease.js';
import { makeLogger } from '../src/log.js';

@Injectable()
class Keeper {
  constructor(readonly journal: Journal) {}
}

@Module({ imports: [service({ name: 'scheduler', journal: true })], providers: [Keeper] })
class KeeperModule {}

const log = makeLogger('silent');
const minute = 60_000;
const batch = { firstSequence: 1, lastSequence: 1, payload: Buffer.from('a command') };

let folder: string;
let server: EmbeddedPostgres;
let name: string;
let pool: pg.Pool;
let database: Database;
let leases = 0;

/** The tables as the exchange itself makes them, on a server of this file's own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-lease-'));
  // mkdtemp closes it to others, and root runs the server as nobody.
  await chmod(folder, 0o755);
  server = await startEmbeddedPostgres({ folder });
  const { host, port, user, password, database: postgres } = server.address;
  const made = await testDatabase(`postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${postgres}`);
  name = decodeURIComponent(made.url.split('/').at(-1)!);
  await (await run([KeeperModule], { databaseUrl: made.url, logLevel: 'silent' })).stop();
  connect();
}, 120_000);

afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await rm(folder, { recursive: true });
});

beforeEach(() => leases++);
afterEach(() => jest.restoreAllMocks());

function connect(): void {
  pool = openPool({ ...server.address, database: name, options: '-c search_path=scheduler' } as never, 4, log);
  database = new Database(pool);
}

const lease = (holder: string, termMs = minute): Lease => new Lease(database, `lease ${leases}`, holder, termMs);

/** Asks until the term of who holds it is over. */
async function taken(by: Lease): Promise<number> {
  for (;;) {
    const { epoch } = await by.take();
    if (epoch !== undefined) return epoch;
  }
}

/** As leaders and standbys do: whoever met a lost connection asks again on another. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let lost = 0; ; lost += 1)
    try {
      return await ask();
    } catch (error) {
      if (lost === 4) throw error;
    }
}

describe('a lease', () => {
  it('sees who began the very first term while it asked', async () => {
    const other = await pool.connect();
    await other.query('begin');
    await other.query(
      `insert into leader_lease (name, holder, epoch, until) values ($1, 'other', 1, clock_timestamp() + interval '1 minute')`,
      [`lease ${leases}`],
    );
    const asked = lease('one').take();
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%leader_lease%'`;
    while ((await database.query(waits)).length === 0) await new Promise(setImmediate);
    await other.query('commit');
    other.release();
    expect(await asked).toMatchObject({ epoch: undefined, before: { holder: 'other' } });
  });

  it('has one holder, and tells the others who that is', async () => {
    expect(await lease('one').take()).toEqual({ epoch: 1, before: undefined });
    expect(await lease('two').take()).toMatchObject({ epoch: undefined, before: { holder: 'one' } });
    expect(await lease('one').renew()).toBe(true);
    expect(await lease('two').renew()).toBe(false);
  });

  it('is asked for without a lock while another holds it, so that its holder can renew', async () => {
    await lease('one').take();
    const look = await pool.connect();
    try {
      await look.query('begin');
      await look.query(`select from leader_lease where name = 'lease ${leases}' for update`);
      // It would wait for the end of that transaction.
      expect(await lease('two').take()).toMatchObject({ epoch: undefined, before: { holder: 'one' } });
    } finally {
      await look.query('rollback');
      look.release();
    }
  });

  it('begins on the disk, and is renewed without waiting for it', async () => {
    await database.query('create table waits (own boolean not null)');
    await database.query(`create function wait() returns trigger language plpgsql as
      $$ begin insert into waits select source = 'session' from pg_settings where name = 'synchronous_commit'; return null; end $$`);
    await database.query(`create constraint trigger wait after insert or update on leader_lease
      deferrable initially deferred for each row execute function wait()`);
    try {
      await lease('one').take();
      await lease('one').renew();
      expect(await database.query('select own from waits')).toEqual([{ own: false }, { own: true }]);
    } finally {
      await database.query('drop function wait() cascade');
      await database.query('drop table waits');
    }
  });

  it('goes to exactly one of those that ask at once, at the start and when a term is over', async () => {
    const contenders = Array.from({ length: 8 }, (_, index) => lease(`contender ${index}`));
    for (const epoch of [1, 2]) {
      const asked = await Promise.all(contenders.map((contender) => contender.take()));
      expect(asked.flatMap((one) => one.epoch ?? [])).toEqual([epoch]);
      await contenders[asked.findIndex((one) => one.epoch === epoch)]!.release();
    }
  });

  it('is taken in a higher epoch when its term is over, and not while it is renewed', async () => {
    // A term that is longer than this machine may stand still between two lines.
    const [one, two] = [lease('one', 1_000), lease('two')];
    expect(await taken(one)).toBe(1);
    for (const began = performance.now(); performance.now() < began + 2_000;) {
      expect(await one.renew()).toBe(true);
      expect((await two.take()).epoch).toBeUndefined();
    }
    expect(await taken(two)).toBe(2);
    expect(await one.renew()).toBe(false);
    expect((await one.take()).epoch).toBeUndefined();
  });

  it('of a holder that was frozen is another’s: its late write is refused, and so is its opening of a journal', async () => {
    const journal = new Journal(database);
    const [frozen, next] = [lease('frozen', 50), lease('next')];
    const writer = await journal.open(leases, await taken(frozen));
    const epoch = await taken(next);
    const successor = await journal.open(leases, epoch);
    await expect(writer.append(batch)).rejects.toThrow(StaleEpoch);
    await expect(journal.open(leases, writer.epoch)).rejects.toThrow('journal_epoch_must_be_current');
    await successor.append(batch);
    expect((await journal.verify(leases)).lastSequence).toBe(1);
  });

  it('is given by the database’s clock: one that is an hour off, here or there, changes nothing', async () => {
    await lease('one').take();
    const now = Date.now();
    for (const hours of [-1, 1]) {
      jest.spyOn(Date, 'now').mockReturnValue(now + hours * 60 * minute);
      expect((await lease('two').take()).epoch).toBeUndefined();
      expect(await lease('one').renew()).toBe(true);
    }
  });

  it('outlives a lost connection', async () => {
    await lease('one').take();
    await expect(database.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    expect((await answered(() => lease('two').take())).epoch).toBeUndefined();
    expect(await lease('one').renew()).toBe(true);
  });

  it('outlives a restart of the server', async () => {
    await lease('one').take();
    await pool.end();
    await server.stop();
    server = await startEmbeddedPostgres({ folder });
    connect();
    expect((await lease('two').take()).epoch).toBeUndefined();
    expect(await lease('one').renew()).toBe(true);
    expect((await lease('one').take()).epoch).toBe(2);
  });

  it('without an end is its holder’s alone, who begins again in a higher epoch', async () => {
    expect((await lease('owner', Infinity).take()).epoch).toBe(1);
    expect(await lease('owner', Infinity).renew()).toBe(true);
    expect(await lease('two').take()).toMatchObject({ epoch: undefined, before: { holder: 'owner', until: 'infinity' } });
    expect((await lease('owner', Infinity).take()).epoch).toBe(2);
  });
});

describe('of two that would lead', () => {
  const losses: Error[] = [];
  const leader = (holder: string, termMs: number) =>
    new Leadership('scheduler', lease(holder, termMs), database, log, (cause) => losses.push(cause));
  class Follows implements Led {
    followed = 0;
    epoch = 0;
    async follow(): Promise<void> {
      this.followed += 1;
    }
    async lead(epoch: number): Promise<void> {
      this.epoch = epoch;
    }
  }
  it('one leads, the other follows and is refused, and leads as soon as the first stops', async () => {
    const [one, two] = [leader('one', minute / 100), leader('two', minute / 100)];
    const [first, second] = [new Follows(), new Follows()];
    await one.begin(first);
    await two.begin(second);
    expect([one.isLeading, two.isLeading, first.epoch, second.epoch]).toEqual([true, false, 1, 0]);
    expect(one.check()).toBeUndefined();
    expect(() => two.check()).toThrow(expect.objectContaining({ kind: 'unavailable', rule: 'service_must_lead' }) as Error);
    const { followed } = second;
    await eventually(() => second.followed > followed + 2);
    const leads = new Promise<void>((resolve) => two.whenLeading(resolve));
    await one.stop();
    await leads;
    expect(second.epoch).toBe(2);
    expect(two.check()).toBeUndefined();
    await two.stop();
    expect(losses).toEqual([]);
  });

  it('who starts after a crash leads when the term is over that the crash left', async () => {
    await lease('crashed', 300).take();
    const next = leader('next', minute / 100);
    const follows = new Follows();
    await next.begin(follows);
    expect([next.isLeading, follows.epoch]).toEqual([true, 2]);
    await next.stop();
  });

  it('who finds that another has begun a term answers no more and ends', async () => {
    const one = leader('one', 200);
    await one.begin(new Follows());
    await database.query(`update leader_lease set holder = 'two', epoch = epoch + 1, until = 'infinity' where name = $1`, [
      `lease ${leases}`,
    ]);
    await eventually(() => losses.length > 0);
    expect(losses[0]!.message).toMatch(/^leader_must_hold_its_lease/);
    expect(() => one.check()).toThrow(expect.objectContaining({ rule: 'service_must_lead' }) as Error);
    await expect(one.nextEpoch()).rejects.toThrow(StaleEpoch);
    await one.stop();
  });

  it('who hears nothing of the database for a term, on a line that swallows packets, is refused and ends', async () => {
    const { host, port } = server.address;
    const door = await Door.open(join(host, `.s.PGSQL.${port}`));
    const far = openPool(
      { ...server.address, host: '127.0.0.1', port: door.port, database: name, options: '-c search_path=scheduler' } as never,
      4,
      log,
    );
    const through = new Database(far);
    const lost: Error[] = [];
    const one = new Leadership('scheduler', new Lease(through, `lease ${leases}`, 'one', 200), through, log, (cause) => lost.push(cause));
    await one.begin(new Follows());
    door.swallow();
    const asking = async () => {
      for (;;) {
        await one.check();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await expect(asking()).rejects.toMatchObject({ kind: 'unavailable', rule: 'service_must_lead' });
    expect(lost.map(({ message }) => message)).toEqual([expect.stringMatching(/^leader_must_hold_its_lease: .* did not answer/)]);
    expect(await taken(lease('two'))).toBe(2);
    await one.stop();
    await door.close();
    await far.end();
  });
});
