import { startOfSlot, Tier } from '#domain';
import type { Time } from '#domain';
import type { BidTerms, OfferTerms } from '../command.js';
import { subsidyShare } from '../subsidy.js';
import { leaveFamily } from './family.js';
import type { OrderedList } from './leaves.js';
import type { Book, Market } from './market.js';
import { delist, relist } from './listing.js';
import { Bid, Choice, Memory, Offer, Trade } from './records.js';
import { expiryOfBid, worstCaseOf } from './wish.js';

// What is kept of orders and trades as they come and go.

// ---- bids

/** A record for a bid that is accepted. */
export function addBid(market: Market, orderId: number, participant: number, sessionId: number, priority: number, terms: BidTerms): number {
  const bid = market.tables.bids.take();
  const { data } = market.tables.bids;
  data[bid + Bid.ID] = orderId;
  data[bid + Bid.PARTICIPANT] = participant;
  data[bid + Bid.PRIORITY] = priority;
  data[bid + Bid.OPEN] = 1;
  data[bid + Bid.KNOWN] = 1;
  data[bid + Bid.RESTING] = 0;
  data[bid + Bid.FILLED] = 0;
  data[bid + Bid.RESERVED] = 0;
  data[bid + Bid.SUBSIDY] = 0;
  data[bid + Bid.SUBSIDY_RATE] = 0;
  data[bid + Bid.FIRST_TRADE] = -1;
  data[bid + Bid.LAST_TRADE] = -1;
  data[bid + Bid.FIRST_CHOICE] = -1;
  data[bid + Bid.LAST_CHOICE] = -1;
  data[bid + Bid.DUE] = -1;
  data[bid + Bid.PASS] = market.passes;
  data[bid + Bid.TIES] = -1;
  data[bid + Bid.SESSION] = sessionId;
  data[bid + Bid.COLLECTED] = 0;
  data[bid + Bid.WAITING] = 0;
  data[bid + Bid.FIRST_REST] = -1;
  data[bid + Bid.IS_REST] = 0;
  setBidTerms(market, bid, terms);
  return bid;
}

export function setBidTerms(market: Market, bid: number, terms: BidTerms): void {
  const { data } = market.tables.bids;
  const held = data[bid + Bid.TIES]!;
  data[bid + Bid.TIES] = market.ties.hold(terms);
  if (held >= 0) market.ties.release(held);
  data[bid + Bid.UNITS] = terms.units;
  data[bid + Bid.PRECISION] = terms.precision ?? 0;
  data[bid + Bid.PER_NODE] = terms.perNode;
  data[bid + Bid.DURATION] = terms.durationSlots;
  data[bid + Bid.EARLIEST] = terms.earliest;
  data[bid + Bid.LATEST] = terms.latest;
  data[bid + Bid.HOURS] = terms.hours;
  data[bid + Bid.WEEKDAYS] = terms.weekdays;
  data[bid + Bid.LIMIT] = terms.limitPrice;
  data[bid + Bid.TIME_IN_FORCE] = terms.timeInForce;
  data[bid + Bid.GOOD_TILL] = terms.goodTill ?? Infinity;
  data[bid + Bid.ALL_OR_NONE] = terms.allOrNone ? 1 : 0;
  data[bid + Bid.MIN_UNITS] = terms.minUnits;
  data[bid + Bid.PLACEMENT] = terms.placement;
  data[bid + Bid.TOGETHER] = terms.together ? 1 : 0;
  data[bid + Bid.PREFERENCE] = terms.preference;
  data[bid + Bid.DATA_GB] = terms.dataGb;
  data[bid + Bid.NOTICE] = terms.noticeSlots;
  data[bid + Bid.STANDBY] = terms.standby ?? 0;
}

