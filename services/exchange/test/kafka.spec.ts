// The same history through the public HTTP API, its events by the log and by Kafka: the market's state, the money and the bills must come out the same.
import { jest } from '@jest/globals';
import { testKafka } from '#testing';
import { firm, HttpMarket, rfc, type Json, type Someone } from './http-market.js';

jest.setTimeout(300_000);

const kafka = await testKafka();
afterAll(() => kafka?.stop());

/** Two providers' pools, three buyers, a trade that is cut short, resale, reclaimable capacity, and the bills of the month. */
async function history(bus: string): Promise<Json> {
  const market = await HttpMarket.open({ clockStart: Date.parse('2026-01-31T00:00:00+08:00'), bus });
  let calls = 0;
  // Ids of orders are made of their keys.
  const order = async (someone: Someone, path: string, body: Json): Promise<Json> => {
    const { status, body: answer } = await market.send(someone.key, path, body, 'POST', `order-${++calls}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const offer = (poolId: number, tier: string, units: number, ask: string): Promise<Json> =>
    order(market.provider, '/v1/offers', { poolId, tier, units, window: { from: rfc(market.slot), to: rfc(market.slot + 80) }, ask });
  const bid = (someone: Someone, terms: Json): Promise<Json> =>
    order(someone, '/v1/bids', { terms: { books: [firm], units: 1, durationSlots: 4, limitPrice: '10', ...terms } });

  const [one, two] = [await market.place(), await market.place()];
  const buyers = [await market.buyer(), await market.buyer(), await market.buyer(2000)] as const;
  await offer(one.poolId, 'FIRM', 6, '2');
  await offer(two.poolId, 'FIRM', 8, '3');
  await offer(one.poolId, 'RECLAIMABLE', 2, '1');
  const start = market.slot;
  const trades: Json[] = [];
  for (let round = 0; round < 4; round++) {
    for (const [index, buyer] of buyers.entries())
      trades.push(await bid(buyer, { units: 1 + ((round + index) % 3), durationSlots: 2 + ((2 * round + index) % 5) }));
    await market.slots(1);
  }
  const reclaimable = { ...firm, tier: 'RECLAIMABLE' };
  trades.push(await bid(buyers[2], { books: [reclaimable], units: 2, durationSlots: 8 }));
  const long = await bid(buyers[0], { units: 2, durationSlots: 12 });
  const [{ tradeId: lease }] = long.trades as [{ tradeId: number }];
  await order(buyers[0], `/v1/leases/${lease}/resale`, { units: 1, ask: '2' });
  trades.push(long, await bid(buyers[1], { units: 2, durationSlots: 4, latest: rfc(market.slot + 10) }));
  await market.slots(3);
  await order(buyers[0], `/v1/leases/${lease}/end`, {});
  await market.slots(18);
  for (const { poolId } of [one, two]) await market.wasUp(poolId, start, market.slot - 1);
  await market.slots(8);

  await market.exchange.advanceTo(Date.parse('2026-02-01T03:00:00+08:00'));
  await market.slots(1);
  await market.done(market.operator, '/v1/billing-periods/2026-01/close');
  await market.exchange.advance();
  const { bills } = await market.seen(market.operator, '/v1/bills?month=2026-01&limit=100');
  const whole = await Promise.all((bills as Json[]).map(({ billId }) => market.seen(market.operator, `/v1/bills/${String(billId)}`)));
  const balances = await Promise.all(buyers.map(({ id }) => market.seen(market.operator, `/v1/participants/${id}/balance`)));
  const { stateHash } = await market.seen(market.operator, '/v1/market/state');
  const { imbalance } = await market.seen(market.operator, '/v1/ledger/trial-balance');
  const letters = await market.seen(market.operator, '/v1/dead-letters');
  const [kept] = await market.exchange.database.query<{ name: string }>('select name from platform.bus');
  await market.stop();
  return { bus: kept!.name, trades, bills: whole, balances, stateHash, imbalance, letters };
}

let log: Json;
beforeAll(async () => {
  log = await history('');
});

it('is a history that has something to compare', () => {
  expect((log.bills as Json[]).length).toBe(3);
  expect(log.imbalance).toBe('0');
  expect(log.stateHash).toMatch(/^[0-9a-f]{32}$/);
  expect(log.letters).not.toHaveProperty('deadLetters.0');
});

if (kafka)
  it('comes out the same on Kafka: trades, bills, balances and the hash of the market’s state', async () => {
    expect(await history(kafka.url())).toEqual({ ...log, bus: expect.stringMatching(/^kafka\//) as unknown });
  });
