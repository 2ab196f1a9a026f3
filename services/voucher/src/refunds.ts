import { Injectable } from '@nestjs/common';
import { BillRefunded, ClaimState, SubsidyClawedBack } from '#contracts';
import { formatYuan } from '#domain';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { nobody, record } from './audit.js';
import { clawBack } from './core/clawback.js';

interface PartRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly state: ClaimState;
  readonly base: bigint;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly clawed_back: bigint;
}

/** a refunded bill gives its subsidy's share back to the programme. */
@Injectable()
export class Refunds {
  constructor(private readonly outbox: Outbox) {}

  /** Every refund that keeps a programme's part aside is answered, with 0 too. Settlement refunds only what was decided. */
  @On(BillRefunded)
  async billRefunded(refund: BillRefunded, tx: Tx, meta: EventMeta): Promise<void> {
    if (!refund.programmeId) return this.reduceWaiting(refund, tx, meta);
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
    const told = { claimId: Number(claimId), billId, buyerId, programmeId, amount, reason, refundId };
    await this.outbox.publish(tx, SubsidyClawedBack, told, `participant/${buyerId}`);
  }

  /** No programme has paid for the trade yet. A reimbursement that waits for officers falls to what was paid in the end. */
  private async reduceWaiting(refund: BillRefunded, tx: Tx, meta: EventMeta): Promise<void> {
    const part = await findPart(tx, refund);
    if (part?.state !== ClaimState.WAITING) return;
    const less = clawBack({ base: part.base, amount: part.amount, refunded: 0n, clawedBack: 0n }, refund.amount, part.amount);
    const change = [part.claim_id, refund.amount, less];
    await tx.query('update claims set base = base - $2, amount = amount - $3 where claim_id = $1', change);
    await tx.query('update claim_trades set base = base - $2, amount = amount - $3 where claim_id = $1 and trade_id = $4', [
      ...change,
      refund.tradeId,
    ]);
    const { programme_id: programmeId, claim_id: claimId } = part;
    const detail = `by ${formatYuan(less)} yuan after a refund of ${formatYuan(refund.amount)} yuan on bill ${refund.billId}: ${refund.reason}`;
    await record(tx, nobody, meta.time, [{ programmeId, claimId, step: 'claim_reduced', detail }]);
  }
}

/** A refund that names no programme may be of any. */
async function findPart(tx: Tx, refund: BillRefunded): Promise<PartRow | undefined> {
  const [part] = await tx.query<PartRow>(
    `select claim_id, programme_id, state, part.base, part.amount, part.refunded, part.clawed_back
     from claims join claim_trades part using (claim_id) where bill_id = $1 and trade_id = $2 and $3 in (0, programme_id) for update`,
    [refund.billId, refund.tradeId, refund.programmeId],
  );
  return part;
}

async function lockPart(tx: Tx, refund: BillRefunded): Promise<PartRow> {
  const part = await findPart(tx, refund);
  if (!part || part.state === ClaimState.WAITING)
    throw new Error(`refund_must_follow_the_subsidy_decision: refund ${refund.refundId}, bill ${refund.billId}, trade ${refund.tradeId}`);
  return part;
}
