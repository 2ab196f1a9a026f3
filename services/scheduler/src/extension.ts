import { BidTerms, Placement, Preference, TimeInForce } from '#contracts';
import type { ExtendLease } from '#matching-engine';
import type { BidRow } from './bid.view.js';
import type { BookNames } from './dictionary.js';
import type { LeaseRow } from './lease.view.js';

type Asked = Pick<ExtendLease, 'durationSlots' | 'limitPrice'>;

/** what an extension asks, as its buyer is shown it. `of`: the bid of the lease that it extends. */
export function extensionTerms({ durationSlots, limitPrice }: Asked, lease: LeaseRow, of: BidRow | undefined, books: BookNames): BidTerms {
  const { perNode, noticeSlots } = of ? BidTerms.decode(of.terms) : BidTerms.create({ perNode: 1 });
  return BidTerms.create({
    books: [books.book(lease.book_id)!],
    units: lease.units,
    perNode,
    durationSlots,
    earliest: lease.delivered_to,
    latest: lease.delivered_to + durationSlots,
    limitPrice,
    timeInForce: TimeInForce.FOK,
    placement: Placement.ONE_POOL,
    preference: Preference.CHEAPEST,
    noticeSlots,
  });
}
