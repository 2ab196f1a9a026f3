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

/** A fresh, empty database of its own, on the tests' server or that of another superuser's URL. */
export async function testDatabase(shared = process.env.TEST_DATABASE_URL): Promise<TestDatabase> {
  if (!shared) throw new Error('tests_must_run_by_npm_test: no PostgreSQL was started');
  const name = `t${randomBytes(6).toString('hex')}`;
  await once(shared, `create database ${name}`);
  const url = shared.replace(/\/[^/]*$/, `/${name}`);
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

async function once<R>(url: string, sql: string, params: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(sql, params)).rows as R[];
  } finally {
    await client.end();
  }
}
