// Telemetry by slots: counted once in whatever order it comes, refused as a whole.
import type { TelemetrySample } from '#contracts';
import { slotAt } from '#domain';
import { type TestExchange, operator } from '#testing';
import fc from 'fast-check';
import { SlotPools, minute, stranger } from './slot-pools.js';

let pools: SlotPools;
let exchange: TestExchange;

beforeAll(async () => {
  pools = await SlotPools.open();
  ({ exchange } = pools);
});
afterAll(() => exchange?.stop());

const monitoring: SlotPools['monitoring'] = (caller) => pools.monitoring(caller);
const pool: SlotPools['pool'] = (part) => pools.pool(part);
const report: SlotPools['report'] = (samples, caller) => pools.report(samples, caller);
const sample: SlotPools['sample'] = (poolId, part) => pools.sample(poolId, part);

describe('telemetry', () => {
  const availability = (poolId: number, slots: number) => {
    const now = slotAt(exchange.now());
    return monitoring().getPoolAvailability({ poolId, from: now - slots, to: now });
  };

  it('is counted once however often it comes; of two reports the greater sequence stands', async () => {
    const poolId = await pool();
    await exchange.advance(75 * minute);
    const now = slotAt(exchange.now());
    const run = { poolId, node: 0, from: now - 4, to: now, unitsUp: 8, utilisationBp: 4_000, powerWatts: 1_600 };
    expect(await monitoring().reportTelemetry({ sequence: 100, samples: [run] })).toEqual({ nodeSlots: 4, nodeSlotsKept: 4 });
    expect(await monitoring().reportTelemetry({ sequence: 100, samples: [run] })).toEqual({ nodeSlots: 4, nodeSlotsKept: 0 });
    expect(await monitoring().reportTelemetry({ sequence: 99, samples: [{ ...run, unitsUp: 1 }] })).toMatchObject({ nodeSlotsKept: 0 });
    expect(await monitoring().reportTelemetry({ sequence: 101, samples: [{ ...run, from: now - 1, unitsUp: 4 }] })).toMatchObject({
      nodeSlotsKept: 1,
    });
    expect(await availability(poolId, 4)).toEqual({
      poolId,
      window: { from: now - 4, to: now },
      unitSlotsDue: 4 * 32,
      unitSlotsUp: 28,
      availabilityBp: 2_187,
      nodeSlotsReported: 4,
      utilisationBp: 4_000,
      energyWh: 1_600,
    });
  });

  it('keeps the same whatever order, repetition and lateness it came in (a property)', async () => {
    const poolId = await pool();
    await exchange.advance(6 * 60 * minute);
    const now = slotAt(exchange.now());
    const reports = fc.array(
      fc.record({
        sequence: fc.integer({ min: 1, max: 1_000_000 }),
        node: fc.integer({ min: 0, max: 3 }),
        from: fc.integer({ min: 1, max: 16 }),
        length: fc.integer({ min: 1, max: 8 }),
        unitsUp: fc.integer({ min: 0, max: 8 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(reports, fc.infiniteStream(fc.nat()), async (given, order) => {
        // Each round's sequences pass those of the rounds before, so that it starts as if from nothing.
        const base = ++round * 10_000_000;
        const whole = [0, 1, 2, 3].map((node) => ({ sequence: 0, node, from: 1, length: 23, unitsUp: 0 }));
        const all = [...new Map([...whole, ...given].map((each) => [`${each.sequence}/${each.node}`, each])).values()];
        const sent = [...all, ...given.filter((each) => all.includes(each))]
          .map((report) => ({ report, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at);
        for (const { report } of sent) {
          const { sequence, node, from, length, unitsUp } = report;
          const samples = [{ poolId, node, from: now - 24 + from, to: Math.min(now, now - 24 + from + length), unitsUp }];
          await monitoring().reportTelemetry({ sequence: base + sequence, samples });
        }
        const newest = new Map<string, { sequence: number; unitsUp: number }>();
        for (const { sequence, node, from, length, unitsUp } of all)
          for (let slot = from; slot < Math.min(24, from + length); slot++) {
            const kept = newest.get(`${node}/${slot}`);
            if (!kept || kept.sequence < sequence) newest.set(`${node}/${slot}`, { sequence, unitsUp });
          }
        const up = [...newest.values()].reduce((sum, each) => sum + each.unitsUp, 0);
        const { unitSlotsUp } = await monitoring().getPoolAvailability({ poolId, from: now - 23, to: now });
        expect(unitSlotsUp).toBe(up);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same answer to the same key', async () => {
    const poolId = await pool();
    await exchange.advance(15 * minute);
    const request = { sequence: 1, samples: [sample(poolId)] };
    const key = { idempotencyKey: 'telemetry-once' };
    const first = await monitoring().reportTelemetry(request, key);
    expect(await monitoring().reportTelemetry(request, key)).toEqual(first);
  });

  it('is refused as a whole, naming the sample', async () => {
    const poolId = await pool();
    await exchange.advance(30 * minute);
    const good = sample(poolId, { node: 0 });
    const wrong: [Partial<TelemetrySample>, object][] = [
      [{ node: 4 }, { rule: 'node_must_be_registered', field: 'samples[1].node' }],
      [
        { node: 1, to: slotAt(exchange.now()) + 1 },
        { rule: 'telemetry_must_be_of_slots_that_have_passed', field: 'samples[1].to' },
      ],
      [{ node: 0 }, { rule: 'samples_of_a_node_must_not_overlap' }],
      [{ poolId: 999 }, { kind: 'absent' }],
      [{ node: 1, unitsUp: -1 }, { kind: 'invalid' }],
    ];
    for (const [part, refusal] of wrong) await expect(report([good, sample(poolId, part)])).rejects.toMatchObject(refusal);
    await expect(report([good], stranger)).rejects.toMatchObject({ kind: 'absent' });
    await expect(report([good], operator)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(report([])).rejects.toMatchObject({ kind: 'invalid' });
    expect(await availability(poolId, 2)).toMatchObject({ nodeSlotsReported: 0 });
  });

  it('streams, each message kept for itself', async () => {
    const poolId = await pool();
    await exchange.advance(30 * minute);
    async function* messages() {
      for (let node = 0; node < 4; node++)
        yield { sequence: 1, samples: [sample(poolId, { node })].map((part) => ({ ...blank, ...part })) };
    }
    const blank = { poolId: 0, node: 0, from: 0, to: 0, unitsUp: 0, utilisationBp: 0, powerWatts: 0 };
    expect(await monitoring().streamTelemetry(messages())).toEqual({ nodeSlots: 4, nodeSlotsKept: 4 });
    expect(await availability(poolId, 1)).toMatchObject({ availabilityBp: 10_000 });
  });
});
