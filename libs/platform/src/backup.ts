// A back-up of a PostgreSQL that runs and is written to meanwhile, by the server's own protocol for it: its files as they are, and the write-ahead log that
// makes them one moment's. https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
import { chmod, chown, copyFile, lstat, mkdir, open, readdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import { embeddedPlace } from './embedded-postgres.js';
import { codeOf } from './fault.js';

/** What a server makes anew at its start, or what would mislead it. */
const leftOut = new Set(['postmaster.pid', 'postmaster.opts', 'log', 'pg_internal.init']);
/** Folders that must be there, and empty. */
const emptied = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);

/**
 * Copies the database of a data folder, whose exchange may run, to a folder that must not be there yet: `EXCHANGE_DATA` of a restore is a copy of it.
 * @throws Error backup_folder_must_be_new, or where no server runs on the data folder; nothing is left then
 */
export async function backUp(data: string, to: string): Promise<void> {
  if (await stat(to).catch(ifGone)) throw new Error(`backup_folder_must_be_new: ${to} is there already`);
  const { folder, address } = await embeddedPlace(data);
  const making = `${to}.${randomUUID()}`;
  try {
    await mkdir(join(making, 'postgres'), { recursive: true, mode: 0o755 });
    await copyLike(folder, join(making, 'postgres'), false);
    await copyFile(join(folder, 'password'), join(making, 'postgres/password'));
    await sameOwner(join(folder, 'password'), join(making, 'postgres/password'));
    await copyServer(address, join(folder, 'data'), join(making, 'postgres/data'));
    await rename(making, to);
    await synced(dirname(to));
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

/** Copies a server's data folder while it works. `superuser`: of that server. What was committed before this begins is in the copy. */
async function copyServer(superuser: DatabaseAddress, from: string, to: string): Promise<void> {
  const client = new pg.Client(connectionOf(superuser));
  await client.connect();
  try {
    // Keeps the log until this session ends, however it ends.
    await client.query(`select pg_create_physical_replication_slot('backup_${randomUUID().replaceAll('-', '')}', true, true)`);
    const { rows: begun } = await client.query<{ segment: string }>(`select pg_walfile_name(pg_backup_start('exchange', true)) as segment`);
    await copyFolder(from, to);
    const { rows: ended } = await client.query<{ segment: string; label: string }>(
      'select pg_walfile_name(lsn) as segment, labelfile as label from pg_backup_stop(false)',
    );
    await writeFile(join(to, 'backup_label'), ended[0]!.label, { mode: 0o600, flush: true });
    await sameOwner(from, join(to, 'backup_label'));
    for (const segment of await readdir(join(from, 'pg_wal')))
      if (segment >= begun[0]!.segment && segment <= ended[0]!.segment)
        await copied(join(from, 'pg_wal', segment), join(to, 'pg_wal', segment));
    for (const folder of [join(to, 'pg_wal'), to]) await synced(folder);
  } finally {
    await client.end();
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await copyLike(from, to, true);
  for (const name of await readdir(from)) {
    if (leftOut.has(name) || name.startsWith('pgsql_tmp')) continue;
    const [source, target] = [join(from, name), join(to, name)];
    // The server drops files meanwhile; its log says so, too.
    const kind = await lstat(source).catch(ifGone);
    if (kind?.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (kind?.isDirectory()) await (emptied.has(name) ? copyLike(source, target, true) : copyFolder(source, target));
    else if (kind?.isFile()) await copied(source, target).catch(ifGone);
  }
  await synced(to);
}

async function copied(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await sameOwner(from, to);
  await synced(to);
}

/** An empty folder with the owner and the mode of another; `isNew` where it is not there yet. */
async function copyLike(from: string, to: string, isNew: boolean): Promise<void> {
  if (isNew) await mkdir(to);
  await chmod(to, (await stat(from)).mode & 0o777);
  await sameOwner(from, to);
}

async function sameOwner(from: string, to: string): Promise<void> {
  const { uid, gid } = await stat(from);
  const own = await stat(to);
  if (own.uid !== uid || own.gid !== gid) await chown(to, uid, gid);
}

/** A back-up that a power cut takes away is none. */
async function synced(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync();
  await handle.close();
}

function ifGone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
