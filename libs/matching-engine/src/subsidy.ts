/** what a programme guarantees of a bid: micro-yuan, and its share of each fill in basis points. The rest is the buyer's money. */
export interface Subsidy {
  readonly amount: number;
  readonly rateBp: number;
}

/**
 * what subsidy pays of an amount, in micro-yuan: its rate, at most what is left of it; more only where money does not reach. Exact for safe integers.
 * Taken from a bid for a fill, and then for what the bid still lacks, neither is ever short: the two amounts are at most what the bid held.
 * @param subsidyAtMost what is left of it
 * @param moneyAtMost what of the buyer's money was set aside
 */
export function subsidyShare(amount: number, rateBp: number, subsidyAtMost: number, moneyAtMost: number): number {
  if (subsidyAtMost === 0) return 0;
  const whole = Math.floor(amount / 10_000);
  const byRate = whole * rateBp + Math.floor(((amount - whole * 10_000) * rateBp) / 10_000);
  return Math.max(Math.min(byRate, subsidyAtMost), Math.min(amount - moneyAtMost, subsidyAtMost));
}
