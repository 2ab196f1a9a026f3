import type { BookId, Price, Slot, UnitRange } from '#domain';
import { type OnSale, SaleSheet } from '../on-sale.js';
import { isCurtailed } from './curtailed.js';
import { offersOf } from './depth.js';
import { isOfProduct, type Market, type Pool } from './market.js';
import { Offer } from './records.js';

/** what pools of this platform have on sale in a book in each slot of [from, to), single units. */
export function onSaleOf(market: Market, bookId: BookId, from: Slot, to: Slot): OnSale[] {
  const book = market.bookOf.get(bookId);
  if (!book) return [];
  const sheet = new SaleSheet();
  const { data } = market.tables.offers;
  const offers = market.stopped || book.halted ? [] : offersOf(market, book);
  // Leases that are resold are nothing for a partner.
  const ofPools = Map.groupBy(
    offers.filter((offer) => data[offer + Offer.LEASE] === 0),
    (offer) => data[offer + Offer.POOL]!,
  );
  for (const pool of market.pools) {
    if (pool.platform > 0 || !isOfProduct(pool.fact, book.fact)) continue;
    const { region, zone } = pool.site;
    const sold = pool.trades ? soldBy(market, pool, ofPools.get(pool.index) ?? [], Math.max(from, market.firstSellable), to) : [];
    sheet.add({ region, zone, domestic: pool.fact.domestic }, sold);
  }
  return sheet.all();
}

/** Of one pool, by ask, between the slots at which it may change. */
function soldBy(market: Market, pool: Pool, ofPool: readonly number[], from: Slot, to: Slot): [Price, UnitRange][] {
  const { data } = market.tables.offers;
  const offers = ofPool.toSorted((a, b) => data[a + Offer.ASK]! - data[b + Offer.ASK]!);
  const sold: [Price, UnitRange][] = [];
  const turns = turnsOf(market, pool, offers, from, to);
  for (const [i, start] of turns.entries()) {
    let left = pool.capacity.freeGroups(1, start, start + 1);
    for (const offer of offers) {
      if (left === 0) break;
      const units = Math.min(left, unsold(market, offer, pool, start));
      left -= units;
      if (units > 0) sold.push([data[offer + Offer.ASK]!, { from: start, to: turns[i + 1] ?? to, units }]);
    }
  }
  return sold;
}

function unsold(market: Market, offer: number, pool: Pool, slot: Slot): number {
  const { data } = market.tables.offers;
  if (slot < data[offer + Offer.FROM]! || slot >= data[offer + Offer.TO]! || isCurtailed(market, offer, pool, slot, slot + 1)) return 0;
  return Math.max(0, data[offer + Offer.UNITS]! - market.sold.peak(offer, slot, slot + 1));
}

/** The slots of [from, to) at which what the offers may sell changes, ascending; none where there are no offers. */
function turnsOf(market: Market, pool: Pool, offers: readonly number[], from: Slot, to: Slot): Slot[] {
  if (offers.length === 0 || from >= to) return [];
  const { data } = market.tables.offers;
  const turns = new Set([from]);
  const turn = (slot: Slot): void => {
    if (slot > from && slot < to) turns.add(slot);
  };
  pool.capacity.turns(from, to, turn);
  for (const offer of offers) {
    turn(data[offer + Offer.FROM]!);
    turn(data[offer + Offer.TO]!);
    market.sold.turns(offer, from, to, turn);
  }
  if (pool.curtailment) {
    turn(pool.curtailment.from);
    turn(pool.curtailment.to);
  }
  return [...turns].sort((a, b) => a - b);
}
