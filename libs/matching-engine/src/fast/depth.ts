import type { BookId, Slot } from '#domain';
import type { Depth, DepthLevel } from '../engine.js';
import { booksOfFloor } from './guards.js';
import type { OrderedList } from './leaves.js';
import type { Book, Market } from './market.js';
import { Bid, Offer } from './records.js';
import { restOf } from './wish.js';

/** R-19's depth of a book: what could still be traded in the slots [from, to). */
export function depthOf(market: Market, bookId: BookId, from: Slot, to: Slot): Depth {
  const book = market.bookOf.get(bookId);
  if (!book) return { bids: [], offers: [] };
  const { bids } = market.tables;
  const resting = [...recordsOf(market, book.bids), ...ofFloors(market, book)];
  const bidLevels = levels(
    resting
      .filter((bid) => bids.data[bid + Bid.EARLIEST]! < to && bids.data[bid + Bid.LATEST]! > from)
      .map((bid) => ({ price: bids.data[bid + Bid.LIMIT]!, units: restOf(bids.data, bid) })),
  );
  const offers = offersOf(market, book).map((offer) => ({
    price: market.tables.offers.data[offer + Offer.ASK]!,
    units: unitsLeft(market, offer, from, to),
  }));
  return { bids: bidLevels.reverse(), offers: levels(offers) };
}

/** Resting bids whose floor opens the book. */
const ofFloors = (market: Market, book: Book): number[] =>
  recordsOf(market, market.floors[book.fact.computeClass]!).filter((bid) => {
    const { floor } = market.ties.all[market.tables.bids.data[bid + Bid.TIES]!]!;
    return floor !== null && booksOfFloor(market, floor).includes(book);
  });

/** Those that are sold out for any lease too: at some instant they may have units left. */
function offersOf({ tables: { offers } }: Market, { index }: Book): number[] {
  const found: number[] = [];
  for (let offer = 0; offer < offers.length; offer += offers.stride) {
    if (offers.data[offer + Offer.SERIAL] !== 0 && offers.data[offer + Offer.BOOK] === index) found.push(offer);
  }
  return found;
}

function recordsOf({ leaves }: Market, list: OrderedList): number[] {
  const records: number[] = [];
  for (let i = 0; i < list.count; i++) {
    const leaf = list.leaves[i]!;
    for (let k = 0; k < leaves.counts[leaf]!; k++) records.push(leaves.records[leaves.firstOf(leaf) + k]!);
  }
  return records;
}

/** The most that the offer can still sell at one instant of the slots. */
function unitsLeft(market: Market, offer: number, from: Slot, to: Slot): number {
  const { data } = market.tables.offers;
  const first = Math.max(from, data[offer + Offer.FROM]!);
  const last = Math.min(to, data[offer + Offer.TO]!);
  return first < last ? Math.max(0, data[offer + Offer.UNITS]! - market.sold.least(offer, first, last)) : 0;
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
