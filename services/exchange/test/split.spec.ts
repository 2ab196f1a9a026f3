// Services in processes of their own, which reach each other by mutual TLS: the same market, and what is left where one of them dies.
import { SplitExchange } from '#cluster';
import { build, eventually, testDatabase, type TestDatabase } from '#testing';
import { Api, Problem, type Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

let database: TestDatabase;
let exchange: SplitExchange;

beforeAll(async () => {
  build();
  database = await testDatabase();
  const layout = {
    facts: ['registry', 'monitoring'],
    money: ['settlement', 'voucher', 'interconnect'],
    scheduler: ['scheduler'],
    gateway: ['gateway'],
  };
  exchange = await SplitExchange.prepare(layout, database.url);
}, 120_000);

afterAll(async () => {
  await exchange?.stop();
  await database?.drop();
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
  await exchange.startAll();
  const api = new Api(exchange.address(), 'split');
  const buyer = await openSmallMarket(api, exchange.key, 2, bid('2.50'));

  const { bidId } = await api.post(buyer, '/v1/bids', bid('2.50'), 'one');
  expect(await api.get(buyer, `/v1/bids/${String(bidId)}`)).toMatchObject({ state: 'FILLED' });
  expect(await problemOf(api.post(buyer, '/v1/bids', bid('-1')))).toMatchObject({ status: 400 });
  expect(await problemOf(api.get(buyer, '/v1/leases/999999'))).toMatchObject({ status: 404 });
  // 2.00 yuan a card and hour, for an hour; settlement hears of it by the bus.
  const held = async () => {
    const { accounts } = await api.get(buyer, '/v1/accounts');
    return (accounts as Json[]).find(({ code }) => String(code).endsWith('/money'))!.debitsPending;
  };
  await eventually(held, (sum) => sum === '4');

  await exchange.running.get('scheduler')!.kill();
  expect(await problemOf(api.post(buyer, '/v1/bids', bid('2.50'), 'two'))).toMatchObject({
    status: 503,
    rule: 'service_must_be_reachable',
  });
  await exchange.start('scheduler');
  const again = await api.post(buyer, '/v1/bids', bid('2.50'), 'two');
  expect(await api.post(buyer, '/v1/bids', bid('2.50'), 'two')).toEqual(again);
  expect(await api.get(buyer, `/v1/bids/${String(bidId)}`)).toMatchObject({ state: 'FILLED' });
  await api.close();
}, 240_000);
