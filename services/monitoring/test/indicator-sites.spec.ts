// Sites as plans look at them, and the promises that they miss, through the public API.
import { slotAt, slotsPerDay } from '#domain';
import { type Hub, openHub } from './hub.js';

interface Promised {
  readonly kind: string;
  readonly limit: number;
  readonly value: number;
  readonly state: string;
}
interface Site {
  readonly siteId: number;
  readonly siteClass: string;
  readonly promises: Promised[];
  readonly measured?: object;
}
interface Alarm {
  readonly siteId: number;
  readonly promise: Promised;
  readonly raisedAt: string;
  readonly clearedAt?: string;
}

let hub: Hub;
let fresh: number;
let old: number;
let poolId: number;

const hour = 3_600_000;
const list = async (query = '', key?: string) => (await hub.read<{ sites: Site[] }>(`/v1/site-indicators${query}`, key)).sites;
const alarms = async (query = '', key?: string) => (await hub.read<{ alarms: Alarm[] }>(`/v1/site-alarms${query}`, key)).alarms;
const seen = (found: readonly Alarm[]) => found.map(({ siteId, promise }) => [siteId, promise.kind, promise.value, promise.limit]);
const details = (part: object) => ({
  ...{
    name: 'Shuitu 水土',
    region: 500000,
    district: 500109,
    zone: 'DOMESTIC',
    securityGrade: 3,
    standardRacks: 3_000,
    occupancyBp: 7_000,
  },
  ...{ pueMilli: 1_250, greenShareBp: 6_000, energyMwhPerYear: 90_000, ...part },
});

beforeAll(async () => {
  hub = await openHub();
  old = await hub.site({ standardRacks: 99, wueMilli: 1_800, cueMilli: 500 });
  fresh = await hub.site({ commissionedDay: '2025-06-01', standardRacks: 10_000 });
  poolId = await hub.pool(old);
  await hub.exchange.advance();
});
afterAll(() => hub?.exchange.stop());

it('tells class, energy and promises of each', async () => {
  expect(await list()).toMatchObject([
    {
      ...{ siteId: old, siteClass: 'EDGE', coalTonnesPerYear: 11_061, carbonTonnesPerYear: 36_000, waterTonnesPerYear: 129_600 },
      ...{ pools: 1, nodes: 4, nodesLost: 0, promises: [] },
    },
    {
      ...{ siteId: fresh, siteClass: 'VERY_LARGE', commissionedDay: '2025-06-01', carbonTonnesPerYear: 0, pools: 0 },
      promises: [
        { kind: 'PUE', plan: 'CHONGQING_2025_2027', clause: '二（六）12', limit: 1_200, value: 1_250, state: 'MISSED' },
        { kind: 'GREEN_SHARE', limit: 8_000, value: 6_000, state: 'MISSED' },
      ],
    },
  ]);
  expect((await list('?promiseState=MISSED')).map(({ siteId }) => siteId)).toEqual([fresh]);
  expect((await list('?siteClass=EDGE')).map(({ siteId }) => siteId)).toEqual([old]);
  expect(await list('?region=510000')).toEqual([]);
});

it('shows what telemetry measured beside what is registered', async () => {
  await hub.exchange.advance(slotsPerDay * 900_000);
  const now = slotAt(hub.exchange.now());
  const rfc = (slot: number) => new Date(slot * 900_000).toISOString();
  const samples = [{ poolId, node: 0, from: rfc(now - slotsPerDay), to: rfc(now), unitsUp: 8, utilisationBp: 5_000, powerWatts: 2_000 }];
  await hub.send('/v1/telemetry', { sequence: 1, samples }, hub.keys.provider);
  const { measured } = await hub.read<Site>(`/v1/sites/${old}/indicators`);
  // One of four nodes, for the whole day since they were verified.
  expect(measured).toEqual({
    window: { from: rfc(now - 30 * slotsPerDay).replace('.000', ''), to: rfc(now).replace('.000', '') },
    ...{ machinesWh: 48_000, coveredBp: 2_500, registeredMachinesWh: 5_917_808_219 },
  });
});

it('raises an alarm for a promise that is missed, once, and clears it when it is kept', async () => {
  await hub.exchange.advance(hour);
  await hub.exchange.advance(hour);
  expect(seen(await alarms('?standing=true'))).toEqual([
    [fresh, 'GREEN_SHARE', 6_000, 8_000],
    [fresh, 'PUE', 1_250, 1_200],
  ]);
  const amended = { details: details({ commissionedDay: '2025-06-01', standardRacks: 10_000, pueMilli: 1_190 }), reason: 'liquid cooling' };
  const answer = await hub.exchange.http(`/v1/sites/${fresh}`, { key: hub.keys.operator, method: 'PUT', body: amended });
  expect(answer.status).toBe(200);
  await hub.exchange.advance(hour);
  expect(seen(await alarms('?standing=true'))).toEqual([[fresh, 'GREEN_SHARE', 6_000, 8_000]]);
  expect((await alarms(`?siteId=${fresh}`)).map(({ promise, clearedAt }) => [promise.kind, clearedAt !== undefined])).toEqual([
    ['GREEN_SHARE', false],
    ['PUE', true],
  ]);
  expect(await alarms(`?siteId=${old}`)).toEqual([]);
});

it('a provider sees its own, another nothing, a buyer is refused', async () => {
  expect(await list('', hub.keys.provider)).toHaveLength(2);
  expect(await alarms('', hub.keys.provider)).toHaveLength(2);
  const { participantId } = await hub.send<{ participantId: number }>('/v1/participants', {
    details: { name: 'Tianfu', roles: ['PROVIDER'], region: 510000, industry: 'I', size: 'SMALL' },
  });
  await hub.verify(`/v1/participants/${participantId}`);
  const other = await hub.exchange.key({ participantId, roles: ['provider'] });
  expect([await list('', other), await alarms('', other)]).toEqual([[], []]);
  expect((await hub.exchange.http(`/v1/sites/${old}/indicators`, { key: other })).status).toBe(404);
  expect((await hub.exchange.http('/v1/site-alarms', { key: hub.keys.buyer })).status).toBe(403);
});
