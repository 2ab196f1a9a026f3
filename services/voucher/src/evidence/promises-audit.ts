import type { Audit } from '#platform';
import { differing, whereDiffering } from './differing.js';

/** Of an open bid all that its billed trades did not take; of a closed one the shares of trades that are still to be billed. */
const ofBid = differing({
  promised: `bid.promised <> case when bid.closed then coalesce(shares.unbilled, 0) else greatest(0, bid.amount - coalesce(shares.billed, 0)) end`,
  programme_id: 'bid.programme_id <> coalesce(shares.programme_id, bid.programme_id)',
});

/** What is promised to each bid, from what its trades hold of it. */
export const promisesAudit: Audit = {
  name: 'promises, from the trades of their bids',
  async *run(read) {
    const [all] = await read.query<{ many: bigint }>('select count(*) as many from reservations');
    read.count('promises', Number(all!.many));
    yield* whereDiffering(
      read,
      'reservations',
      'its trades hold otherwise',
      `select bid.order_id::text as row, ${ofBid} as differing from reservations bid
       left join (select order_id, max(programme_id) as programme_id, sum(share) filter (where billed) as billed, sum(share) filter (where not billed) as unbilled
         from subsidised_trades group by 1) shares using (order_id) order by bid.order_id`,
    );
  },
};
