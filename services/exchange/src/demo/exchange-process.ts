// An exchange as a process of its own, the way `npm start` runs it: for the demo, the benchmarks and the tests that kill it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, howItEnded, startedWithUs, temporaryFolder } from '#platform';

export interface ExchangeProcess {
  readonly address: string;
  readonly grpcAddress: string;
  /** The first operator key; undefined where the data folder had one already. */
  readonly key: string | undefined;
  /** What it has written last to its log and the console. */
  output(): string;
  /** Asks it to drain and end, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  readonly pid: number;
  /** SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it is gone, for whatever reason, with how: 'by SIGKILL', 'with exit code 1'. */
  readonly ended: Promise<string>;
}

export interface ExchangeProcessOptions {
  readonly data: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Further EXCHANGE_ and OTEL_ settings. */
  readonly settings?: Record<string, string>;
  /** Root of a built checkout whose program runs; else ours. */
  readonly home?: string | undefined;
  /** File to which its output goes as well. */
  readonly log?: string;
  /** Is told of it before it is ready. */
  readonly begun?: (pid: number) => Promise<void>;
}

const outputMax = 1 << 20;
/** Where this process ends without having stopped them, they end with it. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const ours = join(import.meta.dirname, '../../../..').replace(/[/\\]dist$/, '');

/** What Node runs: the exchange of a built checkout, with its traces. */
const programOf = (home: string): string[] => [
  ...['--import', pathToFileURL(join(home, 'dist/libs/platform/src/telemetry-start.js')).href],
  ...['--enable-source-maps', join(home, 'dist/services/exchange/src/main.js')],
];

/** Names of the settings that the exchange of a built checkout knows, as its help tells them: it refuses others. */
export async function settingsOf(home: string): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)(process.execPath, [...programOf(home), '--help']);
  return new Set(stdout.match(/\bEXCHANGE_[A-Z_]+/g));
}

/** Brings a database and a bus up to date, as the step before a new version's processes does. @param settings EXCHANGE_ settings */
export async function migrateAs(settings: Record<string, string>, home = ours): Promise<void> {
  await promisify(execFile)(process.execPath, [...programOf(home), 'migrate'], { env: { ...process.env, ...settings } });
}

/**
 * Starts an exchange and waits until it says that it is ready.
 * @throws Error with the process's output where it ends before it is ready
 */
export async function startExchange({
  data,
  httpPort,
  grpcPort,
  settings,
  home = ours,
  log,
  begun,
}: ExchangeProcessOptions): Promise<ExchangeProcess> {
  const child = spawn(process.execPath, programOf(home), {
    env: {
      ...process.env,
      EXCHANGE_DATA: data,
      EXCHANGE_HTTP_PORT: String(httpPort),
      EXCHANGE_GRPC_PORT: String(grpcPort),
      EXCHANGE_LOG_LEVEL: 'warn',
      ...settings,
    },
    // A Ctrl-C at the terminal is for us alone: it must not drain while others need it, and takes our asking it to end for a second one.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const told = child.pid === undefined ? undefined : begun?.(child.pid);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, by) => resolve(howItEnded(code, by)))).finally(() =>
    children.delete(child),
  );
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  let output = '';
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  const hear = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-outputMax);
    file?.write(chunk);
  };
  child.once('close', () => file?.end());
  const key = await new Promise<string | undefined>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      hear(chunk);
      if (/is ready/.test(output)) resolve(/\bcx_[A-Za-z0-9_-]+/.exec(output)?.[0]);
    });
    child.stderr.on('data', hear);
    child.once('exit', (code, by) => reject(new Error(`the exchange ended ${howItEnded(code, by)} before it was ready:\n${output}`)));
  });
  await told;
  const [address, grpcAddress] = [`http://127.0.0.1:${httpPort}`, `127.0.0.1:${grpcPort}`];
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  const [stop, kill] = [() => end('SIGTERM'), () => end('SIGKILL')];
  return { address, grpcAddress, key, output: () => output, ended, pid: child.pid!, signal, stop, kill };
}

/**
 * A private exchange in a folder of its own that goes away with it, or in the one that is given, which stays and must be new.
 * @param settings EXCHANGE_ settings
 */
export async function startPrivateExchange(
  settings: Record<string, string>,
  kept?: string,
): Promise<ExchangeProcess & { readonly key: string }> {
  if (kept !== undefined) await mustBeNew(kept);
  const [folder, remove] = kept === undefined ? temporaryFolder('compute-exchange-') : [kept, () => Promise.resolve()];
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const place = { data: join(folder, kept === undefined ? 'data' : ''), httpPort, grpcPort, settings };
  const [exchange, end] = await startedWithUs(
    () => startExchange(place),
    (started) => started.stop(),
  );
  if (exchange.key === undefined) throw new Error('a new exchange must print its first operator key');
  const stop = () => end().then(remove);
  return { ...exchange, key: exchange.key, stop, kill: () => exchange.kill().then(stop) };
}

/** @throws Error where there is something in the folder */
export async function mustBeNew(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  if (names.length) throw new Error(`data_folder_must_be_new: ${folder} holds something already`);
}
