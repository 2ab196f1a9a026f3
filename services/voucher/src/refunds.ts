import { Injectable } from '@nestjs/common';
import { BillRefunded, ClaimState, SubsidyClawedBack } from '#contracts';
import { formatYuan } from '#domain';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { nobody, record } from './audit.js';
import { clawBack } from './core/clawback.js';

interface PartRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly base: bigint;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly clawed_back: bigint;
}

/** a refunded bill gives its subsidy's share back to the programme. */
@Injectable()
export class Refunds {
  constructor(private readonly outbox: Outbox) {}

  /** Every refund that keeps a programme's part aside is answered, with 0 too. Settlement refunds only what it knows the decision of. */
  @On(BillRefunded)
  async billRefunded(refund: BillRefunded, tx: Tx, meta: EventMeta): Promise<void> {
    if (!refund.programmeId) return;
    const part = await lockPart(tx, refund);
    const paid = { base: part.base, amount: part.amount, refunded: part.refunded, clawedBack: part.clawed_back };
    const amount = clawBack(paid, refund.amount, refund.subsidy);
    await tx.query(
      'update claim_trades set refunded = refunded + $3, clawed_back = clawed_back + $4 where claim_id = $1 and trade_id = $2',
      [part.claim_id, refund.tradeId, refund.amount, amount],
    );
    await tx.query('update claims set clawed_back = clawed_back + $2 where claim_id = $1', [part.claim_id, amount]);
    await tx.query('update programmes set ended = false where programme_id = $1 and $2::int8 > 0', [part.programme_id, amount]);

    const reason = `${formatYuan(amount)} yuan after a refund of ${formatYuan(refund.amount)} yuan on bill ${refund.billId}: ${refund.reason}`;
    const { programme_id: programmeId, claim_id: claimId } = part;
    await record(tx, nobody, meta.time, [{ programmeId, claimId, step: 'claim_clawed_back', detail: reason }]);
    const { billId, buyerId, refundId } = refund;
    const told = { claimId: Number(claimId), billId, buyerId, programmeId, amount, reason, refundId, cancellationId: 0 };
    await this.outbox.publish(tx, SubsidyClawedBack, told, `participant/${buyerId}`);
  }
}

async function lockPart(tx: Tx, refund: BillRefunded): Promise<PartRow> {
  const [part] = await tx.query<PartRow>(
    `select claim_id, programme_id, part.base, part.amount, part.refunded, part.clawed_back
     from claims join claim_trades part using (claim_id) where bill_id = $1 and trade_id = $2 and programme_id = $3 and state = ${ClaimState.GRANTED} for update`,
    [refund.billId, refund.tradeId, refund.programmeId],
  );
  if (!part)
    throw new Error(`refund_must_follow_the_subsidy_decision: refund ${refund.refundId}, bill ${refund.billId}, trade ${refund.tradeId}`);
  return part;
}
