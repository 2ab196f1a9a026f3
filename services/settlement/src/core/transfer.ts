import { accountRule, currencyOf } from './account.js';

/**
 * SINGLE posts at once. PENDING only holds; exactly one POST (of the whole or a part, the rest is released), VOID or TIMEOUT ends it.
 */
export type Phase = 'single' | 'pending' | 'post' | 'void' | 'timeout';

/** A transfer that somebody asks for. */
export type TransferOrder = { readonly id: string; readonly kind: string } & (
  | {
      readonly phase: 'single';
      readonly debit: string;
      readonly credit: string;
      readonly amount: bigint;
      /** The transfer that this one corrects; it must be recorded. */
      readonly corrects?: string;
    }
  | {
      readonly phase: 'pending';
      readonly debit: string;
      readonly credit: string;
      readonly amount: bigint;
      /** Milliseconds from which a job times it out; a trade's hold has none. */
      readonly timeoutAt?: number;
    }
  | { readonly phase: 'post'; readonly pendingId: string; /** Micro-yuan to post; undefined: all of it. */ readonly amount?: bigint }
  | { readonly phase: 'void' | 'timeout'; readonly pendingId: string }
);

/** A linked set: its name ("trade/17/hold/1"), who or what caused it (an event's source and sequence, a key, a job), and its transfers. */
export interface LinkedSet {
  readonly journal: string;
  readonly cause: string;
  readonly orders: readonly TransferOrder[];
  /** It names nothing that can be recorded already: its ids come from a sequence, and it ends and corrects none. */
  readonly isNew?: true;
}

/** A transfer as the ledger keeps it. `amount` of a void or time-out is that of the pending transfer. */
export interface Transfer {
  readonly id: string;
  readonly kind: string;
  readonly phase: Phase;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly pendingId?: string;
  readonly corrects?: string;
  readonly timeoutAt?: number;
}

