import { crc32 } from 'node:zlib';
import { finding, isDigestOf } from '#platform';
import type { Audit, AuditReader, Finding } from '#platform';
import { lineOf } from '../core/line.js';
import type { Phase, Transfer } from '../core/transfer.js';
import { markBytes } from '../postings.js';
import { wrongBalance, wrongBalances, wrongEntry } from './balances-audit.js';
import type { BalanceRow, EntryRow } from './balances-audit.js';
import { FollowedAccounts } from './followed-accounts.js';
import type { Followed, LastMove } from './followed-accounts.js';
import { difference, isAlike, shown } from './running-sums.js';
import type { Held, Moved, Sums } from './running-sums.js';

interface PostingRow {
  posting: bigint;
  batch: bigint;
  first_sequence: bigint;
  transfers: number;
  /** 0: recorded without balances, by an older version. */
  accounts: number;
  digest: Buffer;
  marks: Buffer;
}

interface TransferRow {
  batch: bigint;
  line: number;
  debit: number;
  credit: number;
  amount: bigint;
  timeout_at: bigint | null;
  phase: Phase;
  kind: string;
  transfer_id: string;
  journal: string;
  cause: string;
  pending_id: string | null;
  corrects: string | null;
}

const postingsAtOnce = 100;
/** Of several postings; one alone may have more (32,768). */
const transfersAtOnce = 20_000;

/** Posting by posting: its transfers against its digest, the sums that it left against all transfers up to it; at the end the accounts against both. */
export const ledgerAudit: Audit = {
  name: 'transfers, balances and their history',
  async *run(read) {
    const followed = new FollowedAccounts();
    try {
      yield* follow(read, followed);
      yield* checkAccounts(read, followed);
    } finally {
      followed.close();
    }
    yield* strays(read);
  },
};

async function* follow(read: AuditReader, followed: FollowedAccounts): AsyncGenerator<Finding> {
  let page: PostingRow[] = [];
  let [transfers, done, told] = [0, 0, 0];
  for await (const posting of read.rows<PostingRow>(
    'SELECT posting, batch, first_sequence, transfers, accounts, digest, marks FROM postings ORDER BY posting',
  )) {
    page.push(posting);
    transfers += posting.transfers;
    if (page.length < postingsAtOnce && transfers < transfersAtOnce) continue;
    yield* checkPostings(read, page, followed);
    done += page.length;
    [page, transfers] = [[], 0];
    if (done - told < postingsAtOnce * 100) continue;
    read.progress(`settlement: ${done} postings`);
    told = done;
  }
  yield* checkPostings(read, page, followed);
}

async function* checkPostings(read: AuditReader, postings: readonly PostingRow[], followed: FollowedAccounts): AsyncGenerator<Finding> {
  if (postings.length === 0) return;
  const transfers = await read.query<TransferRow>('SELECT * FROM transfers WHERE batch = ANY($1) ORDER BY batch, line', [
    postings.map(({ batch }) => batch),
  ]);
  const entries = await read.query<EntryRow>('SELECT * FROM entries WHERE posting = ANY($1)', [postings.map(({ posting }) => posting)]);
  const balances = await read.query<BalanceRow>(
    `SELECT batch, u.* FROM balances, unnest(accounts, debits_pending, debits_posted, credits_pending, credits_posted, before, moves)
       AS u (account_id, debits_pending, debits_posted, credits_pending, credits_posted, before, moves) WHERE batch = ANY($1)`,
    [postings.map(({ batch }) => batch)],
  );
  const pending = await pendingOf(read, transfers);
  followed.load(accountsOf([...transfers, ...pending.values()], [...entries, ...balances]));
  const balancesOf = Map.groupBy(balances, ({ batch }) => batch);
  const byBatch = Map.groupBy(transfers, ({ batch }) => batch);
  const byPosting = Map.groupBy(entries, ({ posting }) => posting);
  for (const posting of postings) {
    const rows = byBatch.get(posting.batch) ?? [];
    const wrong = [...wrongLines(posting, rows)];
    yield* wrong;
    const left = { balances: balancesOf.get(posting.batch) ?? [], entries: byPosting.get(posting.posting) ?? [] };
    yield* posting.accounts > 0
      ? wrongBalances(posting, followed.sums.add(rows.map(transferOf), rows, pending), left, followed, wrong.length > 0)
      : wrongEntries(posting, followed.sums.add(rows.map(transferOf), rows, pending), left.entries, followed, wrong.length > 0);
  }
}

