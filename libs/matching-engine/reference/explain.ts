import { countedPerPflops, firstSellableSlot, isPrice, slotAt, tick } from '#domain';
import type { OrderId, Slot, Time } from '#domain';
import type { BidTerms } from '../src/command.js';
import type { Explanation, Obstacle, Relaxation } from '../src/explanation.js';
import { relaxing } from '../src/relaxing.js';
import { freeByNode, groupsFree, groupsOn, stockOf } from './capacity.js';
import type { Bid, Market, Offer, Pool, Trade } from './market.js';
import { giveBack, match } from './matching.js';
import { candidateOf, holds, isSelfTrade, isWithinLimit, linkOf, offersOf, startsTogether, tests } from './reach.js';
import type { Wish } from './reach.js';
import { reclaim, undoReclaim } from './reclaim.js';
import { countedOf } from './taking.js';
import { endOfHorizon } from './terms.js';
import { allowedStarts, leasesOf, leftOf, standbyOf, wishOf } from './wish.js';

/** R-20 for a bid that is known here. */
export function explain(market: Market, orderId: OrderId): Explanation | null {
  const bid = market.bids.get(orderId);
  return bid ? explainBid(market, bid, market.time, false) : null;
}

/**
 * as the market stands. A closed bid that has no start ahead is explained at the slot under way, if that is one of its starts: what the market was before is not
 * known any more. isFaulty: its terms are no terms, and nothing can be said.
 */
export function explainBid(market: Market, bid: Bid, time: Time, isFaulty: boolean): Explanation {
  const choices = [...bid.choices];
  const nothing = { start: 0, free: 0, removed: [], left: 0, fillingLimit: 0, relaxations: [], predictedStart: 0, choices };
  if (isFaulty) return { rest: 0, ...nothing };
  const ahead = wishOf(bid, time);
  const wish: Wish = ahead.starts.length > 0 || bid.open ? ahead : { ...ahead, starts: allowedStarts(bid.terms, slotAt(time)) };
  if (wish.rest === 0) return { rest: 0, ...nothing };
  const lacks = !wouldFill(market, wish);
  return {
    rest: wish.rest,
    ...removals(market, wish),
    fillingLimit: lacks ? fillingLimit(market, wish) : 0,
    relaxations: lacks ? relaxations(market, wish) : [],
    predictedStart: predictedStart(market, wish, time),
    choices,
  };
}

/** True where the market gives the whole rest, by reclaiming too, and its standby (R-7a). Changes nothing. */
function wouldFill(market: Market, wish: Wish): boolean {
  const { terms } = wish.bid;
  const whole = { ...wish, need: startsTogether(terms) ? wish.rest : wish.need };
  const pieces = match(market, whole);
  const reclaimed = reclaim(market, leftOf(wish, pieces));
  const all = [...pieces, ...(reclaimed?.pieces ?? [])];
  const isFilled = countedOf(all) === wish.rest;
  const isWhole =
    isFilled && (terms.standby === null || wouldFill(market, withTerms({ ...standbyOf(whole, all), platform: 0 }, { standby: null })));
  if (reclaimed) undoReclaim(reclaimed);
  giveBack(wish.duration, pieces);
  return isWhole;
}

// ---- what was removed

type Removals = Pick<Explanation, 'start' | 'free' | 'removed' | 'left'>;

/** The start with most units free, and what each obstacle takes of them in turn. */
function removals(market: Market, wish: Wish): Removals {
  const { bid } = wish;
  const { terms } = bid;
  const offers = offersOf(market, terms).filter((offer) => offer.terms.goodTill === null || offer.terms.goodTill > wish.time);
  let start = 0;
  let free = 0;
  for (const each of turns(wish.starts, offers)) {
    const here = countedFree(wish, offers, each, 1);
    if (start === 0 || here > free) [start, free] = [each, here];
  }
  const passesTest: [Obstacle, (offer: Offer) => boolean][] = tests.map(([obstacle, test]) => [
    obstacle,
    (offer) => test(terms, offer.pool, linkOf(market, terms, offer.pool)),
  ]);
  const passes: [Obstacle, (offer: Offer) => boolean][] = [
    ...passesTest,
    ['halted', (offer) => !offer.collected && !market.isHalted(offer.book.bookId)],
    ['self_trade', (offer) => !isSelfTrade(market, bid, offer)],
    ['limit', (offer) => isWithinLimit(terms, candidateOf(market, wish, offer)!)],
  ];
  const removed: Removals['removed'][number][] = [];
  let left = free;
  let passing = offers.filter((offer) => candidateOf(market, wish, offer) !== null);
  for (const [obstacle, passesIt] of passes) {
    passing = passing.filter(passesIt);
    const still = start === 0 ? 0 : countedFree(wish, passing, start, terms.perNode);
    if (still < left) removed.push({ obstacle, counted: left - still });
    left = still;
  }
  return { start, free, removed, left };
}

