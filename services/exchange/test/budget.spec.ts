// A buyer's spend and budget through the public HTTP API: the alarm is heard live.
import { HttpMarket, type Someone } from './http-market.js';

let market: HttpMarket;
let buyer: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  buyer = await market.buyer(100);
});
afterAll(() => market?.stop());

it('a budget’s alarm comes live, once, to its buyer alone', async () => {
  const { poolId } = await market.place();
  await market.offer(poolId, 'FIRM', 8, '2');
  const { body } = await market.send(buyer.key, '/v1/bids', {
    ...{
      terms: {
        books: [{ computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', tier: 'FIRM' }],
        units: 4,
        durationSlots: 4,
        limitPrice: '10',
      },
    },
    project: 'vision',
  });
  expect(body.state).toBe('FILLED');
  await market.exchange.advance();
  const at = `/v1/participants/${buyer.id}`;
  expect(await market.seen(buyer.key, `${at}/spending/2026-01`)).toMatchObject({
    ...{ projects: [{ project: 'vision', leases: 1, committed: '8', delivered: '0' }], all: { committed: '8' } },
  });
  const heard = market.events(buyer.key, '/v1/notices/events', 1, ({ kind }) => kind === 'BUDGET_ALARM');
  const budget = { project: 'vision', amount: '10', alarmsBp: [5000, 10_000] };
  expect(await market.send(buyer.key, `${at}/budgets`, { ...budget, alarmsBp: [1, 1] }, 'PUT')).toMatchObject({
    ...{ status: 400, body: { rule: 'budget_alarms_must_rise', field: 'alarmsBp' } },
  });
  await market.done(buyer.key, `${at}/budgets`, budget, 'PUT');
  expect(await heard).toMatchObject([{ project: 'vision', amount: '8', budget: '10', alarmBp: 5000, month: '2026-01' }]);
  expect(await market.seen(buyer.key, '/v1/notices?kind=BUDGET_ALARM')).toMatchObject({ notices: [{ alarmBp: 5000 }] });
  expect(await market.seen(market.provider.key, '/v1/notices')).toMatchObject({ notices: [] });
  expect(await market.seen(market.provider.key, `/v1/participants/${market.provider.id}/accrued-income`)).toMatchObject({
    ...{ unpaid: '0', committed: '8', leases: 1, fees: '0.24', owed: '0', products: [{ book: { model: 'A100' }, trades: 1, amount: '8' }] },
  });
  expect((await market.get(market.provider.key, `${at}/budgets`)).status).toBe(404);
});
