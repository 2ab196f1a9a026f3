// An exchange in several processes of this machine, which reach each other by mutual TLS: for the tests that kill some of them, and the benchmarks.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExchangeProcess, migrateAs, settingsOf, startExchange } from '#demo';
import { cryptographyOf, freePorts, makeSigningKey } from '#platform';
import { Authority, type Ended, endLeftOver, noteProcess, writePapers } from '#testing';

/** Names of the processes, and the services of each. Several of one service are its replicas. */
export type Layout = Readonly<Record<string, readonly string[]>>;

/** Who ended by itself, and how; undefined when it answers again. */
export type Hear = (name: string, ended: Ended | undefined) => void;

/** Between the end of a process and its next start, so that one that cannot start does not take the machine. */
const restMs = 1_000;

export class SplitExchange {
  readonly running = new Map<string, ExchangeProcess>();
  /** The first operator key; empty while none was told, as on data whose operators have theirs. */
  key = '';
  /** Root of the built checkout whose program each process that is started runs; undefined: ours. */
  home: string | undefined;
  private heard: Hear | undefined;
  /** What ended while nobody wanted to hear of it. */
  private readonly unheard: (() => void)[] = [];
  /** Starts of what ended by itself. */
  private readonly starting = new Set<Promise<void>>();

  private constructor(
    private readonly folder: string,
    private readonly layout: Layout,
    private readonly authority: Authority,
    private readonly ports: ReadonlyMap<string, { httpPort: number; grpcPort: number }>,
    private readonly settings: ReadonlyMap<string, Record<string, string>>,
    private readonly isKept: boolean,
  ) {}

  /**
   * Certificates and addresses; nothing is started. In a folder of before the two signing keys stay, all else is made anew, and processes of then that have outlived
   * their cluster are ended.
   * @param kept folder for certificates and logs that stays; else one that goes with the exchange
   * @param by which port others reach a process that listens at the given one: the same, or that of a door before it
   */
  static async prepare(
    layout: Layout,
    databaseUrl: string,
    more: Record<string, string> = {},
    kept?: string,
    by: (name: string, port: number) => Promise<number> = (_name, port) => Promise.resolve(port),
  ): Promise<SplitExchange> {
    const folder = kept ?? (await mkdtemp(join(tmpdir(), 'exchange-split-')));
    await endLeftOvers(folder);
    const authority = await Authority.make();
    const signingKey = join(folder, 'signing-key.pem');
    await makeSigningKey(signingKey, cryptographyOf('international'));
    const platformKey = join(folder, 'platform-key.pem');
    await makeSigningKey(platformKey, cryptographyOf('international'));
    const isNational = Boolean(more.EXCHANGE_NATIONAL_URL ?? process.env.EXCHANGE_NATIONAL_URL);
    const processes = Object.entries(layout);
    const ports = await freePorts(3 * processes.length);
    const addresses = new Map<string, string[]>();
    for (const [index, [name, services]] of processes.entries()) {
      const outside = `127.0.0.1:${await by(name, ports[index]!)}`;
      for (const service of services) addresses.set(service, [...(addresses.get(service) ?? []), outside]);
    }
    const settings = new Map<string, Record<string, string>>();
    for (const [index, [name, services]] of processes.entries())
      settings.set(name, {
        ...more,
        EXCHANGE_SERVICES: services.join(','),
        EXCHANGE_DATABASE_URL: databaseUrl,
        EXCHANGE_DATABASE_POOL: '6',
        EXCHANGE_SIGNING_KEY: signingKey,
        // The national node is spoken to by the same key.
        ...((services.includes('interconnect') || (isNational && services.includes('monitoring'))) && {
          EXCHANGE_PLATFORM_KEY: platformKey,
        }),
        // A gateway answers for its process at its own port.
        ...(services.includes('gateway') ? {} : { EXCHANGE_HEALTH_LISTEN: `127.0.0.1:${ports[processes.length + index]}` }),
        EXCHANGE_MESH_LISTEN: `127.0.0.1:${ports[index]}`,
        EXCHANGE_MESH_PEERS: [...addresses].map(([service, of]) => `${service}=${of.join(',')}`).join(';'),
        EXCHANGE_MESH_CERTIFICATES: join(folder, name),
      });
    const forClients = processes.map(([name], index): [string, { httpPort: number; grpcPort: number }] => {
      const [httpPort, grpcPort] = [ports[processes.length + index]!, ports[2 * processes.length + index]!];
      return [name, { httpPort, grpcPort }];
    });
    const exchange = new SplitExchange(folder, layout, authority, new Map(forClients), settings, kept !== undefined);
    for (const name of Object.keys(layout)) await exchange.issue(name);
    return exchange;
  }

