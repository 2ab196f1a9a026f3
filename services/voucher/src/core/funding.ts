import { type Money, formatYuan } from '#domain';
import type { Clause, Funder } from './terms.js';

export interface FundedPart {
  readonly name: string;
  readonly amount: Money;
}

/** What each funder pays of a claim: its parts of all parts, rounded down to a micro-yuan; the first pays also what rounding leaves. */
export function fundedBy(funders: readonly Funder[], amount: Money): FundedPart[] {
  const whole = BigInt(funders.reduce((sum, { parts }) => sum + parts, 0));
  const shares = funders.map(({ name, parts }) => ({ name, amount: (amount * BigInt(parts)) / whole }));
  const left = shares.reduce((rest, share) => rest - share.amount, amount);
  return shares.map((share, index) => (index === 0 ? { ...share, amount: share.amount + left } : share));
}

/** Says who pays; nothing where the authority pays alone. */
export function fundingClause(funders: readonly Funder[], amount: Money): Clause[] {
  if (funders.length === 0) return [];
  const detail = fundedBy(funders, amount)
    .map((part) => `${part.name} ${formatYuan(part.amount)} yuan`)
    .join(', ');
  return [{ rule: 'funders_pay_by_their_parts', passed: true, detail }];
}
