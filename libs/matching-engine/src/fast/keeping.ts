import { amountOf, everyHour, everyWeekday, Placement, Preference, startOfSlot, Tier } from '#domain';
import type { Time } from '#domain';
import type { BidTerms } from '../command.js';
import { subsidyShare } from '../subsidy.js';
import { isRest, leaveFamily } from './family.js';
import { closedAtOf, rememberClosedBid } from './known.js';
import type { OrderedList } from './leaves.js';
import type { Book, Market } from './market.js';
import {
  Bid,
  bidOfRef,
  Standing,
  Choice,
  idOfRef,
  isOpen,
  isResting,
  leasesOf,
  memoryOfRef,
  Offer,
  ownRare,
  Rare,
  rareOf,
  Trade,
} from './records.js';
import type { Tables } from './records.js';
import { costWaiting } from './waiting.js';
import { expiryOfBid, worstCaseOf } from './wish.js';

// What is kept of orders and trades as they come and go.

// ---- bids

/** A record for a bid that is accepted. */
export function addBid(market: Market, orderId: number, participant: number, sessionId: number, priority: number, terms: BidTerms): number {
  const bid = market.tables.bids.take();
  market.tables.bids.data[bid + Bid.TIES] = -1;
  begin(market, bid, orderId, participant, sessionId, priority);
  setBidTerms(market, bid, terms);
  return bid;
}

/** All but its terms. */
function begin(market: Market, bid: number, orderId: number, participant: number, sessionId: number, priority: number): void {
  const { data } = market.tables.bids;
  data[bid + Bid.ID] = orderId;
  data[bid + Bid.PARTICIPANT] = participant;
  data[bid + Bid.PRIORITY] = priority;
  data[bid + Bid.STATE] = Standing.OPEN;
  data[bid + Bid.FILLED] = 0;
  data[bid + Bid.RESERVED] = 0;
  data[bid + Bid.DUE] = -1;
  data[bid + Bid.LEAF] = -1;
  data[bid + Bid.FIRST_TRADE] = -1;
  data[bid + Bid.LAST_TRADE] = -1;
  data[bid + Bid.FIRST_CHOICE] = -1;
  data[bid + Bid.LAST_CHOICE] = -1;
  data[bid + Bid.PASS] = market.passes;
  data[bid + Bid.SESSION] = sessionId;
  data[bid + Bid.COLLECTED] = 0;
  data[bid + Bid.RARE] = 0;
}

/** The same for a plain bid of the book (plain.ts). */
export function addPlainBid(
  market: Market,
  orderId: number,
  participant: number,
  sessionId: number,
  priority: number,
  { units, limitPrice, earliest, latest, durationSlots, timeInForce }: BidTerms,
  book: Book,
): number {
  const bid = market.tables.bids.take();
  const { data } = market.tables.bids;
  data[bid + Bid.UNITS] = units;
  data[bid + Bid.LIMIT] = limitPrice;
  data[bid + Bid.EARLIEST] = earliest;
  data[bid + Bid.LATEST] = latest;
  data[bid + Bid.DURATION] = durationSlots;
  data[bid + Bid.TIES] = market.ties.holdPlain(book.fact.bookId);
  data[bid + Bid.TIME_IN_FORCE] = timeInForce;
  begin(market, bid, orderId, participant, sessionId, priority);
  return bid;
}

export function setBidTerms(market: Market, bid: number, terms: BidTerms): void {
  const { data } = market.tables.bids;
  const held = data[bid + Bid.TIES]!;
  data[bid + Bid.TIES] = market.ties.hold(terms);
  if (held >= 0) market.ties.release(held);
  data[bid + Bid.UNITS] = terms.units;
  data[bid + Bid.LIMIT] = terms.limitPrice;
  data[bid + Bid.EARLIEST] = terms.earliest;
  data[bid + Bid.LATEST] = terms.latest;
  data[bid + Bid.DURATION] = terms.durationSlots;
  data[bid + Bid.TIME_IN_FORCE] = terms.timeInForce;
  if (data[bid + Bid.RARE] !== 0 || saysRare(terms)) setRareTerms(market.tables, bid, terms);
}

const saysRare = (terms: BidTerms): boolean =>
  terms.precision !== null ||
  terms.perNode !== 1 ||
  terms.hours !== everyHour ||
  terms.weekdays !== everyWeekday ||
  terms.goodTill !== null ||
  terms.allOrNone ||
  terms.minUnits !== 0 ||
  terms.placement !== Placement.ANYWHERE ||
  terms.together ||
  terms.preference !== Preference.CHEAPEST ||
  terms.dataGb !== 0 ||
  terms.noticeSlots !== 0 ||
  terms.standby !== null;

