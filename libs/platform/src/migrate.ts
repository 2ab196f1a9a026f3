// Schemas, roles and grants. The owner of a database makes them; a service connects as a role that owns nothing.
import { createHmac, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { DatabaseAddress } from './database-url.js';
import type { Evidence } from './evidence/evidence.js';
import { keepEvidence } from './evidence/triggers.js';
import { messageOf } from './fault.js';
import { endSession, keptAlive, openSession, type SessionOptions } from './session.js';

const connectedLooks = 20;
const connectedPauseMs = 100;

export interface MigrationFolder {
  /** Folder of NNNN_name.sql. */
  readonly folder: string;
  /** Table that remembers which of them ran. */
  readonly table: string;
}

/**
 * Brings schemas of one database up to date, one after the other, on a connection that is there while one waits. Several processes may do so at
 * once: one does the work, the others wait for it.
 */
export class Migrations {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private client: pg.Client | undefined;

  constructor(
    private readonly owner: DatabaseAddress,
    private readonly session: Omit<SessionOptions, 'config'>,
  ) {}

  /** Lets `role` use the schema, too. A migration that fails undoes all of this schema's. Throws naming the migration. */
  async migrate(schema: string, role: DatabaseAddress, folders: MigrationFolder[], evidence: readonly Evidence[] = []): Promise<void> {
    this.waiting += 1;
    const done = this.last.then(async () => {
      try {
        await migrate(await this.locked(), schema, role, folders, evidence);
      } catch (error) {
        // What is half done on the connection ends with it.
        await this.end();
        throw error;
      } finally {
        this.waiting -= 1;
        if (this.waiting === 0) await this.end();
      }
    });
    // Who asked for it is told of its failure; the next one goes on.
    this.last = done.catch(() => undefined);
    await done;
  }

  private async locked(): Promise<pg.Client> {
    if (this.client) return this.client;
    this.client = await openSession(this.owner, { ...this.session, config: { options: keptAlive } });
    await this.client.query(`select pg_advisory_lock(hashtext('exchange migrations'))`);
    return this.client;
  }

  /** Ends the session's advisory lock with it. */
  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) await endSession(client);
  }
}

async function migrate(
  client: pg.Client,
  schema: string,
  role: DatabaseAddress,
  folders: MigrationFolder[],
  evidence: readonly Evidence[],
): Promise<void> {
  const read = await Promise.all(folders.map(textsOf));
  for (const folder of read) {
    const done = await namesDone(client, schema, folder);
    if (isDeepStrictEqual(done, [...folder.texts.keys()])) continue;
    // A schema that is not there yet has nobody.
    if (done) await mustBeAlone(client, schema, role, folder, done);
    await apply(client, schema, folder.folder, folder.table);
  }
  await keepEvidence(client, schema, evidence);
  await grant(client, schema, role, read);
}

