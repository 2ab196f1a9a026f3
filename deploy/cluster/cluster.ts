// The distributed form on this machine without containers: Kafka, Redis, PostgreSQL, and several processes of each group of services.
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, startEmbeddedPostgres } from '#platform';
import { type OwnServer, startKafkaCluster, startRedis } from '#testing';
import { type Hear, type Layout, SplitExchange } from './split-exchange.js';

export interface ClusterOptions {
  /** Holds data, certificates and logs; what it holds stays, and a cluster that is started on it again goes on with it, by as many Kafka nodes. */
  readonly folder: string;
  readonly kafkaNodes: number;
  /** Processes of each group. */
  readonly replicas: number;
  /** Services of each group of processes, in the order of their start; else those of few processes. */
  readonly groups?: Layout;
  /** Where PostgreSQL's data lie; else in the folder. */
  readonly databaseFolder?: string;
  /** Root of the built checkout whose program the processes run; else ours. */
  readonly home?: string | undefined;
  /** Settings of every process beside ours. */
  readonly settings?: Record<string, string>;
  /** By which port others reach a process of a service; else by its own. */
  readonly by?: (name: string, port: number) => Promise<number>;
  /** What PostgreSQL has answered is on disk. [true] */
  readonly isDurable?: boolean;
  /** Hears what is being done. */
  tell(line: string): void;
}

/** What runs together as what may be restarted together. Gateways come last, so that who knocks finds the others at work. */
const fewGroups: Layout = {
  facts: ['registry', 'monitoring'],
  money: ['settlement', 'voucher', 'interconnect'],
  scheduler: ['scheduler'],
  gateway: ['gateway'],
};

const undurable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const namesOf = (group: string, replicas: number): string[] => Array.from({ length: replicas }, (_, index) => `${group}-${index + 1}`);

const layoutOf = (groups: Layout, replicas: number): Layout =>
  Object.fromEntries(Object.entries(groups).flatMap(([group, services]) => namesOf(group, replicas).map((name) => [name, services])));

/** Connections that the services' pools, their second threads and the journals hold, with room for tools. */
const connectionsOf = (replicas: number): number => 100 + 150 * replicas;

export class Cluster {
  kafka: readonly OwnServer[] = [];
  redis!: OwnServer;
  /** Of PostgreSQL's superuser. */
  databaseUrl = '';
  exchange!: SplitExchange;
  private readonly undo: (() => Promise<unknown>)[] = [];
  private starting: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | undefined;
  private isOver = false;

  constructor(private readonly options: ClusterOptions) {}

  /** Resolves when every process is ready. @throws Error where a setting of the environment is wrong, or a process does not become it; stop() ends the others */
  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  /**
   * From now on what ends by itself is started anew.
   */
  keep(hear: Hear): void {
    this.redis.keep((ended) => hear('redis', ended));
    for (const [index, node] of this.kafka.entries()) node.keep((ended) => hear(`kafka-${index + 1}`, ended));
    this.exchange.keep(hear);
  }

  /** Ends everything in the order opposite to the start's, also what is only being started. Whoever asks again waits for the same end. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    this.isOver = true;
    await this.starting.catch(() => undefined);
    for (const step of this.undo.splice(0).reverse()) await step();
  }

  private async startAll(): Promise<void> {
    const { folder, kafkaNodes, replicas, groups = fewGroups, databaseFolder = folder, isDurable = true, by } = this.options;
    // Else each process would say so, when all that it needs stands.
    readConfig({}, { ...process.env, ...this.options.settings });
    await mkdir(folder, { recursive: true });
    // root runs PostgreSQL as nobody, who must come through.
    await chmod(folder, 0o755);
    // First: who holds its data folder, and no other, may take what lies beside it for its own.
    await this.step('postgresql', async () => {
      const settings = { max_connections: String(connectionsOf(replicas)), ...(isDurable ? {} : undurable) };
      const server = await startEmbeddedPostgres({ folder: databaseFolder, settings });
      this.undo.push(() => server.stop());
      const { host, port, user, password, database } = server.address;
      this.databaseUrl = `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
    });
    await this.step('redis', async () => {
      this.redis = await startRedis(folder);
      this.undo.push(() => this.redis.stop());
    });
    await this.step(`kafka, ${kafkaNodes} nodes`, async () => {
      this.kafka = await startKafkaCluster(kafkaNodes, folder);
      this.undo.push(() => Promise.all(this.kafka.map((node) => node.stop())));
    });
    this.exchange = await SplitExchange.prepare(
      layoutOf(groups, replicas),
      this.databaseUrl,
      this.settings(),
      join(folder, 'services'),
      by,
    );
    this.exchange.home = this.options.home;
    this.undo.push(() => this.exchange.stop());
    for (const [group, services] of Object.entries(groups))
      await this.step(`${namesOf(group, replicas).join(', ')} (${services.join(', ')})`, async () => {
        const names = namesOf(group, replicas);
        // Of the first operator keys that gateways make the last made holds, and that is not told by who is ready last.
        if (services.includes('gateway')) for (const name of names) await this.exchange.start(name);
        else await this.startTogether(names);
      });
  }

  /** None is left on its way where another fails. */
  private async startTogether(names: readonly string[]): Promise<void> {
    const started = await Promise.allSettled(names.map((name) => this.exchange.start(name)));
    for (const one of started) if (one.status === 'rejected') throw one.reason;
  }

  private settings(): Record<string, string> {
    return {
      EXCHANGE_BUS: `kafka://${this.kafka.map(({ address }) => address).join(',')}/exchange`,
      EXCHANGE_HOT_STATE: `redis://${this.redis.address}/exchange`,
      EXCHANGE_LOG_LEVEL: process.env.EXCHANGE_LOG_LEVEL ?? 'info',
      ...this.options.settings,
    };
  }

  private async step(name: string, work: () => Promise<unknown>): Promise<void> {
    if (this.isOver) throw new Error('the cluster was stopped before it was ready');
    const begun = performance.now();
    await work();
    this.options.tell(`  ${name} after ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  }
}