  /** A new certificate for the process, which takes it while it runs. @param validMs from now; else some days */
  async issue(name: string, validMs?: number): Promise<void> {
    await writePapers(join(this.folder, name), this.authority, await this.authority.issue(this.layout[name]!, validMs));
  }

  /** That the process runs. */
  servicesOf(name: string): readonly string[] {
    return this.layout[name] ?? [];
  }

  /** Of the HTTP API where a gateway is in the process, else of /healthz and /readyz alone. */
  address(name = 'gateway'): string {
    return `http://127.0.0.1:${this.ports.get(name)!.httpPort}`;
  }

  grpcAddress(name = 'gateway'): string {
    return `127.0.0.1:${this.ports.get(name)!.grpcPort}`;
  }

  /** In the order of the layout; gateways belong last, so that who knocks finds the others at work. */
  async startAll(): Promise<void> {
    for (const name of this.settings.keys()) await this.start(name);
  }

  /** @param more variables of its environment, for this once */
  async start(name: string, more: Record<string, string> = {}): Promise<ExchangeProcess> {
    const settings = await this.known({ ...this.settings.get(name)!, ...more });
    const log = this.isKept ? join(this.folder, `${name}.log`) : undefined;
    const begun = (pid: number) => noteProcess(noteOf(this.folder, name), pid);
    const started = await startExchange({ data: this.folder, ...this.ports.get(name)!, settings, home: this.home, log, begun });
    this.running.set(name, started);
    // Until it is used each gateway that starts makes another in its place.
    this.key = started.key ?? this.key;
    void started.ended.then((how) => this.endedByItself(name, started, how));
    return started;
  }

  /**
   * What ends by itself is started anew, also what has ended already while others were still starting: a leader that lost its lease ends so that it is
   * (libs/platform's Leadership).
   */
  keep(hear: Hear): void {
    this.heard = hear;
    for (const tell of this.unheard.splice(0)) tell();
  }

  /** The database and the bus, by the program that processes are to run. */
  migrate(): Promise<void> {
    return migrateAs(this.settings.values().next().value!, this.home);
  }

  async stop(): Promise<void> {
    this.heard = undefined;
    await Promise.all(this.starting);
    for (const one of this.running.values()) one.signal('SIGCONT');
    await Promise.all([...this.running.values()].map((one) => one.stop()));
    if (!this.isKept) await rm(this.folder, { recursive: true, force: true });
  }

  /** What an older program does not know yet it is not given: a setting comes with its version. */
  private async known(settings: Record<string, string>): Promise<Record<string, string>> {
    if (this.home === undefined) return settings;
    const names = await settingsOf(this.home);
    return Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('EXCHANGE_') || names.has(name)));
  }

  private endedByItself(name: string, process: ExchangeProcess, how: string): void {
    if (this.running.get(name) !== process) return;
    if (!this.heard) {
      this.unheard.push(() => this.endedByItself(name, process, how));
      return;
    }
    this.heard(name, { pid: process.pid, how, lastWords: lastLines(process.output()) });
    const starting = this.startAgain(name).finally(() => this.starting.delete(starting));
    this.starting.add(starting);
  }

  private async startAgain(name: string): Promise<void> {
    // Who stops everything meanwhile need not wait for one more start.
    for (await sleep(restMs); this.heard; await sleep(restMs))
      try {
        await this.start(name);
        this.heard?.(name, undefined);
        return;
      } catch (error) {
        this.heard?.(name, { pid: undefined, how: 'before it was ready', lastWords: lastLines((error as Error).message) });
      }
  }
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-5).join('\n');

const notes = '.process';
const noteOf = (folder: string, name: string): string => join(folder, `${name}${notes}`);

async function endLeftOvers(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (name.endsWith(notes)) await endLeftOver(join(folder, name));
}
