// A connection beside the pools: of who migrates, audits, takes a bus up or listens. As of theirs, what waits on it fails where the line swallows packets.
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import { type Client, type Patience, silenceWatch, type Told } from './silence.js';

const connectMsMax = 30_000;
const farewellMsMax = 5_000;

/**
 * For the server, of a session that holds locks: by its own settings it would keep them for a quarter of an hour, or for two, where the line is dead. Not for one that is
 * told much: who takes long to read is given up by them, too.
 */
export const keptAlive = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=10 -c tcp_user_timeout=15000';

export interface SessionOptions {
  readonly log: Told;
  readonly patience?: Patience | undefined;
  readonly config?: Pick<pg.ClientConfig, 'application_name' | 'types' | 'options'>;
}

/** To be ended by `endSession`. A connection that is lost is an error of the query under way, or of the next. */
export async function openSession(address: DatabaseAddress, { log, patience, config }: SessionOptions): Promise<pg.Client> {
  const client = new pg.Client({ ...connectionOf(address), connectionTimeoutMillis: connectMsMax, ...config });
  client.on('error', (error) => log.debug({ err: error, role: address.user }, 'a database session was lost'));
  await client.connect();
  const watch = silenceWatch(address, log, patience);
  watch.add(client);
  client.once('end', () => watch.remove(client));
  return client;
}

/** Says good-bye, and goes where nobody hears it: it owes no answer, so nothing watches. */
export async function endSession(client: pg.Client, msMax = farewellMsMax): Promise<void> {
  const timer = setTimeout(() => (client as unknown as Client).connection.stream.destroy(), msMax);
  await client.end().finally(() => clearTimeout(timer));
}
