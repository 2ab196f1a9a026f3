import { amountOf, countOfOne, firstSellableSlot, isWithin, startOfSlot, TimeInForce } from '#domain';
import type { OrderId, ParticipantId, Price, Time } from '#domain';
import type { BidTerms, CancelAll, CancelOrder, OfferTerms, SubmitBid, SubmitOffer, Subsidy } from '../command.js';
import { isGuard, rejections } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { areUsual, bidFault, offerFault, usualFault } from './faults.js';
import { bidGuard, countOrder, moneyGuard, offerGuard, participantGuard } from './guards.js';
import { addOffer, closeOffer } from './keeping-offers.js';
import { addBid, addPlainBid, closeBid, reserve, setRestingIn, setSubsidy } from './keeping.js';
import { isRepeated, ownOrder, rememberBid, rememberClosed, rememberOffer } from './known.js';
import type { Book, Market } from './market.js';
import { isPlain, plainBook, tradePlain } from './plain.js';
import { Bid, bidOfRef, isOpen, isResting, Offer, offerOfRef } from './records.js';
import type { Run } from './run.js';
import { letRest, tellRested } from './resting.js';
import { trade } from './trading.js';
import { restOf } from './wish.js';

// ---- new orders

export function submitBid(run: Run, { orderId, participantId, sessionId, terms: asked, subsidy, reserveUntil, sequence }: SubmitBid): void {
  const { market } = run;
  if (isRepeated(market, orderId, participantId, true)) return;
  const place = market.participants.placeOf(participantId);
  countOrder(market, place);
  const book = subsidy || reserveUntil !== undefined || sessionFault(sessionId) ? null : usualBook(market, asked);
  if (book) return submitUsualBid(run, orderId, participantId, place, sessionId, asked, book, sequence);
  const resolved = resolveLatest(asked, market.time);
  const terms = raiseEarliest(resolved, market.time, null);
  const rejection =
    sessionFault(sessionId) ??
    bidFault(market, resolved, null, 0) ??
    subsidyFault(terms, subsidy) ??
    reservationFault(terms, reserveUntil, market.time) ??
    bidGuard(market, place, terms, terms.units * countOfOne(terms.precision), subsidy, 0);
  if (rejection) return refuse(market, orderId, participantId, true, rejection);
  market.events.orderAccepted(orderId, participantId, true, false);
  const bid = addBid(market, orderId, place, sessionId, sequence, terms);
  rememberBid(market, bid);
  if (subsidy) setSubsidy(market, bid, subsidy.amount, subsidy.rateBp);
  reserve(market, bid, Infinity);
  matchArrived(run, bid, -1, reserveUntil);
}

/** The book of a new bid that is plain (plain.ts) and of which nothing can be wrong but for guards, with no collar; else null. */
function usualBook(market: Market, terms: BidTerms): Book | null {
  const { books, durationSlots, earliest, latest } = terms;
  if (!areUsual(terms) || latest - earliest !== durationSlots || earliest < market.firstSellable || !market.isOrdinary) return null;
  if (usualFault(market, terms)) return null;
  const book = market.bookOf.get(books[0]!)!;
  return book.fact.collarBp === 0 && isPlain(market, book) ? book : null;
}

/** Most bids. */
function submitUsualBid(
  run: Run,
  orderId: OrderId,
  participantId: ParticipantId,
  place: number,
  sessionId: number,
  terms: BidTerms,
  book: Book,
  sequence: number,
): void {
  const { market } = run;
  const { participants } = market;
  const worst = amountOf(terms.limitPrice, terms.units, terms.durationSlots);
  const rejection = participantGuard(market, place, book.fact.computeClass, worst, true) ?? moneyGuard(market, place, worst, 0);
  if (rejection) return refuse(market, orderId, participantId, true, rejection);
  market.events.orderAccepted(orderId, participantId, true, false);
  const bid = addPlainBid(market, orderId, place, sessionId, sequence, terms, book);
  rememberBid(market, bid);
  market.tables.bids.data[bid + Bid.RESERVED] = worst;
  participants.reserved[place] = participants.reserved[place]! + worst;
  matchUsual(run, bid, book);
}

/** As `matchArrived` for a plain bid of the book. */
export function matchUsual(run: Run, bid: number, book: Book): void {
  const { market } = run;
  tradePlain(run, bid, book);
  const { data } = market.tables.bids;
  if (!isOpen(data, bid)) return;
  if (data[bid + Bid.TIME_IN_FORCE] === TimeInForce.IOC) return cancelBid(market, bid, 1);
  setRestingIn(market, book, bid, true);
  data[bid + Bid.COLLECTED] = 0;
  if (data[bid + Bid.DUE]! < 0) market.tables.bidsDue.put(bid, startOfSlot(data[bid + Bid.EARLIEST]!));
  tellRested(market, bid, data[bid + Bid.UNITS]! - data[bid + Bid.FILLED]!);
}

