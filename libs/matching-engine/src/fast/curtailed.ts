import { Tier } from '#domain';
import type { Slot } from '#domain';
import type { Market, Pool } from './market.js';
import { Offer } from './records.js';

/** nothing RECLAIMABLE is sold over a curtailment of its site. */
export function isCurtailed(market: Market, offer: number, { curtailment }: Pool, start: Slot, end: Slot): boolean {
  if (curtailment === null || start >= curtailment.to || end <= curtailment.from) return false;
  return market.books[market.tables.offers.data[offer + Offer.BOOK]!]!.fact.tier === Tier.RECLAIMABLE;
}
