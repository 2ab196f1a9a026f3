// what nobody could hear is no silence of the pools.
import { Health, MonitoringDefinition } from '#contracts';
import { MonitoringModule } from '#monitoring';
import { type TestExchange, operator, testExchange } from '#testing';
import { Listening } from '../src/listening.js';
import { Told, ToldModule, tellPool } from './told.js';

const minute = 60_000;

let exchange: TestExchange;
let poolId: number;
beforeEach(async () => {
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
  // It says by the clock on the wall that it listens; here that is said by hand.
  exchange.running.get(Listening).beforeApplicationShutdown();
  poolId = await tellPool(exchange.running.get(Told));
  await exchange.advance();
});
afterEach(() => exchange?.stop());

const monitoring = () => exchange.call(MonitoringDefinition, operator);
const health = async () => (await monitoring().getPoolHealth({ poolId })).health;
/** Nobody was there meanwhile. */
const outage = async (ms: number): Promise<void> => {
  await exchange.database.query(`update monitoring.listening set seen_at = seen_at - make_interval(secs => $1)`, [ms / 1_000]);
  await exchange.advance(ms);
};

it('after an outage of the exchange each pool has its deadline anew, and none is lost for it', async () => {
  await exchange.advance(9 * minute);
  await outage(120 * minute);
  expect(await health()).toBe(Health.OK);
  await exchange.advance(9 * minute);
  expect(await health()).toBe(Health.OK);
  await exchange.advance(2 * minute);
  expect(await health()).toBe(Health.SUSPECT);
  await exchange.advance(50 * minute);
  expect(await health()).toBe(Health.LOST);
});

it('whatever else has it judged first', async () => {
  await outage(120 * minute - 1);
  await monitoring().overridePoolHealth({ poolId, health: Health.OK, reason: 'back again' });
  expect(await health()).toBe(Health.OK);
});

it('a short one is none', async () => {
  await exchange.advance(9 * minute);
  await outage(4 * minute);
  expect(await health()).toBe(Health.SUSPECT);
});
