import type { Money } from '#domain';

/** An account as a bank finds it; the bank by its number in the national payment system (CNAPS 联行号). */
export interface BankParty {
  readonly holder: string;
  readonly number: string;
  readonly bankName: string;
  readonly bankCode: string;
}

export interface CreditTransfer {
  /** Comes back with the payment, whatever becomes of it; at most 35 characters. */
  readonly endToEndId: string;
  /** Micro-yuan, whole fen, positive. */
  readonly amount: Money;
  readonly payee: BankParty;
  /** What the payee reads; at most 140 characters. */
  readonly note: string;
}

/** What a bank is told to pay, from one account on one day. */
export interface PaymentOrder {
  /** At most 35 characters, never used before. */
  readonly messageId: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** YYYY-MM-DD. */
  readonly executionDay: string;
  readonly payer: BankParty;
  /** At least one. */
  readonly transfers: readonly CreditTransfer[];
}

/** How a bank wants to be told: one file for an order. Another bank's format is another of these. */
export interface BankFileFormat {
  /** As the batch keeps it. */
  readonly name: string;
  write(order: PaymentOrder): string;
}

const microFen = 10_000n;

/** What a bank can pay of an amount: whole fen. */
export const wholeFen = (amount: Money): Money => amount - (amount % microFen);
