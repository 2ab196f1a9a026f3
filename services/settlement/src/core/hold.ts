import { shareOf } from '#domain';
import type { Money } from '#domain';

/** Money and subsidy that a trade takes. */
export interface Split {
  readonly money: Money;
  readonly subsidy: Money;
}

/** What was rated of a lease so far, and what its reservation may pay of all of it. */
export interface Guaranteed {
  readonly cost: Money;
  readonly paid: Money;
  readonly most: Money;
  readonly rateBp: number;
}

/** what a reservation pays of so much more: its rate of all together, at most what it keeps, less what it paid. */
export function guaranteedOf(more: Money, { cost, paid, most: atMost, rateBp }: Guaranteed): Money {
  const due = least(shareOf(cost + more, rateBp), atMost) - paid;
  return least(most(due, 0n), more);
}

export const least = (a: Money, b: Money): Money => (a < b ? a : b);
const most = (a: Money, b: Money): Money => (a > b ? a : b);

/**
 * what of a hold a lower amount takes: subsidy its rate, money the rest; more of the subsidy only where the hold's money does not reach. It is the
 * engine's own rule, so that both hold the same.
 * @param amount at most what is held
 */
export function splitCost(amount: Money, rateBp: number, held: Split): Split {
  const byRate = least(shareOf(amount, rateBp), held.subsidy);
  const subsidy = most(byRate, amount - held.money);
  if (subsidy > held.subsidy) throw new Error(`cost_must_be_within_what_the_trade_holds: ${amount} of ${held.money} and ${held.subsidy}`);
  return { money: amount - subsidy, subsidy };
}
