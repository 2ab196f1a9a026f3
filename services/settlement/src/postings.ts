import { Injectable } from '@nestjs/common';
import { crc32 } from 'node:zlib';
import { conflict, Cryptography, numberArray, textArray } from '#platform';
import type { Tx } from '#platform';
import { lockedWith } from './core/account.js';
import { lineOf } from './core/line.js';
import type { Delta, LinkedSet, Transfer } from './core/transfer.js';

/** Lines that one posting may have; a transfer's sequence leaves room for so many. */
export const linesMax = 32_768;
/** Bytes of a posting's marks for each of its lines. */
export const markBytes = 4;

/** The limits of an account and of a transfer, in the words of the rule that PostgreSQL names. */
const limits = new Set([
  'debits_must_not_exceed_credits',
  'credits_must_not_exceed_debits',
  'pending_transfer_must_not_have_ended',
  'transfer_id_must_not_be_reused',
]);

const recordTransfers = `INSERT INTO transfers (batch, line, debit, credit, amount, timeout_at, phase, kind, transfer_id, journal, cause, pending_id, corrects)
  SELECT b.number, u.nth - 1, u.debit, u.credit, u.amount, u.timeout_at, u.phase, u.kind, u.id, u.journal, u.cause, u.pending_id, u.corrects
  FROM (SELECT nextval('batch_numbers') AS number) b,
    unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
      WITH ORDINALITY AS u (debit, credit, amount, timeout_at, phase, kind, id, journal, cause, pending_id, corrects, nth)`;

/** Accounts come in order, so that an account's differences stand where its number stands among them. */
const at = 'width_bucket(account_id, $1::int4[])';
const moveAccounts = `WITH moved AS MATERIALIZED (
    UPDATE accounts SET
      debits_pending = debits_pending + ($2::int8[])[${at}], debits_posted = debits_posted + ($3::int8[])[${at}],
      credits_pending = credits_pending + ($4::int8[])[${at}], credits_posted = credits_posted + ($5::int8[])[${at}]
    WHERE account_id = ANY($1::int4[])
    RETURNING account_id, debits_pending, debits_posted, credits_pending, credits_posted
  ), numbered AS MATERIALIZED (
    SELECT nextval('posting_numbers') AS posting, accounts FROM (SELECT count(*) AS accounts FROM moved) m
  ), entered AS (
    INSERT INTO entries (account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted)
    SELECT m.account_id, n.posting, m.debits_pending, m.debits_posted, m.credits_pending, m.credits_posted FROM numbered n, moved m
  ), recorded AS (
    INSERT INTO postings (posting, batch, first_sequence, transfers, made_at, digest, marks)
    SELECT posting, currval('batch_numbers'), posting * ${linesMax}, $6::int4, $7::int8, $8::bytea, $9::bytea FROM numbered
  )
  SELECT accounts FROM numbered`;

/** What is recorded at once: transfers, what they add to each account, and what the accounts' numbers and the transfers' sets are. */
export interface Posting {
  readonly transfers: readonly Transfer[];
  readonly deltas: ReadonlyMap<string, Delta>;
  readonly accounts: ReadonlyMap<string, number>;
  readonly setOf: ReadonlyMap<string, LinkedSet>;
  /** Milliseconds. */
  readonly madeAt: number;
}

/** None where all are null: what is too short is filled up with null. */
const someOf = <T>(values: (T | null)[]): (T | null)[] => (values.every((value) => value === null) ? [] : values);

/** Writes what the ledger has judged. */
@Injectable()
export class Postings {
  constructor(private readonly cryptography: Cryptography) {}