/** What a set of transfers adds to an account. */
export interface Delta {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

/** What the ledger already holds of the transfers that a set names: their own ids, what they end, what they correct. */
export interface Known {
  /** By id. */
  readonly transfers: ReadonlyMap<string, Transfer>;
  /** Ids of pending transfers that something ended. */
  readonly ended: ReadonlySet<string>;
  /** Milliseconds, by the exchange's clock. */
  readonly now: number;
}

/** The rules a transfer can break, by precedence; the account limits come last, in the database. */
export type BrokenRule =
  | 'transfer_id_must_not_be_empty'
  | 'transfer_id_must_not_be_reused'
  | 'amount_must_be_positive'
  | 'account_must_exist'
  | 'accounts_must_differ'
  | 'accounts_must_have_one_currency'
  | 'corrected_transfer_must_exist'
  | 'pending_transfer_must_exist'
  | 'transfer_must_be_pending'
  | 'pending_transfer_must_not_have_ended'
  | 'pending_transfer_must_not_have_timed_out'
  | 'pending_transfer_must_have_timed_out'
  | 'amount_must_not_exceed_the_pending_amount';

export type Verdict =
  | { readonly ok: true; readonly fresh: readonly Transfer[]; readonly deltas: Map<string, Delta> }
  | { readonly ok: false; readonly rule: BrokenRule; readonly id: string };

/**
 * judges a linked set of transfers: all of them, or none and the rule that the first bad one breaks. A transfer recorded before, word for word, is
 * passed over.
 * @param orders in order; one may not end what another of the same set holds
 */
export function judge(orders: readonly TransferOrder[], known: Known): Verdict {
  const fresh = new Map<string, Transfer>();
  const ended = new Set(known.ended);
  const deltas = new Map<string, Delta>();
  // Those that a set moves are few beside all that there are.
  const isAccount = (code: string): boolean => deltas.has(code) || accountRule(code) !== undefined;
  for (const order of orders) {
    const before = known.transfers.get(order.id) ?? fresh.get(order.id);
    if (before) {
      if (!isSame(order, before)) return { ok: false, rule: 'transfer_id_must_not_be_reused', id: order.id };
      continue;
    }
    const pending = 'pendingId' in order ? known.transfers.get(order.pendingId) : undefined;
    const rule = brokenRule(order, pending, known, ended, isAccount);
    if (rule) return { ok: false, rule, id: order.id };
    const transfer = transferOf(order, pending);
    fresh.set(order.id, transfer);
    if (transfer.pendingId) ended.add(transfer.pendingId);
    addLegs(deltas, transfer, pending);
  }
  return { ok: true, fresh: [...fresh.values()], deltas };
}

/** What the transfers add to each account. `pending`, by id, holds those that they end. */
export function deltasOf(transfers: readonly Transfer[], pending: ReadonlyMap<string, Transfer>): Map<string, Delta> {
  const deltas = new Map<string, Delta>();
  for (const transfer of transfers)
    addLegs(deltas, transfer, transfer.pendingId === undefined ? undefined : pending.get(transfer.pendingId));
  return deltas;
}

/** Adds to sums what others say of the same accounts. */
export function addDeltas(to: Map<string, Delta>, more: ReadonlyMap<string, Delta>): void {
  for (const [account, delta] of more) {
    const sums = deltaOf(to, account);
    sums.debitsPending += delta.debitsPending;
    sums.debitsPosted += delta.debitsPosted;
    sums.creditsPending += delta.creditsPending;
    sums.creditsPosted += delta.creditsPosted;
  }
}

function brokenRule(
  order: TransferOrder,
  pending: Transfer | undefined,
  known: Known,
  ended: ReadonlySet<string>,
  isAccount: (code: string) => boolean,
): BrokenRule | undefined {
  if (order.id === '') return 'transfer_id_must_not_be_empty';
  if ('amount' in order && order.amount !== undefined && order.amount <= 0n) return 'amount_must_be_positive';
  if (order.phase === 'single' || order.phase === 'pending') {
    if (!isAccount(order.debit) || !isAccount(order.credit)) return 'account_must_exist';
    if (order.debit === order.credit) return 'accounts_must_differ';
    if (currencyOf(order.debit) !== currencyOf(order.credit)) return 'accounts_must_have_one_currency';
    if (order.phase === 'single' && order.corrects !== undefined && !known.transfers.has(order.corrects))
      return 'corrected_transfer_must_exist';
    return undefined;
  }
  if (!pending) return 'pending_transfer_must_exist';
  if (pending.phase !== 'pending') return 'transfer_must_be_pending';
  if (ended.has(order.pendingId)) return 'pending_transfer_must_not_have_ended';
  const timedOut = pending.timeoutAt !== undefined && pending.timeoutAt <= known.now;
  if (order.phase === 'post' && timedOut) return 'pending_transfer_must_not_have_timed_out';
  if (order.phase === 'timeout' && !timedOut) return 'pending_transfer_must_have_timed_out';
  if (order.phase === 'post' && order.amount !== undefined && order.amount > pending.amount)
    return 'amount_must_not_exceed_the_pending_amount';
  return undefined;
}

/** A rule was kept: `pending` is there for whatever ends one. */
function transferOf(order: TransferOrder, pending: Transfer | undefined): Transfer {
  if (order.phase === 'single' || order.phase === 'pending') return order;
  const { debit, credit, amount } = pending!;
  return { ...order, debit, credit, amount: order.phase === 'post' ? (order.amount ?? amount) : amount };
}

function isSame(order: TransferOrder, before: Transfer): boolean {
  if (order.phase !== before.phase || order.kind !== before.kind) return false;
  if (order.phase === 'single' || order.phase === 'pending')
    return order.debit === before.debit && order.credit === before.credit && order.amount === before.amount;
  return order.pendingId === before.pendingId && (order.phase !== 'post' || order.amount === undefined || order.amount === before.amount);
}

function addLegs(deltas: Map<string, Delta>, transfer: Transfer, pending: Transfer | undefined): void {
  const debit = deltaOf(deltas, transfer.debit);
  const credit = deltaOf(deltas, transfer.credit);
  if (transfer.phase === 'pending') {
    debit.debitsPending += transfer.amount;
    credit.creditsPending += transfer.amount;
  }
  if (transfer.phase === 'single' || transfer.phase === 'post') {
    debit.debitsPosted += transfer.amount;
    credit.creditsPosted += transfer.amount;
  }
  if (pending) {
    debit.debitsPending -= pending.amount;
    credit.creditsPending -= pending.amount;
  }
}

function deltaOf(deltas: Map<string, Delta>, account: string): Delta {
  let delta = deltas.get(account);
  if (!delta) deltas.set(account, (delta = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n }));
  return delta;
}