const subsidyFault = ({ limitPrice, units, durationSlots, standby }: BidTerms, subsidy: Subsidy | undefined): Rejection | null =>
  !subsidy ||
  (isWithin(subsidy.amount, 1, amountOf(limitPrice, units, durationSlots) * (standby ? 2 : 1)) && isWithin(subsidy.rateBp, 1, 10_000))
    ? null
    : 'subsidy_must_be_within_the_bids_value';

/** what is reserved for a partner's buyer is all or nothing at once, in one fill. */
function reservationFault({ timeInForce, standby }: BidTerms, reserveUntil: Time | undefined, time: Time): Rejection | null {
  if (reserveUntil === undefined) return null;
  if (timeInForce !== TimeInForce.FOK) return 'reservation_must_be_fill_or_kill';
  if (standby !== null) return 'reservation_must_have_no_standby';
  return Number.isSafeInteger(reserveUntil) && reserveUntil > time ? null : 'reservation_must_lapse_ahead';
}

export function submitOffer({ market }: Run, { orderId, participantId, sessionId, poolId, tier, terms, sequence }: SubmitOffer): void {
  if (isRepeated(market, orderId, participantId, false)) return;
  const place = market.participants.placeOf(participantId);
  const pool = market.poolOf.get(poolId) ?? null;
  // a partner's supply keeps the rate that was agreed for its messages.
  const isRated = pool === null || pool.platform === 0;
  if (isRated) countOrder(market, place);
  const book = pool && market.bookOfPool(pool, tier);
  const fault = sessionFault(sessionId) ?? offerFault(market, terms, participantId, pool && pool.fact, book);
  const rejection = fault ?? offerGuard(market, place, book!, pool!, terms.ask, terms.units, terms.to - terms.from, isRated);
  if (rejection) return refuse(market, orderId, participantId, false, rejection);
  market.events.orderAccepted(orderId, participantId, false, false);
  const offer = addOffer(market, orderId, place, sessionId, sequence, pool!.index, book!, terms);
  rememberOffer(market, offer);
  rested(market, offer, participantId);
}

export const sessionFault = (sessionId: number): Rejection | null =>
  isWithin(sessionId, 0, Number.MAX_SAFE_INTEGER) ? null : 'session_must_be_within_range';

/** the pass to come matches the bids that the offer may fill. A halted book collects it. */
export function rested(market: Market, offer: number, participantId: number): void {
  const { data } = market.tables.offers;
  const book = market.books[data[offer + Offer.BOOK]!]!;
  const collects = market.stopped || book.halted;
  data[offer + Offer.COLLECTED] = collects ? 1 : 0;
  if (!collects && mayFill(market, book, data[offer + Offer.ASK]!)) market.freed.offer(offer);
  market.events.orderRested(data[offer + Offer.ID]!, participantId, false, data[offer + Offer.UNITS]!);
}

/** False where no resting bid gains by an offer of the book at that ask: their limits do not reach it. */
function mayFill({ floors, leaves, mayCross, pflops, standbys }: Market, book: Book, ask: Price): boolean {
  if (pflops.size > 0 || standbys > 0 || mayCross || floors[book.fact.computeClass]!.size > 0) return true;
  return -leaves.leastKey(book.bids) >= ask;
}

/** Says no to a new order, and remembers it unless a guard refused it (R-10a). */
export function refuse(market: Market, orderId: number, participantId: number, isBid: boolean, rejection: Rejection): void {
  market.events.orderRefused(orderId, participantId, isBid, rejection, false);
  if (isGuard(rejection)) return;
  rememberClosed(market, orderId, participantId, isBid, rejections.indexOf(rejection), market.time);
}

/** matches the bid; what is left rests unless IOC or FOK. A bid that lacks nothing waits for a partner. pin, until: as of `trade`. */
export function matchArrived(run: Run, bid: number, pin = -1, until: Time = 0): void {
  const { market } = run;
  const book = pin < 0 ? plainBook(market, bid) : null;
  if (book) return matchUsual(run, bid, book);
  trade(run, bid, pin, until);
  const { data } = market.tables.bids;
  if (!isOpen(data, bid)) return;
  const timeInForce = data[bid + Bid.TIME_IN_FORCE];
  const endsAtOnce = timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK;
  if (endsAtOnce && restOf(market.tables, bid) > 0) return cancelBid(market, bid, 1);
  letRest(market, bid);
}

const participantOf = (market: Market, place: number): number => market.participants.ids[place]!;

