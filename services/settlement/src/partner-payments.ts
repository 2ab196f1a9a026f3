import { Injectable } from '@nestjs/common';
import { PartnerPayment } from '#contracts';
import type {
  ListPartnerNettingsRequest,
  ListPartnerNettingsResponse,
  ListPartnerPaymentsRequest,
  ListPartnerPaymentsResponse,
  PartnerNetting,
  RecordPartnerPaymentRequest,
  ReturnPartnerPaymentRequest,
} from '#contracts';
import { formatYuan, microYuanPerFen, shanghaiDay, slotAt } from '#domain';
import { absent, Clock, conflict, Database, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { partner } from './core/account.js';
import { amountOf, brokenByPayment, isReceivable, leftOf, roundedBy } from './core/partner-payment.js';
import type { TransferOrder } from './core/transfer.js';
import { Ledger } from './ledger.js';
import { before } from './list.js';
import { mustBeNew, receiptOf } from './receipts.js';

interface NettingRow {
  readonly partner_id: number;
  readonly currency: string;
  readonly through: number;
  readonly platform: string;
  readonly sold: bigint;
  readonly bought: bigint;
  readonly netted_at: bigint;
  readonly margin: bigint;
  readonly paid: bigint;
  readonly settled: bigint;
}

interface PaymentRow {
  readonly payment_id: bigint;
  readonly partner_id: number;
  readonly currency: string;
  readonly through: number;
  readonly received: boolean;
  readonly amount: bigint;
  readonly rounded: bigint;
  readonly bank_reference: string;
  readonly value_date: number;
  readonly recorded_at: bigint;
  readonly recorded_by: string;
  readonly returned_at: bigint | null;
  readonly returned_by: string | null;
  readonly reason: string | null;
}

/** Nettings, what was gained with each, what a bank has paid of it, and what is settled by that. */
const nettings = `SELECT n.*, coalesce(m.of_bought + m.of_sold, 0)::int8 AS margin, p.paid, p.settled
  FROM partner_nettings n LEFT JOIN partner_margins m USING (partner_id, currency, through) CROSS JOIN LATERAL
  (SELECT coalesce(sum(amount), 0)::int8 AS paid, coalesce(sum(amount + rounded), 0)::int8 AS settled FROM partner_payments p
   WHERE p.partner_id = n.partner_id AND p.currency = n.currency AND p.through = n.through
     AND NOT EXISTS (SELECT FROM partner_payment_returns r WHERE r.payment_id = p.payment_id)) p`;

const payments =
  'SELECT p.*, r.returned_at, r.returned_by, r.reason FROM partner_payments p LEFT JOIN partner_payment_returns r USING (payment_id)';

/** Nettings are of this currency. */
const currency = 'CNY';

/** what a netting left to be paid goes through banks, outside of the exchange; here stands what they have moved, netting by netting. */
@Injectable()
export class PartnerPayments {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
  ) {}

  async nettings({ participantId, open, page: asked }: ListPartnerNettingsRequest): Promise<ListPartnerNettingsResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.db.query<NettingRow>(
      `SELECT * FROM (${nettings}) n WHERE ($1::int4 = 0 OR partner_id = $1) AND (NOT $2 OR abs(sold - bought) - settled >= $3)
         AND ($4::int4 IS NULL OR (-through, partner_id, currency) > (-$4::int4, $5::int4, $6::text)) ORDER BY -through, partner_id, currency LIMIT $7`,
      [participantId, open, microYuanPerFen, after?.[0] ?? null, after?.[1] ?? 0, after?.[2] ?? '', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.through, row.partner_id, row.currency]);
    const today = this.today();
    return { nettings: rows.map((row) => nettingOf(row, today)), page };
  }

  /** @throws Refusal absent, conflict */
  async record(
    { participantId, through, amount, bankReference, valueDate }: RecordPartnerPaymentRequest,
    call: Call,
  ): Promise<PartnerPayment> {
    return this.db.once(call, PartnerPayment, async (tx) => {
      await lockPaymentsOf(tx, participantId);
      const [netting] = await tx.query<NettingRow>(`${nettings} WHERE n.partner_id = $1 AND n.currency = $2 AND n.through = $3`, [
        ...[participantId, currency, through],
      ]);
      if (!netting) throw absent(`netting through day ${through} of participant ${participantId}`);
      const broken = brokenByPayment(netting, { amount, valueDate }, this.today());
      if (broken) throw conflict(broken, `${formatYuan(leftOf(netting))} yuan are left of the netting`, fieldOf[broken]);
      await mustBeNew(tx, bankReference);
      const [payment] = await tx.query<{ payment_id: bigint }>(
        `INSERT INTO partner_payments (partner_id, currency, through, received, amount, rounded, bank_reference, receipt, value_date, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING payment_id`,
        [
          ...[participantId, currency, through, isReceivable(netting), amount, roundedBy(amount, netting)],
          ...[bankReference, receiptOf(bankReference), valueDate, this.clock.now(), call.caller.name],
        ],
      );
      const row = await find(tx, payment!.payment_id);
      await this.ledger.post(tx, { journal: journalOf(row!), cause: call.caller.name, orders: ordersOf(row!) });
      return paymentOf(row!);
    });
  }

  /** @throws Refusal absent, conflict */
  async return({ paymentId, reason }: ReturnPartnerPaymentRequest, call: Call): Promise<PartnerPayment> {
    return this.db.once(call, PartnerPayment, async (tx) => {
      const known = await find(tx, BigInt(paymentId));
      if (!known) throw absent(`payment ${paymentId}`);
      await lockPaymentsOf(tx, known.partner_id);
      const [returned] = await tx.query(
        `INSERT INTO partner_payment_returns (payment_id, reason, returned_at, returned_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (payment_id) DO NOTHING RETURNING payment_id`,
        [paymentId, reason, this.clock.now(), call.caller.name],
      );
      if (!returned) throw conflict('payment_must_stand', `payment ${paymentId} came back before`, 'paymentId');
      await this.ledger.post(tx, { journal: `${journalOf(known)}/returned`, cause: call.caller.name, orders: ordersOf(known).map(undone) });
      return paymentOf((await find(tx, known.payment_id))!);
    });
  }

  async list({ participantId, page: asked }: ListPartnerPaymentsRequest): Promise<ListPartnerPaymentsResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.db.query<PaymentRow>(
      `${payments} WHERE ($1::int4 = 0 OR partner_id = $1) AND payment_id < $2 ORDER BY payment_id DESC LIMIT $3`,
      [participantId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.payment_id]);
    return { payments: rows.map(paymentOf), page };
  }

  private today(): number {
    return shanghaiDay(slotAt(this.clock.now()));
  }
}

