// Where a spec's real servers come from: an address in the environment, Docker where a daemon on this machine answers, this machine's own programs. Where
// there is none of these it is said loudly, and with CI set it is a failure.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { GenericContainer } from 'testcontainers';
import { freePorts, howItEnded } from '#platform';
import { Door } from './door.js';
import { endLeftOver, noteProcess } from './left-over.js';

export interface ServerKind {
  readonly name: string;
  /** Of the environment: host:port of one that runs already. */
  readonly variable: string;
  readonly image: string;
  /** At which the image serves. */
  readonly imagePort: number;
  /** Settings of the image, for clients that come by 127.0.0.1 and this port. */
  environment(outside: number): Record<string, string>;
  /** Throws where this machine cannot run it, saying what is missing. */
  prepare(): Promise<void>;
  /** Program and arguments that serve at 127.0.0.1:port, for clients that come by the outside port; the folder is theirs. */
  command(folder: string, port: number, outside: number): Promise<[string, ...string[]]>;
  answers(address: string): Promise<boolean>;
}

export interface FoundServer {
  /** host:port, of a cluster perhaps several with commas between. */
  readonly address: string;
  /** Undefined where the server is not the spec's own. */
  readonly own: OwnServer | undefined;
}

/** Undefined where the machine has none. Throws then with CI set, and where it does not start. */
export async function findServer(kind: ServerKind, hasDocker = daemonAnswers): Promise<FoundServer | undefined> {
  const given = process.env[kind.variable];
  if (given) return { address: given, own: undefined };
  const way = (await hasDocker()) ? contained : await kind.prepare().then(() => spawned, reasonOf);
  if (typeof way === 'function') {
    const own = await OwnServer.start(kind, way);
    return { address: own.address, own };
  }
  leaveOut(kind.name, way, `Give one by ${kind.variable}=host:port.`);
  return undefined;
}

/** @throws Error with CI set */
export function leaveOut(name: string, reason: string, remedy: string): undefined {
  if (process.env.CI) throw new Error(`tests_must_have_${name.toLowerCase()}: ${reason}`);
  process.stderr.write(`\n*** NOT TESTED: everything on ${name}, since ${reason}. ${remedy} ***\n\n`);
}

/** Whether this machine can run them all itself. Says it loudly where not; throws then with CI set. */
export async function canSpawn(kinds: readonly ServerKind[]): Promise<boolean> {
  const reason = await Promise.all(kinds.map((kind) => kind.prepare())).then(() => undefined, reasonOf);
  if (reason !== undefined) leaveOut(`a cluster of ${kinds.map(({ name }) => name).join(' and ')}`, reason, 'Install what is missing.');
  return reason === undefined;
}

/** @throws Error naming the program where this machine does not have it */
export async function mustRun(program: string, args: string[], why: string): Promise<void> {
  await promisify(execFile)(program, args).catch((cause: Error) => {
    throw new Error(`${program} is missing or does not run: ${why}`, { cause });
  });
}

/** All of them, or none is left. */
export async function startTogether(starts: readonly (() => Promise<OwnServer>)[]): Promise<OwnServer[]> {
  const started = await Promise.allSettled(starts.map((start) => start()));
  const failed = started.find(({ status }) => status === 'rejected');
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (!failed) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw (failed as PromiseRejectedResult).reason;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0]! : String(error));

/** The program behind the door, wherever it runs. */
interface Program {
  /** Begins, on what it had kept where it ran before. */
  begin(): Promise<void>;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** What it said last. */
  output(): Promise<string>;
  /** Nothing of it is left. */
  remove(): Promise<void>;
  pid?(): number | undefined;
  /** Called each time it ends without having been removed. */
  whenEnded?(hear: (pid: number | undefined, how: string) => void): void;
}

type Way = (kind: ServerKind, port: number, outside: number) => Promise<Program>;

/** Of a program that ended by itself. */
export interface Ended {
  readonly pid: number | undefined;
  /** 'by SIGKILL', 'with exit code 1'. */
  readonly how: string;
  readonly lastWords: string;
}

/** A server to which a spec may do what happens to servers. Clients reach it through a door that can be shut. */
export class OwnServer {
  private isStopped = false;

