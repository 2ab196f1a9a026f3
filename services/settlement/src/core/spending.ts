import type { Money, Slot } from '#domain';

/** What a buyer's leases of a month come to, as far as it is known. */
export interface Known {
  /** Of those that are rated. */
  readonly delivered: Money;
  /** Held by the others. */
  readonly committed: Money;
  /** Of both, in proportion to how much of their windows is over. */
  readonly accrued: Money;
}

/**
 * What the month comes to by its end: what is known already, or the pace so far, whichever is more. A month that has not begun or is over is what is known.
 * @param now the slot under way; `from` and `to` are the month's
 */
export function forecastOf({ delivered, committed, accrued }: Known, now: Slot, from: Slot, to: Slot): Money {
  const known = delivered + committed;
  if (now <= from || now >= to) return known;
  const pace = (accrued * BigInt(to - from)) / BigInt(now - from);
  return pace > known ? pace : known;
}

/** Alarms whose share of the budget is reached. A budget of nothing is none. */
export const alarmsReached = (spent: Money, budget: Money, alarmsBp: readonly number[]): number[] =>
  budget === 0n ? [] : alarmsBp.filter((bp) => spent * 10_000n >= budget * BigInt(bp));

/** Strictly rising. */
export const alarmsRise = (alarmsBp: readonly number[]): boolean => alarmsBp.every((bp, at) => at === 0 || bp > alarmsBp[at - 1]!);