const fieldOf: Readonly<Record<string, string>> = {
  netting_must_be_open: 'through',
  amount_must_not_exceed_what_is_left: 'amount',
  value_date_must_not_be_ahead: 'valueDate',
};

/** One after the other: what is paid of a partner's nettings. */
async function lockPaymentsOf(tx: Tx, partnerId: number): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('partner payments'), $1)`, [partnerId]);
}

async function find(tx: Tx, paymentId: bigint): Promise<PaymentRow | undefined> {
  const [row] = await tx.query<PaymentRow>(`${payments} WHERE payment_id = $1`, [paymentId]);
  return row;
}

const journalOf = ({ partner_id: partnerId, payment_id: paymentId }: PaymentRow): string => `partner/${partnerId}/payment/${paymentId}`;

type Single = TransferOrder & { readonly phase: 'single' };

/** What the bank moved of the account, and what it could not: of that the account `rounding` has what is less than a fen. */
function ordersOf(row: PaymentRow): Single[] {
  const { partner_id: partnerId, received, amount, rounded } = row;
  const journal = journalOf(row);
  const account = partner(partnerId, received ? 'receivable' : 'payable', row.currency);
  const [overpaid, unpaid] = rounded < 0n ? [-rounded, 0n] : [0n, rounded];
  const single = (part: string, kind: string, of: string, by: string, moved: bigint): Single[] => {
    const [debit, credit] = received ? [by, of] : [of, by];
    return moved > 0n ? [{ id: `${journal}/${part}`, kind, phase: 'single', debit, credit, amount: moved }] : [];
  };
  return [
    ...single('paid', 'partner_paid', account, 'bank', amount - overpaid),
    ...single('overpaid', 'rounding', 'rounding', 'bank', overpaid),
    ...single('unpaid', 'rounding', account, 'rounding', unpaid),
  ];
}

const undone = ({ id, debit, credit, ...order }: Single): TransferOrder => ({
  ...order,
  ...{ id: `${id}/returned`, debit: credit, credit: debit, corrects: id },
});

const nettingOf = (row: NettingRow, today: number): PartnerNetting => ({
  participantId: row.partner_id,
  platform: row.platform,
  currency: row.currency,
  through: row.through,
  receivable: isReceivable(row),
  amount: amountOf(row),
  paid: row.paid,
  left: leftOf(row),
  nettedAt: Number(row.netted_at),
  ageDays: today - shanghaiDay(slotAt(Number(row.netted_at))),
  margin: row.margin,
});

const paymentOf = (row: PaymentRow): PartnerPayment => ({
  paymentId: Number(row.payment_id),
  participantId: row.partner_id,
  currency: row.currency,
  through: row.through,
  received: row.received,
  amount: row.amount,
  rounded: row.rounded,
  bankReference: row.bank_reference,
  valueDate: row.value_date,
  recordedAt: Number(row.recorded_at),
  recordedBy: row.recorded_by,
  returnedAt: Number(row.returned_at ?? 0n),
  returnedBy: row.returned_by ?? '',
  returnReason: row.reason ?? '',
});
