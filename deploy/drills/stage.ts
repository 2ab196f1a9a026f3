// The cluster that drills happen to: each process by itself so that it can fail alone, and somebody who starts again what has ended.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '#cluster';
import { Api } from '#demo';
import { type End, endedWithUs, temporaryFolder } from '#platform';
import { Door, Look, type OwnServer } from '#testing';
import { Disk } from './disks.js';
import { type Market, openMarket } from './market.js';

export interface StageOptions {
  readonly kafkaNodes: number;
  /** Services of each group of processes, of which there are two each. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Root of the built checkout that the cluster is started with; else ours. */
  readonly home?: string | undefined;
  tell(line: string): void;
}

export const services = ['registry', 'monitoring', 'settlement', 'voucher', 'interconnect', 'scheduler', 'gateway'];
export const eachAlone = Object.fromEntries(services.map((service) => [service, [service]]));

const replicas = 2;
const databaseMegabytes = 2_048;
const kafkaMegabytes = 512;

export class Stage {
  readonly gateways = ['gateway-1', 'gateway-2'];
  readonly disks: { database?: Disk; kafka?: Disk } = {};
  /** Why there are none. */
  noDisks = '';
  look!: Look;
  market!: Market;
  /** By the first gateway. */
  api!: Api;
  /** Held down by a drill. */
  private readonly down = new Map<string, PromiseWithResolvers<void>>();
  private readonly keepers: Promise<void>[] = [];
  private closing: Promise<void> | undefined;
  private isOver = false;

  private constructor(
    private readonly options: StageOptions,
    private readonly folder: string,
    private readonly remove: End,
    readonly cluster: Cluster,
    /** Before the processes' ports for each other. */
    readonly doors: ReadonlyMap<string, Door>,
  ) {}

  /** Nothing is started; whatever start() has begun, close() ends, at the end of the command at the latest. */
  static async make(options: StageOptions): Promise<Stage> {
    const [folder, remove] = temporaryFolder('exchange-drills-');
    const doors = new Map<string, Door>();
    const cluster = new Cluster({
      folder,
      kafkaNodes: options.kafkaNodes,
      replicas,
      home: options.home,
      groups: options.groups,
      databaseFolder: join(folder, 'database'),
      settings: { EXCHANGE_REQUESTS_PER_SECOND: '100000' },
      by: async (name, port) => {
        doors.set(name, await Door.open(port));
        return doors.get(name)!.port;
      },
      tell: (line) => options.tell(line),
    });
    const stage = new Stage(options, folder, remove, cluster, doors);
    endedWithUs(() => stage.close());
    return stage;
  }

  /** Resolves when the market is open. */
  async start(): Promise<void> {
    try {
      this.disks.database = await Disk.mount(join(this.folder, 'database'), databaseMegabytes);
      this.disks.kafka = await Disk.mount(join(this.folder, 'kafka-1'), kafkaMegabytes);
    } catch (error) {
      this.noDisks = `this machine mounts no small disk: ${(error as Error).message}`;
    }
    await this.cluster.start();
    for (const name of this.names) this.keepers.push(this.keep(name));
    this.look = new Look(this.cluster.databaseUrl);
    this.api = new Api(this.addressOf('gateway-1'), 'drills');
    this.market = await openMarket(this.api, this.operator);
  }

  get operator(): string {
    return this.cluster.exchange.key;
  }

  addressOf(name: string): string {
    return this.cluster.exchange.address(name);
  }

  get names(): string[] {
    return [...this.cluster.exchange.running.keys()];
  }

  tell(line: string): void {
    this.options.tell(line);
  }

  /** Of the scheduler's processes, the one that leads. @throws Error where none does */
  async leader(): Promise<string> {
    for (const name of this.names.filter((one) => one.startsWith('scheduler'))) if ((await this.ready(name)) === 'leads') return name;
    throw new Error('a scheduler must lead before a drill');
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.cluster.exchange.running.get(name)!.signal(signal);
  }

  /** It stays away until bringBack(). */
  async kill(name: string): Promise<void> {
    this.down.set(name, Promise.withResolvers());
    await this.cluster.exchange.running.get(name)!.kill();
  }

  bringBack(name: string): void {
    this.down.get(name)?.resolve();
    this.down.delete(name);
  }

  /** Ends it as an operator does, and starts it with these variables as well. */
  async restartWith(name: string, variables: Record<string, string>): Promise<void> {
    this.down.set(name, Promise.withResolvers());
    await this.cluster.exchange.running.get(name)!.stop();
    await this.cluster.exchange.start(name, variables);
    this.bringBack(name);
  }

  /** What this process of the name says, also once another has come after it. */
  hear(name: string): () => string {
    const process = this.cluster.exchange.running.get(name)!;
    return () => process.output();
  }

  endOf(name: string): Promise<string> {
    return this.cluster.exchange.running.get(name)!.ended;
  }

  /** Pid of PostgreSQL's first process. */
  async postmaster(): Promise<number> {
    return Number((await readFile(join(this.folder, 'database/postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
  }

  /** A file of the stage's own. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  /** Resolves when every process says that it is ready. @throws Error naming those that do not, after so long */
  async well(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const states = await Promise.all(this.names.map(async (name) => ({ name, state: await this.ready(name) })));
      const unwell = states.filter(({ state }) => state !== 'ready' && state !== 'leads');
      if (!unwell.length) return;
      if (performance.now() > deadline) throw new Error(`unwell: ${unwell.map(({ name, state }) => `${name} (${state})`).join(', ')}`);
      await sleep(200);
    }
  }

  /** Whoever asks again, as a Ctrl-C does beside a start that then fails, waits for the same end. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    this.isOver = true;
    for (const name of [...this.down.keys()]) this.bringBack(name);
    await (this.look as Look | undefined)?.close();
    await (this.api as Api | undefined)?.destroy();
    for (const node of this.cluster.kafka) await node.thaw();
    await (this.cluster.redis as OwnServer | undefined)?.thaw();
    await this.cluster.stop();
    await Promise.all(this.keepers);
    for (const door of this.doors.values()) await door.close();
    for (const disk of [this.disks.database, this.disks.kafka]) disk?.unmount();
    await this.remove();
  }

  /** Whatever runs a process starts it again where it ended. */
  private async keep(name: string): Promise<void> {
    for (;;) {
      const before = this.cluster.exchange.running.get(name)!;
      await before.ended;
      await this.down.get(name)?.promise;
      if (this.isOver) return;
      if (this.cluster.exchange.running.get(name) !== before) continue;
      this.tell(`    ${name} is started again`);
      await this.cluster.exchange.start(name).catch(async (error: Error) => {
        this.tell(`    ${name} does not start: ${error.message.trim().split('\n').at(-1)}`);
        await sleep(500);
      });
    }
  }

  private async ready(name: string): Promise<string> {
    try {
      const answer = await fetch(`${this.addressOf(name)}/readyz`, { signal: AbortSignal.timeout(2_000) });
      const { state, checks } = (await answer.json()) as { state: string; checks: { name: string; ok: boolean; detail: string }[] };
      if (answer.status !== 200) return checks.find(({ ok }) => !ok)?.detail ?? state;
      const market = checks.find((check) => check.name.startsWith('market'));
      return name.startsWith('scheduler') && market && !market.detail.startsWith('stands by') ? 'leads' : 'ready';
    } catch (error) {
      return (error as Error).message;
    }
  }
}
