import type { Book, Market } from './market.js';
import { Offer } from './records.js';

// Books hold the offers that may still sell something. One that is sold out leaves its book's list until something of it is free again: most futile work of a matching
// would be to look at such offers.

/** It stands in its book's list, and in its pool's. */
export const isListed = (data: Float64Array, offer: number): boolean => data[offer + Offer.LEAF]! >= 0;

/** Puts the offer into its book's list or takes it out, as what it sold says. Not while candidates are being walked through. */
export function relist(market: Market, offer: number): void {
  const { data } = market.tables.offers;
  const may = maySell(market, offer);
  if (isListed(data, offer) === may) return;
  if (may) enlist(market, offer);
  else delist(market, offer);
}

/** To be called where it stands in neither. */
export function enlist(market: Market, offer: number): void {
  const { data } = market.tables.offers;
  const { offers, pages } = market.books[data[offer + Offer.BOOK]!]!;
  market.tables.offersOfPool.put(data[offer + Offer.POOL]!, offer);
  market.leaves.insert(
    offers,
    data[offer + Offer.ASK]!,
    data[offer + Offer.PRIORITY]!,
    offer,
    data[offer + Offer.FROM]!,
    data[offer + Offer.TO]!,
  );
  if (pages) market.columns.insert(pages, offer);
}

/** Before its ask or its time change, and when it closes. */
export function delist(market: Market, offer: number): void {
  const { data } = market.tables.offers;
  if (!isListed(data, offer)) return;
  const { offers, pages } = market.books[data[offer + Offer.BOOK]!]!;
  market.tables.offersOfPool.remove(data[offer + Offer.POOL]!, offer);
  market.leaves.remove(offers, data[offer + Offer.ASK]!, data[offer + Offer.PRIORITY]!, offer);
  if (pages) market.columns.pages.remove(pages, offer);
}

/** False where no lease of the least length has a unit left. */
function maySell(market: Market, offer: number): boolean {
  const { data } = market.tables.offers;
  const units = data[offer + Offer.UNITS]!;
  const steps = data[offer + Offer.SOLD_STEPS]!;
  const least = data[offer + Offer.MIN_SLOTS]!;
  const from = Math.max(data[offer + Offer.FROM]!, market.firstSellable);
  const to = data[offer + Offer.TO]!;
  if (steps >= 0) return market.steps.longestBelow(steps, from, to, units) >= least;
  if (data[offer + Offer.SOLD_UNITS]! < units) return true;
  return data[offer + Offer.SOLD_FROM]! - from >= least || to - data[offer + Offer.SOLD_TO]! >= least;
}

/** The open offers of the books, those that may sell nothing ahead among them; in no order. A walk over all offers. */
export function openOffers({ tables: { offers }, books: all }: Market, books: readonly Book[]): number[] {
  const isAsked = all.map((book) => books.includes(book));
  const { data } = offers;
  const found: number[] = [];
  for (let offer = 0; offer < offers.length; offer += offers.stride)
    if (data[offer + Offer.SERIAL] !== 0 && isAsked[data[offer + Offer.BOOK]!]) found.push(offer);
  return found;
}
