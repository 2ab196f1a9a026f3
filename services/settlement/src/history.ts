import { Injectable } from '@nestjs/common';
import { TransferPhase } from '#contracts';
import type { BalanceAt, GetAccountBalanceRequest, LedgerTransfer, ListTransfersRequest, ListTransfersResponse } from '#contracts';
import { absent, Clock, Database, has, invalid, nextPage, pageOf } from '#platform';
import type { Call } from '#platform';
import { subjectOf } from './core/line.js';
import type { Phase } from './core/transfer.js';
import { accountsOf, before, participantAsked } from './list.js';

interface TransferRow {
  transfer_id: string;
  sequence: bigint;
  journal: string;
  kind: string;
  phase: Phase;
  debit_account: string;
  credit_account: string;
  amount: bigint;
  pending_id: string | null;
  corrects: string | null;
  cause: string;
  made_at: bigint;
}

interface EntryRow {
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
  made_at: bigint;
}

const phases: Record<Phase, TransferPhase> = {
  single: TransferPhase.SINGLE,
  pending: TransferPhase.PENDING,
  post: TransferPhase.POST,
  void: TransferPhase.VOID,
  timeout: TransferPhase.TIMEOUT,
};

const columns = `t.transfer_id, p.first_sequence + t.line AS sequence, t.journal, t.kind, t.phase, d.code AS debit_account, c.code AS credit_account,
  t.amount, t.pending_id, t.corrects, t.cause, p.made_at`;
const withCodes = 'JOIN accounts d ON d.account_id = t.debit JOIN accounts c ON c.account_id = t.credit';
/** $1: those whose transfers are shown, null for all; $2: one of theirs, or null; $3: kind, or ''; $4: below this sequence; $5: at most. */
const shown = `($1::int4[] IS NULL OR t.debit = ANY($1) OR t.credit = ANY($1)) AND ($2::int4 IS NULL OR t.debit = $2 OR t.credit = $2)
  AND ($3 = '' OR t.kind = $3) AND p.first_sequence + t.line < $4::int8`;

/** The newest come from the postings, one after the other, until there are enough. */
const newestOf = (postings: string): string =>
  `SELECT ${columns} FROM (${postings}) p CROSS JOIN LATERAL (SELECT * FROM transfers t WHERE t.batch = p.batch AND ${shown}) t ${withCodes}
   ORDER BY p.posting DESC, t.line DESC LIMIT $5`;
const ofAll = newestOf(
  'SELECT posting, batch, first_sequence, made_at FROM postings WHERE first_sequence < $4::int8 ORDER BY posting DESC',
);
const ofPostings = newestOf('SELECT posting, batch, first_sequence, made_at FROM postings WHERE posting = ANY($6::int8[])');
/** The postings that moved each of some accounts ($1), the newest below one ($2), at most so many ($3). */
const movedBy = `SELECT number, array_agg(e.posting ORDER BY e.posting DESC) AS postings FROM unnest($1::int4[]) number CROSS JOIN LATERAL entries_of(number, $2, $3) e GROUP BY number`;
/** Transactions that may be under way at once: postings whose moment was taken in another order than their numbers. */
const crossingMax = 1_000;
const ofJournal = `SELECT ${columns} FROM transfers t JOIN postings p USING (batch) ${withCodes}
  WHERE t.transfer_id >= $6 AND t.transfer_id < $6 || chr(1114111) AND t.journal = $7 AND ${shown} ORDER BY p.posting DESC, t.line DESC LIMIT $5`;

/** What was recorded, and what balances were: the ledger's past. */
@Injectable()
export class History {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async transfers(request: ListTransfersRequest, call: Call): Promise<ListTransfersResponse> {
    const { limit, after } = pageOf(request.page);
    const { account, kind, journal } = request;
    const participantId = participantAsked(call, request.participantId);
    const owned = participantId === 0 ? [] : accountsOf(participantId);
    const numbers = await this.numbers([...owned, account]);
    const ofOwner = participantId === 0 ? null : owned.flatMap((code) => numbers.get(code) ?? []);
    const one = account === '' ? null : (numbers.get(account) ?? 0);
    const asked = [ofOwner, one, kind, before(after), limit + 1];
    const moving = one === null ? ofOwner : [one];
    const found = await (journal !== ''
      ? this.db.query<TransferRow>(ofJournal, [...asked, subjectOf(journal), journal])
      : moving === null
        ? this.db.query<TransferRow>(ofAll, asked)
        : this.ofAccounts(asked, moving, before(after), limit + 1));
    const { rows, page } = nextPage(found, limit, (row) => [row.sequence]);
    const seesCause = has(call, 'operator', 'regulator');
    return { transfers: rows.map((row) => transferOf(row, seesCause)), page };
  }

