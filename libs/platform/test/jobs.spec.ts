import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { OperationsDefinition } from '#contracts';
import { At, Clock, Database, Quiescent, type Quiet, run, type Running, service } from '#platform';
import { Activity } from '../src/activity.js';
import { type DatabaseAddress, databaseAddress } from '../src/database-url.js';
import { Jobs } from '../src/jobs.js';
import { makeLogger } from '../src/log.js';
import { Door, firstMoment, testDatabase, testExchange, type TestDatabase, type TestExchange } from '#testing';

const migrations = new URL('./migrations/', import.meta.url);
const everyMs = 100;

/** Resolves as soon as `check` answers true. */
async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve));
}

@Injectable()
class Beat {
  constructor(readonly database: Database) {}

  @At('beat', everyMs)
  async beat(now: number): Promise<void> {
    await this.database.query('insert into record (id, text) values ($1, $2)', [(now / everyMs) % 2 ** 31, String(now)]);
  }
}

@Module({ imports: [service({ name: 'registry', migrations })], providers: [Beat] })
class BeatModule {}

describe("jobs by the system's clock", () => {
  let place: TestDatabase;
  beforeEach(async () => {
    place = await testDatabase();
  });
  afterEach(() => place.drop());

  const start = (): Promise<Running> => run([BeatModule], { databaseUrl: place.url, grpcPort: 0, logLevel: 'silent' });
  // The primary key of a beat is its multiple: a multiple that ran twice would fail, and with it the job.
  const beats = async () =>
    (await place.query<{ text: string }>('select text from registry.record order by text')).map((row) => Number(row.text));

  it('run at multiples of their period, each once, by one of two replicas, and by the other when the first goes', async () => {
    const first = await start();
    const second = await start();
    await until(async () => (await beats()).length >= 5);
    await first.stop();
    const before = (await beats()).length;
    await until(async () => (await beats()).length >= before + 3);
    await second.stop();
    expect((await beats()).every((at) => at % everyMs === 0)).toBe(true);
  });

  it('run once for what passed while the exchange was down', async () => {
    const first = await start();
    await until(async () => (await beats()).length >= 1);
    await first.stop();
    const last = (await beats()).at(-1)!;
    await until(async () => Date.now() > last + 10 * everyMs);
    const second = await start();
    await until(async () => (await beats()).some((at) => at > last));
    await second.stop();
    expect((await beats()).filter((at) => at > last && at < last + 10 * everyMs)).toEqual([]);
    expect(await place.query(`select name, last_run from platform.job where name = 'beat'`)).toEqual([
      { name: 'beat', last_run: String((await beats()).at(-1)) },
    ]);
  });

  it('make their data keep its kind of clock', async () => {
    await (await start()).stop();
    await expect(run([BeatModule], { databaseUrl: place.url, clock: 'virtual', grpcPort: 0, logLevel: 'silent' })).rejects.toThrow(
      'exchange_must_keep_its_clock: this data was made by a system clock',
    );
  });
});

describe('of two replicas that no process leads', () => {
  it('the other runs the jobs where packets of the first one’s line are swallowed, and the first no more', async () => {
    const place = await testDatabase();
    const address = databaseAddress(place.url);
    const door = await Door.open(join(address.host, `.s.PGSQL.${address.port}`));
    const kept = { query: async () => [{ last_run: 0n }] } as unknown as Database;
    const log = makeLogger('silent');
    const start = async (to: DatabaseAddress) => {
      const ran: number[] = [];
      const jobs = new Jobs(kept, to, new Clock(), new Activity(0), log);
      await jobs.start([{ service: 'registry', leadership: undefined, name: 'beat', everyMs, run: async (now) => void ran.push(now) }]);
      return { ran, jobs };
    };
    const first = await start({ ...address, host: '127.0.0.1', port: door.port });
    await until(async () => first.ran.length >= 3);
    const second = await start(address);
    door.swallow();
    await until(async () => second.ran.length >= 1);
    const before = first.ran.length;
    await until(async () => second.ran.length >= 4);
    expect(first.ran).toHaveLength(before);
    await second.jobs.stop();
    await door.close();
    await first.jobs.stop();
    await place.drop();
  });
});

@Quiescent()
class Planner implements Quiet {
  readonly runs: string[] = [];
  faults = 0;
  /** Rounds of work begun by a job that the clock must wait for. */
  work = 0;

  constructor(private readonly clock: Clock) {}

  @At('hour', 3_600_000)
  async hour(now: number): Promise<void> {
    this.note('hour', now);
    this.work = 5;
  }

  @At('quarter', 900_000)
  async quarter(now: number): Promise<void> {
    if (this.faults-- > 0) throw new Error('not yet');
    this.note('quarter', now);
  }

  isQuiet(): boolean {
    if (!this.work) return true;
    if (--this.work === 0) this.note('quiet', this.clock.now());
    return false;
  }

  private note(what: string, at: number): void {
    expect(this.clock.now()).toBe(at);
    this.runs.push(`${what} ${(at - firstMoment) / 60_000}`);
  }
}

@Module({ imports: [service({ name: 'registry' })], providers: [Planner] })
class PlannerModule {}

describe('jobs by a virtual clock', () => {
  let exchange: TestExchange;
  let planner: Planner;
  beforeEach(async () => {
    exchange = await testExchange({ modules: [PlannerModule], config: { logLevel: 'silent' } });
    planner = exchange.running.get(Planner);
  });
  afterEach(() => exchange.stop());

  it('run in the order of their moments, and what one began ends before the next', async () => {
    await exchange.advance(70 * 60_000);
    expect(planner.runs).toEqual(['hour 60', 'quiet 60', 'quarter 60']);
    await exchange.advance(20 * 60_000);
    await exchange.advance(60 * 60_000);
    expect(planner.runs.slice(3)).toEqual(['quarter 90', 'hour 120', 'quiet 120', 'quarter 150']);
  });

  it('hold the clock where they keep failing, and run once they can', async () => {
    planner.faults = 4;
    await expect(exchange.advance(16 * 60_000)).rejects.toMatchObject({ kind: 'unavailable', rule: 'job_must_succeed' });
    expect(exchange.now()).toBe(firstMoment + 15 * 60_000);
    await exchange.advanceTo(firstMoment + 16 * 60_000);
    expect(planner.runs).toEqual(['quarter 15']);
  });

  it('are not run for a clock that would go back, nor for the same advance twice', async () => {
    const operations = exchange.call(OperationsDefinition);
    const to = firstMoment + 900_000;
    const again = { idempotencyKey: 'one' };
    expect(await operations.advanceClock({ to }, again)).toEqual({ time: to, virtual: true });
    await expect(operations.advanceClock({ to: to - 1 })).rejects.toMatchObject({
      kind: 'invalid',
      rule: 'clock_must_not_go_back',
      field: 'to',
    });
    await exchange.advance(1);
    expect(await operations.advanceClock({ to }, again)).toEqual({ time: to, virtual: true });
    expect(planner.runs).toEqual(['quarter 15']);
    expect(await operations.getClock({})).toEqual({ time: to + 1, virtual: true });
  });

  it('run once when the clock is advanced from several sides at once', async () => {
    // More than the platform has connections.
    await Promise.all(Array.from({ length: 12 }, () => exchange.advanceTo(firstMoment + 3_600_000)));
    expect(planner.runs).toEqual(['hour 60', 'quiet 60', 'quarter 60']);
  });
});
