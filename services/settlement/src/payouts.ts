import { Injectable } from '@nestjs/common';
import { CreatePayoutsResponse, Payout, PayoutState } from '#contracts';
import type {
  ConfirmPayoutRequest,
  CreatePayoutsRequest,
  GetPayoutRequest,
  ListPayoutsRequest,
  ListPayoutsResponse,
  ReturnPayoutRequest,
} from '#contracts';
import { absent, Clock, conflict, Database, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { income, receivable } from './core/account.js';
import { wholeFen } from './core/bank-file.js';
import type { TransferOrder } from './core/transfer.js';
import { actorOf } from './dispute.rows.js';
import { earningColumns, earningOf, Earnings } from './earnings.js';
import type { EarningRow } from './earnings.js';
import { Freezes, lockPayouts } from './freezes.js';
import { Ledger } from './ledger.js';
import { before, participantAsked } from './list.js';
import { Overdue } from './overdue.js';
import { mustBeOver } from './period.js';

interface Row {
  payout_id: bigint;
  participant_id: number;
  month: string;
  state: PayoutState;
  amount: bigint;
  line_count: number;
  instructed_at: bigint;
  ended_at: bigint | null;
  bank_reference: string;
  returned_because: string;
}

/**
 * Pays providers and link owners what they earned, net of what they gave back: income → clearing/payout when the bank is told, clearing/payout → bank when
 * it has paid. What the bank returns is income again.
 */
@Injectable()
export class Payouts {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
    private readonly overdue: Overdue,
    private readonly freezes: Freezes,
  ) {}

  async create({ month, participantId }: CreatePayoutsRequest, call: Call): Promise<CreatePayoutsResponse> {
    mustBeOver(month, this.clock.now());
    return this.db.once(call, CreatePayoutsResponse, async (tx) => {
      await lockPayouts(tx);
      await this.freezes.freezeMissing(tx, actorOf(call, this.clock.now()));
      // Earnings up to the month, and everything given back since, so that nobody is paid what he owes.
      const due = await tx.query<{ participant_id: number; amount: string; ids: bigint[] }>(
        `SELECT participant_id, sum(amount) FILTER (WHERE month <= $1 OR amount < 0) AS amount,
           array_agg(earning_id) FILTER (WHERE month <= $1 OR amount < 0) AS ids
         FROM unpaid WHERE $2::int4 = 0 OR participant_id = $2 GROUP BY participant_id
         HAVING sum(amount) FILTER (WHERE month <= $1 OR amount < 0) >= 10000 ORDER BY participant_id`,
        [month, participantId],
      );
      const payouts: Payout[] = [];
      for (const row of due)
        payouts.push(await this.instruct(tx, month, row.participant_id, BigInt(row.amount), row.ids, call.caller.name));
      return { payouts };
    });
  }

  /** What the participant's givings back left owed is netted here; what is less than a fen is carried over. */
  private async instruct(
    tx: Tx,
    month: string,
    participantId: number,
    earned: bigint,
    unpaid: readonly bigint[],
    by: string,
  ): Promise<Payout> {
    const account = income(participantId);
    const owed = await this.earnings.owedBy(tx, participantId);
    const amount = wholeFen(earned);
    const carried = amount < earned ? [await this.earnings.carryOver(tx, participantId, earned - amount)] : [];
    const ids = [...unpaid, ...carried];
    const [row] = await tx.query<Row>(
      'INSERT INTO payouts (participant_id, month, state, amount, line_count, instructed_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
      [participantId, month, PayoutState.INSTRUCTED, amount, ids.length, this.clock.now()],
    );
    await tx.query(
      `WITH paid AS (INSERT INTO payout_lines (earning_id, payout_id) SELECT u.id, $2::int8 FROM unnest($1::int8[]) AS u (id))
       DELETE FROM unpaid WHERE earning_id = ANY($1)`,
      [ids, row!.payout_id],
    );
    const journal = `payout/${row!.payout_id}`;
    const orders: TransferOrder[] = [
      { id: `${journal}/instructed`, kind: 'payout', phase: 'single', debit: account, credit: 'clearing/payout', amount },
    ];
    if (owed > 0n)
      orders.push({
        id: `${journal}/netted`,
        kind: 'debt_paid',
        phase: 'single',
        debit: account,
        credit: receivable(participantId),
        amount: owed,
      });
    await this.ledger.post(tx, { journal, cause: by, orders });
    if (owed > 0n) this.overdue.paid(tx, participantId);
    return payoutOf(row!);
  }

  async confirm({ payoutId, bankReference }: ConfirmPayoutRequest, call: Call): Promise<Payout> {
    return this.db.once(call, Payout, async (tx) => {
      const before = await this.lock(tx, payoutId);
      if (before.state !== PayoutState.INSTRUCTED) throw conflict('payout_must_be_instructed', `payout ${payoutId} has ended`, 'payoutId');
      const row = await this.end(tx, payoutId, PayoutState.PAID, bankReference, '');
      const id = `payout/${payoutId}/paid`;
      await this.ledger.post(tx, {
        journal: id,
        cause: call.caller.name,
        orders: [{ id, kind: 'paid_out', phase: 'single', debit: 'clearing/payout', credit: 'bank', amount: row.amount }],
      });
      return payoutOf(row);
    });
  }

  /** The bank could not pay, or the payee's bank sent back what was paid: then it came in by bank again. */
  async return({ payoutId, reason }: ReturnPayoutRequest, call: Call): Promise<Payout> {
    return this.db.once(call, Payout, async (tx) => {
      const before = await this.lock(tx, payoutId);
      if (before.state === PayoutState.RETURNED)
        throw conflict('payout_must_not_be_returned_twice', `payout ${payoutId} came back before`, 'payoutId');
      const wasPaid = before.state === PayoutState.PAID;
      const row = await this.end(tx, payoutId, PayoutState.RETURNED, before.bank_reference, reason);
      const id = `payout/${payoutId}/returned`;
      await this.ledger.post(tx, {
        journal: id,
        cause: call.caller.name,
        orders: [
          {
            id,
            kind: 'payout_returned',
            phase: 'single',
            debit: wasPaid ? 'bank' : 'clearing/payout',
            credit: income(row.participant_id),
            amount: row.amount,
            corrects: `payout/${payoutId}/${wasPaid ? 'paid' : 'instructed'}`,
          },
        ],
      });
      const returned = { participantId: row.participant_id, kind: 'returned_payout', amount: row.amount, tradeId: 0 } as const;
      await this.earnings.add(tx, [returned], row.month);
      return payoutOf(row);
    });
  }

  async list(request: ListPayoutsRequest, call: Call): Promise<ListPayoutsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT * FROM payouts WHERE ($1::int4 = 0 OR participant_id = $1) AND ($2 = '' OR month = $2) AND ($3::int4 = 0 OR state = $3) AND payout_id < $4
       ORDER BY payout_id DESC LIMIT $5`,
      [participantAsked(call, request.participantId), request.month, request.state, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.payout_id]);
    return { payouts: rows.map((row) => payoutOf(row)), page };
  }

  async get({ payoutId }: GetPayoutRequest, call: Call): Promise<Payout> {
    const [row] = await this.db.query<Row>('SELECT * FROM payouts WHERE payout_id = $1', [payoutId]);
    if (!row) throw absent(`payout ${payoutId}`);
    ownsOrAbsent(call, row.participant_id, `payout ${payoutId}`);
    const lines = await this.db.query<EarningRow>(
      `SELECT ${earningColumns} FROM payout_lines l JOIN earnings e USING (earning_id) WHERE l.payout_id = $1 ORDER BY e.earning_id`,
      [payoutId],
    );
    return payoutOf(row, lines);
  }

  private async lock(tx: Tx, payoutId: number): Promise<Row> {
    const [row] = await tx.query<Row>('SELECT * FROM payouts WHERE payout_id = $1 FOR UPDATE', [payoutId]);
    if (!row) throw absent(`payout ${payoutId}`);
    return row;
  }

  private async end(tx: Tx, payoutId: number, state: PayoutState, bankReference: string, because: string): Promise<Row> {
    const [ended] = await tx.query<Row>(
      'UPDATE payouts SET state = $2, ended_at = $3, bank_reference = $4, returned_because = $5 WHERE payout_id = $1 RETURNING *',
      [payoutId, state, this.clock.now(), bankReference, because],
    );
    await tx.query(
      `INSERT INTO payout_endings (payout_id, state, ended_at, bank_reference, returned_because)
       SELECT payout_id, state, ended_at, bank_reference, returned_because FROM payouts WHERE payout_id = $1`,
      [payoutId],
    );
    return ended!;
  }
}

const payoutOf = (row: Row, lines: readonly EarningRow[] = []): Payout => ({
  payoutId: Number(row.payout_id),
  participantId: row.participant_id,
  month: row.month,
  state: row.state,
  amount: row.amount,
  lineCount: row.line_count,
  instructedAt: Number(row.instructed_at),
  endedAt: Number(row.ended_at ?? 0n),
  bankReference: row.bank_reference,
  returnedBecause: row.returned_because,
  lines: lines.map(earningOf),
});