/** What the transfers end: each is ended once. */
async function pendingOf(read: AuditReader, transfers: readonly TransferRow[]): Promise<Map<string, Held>> {
  const ended = transfers.flatMap(({ pending_id: id }) => id ?? []);
  if (ended.length === 0) return new Map();
  const rows = await read.query<Held & { transfer_id: string }>(
    `SELECT transfer_id, debit, credit, amount FROM transfers WHERE transfer_id = ANY($1::text[]) AND phase = 'pending'`,
    [ended],
  );
  return new Map(rows.map((row) => [row.transfer_id, row]));
}

function* accountsOf(
  transfers: readonly { readonly debit: number; readonly credit: number }[],
  left: readonly { readonly account_id: number }[],
): Generator<number> {
  for (const { debit, credit } of transfers) yield* [debit, credit];
  for (const { account_id: account } of left) yield account;
}

function* wrongLines(posting: PostingRow, rows: readonly TransferRow[]): Generator<Finding> {
  const { transfers, first_sequence: first, marks, digest } = posting;
  const lines = rows.map((row) => lineOf(transferOf(row), row));
  if (rows.length === transfers && isDigestOf(digest, lines.join(''))) {
    const misplaced = marks.length > 0 ? [...rows.entries()].filter(([at, { line }]) => line !== at) : [];
    for (const [at, { transfer_id: id, line }] of misplaced)
      yield wrongTransfer(first + BigInt(at), id, 'out_of_order', `its line in posting ${posting.posting} is ${line}`);
    return;
  }
  const named = marks.length === transfers * markBytes ? [...markedLines(posting, rows, lines)] : [];
  yield* named;
  // Nothing tells which: it has no marks, or they were changed with it.
  if (named.length === 0) {
    const [from, to] = [first, first + BigInt(rows.at(-1)?.line ?? 0)];
    yield wrongTransfer(
      from,
      '',
      rows.length < transfers ? 'missing' : 'changed',
      `sequences ${from} to ${to} of posting ${posting.posting} are not what was posted`,
    );
  }
}

function* markedLines(posting: PostingRow, rows: readonly TransferRow[], lines: readonly string[]): Generator<Finding> {
  const byLine = Map.groupBy(rows.keys(), (at) => rows[at]!.line);
  for (let line = 0; line < posting.transfers; line += 1) {
    const sequence = posting.first_sequence + BigInt(line);
    const [at, ...more] = byLine.get(line) ?? [];
    byLine.delete(line);
    const mark = posting.marks.readUInt32BE(line * markBytes);
    if (at === undefined) yield wrongTransfer(sequence, '', 'missing', `posting ${posting.posting} has ${posting.transfers} transfers`);
    else if (crc32(lines[at]!) !== mark)
      yield wrongTransfer(sequence, rows[at]!.transfer_id, 'changed', `it is not what posting ${posting.posting} recorded`);
    for (const other of more)
      yield wrongTransfer(sequence, rows[other]!.transfer_id, 'never_sealed', `posting ${posting.posting} has another there`);
  }
  for (const [line, ats] of byLine)
    for (const at of ats)
      yield wrongTransfer(
        posting.first_sequence + BigInt(line),
        rows[at]!.transfer_id,
        'never_sealed',
        `posting ${posting.posting} has no such line`,
      );
}

/**
 * Of each account the entry must be the sums up to here. Where transfers are damaged the entry is all that is left of them, and is taken; so it is where it
 * follows rightly from the entry before, which then was said to be wrong.
 */
function* wrongEntries(
  { posting }: PostingRow,
  moved: ReadonlyMap<number, Moved>,
  entries: readonly EntryRow[],
  { sums, stored, older }: FollowedAccounts,
  isDamaged: boolean,
): Generator<Finding> {
  const byAccount = new Map<number, EntryRow>();
  for (const entry of entries) {
    if (byAccount.has(entry.account_id)) yield wrongEntry(entry.account_id, posting, 'doubled', 'one posting leaves one entry');
    else byAccount.set(entry.account_id, entry);
  }
  for (const [account, { was, is }] of moved) {
    const entry = byAccount.get(account);
    if (!entry && isDamaged) sums.take(account, was);
    else if (!entry) yield wrongEntry(account, posting, 'missing', 'its transfers moved the account');
    else if (!isAlike(entry, is)) {
      const before = stored.get(account);
      if (isDamaged || (before && isAlike(difference(entry, before), difference(is, was)))) sums.take(account, entry);
      else yield wrongEntry(account, posting, 'sum_differs', `${shown(entry)} instead of ${shown(is)}`);
    }
  }
  for (const account of new Set([...moved.keys(), ...byAccount.keys()])) older.add(account);
  for (const [account, entry] of byAccount) {
    stored.set(account, entry);
    if (moved.has(account)) continue;
    if (isDamaged) sums.take(account, entry);
    else yield wrongEntry(account, posting, 'never_sealed', 'no transfer of the posting moved the account');
  }
}

