// what nobody could hear is no silence of the pools.
import { Health, MonitoringDefinition } from '#contracts';
import { MonitoringModule } from '#monitoring';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
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

describe('where the gateways alone are away', () => {
  const service: TestCaller = { participantId: 0, roles: ['service'] };
  const open = () => exchange.call(MonitoringDefinition, service).sayOpen({});
  /** They say by the clock on the wall that they are open; here that is made old by hand. */
  const closed = () => exchange.database.query(`update monitoring.listening set open_at = open_at - interval '6 minutes'`);

  it('no pool is judged by its silence until they are back, and then each has its deadline anew', async () => {
    await open();
    await exchange.advance(5 * minute);
    await closed();
    await exchange.advance(180 * minute);
    expect(await health()).toBe(Health.OK);
    await open();
    await exchange.advance(9 * minute);
    expect(await health()).toBe(Health.OK);
    await exchange.advance(52 * minute);
    expect(await health()).toBe(Health.LOST);
  });

  it('their return is enough, though nobody looked meanwhile', async () => {
    await open();
    await exchange.database.query(`update monitoring.pools set last_seen_at = last_seen_at - ${180 * minute}`);
    await closed();
    await open();
    await exchange.advance(5 * minute);
    expect(await health()).toBe(Health.OK);
  });

  it('a pool is lost as ever while they are there', async () => {
    await open();
    await exchange.advance(61 * minute);
    expect(await health()).toBe(Health.LOST);
  });
});

describe('where pools of several providers fall silent at once', () => {
  const tell = (providerId: number, deadlineSeconds = 600) =>
    tellPool(exchange.running.get(Told), { providerId, heartbeatDeadlineSeconds: deadlineSeconds });
  const heartbeat = (id: number, participantId: number) =>
    exchange.call(MonitoringDefinition, { participantId, roles: ['provider'] }).heartbeat({ poolId: id });
  const healthOf = async (id: number) => (await monitoring().getPoolHealth({ poolId: id })).health;

  it('none is lost until somebody is heard again, and then each has its deadline anew', async () => {
    const others = [await tell(11), await tell(12)];
    await exchange.advance(120 * minute);
    expect(await Promise.all([poolId, ...others].map(healthOf))).not.toContain(Health.LOST);
    await heartbeat(others[0]!, 11);
    await exchange.advance(5 * minute);
    expect(await Promise.all([poolId, ...others].map(healthOf))).not.toContain(Health.LOST);
    for (let beat = 0; beat < 7; beat++) {
      await heartbeat(others[0]!, 11);
      await exchange.advance(9 * minute);
    }
    expect(await Promise.all([poolId, ...others].map(healthOf))).toEqual([Health.LOST, Health.OK, Health.LOST]);
  });

  it('another that is verified meanwhile is not heard by that', async () => {
    const others = [await tell(11), await tell(12)];
    await exchange.advance(30 * minute);
    others.push(await tell(13));
    await exchange.advance();
    for (let hours = 0; hours < 3; hours++) await exchange.advance(60 * minute);
    expect(await Promise.all([poolId, ...others].map(healthOf))).not.toContain(Health.LOST);
  });

  it('one that is heard after them makes their silence count', async () => {
    const others = [await tell(11), await tell(12), await tell(13)];
    for (let beat = 0; beat < 7; beat++) {
      await exchange.advance(9 * minute);
      await heartbeat(others[2]!, 13);
    }
    expect(await Promise.all([poolId, ...others].map(healthOf))).toEqual([Health.LOST, Health.LOST, Health.LOST, Health.OK]);
  });

  it('many of one provider are one', async () => {
    const others = [await tell(10), await tell(10), await tell(11)];
    await exchange.advance(61 * minute);
    expect(await Promise.all([poolId, ...others].map(healthOf))).toEqual(Array(4).fill(Health.LOST));
  });
});
