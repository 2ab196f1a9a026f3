import { roundToFen } from '#domain';
import type { Money } from '#domain';
import { taxIn } from './tax.js';
import type { TaxSchedule } from './tax.js';

/** What somebody earned in a month of one kind, signed. */
export interface KindSum {
  readonly kind: string;
  readonly amount: Money;
}

/** Lines that move money of the payee's without anything supplied: what is frozen, carried or sent back, and what a broken promise costs. */
const movements = new Set(['disputed', 'dispute_released', 'carried_over', 'returned_payout', 'paid_back', 'green_shortfall']);

export interface Supplies {
  readonly supplied: Money;
  readonly suppliedTax: Money;
  readonly fees: Money;
  readonly feesTax: Money;
}

/** What a payee supplied in a month and the fees that it was charged, each in whole fen with the tax that it includes. */
export function suppliesOf(sums: readonly KindSum[], tax: TaxSchedule): Supplies {
  const total = (of: (kind: string) => boolean): Money =>
    roundToFen(sums.filter(({ kind }) => of(kind)).reduce((sum, { amount }) => sum + amount, 0n));
  const supplied = total((kind) => kind !== 'fee' && !movements.has(kind));
  const fees = -total((kind) => kind === 'fee');
  return { supplied, suppliedTax: taxIn(supplied, tax), fees, feesTax: taxIn(fees, tax) };
}
