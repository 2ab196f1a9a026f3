import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { RunningSums } from './running-sums.js';
import type { Sums } from './running-sums.js';

/** By which posting an account was moved last, and how often. */
export interface LastMove {
  readonly batch: bigint | null;
  readonly moves: bigint;
}

export interface Followed {
  readonly account: number;
  readonly isMoved: boolean;
  readonly sums: Sums;
  readonly last: LastMove;
}

interface Row {
  readonly account_id: bigint;
  /** A transfer moved it: not only a balance names it. */
  readonly has_sums: bigint;
  readonly debits_pending: bigint;
  readonly debits_posted: bigint;
  readonly credits_pending: bigint;
  readonly credits_posted: bigint;
  readonly has_stored: bigint;
  readonly stored_debits_pending: bigint;
  readonly stored_debits_posted: bigint;
  readonly stored_credits_pending: bigint;
  readonly stored_credits_posted: bigint;
  readonly batch: bigint | null;
  readonly moves: bigint;
  readonly older: bigint;
}

const nothing: Sums = { debits_pending: 0n, debits_posted: 0n, credits_pending: 0n, credits_posted: 0n };
const noMove: LastMove = { batch: null, moves: 0n };

/**
 * Each account as its transfers make it, as what its last posting left has it, and by which posting it was moved last, and how often: in a file, and of the
 * accounts that some postings move in memory while these are looked at. A ledger has more accounts than memory holds.
 */
export class FollowedAccounts {
  sums = new RunningSums();
  readonly stored = new Map<number, Sums>();
  readonly moved = new Map<number, LastMove>();
  /** Accounts that have entries without balances: what moved them before their first balance is not told there. */
  readonly older = new Set<number>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'exchange-audit-'));
  private readonly file = new DatabaseSync(join(this.folder, 'accounts'));
  private readonly one: StatementSync;
  private readonly put: StatementSync;

  constructor() {
    const columns = 'debits_pending, debits_posted, credits_pending, credits_posted';
    const stored = columns.replaceAll(/\w+/g, 'stored_$&');
    this.file.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
      CREATE TABLE followed (account_id INTEGER PRIMARY KEY, has_sums, ${columns}, has_stored, ${stored}, batch, moves, older)`);
    this.one = this.file.prepare('SELECT * FROM followed WHERE account_id = ?');
    this.one.setReadBigInts(true);
    this.put = this.file.prepare(`INSERT OR REPLACE INTO followed VALUES (${Array(14).fill('?').join(', ')})`);
  }

  /** These and no others are looked at from here on. */
  load(accounts: Iterable<number>): void {
    this.save();
    for (const account of new Set(accounts)) {
      const row = this.one.get(account) as Row | undefined;
      if (!row) continue;
      if (row.has_sums) this.sums.take(account, row);
      if (row.has_stored) this.stored.set(account, storedOf(row));
      if (row.moves > 0n) this.moved.set(account, { batch: row.batch, moves: row.moves });
      if (row.older) this.older.add(account);
    }
  }

  /** All of them, by their numbers; nothing is loaded then. */
  *all(): Generator<Followed> {
    this.save();
    const each = this.file.prepare('SELECT * FROM followed ORDER BY account_id');
    each.setReadBigInts(true);
    for (const row of each.iterate() as Iterable<unknown> as Iterable<Row>)
      yield {
        ...{ account: Number(row.account_id), isMoved: row.has_sums > 0n, sums: row },
        last: row.moves > 0n ? { batch: row.batch, moves: row.moves } : noMove,
      };
  }

  close(): void {
    this.file.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private save(): void {
    this.file.exec('BEGIN');
    for (const account of new Set([...this.sums.accounts(), ...this.stored.keys(), ...this.moved.keys(), ...this.older])) {
      const hasSums = this.sums.has(account) ? 1 : 0;
      const [sums, stored, last] = [this.sums.of(account), this.stored.get(account), this.moved.get(account) ?? noMove];
      const isOlder = this.older.has(account) ? 1 : 0;
      this.put.run(account, hasSums, ...four(sums), stored ? 1 : 0, ...four(stored ?? nothing), last.batch, last.moves, isOlder);
    }
    this.file.exec('COMMIT');
    this.sums = new RunningSums();
    for (const one of [this.stored, this.moved, this.older]) one.clear();
  }
}

const four = (sums: Sums): [bigint, bigint, bigint, bigint] => [
  sums.debits_pending,
  sums.debits_posted,
  sums.credits_pending,
  sums.credits_posted,
];

const storedOf = (row: Row): Sums => ({
  debits_pending: row.stored_debits_pending,
  debits_posted: row.stored_debits_posted,
  credits_pending: row.stored_credits_pending,
  credits_posted: row.stored_credits_posted,
});