/** The terms as they were accepted: earliest raised, latest resolved. */
export function bidTermsOf(market: Market, bid: number): BidTerms {
  const { data } = market.tables.bids;
  const { books, floor, constraints, demandRegion } = market.ties.all[data[bid + Bid.TIES]!]!;
  const goodTill = data[bid + Bid.GOOD_TILL]!;
  return {
    books,
    floor,
    units: data[bid + Bid.UNITS]!,
    precision: (data[bid + Bid.PRECISION]! || null) as BidTerms['precision'],
    perNode: data[bid + Bid.PER_NODE]!,
    durationSlots: data[bid + Bid.DURATION]!,
    earliest: data[bid + Bid.EARLIEST]!,
    latest: data[bid + Bid.LATEST]!,
    hours: data[bid + Bid.HOURS]!,
    weekdays: data[bid + Bid.WEEKDAYS]!,
    limitPrice: data[bid + Bid.LIMIT]!,
    timeInForce: data[bid + Bid.TIME_IN_FORCE]! as BidTerms['timeInForce'],
    goodTill: goodTill === Infinity ? null : goodTill,
    allOrNone: data[bid + Bid.ALL_OR_NONE] === 1,
    minUnits: data[bid + Bid.MIN_UNITS]!,
    placement: data[bid + Bid.PLACEMENT]! as BidTerms['placement'],
    together: data[bid + Bid.TOGETHER] === 1,
    constraints,
    standby: (data[bid + Bid.STANDBY]! || null) as BidTerms['standby'],
    preference: data[bid + Bid.PREFERENCE]! as BidTerms['preference'],
    demandRegion,
    dataGb: data[bid + Bid.DATA_GB]!,
    noticeSlots: data[bid + Bid.NOTICE]!,
  };
}

/**
 * the bid holds its worst case for what it lacks, nothing once it is closed. Its subsidy pays its rate of that, and what is more leaves the bid for good.
 * @param moneyAtMost what the buyer sets aside
 */
export function reserve(market: Market, bid: number, moneyAtMost: number): void {
  const { data } = market.tables.bids;
  const place = data[bid + Bid.PARTICIPANT]!;
  const worst = data[bid + Bid.OPEN] === 1 ? worstCaseOf(data, bid) : 0;
  const subsidy = subsidyShare(worst, data[bid + Bid.SUBSIDY_RATE]!, data[bid + Bid.SUBSIDY]!, moneyAtMost);
  const held = worst - subsidy;
  data[bid + Bid.SUBSIDY] = subsidy;
  market.participants.hasAccount[place] = true;
  market.participants.reserved[place] = market.participants.reserved[place]! - data[bid + Bid.RESERVED]! + held;
  data[bid + Bid.RESERVED] = held;
}

/** sets when the bid falls due. */
export function setExpiry(market: Market, bid: number): void {
  const { data } = market.tables.bids;
  const at = expiryOfBid(market, bid);
  const due = data[bid + Bid.DUE]!;
  if (due === at) return;
  if (due >= 0) market.tables.bidsDue.remove(bid);
  market.tables.bidsDue.put(bid, at);
}

/** The bid is in the lists of what rests, or out of them. Its terms must be the same for both. */
export function setResting(market: Market, bid: number, rests: boolean): void {
  const { data } = market.tables.bids;
  if ((data[bid + Bid.RESTING] === 1) === rests) return;
  data[bid + Bid.RESTING] = rests ? 1 : 0;
  const { books, floor } = market.ties.all[data[bid + Bid.TIES]!]!;
  if (data[bid + Bid.PRECISION] !== 0) enlist(market, market.pflops, bid, rests);
  else if (floor) enlist(market, market.floors[floor.computeClass]!, bid, rests);
  else if (books.length === 1) enlist(market, market.bookOf.get(books[0]!)!.bids, bid, rests);
  else for (const bookId of new Set(books)) enlist(market, market.bookOf.get(bookId)!.bids, bid, rests);
}

function enlist(market: Market, list: OrderedList, bid: number, rests: boolean): void {
  const { data } = market.tables.bids;
  const key = -data[bid + Bid.LIMIT]!;
  const rank = data[bid + Bid.PRIORITY]!;
  if (data[bid + Bid.IS_REST] === 1) list.rests += rests ? 1 : -1;
  if (rests) market.leaves.insert(list, key, rank, bid, data[bid + Bid.EARLIEST]!, data[bid + Bid.LATEST]!);
  else market.leaves.remove(list, key, rank, bid);
}

