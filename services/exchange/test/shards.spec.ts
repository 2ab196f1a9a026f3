// A market of two shards, through the public HTTP API: one buyer trades, settles and is billed in both, and its money goes where it bids.
import { slotMs } from '#domain';
import { firm, HttpMarket, rfc, type Json, type Place, type Someone } from './http-market.js';

const h100 = { ...firm, model: 'H100' };
/** Whose trades have numbers from here on. */
const second = 2 ** 44;

let market: HttpMarket;
let buyer: Someone;
const places: Place[] = [];
/** The last day of a month, so that its bills are not far. */
beforeAll(async () => {
  market = await HttpMarket.open({ clockStart: Date.parse('2026-01-31T00:00:00+08:00'), shards: 'INTELLIGENT/H100' });
  buyer = await market.buyer(100);
  places.push(await market.place(), await market.place({ model: h100.model }));
  await market.offer(places[0]!.poolId, 'FIRM', 8, '2');
  await market.offer(places[1]!.poolId, 'FIRM', 8, '4');
});
afterAll(() => market?.stop());

const balance = (): Promise<Json> => market.seen(buyer.key, `/v1/participants/${buyer.id}/balance`);
const withdraw = (amount: string) => market.send(buyer.key, '/v1/withdrawals', { participantId: buyer.id, amount });

it('the table is published, with the books', async () => {
  expect(await market.seen(buyer.key, '/v1/market/shards')).toEqual({
    count: 2,
    rules: [{ computeClass: 'INTELLIGENT', model: 'H100', shard: 1 }],
  });
  const { books } = (await market.seen(buyer.key, '/v1/market/books')) as { books: Json[] };
  expect(books.map(({ book, shard = 0 }) => [(book as Json).model, shard])).toEqual([
    ['A100', 0],
    ['A100', 0],
    ['H100', 1],
    ['H100', 1],
  ]);
  expect(await market.bid(buyer, { books: [firm, h100] })).toMatchObject({
    status: 400,
    body: { rule: 'bid_books_must_lie_in_one_shard', field: 'terms.books' },
  });
});

it('money moves between the shards with the bids, and no more of it than there is', async () => {
  const earliest = market.slot;
  const [one] = (await market.leases(buyer, { units: 8, limitPrice: '10' })) as [number];
  await market.exchange.advance(1_000);
  const [other] = (await market.leases(buyer, { books: [h100], units: 8, durationSlots: 8, limitPrice: '5' })) as [number];
  await market.exchange.advance(1_000);
  const [third] = (await market.leases(buyer, { units: 8, limitPrice: '2.5', earliest: rfc(earliest + 10) })) as [number];
  expect([one < second, other > second, third < second]).toEqual([true, true, true]);
  expect(await market.bid(buyer, { books: [h100], limitPrice: '5' })).toMatchObject({
    status: 409,
    body: { rule: 'buying_power_must_cover_the_worst_case' },
  });
  expect((await market.seen(buyer.key, '/v1/trades')).trades).toMatchObject([{ tradeId: third }, { tradeId: other }, { tradeId: one }]);
  await market.exchange.advance();
  expect(await withdraw('5')).toMatchObject({ status: 409 });

  await market.exchange.restart();
  await market.done(market.operator, '/v1/deposits', { participantId: buyer.id, amount: '10', bankReference: 'more' });
  await market.exchange.advance();
  await market.leases(buyer, { books: [h100], limitPrice: '5', earliest: rfc(earliest + 20) });
  await market.exchange.advance(26 * slotMs);
  for (const { poolId } of places) await market.wasUp(poolId, earliest, earliest + 24);
  await market.slots(8);
  expect(await balance()).toMatchObject({ moneyAvailable: '10', moneyHeld: '0' });
});

it('what is left of both leaves as one withdrawal, and the month’s bill names the leases of both', async () => {
  expect(await withdraw('11')).toMatchObject({ status: 409 });
  expect((await withdraw('10')).status).toBe(200);
  await market.exchange.advance();
  expect(await balance()).toMatchObject({ moneyAvailable: '0', moneyHeld: '0' });

  await market.exchange.advanceTo(Date.parse('2026-02-01T03:00:00+08:00'));
  await market.slots(1);
  await market.done(market.operator, '/v1/billing-periods/2026-01/close');
  const { bills } = (await market.seen(buyer.key, '/v1/bills?month=2026-01')) as { bills: Json[] };
  const { lines } = (await market.seen(buyer.key, `/v1/bills/${String(bills[0]!.billId)}`)) as { lines: Json[] };
  const computed = lines.filter(({ kind }) => kind === 'compute');
  expect(computed.map(({ tradeId, amount }) => [Number(tradeId) > second, amount]).toSorted()).toEqual([
    [false, '16'],
    [false, '16'],
    [true, '4'],
    [true, '64'],
  ]);
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
  const state = (await market.seen(market.operator, '/v1/market/state')) as { stateHash: string; shards: Json[] };
  expect(state.shards).toHaveLength(2);
  expect(await market.done(market.operator, '/v1/market/verify')).toMatchObject({ same: true, stateHash: state.stateHash });
});
