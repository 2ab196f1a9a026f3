// a buyer disputes a line of its bill, evidence is attached, an officer decides; through the public HTTP API.
import { HttpMarket, type Json, type Someone } from './http-market.js';

let market: HttpMarket;
let buyer: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  buyer = await market.buyer(100);
});
afterAll(() => market?.stop());

const at = (path: string) => `/v1/disputes${path}`;
const balance = (who: Someone): Promise<Json> => market.seen(who.key, `/v1/participants/${who.id}/balance`);

it('R-29 a disputed amount is frozen until an officer decides, and granted in part it is refunded', async () => {
  const { poolId } = await market.place();
  await market.offer(poolId, 'FIRM', 4, '2');
  const from = market.slot;
  await market.leases(buyer, { units: 4 });
  await market.slots(6);
  await market.wasUp(poolId, from, from + 4);
  await market.slots(8);
  await market.exchange.advanceTo(Date.parse('2026-02-01T00:00:00+08:00'));
  await market.done(market.operator, '/v1/billing-periods/2026-01/close');
  await market.exchange.advance();
  const { bills } = await market.seen(buyer.key, '/v1/bills');
  const [{ billId }] = bills as [{ billId: number }];

  const asked = { billId, line: 1, amount: '4', reason: 'half of it was slow' };
  expect(await market.send(market.provider.key, '/v1/disputes', asked)).toMatchObject({ status: 404 });
  const { disputeId } = await market.done(buyer.key, '/v1/disputes', asked);
  expect(await balance(market.provider)).toMatchObject({ income: '3.88' });
  const evidence = { kind: 'TELEMETRY', sha256: 'e3'.repeat(32), mediaType: 'application/json', location: 'https://provider.example/1' };
  await market.done(market.provider.key, at(`/${Number(disputeId)}/evidence`), evidence);
  expect(await market.send(buyer.key, at(`/${Number(disputeId)}/evidence`), { ...evidence, sha256: 'E3' })).toMatchObject({
    status: 400,
    body: { field: 'sha256' },
  });
  expect((await market.send(buyer.key, at(`/${Number(disputeId)}/decide`), { granted: '4', reason: 'mine' })).status).toBe(403);
  const { payouts } = await market.done(market.operator, '/v1/payouts', { month: '2026-01' });
  expect(payouts).toMatchObject([{ participantId: market.provider.id, amount: '3.88' }]);

  expect(await balance(market.provider)).toMatchObject({ disputed: '3.88' });
  expect(await market.seen(market.operator, '/v1/notices?participantId=1')).toMatchObject({
    notices: [{ kind: 'DISPUTE_OPENED', disputeId, amount: '4' }],
  });

  const decided = await market.done(market.operator, at(`/${Number(disputeId)}/decide`), { granted: '1', reason: 'a quarter was' });
  expect(decided).toMatchObject({ state: 'GRANTED', granted: '1', frozen: '0', evidence: [{ participantId: market.provider.id }] });
  await market.exchange.advance();
  expect(await balance(buyer)).toMatchObject({ moneyAvailable: '93' });
  expect(await balance(market.provider)).toMatchObject({ income: '2.91' });
  expect(await market.seen(buyer.key, at('?state=GRANTED'))).toMatchObject({ disputes: [{ disputeId }] });
  const stranger = await market.someone('BUYER');
  expect(await market.seen(stranger.key, at(''))).toMatchObject({ disputes: [] });
  expect((await market.get(stranger.key, at(`/${Number(disputeId)}`))).status).toBe(404);
  for (const { payoutId } of payouts as Json[])
    await market.done(market.operator, `/v1/payouts/${Number(payoutId)}/confirm`, { bankReference: 'paid' });
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
});