export function closeBid(market: Market, bid: number, at: Time): void {
  const { data } = market.tables.bids;
  setResting(market, bid, false);
  data[bid + Bid.OPEN] = 0;
  data[bid + Bid.COLLECTED] = 0;
  if (data[bid + Bid.DUE]! >= 0) market.tables.bidsDue.remove(bid);
  data[bid + Bid.DUE] = -1;
  reserve(market, bid, 0);
  closeMemory(market, data[bid + Bid.MEMORY]!, at);
}

/** A bid is forgotten once its id is and no trade of it is left. */
function dropBid(market: Market, bid: number): void {
  const { data } = market.tables.bids;
  if (data[bid + Bid.KNOWN] === 1 || data[bid + Bid.FIRST_TRADE]! >= 0) return;
  const { choices } = market.tables;
  for (let choice = data[bid + Bid.FIRST_CHOICE]!; choice >= 0;) {
    const following = choices.data[choice + Choice.NEXT]!;
    choices.release(choice);
    choice = following;
  }
  leaveFamily(data, bid);
  market.ties.release(data[bid + Bid.TIES]!);
  market.tables.bids.release(bid);
}

// ---- offers

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
  data[offer + Offer.LISTED] = 0;
  relist(market, offer);
  market.tables.offersDue.put(offer, expiryOfOffer(market, offer));
  return offer;
}

export function setOfferTerms(market: Market, offer: number, { units, from, to, minSlots, ask, goodTill }: OfferTerms): void {
  const { data } = market.tables.offers;
  market.sold.forget(offer);
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
  const memory = data[offer + Offer.MEMORY]!;
  market.tables.memories.data[memory + Memory.ORDER] = -1;
  closeMemory(market, memory, at);
  market.sold.release(offer);
  if (data[offer + Offer.LEASE] !== 0) market.resales--;
  data[offer + Offer.SERIAL] = 0;
  market.tables.offers.release(offer);
}

/** The offer that the trade was made with, or -1 once it is closed. */
export function offerOfTrade(market: Market, trade: number): number {
  const { data } = market.tables.trades;
  const offer = data[trade + Trade.OFFER]!;
  return offer >= 0 && market.tables.offers.data[offer + Offer.SERIAL] === data[trade + Trade.OFFER_SERIAL] ? offer : -1;
}

// ---- memories (R-10a)

/** rejection: -1 where it was accepted; order: its record, or -1. */
export function remember(market: Market, orderId: number, participantId: number, isBid: boolean, rejection: number, order: number): number {
  const memory = market.tables.memories.take();
  const { data } = market.tables.memories;
  data[memory + Memory.ID] = orderId;
  data[memory + Memory.PARTICIPANT_ID] = participantId;
  data[memory + Memory.IS_BID] = isBid ? 1 : 0;
  data[memory + Memory.REJECTION] = rejection;
  data[memory + Memory.CLOSED_AT] = Infinity;
  market.memories.set(orderId, memory);
  bindMemory(market, memory, order);
  return memory;
}

/** The memory knows its order's record, and the other way round; -1: it has none. */
export function bindMemory({ tables }: Market, memory: number, order: number): void {
  const isBid = tables.memories.data[memory + Memory.IS_BID] === 1;
  tables.memories.data[memory + Memory.ORDER] = order;
  if (order < 0) return;
  if (isBid) tables.bids.data[order + Bid.MEMORY] = memory;
  else tables.offers.data[order + Offer.MEMORY] = memory;
}

export function closeMemory(market: Market, memory: number, closedAt: Time): void {
  market.tables.memories.data[memory + Memory.CLOSED_AT] = closedAt;
  if (market.closedCount === market.closed.length) {
    const larger = new Int32Array(2 * market.closed.length);
    for (let i = 0; i < market.closedCount; i++) larger[i] = market.closed[(market.closedFirst + i) % market.closed.length]!;
    market.closed = larger;
    market.closedFirst = 0;
  }
  market.closed[(market.closedFirst + market.closedCount++) & (market.closed.length - 1)] = memory;
}

const memoryMs = 24 * 3_600_000;

