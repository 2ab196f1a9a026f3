// A real PostgreSQL that comes with the package and keeps its data in a folder of ours. The server outlives a killed exchange; the next one
// on the same folder takes it over. Who owns the folder is told by an advisory lock on the server itself, which no crash leaves behind.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, open, readFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { DatabaseAddress } from './database-url.js';
import { codeOf, messageOf } from './fault.js';
import { makeFolder, postgresBinaries, runAs, type RunAs } from './postgres-binaries.js';

const major = '18';
const superuser = 'exchange';
const startMsMax = 30_000;
const ownerWaitMsMax = 2_000;
/** Socket paths end here on Linux (107 bytes) and macOS (103). */
const socketPathMax = 100;

/** There is no server, or none any more. */
const absentCodes = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);
/** Or it is starting, stopping, recovering or was just killed. */
const awayCodes = new Set([...absentCodes, '57P01', '57P02', '57P03']);

const ownerName = (process: number | string): string => `exchange, process ${process}`;

export interface EmbeddedPostgres {
  /** The superuser, in the database 'exchange'. */
  readonly address: DatabaseAddress;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Holds `postgres/`, which is made where it is missing. */
  readonly folder: string;
  /** Settings of the server beside or instead of ours. */
  readonly settings?: Record<string, string>;
  /** Told when the server was lost and is back, or cannot be brought back. */
  readonly onTrouble?: (error: Error) => void;
}

/**
 * Starts the server of a data folder, or takes over one whose exchange is gone.
 * Throws data_folder_must_have_one_owner while another exchange lives on it.
 */
export async function startEmbeddedPostgres({ folder, settings = {}, onTrouble }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const server = await Server.open(resolve(folder, 'postgres'), settings, onTrouble ?? (() => undefined));
  await server.own();
  await server.makeDatabase();
  return { address: server.address(superuser), stop: () => server.stop() };
}

/** Where the server of a data folder keeps its files, and how its superuser reaches it while it runs. */
export async function embeddedPlace(data: string): Promise<{ readonly folder: string; readonly address: DatabaseAddress }> {
  const place = resolve(data, 'postgres');
  const folder = await realpath(place).catch((cause: unknown) => {
    if (codeOf(cause) !== 'ENOENT') throw cause;
    throw new Error(`data_folder_must_hold_a_database: there is none in ${resolve(data)}`, { cause });
  });
  return { folder, address: addressIn(await socketFolder(folder, await runAs(place)), await passwordIn(folder), superuser) };
}

/** The process whose exchange or cluster lives on a data folder; undefined where none does, or it is only starting or stopping. */
export async function ownerOf(data: string): Promise<string | undefined> {
  if (!(await stat(resolve(data, 'postgres')).catch(() => undefined))) return undefined;
  const { address } = await embeddedPlace(data);
  const client = new pg.Client({ ...address, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await ownerIn(client))?.replace(ownerName(''), '');
  } catch (error) {
    if (awayCodes.has(codeOf(error))) return undefined;
    throw error;
  } finally {
    await client.end();
  }
}

