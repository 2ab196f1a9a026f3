// The leases of the billing benchmark: by its number each lease is always the same, and each bill of another size.
import { LeaseChanged, LeaseMeasured, LeaseState, Tier, TradeMade } from '#contracts';
import type { UsageReport } from '#contracts';
import { slotAt, slotsPerHour, startOfSlot } from '#domain';
import { Zipf } from './zipf.js';

export const month = '2026-01';
export const clockStart = Date.parse('2026-02-02T12:00:00+08:00');

const firstSlot = slotAt(Date.parse('2026-01-01T00:00:00+08:00'));
const slotsOfMonth = 31 * 24 * slotsPerHour;
const hoursMax = 16;
const longest = (hoursMax + 1) * slotsPerHour;
const providers = 50;
const firstProvider = 100;
const linkOwner = 99;
export const firstBuyer = 1_000;
const firstBid = 1_000_000_000;

/** A whole number from 0 on, below `n`, of a lease's number and what it is for. */
const drawn = (lease: number, what: number, n: number): number => {
  let mixed = Math.imul(lease ^ Math.imul(what, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % n;
};

export interface Lease {
  readonly made: TradeMade;
  readonly usage: readonly UsageReport[];
  readonly changed: LeaseChanged;
  readonly measured: LeaseMeasured;
}

/** Every other lease is RECLAIMABLE with a record an hour; of twenty FIRM ones one missed its service level; of ten leases one moved data. Buyers by Zipf's law. */
export class Leases {
  private readonly zipf: Zipf;

  constructor(buyers: number) {
    this.zipf = new Zipf(buyers);
  }

  /** Leases come in the order of their numbers, from 1. */
  next(tradeId: number): Lease {
    const isFirm = tradeId % 2 === 0;
    const units = 1 + drawn(tradeId, 1, 16);
    const hours = 1 + drawn(tradeId, 2, hoursMax);
    const slots = hours * slotsPerHour;
    const from = firstSlot + drawn(tradeId, 3, slotsOfMonth - longest);
    const window = { from, to: from + slots };
    const price = 100 * (20_000 + drawn(tradeId, 4, 90_000));
    const computeAmount = (BigInt(price) * BigInt(units * slots)) / 4n;
    const transferAmount = drawn(tradeId, 5, 10) === 0 ? BigInt(1 + drawn(tradeId, 6, 5_000_000)) : 0n;
    const unitSlots = units * slots;
    const up = isFirm && drawn(tradeId, 7, 20) > 0 ? unitSlots : Math.floor((unitSlots * (900 + drawn(tradeId, 8, 100))) / 1_000);
    const made = TradeMade.create({
      ...{ tradeId, bidId: firstBid + tradeId, offerId: 1, buyerId: firstBuyer + this.zipf.next(), providerId: this.providerOf(tradeId) },
      ...{ poolId: 1, siteId: 1, region: 500000, units, window, price, computeAmount, transferAmount, project: `p${tradeId % 7}` },
      ...{ book: { computeClass: 2, model: 'A100', unit: 1, tier: isFirm ? Tier.FIRM : Tier.RECLAIMABLE }, madeAt: startOfSlot(from - 4) },
      ...{ linkOwnerId: transferAmount > 0n ? linkOwner : 0, greenShareBp: 5_000, pueMilli: 1_250, nodes: [{ node: 0, units }] },
    });
    const usage = Array.from({ length: isFirm ? 0 : hours }, (_, hour): UsageReport => {
      const begins = from + hour * slotsPerHour;
      const used = units * slotsPerHour - drawn(tradeId, 20 + hour, 3);
      const hourly = { from: begins, to: begins + slotsPerHour };
      return { recordId: `${tradeId}/${hour}`, version: 1, leaseId: tradeId, meterSequence: hour + 1, window: hourly, unitSlots: used };
    });
    const changed = LeaseChanged.create({
      ...{ leaseId: tradeId, state: LeaseState.ENDED, delivered: window, units, unitSlots, held: computeAmount + transferAmount },
    });
    const measured = LeaseMeasured.create({
      ...{ leaseId: tradeId, unitSlotsDue: unitSlots, unitSlotsUp: up, energyWh: unitSlots * 175, energyMeasured: true },
    });
    return { made, usage, changed, measured };
  }

  private providerOf(tradeId: number): number {
    return firstProvider + drawn(tradeId, 9, providers);
  }
}
