// What is judged by points that came by stream, and how roll-ups are listed.
import { Health, LeaseChanged, LeaseState, MonitoringDefinition, type PoolChanged, TelemetryDefinition, Tier } from '#contracts';
import { slotAt, slotMs, startOfSlot } from '#domain';
import { MonitoringModule } from '#monitoring';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import type { Box } from './points.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

const minute = 60_000;
const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const { UNITS_UP, UTILISATION, POWER } = Metric;

let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
  told = exchange.running.get(Told);
});
afterAll(() => exchange?.stop());

const monitoring = (caller = provider) => exchange.call(MonitoringDefinition, caller);
const telemetry = (caller = provider) => exchange.call(TelemetryDefinition, caller);

async function pool(part: Partial<PoolChanged> = {}): Promise<number> {
  const poolId = await tellPool(told, part);
  await exchange.advance();
  return poolId;
}

let senders = 0;
const once = (...boxes: Box[]) => sendFrames(exchange.running, provider, `once-${++senders}`, [{ sequence: 1, boxes }]);

const fifteen = (value: number) => Array<number>(15).fill(value);
/** Every minute of a slot. */
const everyMinute = (poolId: number, slot: number, values: Record<number, number>, firstNode = 0): Box => ({
  ...{ poolId, firstNode, at: startOfSlot(slot), ticks: 15, stepMs: minute },
  columns: Object.fromEntries(Object.entries(values).map(([metric, value]) => [metric, fifteen(value)])),
});

