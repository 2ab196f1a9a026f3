// Runs the jobs: by the system's clock as they fall due, by a virtual clock as it is advanced. What a job ran for last is kept, so that a
// restart neither skips a multiple nor runs it twice; the service's leader runs them, and where it has none an advisory lock makes one replica do it.
import pg from 'pg';
import type { Activity, Loop } from './activity.js';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import type { Leadership } from './leadership.js';
import type { Logger } from './log.js';
import { Refusal, absent, invalid } from './refusal.js';
import { keptAlive } from './session.js';

const attemptsMax = 3;
const lookMsMax = 1_000;
/** Of the session that holds the locks. */
const answerMsMax = 5_000;

export interface Job {
  readonly service: string;
  /** Undefined where no process leads the service. */
  readonly leadership: Leadership | undefined;
  readonly name: string;
  readonly everyMs: number;
  readonly run: (now: number) => Promise<void>;
}

/** The other processes of the exchange, whose virtual clocks move with this one. */
export interface Others {
  jobs(): Promise<readonly Job[]>;
  moveTo(time: number): Promise<void>;
}

interface Planned extends Job {
  /** The multiple it ran for last; before its first run, the one that had passed when it was first seen. */
  last: number;
}

export class Jobs {
  private planned: Planned[] = [];
  private loops: Loop[] = [];
  private lock: pg.Client | undefined;
  private asking: Promise<unknown> = Promise.resolve();
  private readonly led = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly address: DatabaseAddress,
    private readonly clock: Clock,
    private readonly activity: Activity,
    private readonly log: Logger,
  ) {}

  async start(jobs: readonly Job[]): Promise<void> {
    const twice = jobs.find((job, index) => jobs.findIndex((other) => other.service === job.service && other.name === job.name) !== index);
    if (twice) throw new Error(`job_name_must_be_unique: ${twice.service}/${twice.name}`);
    this.planned = inOrder(await Promise.all(jobs.map(async (job) => ({ ...job, last: await this.firstSeen(job) }))));
    if (this.clock.isVirtual) return;
    for (const [service, own] of Map.groupBy(this.planned, (job) => job.service)) {
      const loop: Loop = this.activity.loop(`${service}'s jobs`, this.log, () => this.round(service, own, () => loop.wake()));
      this.loops.push(loop);
      loop.start(lookMsMax);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.lock?.end();
  }

  /**
   * Moves the virtual clock to `to` by way of every moment at which jobs fall due; after each job, and at the end, waits for `settle`: so each
   * sees all that followed from the one before it, and the same calls give the same state. The caller sees to it that this is done once at a
   * time. Throws invalid where the clock would go back, unavailable where a job keeps failing.
   */
  async advance(to: number, settle: () => Promise<void>, others?: Others): Promise<void> {
    if (to < this.clock.now()) throw invalid('to', 'clock_must_not_go_back', `it stands at ${new Date(this.clock.now()).toISOString()}`);
    await settle();
    const planned = others ? await this.together(await others.jobs()) : this.planned;
    let ran: Planned[] = [];
    for (;;) {
      const due = planned.filter((job) => multiple(job, to) > job.last);
      const first = Math.min(...due.map((job) => multiple(job, to)));
      const time = due.length ? Math.max(first, this.clock.now()) : to;
      await this.keep(ran, time);
      await others?.moveTo(time);
      this.clock.moveTo(time);
      if (!due.length) break;
      ran = [];
      for (const job of due.filter((one) => multiple(one, to) === first)) {
        await this.attempt(job, first).catch(async (error: unknown) => {
          await this.keep(ran, time);
          throw error;
        });
        job.last = first;
        ran.push(job);
        await settle();
      }
    }
    await settle();
  }

  /** Those that this process may run: where another leads the service its jobs are that one's. */
  own(): readonly Job[] {
    return this.planned.filter(({ leadership }) => !leadership || leadership.isLeading);
  }

  /** Throws absent where it is not this process's. */
  async run(service: string, name: string, now: number): Promise<void> {
    const job = this.own().find((one) => one.service === service && one.name === name);
    if (!job) throw absent(`job ${service}/${name}`);
    await job.run(now);
  }

  /** One process runs a job; all know by the database what it ran for last. */
  private async together(others: readonly Job[]): Promise<Planned[]> {
    const rows = await this.database.query<{ service: string; name: string; last_run: bigint }>('select service, name, last_run from job');
    const last = new Map(rows.map((row) => [`${row.service}/${row.name}`, Number(row.last_run)]));
    const byName = new Map<string, Planned>();
    for (const job of [...this.own(), ...others]) {
      const key = `${job.service}/${job.name}`;
      if (!byName.has(key)) byName.set(key, { ...job, last: last.get(key)! });
    }
    return inOrder([...byName.values()]);
  }

  private async attempt(job: Planned, now: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await job.run(now);
      } catch (error) {
        this.log.error({ err: error, job: job.name, service: job.service, now, attempt }, 'a job failed');
        if (attempt === attemptsMax)
          throw new Refusal('unavailable', 'job_must_succeed', `${job.service}/${job.name} keeps failing; the clock waits for it`);
      }
    }
  }

  /** What is due of one service's jobs, side by side; one that fails is tried again with its newest multiple. */
  private async round(service: string, jobs: Planned[], wake: () => void): Promise<boolean> {
    if (!(await this.leads(service, jobs[0]!.leadership))) return false;
    const now = this.clock.now();
    const due = jobs.filter((job) => multiple(job, now) > job.last);
    const results = await Promise.allSettled(
      due.map(async (job) => {
        const at = multiple(job, now);
        await job.run(at);
        job.last = at;
        await this.keep([job]);
      }),
    );
    const failed = results.filter((result) => result.status === 'rejected').map((result): unknown => result.reason);
    if (failed.length) throw new AggregateError(failed, `${failed.length} jobs failed`);
    const next = Math.min(...jobs.map((job) => job.last + job.everyMs)) - this.clock.now();
    if (next < lookMsMax) setTimeout(wake, Math.max(0, next)).unref();
    return false;
  }

  private async firstSeen({ service, name, everyMs }: Job): Promise<number> {
    const passed = Math.floor(this.clock.now() / everyMs) * everyMs;
    const [row] = await this.database.query<{ last_run: bigint }>(
      `insert into job (service, name, last_run) values ($1, $2, $3)
       on conflict (service, name) do update set last_run = job.last_run returning last_run`,
      [service, name, passed],
    );
    return Number(row!.last_run);
  }

  /**
   * Records runs and, by a virtual clock, where it stands. It need not reach the disk by itself: the clock's place stands in the log before
   * any work done there, and a job whose record a crash took counts as one that was cut off.
   */
  private async keep(ran: Planned[], time?: number): Promise<void> {
    if (!ran.length && (time === undefined || time === this.clock.now())) return;
    await this.database.query(
      `with ran as (update job set last_run = r.last from unnest($1::text[], $2::text[], $3::int8[]) as r(service, name, last)
                    where job.service = r.service and job.name = r.name),
         moved as (update clock set time = $4 where $4::int8 is not null)
       select set_config('synchronous_commit', 'off', true)`,
      [ran.map((job) => job.service), ran.map((job) => job.name), ran.map((job) => job.last), time],
    );
  }

  /** This process runs the service's jobs while it leads it, or its session holds the lock. Asked one at a time, since all ask on one connection. */
  private leads(service: string, leadership: Leadership | undefined): Promise<boolean> {
    const answer = this.asking.then(() => this.ask(service, leadership));
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  private async ask(service: string, leadership: Leadership | undefined): Promise<boolean> {
    if (leadership && !leadership.isLeading) return false;
    if (!leadership && this.led.has(service)) await this.session('select');
    if (this.led.has(service)) return true;
    if (!leadership && !(await this.locks(service))) return false;
    // Another replica may have run them until now.
    for (const job of this.planned) if (job.service === service) job.last = await this.firstSeen(job);
    this.led.add(service);
    return true;
  }

  private async locks(service: string): Promise<boolean> {
    const [row] = await this.session<{ locked: boolean }>('select pg_try_advisory_lock(hashtext($1)) as locked', [`jobs of ${service}`]);
    return row?.locked ?? false;
  }

  /** Asks on the connection that holds the locks. Where it does not answer in time this process holds none: a line that swallows packets says nothing of its end. */
  private async session<R extends pg.QueryResultRow>(sql: string, params: unknown[] = []): Promise<R[]> {
    const session = (this.lock ??= await this.connect());
    try {
      return (await session.query<R>(sql, params)).rows;
    } catch (error) {
      this.unlocked(session);
      // With a query under way it does not wait for the other side. That it ends badly says no more than the error that is thrown.
      session.end().catch(() => undefined);
      throw error;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...connectionOf(this.address),
      connectionTimeoutMillis: answerMsMax,
      query_timeout: answerMsMax,
      options: keptAlive,
    });
    client.on('error', (error) => this.log.warn({ err: error }, 'the jobs lost their lock'));
    client.once('end', () => this.unlocked(client));
    await client.connect();
    return client;
  }

  private unlocked(session: pg.Client): void {
    if (this.lock !== session) return;
    this.lock = undefined;
    this.led.clear();
  }
}

/** That in which jobs of one moment run, in one process or in several. */
const inOrder = (jobs: Planned[]): Planned[] => jobs.sort((a, b) => (`${a.service}/${a.name}` < `${b.service}/${b.name}` ? -1 : 1));

/** The newest multiple of the job's period that has passed. */
const multiple = (job: Job, now: number): number => Math.floor(now / job.everyMs) * job.everyMs;