/** Name of the session that holds the owner's lock. */
async function ownerIn(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and application_name like $1`,
    [ownerName('%')],
  );
  return rows[0]?.name;
}

const addressIn = (socket: string, password: string, database: string): DatabaseAddress => ({
  ...{ host: socket, port: 5432, user: superuser, password, database },
});

const passwordIn = (folder: string): Promise<string> =>
  readFile(join(folder, 'password'), 'utf8').catch((cause: Error) => {
    throw new Error(`data_folder_must_be_readable: ${folder} belongs to another user`, { cause });
  });

class Server {
  private child: ChildProcess | undefined;
  private owner: pg.Client | undefined;
  private isStopping = false;

  private constructor(
    private readonly binaries: string,
    private readonly who: RunAs | undefined,
    /** Holds data/, password and the socket. */
    private readonly folder: string,
    private readonly socket: string,
    private readonly password: string,
    private readonly settings: Record<string, string>,
    private readonly onTrouble: (error: Error) => void,
  ) {}

  static async open(folder: string, settings: Record<string, string>, onTrouble: (error: Error) => void): Promise<Server> {
    const who = await runAs(folder);
    const binaries = await postgresBinaries(who, dirname(folder));
    if (!(await stat(folder).catch(() => undefined))) await initialise(folder, binaries, who);
    const real = await realpath(folder);
    const version = (await readFile(join(real, 'data', 'PG_VERSION'), 'utf8')).trim();
    if (version !== major) throw new Error(`data_folder_must_be_of_postgresql_${major}: ${folder} is of ${version}`);
    return new Server(binaries, who, real, await socketFolder(real, who), await passwordIn(real), settings, onTrouble);
  }

  address(database: string): DatabaseAddress {
    return { ...addressIn(this.socket, this.password, database), port: Number(this.settings.port ?? 5432) };
  }

  /** Brings the server up and makes this process its owner; does so again when the connection that says so is lost. */
  async own(): Promise<void> {
    const owner = await this.connect();
    this.owner = owner;
    owner.once('end', () => {
      if (!this.isStopping) void this.comeBack();
    });
  }

  async makeDatabase(): Promise<void> {
    const { rowCount } = await this.owner!.query('select 1 from pg_database where datname = $1', [superuser]);
    if (!rowCount) await this.owner!.query(`create database ${superuser}`);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const run = promisify(execFile);
    await run(join(this.binaries, 'bin', 'pg_ctl'), ['-D', join(this.folder, 'data'), '-m', 'fast', '-w', 'stop'], {
      ...this.who,
      cwd: this.folder,
      env: environment(),
    });
    await this.owner?.end();
    if (this.socket !== this.folder) await rm(this.socket, { recursive: true, force: true });
  }

  /** The server was lost under us: killed, or it crashed and restarts itself. */
  private async comeBack(): Promise<void> {
    while (!this.isStopping) {
      this.onTrouble(new Error('postgresql_must_keep_running: the embedded server was lost and is being started again'));
      try {
        return await this.own();
      } catch (error) {
        this.onTrouble(new Error(messageOf(error), { cause: error }));
        await sleep(1_000);
      }
    }
  }

  /**
   * A connection that holds the owner's lock; starts the server where it does not run. Another process may be starting it too: one of them
   * gets there. Throws data_folder_must_have_one_owner.
   */
  private async connect(): Promise<pg.Client> {
    const deadline = Date.now() + startMsMax;
    for (;;) {
      const client = new pg.Client({ ...this.address('postgres'), application_name: ownerName(process.pid) });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await this.lock(client);
        return client;
      } catch (error) {
        await client.end();
        const code = codeOf(error);
        if (!awayCodes.has(code)) throw error;
        if (Date.now() > deadline) throw new Error(`postgresql_must_start: ${await this.lastWords()}`, { cause: error });
        const isLaunching = this.child && this.child.exitCode === null && this.child.signalCode === null;
        if (absentCodes.has(code) && !isLaunching) await this.launch();
      }
      await sleep(20);
    }
  }

  /** Waits a little for an owner whose process has just died. */
  private async lock(client: pg.Client): Promise<void> {
    const deadline = Date.now() + ownerWaitMsMax;
    for (;;) {
      const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtext('exchange owner')) as locked`);
      if (rows[0]?.locked) return;
      if (Date.now() > deadline) break;
      await sleep(50);
    }
    throw new Error(`data_folder_must_have_one_owner: ${this.folder} is in use by ${(await ownerIn(client)) ?? 'another exchange'}`);
  }

  private async launch(): Promise<void> {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: this.socket,
      unix_socket_permissions: '0700',
      port: '5432',
      max_connections: '200',
      shared_buffers: sharedBuffers(totalmem()),
      max_wal_size: '4GB',
      jit: 'off',
      // A plan made while a table was small is kept until its statistics change.
      autovacuum_naptime: '5s',
      // Who is caught in a ring tries again at once, and waits no second to learn of it.
      deadlock_timeout: '50ms',
      timezone: 'UTC',
      log_timezone: 'UTC',
      logging_collector: 'on',
      log_directory: 'log',
      // Seven files, each written anew after a week.
      log_filename: 'postgresql-%a.log',
      log_truncate_on_rotation: 'on',
      log_rotation_age: '1d',
      log_rotation_size: '0',
      ...this.settings,
    };
    const words = await open(join(this.folder, 'start.log'), 'a');
    try {
      this.child = spawn(
        join(this.binaries, 'bin', 'postgres'),
        ['-D', join(this.folder, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        // Detached: a Ctrl-C at the terminal is for the exchange, which stops the server last.
        { ...this.who, cwd: this.folder, env: environment(), detached: true, stdio: ['ignore', words.fd, words.fd] },
      );
      this.child.on('error', (error) => this.onTrouble(error));
      this.child.unref();
    } finally {
      await words.close();
    }
  }

  private async lastWords(): Promise<string> {
    const text = await readFile(join(this.folder, 'start.log'), 'utf8').catch(() => '');
    return text.trim().split('\n').slice(-5).join('\n') || 'it said nothing';
  }
}

/** Makes the cluster aside and renames it, so that a folder is whole or not there. */
async function initialise(folder: string, binaries: string, who: RunAs | undefined): Promise<void> {
  const making = `${folder}.${randomUUID()}`;
  const real = await makeFolder(making, who);
  const password = join(real, 'password');
  await writeFile(password, randomBytes(32).toString('base64url'), { mode: 0o600 });
  if (who) await chown(password, who.uid, who.gid);
  await promisify(execFile)(
    join(binaries, 'bin', 'initdb'),
    [
      ...['-D', join(real, 'data'), '-U', superuser, '--pwfile', password, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--data-checksums'],
    ],
    { ...who, cwd: real, env: environment() },
  );
  try {
    await rename(making, folder);
  } catch (error) {
    // Another process was faster.
    await rm(real, { recursive: true });
    await rm(making, { force: true });
    if (!(await readdir(folder).catch(() => [])).length) throw error;
  }
}

/** The data folder itself, or one under the system's temporary folder where the path would be too long for a socket. */
async function socketFolder(folder: string, who: RunAs | undefined): Promise<string> {
  if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) <= socketPathMax) return folder;
  const short = join(tmpdir(), `exchange-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
  await mkdir(short, { mode: 0o700, recursive: true });
  if (who) await chown(short, who.uid, who.gid);
  const { uid } = await stat(short);
  if (uid !== (who?.uid ?? process.getuid?.())) throw new Error(`socket_folder_must_be_ours: ${short} belongs to another user`);
  return short;
}

/** Memory that the server keeps pages in: an eighth of the machine's, within bounds; it takes it up as it needs it. */
const sharedBuffers = (bytesOfMachine: number): string => {
  const mib = Math.floor(bytesOfMachine / 8 / 2 ** 20);
  return `${Math.min(1024, Math.max(256, mib))}MB`;
};

/** Nothing of ours: PG* variables would change what the server does. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' });
