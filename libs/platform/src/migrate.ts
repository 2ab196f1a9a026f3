// Schemas, roles and grants. The owner of a database makes them; a service connects as a role that owns nothing.
import { createHmac, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import type { Evidence } from './evidence/evidence.js';
import { keepEvidence } from './evidence/triggers.js';
import { messageOf } from './fault.js';

export interface MigrationFolder {
  /** Folder of NNNN_name.sql. */
  readonly folder: string;
  /** Table that remembers which of them ran. */
  readonly table: string;
}

/**
 * Brings a schema up to date and lets `role` use it. Safe to start by several processes at once: one does the work, the others wait for
 * it. A migration that fails undoes all of this start's. Throws naming the migration.
 */
export async function migrate(
  owner: DatabaseAddress,
  schema: string,
  role: DatabaseAddress,
  folders: MigrationFolder[],
  evidence: readonly Evidence[] = [],
): Promise<void> {
  const client = new pg.Client(connectionOf(owner));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('exchange migrations'))`);
    for (const { folder, table } of folders) await apply(client, schema, folder, table);
    await keepEvidence(client, schema, evidence);
    await grant(client, schema, role, folders);
  } finally {
    // Ends the session's advisory lock with it.
    await client.end();
  }
}

async function apply(client: pg.Client, schema: string, folder: string, table: string): Promise<void> {
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

async function grant(client: pg.Client, schema: string, role: DatabaseAddress, folders: MigrationFolder[]): Promise<void> {
  const name = pg.escapeIdentifier(role.user);
  const place = pg.escapeIdentifier(schema);
  const table = (of: string): string => `${place}.${pg.escapeIdentifier(of)}`;
  const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role.user]);
  const appendOnly = (await Promise.all(folders.map(({ folder }) => appendOnlyTables(folder)))).flat();
  const statements = [
    `${rows.length ? 'alter' : 'create'} role ${name} login nosuperuser nocreatedb nocreaterole password '${verifier(role.password)}'`,
    `grant usage on schema ${place} to ${name}`,
    `grant select, insert, update, delete on all tables in schema ${place} to ${name}`,
    `grant usage on all sequences in schema ${place} to ${name}`,
    ...folders.map((folder) => `revoke all on ${table(folder.table)} from ${name}`),
    ...appendOnly.map((of) => `revoke update, delete, truncate on ${table(of)} from ${name}`),
  ];
  await client.query(['begin', ...statements, 'commit'].join(';\n'));
}

/** Tables named in lines `-- append only: a, b` of a folder's migrations. */
async function appendOnlyTables(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/^-- append only: (.+)$/gm)].flatMap((line) => line[1]!.split(',').map((of) => of.trim())),
  );
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
