// The two sides of the bus as the conformance suite uses them: real servers of its own that it may cut off, crash and start again.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Config } from '#platform';
import { startEmbeddedPostgres } from '#platform';
import { testDatabase, testKafka, type TestDatabase } from '#testing';

export interface Side {
  readonly name: string;
  /** A database for one exchange, and its settings. */
  begin(): Promise<{ database: TestDatabase; config: Partial<Config> }>;
  /** Undefined where the server is not the suite's own. */
  readonly faults: Faults | undefined;
  stop(): Promise<void>;
}

export interface Faults {
  /** Every connection to the bus is lost at once; new ones may be made after `meanwhile`. */
  cut(meanwhile: () => Promise<void>): Promise<void>;
  /** The bus's server ends as it does in a crash, and is started again after `meanwhile`. */
  crash(meanwhile: () => Promise<void>): Promise<void>;
}

/** The log: its server is the database itself, so nothing can be told meanwhile. */
export async function logSide(): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-bus-'));
  // mkdtemp closes it to others, and root runs the server as nobody.
  await chmod(folder, 0o755);
  let server = await startEmbeddedPostgres({ folder });
  const url = (): string => {
    const { host, port, user, password, database } = server.address;
    return `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
  };
  return {
    name: 'the log',
    begin: async () => {
      const database = await testDatabase(url());
      return { database, config: { databaseUrl: database.url } };
    },
    faults: {
      cut: async () => {
        const client = new pg.Client({ connectionString: url() });
        await client.connect();
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename is not null');
        await client.end();
      },
      crash: async () => {
        await server.stop();
        server = await startEmbeddedPostgres({ folder });
      },
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Undefined where there is no Kafka. */
export async function kafkaSide(): Promise<Side | undefined> {
  const kafka = await testKafka();
  if (!kafka) return undefined;
  const { own } = kafka;
  return {
    name: 'Kafka',
    begin: async () => {
      const database = await testDatabase();
      return { database, config: { databaseUrl: database.url, bus: kafka.url() } };
    },
    faults: own && {
      cut: async (meanwhile) => {
        own.door.shut();
        await meanwhile();
        own.door.unshut();
      },
      crash: async (meanwhile) => {
        await own.crash();
        await meanwhile();
        await own.run();
      },
    },
    stop: () => kafka.stop(),
  };
}