  /**
   * Records the transfers first, then moves their accounts: of two who end one pending transfer the second learns that, and not that a sum would fall below
   * zero; and accounts that many move are locked for the shortest time. All goes out at once.
   * @throws Refusal conflict, named as the rule that is broken
   */
  async write(tx: Tx, posting: Posting): Promise<void> {
    if (posting.transfers.length > linesMax) throw new Error(`posting_must_fit_its_lines: ${posting.transfers.length} transfers`);
    const moves = [...posting.deltas]
      .map(([code, delta]) => ({ id: posting.accounts.get(code)!, delta }))
      .sort((one, other) => one.id - other.id);
    try {
      const locked = this.lockFirst(tx, posting);
      const recorded = this.record(tx, posting);
      const [, , [moved]] = await Promise.all([locked, recorded.written, this.move(tx, moves, posting, recorded)]);
      if (Number(moved!.accounts) !== moves.length)
        throw new Error(`account_must_be_open: ${moves.length - Number(moved!.accounts)} of ${[...posting.deltas.keys()].join(', ')}`);
    } catch (error) {
      const constraint = (error as { constraint?: string }).constraint;
      if (constraint === undefined || !limits.has(constraint)) throw error;
      throw conflict(constraint, (error as Error).message);
    }
  }

  /** Of a programme's accounts its `available` goes first, moved or not. */
  private lockFirst(tx: Tx, { deltas, accounts }: Posting): Promise<unknown> | undefined {
    const codes = [...deltas.keys()];
    if (!codes.some((code) => lockedWith(code).length > 1)) return undefined;
    const wanted = codes.flatMap(lockedWith);
    return tx.query('SELECT FROM accounts WHERE account_id = ANY($1::int4[]) ORDER BY account_id FOR UPDATE', [
      numberArray([...new Set(wanted)].map((code) => accounts.get(code)!)),
    ]);
  }

  private record(tx: Tx, { transfers, accounts, setOf }: Posting): { written: Promise<unknown>; digest: Buffer; marks: Buffer } {
    const marks = Buffer.allocUnsafe(transfers.length * markBytes);
    const debits: number[] = [];
    const credits: number[] = [];
    const journals: string[] = [];
    const causes: string[] = [];
    let lines = '';
    for (const [nth, transfer] of transfers.entries()) {
      const { journal, cause } = setOf.get(transfer.id)!;
      const [debit, credit] = [accounts.get(transfer.debit)!, accounts.get(transfer.credit)!];
      const line = lineOf(transfer, { debit, credit, journal, cause });
      marks.writeUInt32BE(crc32(line), nth * markBytes);
      lines += line;
      debits.push(debit);
      credits.push(credit);
      journals.push(journal);
      causes.push(cause);
    }
    const written = tx.query(recordTransfers, [
      numberArray(debits),
      numberArray(credits),
      numberArray(transfers.map(({ amount }) => amount)),
      numberArray(someOf(transfers.map(({ timeoutAt }) => timeoutAt ?? null))),
      textArray(transfers.map(({ phase }) => phase)),
      textArray(transfers.map(({ kind }) => kind)),
      textArray(transfers.map(({ id }) => id)),
      textArray(journals),
      textArray(causes),
      textArray(someOf(transfers.map(({ pendingId }) => pendingId ?? null))),
      textArray(someOf(transfers.map(({ corrects }) => corrects ?? null))),
    ]);
    return { written, digest: this.cryptography.digest(lines), marks };
  }

  private move(
    tx: Tx,
    moves: readonly { id: number; delta: Delta }[],
    { transfers, madeAt }: Posting,
    { digest, marks }: { digest: Buffer; marks: Buffer },
  ): Promise<{ accounts: bigint }[]> {
    return tx.query(moveAccounts, [
      numberArray(moves.map(({ id }) => id)),
      numberArray(moves.map(({ delta }) => delta.debitsPending)),
      numberArray(moves.map(({ delta }) => delta.debitsPosted)),
      numberArray(moves.map(({ delta }) => delta.creditsPending)),
      numberArray(moves.map(({ delta }) => delta.creditsPosted)),
      transfers.length,
      madeAt,
      digest,
      marks,
    ]);
  }
}
