// TLS to PostgreSQL, Kafka and Redis by the settings that an operator gives: each server asks for a certificate and a password, and takes nobody else.
import { jest } from '@jest/globals';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, run, startEmbeddedPostgres } from '#platform';
import { Authority, canRunCluster, startTlsKafka, startTlsRedis, testDatabase, writePapers } from '#testing';
import { HttpMarket } from './http-market.js';

jest.setTimeout(300_000);

const isPossible = await canRunCluster();
const secret = 'only for this test';
const undo: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** Where each server is, said with these papers and this password. */
type Say = (papers: string, password?: string) => string;
const url: Record<'database' | 'bus' | 'hotState', Say> = { database: () => '', bus: () => '', hotState: () => '' };
let ours: string;
let strangers: string;

const query = (papers: string): string => `sslrootcert=${papers}/ca.pem&sslcert=${papers}/cert.pem&sslkey=${papers}/key.pem`;

beforeAll(async () => {
  if (!isPossible) return;
  const folder = await mkdtemp(join(tmpdir(), 'exchange-tls-'));
  await chmod(folder, 0o755);
  undo.push(() => rm(folder, { recursive: true }));
  const [authority, other] = [await Authority.make(), await Authority.make()];
  const servers = await writePapers(join(folder, 'servers'), authority, await authority.issueHost());
  ours = await writePapers(join(folder, 'ours'), authority, await authority.issueHost());
  strangers = await writePapers(join(folder, 'strangers'), other, await other.issueHost());

  const key = join(servers, 'key.pem');
  await chmod(key, 0o600);
  // root runs PostgreSQL as nobody, and Kafka and Redis as itself.
  if (process.getuid?.() === 0) await chown(key, 65_534, 65_534);
  const rules = join(servers, 'pg_hba.conf');
  await writeFile(rules, 'local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n');
  const [port] = await freePorts(1);
  const server = await startEmbeddedPostgres({
    folder,
    settings: {
      ...{ fsync: 'off', listen_addresses: '127.0.0.1', port: String(port), hba_file: rules },
      ...{ ssl: 'on', ssl_cert_file: join(servers, 'cert.pem'), ssl_key_file: key, ssl_ca_file: join(servers, 'ca.pem') },
    },
  });
  undo.push(() => server.stop());
  const { user, password: right, host } = server.address;
  const database = await testDatabase(`postgresql://${user}:${right}@${encodeURIComponent(host)}:${port}/exchange`);
  const name = database.url.split('/').at(-1)!;
  url.database = (papers, password = right) =>
    `postgresql://${user}:${password}@localhost:${port}/${name}?sslmode=verify-full&${query(papers)}`;

  const kafka = await startTlsKafka(folder, servers, { name: 'exchange', password: secret });
  undo.push(() => kafka.stop());
  url.bus = (papers, password = secret) => `kafkas://exchange:${encodeURIComponent(password)}@${kafka.address}/tls?${query(papers)}`;
  const redis = await startTlsRedis(folder, servers, secret);
  undo.push(() => redis.stop());
  url.hotState = (papers, password = secret) => `rediss://default:${encodeURIComponent(password)}@${redis.address}/tls?${query(papers)}`;
});

if (isPossible) {
  it('trades by TLS alone', async () => {
    const market = await HttpMarket.open({ databaseUrl: url.database(ours), bus: url.bus(ours), hotState: url.hotState(ours) });
    undo.push(() => market.stop());
    const { poolId } = await market.place();
    await market.offer(poolId, 'FIRM', 4, '2');
    expect(await market.leases(await market.buyer())).toHaveLength(1);
    const { checks } = (await market.seen('', '/readyz')) as { checks: { name: string; detail: string }[] };
    expect(checks.find(({ name }) => name === 'hot state')!.detail).toBe('Redis answers');
  });

  it.each<[string, 'database' | 'bus', string, string | undefined, RegExp]>([
    ['PostgreSQL’s authority is not ours', 'database', 'strangers', undefined, /certificate/],
    ['Kafka’s authority is not ours', 'bus', 'strangers', undefined, /certificate/],
    ['PostgreSQL does not know the password', 'database', 'ours', 'wrong', /password/],
    ['Kafka does not know the password', 'bus', 'ours', 'wrong', /authentication failed/i],
  ])('does not start where %s', async (_case, server, papers, password, words) => {
    const right = { databaseUrl: url.database(ours), bus: url.bus(ours), databaseSecret: 'any' };
    const wrong = url[server](papers === 'ours' ? ours : strangers, password);
    const settings = { ...right, ...(server === 'bus' ? { bus: wrong } : { databaseUrl: wrong }) };
    await expect(run([], { ...settings, clock: 'virtual', logLevel: 'silent' })).rejects.toThrow(words);
  });
}
