import type { BookId, Slot } from '#domain';
import type { Depth, DepthLevel } from '../engine.js';
import { isCurtailed } from './curtailed.js';
import { booksOfFloor } from './guards.js';
import type { Book, Market } from './market.js';
import { Bid, Offer } from './records.js';
import { freeOfLease, stockOf } from './stock.js';
import { restOf } from './wish.js';

/** R-19's depth of a book: what could still be traded in the slots [from, to). */
export function depthOf(market: Market, bookId: BookId, from: Slot, to: Slot): Depth {
  const book = market.bookOf.get(bookId);
  if (!book) return { bids: [], offers: [] };
  const { bids } = market.tables;
  const resting = [...market.leaves.recordsOf(book.bids), ...ofFloors(market, book)];
  const bidLevels = levels(
    resting
      .filter((bid) => bids.data[bid + Bid.EARLIEST]! < to && bids.data[bid + Bid.LATEST]! > from)
      .map((bid) => ({ price: bids.data[bid + Bid.LIMIT]!, units: restOf(market.tables, bid) })),
  );
  return { bids: bidLevels.reverse(), offers: levels(onSale(market, book, Math.max(from, market.firstSellable), to)) };
}

/** Resting bids whose floor opens the book. */
const ofFloors = (market: Market, book: Book): number[] =>
  market.leaves.recordsOf(market.floors[book.fact.computeClass]!).filter((bid) => {
    const { floor } = market.ties.all[market.tables.bids.data[bid + Bid.TIES]!]!;
    return floor !== null && booksOfFloor(market, floor).includes(book);
  });

/** Those that are sold out for any lease too: at some instant they may have units left. */
export function offersOf({ tables: { offers } }: Market, { index }: Book): number[] {
  const found: number[] = [];
  for (let offer = 0; offer < offers.length; offer += offers.stride) {
    if (offers.data[offer + Offer.SERIAL] !== 0 && offers.data[offer + Offer.BOOK] === index) found.push(offer);
  }
  return found;
}

/** Of each offer what could be bought at some instant; of those of one pool together not more than is free there at an instant, the best ask first. */
function onSale(market: Market, book: Book, from: Slot, to: Slot): { price: number; units: number }[] {
  if (market.stopped || book.halted) return [];
  const { data } = market.tables.offers;
  const left = new Map<number, number>();
  const found = offersOf(market, book).map((offer) => ({ offer, most: mostOf(market, offer, from, to, left) }));
  const order = (field: number, a: number, b: number): number => data[a + field]! - data[b + field]!;
  found.sort((a, b) => order(Offer.ASK, a.offer, b.offer) || order(Offer.PRIORITY, a.offer, b.offer) || order(Offer.ID, a.offer, b.offer));
  return found.map(({ offer, most }) => {
    const stock = stockOf(data[offer + Offer.LEASE]!, market.pools[data[offer + Offer.POOL]!]!);
    const units = Math.min(most, left.get(stock) ?? 0);
    left.set(stock, (left.get(stock) ?? 0) - units);
    return { price: data[offer + Offer.ASK]!, units };
  });
}

/** The most units that could be bought of the offer at an instant of the slots; what its pool has free at most is noted. */
function mostOf(market: Market, offer: number, from: Slot, to: Slot, left: Map<number, number>): number {
  const { data } = market.tables.offers;
  const pool = market.pools[data[offer + Offer.POOL]!]!;
  const first = Math.max(from, data[offer + Offer.FROM]!);
  const last = Math.min(to, data[offer + Offer.TO]!);
  if (first >= last || !pool.trades) return 0;
  const lease = data[offer + Offer.LEASE]!;
  const stock = stockOf(lease, pool);
  let most = 0;
  const look = (slot: Slot): void => {
    if (isCurtailed(market, offer, pool, slot, slot + 1)) return;
    const free = lease === 0 ? pool.capacity.freeGroups(1, slot, slot + 1) : freeOfLease(market, lease, pool, 1, slot, slot + 1);
    if (free > (left.get(stock) ?? 0)) left.set(stock, free);
    most = Math.max(most, Math.min(free, data[offer + Offer.UNITS]! - market.sold.peak(offer, slot, slot + 1)));
  };
  look(first);
  if (lease === 0) pool.capacity.turns(first, last, look);
  else market.resold.turns(lease, first, last, look);
  market.sold.turns(offer, first, last, look);
  if (pool.curtailment && pool.curtailment.to > first && pool.curtailment.to < last) look(pool.curtailment.to);
  return most;
}

/** By price, ascending; without what has no units. */
function levels(orders: readonly { price: number; units: number }[]): DepthLevel[] {
  const byPrice = new Map<number, DepthLevel>();
  for (const { price, units } of orders.filter((order) => order.units > 0)) {
    const level = byPrice.get(price) ?? { price, units: 0, orders: 0 };
    byPrice.set(price, { price, units: level.units + units, orders: level.orders + 1 });
  }
  return [...byPrice.values()].sort((a, b) => a.price - b.price);
}
