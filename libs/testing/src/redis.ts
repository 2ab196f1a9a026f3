// A real Redis for the specs that need one. On this machine it is redis-server in the PATH.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis as Client, RedisOptions } from 'ioredis';
import { findServer, mustRun, OwnServer, type ServerKind } from './server.js';

export interface TestRedis {
  /** For run()'s `hotState`, each time under a name of its own. */
  url(): string;
  /** Every key of every database goes. */
  flushAll(): Promise<void>;
  /** Undefined where the server is not the spec's own. */
  readonly own: OwnServer | undefined;
  stop(): Promise<void>;
}

/** Undefined where the machine has none. Throws then with CI set, and where it does not start. */
export async function testRedis(): Promise<TestRedis | undefined> {
  const found = await findServer(redis);
  return (
    found && {
      url: () => `redis://${found.address}/t${randomBytes(6).toString('hex')}`,
      flushAll: () => ask(found.address, async (client) => void (await client.flushall())),
      own: found.own,
      stop: async () => found.own?.stop(),
    }
  );
}

/** On this machine, for a cluster of one's own. */
export async function startRedis(folder: string): Promise<OwnServer> {
  await redis.prepare();
  return OwnServer.spawn(redis, join(folder, 'redis'));
}

/** One that speaks TLS alone, to who has a certificate of its authority and the password. `papers`: of the server, as writePapers() makes them. */
export async function startTlsRedis(folder: string, papers: string, password: string): Promise<OwnServer> {
  await redis.prepare();
  const files = { ca: join(papers, 'ca.pem'), cert: join(papers, 'cert.pem'), key: join(papers, 'key.pem') };
  const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map((file) => readFile(file, 'utf8')));
  const kind: ServerKind = {
    ...redis,
    command: async (place, port) => [
      ...(['redis-server', '--bind', '127.0.0.1', '--port', '0', '--tls-port', String(port), '--dir', place] as const),
      ...['--tls-cert-file', files.cert, '--tls-key-file', files.key, '--tls-ca-cert-file', files.ca, '--requirepass', password],
    ],
    answers: (address) => pings(address, { password, tls: { ca, cert, key } }),
  };
  return OwnServer.spawn(kind, join(folder, 'redis'));
}

const pings = (address: string, options: RedisOptions = {}): Promise<boolean> =>
  ask(address, async (client) => void (await client.ping()), options).then(
    () => true,
    () => false,
  );

/** @throws Error where it does not answer at once */
async function ask(address: string, command: (client: Client) => Promise<void>, options: RedisOptions = {}): Promise<void> {
  // Most specs need none.
  const { Redis } = await import('ioredis');
  const client = new Redis(`redis://${address}`, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0, ...options });
  // What is lost is an error of the command, too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await command(client);
  } finally {
    client.disconnect();
  }
}

export const redis: ServerKind = {
  name: 'Redis',
  variable: 'TEST_REDIS',
  image: 'redis:7.0.15',
  imagePort: 6379,
  environment: () => ({}),
  prepare: () => mustRun('redis-server', ['--version'], 'the hot state is kept in Redis'),
  command: async (folder, port) => ['redis-server', '--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
  answers: (address) => pings(address),
};
