import { Injectable } from '@nestjs/common';
import { BillRefunded, Refund } from '#contracts';
import type { ListRefundsRequest, ListRefundsResponse, RefundBillRequest } from '#contracts';
import { absent, Clock, conflict, Database, nextPage, Outbox, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { awaitsDecision } from './claims.js';
import { money } from './core/account.js';
import { giveBack, subsidyShare } from './core/bill.js';
import type { GiveBack } from './core/bill.js';
import type { TransferOrder } from './core/transfer.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import { leftOfTrade } from './left.js';
import { before, participantAsked } from './list.js';
import { Schedules } from './schedules.js';

/** A line and all that a refund of it touches. `amount` is what can be given back if nothing was yet: the credit is off. */
interface RefundLine {
  kind: string;
  revision: number;
  trade_id: bigint;
  bid_id: bigint;
  buyer_id: number;
  payee_id: number;
  programme_id: number;
  made_at: bigint;
  amount: bigint;
  refunded: bigint;
  awaits_decision: boolean;
  granted: bigint;
  clawed: bigint;
  cost: bigint;
}

interface Row {
  refund_id: bigint;
  bill_id: bigint;
  line: number;
  trade_id: bigint;
  buyer_id: number;
  amount: bigint;
  subsidy: bigint;
  subsidy_decided: boolean;
  reason: string;
  refunded_at: bigint;
  refunded_by: string;
}

/** gives back a line of a bill: from whoever was paid, the fee and the rounding, to the buyer and, for its share, to the programme. */
@Injectable()
export class Refunds {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly schedules: Schedules,
    private readonly earnings: Earnings,
    private readonly buyingPower: BuyingPower,
  ) {}

  async refund(request: RefundBillRequest, call: Call): Promise<Refund> {
    return this.db.once(call, Refund, async (tx) => {
      const line = await this.lockLine(tx, request);
      if (line.amount <= 0n || line.kind === 'sla_credit')
        throw conflict('line_must_be_a_charge', `line ${request.line} is no charge`, 'line');
      if (line.awaits_decision)
        throw conflict('refund_must_follow_the_subsidy_decision', 'the programme has not decided this bill yet', 'billId');
      const left = await leftOfTrade(tx, line.trade_id, line.kind === 'transfer' ? 'transfer' : 'price');
      if (line.refunded + request.amount > line.amount || request.amount > left.amount)
        throw conflict('refund_must_not_exceed_the_line', 'more than refunds and corrections left of the line', 'amount');

      const fee = line.kind === 'transfer' ? undefined : (await this.schedules.published(tx)).feeAt(Number(line.made_at));
      const parts = giveBack(request.amount, left, fee);
      const share = subsidyShare(parts.exact, { subsidy: line.granted, left: line.granted - line.clawed, cost: line.cost });
      const subsidy = share < request.amount ? share : request.amount;
      const row = await this.remember(tx, request, line, parts.exact, subsidy, call.caller.name);
      await this.post(tx, Number(row.refund_id), request.amount, subsidy, line, parts, call.caller.name);
      const kind = 'refund' as const;
      await this.earnings.add(tx, [{ participantId: line.payee_id, kind, amount: -parts.fromPayee, tradeId: line.trade_id }]);
      if (request.amount > subsidy) await this.buyingPower.raise(tx, line.buyer_id, request.amount - subsidy, 'refund');
      await this.outbox.publish(tx, BillRefunded, refundedOf(row, line), `participant/${line.buyer_id}`);
      return refundOf(row);
    });
  }

  async list(request: ListRefundsRequest, call: Call): Promise<ListRefundsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT * FROM refunds WHERE ($1::int4 = 0 OR buyer_id = $1) AND ($2::int8 = 0 OR bill_id = $2) AND refund_id < $3 ORDER BY refund_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.billId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.refund_id]);
    return { refunds: rows.map(refundOf), page };
  }

  private async lockLine(tx: Tx, { billId, line }: RefundBillRequest): Promise<RefundLine> {
    await tx.query('SELECT 1 FROM leases WHERE trade_id = (SELECT trade_id FROM bill_lines WHERE bill_id = $1 AND line = $2) FOR UPDATE', [
      billId,
      line,
    ]);
    const [row] = await tx.query<RefundLine>(
      `SELECT l.kind, r.revision, t.trade_id, t.made_at, t.bid_id, t.buyer_id, t.programme_id,
         CASE WHEN l.kind = 'transfer' THEN t.link_owner_id ELSE t.provider_id END AS payee_id,
         l.amount - coalesce(c.credit_amount, 0) AS amount,
         coalesce((SELECT sum(f.amount) FROM refunds f WHERE f.bill_id = l.bill_id AND f.line = l.line), 0)::int8 AS refunded,
         ${awaitsDecision} AS awaits_decision, coalesce(g.granted, 0) AS granted,
         coalesce((SELECT sum(f.subsidy) FROM refunds f WHERE f.trade_id = t.trade_id), 0)::int8 AS clawed,
         coalesce((SELECT sum(b.exact) FROM subsidy_decisions d JOIN bill_lines b USING (bill_id) WHERE d.claim_id = g.claim_id AND b.trade_id = t.trade_id), 0)::int8 AS cost
       FROM bill_lines l JOIN ratings r USING (rating_id) JOIN trades t ON t.trade_id = r.trade_id
       LEFT JOIN subsidy_grants g ON g.trade_id = t.trade_id
       LEFT JOIN LATERAL (SELECT -amount AS credit_amount FROM bill_lines s
         WHERE s.rating_id = l.rating_id AND s.kind = 'sla_credit' AND l.kind = 'compute') c ON true
       WHERE l.bill_id = $1 AND l.line = $2`,
      [billId, line],
    );
    if (!row) throw absent(`line ${line} of bill ${billId}`);
    return row;
  }

  private async remember(tx: Tx, request: RefundBillRequest, line: RefundLine, exact: bigint, subsidy: bigint, by: string): Promise<Row> {
    const [row] = await tx.query<Row>(
      `INSERT INTO refunds (bill_id, line, trade_id, buyer_id, programme_id, amount, exact, subsidy, subsidy_decided, reason, refunded_at, refunded_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *`,
      [
        request.billId,
        request.line,
        line.trade_id,
        line.buyer_id,
        line.programme_id,
        request.amount,
        exact,
        subsidy,
        subsidy === 0n,
        request.reason,
        this.clock.now(),
        by,
      ],
    );
    return row!;
  }

  private async post(tx: Tx, id: number, amount: bigint, subsidy: bigint, line: RefundLine, parts: GiveBack, by: string): Promise<void> {
    const journal = `refund/${id}`;
    const paid = line.kind === 'transfer' ? 'transfer' : line.revision > 1 ? `rating/${line.revision}/income` : 'income';
    const as = { id: journal, kind: 'refund', corrects: `trade/${line.trade_id}/${paid}` };
    const orders: TransferOrder[] = parts.fromPayee > 0n ? await this.earnings.takeBack(tx, line.payee_id, parts.fromPayee, as) : [];
    const single = (part: string, debit: string, credit: string, of: bigint): void => {
      if (of > 0n) orders.push({ id: `${journal}/${part}`, kind: 'refund', phase: 'single', debit, credit, amount: of });
    };
    single('fee', 'fee', 'clearing/trade', parts.fromFee);
    single('rounding', 'rounding', 'clearing/trade', parts.fromRounding);
    single('rounding', 'clearing/trade', 'rounding', -parts.fromRounding);
    single('subsidy', 'clearing/trade', 'clearing/refund', subsidy);
    single('money', 'clearing/trade', money(line.buyer_id), amount - subsidy);
    await this.ledger.post(tx, { journal, cause: by, orders });
  }
}

const refundedOf = (row: Row, line: RefundLine): BillRefunded => ({
  billId: Number(row.bill_id),
  buyerId: row.buyer_id,
  tradeId: Number(row.trade_id),
  amount: row.amount,
  reason: row.reason,
  refundId: Number(row.refund_id),
  subsidy: row.subsidy,
  programmeId: row.subsidy > 0n ? line.programme_id : 0,
  bidId: Number(line.bid_id),
});

const refundOf = (row: Row): Refund => ({
  refundId: Number(row.refund_id),
  billId: Number(row.bill_id),
  line: row.line,
  tradeId: Number(row.trade_id),
  buyerId: row.buyer_id,
  amount: row.amount,
  subsidy: row.subsidy,
  subsidyDecided: row.subsidy_decided,
  reason: row.reason,
  refundedAt: Number(row.refunded_at),
  refundedBy: row.refunded_by,
});
