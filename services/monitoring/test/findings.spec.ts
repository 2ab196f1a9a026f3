// What is seen of slots that are over, and that a merge holds up no heartbeat.
import pg from 'pg';
import { Health, MonitoringDefinition, TelemetryDefinition } from '#contracts';
import { slotAt, slotMs, startOfSlot } from '#domain';
import { MonitoringModule } from '#monitoring';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import type { Box } from './points.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const stranger: TestCaller = { participantId: 11, roles: ['provider'] };
const minute = 60_000;
const { UTILISATION, POWER, TEMPERATURE } = Metric;

let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
  told = exchange.running.get(Told);
});
afterAll(() => exchange?.stop());

const monitoring = (caller = provider) => exchange.call(MonitoringDefinition, caller);
const telemetry = (caller = provider) => exchange.call(TelemetryDefinition, caller);

let senders = 0;
const send = (...boxes: Box[]) => sendFrames(exchange.running, provider, `findings-${++senders}`, [{ sequence: 1, boxes }]);

/** To the start of the next slot, and a slot further each time it is asked. */
const nextSlot = () => exchange.advanceTo(startOfSlot(slotAt(exchange.now()) + 1));

const boxOf = (poolId: number, node: number, load: (tick: number) => number): Box => {
  const ticks = Array.from({ length: 15 }, (_tick, tick) => tick);
  return {
    ...{ poolId, firstNode: node, at: exchange.now() - slotMs, ticks: 15, stepMs: minute },
    columns: {
      [UTILISATION]: ticks.map(load),
      [POWER]: ticks.map((tick) => 900 + Math.floor(load(tick) / 5)),
      [TEMPERATURE]: ticks.map((tick) => 400 + Math.floor(load(tick) / 40)),
    },
  };
};
/** Another each slot. */
const honest = (node: number) => {
  const slot = slotAt(exchange.now());
  return (tick: number): number => 6_000 + ((tick * 373 + node * 911 + slot * 577) % 2_000);
};

describe('R-24: slots that are over', () => {
  it('tell of values that stand still, are another node’s, or were there a day before', async () => {
    const poolId = await tellPool(told, { nodeCount: 5, heartbeatDeadlineSeconds: 86_400 });
    await nextSlot();
    const seen: ((tick: number) => number)[] = [];
    for (let slot = 0; slot < 100; slot++) {
      await nextSlot();
      seen.push(honest(4));
      const replayed = slot < 96 ? seen[slot]! : seen[slot - 96]!;
      await send(
        boxOf(poolId, 0, honest(0)),
        boxOf(poolId, 1, honest(1)),
        boxOf(poolId, 2, () => 7_000),
        boxOf(poolId, 3, honest(1)),
        boxOf(poolId, 4, replayed),
      );
    }
    await exchange.advance(2 * 3_600_000);
    const { findings } = await telemetry(operator).listTelemetryFindings({ poolId, page: { cursor: '', limit: 100 } });
    const rules = Object.groupBy(findings, ({ rule }) => rule);
    const nodesBy = (rule: string) => [...new Set((rules[rule] ?? []).map(({ node }) => node))];
    expect(nodesBy('values_must_move')).toEqual([2]);
    expect(nodesBy('values_must_not_be_those_of_another_node')).toEqual([3]);
    expect(rules.values_must_not_be_those_of_another_node![0]!.evidence).toMatch(/^node 1: power \d+…\d+, \d+ in 15 points, load/);
    expect(nodesBy('values_must_not_be_those_of_before')).toEqual([4]);
    expect(rules.values_must_not_be_those_of_before![0]!.evidence).toMatch(/^96 slots before: /);
    expect(Object.keys(rules).length).toBe(3);
    // They are for people to look at: meters of racks tell many nodes the same.
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ health: Health.OK });
    expect((await telemetry(stranger).listTelemetryFindings({ poolId })).findings).toEqual([]);
    expect((await telemetry().listTelemetryFindings({ poolId })).findings.length).toBeGreaterThan(2);
  }, 120_000);

  it('make a pool suspect whose load and power were told in different merges, until it is forgiven', async () => {
    const poolId = await tellPool(told, { heartbeatDeadlineSeconds: 86_400 });
    await nextSlot();
    const at = exchange.now();
    const column = (metric: number, value: number): Box => ({
      ...{ poolId, at: at + 1, ticks: 10, stepMs: minute },
      columns: { [metric]: Array<number>(10).fill(value) },
    });
    await nextSlot();
    await send(column(UTILISATION, 9_000));
    await exchange.advance();
    await send(column(POWER, 100));
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ health: Health.OK });
    await exchange.advance(3_600_000);
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({
      health: Health.SUSPECT,
      reason: 'load_must_take_power: node 0 reports 9000 bp at 100 W of 3200 W',
    });
    await monitoring(operator).overridePoolHealth({ poolId, health: Health.OK, reason: 'a meter was out' });
    await exchange.database.query('update monitoring.closed_slots set slot = slot - 8');
    await exchange.advance(3_600_000);
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ health: Health.OK });
  });
});

it('a heartbeat waits for no merge of its pool', async () => {
  const poolId = await tellPool(told);
  await exchange.advance();
  // Holds up every merge behind its pools' lock.
  const client = new pg.Client(exchange.database.url);
  await client.connect();
  try {
    await client.query('begin; lock table monitoring.node_rollups in exclusive mode');
    await send({ poolId, at: exchange.now(), columns: { [POWER]: [900] } });
    const merged = exchange.advance();
    const waiting = `select from pg_locks join pg_class on pg_class.oid = relation where relname = 'node_rollups' and not granted`;
    while ((await client.query(waiting)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await monitoring().heartbeat({ poolId })).toMatchObject({ lastSeenAt: exchange.now() });
    await client.query('rollback');
    await merged;
  } finally {
    await client.end();
  }
});
