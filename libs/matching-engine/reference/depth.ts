import type { BookId, Slot } from '#domain';
import type { Depth, DepthLevel } from '../src/engine.js';
import { freeByNode, stockOf } from './capacity.js';
import { byTime } from './market.js';
import type { Market, Offer, Pool, Trade } from './market.js';
import { booksOf, holds } from './reach.js';
import { restOf } from './wish.js';

/** R-19's depth of a book: what could still be traded in the slots [from, to). */
export function depthOf(market: Market, bookId: BookId, from: Slot, to: Slot): Depth {
  const bids = [...market.resting]
    .filter(({ terms }) => terms.precision === null && terms.earliest < to && terms.latest > from)
    .filter(({ terms }) => booksOf(market, terms).some((book) => book.bookId === bookId))
    .map((bid) => ({ price: bid.terms.limitPrice, units: restOf(bid) }));
  const offers = market.isHalted(bookId) ? [] : [...(market.offersOfBook.get(bookId) ?? [])];
  return { bids: levels(bids).reverse(), offers: levels(onSale(offers, Math.max(from, market.firstSellable), to)) };
}

/** Of each offer what could be bought at some instant; of those of one stock together not more than is free there at an instant, the best ask first. */
function onSale(offers: readonly Offer[], from: Slot, to: Slot): { price: number; units: number }[] {
  const left = new Map<Pool | Trade, number>();
  const found = offers.map((offer) => {
    const instants = instantsOf(offer, from, to).map((slot) => ({ slot, free: freeAt(offer, slot) }));
    left.set(stockOf(offer), Math.max(left.get(stockOf(offer)) ?? 0, ...instants.map(({ free }) => free)));
    const most = instants.map(({ slot, free }) => Math.min(free, offer.terms.units - offer.sold.peak(slot, slot + 1)));
    return { offer, most: Math.max(0, ...most) };
  });
  found.sort((a, b) => a.offer.terms.ask - b.offer.terms.ask || byTime(a.offer, b.offer));
  return found.map(({ offer, most }) => {
    const units = Math.min(most, left.get(stockOf(offer))!);
    left.set(stockOf(offer), left.get(stockOf(offer))! - units);
    return { price: offer.terms.ask, units };
  });
}

/** The instants of the slots, at which it may sell, from which on more may be free than before. */
function instantsOf(offer: Offer, from: Slot, to: Slot): Slot[] {
  const { pool, lease, sold, terms } = offer;
  const falls = lease ? [...lease.resold.values()].flatMap((node) => node.falls()) : pool.falls();
  const first = Math.max(from, terms.from);
  const slots = [first, ...falls, ...sold.falls(), pool.curtailment?.to ?? first];
  return slots.filter((slot) => slot >= first && slot < to && holds({ ...offer, terms: { ...terms, minSlots: 1 } }, slot, 1));
}

const freeAt = (offer: Offer, slot: Slot): number => freeByNode(offer, null, slot, slot + 1).reduce((sum, { free }) => sum + free, 0);

/** By price, ascending; without what has no units. */
function levels(orders: readonly { price: number; units: number }[]): DepthLevel[] {
  const byPrice = new Map<number, DepthLevel>();
  for (const { price, units } of orders.filter((order) => order.units > 0)) {
    const level = byPrice.get(price) ?? { price, units: 0, orders: 0 };
    byPrice.set(price, { price, units: level.units + units, orders: level.orders + 1 });
  }
  return [...byPrice.values()].sort((a, b) => a.price - b.price);
}