/** R-10a: an order's id is known until exactly 24 hours after it closed. */
export function forget(market: Market): void {
  const { memories } = market.tables;
  while (market.closedCount > 0) {
    const memory = market.closed[market.closedFirst]!;
    if (memories.data[memory + Memory.CLOSED_AT]! + memoryMs > market.time) return;
    market.closedFirst = (market.closedFirst + 1) & (market.closed.length - 1);
    market.closedCount--;
    market.memories.remove(memories.data[memory + Memory.ID]!);
    const order = memories.data[memory + Memory.ORDER]!;
    memories.release(memory);
    if (order < 0) continue;
    market.tables.bids.data[order + Bid.KNOWN] = 0;
    dropBid(market, order);
  }
}

// ---- trades

/** Enters a trade whose fields are set into the lists of its bid and pool, and into the calendar. */
export function enterTrade(market: Market, trade: number): void {
  const { trades, bids } = market.tables;
  const { data } = trades;
  market.tradeOf.set(data[trade + Trade.NUMBER]!, trade);
  const bid = data[trade + Trade.BID]!;
  market.tables.tradesOfBid.append(trade, bids.data[bid + Bid.LAST_TRADE]!);
  bids.data[bid + Bid.LAST_TRADE] = trade;
  if (bids.data[bid + Bid.FIRST_TRADE]! < 0) bids.data[bid + Bid.FIRST_TRADE] = trade;
  data[trade + Trade.GOING] = 0;
  if (data[trade + Trade.ENDED] === 1) return;
  joinPool(market, trade);
  market.tables.leasesDue.put(trade, startOfSlot(data[trade + Trade.TO]!));
}

function joinPool(market: Market, trade: number): void {
  const { data } = market.tables.trades;
  const { firstLease } = market.pools[data[trade + Trade.POOL]!]!;
  const tier = data[trade + Trade.TIER]!;
  const first = firstLease[tier]!;
  data[trade + Trade.OF_POOL_PREVIOUS] = -1;
  data[trade + Trade.OF_POOL_NEXT] = first;
  if (first >= 0) data[first + Trade.OF_POOL_PREVIOUS] = trade;
  firstLease[tier] = trade;
  if (tier === Tier.RECLAIMABLE) market.reclaimable++;
}

/** Place of the trade's buyer among the participants. */
export const buyerOf = ({ tables }: Market, trade: number): number =>
  tables.bids.data[tables.trades.data[trade + Trade.BID]! + Bid.PARTICIPANT]!;

/** The lease has ended, and leaves the list of its pool. It is out of the calendar already. */
export function endLease(market: Market, trade: number): void {
  const { data } = market.tables.trades;
  const { firstLease } = market.pools[data[trade + Trade.POOL]!]!;
  const tier = data[trade + Trade.TIER]!;
  data[trade + Trade.ENDED] = 1;
  if (firstLease[tier] === trade) firstLease[tier] = data[trade + Trade.OF_POOL_NEXT]!;
  market.tables.tradesOfPool.remove(trade);
  if (tier === Tier.RECLAIMABLE) market.reclaimable--;
  else market.resold.forget(data[trade + Trade.NUMBER]!);
}

/** What ended in this command before its time is gone from now on, where it is settled too. */
export function dropOver(market: Market): void {
  for (const trade of market.over) dropTrade(market, trade);
  market.over.length = 0;
}

/** A trade is forgotten once its lease has ended and its cost is settled. */
export function dropTrade(market: Market, trade: number): void {
  const { trades, bids } = market.tables;
  const { data } = trades;
  if (data[trade + Trade.ENDED] === 0 || data[trade + Trade.SETTLED] === 0) return;
  const bid = data[trade + Trade.BID]!;
  if (bids.data[bid + Bid.FIRST_TRADE] === trade) bids.data[bid + Bid.FIRST_TRADE] = data[trade + Trade.OF_BID_NEXT]!;
  if (bids.data[bid + Bid.LAST_TRADE] === trade) bids.data[bid + Bid.LAST_TRADE] = data[trade + Trade.OF_BID_PREVIOUS]!;
  market.tables.tradesOfBid.remove(trade);
  market.tradeOf.remove(data[trade + Trade.NUMBER]!);
  market.arena.release(data[trade + Trade.NODES]!, data[trade + Trade.NODES_CLASS]!);
  trades.release(trade);
  dropBid(market, bid);
}