/** A `latest` of 0 is the earliest possible end, `earliest` being raised as by R-13. */
export const resolveLatest = (terms: BidTerms, time: Time): BidTerms =>
  terms.latest === 0 ? { ...terms, latest: Math.max(terms.earliest, firstSellableSlot(time)) + terms.durationSlots } : terms;

/** an earlier `earliest` is raised to the first sellable slot. Of an amend it is the standing one where both have passed: then nothing changed. */
export function raiseEarliest(terms: BidTerms, time: Time, standing: BidTerms | null): BidTerms {
  const first = firstSellableSlot(time);
  if (standing && standing.earliest <= first && terms.earliest <= first) return { ...terms, earliest: standing.earliest };
  return terms.earliest >= first ? terms : { ...terms, earliest: Math.max(terms.earliest, first) };
}

export function offerTermsOf(market: Market, offer: number): OfferTerms {
  const { data } = market.tables.offers;
  const goodTill = data[offer + Offer.GOOD_TILL]!;
  return {
    units: data[offer + Offer.UNITS]!,
    from: data[offer + Offer.FROM]!,
    to: data[offer + Offer.TO]!,
    minSlots: data[offer + Offer.MIN_SLOTS]!,
    ask: data[offer + Offer.ASK]!,
    timeInForce: goodTill === Infinity ? TimeInForce.GTC : TimeInForce.GTD,
    goodTill: goodTill === Infinity ? null : goodTill,
  };
}

// ---- cancels: what rests goes, trades stand

/** The bid that a known id leads to, if it is one and open; else -1. */
export function openBid({ tables }: Market, ref: number): number {
  const bid = bidOfRef(tables, ref);
  return bid >= 0 && isOpen(tables.bids.data, bid) ? bid : -1;
}

export function cancelOrder({ market }: Run, { orderId, participantId }: CancelOrder): void {
  const ref = ownOrder(market, orderId, participantId);
  const offer = offerOfRef(market.tables, ref);
  if (offer >= 0) return cancelOffer(market, offer, 0);
  const bid = openBid(market, ref);
  if (bid >= 0) return cancelBid(market, bid, 0);
  market.events.changeRefused(orderId, participantId, 'order_must_be_open');
}

export function cancelAll({ market }: Run, { kind, participantId }: CancelAll): void {
  market.events.applied(kind);
  const place = market.participants.placeOf(participantId);
  cancelWhere(market, (owner) => owner === place, 0);
}

/** An order that rests: its record is a bid's or an offer's. */
export interface Resting {
  readonly priority: number;
  readonly orderId: number;
  readonly bid: number;
  readonly offer: number;
}

/** Those of its owner (a place) and session that are chosen, bids and offers together, by time. */
export function restingWhere({ tables: { bids, offers } }: Market, isChosen: (owner: number, sessionId: number) => boolean): Resting[] {
  const found: Resting[] = [];
  for (let bid = 0; bid < bids.length; bid += bids.stride) {
    if (!isResting(bids.data, bid) || !isChosen(bids.data[bid + Bid.PARTICIPANT]!, bids.data[bid + Bid.SESSION]!)) continue;
    found.push({ priority: bids.data[bid + Bid.PRIORITY]!, orderId: bids.data[bid + Bid.ID]!, bid, offer: -1 });
  }
  for (let offer = 0; offer < offers.length; offer += offers.stride) {
    if (offers.data[offer + Offer.SERIAL] === 0) continue;
    if (!isChosen(offers.data[offer + Offer.PARTICIPANT]!, offers.data[offer + Offer.SESSION]!)) continue;
    found.push({ priority: offers.data[offer + Offer.PRIORITY]!, orderId: offers.data[offer + Offer.ID]!, bid: -1, offer });
  }
  return found.sort((a, b) => a.priority - b.priority || a.orderId - b.orderId);
}

/** Every such resting order goes. The reason is a place in cancelReasons. */
export function cancelWhere(market: Market, goes: (owner: number, sessionId: number) => boolean, reason: number): void {
  for (const { bid, offer } of restingWhere(market, goes)) {
    if (bid >= 0) cancelBid(market, bid, reason);
    else cancelOffer(market, offer, reason);
  }
}

export function cancelBid(market: Market, bid: number, reason: number): void {
  const { data } = market.tables.bids;
  closeBid(market, bid, market.time);
  market.events.orderCancelled(data[bid + Bid.ID]!, participantOf(market, data[bid + Bid.PARTICIPANT]!), true, reason);
}

export function cancelOffer(market: Market, offer: number, reason: number): void {
  const { data } = market.tables.offers;
  const orderId = data[offer + Offer.ID]!;
  const participantId = participantOf(market, data[offer + Offer.PARTICIPANT]!);
  closeOffer(market, offer, market.time);
  market.events.orderCancelled(orderId, participantId, false, reason);
}
