import { inFen } from './arithmetic.js';
import type { CountedRating } from './lease.js';

/** A line of a bill as the records make it. */
export interface CountedLine {
  readonly kind: string;
  readonly exact: bigint;
  readonly amount: bigint;
  readonly subsidy: bigint;
}

/** what a rating puts on a bill: its price always, transfer and credit where there are any; a later one the difference. */
export function linesOfRating(rating: CountedRating): CountedLine[] {
  const { computeChange, transferChange, creditChange, subsidy } = rating;
  const line = (kind: string, exact: bigint, paid: bigint): CountedLine => ({ kind, exact, amount: inFen(exact), subsidy: paid });
  if (rating.revision > 1) return [line('adjustment', computeChange + transferChange - creditChange, subsidy)];
  return [
    line('compute', computeChange, subsidy),
    ...(transferChange === 0n ? [] : [line('transfer', transferChange, 0n)]),
    ...(creditChange === 0n ? [] : [line('sla_credit', -creditChange, 0n)]),
  ];
}
