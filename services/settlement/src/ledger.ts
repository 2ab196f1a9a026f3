import { Injectable } from '@nestjs/common';
import { Clock, conflict } from '#platform';
import type { Tx } from '#platform';
import { accountRule, lockedWith } from './core/account.js';
import { judge } from './core/transfer.js';
import type { Delta, Transfer, TransferOrder } from './core/transfer.js';

/** A linked set: its name ("trade/17/hold/1"), who or what caused it (an event's source and sequence, a key, a job), and its transfers. */
export interface LinkedSet {
  readonly journal: string;
  readonly cause: string;
  readonly orders: readonly TransferOrder[];
  /** It names nothing that can be recorded already: its ids come from a sequence, and it ends and corrects none. */
  readonly isNew?: true;
}

interface Row {
  transfer_id: string;
  kind: string;
  phase: Transfer['phase'];
  debit_account: string;
  credit_account: string;
  amount: bigint;
  pending_id: string | null;
  corrects: string | null;
  timeout_at: bigint | null;
}

/** The limits of an account, in the words of the rule that PostgreSQL names. */
const limits = new Set([
  'debits_must_not_exceed_credits',
  'credits_must_not_exceed_debits',
  'pending_transfer_must_not_have_ended',
  'transfers_pkey',
]);

/**
 * R-25: the double-entry ledger. What is posted is only ever added; an account's sums move in the same statement, by differences, locked in the order of
 * the accounts' names, so that sets side by side never wait in a ring.
 */
@Injectable()
export class Ledger {
  /** Accounts seen in the database; one that this very transaction opens is not among them, since it may be undone. */
  private readonly open = new Set<string>();
  /** By the list of what a transaction publishes: the one thing that all events handled in one transaction share. */
  private readonly opening = new WeakMap<Tx['outgoing'], Set<string>>();

  constructor(private readonly clock: Clock) {}

  /**
   * Posts a linked set: all of it or, by throwing, none. Said again with the same ids it does nothing. Accounts open with their first transfer.
   * @returns the transfers that are new
   * @throws Refusal conflict, named as the rule of R-25 that a transfer breaks; the transaction is then lost
   */
  async post(tx: Tx, set: LinkedSet): Promise<readonly Transfer[]> {
    return this.postAll(tx, [set]);
  }

  /** Posts many linked sets at once; all of them or none. */
  async postAll(tx: Tx, sets: readonly LinkedSet[]): Promise<readonly Transfer[]> {
    const orders = sets.flatMap((set) => set.orders);
    if (orders.length === 0) return [];
    const now = this.clock.now();
    const known = await this.known(
      tx,
      sets.flatMap((set) => (set.isNew ? [] : set.orders)),
    );
    const verdict = judge(orders, { ...known, now });
    if (!verdict.ok) throw conflict(verdict.rule, `transfer ${verdict.id} is refused`);
    if (verdict.fresh.length === 0) return [];
    const setOf = new Map(sets.flatMap((set) => set.orders.map((order) => [order.id, set])));
    await this.openAccounts(tx, [...verdict.deltas.keys()], now);
    await this.write(tx, verdict.fresh, verdict.deltas, setOf, now);
    return verdict.fresh;
  }

  /**
   * What each account may still spend (posted credits less posted and pending debits), its row locked until the transaction ends; 0 for one that is not
   * open. Accounts are locked in the order of their names: ask for all at once.
   */
  async lockAvailable(tx: Tx, codes: readonly string[]): Promise<Map<string, bigint>> {
    const rows = await tx.query<{ code: string; available: bigint }>(
      `SELECT code, credits_posted - debits_posted - debits_pending AS available FROM accounts
       WHERE code = ANY($1) ORDER BY code FOR UPDATE`,
      [codes],
    );
    return new Map([...codes.map((code) => [code, 0n] as const), ...rows.map((row) => [row.code, row.available] as const)]);
  }

  /** What the set names that is recorded already: its own ids, what they end or correct, and which of those ended. */
  private async known(tx: Tx, orders: readonly TransferOrder[]) {
    if (orders.length === 0) return { transfers: new Map<string, Transfer>(), ended: new Set<string>() };
    const pending = orders.flatMap((order) => ('pendingId' in order ? [order.pendingId] : []));
    const corrected = orders.flatMap((order) => ('corrects' in order && order.corrects !== undefined ? [order.corrects] : []));
    const [rows, ended] = await Promise.all([
      tx.query<Row>(
        `SELECT transfer_id, kind, phase, debit_account, credit_account, amount, pending_id, corrects, timeout_at
         FROM transfers WHERE transfer_id = ANY($1)`,
        [[...orders.map(({ id }) => id), ...pending, ...corrected]],
      ),
      pending.length ? tx.query<{ pending_id: string }>('SELECT pending_id FROM transfers WHERE pending_id = ANY($1)', [pending]) : [],
    ]);
    return {
      transfers: new Map(rows.map((row) => [row.transfer_id, transferOf(row)])),
      ended: new Set(ended.map((row) => row.pending_id)),
    };
  }