  private constructor(
    private readonly kind: ServerKind,
    private readonly program: Program,
    readonly door: Door,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.door.port}`;
  }

  static async start(kind: ServerKind, way: Way): Promise<OwnServer> {
    const [port] = (await freePorts(1)) as [number];
    const door = await Door.open(port);
    let program: Program | undefined;
    try {
      program = await way(kind, port, door.port);
      const server = new OwnServer(kind, program, door);
      await server.run();
      return server;
    } catch (error) {
      // An open door keeps the process that opened it.
      await program?.remove();
      await door.close();
      throw error;
    }
  }

  /** A program of this machine, in a folder that stays. */
  static async spawn(kind: ServerKind, folder: string): Promise<OwnServer> {
    await mkdir(folder, { recursive: true });
    return OwnServer.start(kind, spawnedIn({ folder, isDetached: true, tidy: () => Promise.resolve() }));
  }

  /** Of the program on this machine; undefined in a container. */
  get pid(): number | undefined {
    return this.program.pid?.();
  }

  /** Nothing is said to anybody, and what it had promised to keep must be there afterwards. */
  crash(): Promise<void> {
    return this.program.signal('SIGKILL');
  }

  /** Its connections stay, and nothing comes from it. */
  freeze(): Promise<void> {
    return this.program.signal('SIGSTOP');
  }

  thaw(): Promise<void> {
    return this.program.signal('SIGCONT');
  }

  /** After a crash. Resolves when it answers. */
  async run(): Promise<void> {
    await this.program.begin();
    const deadline = Date.now() + startMsMax;
    while (!(await this.kind.answers(this.address))) {
      if (this.isStopped) throw new Error(`${this.kind.name} was stopped before it answered`);
      if (Date.now() > deadline) throw new Error(`${this.kind.name}_must_start: ${(await this.program.output()).slice(-2_000)}`);
      await sleep(50);
    }
  }

  /**
   * From now on a program of this machine that ends by itself begins anew, on what it had kept.
   * @param hear how it ended, then undefined when it answers again
   */
  keep(hear: (ended: Ended | undefined) => void): void {
    this.program.whenEnded?.((pid, how) => {
      void this.beginAgain(hear, { pid, how });
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.program.remove();
    await this.door.close();
  }

  private async beginAgain(hear: (ended: Ended | undefined) => void, end: Omit<Ended, 'lastWords'>): Promise<void> {
    hear({ ...end, lastWords: (await this.program.output()).trim().split('\n').slice(-5).join('\n') });
    await sleep(restMs);
    if (this.isStopped) return;
    await this.run().then(
      () => hear(undefined),
      // Ended again, it begins anew again, and says so itself.
      () => undefined,
    );
  }
}

/** Between its end and its next beginning, so that one that cannot begin does not take the machine. */
const restMs = 1_000;

/** Java alone takes as long where two cores have the work of many. */
const startMsMax = 180_000;

const spawned: Way = async (kind, port, outside) => {
  const folder = await mkdtemp(join(tmpdir(), `exchange-${kind.name.toLowerCase()}-`));
  return spawnedIn({ folder, isDetached: false, tidy: () => rm(folder, { recursive: true }) })(kind, port, outside);
};

interface Place {
  readonly folder: string;
  /** A Ctrl-C at the terminal is then for who started it, and not for the program. */
  readonly isDetached: boolean;
  readonly tidy: () => Promise<void>;
}

const spawnedIn =
  ({ folder, isDetached, tidy }: Place): Way =>
  async (kind, port, outside) => {
    const [said, note] = [join(folder, 'output'), join(folder, 'process')];
    await endLeftOver(note);
    const [program, ...args] = await kind.command(folder, port, outside);
    let child: ChildProcess | undefined;
    let heard: ((pid: number | undefined, how: string) => void) | undefined;
    const kill = () => child?.kill('SIGKILL');
    process.on('exit', kill);
    const signal: Program['signal'] = async (name) => {
      if (name === 'SIGKILL' && child && child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child!.once('exit', resolve).kill(name));
      else child?.kill(name);
    };
    return {
      begin: async () => {
        const output = await open(said, 'a');
        child = spawn(program, args, { detached: isDetached, stdio: ['ignore', output.fd, output.fd] });
        const { pid } = child;
        child.once('exit', (code, by) => heard?.(pid, howItEnded(code, by)));
        await output.close();
        if (pid !== undefined) await noteProcess(note, pid);
      },
      signal,
      output: () => readFile(said, 'utf8'),
      remove: async () => {
        heard = undefined;
        await signal('SIGKILL');
        process.off('exit', kill);
        await tidy();
      },
      pid: () => child?.pid,
      whenEnded: (hear) => {
        heard = hear;
      },
    };
  };

/** The door is on this machine, so a daemon elsewhere is none for us. */
async function daemonAnswers(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    ({ info }) => ['localhost', '127.0.0.1'].includes(info.containerRuntime.host),
    () => false,
  );
}

const contained: Way = async (kind, port, outside) => {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const image: GenericContainer = new GenericContainer(kind.image)
    .withEnvironment(kind.environment(outside))
    // The same port after a crash, and the same data.
    .withExposedPorts({ container: kind.imagePort, host: port })
    .withAutoRemove(false);
  const started = await image.start();
  const container = (await getContainerRuntimeClient()).container.getById(started.getId());
  let isRunning = true;
  return {
    begin: async () => {
      if (!isRunning) await container.start();
      isRunning = true;
    },
    signal: async (signal) => {
      if (signal === 'SIGSTOP') await container.pause();
      else if (signal === 'SIGCONT') await container.unpause();
      else {
        await container.kill({ signal });
        await container.wait();
        isRunning = false;
      }
    },
    output: async () => (await container.logs({ stdout: true, stderr: true, tail: 50 })).toString(),
    remove: () => container.remove({ force: true, v: true }),
  };
};
