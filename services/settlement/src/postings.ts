import { Injectable } from '@nestjs/common';
import { crc32 } from 'node:zlib';
import { conflict, CopyRows, Cryptography, int4Array, int8Array, numberArray } from '#platform';
import type { Tx } from '#platform';
import { lineOf } from './core/line.js';
import type { Delta, LinkedSet, Transfer } from './core/transfer.js';

/** Lines that one posting may have; a transfer's sequence leaves room for so many. */
export const linesMax = 32_768;
/** Bytes of a posting's marks for each of its lines. */
export const markBytes = 4;
/** Numbers of batches that are taken at once: they only tell batches apart, and what a crash leaves over is no loss. */
const batchesTaken = 256;

/** The limits of an account and of a transfer, in the words of the rule that PostgreSQL names. */
const limits = new Set([
  'debits_must_not_exceed_credits',
  'credits_must_not_exceed_debits',
  'pending_transfer_must_not_have_ended',
  'transfer_id_must_not_be_reused',
]);

/** What most lines have room in. */
const bytesOfLine = 128;
const columns = 'batch, line, debit, credit, amount, timeout_at, phase, kind, transfer_id, journal, cause, pending_id, corrects';
const recordTransfers = `COPY transfers (${columns}) FROM STDIN (FORMAT binary)`;
const moveAccounts = 'SELECT move_accounts($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)';

/** Transfers that are new, the set of each, and the numbers of the accounts that they name. */
export interface Recorded {
  readonly transfers: readonly Transfer[];
  readonly setOf: readonly LinkedSet[];
  readonly accounts: ReadonlyMap<string, number>;
}

/** What moves when a posting is closed: what its transfers add to each account, the accounts' numbers, those that are locked before all others, and milliseconds. */
export interface Moved {
  readonly deltas: ReadonlyMap<string, Delta>;
  readonly accounts: ReadonlyMap<string, number>;
  readonly lockedFirst: ReadonlySet<string>;
  readonly madeAt: number;
}

/** Lines in UTF-8, one after the other. */
class Lines {
  private bytes = Buffer.allocUnsafe(0);
  private at = 0;

  /** Room for so many more, of the usual length. */
  expect(lines: number): void {
    const wanted = this.at + lines * bytesOfLine;
    if (wanted > this.bytes.length) this.bytes = Buffer.concat([this.all()], wanted);
  }

  /** @returns the line's bytes */
  add(line: string): Buffer {
    // Three bytes a UTF-16 unit are the most that there can be.
    if (this.at + 3 * line.length > this.bytes.length) this.bytes = Buffer.concat([this.all()], 2 * this.bytes.length + 3 * line.length);
    const from = this.at;
    this.at += this.bytes.write(line, from);
    return this.bytes.subarray(from, this.at);
  }

  all(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}

/** A posting under way: its number, and of its transfers so far the lines and marks. */
export class OpenPosting {
  readonly lines = new Lines();
  readonly marks: Buffer[] = [];
  transfers = 0;

  constructor(readonly batch: bigint) {}
}

/** Writes what the ledger has judged: transfers as they come, their accounts when the posting is closed. */
@Injectable()
export class Postings {
  private batches: bigint[] = [];

  constructor(private readonly cryptography: Cryptography) {}

  async open(tx: Tx): Promise<OpenPosting> {
    while (this.batches.length === 0) {
      const rows = await tx.query<{ batch: bigint }>(`SELECT nextval('batch_numbers') AS batch FROM generate_series(1, ${batchesTaken})`);
      this.batches.push(...rows.map(({ batch }) => batch).reverse());
    }
    return new OpenPosting(this.batches.pop()!);
  }

  /** Sends the transfers, which lock no account. Where one breaks a rule the transaction throws Refusal conflict, named as that rule. */
  record(tx: Tx, posting: OpenPosting, recorded: Recorded): void {
    if (posting.transfers + recorded.transfers.length > linesMax)
      throw new Error(`posting_must_fit_its_lines: ${posting.transfers + recorded.transfers.length} transfers`);
    tx.unawaited(tx.copy(recordTransfers, rowsOf(posting, recorded)).catch(namedAsTheRule));
  }

