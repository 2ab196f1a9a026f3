import { firstSellableSlot, Placement, slotIsAllowed, Standby, everyHour, everyWeekday, startOfSlot } from '#domain';
import type { Slot, Time } from '#domain';
import type { BidTerms } from '../src/command.js';
import type { Bid, Pool, Trade } from './market.js';
import { countedUnits, isWhole, startsTogether } from './reach.js';
import type { Piece } from './matching.js';
import { platformOf } from './waiting.js';
import type { Wish } from './reach.js';

/** starts from `first` on at which the whole lease lies in the bid's window, hours and weekdays; ascending. */
export function allowedStarts({ earliest, latest, durationSlots, hours, weekdays }: BidTerms, first: Slot): Slot[] {
  const from = Math.max(earliest, first);
  const starts: Slot[] = [];
  if (hours === everyHour && weekdays === everyWeekday) {
    for (let start = from; start + durationSlots <= latest; start++) starts.push(start);
    return starts;
  }
  for (let slot = from, run = 0; slot < latest; slot++) {
    run = slotIsAllowed(slot, hours, weekdays) ? run + 1 : 0;
    if (run >= durationSlots) starts.push(slot + 1 - durationSlots);
  }
  return starts;
}

/** The bid's leases that remain: not lost, not ended; pieces that wait among them. */
export const leasesOf = (bid: Bid): Trade[] => [...bid.trades].filter((trade) => !trade.ended);

/** where and when the rest is bound while a lease remains; zeros and nulls where it is not. */
export function bindingOf(bid: Bid): { site: number; region: number; platform: number | null; start: Slot | null } {
  const first = startsTogether(bid.terms) ? leasesOf(bid)[0] : undefined;
  if (!first) return { site: 0, region: 0, platform: null, start: null };
  return {
    site: bid.terms.placement === Placement.ONE_SITE ? first.pool.site.siteId : 0,
    region: bid.terms.placement === Placement.ONE_REGION ? first.pool.site.region : 0,
    platform: platformOf(first.pool),
    start: Math.min(...leasesOf(bid).map((lease) => lease.from)),
  };
}

/** What the bid lacks, counted. */
export const restOf = (bid: Bid): number => countedUnits(bid.terms) - bid.filled;

/** What the bid asks of the market at the time. */
export function wishOf(bid: Bid, time: Time, until: Time = 0): Wish {
  const { terms } = bid;
  const rest = restOf(bid);
  const bound = bindingOf(bid);
  const starts = allowedStarts(terms, firstSellableSlot(time));
  return {
    bid,
    rest,
    need: needOf(terms, rest),
    time,
    starts: bound.start === null ? starts : starts.filter((start) => start === bound.start),
    duration: terms.durationSlots,
    pool: bid.tie.pool,
    site: bound.site || bid.tie.site,
    region: bound.region || bid.tie.region,
    withoutPool: 0,
    withoutSites: [],
    withoutRegions: [],
    // the rest of a lease stays here, and nobody reserves for a partner's buyer on yet another platform.
    platform: bid.isRest || until > 0 ? 0 : bound.platform,
    until,
    tier: null,
    pin: null,
  };
}

/** what the wish still lacks after these pieces of it were taken, where and when they are if they bind it. */
export function leftOf(wish: Wish, pieces: readonly Piece[]): Wish {
  const { terms } = wish.bid;
  const rest = pieces.reduce((left, { counted }) => left - counted, wish.rest);
  const left = { ...wish, rest, need: needOf(terms, rest) };
  const first = pieces[0];
  if (!first || !startsTogether(terms)) return left;
  const { site } = first.candidate.pool;
  return {
    ...left,
    starts: [first.start],
    site: terms.placement === Placement.ONE_SITE ? site.siteId : left.site,
    region: terms.placement === Placement.ONE_REGION ? site.region : left.region,
    platform: platformOf({ site }),
  };
}

/** R-7a: the second fill, of the same shape and window as the first, which is all of the wish, away from it. */
export const standbyOf = (wish: Wish, first: readonly Piece[]): Wish => ({
  ...wish,
  need: wish.rest,
  starts: first.slice(0, 1).map(({ start }) => start),
  ...awayFrom(
    wish.bid.terms,
    first.map(({ candidate }) => candidate.pool),
  ),
});

/** R-7a: the sites or regions of the pools, which the other fill must leave out. */
export const awayFrom = ({ standby }: BidTerms, pools: readonly Pool[]): Pick<Wish, 'withoutSites' | 'withoutRegions'> => ({
  withoutSites: standby === Standby.SITE ? pools.map((pool) => pool.site.siteId) : [],
  withoutRegions: standby === Standby.REGION ? pools.map((pool) => pool.site.region) : [],
});

/** the least that a matching may take of the rest. */
function needOf(terms: BidTerms, rest: number): number {
  if (isWhole(terms)) return rest;
  return terms.minUnits > 0 ? Math.min(rest, (countedUnits(terms) / terms.units) * terms.minUnits) : 1;
}

/** a bid expires at its last allowed start (a bound rest at its bound start), a GTD bid at its date if that is earlier. */
export function expiryOfBid(bid: Bid): Time {
  const bound = bindingOf(bid).start;
  const last = bound ?? lastAllowedStart(bid.terms, 0);
  return Math.min(last === null ? 0 : startOfSlot(last), bid.terms.goodTill ?? Infinity);
}

/** Null where no start from `first` on is allowed. */
export function lastAllowedStart({ earliest, latest, durationSlots, hours, weekdays }: BidTerms, first: Slot): Slot | null {
  const from = Math.max(earliest, first);
  if (hours === everyHour && weekdays === everyWeekday) return latest - durationSlots >= from ? latest - durationSlots : null;
  for (let slot = latest - 1, run = 0; slot >= from; slot--) {
    run = slotIsAllowed(slot, hours, weekdays) ? run + 1 : 0;
    if (run >= durationSlots) return slot;
  }
  return null;
}
