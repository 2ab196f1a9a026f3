// All that a running exchange has of its own, whatever modules it is made of.
import { randomUUID, scrypt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '#contracts';
import { Activity, type Loop, paceMs, virtualPaceMs } from './activity.js';
import type { Bus } from './bus.js';
import { Clock, type Quiet } from './clock.js';
import type { Config } from './config.js';
import { Consumer, type TypeHandler } from './consumer.js';
import { Database, openPool } from './database.js';
import { type Cryptography, cryptographyOf } from './crypto.js';
import type { DatabaseAddress } from './database-url.js';
import type { Audit } from './evidence/audit.js';
import type { Evidence } from './evidence/evidence.js';
import { Sealer } from './evidence/sealer.js';
import { Health } from './health.js';
import { HotState } from './hot-state.js';
import { Jobs } from './jobs.js';
import { Journal } from './journal.js';
import { Leadership, sessionName } from './leadership.js';
import { Lease } from './lease.js';
import { Listeners } from './listeners.js';
import type { KafkaBus } from './kafka-bus.js';
import { kafkaAddress } from './kafka-url.js';
import type { Logger } from './log.js';
import type { Mesh } from './mesh-client.js';
import { type MigrationFolder, Migrations, roleOf } from './migrate.js';
import { Outbox } from './outbox.js';
import type { PartitionReader } from './partition-reader.js';
import { PostgresBus } from './postgres-bus.js';
import { mustKnowWhatItTold } from './restored-bus.js';
import { redisAddress } from './redis-url.js';
import { Refusal } from './refusal.js';
import { relay } from './relay.js';
import { RateLimit } from './rpc-limit.js';
import { RpcTable } from './rpc-table.js';
import { Gauges } from './telemetry.js';
import { observe } from './platform-gauges.js';
import { SecondThread } from './thread.js';

export interface ServiceOptions {
  /** Name of the service, of its schema and the source of its events. */
  readonly name: string;
  /** Folder of its SQL migrations, `new URL('../migrations/', import.meta.url)`. */
  readonly migrations?: URL;
  /** True where it keeps a journal, so that one process leads it: Journal and Leadership can then be injected. */
  readonly journal?: boolean;
  /** Its tables whose rows stand for good: closed into chained blocks. */
  readonly evidence?: readonly Evidence[];
  /** What `npm run audit` looks at beside the chain. */
  readonly audits?: readonly Audit[];
}

/** A service as the platform runs it. */
export interface Service {
  readonly name: string;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly journal: Journal;
  /** Undefined where each process of the service works. */
  readonly leadership: Leadership | undefined;
  readonly log: Logger;
  readonly thread: SecondThread;
  readonly relay: Loop;
  readonly consumers: Consumer[];
  /** Undefined where it has no evidence. */
  readonly sealer: Sealer | undefined;
  readonly sealing: Loop | undefined;
}

/** Outboxes and topics are looked at this often even if nobody says that there is something. */
const lookMs = 5_000;
/** Between two looks for what is to be sealed. */
const sealMs = 1_000;
/** How long a stop goes on to begin blocks. */
const sealAtStopMs = 5_000;
const settleMsMax = 60_000;
/** One that appends, one that reads, one that keeps the lead. */
const journalConnections = 3;
/** Of a service's second thread. */
const threadConnections = 2;

/** Sources may be compiled to dist/, which holds no SQL: migrations are read beside the sources. */
const compiledRoot = fileURLToPath(new URL('../../../', import.meta.url));
const sourceFolder = (url: URL): string => {
  const path = fileURLToPath(url);
  return /[\\/]dist[\\/]$/.test(compiledRoot) && path.startsWith(compiledRoot)
    ? compiledRoot.slice(0, -'dist/'.length) + path.slice(compiledRoot.length)
    : path;
};
const ownMigrations = (name: string): MigrationFolder => ({
  folder: sourceFolder(new URL(`../migrations/${name}/`, import.meta.url)),
  table: `${name}_migration`,
});

export class Platform {
  readonly rpc = new RpcTable();
  readonly listeners = new Listeners();
  readonly health = new Health();
  readonly gauges = new Gauges();
  readonly services: Service[] = [];
  readonly cryptography: Cryptography;
  readonly quiet: Quiet[] = [];
  /** Resolves where this process may not go on: another leads what it led. */
  readonly lost = Promise.withResolvers<Error>();
  /** Of a database of one's own nobody else can be the leader, also after a crash. */
  private readonly holder: string;
  readonly limit: RateLimit;
  /** The other processes; undefined where there are none. */
  mesh: Mesh | undefined;
  activity!: Activity;
  private readonly pools: pg.Pool[] = [];
  private readonly migrations: Migrations;
  /** The platform's own tables. */
  database!: Database;
  bus!: Bus;
  clock!: Clock;
  jobs!: Jobs;

  private constructor(
    readonly config: Config,
    readonly log: Logger,
    private readonly owner: DatabaseAddress,
    private readonly secret: string,
    readonly hot: HotState,
  ) {
    this.cryptography = cryptographyOf(config.cryptography);
    this.migrations = new Migrations(owner, { log });
    this.holder = config.databaseUrl ? randomUUID() : 'its owner';
    // Told, and no reason to take no work: nothing rests on it.
    if (config.hotState) this.health.add('hot state', async () => this.hot.standing);
    this.limit = new RateLimit(config.requestsPerSecond, config.requestBurst, this.hot);
  }

  /** `owner` may make schemas and roles in its database. */
  static async start(config: Config, log: Logger, owner: DatabaseAddress): Promise<Platform> {
    const given = config.databaseSecret || owner.password;
    if (!given) throw new Error('database_secret_must_be_set: the database URL has no password to derive the services’ passwords from');
    // Slow on purpose: who learns one service's password cannot guess a weak secret from it.
    const secret = (await promisify<string, string, number, Buffer>(scrypt)(given, owner.database, 32)).toString('hex');
    const platform = new Platform(config, log, owner, secret, await hotState(config, log));
    try {
      await platform.open();
    } catch (error) {
      await platform.close();
      throw error;
    }
    return platform;
  }

  /** Brings a service's schema up to date and opens its database as its own role. */
  async service({ name, migrations, journal, evidence }: ServiceOptions): Promise<Service> {
    const folders = [ownMigrations('service')];
    if (journal) folders.push(ownMigrations('journal'));
    if (migrations) folders.push({ folder: sourceFolder(migrations), table: 'migration' });
    const { database, role } = await this.connect(name, folders, journal ? sessionName(name, this.holder) : name, evidence);
    const log = this.log.child({ service: name });
    const loop = relay(name, database, this.bus, this.activity, log);
    const outbox = new Outbox(name, this.clock);
    database.hook({ beforeCommit: (tx) => outbox.write(tx), afterCommit: () => loop.wake() });
    // A journal's writer never stands in line behind the service's questions.
    const own = journal ? this.pool(role, journalConnections) : database;
    const kept = new Journal(own);
    const lease = new Lease(own, 'shards', this.holder, this.config.databaseUrl ? this.config.leaseTermMs : Infinity);
    const leadership = journal ? new Leadership(name, lease, own, log, this.lost.resolve) : undefined;
    const seed = { name, role, connections: threadConnections, logLevel: this.config.logLevel };
    const thread = new SecondThread(seed, () => loop.wake());
    const sealer = evidence && new Sealer(name, evidence, database, this.cryptography, log, () => this.clock.now());
    const sealing = sealer && this.activity.loop(`${name}'s sealer`, log, () => sealer.sealOne());
    const service = { name, database, outbox, journal: kept, leadership, log, thread, relay: loop, consumers: [], sealer, sealing };
    this.services.push(service);
    this.health.add(`${name} database`, async () => {
      await database.query('select 1');
      return 'answers';
    });
    return service;
  }

  /** Makes the service read a topic. */
  consume(service: Service, topic: Topic, handlers: ReadonlyMap<string, TypeHandler>): void {
    const { name, database, log } = service;
    service.consumers.push(new Consumer(name, topic, handlers, database, this.bus, log, this.activity, () => this.clock.now()));
  }

  /** A service that one process leads works in that one alone. */
  async startBackground(): Promise<void> {
    for (const service of this.services) {
      const { leadership } = service;
      if (!leadership || leadership.isLeading) await this.startWork(service);
      else leadership.whenLeading(() => void this.startWork(service).catch(this.lost.resolve));
    }
  }

  private async startWork({ name, relay, consumers, sealing }: Service): Promise<void> {
    relay.start(lookMs);
    if (!this.clock.isVirtual) sealing?.start(sealMs);
    for (const { readers } of consumers) for (const { loop } of readers) loop.start(lookMs);
    await this.bus.start(name);
  }

  async stopBackground(): Promise<void> {
    await this.jobs.stop();
    await Promise.all(this.readers().map(({ loop }) => loop.stop()));
    await Promise.all(this.services.flatMap(({ relay, sealing }) => (sealing ? [relay, sealing] : [relay])).map((loop) => loop.stop()));
    await Promise.all(this.services.map((service) => this.sealRest(service)));
  }

  /** What was written last does not lie unsealed until the next start, unless it is more than a few seconds seal: that start goes on with it. */
  private async sealRest({ sealer, leadership, log }: Service): Promise<void> {
    if (!sealer || this.clock.isVirtual || (leadership && !leadership.isLeading)) return;
    const deadline = performance.now() + sealAtStopMs;
    try {
      while (performance.now() < deadline && (await sealer.sealOne()));
    } catch (error) {
      log.warn({ err: error }, 'what was written last is sealed at the next start');
    }
  }

  private readers(): PartitionReader[] {
    return this.services.flatMap(({ consumers }) => consumers.flatMap(({ readers }) => readers));
  }

  /** Resolves when no outbox, no reader and no part marked quiescent has anything left to do. Throws unavailable where that does not come. */
  async settle(): Promise<void> {
    const deadline = Date.now() + settleMsMax;
    for (;;) {
      const isStill = this.activity.isStill || (await this.rests(deadline));
      const answers = await Promise.all(this.quiet.map(async (part) => part.isQuiet()));
      if (isStill && answers.every(Boolean) && this.activity.isStill) return;
      if (Date.now() >= deadline) {
        const restless = this.quiet.filter((_, index) => !answers[index]).map((part) => part.constructor.name);
        throw new Refusal('unavailable', 'exchange_must_become_quiet', [...this.activity.restless(), ...restless].join(', '));
      }
      if (!answers.every(Boolean)) await sleep(1);
    }
  }

  /** The same; `looks` for what other processes sent. Answers how many events this one has handled and sent, and calls it made, since its start. */
  async settled(looks: boolean): Promise<number> {
    if (looks) await this.bus.look();
    await this.settle();
    return this.activity.worked;
  }

  /** False where the deadline comes first. */
  private async rests(deadline: number): Promise<boolean> {
    const late = new AbortController();
    const isStill = await Promise.race([
      this.activity.rest().then(() => true),
      sleep(deadline - Date.now(), false, { signal: late.signal, ref: false }).catch(() => false),
    ]);
    late.abort();
    return isStill;
  }

  async close(): Promise<void> {
    this.gauges.close();
    await this.bus?.close();
    this.hot.close();
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  private async open(): Promise<void> {
    const own = await this.connect('platform', [ownMigrations('service'), ownMigrations('platform')]);
    this.clock = await keptClock(this.config, own.database);
    this.database = own.database;
    this.activity = new Activity(this.clock.isVirtual ? virtualPaceMs : paceMs);
    const kafka = this.config.bus ? await this.openKafka() : undefined;
    this.bus = kafka ?? (await this.openLog());
    await mustKeepItsBus(this.bus.name, own.database);
    if (kafka) await mustKnowWhatItTold(this.owner, kafka, this.log);
    this.health.add('events', async () => [...this.lags(), ...(await this.unsent())].join(', ') || 'none waits');
    observe(this);
    this.jobs = new Jobs(own.database, own.role, this.clock, this.activity, this.log);
  }

  private async openKafka(): Promise<KafkaBus> {
    const { KafkaBus } = await import('./kafka-bus.js');
    return KafkaBus.open(kafkaAddress(this.config.bus), this.log);
  }

  private async openLog(): Promise<PostgresBus> {
    const { database, role } = await this.connect('bus', [ownMigrations('bus')]);
    return new PostgresBus(database, role, this.log);
  }

  /** Events that wait for each service, by topic. */
  private lags(): string[] {
    const consumers = this.services.flatMap((service) => service.consumers).filter(({ lag }) => lag > 0);
    return consumers.map(({ service, topic, lag }) => `${lag} of ${topic} wait for ${service}`);
  }

  /** Events of each service that have not reached the bus: for a moment where it is there, for as long as it is away. */
  private async unsent(): Promise<string[]> {
    const counts = await Promise.all(
      this.services.map(async ({ name, database }) => {
        const [row] = await database.query<{ count: bigint }>('select count(*) as count from outbox');
        return { name, count: Number(row!.count) };
      }),
    );
    return counts.filter(({ count }) => count > 0).map(({ name, count }) => `${count} of ${name} wait to go to the bus`);
  }

  private async connect(
    schema: string,
    folders: MigrationFolder[],
    session = schema,
    evidence: readonly Evidence[] = [],
  ): Promise<{ database: Database; role: DatabaseAddress }> {
    const role = { ...roleOf(this.owner, this.secret, schema), application_name: session, options: `-c search_path=${schema}` };
    await this.migrations.migrate(schema, role, folders, evidence);
    return { database: this.pool(role, this.config.databasePool), role };
  }

  private pool(role: DatabaseAddress, max: number): Database {
    const pool = openPool(role, max, this.log);
    this.pools.push(pool);
    return new Database(pool);
  }
}

/** Drivers are loaded where they are asked for: no start waits for the others. */
async function hotState({ hotState }: Config, log: Logger): Promise<HotState> {
  if (!hotState) return new HotState(log);
  const { RedisHotState } = await import('./redis-hot-state.js');
  return new RedisHotState(redisAddress(hotState), log);
}

/** The clock the data was made by. Throws where the configuration names the other kind. */
async function keptClock(config: Config, database: Database): Promise<Clock> {
  const isVirtual = config.clock === 'virtual';
  const [kept] = await database.query<{ is_virtual: boolean; time: bigint }>(
    `insert into clock (is_virtual, time) values ($1, $2) on conflict (only_row) do update set time = clock.time returning is_virtual, time`,
    [isVirtual, isVirtual ? config.clockStart : 0],
  );
  if (kept!.is_virtual !== isVirtual)
    throw new Error(
      `exchange_must_keep_its_clock: this data was made by a ${kept!.is_virtual ? 'virtual clock: EXCHANGE_CLOCK=virtual' : 'system clock'}`,
    );
  return new Clock(isVirtual ? Number(kept!.time) : undefined);
}

/** Throws where cursors count on another bus. */
async function mustKeepItsBus(name: string, database: Database): Promise<void> {
  const [kept] = await database.query<{ name: string }>(
    'insert into bus (name) values ($1) on conflict (only_row) do update set name = bus.name returning name',
    [name],
  );
  if (kept!.name !== name) throw new Error(`exchange_must_keep_its_bus: this data's events went through ${kept!.name}, not ${name}`);
}