  /**
   * Moves the accounts of what is recorded: of two who end one pending transfer the second has learnt that, and not that a sum would fall below zero; and accounts
   * that many move are locked for the shortest time. All goes out at once, and the commit may go out behind it: where a limit is broken the transaction
   * throws Refusal conflict, named as that limit.
   */
  close(tx: Tx, posting: OpenPosting, moved: Moved): void {
    tx.unawaited(Promise.all([lockFirst(tx, moved), this.move(tx, posting, moved)]).catch(namedAsTheRule));
  }

  private move(tx: Tx, { batch, lines, marks, transfers }: OpenPosting, { deltas, accounts, madeAt }: Moved): Promise<unknown> {
    const { numbers, moves } = inOrder(deltas, accounts);
    return tx.query(moveAccounts, [
      int4Array(numbers),
      int8Array(moves.map(({ debitsPending }) => debitsPending)),
      int8Array(moves.map(({ debitsPosted }) => debitsPosted)),
      int8Array(moves.map(({ creditsPending }) => creditsPending)),
      int8Array(moves.map(({ creditsPosted }) => creditsPosted)),
      batch,
      transfers,
      madeAt,
      this.cryptography.digest(lines.all()),
      marks.length === 1 ? marks[0] : Buffer.concat(marks),
    ]);
  }
}

/** Accounts in the order of their numbers, which is that in which they are locked. */
function inOrder(deltas: Moved['deltas'], accounts: Moved['accounts']): { numbers: number[]; moves: Delta[] } {
  const unordered = [...deltas.values()];
  // A number and a place in one, since numbers alone are sorted ten times as fast as what a function compares.
  const places = 2 ** 20;
  const keys = Float64Array.from(deltas.keys(), (code, nth) => accounts.get(code)! * places + nth).sort();
  return {
    numbers: Array.from(keys, (key) => Math.floor(key / places)),
    moves: Array.from(keys, (key) => unordered[key % places]!),
  };
}

/** Of a programme's accounts its `available` goes first, moved or not. */
function lockFirst(tx: Tx, { accounts, lockedFirst }: Moved): Promise<unknown> | undefined {
  if (lockedFirst.size === 0) return undefined;
  return tx.query('SELECT FROM accounts WHERE account_id = ANY($1::int4[]) ORDER BY account_id FOR UPDATE', [
    numberArray([...lockedFirst].map((code) => accounts.get(code)!)),
  ]);
}

/** Transfers as they are copied; what the posting's row says of them is added to the posting. */
function rowsOf(posting: OpenPosting, { transfers, accounts, setOf }: Recorded): Buffer {
  const { batch, lines } = posting;
  const marks = Buffer.allocUnsafe(transfers.length * markBytes);
  const rows = new CopyRows(13, transfers.length);
  lines.expect(transfers.length);
  for (const [nth, transfer] of transfers.entries()) {
    const { id, phase, kind, amount, timeoutAt, pendingId, corrects } = transfer;
    const { journal, cause } = setOf[nth]!;
    const [debit, credit] = [accounts.get(transfer.debit)!, accounts.get(transfer.credit)!];
    const line = lines.add(lineOf(transfer, { debit, credit, journal, cause }));
    marks.writeUInt32BE(crc32(line), nth * markBytes);
    rows.row();
    rows.int8(batch);
    rows.int2(posting.transfers + nth);
    rows.int4(debit);
    rows.int4(credit);
    rows.int8(amount);
    if (timeoutAt === undefined) rows.null();
    else rows.int8(BigInt(timeoutAt));
    for (const text of [phase, kind, id, journal, cause]) rows.text(text);
    for (const text of [pendingId, corrects])
      if (text === undefined) rows.null();
      else rows.text(text);
  }
  posting.marks.push(marks);
  posting.transfers += transfers.length;
  return rows.end();
}

/** @throws Refusal conflict for a limit that was reached, else what it was given */
function namedAsTheRule(error: unknown): never {
  const { constraint } = error as { constraint?: string };
  if (constraint === undefined || !limits.has(constraint)) throw error;
  throw conflict(constraint, (error as Error).message);
}
