import { amountOf, Tier, TimeInForce } from '#domain';
import type { Slot } from '#domain';
import { sizeClassOf } from './arena.js';
import { placed } from './capacity.js';
import { countTrade } from './index-price.js';
import { closeBid, reserve } from './keeping.js';
import { leafSize } from './leaves.js';
import { relist } from './listing.js';
import type { Book, Market } from './market.js';
import { byNothing, byPrice, byTime, recordTrade } from './recording.js';
import { Bid, Offer } from './records.js';
import type { Run } from './run.js';
import { wasFirst } from './taking.js';

// Most bids are plain: units of one book at one start, wherever they come from, the cheapest first. For them R-11's candidates are the offers of the book in the order in which
// they stand, and matching is one loop over leaves that makes no objects. What such a bid gets is what the general way gives it.

/** The book of a plain bid; null for other bids, and where the market is such that more than offers and limits decide. */
export function plainBook(market: Market, bid: number): Book | null {
  const { data } = market.tables.bids;
  const earliest = data[bid + Bid.EARLIEST]!;
  if (
    data[bid + Bid.RARE] !== 0 ||
    data[bid + Bid.TIME_IN_FORCE] === TimeInForce.FOK ||
    data[bid + Bid.LATEST]! - earliest !== data[bid + Bid.DURATION] ||
    earliest < market.firstSellable ||
    !market.isOrdinary
  )
    return null;
  const ties = market.ties.all[data[bid + Bid.TIES]!]!;
  if (!ties.isPlain) return null;
  const book = market.bookOf.get(ties.books[0]!)!;
  return isPlain(market, book) ? book : null;
}

/** True where bids of the book may be plain. */
export function isPlain(market: Market, book: Book): boolean {
  const mayReclaim = market.reclaimable > 0 && book.fact.tier === Tier.FIRM;
  // Where a book needs columns to rule out what is sold out or elsewhere, the general way has them.
  const hasColumns = book.pages !== null;
  return !book.halted && book.fact.bandBp === 0 && !mayReclaim && !hasColumns && !book.isRemote;
}

/** matches a plain bid as it stands and makes the trades; one that is filled is closed. */
export function tradePlain(run: Run, bid: number, book: Book): void {
  const { market, taken } = run;
  const { data } = market.tables.bids;
  const rest = data[bid + Bid.UNITS]! - data[bid + Bid.FILLED]!;
  taken.count = 0;
  taken.next = -1;
  if (rest > 0 && market.leaves.leastKey(book.offers) <= data[bid + Bid.LIMIT]!) take(run, bid, book, rest);
  for (let i = 0; i < taken.count; i++) make(run, bid, book, i);
  if (data[bid + Bid.FILLED] === data[bid + Bid.UNITS]) {
    market.events.orderFilled(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!);
    closeBid(market, bid, market.time);
  } else if (taken.count > 0) reserve(market, bid, data[bid + Bid.RESERVED]!);
}

/**
 * offers in order, from each as much as it has; what is taken is noted. The walk goes on to the next that has something. A book of which too much is looked at in vain has
 * columns from then on.
 */
function take({ candidates, market, taken }: Run, bid: number, book: Book, asked: number): void {
  const { offers: list } = book;
  const { leaves } = market;
  const { keys, records, froms, tos } = leaves;
  const { data } = market.tables.bids;
  const limit = data[bid + Bid.LIMIT]!;
  const from = data[bid + Bid.EARLIEST]!;
  const to = data[bid + Bid.LATEST]!;
  let rest = asked;
  let inVain = 0;
  for (let at = 0; at < list.count; at++) {
    if (at > 0 && list.firstKeys[at]! > limit) return;
    const leaf = list.leaves[at]!;
    for (let mask = leaves.inOrder(leaf); mask !== 0; mask &= mask - 1) {
      const place = leaf * leafSize + 31 - Math.clz32(mask & -mask);
      if (keys[place]! > limit) return;
      const offer = records[place]!;
      const isInTime = froms[place]! <= from && tos[place]! >= to;
      const free = isInTime && mayMeet(market, bid, offer) ? freeOf(market, offer, from, to) : 0;
      if (free === 0) {
        if (++inVain === market.columnsAfter) candidates.addColumns(book);
        continue;
      }
      if (rest === 0) {
        taken.next = offer;
        return;
      }
      const units = free < rest ? free : rest;
      takeUnits(market, offer, units, from, to);
      taken.push(offer, units, keepNodes(market), placed.count);
      rest -= units;
    }
  }
}