  /** What an account's sums were once all that was posted up to a moment was: those that its last posting up to then left. */
  async balance({ code, at }: GetAccountBalanceRequest, call: Call): Promise<BalanceAt> {
    const participantId = participantAsked(call, 0);
    if (participantId !== 0 && !accountsOf(participantId).includes(code)) throw absent(`account ${code}`);
    if (at > this.clock.now()) throw invalid('at', 'time_must_not_be_ahead', 'what is not posted yet has no balance');
    const moment = at || this.clock.now();
    const [account] = await this.db.query<{ account_id: number }>('SELECT account_id FROM accounts WHERE code = $1 AND opened_at <= $2', [
      code,
      moment,
    ]);
    if (!account) throw absent(`account ${code}`);
    const row: Partial<EntryRow> = (await this.entryAt(account.account_id, moment)) ?? {};
    const [debitsPosted, creditsPosted] = [row.debits_posted ?? 0n, row.credits_posted ?? 0n];
    return {
      code,
      at: moment,
      debitsPending: row.debits_pending ?? 0n,
      debitsPosted,
      creditsPending: row.credits_pending ?? 0n,
      creditsPosted,
      balance: creditsPosted - debitsPosted,
      movedAt: Number(row.made_at ?? 0n),
    };
  }

  /** Those that the newest postings of the accounts made: as many postings of each account at a time as rows are wanted, since each made one at least. */
  private async ofAccounts(asked: readonly unknown[], accounts: readonly number[], below: bigint, wanted: number): Promise<TransferRow[]> {
    const [from] = await this.db.query<{ posting: bigint }>(
      'SELECT posting + 1 AS posting FROM postings WHERE first_sequence < $1 ORDER BY first_sequence DESC LIMIT 1',
      [below],
    );
    const found: TransferRow[] = [];
    for (let under = from?.posting; under !== undefined && found.length < wanted;) {
      const moved = await this.db.query<{ postings: bigint[] }>(movedBy, [accounts, under, wanted]);
      // Below the last of a list that was cut there may be more of its account.
      const cut = moved.filter(({ postings }) => postings.length === wanted).map(({ postings }) => postings.at(-1)!);
      const horizon = cut.length > 0 ? cut.reduce((one, other) => (one > other ? one : other)) : 0n;
      const postings = [...new Set(moved.flatMap((one) => one.postings))].filter((posting) => posting >= horizon);
      found.push(...(await this.db.query<TransferRow>(ofPostings, [...asked, postings])));
      under = cut.length > 0 ? horizon : undefined;
    }
    return found.slice(0, wanted);
  }

  /**
   * The sums that the account's last posting up to a moment left. A posting's moment is taken before its accounts are locked and its number after, so the newest
   * by moment need not have the highest number.
   */
  private async entryAt(account: number, moment: number): Promise<EntryRow | undefined> {
    const [last] = await this.db.query<{ posting: bigint | null }>(
      `SELECT max(posting) AS posting FROM (SELECT posting FROM postings WHERE made_at <= $1 ORDER BY made_at DESC LIMIT ${crossingMax}) p`,
      [moment],
    );
    for (let below = last!.posting === null ? 0n : last!.posting + 1n; ;) {
      const [entry] = await this.db.query<EntryRow & { posting: bigint }>(
        'SELECT e.*, p.made_at FROM entries_of($1, $2, 1) e JOIN postings p USING (posting)',
        [account, below],
      );
      if (!entry || entry.made_at <= moment) return entry;
      below = entry.posting;
    }
  }

  private async numbers(codes: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.db.query<{ code: string; account_id: number }>('SELECT code, account_id FROM accounts WHERE code = ANY($1)', [
      codes,
    ]);
    return new Map(rows.map((row) => [row.code, row.account_id]));
  }
}

/** Who caused it is for the operator and the regulator. */
const transferOf = (row: TransferRow, seesCause: boolean): LedgerTransfer => ({
  transferId: row.transfer_id,
  sequence: Number(row.sequence),
  journal: row.journal,
  debitAccount: row.debit_account,
  creditAccount: row.credit_account,
  amount: row.amount,
  phase: phases[row.phase],
  pendingId: row.pending_id ?? '',
  corrects: row.corrects ?? '',
  kind: row.kind,
  cause: seesCause ? row.cause : '',
  madeAt: Number(row.made_at),
});
