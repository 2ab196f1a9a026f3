import { Injectable } from '@nestjs/common';
import { Clock, conflict, textArray } from '#platform';
import type { Tx } from '#platform';
import { accountRule, lockedWith } from './core/account.js';
import { subjectOf } from './core/line.js';
import { addDeltas, deltasOf, judge } from './core/transfer.js';
import type { Delta, LinkedSet, Transfer, TransferOrder } from './core/transfer.js';
import { linesMax, type OpenPosting, Postings } from './postings.js';

interface Row {
  transfer_id: string;
  kind: string;
  phase: Transfer['phase'];
  debit: string;
  credit: string;
  amount: bigint;
  pending_id: string | null;
  corrects: string | null;
  timeout_at: bigint | null;
}

/** A transaction's posting under way. */
interface Waiting {
  readonly posting: OpenPosting;
  /** What all of it moves. */
  deltas: Map<string, Delta>;
  /** Numbers of accounts by their codes: of all that it moves but those that are not open. */
  readonly accounts: Map<string, number>;
  /** Accounts that were not open when it came to them. */
  readonly unopened: Set<string>;
  /** Not recorded yet, since an account of the first was not open: accounts open together, in the order of their names. */
  readonly late: { transfer: Transfer; set: LinkedSet }[];
}

/**
 * the double-entry ledger. What is posted is only ever added; its accounts' sums move with it, by differences, in the order of the accounts'
 * numbers: once a transaction, at its end. Two that moved theirs bit by bit would come to wait for each other.
 */
@Injectable()
export class Ledger {
  /** Numbers of accounts seen in the database; one that a transaction opens is among them once it is committed, since it may be undone. */
  private readonly open = new Map<string, number>();
  /** By the list of what a transaction publishes: the one thing that all events handled in one transaction share. */
  private readonly waiting = new WeakMap<Tx['outgoing'], Promise<Waiting>>();
  private readonly opening = new WeakMap<Tx['outgoing'], Map<string, number>>();

  constructor(
    private readonly clock: Clock,
    private readonly postings: Postings,
  ) {}

  /**
   * Posts a linked set: all of it or none. Said again with the same ids it does nothing. Accounts open with their first transfer. Sets that follow in the same
   * transaction see it, and so does lockAvailable; tables show it after a flush. Whether its accounts' limits hold is told by the end of the transaction, which
   * then throws Refusal conflict, named as the limit.
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
    const known = await this.known(
      tx,
      sets.flatMap((set) => (set.isNew ? [] : set.orders)),
    );
    mustKeepTheirSubject(sets);
    const verdict = judge(orders, { ...known, now: this.clock.now() });
    if (!verdict.ok) throw conflict(verdict.rule, `transfer ${verdict.id} is refused`);
    const { fresh, deltas } = verdict;
    if (fresh.length === 0) return [];
    const setOf = setsOf(fresh, sets);
    const { posting, late } = await this.underWay(tx);
    if (posting.transfers + late.length + fresh.length <= linesMax) await this.add(tx, fresh, setOf, deltas);
    // What is too much for one posting goes into several; a limit must then hold after each.
    else
      for (let from = 0; from < fresh.length; from += linesMax) {
        await this.flush(tx);
        const some = fresh.slice(from, from + linesMax);
        await this.add(tx, some, setOf.slice(from, from + linesMax), deltasOf(some, known.transfers));
      }
    return fresh;
  }

  /** Moves the accounts of what the transaction posted so far, for who reads them from tables before its end. */
  async flush(tx: Tx): Promise<void> {
    const waiting = this.waiting.get(tx.outgoing);
    if (!waiting) return;
    this.waiting.delete(tx.outgoing);
    const { posting, deltas, accounts, unopened, late } = await waiting;
    const madeAt = this.clock.now();
    const lockedFirst = lockedBefore(deltas.keys());
    const notOpen = await this.numberOpen(tx, unopened.union(lockedFirst), accounts);
    if (notOpen.length > 0) await this.openAll(tx, notOpen, accounts, madeAt);
    if (late.length > 0)
      this.postings.record(tx, posting, { transfers: late.map(({ transfer }) => transfer), setOf: late.map(({ set }) => set), accounts });
    this.postings.close(tx, posting, { deltas, accounts, lockedFirst, madeAt });
  }

