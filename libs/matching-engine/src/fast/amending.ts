import { amountOf, countOfOne } from '#domain';
import type { AmendBid, AmendOffer, BidTerms, OfferTerms } from '../command.js';
import { isRest } from './family.js';
import { bidFault, offerFault, offerQuantitiesFault, quantitiesFault, resaleFault } from './faults.js';
import { bidGuard, countOrder, moneyGuard, offerGuard, participantGuard } from './guards.js';
import { expiryOfOffer, setOfferTerms } from './keeping-offers.js';
import { bidTermsOf, reserve, setBidTerms, setResting } from './keeping.js';
import { ownOrder } from './known.js';
import { delist, relist } from './listing.js';
import type { Book, Market } from './market.js';
import { matchArrived, offerTermsOf, openBid, raiseEarliest, rested, resolveLatest } from './orders.js';
import { Bid, Offer, offerOfRef, Rare, rareOf } from './records.js';
import type { Run } from './run.js';
import { waits } from './waiting.js';

// units are totals, fills included; the guards apply, and a refused amend changes nothing. What is amended is matched again.

export function amendBid(run: Run, { orderId, participantId, changes, sequence }: AmendBid): void {
  const { market } = run;
  const place = market.participants.placeOf(participantId);
  countOrder(market, place);
  const bid = openBid(market, ownOrder(market, orderId, participantId));
  if (bid < 0) return market.events.changeRefused(orderId, participantId, 'order_must_be_open');
  if (waits(market, bid)) return market.events.changeRefused(orderId, participantId, 'bid_must_not_wait_for_a_partner');
  const { data } = market.tables.bids;
  const book = sayOnly(changes, 'units', 'limitPrice') ? usualBook(market, bid) : null;
  if (book) return amendUsualBid(run, bid, place, book, changes, sequence);
  const standing = bidTermsOf(market, bid);
  const asked = resolveLatest(changed(standing, changes), market.time);
  const terms = raiseEarliest(asked, market.time, standing);
  const filled = data[bid + Bid.FILLED]!;
  const rest = terms.units * countOfOne(terms.precision) - filled;
  const rare = rareOf(market.tables, bid);
  const { data: more } = market.tables.rare;
  const subsidy = { amount: more[rare + Rare.SUBSIDY]!, rateBp: more[rare + Rare.SUBSIDY_RATE]! };
  const rejection = bidFault(market, asked, standing, filled) ?? bidGuard(market, place, terms, rest, subsidy, data[bid + Bid.RESERVED]!);
  if (rejection) return market.events.changeRefused(orderId, participantId, rejection);
  const isWhen = terms.earliest === standing.earliest && terms.latest === standing.latest;
  const keepsTime = isWhen && terms.units <= standing.units && keepsAllButUnits(terms, standing, changes);
  setResting(market, bid, false);
  setBidTerms(market, bid, terms);
  if (isRest(market.tables, bid)) more[rare + Rare.GB_UNITS] = terms.units;
  amendedBid(run, bid, keepsTime, sequence);
}

/** Its terms are as it was amended, and it stands in no list. */
function amendedBid(run: Run, bid: number, keepsTime: boolean, sequence: number): void {
  const { market } = run;
  const { data } = market.tables.bids;
  if (!keepsTime) data[bid + Bid.PRIORITY] = sequence;
  reserve(market, bid, Infinity);
  market.events.orderAmended(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!, true, keepsTime);
  matchArrived(run, bid);
}

/** The book of a bid that says nothing rare, names one book without a collar and constrains nothing; else null. */
function usualBook({ bookOf, tables, ties }: Market, bid: number): Book | null {
  const { data } = tables.bids;
  const { books, isPlain } = ties.all[data[bid + Bid.TIES]!]!;
  const book = isPlain && data[bid + Bid.RARE] === 0 ? bookOf.get(books[0]!)! : null;
  return book?.fact.collarBp === 0 ? book : null;
}

/** Most amends: units or limit of such a bid. What else its terms say was in order, and is as long as it is open. */
function amendUsualBid(
  run: Run,
  bid: number,
  place: number,
  book: Book,
  { units: asked, limitPrice: limitAsked }: Partial<BidTerms>,
  sequence: number,
): void {
  const { market } = run;
  const { data } = market.tables.bids;
  const unitsBefore = data[bid + Bid.UNITS]!;
  const limitBefore = data[bid + Bid.LIMIT]!;
  const slots = data[bid + Bid.DURATION]!;
  const units = asked === undefined ? unitsBefore : asked;
  const limit = limitAsked === undefined ? limitBefore : limitAsked;
  const filled = data[bid + Bid.FILLED]!;
  const rejection =
    quantitiesFault(units, limit, slots, filled) ??
    participantGuard(market, place, book.fact.computeClass, amountOf(limit, units, slots), true) ??
    moneyGuard(market, place, amountOf(limit, units - filled, slots), data[bid + Bid.RESERVED]!);
  if (rejection) return market.events.changeRefused(data[bid + Bid.ID]!, market.participants.ids[place]!, rejection);
  setResting(market, bid, false);
  data[bid + Bid.UNITS] = units;
  data[bid + Bid.LIMIT] = limit;
  amendedBid(run, bid, units <= unitsBefore && limit === limitBefore, sequence);
}

