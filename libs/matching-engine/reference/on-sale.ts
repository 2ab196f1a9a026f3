import type { BookId, Price, Slot, UnitRange } from '#domain';
import { type OnSale, SaleSheet } from '../src/on-sale.js';
import { type Book, isOfProduct, type Market, type Offer, type Pool } from './market.js';
import { holds } from './reach.js';
import { platformOf } from './waiting.js';

/** what pools of this platform have on sale in a book in each slot of [from, to), single units. */
export function onSaleOf(market: Market, bookId: BookId, from: Slot, to: Slot): OnSale[] {
  const book = market.books.get(bookId);
  const sheet = new SaleSheet();
  const own = book ? [...market.pools.values()].filter((pool) => platformOf(pool) === 0 && isOfProduct(pool.fact, book)) : [];
  for (const pool of own) {
    const { region, zone } = pool.site;
    sheet.add({ region, zone, domestic: pool.fact.domestic }, soldBy(market, book!, pool, Math.max(from, market.firstSellable), to));
  }
  return sheet.all();
}

/** Slot by slot, the best ask first. */
function soldBy(market: Market, { bookId }: Book, pool: Pool, from: Slot, to: Slot): [Price, UnitRange][] {
  const ofBook = market.isHalted(bookId) ? [] : [...(market.offersOfBook.get(bookId) ?? [])];
  const offers = ofBook.filter((offer) => offer.pool === pool && !offer.lease).sort((a, b) => a.terms.ask - b.terms.ask);
  const sold: [Price, UnitRange][] = [];
  for (let slot = from; slot < to && offers.length > 0; slot++) {
    let left = pool.freeByNode(slot, slot + 1).reduce((sum, { free }) => sum + free, 0);
    for (const offer of offers) {
      const units = Math.min(left, unsold(offer, slot));
      left -= units;
      sold.push([offer.terms.ask, { from: slot, to: slot + 1, units }]);
    }
  }
  return sold.filter(([, { units }]) => units > 0);
}

const unsold = (offer: Offer, slot: Slot): number =>
  holds({ ...offer, terms: { ...offer.terms, minSlots: 1 } }, slot, 1)
    ? Math.max(0, offer.terms.units - offer.sold.peak(slot, slot + 1))
    : 0;