function setRareTerms(tables: Tables, bid: number, terms: BidTerms): void {
  const rare = ownRare(tables, bid);
  const { data } = tables.rare;
  data[rare + Rare.PRECISION] = terms.precision ?? 0;
  data[rare + Rare.PER_NODE] = terms.perNode;
  data[rare + Rare.HOURS] = terms.hours;
  data[rare + Rare.WEEKDAYS] = terms.weekdays;
  data[rare + Rare.GOOD_TILL] = terms.goodTill ?? Infinity;
  data[rare + Rare.ALL_OR_NONE] = terms.allOrNone ? 1 : 0;
  data[rare + Rare.MIN_UNITS] = terms.minUnits;
  data[rare + Rare.PLACEMENT] = terms.placement;
  data[rare + Rare.TOGETHER] = terms.together ? 1 : 0;
  data[rare + Rare.PREFERENCE] = terms.preference;
  data[rare + Rare.DATA_GB] = terms.dataGb;
  data[rare + Rare.NOTICE] = terms.noticeSlots;
  data[rare + Rare.STANDBY] = terms.standby ?? 0;
}

/** The terms as they were accepted: earliest raised, latest resolved. */
export function bidTermsOf({ tables, ties }: Market, bid: number): BidTerms {
  const { data } = tables.bids;
  const { books, floor, constraints, demandRegion, localOnly } = ties.all[data[bid + Bid.TIES]!]!;
  const rare = rareOf(tables, bid);
  const { data: more } = tables.rare;
  const goodTill = more[rare + Rare.GOOD_TILL]!;
  return {
    books,
    floor,
    units: data[bid + Bid.UNITS]!,
    precision: (more[rare + Rare.PRECISION]! || null) as BidTerms['precision'],
    perNode: more[rare + Rare.PER_NODE]!,
    durationSlots: data[bid + Bid.DURATION]!,
    earliest: data[bid + Bid.EARLIEST]!,
    latest: data[bid + Bid.LATEST]!,
    hours: more[rare + Rare.HOURS]!,
    weekdays: more[rare + Rare.WEEKDAYS]!,
    limitPrice: data[bid + Bid.LIMIT]!,
    timeInForce: data[bid + Bid.TIME_IN_FORCE]! as BidTerms['timeInForce'],
    goodTill: goodTill === Infinity ? null : goodTill,
    allOrNone: more[rare + Rare.ALL_OR_NONE] === 1,
    minUnits: more[rare + Rare.MIN_UNITS]!,
    placement: more[rare + Rare.PLACEMENT]! as BidTerms['placement'],
    together: more[rare + Rare.TOGETHER] === 1,
    constraints,
    standby: (more[rare + Rare.STANDBY]! || null) as BidTerms['standby'],
    preference: more[rare + Rare.PREFERENCE]! as BidTerms['preference'],
    demandRegion,
    dataGb: more[rare + Rare.DATA_GB]!,
    noticeSlots: more[rare + Rare.NOTICE]!,
    ...(localOnly && { localOnly }),
  };
}

/** what a programme set aside for the bid. */
export function setSubsidy({ tables }: Market, bid: number, amount: number, rateBp: number): void {
  if (amount === 0 && rateBp === 0) return;
  const rare = ownRare(tables, bid);
  tables.rare.data[rare + Rare.SUBSIDY] = amount;
  tables.rare.data[rare + Rare.SUBSIDY_RATE] = rateBp;
}

/**
 * the bid holds its worst case for what it lacks; once it is closed what its pieces that wait would cost, nothing where there are none. Its subsidy pays its rate of that, and what is more leaves the bid for good.
 * @param moneyAtMost what the buyer sets aside
 */
export function reserve(market: Market, bid: number, moneyAtMost: number): void {
  const { participants, pieces, tables } = market;
  const { data } = tables.bids;
  const place = data[bid + Bid.PARTICIPANT]!;
  const rare = rareOf(tables, bid);
  let held = 0;
  if (isOpen(data, bid))
    held =
      rare === 0 && pieces.size === 0
        ? amountOf(data[bid + Bid.LIMIT]!, data[bid + Bid.UNITS]! - data[bid + Bid.FILLED]!, data[bid + Bid.DURATION]!)
        : worstCaseOf(market, bid);
  else if (pieces.size > 0) held = costWaiting(market, bid);
  if (rare !== 0 && tables.rare.data[rare + Rare.SUBSIDY_RATE] !== 0) {
    const { data: more } = tables.rare;
    const subsidy = subsidyShare(held, more[rare + Rare.SUBSIDY_RATE]!, more[rare + Rare.SUBSIDY]!, moneyAtMost);
    more[rare + Rare.SUBSIDY] = subsidy;
    held -= subsidy;
  }
  participants.hasAccount[place] = true;
  participants.reserved[place] = participants.reserved[place]! - data[bid + Bid.RESERVED]! + held;
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
  if (isResting(data, bid) === rests) return;
  const { books, floor, isPlain } = market.ties.all[data[bid + Bid.TIES]!]!;
  if (isPlain && data[bid + Bid.RARE] === 0) return setRestingIn(market, market.bookOf.get(books[0]!)!, bid, rests);
  const [more, rare] = [market.tables.rare.data, rareOf(market.tables, bid)];
  if (more[rare + Rare.STANDBY] !== 0) market.standbys += rests ? 1 : -1;
  if (more[rare + Rare.PRECISION] !== 0) enlist(market, market.pflops, bid, rests);
  else if (floor) enlist(market, market.floors[floor.computeClass]!, bid, rests);
  else if (books.length === 1) {
    const book = market.bookOf.get(books[0]!)!;
    if (isRest(market.tables, bid)) book.bids.rests += rests ? 1 : -1;
    setRestingIn(market, book, bid, rests);
  } else {
    for (const bookId of new Set(books)) {
      const book = market.bookOf.get(bookId)!;
      enlist(market, book.bids, bid, rests);
      book.shared += rests ? 1 : -1;
    }
  }
}

