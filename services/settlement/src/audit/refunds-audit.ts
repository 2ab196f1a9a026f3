import { DisputeState } from '#contracts';
import { finding } from '#platform';
import type { Audit } from '#platform';

/** What a programme took of a refund is what the ledger posted of it; one that has not answered took nothing yet. */
const answered = `SELECT f.refund_id, array_remove(array[
    CASE WHEN f.subsidy_decided AND coalesce(f.taken, f.subsidy) <> coalesce(t.amount, 0) OR NOT f.subsidy_decided AND (f.taken IS NOT NULL OR t.amount IS NOT NULL)
      THEN 'taken' END,
    CASE WHEN NOT f.subsidy_decided AND f.subsidy = 0 THEN 'subsidy_decided' END], null) AS differing
  FROM refunds f LEFT JOIN transfers t ON t.transfer_id = 'refund/' || f.refund_id || '/clawed-back/owed'
  ORDER BY f.refund_id`;

const { OPEN, GRANTED, REFUSED, WITHDRAWN, LAPSED } = DisputeState;

/** A dispute stands where its last step left it; what was granted of it is its refund's amount. */
const ended = `SELECT d.dispute_id, array_remove(array[
    CASE WHEN d.granted <> coalesce(f.amount, 0) THEN 'granted' END,
    CASE WHEN d.refund_id IS NOT NULL AND (f.bill_id, f.line) IS DISTINCT FROM (d.bill_id, d.line) THEN 'refund_id' END,
    CASE WHEN d.state <> CASE s.step WHEN 'granted' THEN ${GRANTED} WHEN 'refused' THEN ${REFUSED} WHEN 'withdrawn' THEN ${WITHDRAWN} WHEN 'lapsed' THEN ${LAPSED} ELSE ${OPEN} END
      THEN 'state' END,
    CASE WHEN d.ended_at IS DISTINCT FROM s.at THEN 'ended_at' END,
    CASE WHEN d.decision <> coalesce(s.detail, '') AND d.decision <> substr(s.detail, length(s.detail) - length(d.decision) + 1)
      OR s.step IS NULL AND d.decision <> '' THEN 'decision' END], null) AS differing
  FROM disputes d LEFT JOIN refunds f USING (refund_id)
    LEFT JOIN dispute_steps s ON s.dispute_id = d.dispute_id AND s.step IN ('granted', 'refused', 'withdrawn', 'lapsed') ORDER BY d.dispute_id`;

/** Each refund against what its programme took, and each dispute against its refund and steps. */
export const refundsAudit: Audit = {
  name: 'refunds and disputes, from the ledger',
  async *run(read) {
    for await (const { refund_id: refundId, differing } of read.rows<{ refund_id: bigint; differing: string[] }>(answered)) {
      read.count('refunds');
      if (differing.length > 0)
        yield finding(read.service, 'refunds', String(refundId), 'changed', `${differing.join(', ')}: the ledger says otherwise`);
    }
    for await (const { dispute_id: disputeId, differing } of read.rows<{ dispute_id: bigint; differing: string[] }>(ended)) {
      read.count('disputes');
      if (differing.length > 0)
        yield finding(
          read.service,
          'disputes',
          String(disputeId),
          'changed',
          `${differing.join(', ')}: its refund or its steps say otherwise`,
        );
    }
  },
};
