import { divideUp, roundToFen } from '#domain';
import type { Money } from '#domain';

/** What a rating changed for the buyer. The first rating of a lease bills all of it; a later one bills the difference. */
export interface Billable {
  readonly ratingId: number;
  readonly revision: number;
  /** Exact; a later revision's are differences. */
  readonly compute: Money;
  readonly transfer: Money;
  readonly credit: Money;
  /** What the reservation paid of it. */
  readonly subsidy: Money;
}

export type LineKind = 'compute' | 'transfer' | 'sla_credit' | 'adjustment';

/** exact + rounding = amount, whole fen. */
export interface Line {
  readonly line: number;
  readonly ratingId: number;
  readonly kind: LineKind;
  readonly exact: Money;
  readonly rounding: Money;
  readonly amount: Money;
  readonly subsidy: Money;
}

/**
 * a bill's lines, in the order of the ratings. Each rounds half-even to fen, once, here; a first rating always has its compute line, also of 0,
 * and tells its subsidy there.
 */
export function linesOf(billables: readonly Billable[]): Line[] {
  const lines: Line[] = [];
  for (const billable of billables) {
    const parts: [LineKind, Money][] =
      billable.revision > 1
        ? [['adjustment', billable.compute + billable.transfer - billable.credit]]
        : [
            ['compute', billable.compute],
            ['transfer', billable.transfer],
            ['sla_credit', -billable.credit],
          ];
    parts.forEach(([kind, exact], at) => {
      if (at > 0 && exact === 0n) return;
      const amount = roundToFen(exact);
      lines.push({
        line: lines.length + 1,
        ratingId: billable.ratingId,
        kind,
        exact,
        rounding: amount - exact,
        amount,
        subsidy: at === 0 ? billable.subsidy : 0n,
      });
    });
  }
  return lines;
}

export interface Totals {
  readonly total: Money;
  /** What the buyer owes beyond the exact amounts; negative: is given back. Posts to the rounding account. */
  readonly rounding: Money;
  readonly subsidy: Money;
}

export const totalsOf = (lines: readonly Line[]): Totals =>
  lines.reduce<Totals>(
    (sum, line) => ({ total: sum.total + line.amount, rounding: sum.rounding + line.rounding, subsidy: sum.subsidy + line.subsidy }),
    { total: 0n, rounding: 0n, subsidy: 0n },
  );

/** What a programme paid of a trade: `left` is what it did not take back yet, `cost` the trade's whole. */
export interface Subsidised {
  readonly subsidy: Money;
  readonly left: Money;
  readonly cost: Money;
}

/** the programme's share of what is given back, in proportion; parts of a micro-yuan fall to the programme. */
export function subsidyShare(amount: Money, { subsidy, left, cost }: Subsidised): Money {
  if (cost === 0n) return 0n;
  const share = divideUp(subsidy * amount, cost);
  const capped = share < left ? share : left;
  return capped < amount ? capped : amount;
}

/** What a refund takes from each hand; the three add up to the amount. `fromRounding` may be negative: then it goes there. */
export interface GiveBack {
  readonly fromFee: Money;
  readonly fromRounding: Money;
  readonly fromPayee: Money;
}

/**
 * Gives `amount` of a bill's line back, each hand in proportion to what it had of the line.
 * @param line exact and rounded amount of what can be given back, and of it the fee
 */
export function giveBack(amount: Money, line: { readonly exact: Money; readonly amount: Money; readonly fee: Money }): GiveBack {
  const exact = (line.exact * amount) / line.amount;
  const fromFee = (line.fee * amount) / line.amount;
  return { fromFee, fromRounding: amount - exact, fromPayee: exact - fromFee };
}
