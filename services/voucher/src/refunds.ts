import { Injectable } from '@nestjs/common';
import { BillRefunded, ClaimState, SubsidyClawedBack } from '#contracts';
import { formatYuan } from '#domain';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { nobody, record } from './audit.js';
import { clawBack } from './core/clawback.js';

interface RefundRow {
  readonly refund_id: bigint;
  readonly bill_id: bigint;
  readonly trade_id: bigint;
  readonly amount: bigint;
  readonly subsidy: bigint;
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly buyer_id: number;
  readonly state: ClaimState;
  readonly base: bigint;
  readonly granted: bigint;
  readonly refunded: bigint;
  readonly clawed_back: bigint;
}

/** a refunded bill gives its subsidy's share back to the programme. */
@Injectable()
export class Refunds {
  constructor(private readonly outbox: Outbox) {}

  /** Every refund that keeps a programme's part aside is answered, with 0 too; one whose claim waits for officers after they decided. */
  @On(BillRefunded)
  async billRefunded(refund: BillRefunded, tx: Tx, meta: EventMeta): Promise<void> {
    const [claim] = await tx.query<{ claim_id: bigint; state: ClaimState }>(
      `select claim_id, state from claims join claim_trades using (claim_id) where bill_id = $1 and trade_id = $2 and ($3 = 0 or programme_id = $3)
       for update of claims`,
      [refund.billId, refund.tradeId, refund.programmeId],
    );
    if (!claim) {
      if (refund.subsidy !== 0n) throw new Error(`refund_must_be_of_a_claimed_bill: refund ${refund.refundId}, bill ${refund.billId}`);
      return;
    }
    await tx.query('insert into refunds (refund_id, bill_id, trade_id, claim_id, amount, subsidy) values ($1, $2, $3, $4, $5, $6)', [
      refund.refundId,
      refund.billId,
      refund.tradeId,
      claim.claim_id,
      refund.amount,
      refund.subsidy,
    ]);
    await this.answerWaiting(tx, Number(claim.claim_id), meta.time);
  }

  /** Answers what came for a claim, once it is decided. */
  async answerWaiting(tx: Tx, claimId: number, now: number): Promise<void> {
    const rows = await tx.query<{ refund_id: bigint }>(
      `select refund_id from refunds join claims using (claim_id) where claim_id = $1 and not answered and state <> ${ClaimState.WAITING} order by 1`,
      [claimId],
    );
    for (const row of rows) await this.answer(tx, row.refund_id, now);
  }

  private async answer(tx: Tx, refundId: bigint, now: number): Promise<void> {
    const [row] = await tx.query<RefundRow>(
      `select refunds.refund_id, refunds.bill_id, refunds.trade_id, refunds.amount, refunds.subsidy, claims.claim_id, claims.programme_id,
         claims.buyer_id, claims.state, part.base, part.amount as granted, part.refunded, part.clawed_back
       from refunds join claims using (claim_id) join claim_trades part using (claim_id, trade_id) where refund_id = $1`,
      [refundId],
    );
    const refund = row!;
    const part = { base: refund.base, amount: refund.granted, refunded: refund.refunded, clawedBack: refund.clawed_back };
    const amount = clawBack(part, refund.amount, refund.subsidy);
    await tx.query(
      'update claim_trades set refunded = refunded + $3, clawed_back = clawed_back + $4 where claim_id = $1 and trade_id = $2',
      [refund.claim_id, refund.trade_id, refund.amount, amount],
    );
    await tx.query('update claims set clawed_back = clawed_back + $2 where claim_id = $1', [refund.claim_id, amount]);
    await tx.query('update programmes set ended = false where programme_id = $1 and $2::int8 > 0', [refund.programme_id, amount]);
    await tx.query('update refunds set answered = true where refund_id = $1', [refundId]);
    const detail = `${formatYuan(amount)} yuan after a refund of ${formatYuan(refund.amount)} yuan on bill ${refund.bill_id}`;
    await record(tx, nobody, now, [{ programmeId: refund.programme_id, claimId: refund.claim_id, step: 'claim_clawed_back', detail }]);
    await this.outbox.publish(
      tx,
      SubsidyClawedBack,
      {
        claimId: Number(refund.claim_id),
        billId: Number(refund.bill_id),
        buyerId: refund.buyer_id,
        programmeId: refund.programme_id,
        amount,
        reason: detail,
        refundId: Number(refundId),
      },
      `participant/${refund.buyer_id}`,
    );
  }
}
