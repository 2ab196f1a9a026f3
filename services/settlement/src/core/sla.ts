import { shareOf } from '#domain';
import type { Money } from '#domain';
import type { Version } from './schedule.js';

/** availability of at least `availabilityBp` is credited `creditBp`. */
export interface SlaTier {
  readonly availabilityBp: number;
  readonly creditBp: number;
}

/** Tiers from the highest availability down; below the last one the whole price is credited. */
export interface SlaSchedule extends Version {
  readonly tiers: readonly SlaTier[];
}

const wholeBp = 10_000;

/** A table whose availabilities fall and whose credits rise, each strictly. */
export const tiersFall = (tiers: readonly SlaTier[]): boolean =>
  tiers.length > 0 &&
  tiers.every((tier, at) => at === 0 || (tier.availabilityBp < tiers[at - 1]!.availabilityBp && tier.creditBp > tiers[at - 1]!.creditBp));

/**
 * The credit in basis points for `up` of `due` unit-slots, compared by multiplication: 9,989 of 10,000 is not 99.9 %. Nothing due is nothing missed.
 */
export function creditBp(schedule: SlaSchedule, due: number, up: number): number {
  if (due === 0) return 0;
  const reached = schedule.tiers.find((tier) => BigInt(up) * BigInt(wholeBp) >= BigInt(tier.availabilityBp) * BigInt(due));
  return reached ? reached.creditBp : wholeBp;
}

/** Rounded down to the micro-yuan. */
export const creditOf = (price: Money, bp: number): Money => shareOf(price, bp);