async function apply(client: pg.Client, schema: string, folder: string, table: string): Promise<void> {
  // Most starts have nothing to run.
  const { runner } = await import('node-pg-migrate');
  let current = folder;
  const logger = {
    info: (line: string) => (current = /^### MIGRATION (\S+)/.exec(line)?.[1] ?? current),
    warn: () => undefined,
    error: () => undefined,
  };
  try {
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: table,
      schema,
      createSchema: true,
      noLock: true,
      singleTransaction: true,
      logger,
    });
  } catch (cause) {
    throw new Error(`migration_must_succeed: ${schema}/${current}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * A migration with a line `-- alone: why` does not run while a process of the service is connected, which would go on with what the tables were: it is stopped first.
 * @throws Error migration_must_run_alone, naming it, why, and who is connected
 */
async function mustBeAlone(
  client: pg.Client,
  schema: string,
  role: DatabaseAddress,
  { texts }: ReadFolder,
  done: readonly string[],
): Promise<void> {
  const marked = [...texts].flatMap(([name, text]) => {
    const why = /^-- alone: (.+)$/m.exec(text)?.[1];
    return why === undefined ? [] : [{ name, why }];
  });
  const due = marked.find(({ name }) => !done.includes(name));
  if (!due) return;
  const connected = await stillConnected(client, role);
  if (connected.length === 0) return;
  const who = connected.map(({ name, address, count }) => `${count} of ${name} from ${address}`).join(', ');
  throw new Error(`migration_must_run_alone: ${schema}/${due.name}: ${due.why}; stop what is connected first: ${who}`);
}

/** Of the folder, in the order in which they ran; undefined where none ever did. */
async function namesDone(client: pg.Client, schema: string, { table }: MigrationFolder): Promise<string[] | undefined> {
  const name = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
  const { rows: there } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name]);
  if (!there[0]!.there) return undefined;
  const { rows } = await client.query<{ name: string }>(`select name from ${name} order by run_on, id`);
  return rows.map((row) => row.name);
}

/** Of a process that has just ended the server may not know yet. */
async function stillConnected(client: pg.Client, { user }: DatabaseAddress): Promise<{ name: string; address: string; count: string }[]> {
  for (let looks = 1; ; looks += 1) {
    const { rows } = await client.query<{ name: string; address: string; count: string }>(
      `select application_name as name, coalesce(host(client_addr), 'this machine') as address, count(*) from pg_stat_activity
       where usename = $1 and datname = current_database() group by 1, 2 order by 1, 2`,
      [user],
    );
    if (rows.length === 0 || looks === connectedLooks) return rows;
    await sleep(connectedPauseMs);
  }
}

async function grant(client: pg.Client, schema: string, role: DatabaseAddress, folders: ReadFolder[]): Promise<void> {
  const name = pg.escapeIdentifier(role.user);
  const place = pg.escapeIdentifier(schema);
  const table = (of: string): string => `${place}.${pg.escapeIdentifier(of)}`;
  const { rows } = await client.query<{ isMighty: boolean }>(
    `select rolsuper or rolcreatedb or rolcreaterole as "isMighty" from pg_roles where rolname = $1`,
    [role.user],
  );
  // An owner that may only make roles may not so much as say of one again that it is no superuser.
  const weakness = rows[0]?.isMighty === false ? '' : ' nosuperuser nocreatedb nocreaterole';
  const appendOnly = folders.flatMap(appendOnlyTables);
  const statements = [
    `${rows.length ? 'alter' : 'create'} role ${name} login${weakness} password '${verifier(role.password)}'`,
    `grant usage on schema ${place} to ${name}`,
    `grant select, insert, update, delete on all tables in schema ${place} to ${name}`,
    `grant usage on all sequences in schema ${place} to ${name}`,
    ...folders.map((folder) => `revoke all on ${table(folder.table)} from ${name}`),
    ...appendOnly.map((of) => `revoke update, delete, truncate on ${table(of)} from ${name}`),
  ];
  await client.query(['begin', ...statements, 'commit'].join(';\n'));
}

/** Tables named in lines `-- append only: a, b` of a folder's migrations. */
const appendOnlyTables = ({ texts }: ReadFolder): string[] =>
  [...texts.values()].flatMap((text) =>
    [...text.matchAll(/^-- append only: (.+)$/gm)].flatMap((line) => line[1]!.split(',').map((of) => of.trim())),
  );

interface ReadFolder extends MigrationFolder {
  /** Migrations by name, in their order. */
  readonly texts: ReadonlyMap<string, string>;
}

async function textsOf({ folder, table }: MigrationFolder): Promise<ReadFolder> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const texts = await Promise.all(
    files.map(async (name): Promise<[string, string]> => [name.replace(/\.sql$/, ''), await readFile(join(folder, name), 'utf8')]),
  );
  return { folder, table, texts: new Map(texts) };
}

/** The service's own role. Its password derives from a secret, so that every process of an installation knows it and none stores it. */
export const roleOf = (owner: DatabaseAddress, secret: string, service: string): DatabaseAddress => {
  const user = `${owner.database}_${service}`;
  return { ...owner, user, password: createHmac('sha256', secret).update(user).digest('base64url') };
};

/** What PostgreSQL stores for a password, computed here so that the password itself never stands in a statement or in a log. */
function verifier(password: string): string {
  const salt = randomBytes(16);
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyOf = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}
