import { Injectable } from '@nestjs/common';
import { BillRefunded, DisputeState, Refund } from '#contracts';
import type { ListRefundsRequest, ListRefundsResponse, RefundBillRequest } from '#contracts';
import { Clock, conflict, Database, nextPage, Outbox, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { feeOfLine, isCharge, isOfPartner, leftOfLine, lockLine, mustBeOfBuyerHere } from './charged-line.js';
import type { ChargedLine } from './charged-line.js';
import { money, partner } from './core/account.js';
import { giveBack, subsidyShare } from './core/bill.js';
import type { GiveBack } from './core/bill.js';
import type { TransferOrder } from './core/transfer.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import { before, participantAsked } from './list.js';
import { Schedules } from './schedules.js';

interface Row {
  refund_id: bigint;
  bill_id: bigint;
  line: number;
  trade_id: bigint;
  buyer_id: number;
  amount: bigint;
  subsidy: bigint;
  subsidy_decided: boolean;
  /** Null while the programme has not answered. */
  taken: bigint | null;
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

  /** While a line is disputed its dispute alone gives it back. */
  async refund(request: RefundBillRequest, call: Call): Promise<Refund> {
    return this.db.once(call, Refund, async (tx) => {
      const line = await lockLine(tx, request.billId, request.line);
      if (line.dispute_state === DisputeState.OPEN)
        throw conflict('line_must_not_be_in_dispute', `line ${request.line} waits for the decision of its dispute`, 'line');
      return refundOf(await this.give(tx, request, line, call.caller.name));
    });
  }

  /** @returns the refund's id. The line is locked. @throws Refusal conflict */
  async grant(tx: Tx, request: RefundBillRequest, line: ChargedLine, by: string): Promise<number> {
    return Number((await this.give(tx, request, line, by)).refund_id);
  }

  private async give(tx: Tx, request: RefundBillRequest, line: ChargedLine, by: string): Promise<Row> {
    if (!isCharge(line)) throw conflict('line_must_be_a_charge', `line ${request.line} is no charge`, 'line');
    mustBeOfBuyerHere(line);
    if (line.awaits_decision)
      throw conflict('refund_must_follow_the_subsidy_decision', 'the programme has not decided this bill yet', 'billId');
    const { amount: most, left } = await leftOfLine(tx, line);
    if (request.amount > most)
      throw conflict('refund_must_not_exceed_the_line', 'more than earlier refunds and corrections left of the line', 'amount');

    const fee = feeOfLine(line, await this.schedules.published(tx));
    const parts = giveBack(request.amount, left, fee);
    const share = subsidyShare(parts.exact, { subsidy: line.granted, left: line.granted - line.clawed, cost: line.cost });
    const subsidy = share < request.amount ? share : request.amount;
    const row = await this.remember(tx, request, line, parts.exact, subsidy, by);
    await this.post(tx, Number(row.refund_id), request.amount, subsidy, line, parts, by);
    const kind = 'refund' as const;
    if (!isOfPartner(line))
      await this.earnings.add(tx, [{ participantId: line.payee_id, kind, amount: -parts.fromPayee, tradeId: line.trade_id }]);
    if (request.amount > subsidy) await this.buyingPower.raise(tx, line.buyer_id, request.amount - subsidy, 'refund');
    await this.outbox.publish(tx, BillRefunded, refundedOf(row, line), `participant/${line.buyer_id}`);
    return row;
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

  private async remember(tx: Tx, request: RefundBillRequest, line: ChargedLine, exact: bigint, subsidy: bigint, by: string): Promise<Row> {
    const [row] = await tx.query<Row>(
      `INSERT INTO refunds (bill_id, line, trade_id, buyer_id, programme_id, amount, exact, subsidy, subsidy_decided, taken, reason, refunded_at, refunded_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING *`,
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
        subsidy === 0n ? 0n : null,
        request.reason,
        this.clock.now(),
        by,
      ],
    );
    return row!;
  }

  private async post(tx: Tx, id: number, amount: bigint, subsidy: bigint, line: ChargedLine, parts: GiveBack, by: string): Promise<void> {
    const journal = `refund/${id}`;
    const paid = line.kind === 'transfer' ? 'transfer' : line.revision > 1 ? `rating/${line.revision}/income` : 'income';
    const as = { id: journal, kind: 'refund', corrects: `trade/${line.trade_id}/${paid}` };
    const fromPayee = isOfPartner(line) ? 0n : parts.fromPayee;
    const orders: TransferOrder[] = fromPayee > 0n ? await this.earnings.takeBack(tx, line.payee_id, fromPayee, as) : [];
    const single = (part: string, debit: string, credit: string, of: bigint): void => {
      if (of > 0n) orders.push({ id: `${journal}/${part}`, kind: 'refund', phase: 'single', debit, credit, amount: of });
    };
    single('partner', partner(line.partner_id, 'bought'), 'clearing/trade', parts.fromPayee - fromPayee);
    single('fee', 'fee', 'clearing/trade', parts.fromFee);
    single('rounding', 'rounding', 'clearing/trade', parts.fromRounding);
    single('rounding', 'clearing/trade', 'rounding', -parts.fromRounding);
    single('subsidy', 'clearing/trade', 'clearing/refund', subsidy);
    single('money', 'clearing/trade', money(line.buyer_id), amount - subsidy);
    await this.ledger.post(tx, { journal, cause: by, orders });
  }
}

const refundedOf = (row: Row, line: ChargedLine): BillRefunded => ({
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
  ...partsOf(row),
});

/** What of a refund is its buyer's and what its programme's. */
export function partsOf({ amount, subsidy, taken }: Pick<Row, 'amount' | 'subsidy' | 'taken'>): { toBuyer: bigint; toProgramme: bigint } {
  const toProgramme = taken ?? subsidy;
  return { toBuyer: amount - toProgramme, toProgramme };
}
