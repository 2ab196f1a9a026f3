import type { BookId, Slot } from '#domain';
import type { Depth, DepthLevel } from '../src/engine.js';
import type { Market, Offer } from './market.js';
import { restOf } from './wish.js';
import { booksOf } from './reach.js';

/** R-19's depth of a book: what could still be traded in the slots [from, to). */
export function depthOf(market: Market, bookId: BookId, from: Slot, to: Slot): Depth {
  const offers = [...(market.offersOfBook.get(bookId) ?? [])].map((offer) => ({
    price: offer.terms.ask,
    units: unitsLeft(offer, from, to),
  }));
  const bids = [...market.resting]
    .filter(({ terms }) => terms.precision === null && terms.earliest < to && terms.latest > from)
    .filter(({ terms }) => booksOf(market, terms).some((book) => book.bookId === bookId))
    .map((bid) => ({ price: bid.terms.limitPrice, units: restOf(bid) }));
  return { bids: levels(bids).reverse(), offers: levels(offers) };
}

/** The most that the offer can still sell at one instant of the slots. */
function unitsLeft({ terms, sold }: Offer, from: Slot, to: Slot): number {
  const first = Math.max(from, terms.from);
  const last = Math.min(to, terms.to);
  return first < last ? Math.max(0, terms.units - sold.least(first, last)) : 0;
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