  /** The transaction's posting; its accounts move when the transaction ends. */
  private underWay(tx: Tx): Promise<Waiting> {
    let waiting = this.waiting.get(tx.outgoing);
    if (!waiting) {
      waiting = this.postings.open(tx).then((posting) => ({
        posting,
        deltas: new Map(),
        accounts: new Map(),
        unopened: new Set(),
        late: [],
      }));
      this.waiting.set(tx.outgoing, waiting);
      tx.lastly(() => this.flush(tx));
    }
    return waiting;
  }

  private async add(tx: Tx, transfers: readonly Transfer[], setOf: readonly LinkedSet[], deltas: Map<string, Delta>): Promise<void> {
    const waiting = await this.underWay(tx);
    const { posting, accounts, unopened, late } = waiting;
    if (waiting.deltas.size === 0) waiting.deltas = deltas;
    else addDeltas(waiting.deltas, deltas);
    for (const code of await this.numberOpen(tx, deltas.keys(), accounts)) unopened.add(code);
    if (unopened.size === 0) this.postings.record(tx, posting, { transfers, setOf, accounts });
    // What follows may end what is late.
    else transfers.forEach((transfer, nth) => late.push({ transfer, set: setOf[nth]! }));
  }

  /**
   * What each account may still spend (posted credits less posted and pending debits), its row locked until the transaction ends; 0 for one that is not
   * open. Accounts are locked in the order of their numbers: ask for all at once.
   */
  async lockAvailable(tx: Tx, codes: readonly string[]): Promise<Map<string, bigint>> {
    const rows = await tx.query<{ code: string; available: bigint }>(
      `SELECT code, credits_posted - debits_posted - debits_pending AS available FROM accounts
       WHERE code = ANY($1) ORDER BY account_id FOR UPDATE`,
      [codes],
    );
    const moved = (await this.waiting.get(tx.outgoing))?.deltas;
    const written = new Map(rows.map((row) => [row.code, row.available]));
    return new Map(codes.map((code) => [code, (written.get(code) ?? 0n) + spendable(moved?.get(code))]));
  }

  /** What the sets name that is posted already: their own ids, what they end or correct, and which of those ended. */
  private async known(tx: Tx, orders: readonly TransferOrder[]) {
    if (orders.length === 0) return { transfers: new Map<string, Transfer>(), ended: new Set<string>() };
    const pending = orders.flatMap((order) => ('pendingId' in order ? [order.pendingId] : []));
    const corrected = orders.flatMap((order) => ('corrects' in order && order.corrects !== undefined ? [order.corrects] : []));
    const [rows, ended] = await Promise.all([
      tx.query<Row>(
        // Codes by subqueries: a join of thousands is planned as one with all accounts.
        `SELECT transfer_id, kind, phase, (SELECT code FROM accounts WHERE account_id = debit) AS debit, (SELECT code FROM accounts WHERE account_id = credit) AS credit,
           amount, pending_id, corrects, timeout_at
         FROM transfers WHERE transfer_id = ANY($1::text[])`,
        [textArray([...orders.map(({ id }) => id), ...pending, ...corrected])],
      ),
      pending.length
        ? tx.query<{ pending_id: string }>('SELECT pending_id FROM transfers WHERE pending_id = ANY($1::text[])', [textArray(pending)])
        : [],
    ]);
    const known = {
      transfers: new Map(rows.map((row) => [row.transfer_id, transferOf(row)])),
      ended: new Set(ended.map((row) => row.pending_id)),
    };
    for (const { transfer } of (await this.waiting.get(tx.outgoing))?.late ?? []) {
      known.transfers.set(transfer.id, transfer);
      if (transfer.pendingId !== undefined) known.ended.add(transfer.pendingId);
    }
    return known;
  }

