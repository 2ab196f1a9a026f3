import { Injectable } from '@nestjs/common';
import { PayoutBatch, PayoutState } from '#contracts';
import type {
  BatchedPayout,
  CreatePayoutBatchRequest,
  FileChunk,
  GetPayoutBatchRequest,
  ListPayoutBatchesRequest,
  ListPayoutBatchesResponse,
} from '#contracts';
import { absent, Clock, conflict, Database, invalid, nextPage, pageOf, sha256Hex } from '#platform';
import type { Call, Tx } from '#platform';
import type { BankParty, PaymentOrder } from './core/bank-file.js';
import { dayOf } from './core/month.js';
import { pain001 } from './core/pain001.js';
import { lockPayouts } from './freezes.js';
import { before } from './list.js';
import { PayoutAccounts } from './payout-accounts.js';
import type { PayoutAccountRow } from './payout-accounts.js';

interface Row {
  readonly batch_id: bigint;
  readonly message_id: string;
  readonly format: string;
  readonly payouts_count: number;
  readonly total: bigint;
  readonly sha256: string;
  readonly payer_account_id: bigint;
  readonly execution_day: number;
  readonly made_at: bigint;
  readonly made_by: string;
}

interface LineRow {
  readonly payout_id: bigint;
  readonly participant_id: number;
  readonly month: string;
  readonly amount: bigint;
  readonly payout_account_id: bigint;
}

type Waiting = Omit<LineRow, 'payout_account_id'>;

const columns = 'batch_id, message_id, format, payouts_count, total, sha256, payer_account_id, execution_day, made_at, made_by';
const payoutsMax = 10_000;
/** Payees without an account that one answer names. */
const namedMax = 1_000;
/** Payouts p, of month $1 where it is not '', that wait and are in no file; what was instructed before there were files is paid by hand. */
const inNoFile = `p.state = ${PayoutState.INSTRUCTED} AND ($1 = '' OR p.month = $1) AND NOT p.by_hand
  AND NOT EXISTS (SELECT 1 FROM payout_batch_lines l WHERE l.payout_id = p.payout_id)`;
/** One that was approved stays in force until another is. */
const hasAccount = `EXISTS (SELECT 1 FROM payout_accounts a JOIN payout_account_decisions d USING (payout_account_id)
  WHERE a.participant_id = p.participant_id AND d.approved)`;
const format = pain001;
const dayMs = 86_400_000;

