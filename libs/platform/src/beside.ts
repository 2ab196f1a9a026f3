// Work beside an exchange, as the owner of its database: whether it runs or not.
import type pg from 'pg';
import { type Config, readConfig } from './config.js';
import { databaseAddress } from './database-url.js';
import { embeddedPlace, ownerOf, startEmbeddedPostgres } from './embedded-postgres.js';
import { makeLogger } from './log.js';
import { endSession, openSession } from './session.js';
import type { Told } from './silence.js';

export interface Beside {
  /** Columns come as the driver gives them: int8 as text. */
  readonly query: <R>(sql: string, params?: readonly unknown[]) => Promise<R[]>;
  /** The exchange's time, in milliseconds. */
  readonly now: number;
}

/**
 * Does a service's work in one transaction over its tables, as their owner.
 * @throws Error data_folder_must_hold_a_database, database_must_hold_an_exchange, what the server says where the owner may not connect, and what the work throws
 */
export async function besideExchange<T>(service: string, work: (beside: Beside) => Promise<T>, given: Partial<Config> = {}): Promise<T> {
  const config = readConfig(given);
  const log = makeLogger(config.logLevel);
  if (config.databaseUrl) return workIn(databaseAddress(config.databaseUrl), service, log, work);
  // Where there is none, none is made.
  const { address } = await embeddedPlace(config.data);
  if ((await ownerOf(config.data)) !== undefined) return workIn(address, service, log, work);
  const server = await startEmbeddedPostgres({ folder: config.data });
  try {
    return await workIn(server.address, service, log, work);
  } finally {
    await server.stop();
  }
}

async function workIn<T>(
  owner: Parameters<typeof openSession>[0],
  service: string,
  log: Told,
  work: (beside: Beside) => Promise<T>,
): Promise<T> {
  const client = await openSession(owner, { log, config: { options: `-c search_path=${service}` } });
  try {
    await mustHold(client, service);
    await client.query('begin');
    const done = await work({
      now: await timeIn(client),
      query: async <R>(sql: string, params: readonly unknown[] = []) => (await client.query(sql, [...params])).rows as R[],
    });
    await client.query('commit');
    return done;
  } finally {
    await endSession(client);
  }
}

async function mustHold(client: pg.Client, service: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select nspname as name from pg_namespace where nspname = any($1)', [
    [service, 'platform'],
  ]);
  if (rows.length < 2) throw new Error(`database_must_hold_an_exchange: no ${service} has begun on it yet`);
}

async function timeIn(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ is_virtual: boolean; time: string }>('select is_virtual, time from platform.clock');
  return rows[0]?.is_virtual ? Number(rows[0].time) : Date.now();
}
