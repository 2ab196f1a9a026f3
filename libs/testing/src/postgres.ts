// Databases on the real PostgreSQL that was started before all tests.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Settings of a superuser's connection to a database. */
export interface TestDatabase {
  /** For run()'s `databaseUrl`. */
  readonly url: string;
  /** One statement as the superuser. */
  query<R>(sql: string, params?: unknown[]): Promise<R[]>;
  /** Drops it, whoever is connected. */
  drop(): Promise<void>;
}

/** The superuser's, of the tests' server. */
export function sharedUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('tests_must_run_by_npm_test: no PostgreSQL was started');
  return url;
}

export const urlOf = (name: string, shared = sharedUrl()): string => shared.replace(/\/[^/]*$/, `/${name}`);

/** A fresh database of its own, on the tests' server or that of another superuser's URL: empty, or a copy of the template. */
export async function testDatabase(shared = sharedUrl(), template = 'template1'): Promise<TestDatabase> {
  const name = `t${randomBytes(6).toString('hex')}`;
  await once(shared, `create database ${name} template ${template}`);
  const url = urlOf(name, shared);
  return {
    url,
    query: (sql, params) => once(url, sql, params),
    drop: async () => {
      await once(shared, `drop database ${name} with (force)`);
      const roles = await once<{ name: string }>(shared, `select rolname as name from pg_roles where rolname like $1`, [`${name}\\_%`]);
      for (const role of roles) await once(shared, `drop role ${role.name}`);
    },
  };
}

/** The superuser's look into the tables from outside: one connection, and another where it was lost. */
export class Look {
  private client: pg.Client | undefined;

  constructor(private readonly url: string) {}

  /** @throws Error where the database does not answer within some seconds */
  async query<R>(sql: string, params: unknown[] = []): Promise<R[]> {
    try {
      this.client ??= await connected(this.url);
      return (await this.client.query<pg.QueryResultRow>(sql, params)).rows as R[];
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  // A lost connection is an error of the next query, too.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function once<R>(url: string, sql: string, params: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(sql, params)).rows as R[];
  } finally {
    await client.end();
  }
}