/** Tells the bank to pay: the instructed payouts in one file, written once, kept as it is. */
@Injectable()
export class PayoutBatches {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly accounts: PayoutAccounts,
  ) {}

  async create({ month, executionDay }: CreatePayoutBatchRequest, call: Call): Promise<PayoutBatch> {
    return this.db.once(call, PayoutBatch, async (tx) => {
      // Within, so that who says it again after midnight is answered as the first time.
      if (executionDay < dayOf(this.clock.now()))
        throw invalid('executionDay', 'execution_day_must_not_have_passed', 'no bank pays in the past');
      await lockPayouts(tx);
      const waiting = await this.waiting(tx, month);
      const operator = call.caller.participantId;
      const accounts = await this.accounts.inForce(tx, [operator, ...new Set(waiting.map((row) => row.participant_id))]);
      const payer = accounts.get(operator);
      if (!payer) throw conflict('operator_must_have_a_payout_account', 'the exchange pays from the account of the operator that asks');
      const lines = waiting.map((row) => ({ ...row, account: accounts.get(row.participant_id)! }));
      if (lines.length === 0) throw conflict('batch_must_hold_payouts', 'no payout waits whose payee has an account in force');
      const batch = await this.write(tx, payer, lines, executionDay, call.caller.name);
      return { ...batch, withoutAccount: await this.withoutAccount(tx, month) };
    });
  }

  async list(request: ListPayoutBatchesRequest): Promise<ListPayoutBatchesResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(`SELECT ${columns} FROM payout_batches WHERE batch_id < $1 ORDER BY batch_id DESC LIMIT $2`, [
      before(after),
      limit + 1,
    ]);
    const { rows, page } = nextPage(found, limit, (row) => [row.batch_id]);
    return { batches: rows.map((row) => batchOf(row, [])), page };
  }

  async get({ batchId }: GetPayoutBatchRequest): Promise<PayoutBatch> {
    const [row] = await this.db.query<Row>(`SELECT ${columns} FROM payout_batches WHERE batch_id = $1`, [batchId]);
    if (!row) throw absent(`payout batch ${batchId}`);
    const lines = await this.db.query<LineRow>(
      `SELECT payout_id, participant_id, month, amount, payout_account_id FROM payout_batch_lines JOIN payouts USING (payout_id)
       WHERE batch_id = $1 ORDER BY payout_id`,
      [batchId],
    );
    return batchOf(row, lines);
  }

  async *file({ batchId }: GetPayoutBatchRequest): AsyncGenerator<FileChunk> {
    const [row] = await this.db.query<{ file: string }>('SELECT file FROM payout_batches WHERE batch_id = $1', [batchId]);
    if (!row) throw absent(`payout batch ${batchId}`);
    yield { data: Buffer.from(row.file) };
  }

  /** Those that can be paid, locked, since one may come back at this moment. */
  private async waiting(tx: Tx, month: string): Promise<Waiting[]> {
    return tx.query<Waiting>(
      `SELECT payout_id, participant_id, month, amount FROM payouts p WHERE ${inNoFile} AND ${hasAccount}
       ORDER BY payout_id LIMIT ${payoutsMax} FOR UPDATE OF p`,
      [month],
    );
  }

  private async withoutAccount(tx: Tx, month: string): Promise<number[]> {
    const rows = await tx.query<{ participant_id: number }>(
      `SELECT DISTINCT participant_id FROM payouts p WHERE ${inNoFile} AND NOT ${hasAccount} ORDER BY participant_id LIMIT ${namedMax}`,
      [month],
    );
    return rows.map((row) => row.participant_id);
  }

  private async write(
    tx: Tx,
    payer: PayoutAccountRow,
    lines: readonly (Waiting & { account: PayoutAccountRow })[],
    executionDay: number,
    by: string,
  ): Promise<PayoutBatch> {
    const now = this.clock.now();
    const [next] = await tx.query<{ batch_id: bigint }>(`SELECT nextval(pg_get_serial_sequence('payout_batches', 'batch_id')) AS batch_id`);
    const order: PaymentOrder = {
      messageId: `CX-${dayText(dayOf(now)).replaceAll('-', '')}-${next!.batch_id}`,
      createdAt: new Date(now).toISOString(),
      executionDay: dayText(executionDay),
      payer: partyOf(payer),
      transfers: lines.map(({ payout_id, month, amount, account }) => ({
        endToEndId: endToEndId(payout_id),
        amount,
        payee: partyOf(account),
        note: `Compute exchange payout 算力交易结算款 ${payout_id}, ${month}`,
      })),
    };
    const file = format.write(order);
    const [row] = await tx.query<Row>(
      `INSERT INTO payout_batches (${columns}, file) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${columns}`,
      [
        next!.batch_id,
        order.messageId,
        format.name,
        lines.length,
        lines.reduce((sum, { amount }) => sum + amount, 0n),
        sha256Hex(file),
        payer.payout_account_id,
        executionDay,
        now,
        by,
        file,
      ],
    );
    await tx.query(
      'INSERT INTO payout_batch_lines (payout_id, batch_id, payout_account_id) SELECT u.payout_id, $2, u.account FROM unnest($1::int8[], $3::int8[]) AS u (payout_id, account)',
      [lines.map(({ payout_id }) => payout_id), next!.batch_id, lines.map(({ account }) => account.payout_account_id)],
    );
    return batchOf(
      row!,
      lines.map(({ account, ...line }) => ({ ...line, payout_account_id: account.payout_account_id })),
    );
  }
}

const endToEndId = (payoutId: bigint): string => `CX-P${payoutId}`;

const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const partyOf = (row: PayoutAccountRow): BankParty => ({
  holder: row.holder,
  number: row.number,
  bankName: row.bank_name,
  bankCode: row.bank_code,
});

const lineOf = (row: LineRow): BatchedPayout => ({
  payoutId: Number(row.payout_id),
  participantId: row.participant_id,
  amount: row.amount,
  payoutAccountId: Number(row.payout_account_id),
  endToEndId: endToEndId(row.payout_id),
});

const batchOf = (row: Row, lines: readonly LineRow[]): PayoutBatch => ({
  batchId: Number(row.batch_id),
  messageId: row.message_id,
  format: row.format,
  payoutsCount: row.payouts_count,
  total: row.total,
  sha256: row.sha256,
  payerAccountId: Number(row.payer_account_id),
  executionDay: row.execution_day,
  madeAt: Number(row.made_at),
  madeBy: row.made_by,
  payouts: lines.map(lineOf),
  withoutAccount: [],
});
