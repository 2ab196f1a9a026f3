import { startOfSlot } from '#domain';
import type { Time } from '#domain';
import type { OfferTerms } from '../command.js';
import { rememberClosed } from './known.js';
import { delist, enlist } from './listing.js';
import type { Book, Market } from './market.js';
import { Offer } from './records.js';

// What is kept of offers as they come and go.

export function addOffer(
  market: Market,
  orderId: number,
  participant: number,
  sessionId: number,
  priority: number,
  pool: number,
  book: Book,
  terms: OfferTerms,
): number {
  const offer = market.tables.offers.take();
  const { data } = market.tables.offers;
  data[offer + Offer.ID] = orderId;
  data[offer + Offer.PARTICIPANT] = participant;
  data[offer + Offer.PRIORITY] = priority;
  data[offer + Offer.SERIAL] = ++market.offerSerial;
  data[offer + Offer.POOL] = pool;
  data[offer + Offer.BOOK] = book.index;
  data[offer + Offer.SESSION] = sessionId;
  data[offer + Offer.COLLECTED] = 0;
  data[offer + Offer.LEASE] = 0;
  market.sold.clear(offer);
  setOfferTerms(market, offer, terms);
  enlist(market, offer);
  market.tables.offersDue.put(offer, expiryOfOffer(market, offer));
  return offer;
}

export function setOfferTerms(market: Market, offer: number, { units, from, to, minSlots, ask, goodTill }: OfferTerms): void {
  const { data } = market.tables.offers;
  data[offer + Offer.UNITS] = units;
  data[offer + Offer.FROM] = from;
  data[offer + Offer.TO] = to;
  data[offer + Offer.MIN_SLOTS] = minSlots;
  data[offer + Offer.ASK] = ask;
  data[offer + Offer.GOOD_TILL] = goodTill ?? Infinity;
}

/** an offer expires once less than minSlots of its window lies after the first sellable slot begins; a GTD offer at its date if that is earlier. */
export function expiryOfOffer(market: Market, offer: number): Time {
  const { data } = market.tables.offers;
  return Math.min(startOfSlot(data[offer + Offer.TO]! - data[offer + Offer.MIN_SLOTS]!), data[offer + Offer.GOOD_TILL]!);
}

export function closeOffer(market: Market, offer: number, at: Time, isDue = false): void {
  const { data } = market.tables.offers;
  delist(market, offer);
  if (!isDue) market.tables.offersDue.remove(offer);
  rememberClosed(market, data[offer + Offer.ID]!, market.participants.ids[data[offer + Offer.PARTICIPANT]!]!, false, -1, at);
  market.sold.release(offer);
  if (data[offer + Offer.LEASE] !== 0) market.resales--;
  data[offer + Offer.SERIAL] = 0;
  market.tables.offers.release(offer);
}