/** True where a plain bid may take of an offer within its limit, of which a window holds the other's: all but what is free. */
export function mayMeet({ participants, pools, tables }: Market, bid: number, offer: number): boolean {
  const { data } = tables.offers;
  if (tables.bids.data[bid + Bid.DURATION]! < data[offer + Offer.MIN_SLOTS]! || data[offer + Offer.COLLECTED] === 1) return false;
  if (participants.areOne(data[offer + Offer.PARTICIPANT]!, tables.bids.data[bid + Bid.PARTICIPANT]!)) return false;
  return pools[data[offer + Offer.POOL]!]!.trades;
}

/** Units of the offer that are free over the window. */
function freeOf(market: Market, offer: number, from: Slot, to: Slot): number {
  const { data } = market.tables.offers;
  const pool = market.pools[data[offer + Offer.POOL]!]!;
  const unsold = data[offer + Offer.UNITS]! - market.sold.peak(offer, from, to);
  return unsold <= 0 ? 0 : Math.min(unsold, pool.capacity.freeGroups(1, from, to));
}

function takeUnits(market: Market, offer: number, units: number, from: Slot, to: Slot): void {
  const pool = market.pools[market.tables.offers.data[offer + Offer.POOL]!]!;
  pool.capacity.place(1, units, from, to);
  market.sold.add(offer, from, to, units);
}

/** A block with what `placed` tells. */
function keepNodes({ arena }: Market): number {
  const nodes = arena.take(sizeClassOf(2 * placed.count));
  const { words } = arena;
  for (let i = 0; i < 2 * placed.count; i++) words[nodes + i] = placed.pairs[i]!;
  return nodes;
}

/** the trade of a piece. Without transfer the highest price that fits the limit is the limit. */
function make({ market, deal, taken }: Run, bid: number, book: Book, i: number): void {
  const { bids, offers } = market.tables;
  const { data } = bids;
  const offer = taken.offers[i]!;
  const units = taken.units[i]!;
  const pool = market.pools[offers.data[offer + Offer.POOL]!]!;
  const ask = offers.data[offer + Offer.ASK]!;
  deal.plain();
  deal.bid = bid;
  deal.offer = offer;
  deal.pool = pool;
  deal.units = units;
  deal.counted = units;
  deal.from = data[bid + Bid.EARLIEST]!;
  deal.to = data[bid + Bid.LATEST]!;
  deal.bidWasFirst = wasFirst(data[bid + Bid.PRIORITY]!, offers.data[offer + Offer.PRIORITY]!);
  deal.price = deal.bidWasFirst ? data[bid + Bid.LIMIT]! : ask;
  deal.nodes = taken.nodes[i]!;
  deal.nodeCount = taken.nodeCounts[i]!;
  deal.nodesClass = sizeClassOf(2 * deal.nodeCount);
  deal.delivered = ask;
  deal.next = taken.next;
  deal.nextStart = deal.from;
  deal.nextDelivered = taken.next < 0 ? 0 : offers.data[taken.next + Offer.ASK]!;
  deal.decidedBy = taken.next < 0 ? byNothing : deal.nextDelivered === ask ? byTime : byPrice;
  const duration = deal.to - deal.from;
  const amount = amountOf(deal.price, units, duration);
  data[bid + Bid.FILLED] = data[bid + Bid.FILLED]! + units;
  // What the bid held has the trade now.
  data[bid + Bid.RESERVED] = data[bid + Bid.RESERVED]! - amount;
  recordTrade(market, deal);
  countTrade(market, book, pool.site.region, units * duration, amount);
  relist(market, offer);
}
