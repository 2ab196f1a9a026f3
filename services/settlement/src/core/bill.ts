import { divideUp, roundToFen } from '#domain';
import type { Money } from '#domain';
import { feeOf } from './fee.js';
import type { FeeSchedule } from './fee.js';

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

/** What a buyer still pays of a trade's price or of its transfer: exact, and in the whole fen that bills say. */
export interface Left {
  readonly exact: Money;
  readonly amount: Money;
}

/** What is left of a price after refunds; they stand when a late correction lowers it, and it does not fall below nothing. */
export const lessRefunds = (price: Money, refunded: Money): Money => (price > refunded ? price - refunded : 0n);

/** What a refund takes from each hand; the last three add up to the amount. `fromRounding` may be negative: then it goes there. */
export interface GiveBack {
  readonly exact: Money;
  readonly fromFee: Money;
  readonly fromRounding: Money;
  readonly fromPayee: Money;
}

/**
 * gives `amount` back of what is left, rounding in proportion; the fee keeps its share of what remains.
 * @param left not nothing, at least the amount
 * @param fee none is taken of a transfer
 */
export function giveBack(amount: Money, left: Left, fee: FeeSchedule | undefined): GiveBack {
  const exact = (left.exact * amount) / left.amount;
  const fromFee = fee ? feeOf(left.exact, fee) - feeOf(left.exact - exact, fee) : 0n;
  return { exact, fromFee, fromRounding: amount - exact, fromPayee: exact - fromFee };
}