  private async openAccounts(tx: Tx, codes: readonly string[], now: number): Promise<void> {
    let opening = this.opening.get(tx.outgoing);
    if (!opening) this.opening.set(tx.outgoing, (opening = new Set()));
    const wanted = codes.filter((code) => !this.open.has(code) && !opening.has(code)).sort();
    if (wanted.length === 0) return;
    const rules = wanted.map((code) => accountRule(code)!);
    const opened = await tx.query<{ code: string }>(
      `INSERT INTO accounts (code, kind, currency, debits_limited, credits_limited, opened_at)
       SELECT u.*, $6::int8 FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bool[]) AS u
       ON CONFLICT (code) DO NOTHING RETURNING code`,
      [
        wanted,
        rules.map((r) => r.kind),
        rules.map((r) => r.currency),
        rules.map((r) => r.debitsLimited),
        rules.map((r) => r.creditsLimited),
        now,
      ],
    );
    for (const { code } of opened) opening.add(code);
    for (const code of wanted) if (!opening.has(code)) this.open.add(code);
  }

  /** Recorded first, then moved: of two who end one pending transfer the second learns that, and not that a sum would fall below zero. */
  private async write(
    tx: Tx,
    fresh: readonly Transfer[],
    deltas: ReadonlyMap<string, Delta>,
    setOf: ReadonlyMap<string, LinkedSet>,
    now: number,
  ): Promise<void> {
    const sums = [...deltas];
    try {
      const moved = await tx.query(
        `WITH recorded AS (
           INSERT INTO transfers (transfer_id, journal, kind, phase, debit_account, credit_account, amount, pending_id, corrects, timeout_at, cause, made_at)
           SELECT u.*, $12::int8 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::text[], $9::text[], $10::int8[], $11::text[]) AS u
           RETURNING 1
         ), delta AS MATERIALIZED (
           SELECT * FROM unnest($13::text[], $14::int8[], $15::int8[], $16::int8[], $17::int8[])
             AS d (code, debits_pending, debits_posted, credits_pending, credits_posted)
         ), locked AS MATERIALIZED (
           SELECT code FROM accounts WHERE code = ANY($18::text[]) AND (SELECT count(*) FROM recorded) > 0 ORDER BY code FOR UPDATE
         )
         UPDATE accounts a SET
           debits_pending = a.debits_pending + d.debits_pending, debits_posted = a.debits_posted + d.debits_posted,
           credits_pending = a.credits_pending + d.credits_pending, credits_posted = a.credits_posted + d.credits_posted
         FROM locked JOIN delta d USING (code) WHERE a.code = locked.code
         RETURNING 1`,
        [
          fresh.map((t) => t.id),
          fresh.map((t) => setOf.get(t.id)!.journal),
          fresh.map((t) => t.kind),
          fresh.map((t) => t.phase),
          fresh.map((t) => t.debit),
          fresh.map((t) => t.credit),
          fresh.map((t) => t.amount),
          fresh.map((t) => t.pendingId ?? null),
          fresh.map((t) => t.corrects ?? null),
          fresh.map((t) => t.timeoutAt ?? null),
          fresh.map((t) => setOf.get(t.id)!.cause),
          now,
          sums.map(([code]) => code),
          sums.map(([, d]) => d.debitsPending),
          sums.map(([, d]) => d.debitsPosted),
          sums.map(([, d]) => d.creditsPending),
          sums.map(([, d]) => d.creditsPosted),
          [...new Set(sums.flatMap(([code]) => lockedWith(code)))],
        ],
      );
      if (moved.length !== sums.length)
        throw new Error(`account_must_be_open: ${sums.length - moved.length} of ${sums.map(([code]) => code).join(', ')}`);
    } catch (error) {
      const constraint = (error as { constraint?: string }).constraint;
      if (constraint === undefined || !limits.has(constraint)) throw error;
      throw conflict(constraint === 'transfers_pkey' ? 'transfer_id_must_not_be_reused' : constraint, (error as Error).message);
    }
  }
}

const transferOf = (row: Row): Transfer => ({
  id: row.transfer_id,
  kind: row.kind,
  phase: row.phase,
  debit: row.debit_account,
  credit: row.credit_account,
  amount: row.amount,
  pendingId: row.pending_id ?? undefined,
  corrects: row.corrects ?? undefined,
  timeoutAt: row.timeout_at === null ? undefined : Number(row.timeout_at),
});
