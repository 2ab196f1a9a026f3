import { countedPerPflops, isPrice, tick } from '#domain';
import type { OrderId, Time } from '#domain';
import type { BidTerms } from '../command.js';
import type { Explanation, Relaxation } from '../explanation.js';
import { relaxing } from '../relaxing.js';
import { spreadOf } from './amounts.js';
import { Asking } from './asking.js';
import { gbUnitsOf, isRest, tieOfBid } from './family.js';
import { bidTermsOf } from './keeping.js';
import { openOffers } from './listing.js';
import type { Market } from './market.js';
import { predictedStart } from './prediction.js';
import { passesFloor } from './reach.js';
import { Bid, bidOfRef, isOpen, Offer } from './records.js';
import { removals } from './removals.js';
import type { Run } from './run.js';
import { choicesOf } from './snapshot.js';
import type { Asker } from './wish.js';

/** R-20 for a bid that is known here. */
export function explain(run: Run, orderId: OrderId): Explanation | null {
  const { market } = run;
  const bid = knownBid(market, orderId);
  if (bid < 0) return null;
  const { data } = market.tables.bids;
  const by: Asker = {
    bid,
    participant: data[bid + Bid.PARTICIPANT]!,
    filled: data[bid + Bid.FILLED]!,
    gbUnits: gbUnitsOf(market.tables, bid),
    isRest: isRest(market.tables, bid),
    tie: tieOfBid(market.tables, bid),
    priority: data[bid + Bid.PRIORITY]!,
  };
  return { ...explainAs(run, by, bidTermsOf(market, bid), market.time, isOpen(data, bid)), choices: choicesOf(market, bid) };
}

/** The record of a bid whose id is known (R-10a), or -1. */
const knownBid = ({ ids, tables }: Market, orderId: OrderId): number => bidOfRef(tables, ids.get(orderId));

/** What there is to say of terms that are none, or of a bid that lacks nothing. */
export const nothing: Explanation = {
  rest: 0,
  start: 0,
  free: 0,
  removed: [],
  left: 0,
  fillingLimit: 0,
  relaxations: [],
  predictedStart: 0,
  choices: [],
};

/**
 * as the market stands. A closed bid that has no start ahead is explained at the slot under way, if that is one of its starts: what the market was before is not
 * known any more.
 */
export function explainAs(run: Run, by: Asker, terms: BidTerms, time: Time, isOpen: boolean): Explanation {
  const { market, wish } = run;
  const asking = new Asking(run, by, terms, time, isOpen);
  if (wish.rest === 0) return nothing;
  const lacks = !asking.wouldFill();
  asking.ask();
  const { rest } = wish;
  const offers = offersOf(run);
  const removed = removals(market, wish, offers);
  return {
    rest,
    ...removed,
    fillingLimit: lacks ? fillingLimit(run, asking, offers) : 0,
    relaxations: lacks ? relaxations(asking) : [],
    predictedStart: predictedStart(run, asking, offers),
    choices: [],
  };
}

/** the open offers in books of the wish. */
function offersOf({ market, wish, candidates }: Run): number[] {
  const { data } = market.tables.offers;
  const { floor } = wish.ties;
  const offers = openOffers(market, candidates.booksOf(wish));
  return floor ? offers.filter((offer) => passesFloor(market.pools[data[offer + Offer.POOL]!]!, floor)) : offers;
}

/** The least delivered price of an offer at which, as the limit, the rest would be filled. */
function fillingLimit(run: Run, asking: Asking, offers: readonly number[]): number {
  const { terms } = asking;
  const limits = limitsOf(run, asking, offers);
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (asking.wouldFill({ ...terms, limitPrice: limits[middle]! })) high = middle;
    else low = middle + 1;
  }
  return limits[low] ?? 0;
}

/** Delivered prices above the bid's limit, up to the next tick, ascending. */
function limitsOf({ market, wish }: Run, asking: Asking, offers: readonly number[]): number[] {
  const { data } = market.tables.offers;
  const limits = new Set<number>();
  asking.ask();
  for (const offer of offers) {
    const pool = market.pools[data[offer + Offer.POOL]!]!;
    const spread =
      wish.dataGb === 0 ? 0 : spreadOf(wish.dataGb, market.links.to(wish.ties.demandRegion, pool.site), wish.gbUnits, wish.duration);
    const group = wish.perNode * (wish.precision === 0 ? 1 : pool.tflopsMilli(wish.precision));
    if (group === 0) continue;
    const ask = data[offer + Offer.ASK]!;
    const limit = wish.precision === 0 ? Math.ceil((ask + spread) / tick) * tick : pflopsLimit(ask, spread, wish.perNode, group);
    if (limit > wish.limit && isPrice(limit)) limits.add(limit);
  }
  return [...limits].sort((a, b) => a - b);
}

/** of a PFLOPS-hour, up to the next tick. */
function pflopsLimit(ask: number, spread: number, perNode: number, group: number): number {
  const exact = BigInt(ask) * BigInt(perNode * countedPerPflops) + BigInt(spread) * BigInt(group);
  return Number((exact + BigInt(group * tick) - 1n) / BigInt(group * tick)) * tick;
}

/** The ties that the bid has and of which each, given up alone, lets the market fill the rest. */
function relaxations(asking: Asking): Relaxation[] {
  const { terms } = asking;
  return relaxing.flatMap(([tie, loosen]) => {
    const loose = loosen(terms);
    return loose && asking.wouldFillLoosened({ ...terms, ...loose }) ? [tie] : [];
  });
}
