import { PayoutState } from '#contracts';
import { finding } from '#platform';
import type { Audit } from '#platform';

/** What a payout stands at, by what the bank answered last: it may be paid and come back after that, and not the other way round. */
const answered = `SELECT p.payout_id, array_remove(array[
    CASE WHEN p.state <> coalesce(e.state, ${PayoutState.INSTRUCTED}) THEN 'state' END,
    CASE WHEN p.ended_at IS DISTINCT FROM e.ended_at THEN 'ended_at' END,
    CASE WHEN p.bank_reference <> coalesce(e.bank_reference, '') THEN 'bank_reference' END,
    CASE WHEN p.returned_because <> coalesce(e.returned_because, '') THEN 'returned_because' END,
    CASE WHEN p.by_hand <> EXISTS (SELECT FROM payouts_by_hand h WHERE h.payout_id = p.payout_id) THEN 'by_hand' END], null) AS differing
  FROM payouts p LEFT JOIN (SELECT DISTINCT ON (payout_id) * FROM payout_endings ORDER BY payout_id, state = ${PayoutState.RETURNED} DESC) e USING (payout_id)
  ORDER BY p.payout_id`;

/** Each payout against what the bank answered. */
export const payoutsAudit: Audit = {
  name: 'payouts, from what the bank answered',
  async *run(read) {
    for await (const { payout_id: payoutId, differing } of read.rows<{ payout_id: bigint; differing: string[] }>(answered)) {
      read.count('payouts');
      if (differing.length > 0)
        yield finding(read.service, 'payouts', String(payoutId), 'changed', `${differing.join(', ')}: the bank answered otherwise`);
    }
  },
};