/** Counted units that the offers have free over the lease from that start, in groups of so many on one node. */
function countedFree({ bid, duration }: Wish, offers: readonly Offer[], start: Slot, perNode: number): number {
  const { precision } = bid.terms;
  const ofStock = new Map<Pool | Trade, number>();
  let counted = 0;
  for (const offer of offers) {
    if (!holds(offer, start, duration)) continue;
    const { pool } = offer;
    const stock = stockOf(offer);
    const pooled = ofStock.get(stock) ?? groupsOn(freeByNode(offer, null, start, start + duration), perNode);
    const groups = groupsFree(offer, pooled, perNode, start, start + duration);
    ofStock.set(stock, pooled - groups);
    counted += groups * perNode * (precision === null ? 1 : pool.tflopsMilli(precision));
  }
  return counted;
}

/** The starts at which more may be free than at the start before: an offer's window or a free time begins, a lease ends. The others need no look. */
function turns(starts: readonly Slot[], offers: readonly Offer[]): Slot[] {
  const opens = new Set<Slot>();
  for (const offer of offers) {
    opens.add(offer.terms.from);
    for (const slot of offer.sold.falls()) opens.add(slot);
    for (const resold of offer.lease?.resold.values() ?? []) for (const slot of resold.falls()) opens.add(slot);
  }
  for (const pool of new Set(offers.map((offer) => offer.pool))) {
    for (const slot of pool.falls()) opens.add(slot);
    if (pool.curtailment) opens.add(pool.curtailment.to);
  }
  return starts.filter((start, i) => i === 0 || starts[i - 1] !== start - 1 || opens.has(start));
}

// ---- what would fill it

const withTerms = (wish: Wish, terms: Partial<BidTerms>): Wish => ({
  ...wish,
  bid: { ...wish.bid, terms: { ...wish.bid.terms, ...terms } },
});

/** The least delivered price of an offer at which, as the limit, the rest would be filled. */
function fillingLimit(market: Market, wish: Wish): number {
  const { terms } = wish.bid;
  const limits = new Set<number>();
  for (const offer of offersOf(market, terms)) {
    const candidate = candidateOf(market, wish, offer);
    if (!candidate) continue;
    const { spread, group } = candidate;
    const scale = BigInt(terms.precision === null ? group : terms.perNode * countedPerPflops);
    const exact = BigInt(offer.terms.ask) * scale + BigInt(spread) * BigInt(group);
    const limit = Number((exact + BigInt(group * tick) - 1n) / BigInt(group * tick)) * tick;
    if (limit > terms.limitPrice && isPrice(limit)) limits.add(limit);
  }
  const ascending = [...limits].sort((a, b) => a - b);
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wouldFill(market, withTerms(wish, { limitPrice: ascending[middle]! }))) high = middle;
    else low = middle + 1;
  }
  return ascending[low] ?? 0;
}

/** The ties that the bid has and of which each, given up alone, lets the market fill the rest. */
function relaxations(market: Market, wish: Wish): Relaxation[] {
  const { terms } = wish.bid;
  const fills = (loose: Partial<BidTerms>): boolean => wouldFill(market, loosened(wish, { ...terms, ...loose }));
  return relaxing.flatMap(([tie, loosen]) => {
    const loose = loosen(terms);
    return loose && fills(loose) ? [tie] : [];
  });
}

/** The wish on other terms: its starts follow from hours and weekdays, but a bound rest stays bound. */
function loosened(wish: Wish, terms: BidTerms): Wish {
  const first = wish.starts[0] ?? firstSellableSlot(wish.time);
  const isBound = leasesOf(wish.bid).length > 0 && startsTogether(wish.bid.terms);
  return { ...withTerms(wish, terms), starts: isBound ? wish.starts : allowedStarts(terms, Math.min(first, firstSellableSlot(wish.time))) };
}

/** The first start from now at which the whole rest is there at once on these terms, were `latest` the horizon. */
function predictedStart(market: Market, wish: Wish, time: Time): Slot {
  const { terms } = wish.bid;
  const first = firstSellableSlot(time);
  const ahead = { ...wish, starts: allowedStarts({ ...terms, latest: endOfHorizon(market) }, first) };
  return turns(ahead.starts, offersOf(market, terms)).find((start) => wouldFill(market, { ...ahead, starts: [start] })) ?? 0;
}
