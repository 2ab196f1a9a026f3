// an outage of the gateway costs nobody a lease; the silence of one pool does.
import { OpenPorts } from '#gateway';
import { HttpMarket, type Json, type Place, type Someone } from './http-market.js';

const minute = 60_000;

let market: HttpMarket;
let buyer: Someone;
let [lively, silent]: Place[] = [];
let leases: number[];

beforeAll(async () => {
  market = await HttpMarket.open();
  // It says by the clock on the wall that it is open; here that is said by hand.
  market.exchange.running.get(OpenPorts).beforeApplicationShutdown();
  buyer = await market.buyer(10_000);
  [lively, silent] = [await market.place({ heartbeatDeadlineSeconds: 600 }), await market.place({ heartbeatDeadlineSeconds: 600 })];
  for (const { poolId } of [lively, silent]) await market.offer(poolId, 'FIRM', 8, '3');
  // A whole node each.
  leases = [];
  for (let count = 0; count < 2; count++) leases.push(...(await market.leases(buyer, { units: 8, perNode: 8, durationSlots: 40 })));
});
afterAll(() => market?.stop());

const open = () => market.exchange.running.get(OpenPorts).tell();
const beat = ({ poolId }: Place) => market.done(market.provider.key, `/v1/pools/${poolId}/heartbeat`);
const states = async () => {
  const all = (await market.seen(buyer.key, '/v1/leases')).leases as Json[];
  return Object.fromEntries(all.map(({ leaseId, state }) => [Number(leaseId), state]));
};
/** Both beat, or one alone, until the time is over. */
const beating = async (minutes: number, places: Place[]) => {
  for (let passed = 0; passed < minutes; passed += 9) {
    for (const place of places) await beat(place);
    await market.exchange.advance(9 * minute);
  }
};

it('R-24 a gateway that is away for hours costs no lease; a pool that stays silent when it is back loses its own', async () => {
  await open();
  await beating(27, [lively!, silent!]);
  await market.exchange.database.query(`update monitoring.listening set open_at = open_at - interval '6 minutes'`);
  await market.exchange.advance(180 * minute);
  await open();
  expect(await states()).toEqual({ [leases[0]!]: 'ACTIVE', [leases[1]!]: 'ACTIVE' });

  await beating(72, [lively!]);
  const after = await states();
  expect(Object.values(after).sort()).toEqual(['ACTIVE', 'CUT_SHORT']);
  const { health } = await market.seen(market.operator, `/v1/pools/${silent!.poolId}/health`);
  expect(health).toBe('LOST');
});
