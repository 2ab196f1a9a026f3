// R-25 in the plainest code: sums by account, pending transfers that are open, and what every account was after each set.
import { accountRule } from '../src/core/account.js';
import type { TransferOrder } from '../src/core/transfer.js';

export interface ModelSums {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

interface Held {
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly timeoutAt: number | undefined;
}

const none = (): ModelSums => ({ debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n });

export class LedgerModel {
  sums = new Map<string, ModelSums>();
  /** Of each account, what it was from a moment on. */
  readonly past = new Map<string, { at: number; sums: ModelSums }[]>();
  private pending = new Map<string, Held>();
  private ended = new Set<string>();
  private known = new Map<string, string>();

  /** Undefined where the set holds, else the rule that it breaks. */
  post(orders: readonly TransferOrder[], now: number): string | undefined {
    const before = structuredClone({ sums: this.sums, pending: this.pending, ended: this.ended, known: this.known });
    const moved = new Set<string>();
    const opened = new Map(this.pending);
    const rule = this.apply(orders, now, opened, moved) ?? this.brokenLimit(moved);
    if (rule !== undefined) Object.assign(this, before);
    else
      for (const account of moved) {
        const past = this.past.get(account) ?? [];
        past.push({ at: now, sums: { ...this.of(account) } });
        this.past.set(account, past);
      }
    return rule;
  }

  at(account: string, moment: number): ModelSums | undefined {
    return this.past.get(account)?.findLast(({ at }) => at <= moment)?.sums;
  }

  private of(account: string): ModelSums {
    if (!this.sums.has(account)) this.sums.set(account, none());
    return this.sums.get(account)!;
  }

  /** @param opened what was pending before the set: it may not end what it holds itself */
  private apply(orders: readonly TransferOrder[], now: number, opened: ReadonlyMap<string, Held>, moved: Set<string>): string | undefined {
    const ofOthers = new Set(this.known.keys());
    for (const order of orders) {
      const said = JSON.stringify(order, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      const before = this.known.get(order.id);
      if (before === said) continue;
      if (before !== undefined) return 'transfer_id_must_not_be_reused';
      this.known.set(order.id, said);
      if (order.phase === 'single' || order.phase === 'pending') {
        if (order.debit === order.credit) return 'accounts_must_differ';
        const [debit, credit] = [this.of(order.debit), this.of(order.credit)];
        moved.add(order.debit).add(order.credit);
        if (order.phase === 'pending') {
          debit.debitsPending += order.amount;
          credit.creditsPending += order.amount;
          this.pending.set(order.id, { ...order, timeoutAt: order.timeoutAt });
        } else {
          debit.debitsPosted += order.amount;
          credit.creditsPosted += order.amount;
        }
        continue;
      }
      const held = opened.get(order.pendingId);
      if (!held) {
        if (!ofOthers.has(order.pendingId)) return 'pending_transfer_must_exist';
        return this.ended.has(order.pendingId) ? 'pending_transfer_must_not_have_ended' : 'transfer_must_be_pending';
      }
      if (this.ended.has(order.pendingId)) return 'pending_transfer_must_not_have_ended';
      const isLate = held.timeoutAt !== undefined && held.timeoutAt <= now;
      if (order.phase === 'post' && isLate) return 'pending_transfer_must_not_have_timed_out';
      if (order.phase === 'timeout' && !isLate) return 'pending_transfer_must_have_timed_out';
      const posted = order.phase === 'post' ? (order.amount ?? held.amount) : 0n;
      if (posted > held.amount) return 'amount_must_not_exceed_the_pending_amount';
      this.ended.add(order.pendingId);
      this.pending.delete(order.pendingId);
      const [debit, credit] = [this.of(held.debit), this.of(held.credit)];
      moved.add(held.debit).add(held.credit);
      debit.debitsPending -= held.amount;
      credit.creditsPending -= held.amount;
      debit.debitsPosted += posted;
      credit.creditsPosted += posted;
    }
    return undefined;
  }

  private brokenLimit(moved: ReadonlySet<string>): string | undefined {
    for (const account of moved) {
      const { debitsLimited, creditsLimited } = accountRule(account)!;
      const { debitsPending, debitsPosted, creditsPending, creditsPosted } = this.of(account);
      if (debitsLimited && debitsPending + debitsPosted > creditsPosted) return 'a limit';
      if (creditsLimited && creditsPending + creditsPosted > debitsPosted) return 'a limit';
    }
    return undefined;
  }
}