  /** Adds the numbers of accounts that are open, where they are not there; answers the others, in the order of their names. */
  private async numberOpen(tx: Tx, codes: Iterable<string>, to: Map<string, number>): Promise<string[]> {
    const opening = this.opening.get(tx.outgoing);
    const missing: string[] = [];
    for (const code of codes) {
      if (to.has(code)) continue;
      const number = this.open.get(code) ?? opening?.get(code);
      if (number === undefined) missing.push(code);
      else to.set(code, number);
    }
    if (missing.length === 0) return missing;
    await this.find(tx, missing);
    return missing.sort().filter((code) => {
      const number = this.open.get(code);
      if (number !== undefined) to.set(code, number);
      return number === undefined;
    });
  }

  /** Opens accounts in the order of their names: a programme's `available` before its others, so that it is locked first. */
  private async openAll(tx: Tx, codes: readonly string[], to: Map<string, number>, now: number): Promise<void> {
    let opening = this.opening.get(tx.outgoing);
    if (!opening) {
      const opened = (opening = new Map<string, number>());
      this.opening.set(tx.outgoing, opened);
      tx.onceCommitted(() => opened.forEach((id, code) => this.open.set(code, id)));
    }
    for (const [code, id] of await openAccounts(tx, codes, now)) opening.set(code, id);
    // Opened by another meanwhile.
    await this.find(
      tx,
      codes.filter((code) => !opening.has(code)),
    );
    for (const code of codes) to.set(code, (opening.get(code) ?? this.open.get(code))!);
  }

  private async find(tx: Tx, codes: readonly string[]): Promise<void> {
    if (codes.length === 0) return;
    const rows = await tx.query<{ code: string; account_id: number }>('SELECT code, account_id FROM accounts WHERE code = ANY($1)', [
      codes,
    ]);
    for (const { code, account_id: id } of rows) this.open.set(code, id);
  }
}

/** @returns numbers of those that were not open yet */
async function openAccounts(tx: Tx, codes: readonly string[], now: number): Promise<[string, number][]> {
  const rules = codes.map((code) => accountRule(code)!);
  const opened = await tx.query<{ code: string; account_id: number }>(
    `INSERT INTO accounts (code, kind, currency, debits_limited, credits_limited, opened_at)
     SELECT u.*, $6::int8 FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bool[]) AS u
     ON CONFLICT (code) DO NOTHING RETURNING code, account_id`,
    [
      codes,
      rules.map((r) => r.kind),
      rules.map((r) => r.currency),
      rules.map((r) => r.debitsLimited),
      rules.map((r) => r.creditsLimited),
      now,
    ],
  );
  return opened.map((row) => [row.code, row.account_id]);
}

/** What it adds to what an account may spend. */
const spendable = (delta: Delta | undefined): bigint => (delta ? delta.creditsPosted - delta.debitsPosted - delta.debitsPending : 0n);

/** The set of each of the transfers, which are those of the sets' that are new, in the same order. */
function setsOf(fresh: readonly Transfer[], sets: readonly LinkedSet[]): LinkedSet[] {
  const of: LinkedSet[] = [];
  for (const set of sets) for (const { id } of set.orders) if (fresh[of.length]?.id === id) of.push(set);
  return of;
}

/** Of the accounts those that are not locked by themselves alone, and whose rows are locked before theirs. */
const lockedBefore = (codes: Iterable<string>): Set<string> => {
  const all = new Set<string>();
  for (const code of codes) {
    const locked = lockedWith(code);
    if (locked.length > 1) for (const one of locked) all.add(one);
  }
  return all;
};

/** By it what a linked set moved is found. A fault of the program: nobody from outside names either. */
function mustKeepTheirSubject(sets: readonly LinkedSet[]): void {
  for (const { journal, orders } of sets) {
    const subject = subjectOf(journal);
    const stray = orders.find(({ id }) => !id.startsWith(subject));
    if (stray && stray.id !== '') throw new Error(`transfer_must_be_about_what_its_set_is: ${stray.id} in ${journal}`);
  }
}

const transferOf = (row: Row): Transfer => ({
  id: row.transfer_id,
  kind: row.kind,
  phase: row.phase,
  debit: row.debit,
  credit: row.credit,
  amount: row.amount,
  pendingId: row.pending_id ?? undefined,
  corrects: row.corrects ?? undefined,
  timeoutAt: row.timeout_at === null ? undefined : Number(row.timeout_at),
});
