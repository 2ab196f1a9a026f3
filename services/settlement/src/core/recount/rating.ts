import { least, most, shareBp } from './arithmetic.js';
import type { LeaseFacts, Measure, RatedAt } from './facts.js';
import { creditOf, tariffAt } from './tariff.js';
import type { Tariffs } from './tariff.js';

/** What a lease costs by the records that had come at a time. */
export interface Cost {
  readonly unitSlots: bigint;
  readonly compute: bigint;
  readonly transfer: bigint;
  readonly creditBp: bigint;
  readonly credit: bigint;
  readonly feeVersion: number;
  readonly feeBp: bigint;
  readonly levelVersion: number;
}

/** The newest version of each record among those up to `through`, added up; undefined where there is none. */
function recorded(usage: LeaseFacts['usage'], through: bigint): bigint | undefined {
  const newest = new Map<string, { version: number; unitSlots: bigint }>();
  for (const { usageId, recordId, version, unitSlots } of usage) {
    if (usageId > through) continue;
    const known = newest.get(recordId);
    if (!known || known.version < version) newest.set(recordId, { version, unitSlots });
  }
  if (newest.size === 0) return undefined;
  let sum = 0n;
  for (const { unitSlots } of newest.values()) sum += unitSlots;
  return sum;
}

/** By the partner's version where there is one. */
export const measureOf = ({ measure, told }: LeaseFacts, version: number): Measure | undefined =>
  told.find((one) => one.version === version) ?? measure;

/**
 * FIRM pays all that stood and is credited what of it was not there; RECLAIMABLE pays what was recorded or, without records, measured. The
 * transfer is what the engine's hold leaves beside the price of what stood, if anything stood.
 */
export function costOf(facts: LeaseFacts, records: Pick<RatedAt, 'usageThrough' | 'measureVersion'>, tariffs: Tariffs): Cost {
  const { terms, end, usage, told } = facts;
  const [fee, level] = [tariffAt(tariffs.fees, terms.madeAt), tariffAt(tariffs.levels, terms.madeAt)];
  const ofPartner = told.find(({ version }) => version === records.measureVersion);
  const stood = end?.standing ?? 0n;
  const standing = ofPartner ? least(stood, ofPartner.standing) : stood;
  const measure = measureOf(facts, records.measureVersion);
  const delivered = terms.isFirm ? standing : (recorded(usage, records.usageThrough) ?? measure?.up ?? 0n);
  const unitSlots = least(standing, delivered);
  const priceOf = (of: bigint): bigint => (terms.price * of) / 4n;
  const compute = priceOf(unitSlots);
  const beside = standing === 0n ? 0n : most(0n, (end?.held ?? 0n) - priceOf(standing));
  const creditBp = terms.isFirm ? creditOf(level, measure?.due ?? 0n, measure?.up ?? 0n) : 0n;
  return {
    ...{ unitSlots, compute, transfer: least(beside, terms.transfer), creditBp, credit: shareBp(compute, creditBp) },
    ...{ feeVersion: fee.version, feeBp: terms.isBought ? 0n : fee.bp, levelVersion: level.version },
  };
}

/** The most that what comes late may yet make of a lease: all that stood, and no credit; at most what was set aside. */
export function mostOf({ terms, end, held }: LeaseFacts): bigint {
  const stood = end?.standing ?? 0n;
  const price = (terms.price * stood) / 4n;
  const transfer = stood === 0n ? 0n : least(terms.transfer, most(0n, (end?.held ?? 0n) - price));
  return least(price + transfer, (held?.money ?? 0n) + (held?.subsidy ?? 0n));
}

/** the reservation's part of the first rating: its rate, at most what it held, and more only where the money held does not reach. */
export function subsidyOf({ terms, held }: LeaseFacts, cost: bigint): bigint {
  if (!held) return 0n;
  return most(least(shareBp(cost, terms.subsidyBp), held.subsidy), cost - held.money);
}
