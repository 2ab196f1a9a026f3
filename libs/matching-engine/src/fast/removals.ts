import { obstacles } from '../explanation.js';
import type { Explanation } from '../explanation.js';
import { spreadOf } from './amounts.js';
import { isWithinLimit } from './candidate.js';
import type { Market } from './market.js';
import { isListed } from './listing.js';
import { firstObstacle, halted, limit, selfTrade } from './obstacles.js';
import { groupsOf, groupsUnsold, Profile, stocksOf } from './profile.js';
import type { Measure, Stock } from './profile.js';
import { Offer } from './records.js';
import type { Wish } from './wish.js';

export type Removals = Pick<Explanation, 'start' | 'free' | 'removed' | 'left'>;

/** the start of the wish with most units free, and what each obstacle takes of them in turn. `offers`: those of its books. */
export function removals(market: Market, wish: Wish, offers: readonly number[]): Removals {
  if (wish.starts.areNone) return { start: 0, free: 0, removed: [], left: 0 };
  const stocks = stocksOf(
    market,
    offers.filter((offer) => mayHold(market, wish, offer)),
  );
  const { start, free } = mostFree(market, wish, stocks);
  // By obstacle, last: what only passes all of them.
  const stoppedBy = new Float64Array(obstacles.length + 1);
  let left = free;
  const measure = measureOf(wish, wish.perNode);
  for (const stock of stocks) tally(market, wish, stock, start, measure, stoppedBy);
  const removed: Removals['removed'][number][] = [];
  obstacles.forEach((obstacle, i) => {
    const still = stoppedBy[i + 1]!;
    if (still < left) removed.push({ obstacle, counted: left - still });
    left = still;
  });
  return { start, free, removed, left };
}

/** Some lease of the wish lies in the offer's window, the offer does not end before, and of what lies ahead it is not sold out. */
function mayHold(market: Market, { starts, duration, time }: Wish, offer: number): boolean {
  const { data } = market.tables.offers;
  const from = data[offer + Offer.FROM]!;
  const to = data[offer + Offer.TO]!;
  if (duration < data[offer + Offer.MIN_SLOTS]! || data[offer + Offer.GOOD_TILL]! <= time) return false;
  if (!isListed(data, offer) && starts.first >= market.firstSellable) return false;
  return (from > starts.first ? from : starts.first) <= (to - duration < starts.last ? to - duration : starts.last);
}

/** Groups of so many units on a node; a PFLOPS bid's units are counted by what the pool measures. */
export const measureOf = ({ duration, precision }: Wish, perNode: number): Measure => ({
  duration,
  perNode,
  countOf: (pool) => perNode * (precision === 0 ? 1 : pool.tflopsMilli(precision)),
});

function mostFree(market: Market, wish: Wish, stocks: readonly Stock[]): { start: number; free: number } {
  const { starts } = wish;
  const profile = new Profile(market, starts.first, starts.last);
  const measure = measureOf(wish, 1);
  for (const stock of stocks) profile.add(stock, measure);
  let best = { start: starts.first, free: -1 };
  profile.some((free, from, to) => {
    const start = free > best.free ? starts.next(from) : -1;
    if (start >= 0 && start < to) best = { start, free };
    return false;
  });
  return best;
}

/** Adds to each place i of `counts` what the stock has left once the obstacles before i have taken theirs. */
function tally(market: Market, wish: Wish, stock: Stock, start: number, measure: Measure, counts: Float64Array): void {
  const { perNode, duration } = measure;
  const unsold = stock.offers.map((offer) => groupsUnsold(market, offer, perNode, start, duration));
  if (unsold.every((groups) => groups === 0)) return;
  const pooled = groupsOf(market, stock, perNode, start, start + duration);
  const counted = measure.countOf(stock.pool);
  if (pooled === 0 || counted === 0) return;
  const link = market.links.to(wish.ties.demandRegion, stock.pool.site);
  const ofPool = firstObstacle(wish, stock.pool, link);
  const spread = spreadOf(wish.dataGb, link, wish.gbUnits, duration);
  const stopped = new Float64Array(counts.length);
  stock.offers.forEach((offer, i) => {
    const stop = ofPool >= 0 ? ofPool : stopOf(market, wish, offer, spread, counted);
    stopped[stop < 0 ? obstacles.length : stop]! += unsold[i]!;
  });
  // What is stopped by an obstacle passes those before it.
  let passing = 0;
  for (let place = obstacles.length; place >= 0; place--) {
    passing += stopped[place]!;
    counts[place]! += counted * Math.min(pooled, passing);
  }
}

/** Place of the first obstacle that the offer itself fails; -1: none. */
function stopOf(market: Market, wish: Wish, offer: number, spread: number, group: number): number {
  const { data } = market.tables.offers;
  const isHalted = market.stopped || data[offer + Offer.COLLECTED] === 1 || market.books[data[offer + Offer.BOOK]!]!.halted;
  if (isHalted) return halted;
  const seller = data[offer + Offer.PARTICIPANT]!;
  if (seller === wish.participant || market.participants.groups[seller] === wish.group) return selfTrade;
  return isWithinLimit(wish, data[offer + Offer.ASK]!, spread, group) ? -1 : limit;
}