describe('R-24: points against the registration', () => {
  it('stop a pool that reports more units than it has, until it is forgiven', async () => {
    const poolId = await pool();
    await once({ poolId, at: exchange.now(), columns: { [UNITS_UP]: [9] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({
      health: Health.SUSPECT,
      reason: 'units_up_must_not_exceed_registration: node 0 reports 9 of 8',
    });
    await monitoring(operator).overridePoolHealth({ poolId, health: Health.OK, reason: 'miscounted' });
    await once({ poolId, at: exchange.now(), columns: { [UNITS_UP]: [8] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ health: Health.OK });
  });

  it('are a sign of life, and tell of nodes that are down and well again', async () => {
    const poolId = await pool();
    await exchange.advance(9 * minute);
    const at = exchange.now();
    await once({ poolId, nodes: 3, at, columns: { [UNITS_UP]: [8, 3, 0] } });
    await exchange.advance(9 * minute);
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({
      health: Health.OK,
      lastSeenAt: at,
      nodesSuspect: 1,
      nodesLost: 1,
    });
    await once({ poolId, firstNode: 1, nodes: 2, at: exchange.now(), columns: { [UNITS_UP]: [8, 8] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ nodesSuspect: 0, nodesLost: 0 });
    const { changes } = await monitoring().listHealthChanges({ poolId });
    expect(changes.map(({ nodes, health }) => [nodes, health])).toEqual([
      [[1, 2], Health.OK],
      [[2], Health.LOST],
      [[1], Health.SUSPECT],
    ]);
  });
});

describe('R-29, R-30: what is judged by points', () => {
  it('is what reports of the same would be judged', async () => {
    const [byPoints, byReports] = [await pool(), await pool()];
    await exchange.advance(3 * slotMs);
    const to = slotAt(exchange.now());
    const from = to - 2;
    const values = { [UNITS_UP]: 6, [UTILISATION]: 4_000, [POWER]: 2_001 };
    await once(everyMinute(byPoints, from, values), everyMinute(byPoints, from + 1, values), everyMinute(byPoints, from, values, 3));
    const sample = { unitsUp: 6, utilisationBp: 4_000, powerWatts: 2_001 };
    await monitoring().reportTelemetry({
      sequence: 1,
      samples: [
        { poolId: byReports, node: 0, from, to, ...sample },
        { poolId: byReports, node: 3, from, to: from + 1, ...sample },
      ],
    });
    await exchange.advance();
    const { poolId: _one, ...got } = await monitoring().getPoolAvailability({ poolId: byPoints, from: from - 1, to });
    const { poolId: _other, ...expected } = await monitoring().getPoolAvailability({ poolId: byReports, from: from - 1, to });
    expect(got).toEqual(expected);
    expect(got).toMatchObject({ unitSlotsUp: 18, nodeSlotsReported: 3, utilisationBp: 4_000, energyWh: 1_500 });

    // Where points speak of a slot, what is reported of it counts no more.
    await monitoring().reportTelemetry({ sequence: 2, samples: [{ poolId: byPoints, node: 1, from, to, ...sample }] });
    expect((await monitoring().getPoolAvailability({ poolId: byPoints, from: from - 1, to })).unitSlotsUp).toBe(18);
  });

  it('holds for a lease, too', async () => {
    const [byPoints, byReports] = [await pool(), await pool()];
    const from = slotAt(exchange.now()) + 1;
    const leaseOf = (leaseId: number, poolId: number, state: LeaseState): LeaseChanged =>
      LeaseChanged.create({
        ...{ leaseId, poolId, state, buyerId: 20, providerId: 10, units: 4, tier: Tier.FIRM },
        nodes: [{ node: 2, units: 4 }],
        delivered: { from, to: from + 3 },
      });
    const leases = [leaseOf(9_001, byPoints, LeaseState.ACTIVE), leaseOf(9_002, byReports, LeaseState.ACTIVE)];
    for (const lease of leases) await told.tell(LeaseChanged, lease);
    await exchange.advance(4 * slotMs);
    const values = { [UNITS_UP]: 3, [POWER]: 1_600 };
    await once(everyMinute(byPoints, from, values, 2), everyMinute(byPoints, from + 1, { [UNITS_UP]: 3 }, 2));
    const report = { node: 2, unitsUp: 3, utilisationBp: 0, powerWatts: 1_600 };
    await monitoring().reportTelemetry({ sequence: 1, samples: [{ poolId: byReports, from, to: from + 1, ...report }] });
    await exchange.advance();
    const of = (leaseId: number) => monitoring(operator).getLeaseAvailability({ leaseId });
    const got = await of(9_001);
    expect(got).toMatchObject({ unitSlotsDue: 12, unitSlotsUp: 6, energyMeasured: false });
    // A slot whose power is not told takes what is registered, as one that is not told at all.
    expect(got.energyWh).toBe((await of(9_002)).energyWh);
    for (const lease of leases) await told.tell(LeaseChanged, { ...lease, state: LeaseState.ENDED });
    await exchange.advance(2 * 3_600_000);
    expect(told.leases.find(({ leaseId }) => leaseId === 9_001)).toMatchObject({ unitSlotsUp: 6, energyWh: got.energyWh });
  });
});

describe('roll-ups', () => {
  it('are listed by pool and by node, page by page', async () => {
    const poolId = await pool({ nodeCount: 300 });
    await exchange.advance(3 * slotMs);
    const to = slotAt(exchange.now());
    const values = { [UNITS_UP]: 8, [UTILISATION]: 5_000, [POWER]: 2_000 };
    await once(...[to - 2, to - 1].flatMap((slot) => [everyMinute(poolId, slot, values), everyMinute(poolId, slot, values, 299)]));
    await exchange.advance();
    const first = await telemetry().listPoolRollups({ poolId, from: to - 3, to, page: { cursor: '', limit: 1 } });
    expect(first.rollups).toEqual([{ slot: to - 2, nodes: 2, unitsUp: 16, utilisationBp: 5_000, energyWh: 1_000 }]);
    const rest = await telemetry().listPoolRollups({ poolId, from: to - 3, to, page: { cursor: first.page!.nextCursor, limit: 100 } });
    expect(rest.rollups.map(({ slot }) => slot)).toEqual([to - 1]);
    const { rollups } = await telemetry().listNodeRollups({ poolId, node: 299, from: to - 1, to });
    expect(rollups).toEqual([
      {
        slot: to - 1,
        metrics: [
          { metric: UNITS_UP, points: 15, sum: 120, least: 8, most: 8, minutes: 0x7fff },
          { metric: UTILISATION, points: 15, sum: 75_000, least: 5_000, most: 5_000, minutes: 0x7fff },
          { metric: POWER, points: 15, sum: 30_000, least: 2_000, most: 2_000, minutes: 0x7fff },
        ],
      },
    ]);
    expect((await telemetry().listNodeRollups({ poolId, node: 298, from: to - 1, to })).rollups).toEqual([]);
    await expect(telemetry({ participantId: 11, roles: ['provider'] }).listPoolRollups({ poolId, from: to - 1, to })).rejects.toMatchObject(
      {
        kind: 'absent',
      },
    );
  });
});
