// Services in processes of their own, which reach each other by mutual TLS: the same market, and what is left where one of them dies.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, testDatabase, type TestDatabase, writePapers } from '#testing';
import { Api, Problem, type Json } from '../src/demo/client.js';
import { type ExchangeProcess, portsFree, startExchange } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

/** The gateway comes last: who knocks finds the others at work. */
const groups = [['registry', 'monitoring'], ['settlement', 'voucher', 'interconnect'], ['scheduler'], ['gateway']] as const;

let folder: string;
let database: TestDatabase;
let settingsOf: ReadonlyMap<string, Record<string, string>>;
let httpPort: number;
const running = new Map<string, ExchangeProcess>();

const nameOf = (group: readonly string[]): string => group.join(',');

async function start(name: string): Promise<ExchangeProcess> {
  const process = await startExchange({ data: folder, httpPort, grpcPort: 0, settings: settingsOf.get(name)! });
  running.set(name, process);
  return process;
}

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-split-'));
  database = await testDatabase();
  const authority = await Authority.make();
  const ports = await portsFree(groups.length + 1);
  httpPort = ports.pop()!;
  const peers = groups.flatMap((group, index) => group.map((service) => `${service}=127.0.0.1:${ports[index]}`)).join(';');
  settingsOf = new Map(
    await Promise.all(
      groups.map(async (group, index): Promise<[string, Record<string, string>]> => {
        const papers = await writePapers(join(folder, nameOf(group)), authority, await authority.issue(group));
        const mesh = { EXCHANGE_MESH_LISTEN: `127.0.0.1:${ports[index]}`, EXCHANGE_MESH_PEERS: peers, EXCHANGE_MESH_CERTIFICATES: papers };
        return [
          nameOf(group),
          { EXCHANGE_SERVICES: nameOf(group), EXCHANGE_DATABASE_URL: database.url, EXCHANGE_DATABASE_POOL: '6', ...mesh },
        ];
      }),
    ),
  );
}, 120_000);

afterAll(async () => {
  await Promise.all([...running.values()].map((one) => one.stop()));
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function bid(limitPrice: string): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

const problemOf = (call: Promise<unknown>): Promise<Problem> =>
  call.then(
    () => Promise.reject(new Error('the call must be refused')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );

it('trades, holds the buyer’s money, refuses by name, and outlives the death of the market’s process', async () => {
  let key: string | undefined;
  for (const group of groups) key = (await start(nameOf(group))).key ?? key;
  const address = `http://127.0.0.1:${httpPort}`;
  const api = new Api(address, 'split');
  const buyer = await openSmallMarket(api, key!, 2, bid('2.50'));

  const { bidId } = await api.post(buyer, '/v1/bids', bid('2.50'), 'one');
  expect(await api.get(buyer, `/v1/bids/${String(bidId)}`)).toMatchObject({ state: 'FILLED' });
  expect(await problemOf(api.post(buyer, '/v1/bids', bid('-1')))).toMatchObject({ status: 400 });
  expect(await problemOf(api.get(buyer, '/v1/leases/999999'))).toMatchObject({ status: 404 });
  // 2.00 yuan a card and hour, for an hour; settlement hears of it by the bus.
  const held = async () => {
    const { accounts } = await api.get(buyer, '/v1/accounts');
    return (accounts as Json[]).find(({ code }) => String(code).endsWith('/money'))!.debitsPending;
  };
  while ((await held()) !== '4') await new Promise((resolve) => setTimeout(resolve, 50));

  const market = running.get('scheduler')!;
  await market.kill();
  expect(await problemOf(api.post(buyer, '/v1/bids', bid('2.50'), 'two'))).toMatchObject({
    status: 503,
    rule: 'service_must_be_reachable',
  });
  await start('scheduler');
  const again = await api.post(buyer, '/v1/bids', bid('2.50'), 'two');
  expect(await api.post(buyer, '/v1/bids', bid('2.50'), 'two')).toEqual(again);
  expect(await api.get(buyer, `/v1/bids/${String(bidId)}`)).toMatchObject({ state: 'FILLED' });
  await api.close();
}, 240_000);
