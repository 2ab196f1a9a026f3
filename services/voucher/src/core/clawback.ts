import { type Money, divideUp } from '#domain';

/** A claim's part for one trade: what was paid of it, granted, and given back so far. */
export interface ClaimedTrade {
  readonly base: Money;
  readonly amount: Money;
  readonly refunded: Money;
  readonly clawedBack: Money;
}

/**
 * what a refund takes back of the subsidy, in proportion to all that was refunded so that parts add up to the whole, a part of a micro-yuan
 * falling to the programme; never more than what the
 * refund holds aside for the programme.
 */
export function clawBack(trade: ClaimedTrade, refund: Money, aside: Money): Money {
  const refunded = trade.refunded + refund;
  const due = refunded >= trade.base ? trade.amount : divideUp(trade.amount * refunded, trade.base);
  const part = due - trade.clawedBack;
  return part < aside ? part : aside;
}
