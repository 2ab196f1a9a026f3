// Lists of open orders where nearly all that a participant ever placed is closed.
import { jest } from '@jest/globals';
import { OrderState } from '#contracts';
import { buyer, buyerId, oneHour, provider, providerId, testMarket, type TestMarket } from './market.js';

const closed = 5_000;

let market: TestMarket;
beforeAll(async () => {
  market = await testMarket();
  await market.offer(1);
  await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: 1_000_000 }) });
  await market.exchange.advance();
  // Copies of the two that are there, closed since, and newer.
  for (const [table, id, participantId] of [
    ['bid', 'bid_id', buyerId],
    ['offer', 'offer_id', providerId],
  ] as const)
    await market.database.query(
      `insert into ${table} select (jsonb_populate_record(o, jsonb_build_object('${id}', -n, 'state', $1::int4, 'placed_at', o.placed_at + n))).*
       from ${table} o, generate_series(1, $2::int4) as n where o.participant_id = $3`,
      [OrderState.FILLED, closed, participantId],
    );
});
afterAll(() => market.exchange.stop());
afterEach(() => jest.restoreAllMocks());

/** How many rows the server reads for the list, by the plan that its text has once it is prepared for any participant. */
async function rowsRead(table: string, list: () => Promise<unknown>): Promise<number> {
  const query = jest.spyOn(market.database, 'query');
  await list();
  const [text, params] = query.mock.calls.find(([sql]) => sql.startsWith(`select * from ${table} where`))!;
  query.mockRestore();
  return market.database.transaction(async (tx) => {
    await tx.query('set local plan_cache_mode = force_generic_plan');
    await tx.query(`prepare list as ${text}`);
    const [row] = await tx.query<{ 'QUERY PLAN': Explained[] }>(`explain (analyze, format json) execute list (${params!.join(', ')})`);
    await tx.query('deallocate list');
    return readBy(row!['QUERY PLAN'][0]!.Plan);
  });
}

interface Explained {
  readonly Plan: Plan;
}

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const readBy = ({ Plans = [], ...plan }: Plan): number =>
  Plans.length ? Plans.reduce((sum, below) => sum + readBy(below), 0) : plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0);

it('reads the open bids of a participant and no others, whatever it placed before', async () => {
  const list = () => market.scheduling(buyer).listBids({ state: OrderState.OPEN });
  expect((await list()).bids).toHaveLength(1);
  expect(await rowsRead('bid', list)).toBe(1);
});

it('reads the open offers of a participant and no others', async () => {
  const list = () => market.scheduling(provider).listOffers({ state: OrderState.OPEN });
  expect((await list()).offers).toHaveLength(1);
  expect(await rowsRead('offer', list)).toBe(1);
});