/** Of a bid that names one book. */
export function setRestingIn(market: Market, { bids, bidPages }: Book, bid: number, rests: boolean): void {
  setListed(market, bids, bid, rests);
  if (!bidPages) return;
  if (rests) market.bidColumns.insert(bidPages, bid);
  else market.bidColumns.pages.remove(bidPages, bid);
}

function enlist(market: Market, list: OrderedList, bid: number, rests: boolean): void {
  if (isRest(market.tables, bid)) list.rests += rests ? 1 : -1;
  setListed(market, list, bid, rests);
}

function setListed({ leaves, tables }: Market, list: OrderedList, bid: number, rests: boolean): void {
  const { data } = tables.bids;
  const key = -data[bid + Bid.LIMIT]!;
  const rank = data[bid + Bid.PRIORITY]!;
  if (rests) leaves.insert(list, key, rank, bid, data[bid + Bid.EARLIEST]!, data[bid + Bid.LATEST]!);
  else leaves.remove(list, key, rank, bid);
}

export function closeBid(market: Market, bid: number, at: Time): void {
  const { data } = market.tables.bids;
  setResting(market, bid, false);
  data[bid + Bid.COLLECTED] = 0;
  if (data[bid + Bid.DUE]! >= 0) market.tables.bidsDue.remove(bid);
  rememberClosedBid(market, bid, at);
  reserve(market, bid, Infinity);
}

/** A bid is forgotten once its id is and no trade of it is left. */
function dropBid({ tables, ties }: Market, bid: number): void {
  const { data } = tables.bids;
  if (data[bid + Bid.STATE] !== Standing.FORGOTTEN || data[bid + Bid.FIRST_TRADE]! >= 0) return;
  const { choices } = tables;
  for (let choice = data[bid + Bid.FIRST_CHOICE]!; choice >= 0;) {
    const following = choices.data[choice + Choice.NEXT]!;
    choices.release(choice);
    choice = following;
  }
  leaveFamily(tables, bid);
  if (rareOf(tables, bid) !== 0) tables.rare.release(rareOf(tables, bid));
  ties.release(data[bid + Bid.TIES]!);
  tables.bids.release(bid);
}

const memoryMs = 24 * 3_600_000;

/** R-10a: an order's id is known until exactly 24 hours after it closed. */
export function forget(market: Market): void {
  const { tables } = market;
  while (market.closedCount > 0) {
    const ref = market.closed[market.closedFirst]!;
    if (closedAtOf(market, ref) + memoryMs > market.time) return;
    market.closedFirst = (market.closedFirst + 1) & (market.closed.length - 1);
    market.closedCount--;
    market.ids.remove(idOfRef(tables, ref));
    const bid = bidOfRef(tables, ref);
    if (bid < 0) tables.memories.release(memoryOfRef(tables, ref));
    else {
      tables.bids.data[bid + Bid.STATE] = Standing.FORGOTTEN;
      dropBid(market, bid);
    }
  }
}

// ---- trades

/** The offer that the trade was made with, or -1 once it is closed. */
export function offerOfTrade(market: Market, trade: number): number {
  const { data } = market.tables.trades;
  const offer = data[trade + Trade.OFFER]!;
  return offer >= 0 && market.tables.offers.data[offer + Offer.SERIAL] === data[trade + Trade.OFFER_SERIAL] ? offer : -1;
}

/** Place of the trade's buyer among the participants. */
export const buyerOf = ({ tables }: Market, trade: number): number =>
  tables.bids.data[tables.trades.data[trade + Trade.BID]! + Bid.PARTICIPANT]!;

/** A trade enters the list of its pool and the calendar. */
export function enterLease(market: Market, trade: number): void {
  const { leasesDue, leasesOfPool, trades } = market.tables;
  const { data } = trades;
  const tier = data[trade + Trade.TIER]!;
  leasesOfPool.put(leasesOf(data[trade + Trade.POOL]!, tier), trade);
  if (tier === Tier.RECLAIMABLE) market.reclaimable++;
  leasesDue.put(trade, startOfSlot(data[trade + Trade.TO]!));
}

/** The lease has ended, and leaves the list of its pool. It is out of the calendar already. */
export function endLease(market: Market, trade: number): void {
  const { data } = market.tables.trades;
  const tier = data[trade + Trade.TIER]!;
  data[trade + Trade.ENDED] = 1;
  market.tables.leasesOfPool.remove(leasesOf(data[trade + Trade.POOL]!, tier), trade);
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
