import type { Audit } from '#platform';
import { differing, whereDiffering } from './differing.js';

const newest = 'select distinct on (claim_id) * from claim_decisions order by claim_id, number desc';

const ofClaim = differing({
  state: 'claim.state is distinct from newest.state',
  amount: 'claim.amount is distinct from newest.amount',
  clauses: 'claim.clauses is distinct from newest.clauses',
  decided_at: 'claim.decided_at is distinct from newest.decided_at',
  clawed_back: 'claim.clawed_back <> coalesce(back.clawed_back, 0)',
  'amount of its trades':
    'claim.amount <> (select coalesce(sum(part.amount), 0) from claim_trades part where part.claim_id = claim.claim_id)',
});

const ofTrade = differing({
  amount: 'part.amount is distinct from decided.amount',
  refunded: 'part.refunded <> coalesce(back.refunded, 0)',
  clawed_back: 'part.clawed_back <> coalesce(back.clawed_back, 0)',
});

/** Each claim, and each trade of it, against its last decision and what was taken back since. */
export const claimsAudit: Audit = {
  name: 'claims, from their decisions',
  async *run(read) {
    const [all] = await read.query<{ many: bigint }>('select count(*) as many from claims');
    read.count('claims', Number(all!.many));
    const than = 'its last decision and what was taken back since say otherwise';
    yield* whereDiffering(
      read,
      'claims',
      than,
      `select claim_id::text as row, ${ofClaim} as differing from claims claim left join (${newest}) newest using (claim_id)
       left join (select claim_id, sum(clawed_back) as clawed_back from claw_backs group by 1) back using (claim_id) order by claim_id`,
    );
    yield* whereDiffering(
      read,
      'claim_trades',
      than,
      `select concat(claim_id, ', ', trade_id) as row, ${ofTrade} as differing from claim_trades part
       left join (select claim_id, of.trade_id, of.amount from (${newest}) newest, unnest(trade_ids, amounts) as of (trade_id, amount)) decided using (claim_id, trade_id)
       left join (select claim_id, trade_id, sum(refunded) as refunded, sum(clawed_back) as clawed_back from claw_backs group by 1, 2) back
         using (claim_id, trade_id) order by claim_id, trade_id`,
    );
  },
};
