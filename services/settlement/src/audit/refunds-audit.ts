import { DisputeState } from '#contracts';
import { finding } from '#platform';
import type { Audit } from '#platform';

/** A late correction's refund is of the rating that lowered its trade's price by it, and of no rating that another is of. */
const isOfItsRating = `EXISTS (SELECT FROM ratings r WHERE r.trade_id = f.trade_id AND r.revision = f.revision AND r.revision > 1 AND r.compute_change = -f.amount AND r.rated_at >= f.refunded_at)
  AND NOT EXISTS (SELECT FROM refunds o WHERE o.trade_id = f.trade_id AND o.line = 0 AND o.revision = f.revision AND o.refund_id <> f.refund_id)`;
/** One from before such refunds named their rating may be of none that is known. */
const isOfNone = `f.revision = 0 AND (f.line <> 0 OR NOT EXISTS (SELECT FROM ratings r
  WHERE r.trade_id = f.trade_id AND r.revision > 1 AND r.compute_change = -f.amount AND r.rated_at >= f.refunded_at))`;

/** What a programme took of a refund is what the ledger posted of it; one that has not answered took nothing yet. */
const answered = `SELECT f.refund_id, array_remove(array[
    CASE WHEN f.subsidy_decided AND coalesce(f.taken, f.subsidy) <> coalesce(t.amount, 0) OR NOT f.subsidy_decided AND (f.taken IS NOT NULL OR t.amount IS NOT NULL)
      THEN 'taken' END,
    CASE WHEN NOT f.subsidy_decided AND f.subsidy = 0 THEN 'subsidy_decided' END,
    CASE WHEN NOT (${isOfNone} OR f.line = 0 AND ${isOfItsRating}) THEN 'revision' END], null) AS differing
  FROM refunds f LEFT JOIN transfers t ON t.transfer_id = 'refund/' || f.refund_id || '/clawed-back/owed'
  ORDER BY f.refund_id`;

const { OPEN, GRANTED, REFUSED, WITHDRAWN, LAPSED } = DisputeState;

/** An amount of a step, which begins with it in yuan. */
const amountOf = `(split_part(detail, ' ', 1)::numeric * 1000000)`;
/** What steps froze of an open dispute's payee, less what they let go. */
const frozenBySteps = `(SELECT coalesce(sum(CASE WHEN step = 'frozen' THEN ${amountOf} WHEN step IN ('eased', 'taken') THEN -${amountOf} END), 0)
  FROM dispute_steps t WHERE t.dispute_id = d.dispute_id)`;

/** A dispute stands where its last step left it, under its last terms; what was granted of it is its refund's amount. */
const ended = `SELECT d.dispute_id, array_remove(array[
    CASE WHEN d.granted <> coalesce(f.amount, 0) THEN 'granted' END,
    CASE WHEN d.refund_id IS NOT NULL AND (f.bill_id, f.line) IS DISTINCT FROM (d.bill_id, d.line) THEN 'refund_id' END,
    CASE WHEN d.state <> CASE s.step WHEN 'granted' THEN ${GRANTED} WHEN 'refused' THEN ${REFUSED} WHEN 'withdrawn' THEN ${WITHDRAWN} WHEN 'lapsed' THEN ${LAPSED} ELSE ${OPEN} END
      THEN 'state' END,
    CASE WHEN d.ended_at IS DISTINCT FROM s.at THEN 'ended_at' END,
    CASE WHEN d.decision <> coalesce(s.detail, '') AND d.decision <> substr(s.detail, length(s.detail) - length(d.decision) + 1)
      OR s.step IS NULL AND d.decision <> '' THEN 'decision' END,
    CASE WHEN d.frozen <> CASE WHEN s.step IS NULL THEN ${frozenBySteps} ELSE 0 END THEN 'frozen' END,
    CASE WHEN d.to_freeze IS DISTINCT FROM m.to_freeze THEN 'to_freeze' END,
    CASE WHEN d.decide_by IS DISTINCT FROM m.decide_by THEN 'decide_by' END], null) AS differing
  FROM disputes d LEFT JOIN refunds f USING (refund_id)
    LEFT JOIN LATERAL (SELECT * FROM dispute_terms t WHERE t.dispute_id = d.dispute_id ORDER BY number DESC LIMIT 1) m ON true
    LEFT JOIN dispute_steps s ON s.dispute_id = d.dispute_id AND s.step IN ('granted', 'refused', 'withdrawn', 'lapsed') ORDER BY d.dispute_id`;

/** Each refund against what its programme took and its rating, and each dispute against its refund, steps and terms. */
export const refundsAudit: Audit = {
  name: 'refunds and disputes, from the ledger',
  async *run(read) {
    for await (const { refund_id: refundId, differing } of read.rows<{ refund_id: bigint; differing: string[] }>(answered)) {
      read.count('refunds');
      if (differing.length > 0)
        yield finding(
          read.service,
          'refunds',
          String(refundId),
          'changed',
          `${differing.join(', ')}: the ledger or its rating says otherwise`,
        );
    }
    for await (const { dispute_id: disputeId, differing } of read.rows<{ dispute_id: bigint; differing: string[] }>(ended)) {
      read.count('disputes');
      if (differing.length > 0)
        yield finding(
          read.service,
          'disputes',
          String(disputeId),
          'changed',
          `${differing.join(', ')}: its refund, its steps or its terms say otherwise`,
        );
    }
  },
};
