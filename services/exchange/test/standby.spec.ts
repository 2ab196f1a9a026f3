// R-7a, R-17: what a bid says of standbys and notice, through the public HTTP API.
import { HttpMarket, reclaimable, type Json, type Place, type Someone } from './http-market.js';

let market: HttpMarket;
let near: Place;
let far: Place;
let buyer: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  near = await market.place();
  far = await market.place({ region: 510100 });
  buyer = await market.buyer();
  await market.offer(near.poolId, 'FIRM', 4, '2');
  await market.offer(far.poolId, 'FIRM', 4, '3');
  await market.offer(near.poolId, 'RECLAIMABLE', 4, '1');
});
afterAll(() => market?.stop());

it('R-7a a bid is filled twice, in two regions, and its leases say which stands by', async () => {
  const { status, body } = await market.bid(buyer, { units: 2, standby: 'REGION', timeInForce: 'FOK' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: 'FILLED', filled: 2, trades: [{ poolId: near.poolId }, { poolId: far.poolId, standby: true }] });
  const bid = await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`);
  expect(bid).toMatchObject({ filled: 2, terms: { standby: 'REGION' }, trades: [{}, { standby: true }] });
  expect((bid.trades as Json[])[0]).not.toHaveProperty('standby', true);
  const [main, standing] = (body.trades as Json[]).map(({ tradeId }) => Number(tradeId));
  expect(await market.seen(buyer.key, `/v1/leases/${main}`)).not.toHaveProperty('standby', true);
  expect(await market.seen(buyer.key, `/v1/leases/${standing}`)).toMatchObject({ standby: true });
  expect(await market.seen(buyer.key, `/v1/trades/${standing}`)).toMatchObject({ standby: true });
  expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}/explanation`)).toMatchObject({
    choices: [{ tradeId: main }, { tradeId: standing }],
  });
});

it('R-7a a quote tells both fills and twice the worst case; what finds no second place gets nothing', async () => {
  const terms = { books: [reclaimable], units: 1, durationSlots: 4, limitPrice: '10', allOrNone: true };
  const quote = (more: Json) => market.done(buyer.key, '/v1/quotes', { terms: { ...terms, ...more } });
  expect(await quote({})).toMatchObject({ filled: 1, buyingPower: '10' });
  expect(await quote({ standby: 'SITE' })).toMatchObject({ buyingPower: '20', explanation: { relaxations: ['standby'] } });
  const { body } = await market.bid(buyer, { ...terms, standby: 'SITE', latest: undefined });
  expect(body).toMatchObject({ state: 'OPEN', open: 1 });
  // A bid that may be filled in part has no second fill.
  expect(await market.bid(buyer, { standby: 'SITE' })).toMatchObject({
    status: 400,
    body: { rule: 'bid_standby_must_be_all_or_none', field: 'terms.standby' },
  });
  await market.done(buyer.key, '/v1/orders/cancel-all');
});

it('R-17 a bid keeps the notice that it accepts, and may change it while it rests', async () => {
  const { body } = await market.bid(buyer, { books: [reclaimable], units: 8, noticeSlots: 4, durationSlots: 8 });
  expect(body).toMatchObject({ state: 'OPEN', filled: 4 });
  const path = `/v1/bids/${String(body.bidId)}`;
  expect(await market.seen(buyer.key, path)).toMatchObject({ terms: { noticeSlots: 4 } });
  await market.done(buyer.key, path, { noticeSlots: 2 }, 'PATCH');
  expect(await market.seen(buyer.key, path)).toMatchObject({ terms: { noticeSlots: 2 } });
  expect(await market.bid(buyer, { noticeSlots: 97 })).toMatchObject({ status: 400, body: { field: 'terms.noticeSlots' } });
});
