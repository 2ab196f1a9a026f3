// A service's second thread: the same database as the same role, its own connections. What it publishes is moved by the first thread.
import { Clock } from './clock.js';
import { Database, openPool } from './database.js';
import type { DatabaseAddress } from './database-url.js';
import { Journal } from './journal.js';
import { makeLogger, type Logger } from './log.js';
import { Outbox } from './outbox.js';
import { sendTelemetry } from './telemetry.js';

/** Plain data, so that it can be handed to a thread. */
export interface ThreadSeed {
  readonly name: string;
  readonly role: DatabaseAddress;
  readonly connections: number;
  readonly logLevel: string;
}

/** On the first thread: what to give to a second one, and whom to tell that it published. */
export class SecondThread {
  constructor(
    readonly seed: ThreadSeed,
    /** Events of the second thread are in the outbox. */
    readonly published: () => void,
  ) {}
}

/** On the second thread. */
export interface ThreadService {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly log: Logger;
  close(): Promise<unknown>;
}

/** Events that it publishes carry their own times: the exchange's clock may be virtual, and is moved on the first thread. */
export function openThread({ name, role, connections, logLevel }: ThreadSeed): ThreadService {
  const log = makeLogger(logLevel).child({ service: name });
  const pool = openPool(role, connections, log);
  const database = new Database(pool);
  const outbox = new Outbox(name, new Clock(undefined));
  database.hook({ beforeCommit: (tx) => outbox.write(tx), afterCommit: () => undefined });
  return { database, outbox, journal: new Journal(database), log, close: () => Promise.all([pool.end(), sendTelemetry()]) };
}
