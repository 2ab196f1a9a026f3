import { ClaimState } from '#contracts';
import { finding } from '#platform';
import type { Audit } from '#platform';
import { differing, whereDiffering } from './differing.js';

/** A claim that still waits was told to nobody. */
const ofClaim = differing({
  state: `claim.state not in (${ClaimState.GRANTED}, ${ClaimState.REFUSED})`,
  amount: 'claim.amount <> paid.granted',
  ...Object.fromEntries(['bill_id', 'bid_id', 'programme_id', 'buyer_id'].map((column) => [column, `claim.${column} <> paid.${column}`])),
});

/** What was posted of a taking back; null where it is still to be. */
const posted = `select sum(amount) from settlement.transfers where transfer_id = case when refund_id <> 0
  then concat('refund/', refund_id, '/clawed-back/available') else concat('claim/', claim_id, '/cancelled/', cancellation_id, '/available') end`;

/** Claims against what settlement posted of them, where both are in one database. Settlement comes after: what it has not posted yet is not compared. */
export const paidAudit: Audit = {
  name: 'claims, against what was paid',
  async *run(read) {
    const [there] = await read.query<{ found: boolean }>(`select to_regclass('settlement.subsidy_decisions') is not null as found`);
    if (!there!.found) return;
    for await (const { claim_id: claimId, granted } of read.rows<{ claim_id: bigint; granted: bigint }>(
      'select claim_id, granted from settlement.subsidy_decisions paid where not exists (select from claims where claims.claim_id = paid.claim_id) order by 1',
    ))
      yield finding(read.service, 'claims', String(claimId), 'missing', `settlement posted its decision of ${granted} micro-yuan`);
    const than = 'settlement posted otherwise';
    yield* whereDiffering(
      read,
      'claims',
      than,
      `select claim_id::text as row, ${ofClaim} as differing from claims claim join settlement.subsidy_decisions paid using (claim_id) order by claim_id`,
    );
    yield* whereDiffering(
      read,
      'claim_trades',
      than,
      `select concat(part.claim_id, ', ', trade_id) as row, ${differing({ amount: 'part.amount <> paid.granted' })} as differing
       from claim_trades part join settlement.subsidy_grants paid using (claim_id, trade_id) order by part.claim_id, trade_id`,
    );
    yield* whereDiffering(
      read,
      'claw_backs',
      than,
      `select min(claw_back_id)::text as row, ${differing({ clawed_back: `sum(clawed_back) <> (${posted})` })} as differing
       from claw_backs where refund_id <> 0 or cancellation_id <> 0 group by claim_id, refund_id, cancellation_id order by min(claw_back_id)`,
    );
  },
};
