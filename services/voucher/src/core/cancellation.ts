import type { Money } from '#domain';
import { type ClaimedTrade, clawBack } from './clawback.js';

/** Of a bill of another platform what was paid back of one line. */
export interface Cancelled {
  readonly line: number;
  readonly amount: Money;
}

export interface CancelledPart extends Cancelled {
  /** Of the line's subsidy, what goes back with it. */
  readonly clawedBack: Money;
}

export interface BrokenCancellation {
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

/**
 * what goes back to the programme.
 * @param lines the claim's, by number
 * @param asked none: all that is left of each
 */
export function cancel(
  lines: ReadonlyMap<number, ClaimedTrade>,
  asked: readonly Cancelled[],
): { parts: CancelledPart[]; broken: BrokenCancellation | null } {
  const broken = brokenOf(lines, asked);
  if (broken) return { parts: [], broken };
  const parts = (asked.length ? asked : allOf(lines)).map(({ line, amount }) => {
    const trade = lines.get(line)!;
    return { line, amount, clawedBack: clawBack(trade, amount, trade.amount - trade.clawedBack) };
  });
  if (parts.length) return { parts, broken: null };
  return { parts, broken: { field: 'claimId', rule: 'bill_must_have_something_left', detail: 'all of it was cancelled before' } };
}

const leftOf = ({ base, refunded }: ClaimedTrade): Money => base - refunded;

const allOf = (lines: ReadonlyMap<number, ClaimedTrade>): Cancelled[] =>
  [...lines].map(([line, trade]) => ({ line, amount: leftOf(trade) })).filter(({ amount }) => amount > 0n);

function brokenOf(lines: ReadonlyMap<number, ClaimedTrade>, asked: readonly Cancelled[]): BrokenCancellation | null {
  for (const [index, { line, amount }] of asked.entries()) {
    const field = `lines[${index}]`;
    const trade = lines.get(line);
    if (!trade) return { field: `${field}.line`, rule: 'line_must_be_of_the_bill', detail: `the bill has no line ${line}` };
    if (asked.findIndex((one) => one.line === line) < index)
      return { field: `${field}.line`, rule: 'line_must_be_named_once', detail: 'stands in the list before' };
    if (amount > leftOf(trade))
      return { field: `${field}.amount`, rule: 'refund_must_not_exceed_the_line', detail: 'more than earlier refunds left of the line' };
  }
  return null;
}
