// what a lease got, by the telemetry of the slots and nodes on which it stood.
import { LeaseChanged, LeaseState, Tier } from '#contracts';
import { slotAt } from '#domain';
import type { TestExchange } from '#testing';
import { SlotPools, buyer, minute, provider, stranger } from './slot-pools.js';
import type { Told } from './told.js';

let pools: SlotPools;
let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  pools = await SlotPools.open();
  ({ exchange, told } = pools);
});
afterAll(() => exchange?.stop());

const monitoring: SlotPools['monitoring'] = (caller) => pools.monitoring(caller);
const pool: SlotPools['pool'] = (part) => pools.pool(part);
const report: SlotPools['report'] = (samples, caller) => pools.report(samples, caller);

describe('R-29: a lease is measured once, when its telemetry can no longer change', () => {
  const lease = (poolId: number, part: Partial<LeaseChanged>) =>
    told.tell(
      LeaseChanged,
      LeaseChanged.create({
        state: LeaseState.CONFIRMED,
        buyerId: buyer.participantId,
        providerId: provider.participantId,
        poolId,
        nodes: [
          { node: 0, units: 8 },
          { node: 1, units: 2 },
        ],
        units: 10,
        tier: Tier.FIRM,
        ...part,
      }),
    );

  it('by the units that each node had up; a slot without telemetry is down', async () => {
    const poolId = await pool();
    const from = slotAt(exchange.now()) + 1;
    const delivered = { from, to: from + 4 };
    await lease(poolId, { leaseId: 1, delivered });
    await lease(poolId, { leaseId: 1, delivered, state: LeaseState.ACTIVE });
    await exchange.advanceTo((from + 4) * 900_000);
    await lease(poolId, { leaseId: 1, delivered, state: LeaseState.ENDED });
    await report([
      { poolId, node: 0, from, to: from + 3, unitsUp: 6, powerWatts: 3_000 },
      { poolId, node: 1, from, to: from + 4, unitsUp: 7, powerWatts: 3_000 },
    ]);
    await exchange.advance(59 * minute);
    expect(told.leases).toEqual([]);
    expect(await monitoring(buyer).getLeaseAvailability({ leaseId: 1 })).toMatchObject({
      unitSlotsDue: 40,
      unitSlotsUp: 26,
      measured: false,
    });

    await exchange.advance(minute);
    // Watt-slots: node 0 three times 3000 × 8/8 and once 8 × 400 declared, node 1 four times 3000 × 2/8; a quarter of an hour each.
    const measured = { leaseId: 1, unitSlotsDue: 40, unitSlotsUp: 26, energyWh: (9_000 + 3_200 + 3_000) / 4, energyMeasured: false };
    expect(told.leases).toEqual([{ ...measured, buyerId: buyer.participantId }]);

    await report([{ poolId, node: 0, from: from + 3, to: from + 4, unitsUp: 8 }]);
    await exchange.advance(120 * minute);
    expect(told.leases).toHaveLength(1);
    expect(await monitoring().getLeaseAvailability({ leaseId: 1 })).toEqual({
      ...measured,
      window: delivered,
      availabilityBp: 6_500,
      measured: true,
    });
    await expect(monitoring(stranger).getLeaseAvailability({ leaseId: 1 })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('in the window that stands where it was cut short, on each node while it ran there', async () => {
    const [first, second] = [await pool(), await pool()];
    const from = slotAt(exchange.now()) + 1;
    await lease(first, { leaseId: 2, delivered: { from, to: from + 8 } });
    await exchange.advanceTo((from + 1) * 900_000 + minute);
    await lease(second, { leaseId: 2, state: LeaseState.ACTIVE, delivered: { from, to: from + 8 }, nodes: [{ node: 3, units: 10 }] });
    await exchange.advanceTo((from + 4) * 900_000);
    await lease(second, { leaseId: 2, state: LeaseState.CUT_SHORT, delivered: { from, to: from + 4 }, nodes: [{ node: 3, units: 10 }] });
    await report([
      { poolId: first, node: 0, from, to: from + 4, unitsUp: 8 },
      { poolId: first, node: 1, from, to: from + 4, unitsUp: 8 },
      { poolId: second, node: 3, from, to: from + 4, unitsUp: 5 },
    ]);
    await exchange.advance(61 * minute);
    // Two slots at the first pool, whole; two at the second with five of ten units.
    expect(told.leases.find((event) => event.leaseId === 2)).toMatchObject({ unitSlotsDue: 40, unitSlotsUp: 30, energyMeasured: true });
  });

  it('though it delivered nothing', async () => {
    const poolId = await pool();
    const from = slotAt(exchange.now()) + 1;
    await lease(poolId, { leaseId: 3, delivered: { from, to: from + 4 } });
    await lease(poolId, { leaseId: 3, state: LeaseState.CUT_SHORT, delivered: { from, to: from } });
    await exchange.advance(90 * minute);
    expect(told.leases.find((event) => event.leaseId === 3)).toEqual({
      leaseId: 3,
      unitSlotsDue: 0,
      unitSlotsUp: 0,
      energyWh: 0,
      energyMeasured: true,
      buyerId: buyer.participantId,
    });
  });
});
