import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform';

const built = join(import.meta.dirname, '../../../dist/libs/platform/src/embedded-postgres.js');

async function query<R>({ address }: Pick<EmbeddedPostgres, 'address'>, sql: string): Promise<R[]> {
  const client = new pg.Client({ ...address });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as R[];
  } finally {
    await client.end();
  }
}

const postmaster = async (folder: string): Promise<number> =>
  Number((await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);

/** Another exchange on the folder; resolves when it runs. */
async function otherOwner(folder: string): Promise<ChildProcess> {
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(built)});
    await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
    process.stdout.write('runs'); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('the embedded PostgreSQL', () => {
  let top: string;
  let folder: string;
  let running: EmbeddedPostgres | undefined;
  const start = async (): Promise<EmbeddedPostgres> => (running = await startEmbeddedPostgres({ folder }));

  beforeEach(async () => {
    folder = top = await mkdtemp(join(tmpdir(), 'exchange-embedded-'));
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    const place = await realpath(join(folder, 'postgres'));
    await rm(top, { recursive: true });
    await rm(place, { recursive: true, force: true });
  });

  it('keeps its data over a stop, syncs to disk, and listens on no port', async () => {
    await query(await start(), 'create table kept as select 7 as value');
    await running!.stop();
    await start();
    expect(await query(running!, 'select value from kept')).toEqual([{ value: 7 }]);
    const [settings] = await query(running!, `select current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses`);
    expect(settings).toEqual({ fsync: 'on', addresses: '' });
  });

  it('keeps the password to itself', async () => {
    const { address } = await start();
    expect((await stat(join(folder, 'postgres/password'))).mode & 0o077).toBe(0);
    await expect(query({ address: { ...address, password: 'guess' } }, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('recovers after the server was killed', async () => {
    await query(await start(), 'create table kept as select 7 as value');
    const child = await postmaster(folder);
    process.kill(child, 'SIGKILL');
    // The one who runs brings it back by itself, and owns it again.
    for (;;) {
      const rows = await query(running!, `select 1 from pg_locks where locktype = 'advisory'`).catch(() => []);
      if (rows.length && (await postmaster(folder)) !== child) break;
      await sleep(20);
    }
    expect(await query(running!, 'select value from kept')).toEqual([{ value: 7 }]);
  });

  it('refuses a second owner by name, and takes over when the first was killed', async () => {
    const first = await otherOwner(folder);
    const server = await postmaster(folder);
    await expect(start()).rejects.toThrow(new RegExp(`data_folder_must_have_one_owner: .*exchange, process ${first.pid}`));
    first.kill('SIGKILL');
    await once(first, 'exit');
    await start();
    expect(await postmaster(folder)).toBe(server);
  });

  it('starts on what a killed exchange and a killed server left', async () => {
    const first = await otherOwner(folder);
    const server = await postmaster(folder);
    first.kill('SIGKILL');
    process.kill(server, 'SIGKILL');
    await once(first, 'exit');
    await start();
    expect(await postmaster(folder)).not.toBe(server);
  });

  it('gives a new folder to one of two that start at once', async () => {
    const results = await Promise.allSettled([startEmbeddedPostgres({ folder }), startEmbeddedPostgres({ folder })]);
    const won = results.filter((result) => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    running = won[0]!.value;
    const lost = results.find((result) => result.status === 'rejected');
    expect(String(lost?.reason)).toContain('data_folder_must_have_one_owner');
  });

  it('works in a folder that is closed to others', async () => {
    await chmod(folder, 0o700);
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('works in a folder whose name is too long for a socket', async () => {
    folder = join(folder, 'x'.repeat(120));
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says so where the data is of another version', async () => {
    await start();
    await running!.stop();
    running = undefined;
    await writeFile(join(folder, 'postgres/data/PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow('data_folder_must_be_of_postgresql_18: ');
    expect(existsSync(join(folder, 'postgres/data/postmaster.pid'))).toBe(false);
  });
});

it('says so where the data folder cannot be made, be it in a folder that takes none', async () => {
  const folder = process.platform === 'linux' ? '/proc/none/at/all' : join(import.meta.filename, 'none');
  await expect(startEmbeddedPostgres({ folder })).rejects.toThrow('folder_must_be_writable');
});
