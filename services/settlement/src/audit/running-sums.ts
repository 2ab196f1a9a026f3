import type { Transfer } from '../core/transfer.js';

/** An account's, in micro-yuan. */
export interface Sums {
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
}

export interface Moved {
  readonly was: Sums;
  readonly is: Sums;
}

/** A transfer that was pending, as it stands. */
export interface Held {
  readonly debit: number;
  readonly credit: number;
  readonly amount: bigint;
}

/** The sums of accounts over the transfers given so far, made without the ledger's own arithmetic. */
export class RunningSums {
  private readonly sums = new Map<number, Sums>();

  /**
   * @param pending those that the transfers end, by their ids
   * @returns the accounts that they moved, as they were and are then
   */
  add(
    transfers: readonly Transfer[],
    rows: readonly { readonly debit: number; readonly credit: number }[],
    pending: ReadonlyMap<string, Held>,
  ): Map<number, Moved> {
    const before = new Map<number, Sums>();
    const move = (account: number): Sums => {
      const sums = this.of(account);
      if (!before.has(account)) before.set(account, { ...sums });
      return sums;
    };
    for (const [at, transfer] of transfers.entries()) {
      const { debit, credit } = rows[at]!;
      const held = transfer.pendingId === undefined ? undefined : pending.get(transfer.pendingId);
      if (held) {
        move(held.debit).debits_pending -= held.amount;
        move(held.credit).credits_pending -= held.amount;
      }
      if (transfer.phase === 'pending') {
        move(debit).debits_pending += transfer.amount;
        move(credit).credits_pending += transfer.amount;
      }
      if (transfer.phase === 'single' || transfer.phase === 'post') {
        move(debit).debits_posted += transfer.amount;
        move(credit).credits_posted += transfer.amount;
      }
    }
    return new Map([...before].map(([account, was]) => [account, { was, is: { ...this.of(account) } }]));
  }

  of(account: number): Sums {
    return this.sums.getOrInsertComputed(account, () => ({
      debits_pending: 0n,
      debits_posted: 0n,
      credits_pending: 0n,
      credits_posted: 0n,
    }));
  }

  /** From here on the account is as its entry says. */
  take(account: number, { debits_pending, debits_posted, credits_pending, credits_posted }: Sums): void {
    this.sums.set(account, { debits_pending, debits_posted, credits_pending, credits_posted });
  }

  has(account: number): boolean {
    return this.sums.has(account);
  }

  accounts(): IterableIterator<number> {
    return this.sums.keys();
  }
}

export const isAlike = (one: Sums, other: Sums): boolean =>
  one.debits_pending === other.debits_pending &&
  one.debits_posted === other.debits_posted &&
  one.credits_pending === other.credits_pending &&
  one.credits_posted === other.credits_posted;

export const difference = (one: Sums, other: Sums): Sums => ({
  debits_pending: one.debits_pending - other.debits_pending,
  debits_posted: one.debits_posted - other.debits_posted,
  credits_pending: one.credits_pending - other.credits_pending,
  credits_posted: one.credits_posted - other.credits_posted,
});

export const shown = (sums: Sums): string =>
  `debits ${sums.debits_posted} (${sums.debits_pending} pending), credits ${sums.credits_posted} (${sums.credits_pending} pending)`;