export function amendOffer({ market }: Run, { orderId, participantId, changes, sequence }: AmendOffer): void {
  const place = market.participants.placeOf(participantId);
  countOrder(market, place);
  const offer = offerOfRef(market.tables, ownOrder(market, orderId, participantId));
  if (offer < 0) return market.events.changeRefused(orderId, participantId, 'order_must_be_open');
  const { data } = market.tables.offers;
  const book = market.books[data[offer + Offer.BOOK]!]!;
  const pool = market.pools[data[offer + Offer.POOL]!]!;
  if (data[offer + Offer.LEASE] === 0 && sayOnly(changes, 'units', 'ask')) return amendUsualOffer(market, offer, place, changes, sequence);
  const standing = offerTermsOf(market, offer);
  const terms = changed(standing, changes);
  const lease = market.tradeOf.get(data[offer + Offer.LEASE]!);
  const fault = lease < 0 ? offerFault(market, terms, participantId, pool.fact, book) : resaleFault(market, lease, terms);
  const rejection = fault ?? offerGuard(market, place, book, pool, terms.ask, terms.units, terms.to - terms.from);
  if (rejection) return market.events.changeRefused(orderId, participantId, rejection);
  const keepsTime = terms.units <= standing.units && keepsAllButUnits(terms, standing, changes);
  if (!keepsTime) delist(market, offer);
  market.tables.offersDue.remove(offer);
  market.sold.forget(offer);
  setOfferTerms(market, offer, terms);
  market.tables.offersDue.put(offer, expiryOfOffer(market, offer));
  amendedOffer(market, offer, keepsTime, sequence);
}

/** Its terms are as it was amended; where it loses its time it stands in no list. */
export function amendedOffer(market: Market, offer: number, keepsTime: boolean, sequence: number): void {
  const { data } = market.tables.offers;
  const participantId = market.participants.ids[data[offer + Offer.PARTICIPANT]!]!;
  if (!keepsTime) data[offer + Offer.PRIORITY] = sequence;
  relist(market, offer);
  market.events.orderAmended(data[offer + Offer.ID]!, participantId, false, keepsTime);
  rested(market, offer, participantId);
}

/** Most amends: units or ask of an offer of a pool. What else its terms say was in order, and is as long as it is open. */
function amendUsualOffer(
  market: Market,
  offer: number,
  place: number,
  { units: unitsAsked, ask: asked }: Partial<OfferTerms>,
  sequence: number,
): void {
  const { data } = market.tables.offers;
  const unitsBefore = data[offer + Offer.UNITS]!;
  const askBefore = data[offer + Offer.ASK]!;
  const units = unitsAsked === undefined ? unitsBefore : unitsAsked;
  const ask = asked === undefined ? askBefore : asked;
  const book = market.books[data[offer + Offer.BOOK]!]!;
  const pool = market.pools[data[offer + Offer.POOL]!]!;
  const slots = data[offer + Offer.TO]! - data[offer + Offer.FROM]!;
  const rejection = offerQuantitiesFault(units, ask, slots) ?? offerGuard(market, place, book, pool, ask, units, slots);
  if (rejection) return market.events.changeRefused(data[offer + Offer.ID]!, market.participants.ids[place]!, rejection);
  const keepsTime = units <= unitsBefore && ask === askBefore;
  if (!keepsTime) delist(market, offer);
  market.sold.forget(offer);
  data[offer + Offer.UNITS] = units;
  data[offer + Offer.ASK] = ask;
  amendedOffer(market, offer, keepsTime, sequence);
}

/** True where nothing but these is to change. */
function sayOnly<T extends object>(changes: Partial<T>, one: keyof T, other: keyof T): boolean {
  for (const key in changes) if (key !== one && key !== other && changes[key] !== undefined) return false;
  return true;
}

/** What is present and defined is changed. */
function changed<T extends object>(terms: T, changes: Partial<T>): T {
  const after = { ...terms };
  for (const key of Object.keys(changes) as (keyof T)[]) if (changes[key] !== undefined) after[key] = changes[key];
  return after;
}

/** True where of what was to change nothing but the units is other than it was. */
function keepsAllButUnits<T extends object>(terms: T, standing: T, changes: Partial<T>): boolean {
  for (const key in changes) if (key !== 'units' && !isSame(terms[key], standing[key])) return false;
  return true;
}

/** True for equal numbers, strings, lists and records of such, however they came about. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
