// what is owed beyond a hold is overdue after some days and stops new orders until it is paid; through the public HTTP API.
import { HttpMarket, reclaimable, rfc, type Json, type Someone } from './http-market.js';

const day = 86_400_000;

let market: HttpMarket;
let buyer: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  buyer = await market.buyer(100);
});
afterAll(() => market?.stop());

const balance = (): Promise<Json> => market.seen(buyer.key, `/v1/participants/${buyer.id}/balance`);
const bid = () => market.bid(buyer, { limitPrice: '1' });

it('R-28 an overdue receivable stops new orders until it is paid', async () => {
  const { poolId } = await market.place();
  await market.offer(poolId, 'RECLAIMABLE', 4, '2');
  const from = market.slot;
  const [leaseId] = await market.leases(buyer, { books: [reclaimable], units: 4 });
  const use = (version: number, unitSlots: number) =>
    market.done(market.provider.key, '/v1/usage', {
      records: [{ recordId: 'meter 1', version, leaseId, meterSequence: 1, window: { from: rfc(from), to: rfc(from + 4) }, unitSlots }],
    });
  await market.slots(6);
  await market.wasUp(poolId, from, from + 4);
  await use(1, 4);
  await market.slots(8);
  expect(await balance()).toMatchObject({ moneyAvailable: '98', moneyHeld: '0', receivable: '0' });
  await market.done(buyer.key, '/v1/withdrawals', { participantId: buyer.id, amount: '98' });
  await market.exchange.advance();

  await use(2, 16);
  await market.slots(8);
  const owing = await balance();
  expect(owing).toMatchObject({ moneyAvailable: '0', receivable: '6' });
  const dueAt = Date.parse(String(owing.receivableDueAt));
  expect(dueAt - market.exchange.now()).toBeGreaterThan(13 * day);

  await market.exchange.advance(dueAt - 3_600_000 - market.exchange.now());
  expect(await bid()).toMatchObject({ status: 409, body: { rule: 'buying_power_must_cover_the_worst_case' } });
  await market.exchange.advance(2 * 3_600_000);
  expect(await bid()).toMatchObject({ status: 403, body: { rule: 'participant_must_owe_nothing_overdue' } });

  await market.done(market.operator, '/v1/deposits', { participantId: buyer.id, amount: '20', bankReference: 'late' });
  await market.exchange.advance(3_600_000);
  expect(await balance()).toMatchObject({ moneyAvailable: '14', receivable: '0' });
  expect(await balance()).not.toHaveProperty('receivableDueAt');
  expect(await bid()).toMatchObject({ status: 200, body: { state: 'OPEN' } });
});
