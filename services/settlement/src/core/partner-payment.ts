// what a netting left to be paid, and what a bank's payment does to it.
import { divideUp, microYuanPerFen } from '#domain';
import type { Money } from '#domain';

/** A netting, and what of it is settled: paid, and rounded away with the last fen. Micro-yuan. */
export interface Netting {
  readonly sold: Money;
  readonly bought: Money;
  readonly settled: Money;
}

/** True where the partner owes what is left; else it is owed to the partner. */
export const isReceivable = ({ sold, bought }: Netting): boolean => sold > bought;

/** What it left to be paid, whoever pays it. */
export const amountOf = ({ sold, bought }: Netting): Money => (sold > bought ? sold - bought : bought - sold);

export const leftOf = (netting: Netting): Money => amountOf(netting) - netting.settled;

/** Less than a fen is paid by no bank. */
export const isOpen = (netting: Netting): boolean => leftOf(netting) >= microYuanPerFen;

export interface Payment {
  /** Whole fen. */
  readonly amount: Money;
  /** Days since the epoch, Asia/Shanghai. */
  readonly valueDate: number;
}

/** The first rule that a payment breaks; undefined: none. It may be up to a fen more than what is left: the payer chooses how it rounds. */
export function brokenByPayment(netting: Netting, { amount, valueDate }: Payment, today: number): string | undefined {
  if (!isOpen(netting)) return 'netting_must_be_open';
  if (amount > divideUp(leftOf(netting), microYuanPerFen) * microYuanPerFen) return 'amount_must_not_exceed_what_is_left';
  if (valueDate > today) return 'value_date_must_not_be_ahead';
  return undefined;
}

/** What of the netting no fen can pay once this is paid: all that is left where that is less than a fen, below 0 where it was paid too much; else 0. */
export function roundedBy(amount: Money, netting: Netting): Money {
  const rest = leftOf(netting) - amount;
  return rest < microYuanPerFen ? rest : 0n;
}
