// What callers are told while the database is away, and while the exchange stops.
import { connect } from 'node:net';
import { GatewayModule } from '#gateway';
import { RegistryModule } from '#registry';
import { Health } from '#platform';
import { openCast } from './cast.js';
import type { Cast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast({}, [RegistryModule, GatewayModule]);
});
afterAll(() => cast?.exchange.stop());

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise(setImmediate);
};

it('while the database is away calls are refused as unavailable, and go well after', async () => {
  const { database } = cast.exchange;
  const list = () => cast.exchange.http<{ rule?: string }>('/v1/participants', { key: cast.keys.operator });
  const [{ name } = { name: '' }] = await database.query<{ name: string }>('select current_database() as name');
  await database.query(`alter database ${name} connection limit 0`);
  await database.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()', [name]);
  const away = await list();
  expect([away.status, away.body.rule, away.headers.get('retry-after')]).toEqual([503, 'database_must_be_reachable', '1']);
  await database.query(`alter database ${name} connection limit -1`);
  await until(async () => (await list()).status === 200);
});

it('what comes while the exchange stops is refused by a problem, and its connection ends', async () => {
  const { hostname, port } = new URL(cast.exchange.running.httpAddress!);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const closed = new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
  socket.write(`GET /v1/me HTTP/1.1\r\nhost: x\r\n`);
  // What was written before has been read when another's request is answered.
  await cast.exchange.http('/v1/me', { key: cast.keys.buyer });
  const stopped = cast.exchange.running.stop();
  await until(() => cast.exchange.running.get(Health).state === 'draining');
  socket.write(`authorization: Bearer ${cast.keys.buyer}\r\n\r\n`);
  await Promise.all([closed, stopped]);
  expect(text).toMatch(/^HTTP\/1\.1 503 [^]*connection: close[^]*"rule":"exchange_must_be_ready"/i);
});
