import { shareOf } from '#domain';
import type { Money } from '#domain';

/** Money and subsidy that a trade takes; `short` is what neither covers and the buyer owes. The three add up to the amount. */
export interface Split {
  readonly money: Money;
  readonly subsidy: Money;
  readonly short: Money;
}

const least = (...of: Money[]): Money => of.reduce((a, b) => (b < a ? b : a));
const most = (a: Money, b: Money): Money => (a > b ? a : b);

/**
 * R-27: what a trade holds. The reservation pays its rate of the amount, money the rest; where money is short the reservation pays more, so a hold never
 * fails. (Buying power counts other orders' reservations too: what is short after that is owed, and those reservations are released without asking.)
 * @param left of the bid's reservation
 * @param money available to the buyer
 */
export function splitHold(amount: Money, rateBp: number, left: Money, money: Money): Split {
  return split(amount, rateBp, left, most(money, 0n));
}

/**
 * what the rated cost takes of a hold, by the same rule; subsidy is never more than its rate of what the buyer in fact pays, unless the hold's
 * money does not reach.
 */
export function splitCost(cost: Money, rateBp: number, held: { readonly money: Money; readonly subsidy: Money }): Split {
  return split(cost, rateBp, held.subsidy, held.money);
}

function split(amount: Money, rateBp: number, subsidyAtMost: Money, moneyAtMost: Money): Split {
  const byRate = least(shareOf(amount, rateBp), subsidyAtMost);
  const subsidy = most(byRate, least(amount - moneyAtMost, subsidyAtMost));
  const money = least(amount - subsidy, moneyAtMost);
  return { money, subsidy, short: amount - subsidy - money };
}