interface AccountRow extends Sums {
  account_id: number;
  code: string;
  last_batch: bigint | null;
  moves: bigint;
}

/** An account has the sums of all transfers, and knows which posting moved it last and how often it was moved: by that the next entry is due. */
async function* checkAccounts(read: AuditReader, followed: FollowedAccounts): AsyncGenerator<Finding> {
  const all = followed.all();
  let next = all.next();
  for await (const account of read.rows<AccountRow>('SELECT * FROM accounts ORDER BY account_id')) {
    for (; !next.done && next.value.account < account.account_id; next = all.next()) yield* lost(next.value);
    const found = !next.done && next.value.account === account.account_id ? next.value : undefined;
    yield* wrongSums(account, found?.sums ?? noSums, found?.last ?? { batch: null, moves: 0n });
    if (found) next = all.next();
  }
  for (; !next.done; next = all.next()) yield* lost(next.value);
}

function* lost({ account, isMoved }: Followed): Generator<Finding> {
  if (isMoved) yield wrongAccount(account, 'missing', 'transfers moved it');
}

const noSums: Sums = { debits_pending: 0n, debits_posted: 0n, credits_pending: 0n, credits_posted: 0n };

function* wrongSums(account: AccountRow, expected: Sums, last: LastMove): Generator<Finding> {
  const { account_id: id, code, last_batch: batch, moves } = account;
  if (!isAlike(account, expected)) yield wrongAccount(id, 'sum_differs', `${code} has ${shown(account)} instead of ${shown(expected)}`);
  else if (batch !== last.batch || moves !== last.moves)
    yield wrongAccount(
      id,
      'changed',
      `${code} has ${moves} movements, the last by batch ${batch}, instead of ${last.moves}, the last by ${last.batch}`,
    );
}

const wrongAccount = (account: number, wrong: Finding['wrong'], detail: string): Finding =>
  finding('settlement', 'accounts', String(account), wrong, detail);

async function* strays(read: AuditReader): AsyncGenerator<Finding> {
  for await (const { batch, transfer_id: id } of read.rows<{ batch: bigint; transfer_id: string }>(
    'SELECT batch, transfer_id FROM transfers t WHERE NOT EXISTS (SELECT FROM postings p WHERE p.batch = t.batch) ORDER BY batch, line',
  ))
    yield finding('settlement', 'transfers', id, 'never_sealed', `batch ${batch} is of no posting`);
  for await (const { account_id: account, posting } of read.rows<{ account_id: number; posting: bigint }>(
    'SELECT account_id, posting FROM entries e WHERE NOT EXISTS (SELECT FROM postings p WHERE p.posting = e.posting) ORDER BY posting, account_id',
  ))
    yield wrongEntry(account, posting, 'never_sealed', 'there is no such posting');
  for await (const { batch } of read.rows<{ batch: bigint }>(
    'SELECT batch FROM balances b WHERE NOT EXISTS (SELECT FROM postings p WHERE p.batch = b.batch AND p.accounts > 0) ORDER BY batch',
  ))
    yield wrongBalance(batch, 'never_sealed', 'it is of no posting');
}

const transferOf = (row: TransferRow): Transfer => ({
  ...{ id: row.transfer_id, kind: row.kind, phase: row.phase, debit: String(row.debit), credit: String(row.credit), amount: row.amount },
  ...(row.pending_id !== null && { pendingId: row.pending_id }),
  ...(row.corrects !== null && { corrects: row.corrects }),
  ...(row.timeout_at !== null && { timeoutAt: Number(row.timeout_at) }),
});

const wrongTransfer = (sequence: bigint, id: string, wrong: Finding['wrong'], detail: string): Finding =>
  finding('settlement', 'transfers', id === '' ? String(sequence) : `${sequence}, ${id}`, wrong, detail);
