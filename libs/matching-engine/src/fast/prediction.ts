import { firstSellableSlot, Tier } from '#domain';
import type { Slot } from '#domain';
import { setAllowed } from './asking.js';
import type { Asking } from './asking.js';
import type { Candidate } from './candidate.js';
import { endOfHorizon } from './faults.js';
import type { Market } from './market.js';
import { groupsOf, Profile, stocksOf } from './profile.js';
import type { Stock } from './profile.js';
import { mayReclaim } from './reclaim.js';
import { leasesOf, Offer } from './records.js';
import { measureOf } from './removals.js';
import type { Run } from './run.js';
import { groupId } from './together.js';
import type { Wish } from './wish.js';

/** A slot after which nothing is sold. */
const never = 2 ** 30;

/**
 * the first start from now at which the whole rest is there at once on these terms, were `latest` the horizon. At a start a group's fill takes all that its
 * candidates have free, up to the rest; so what they have free, as a function of the start, tells where to look. That is all there is to say of a bid in units that reclaims
 * nothing and has no standby. For others it only says where a look is in vain, and the starts that are left are tried at turns.
 */
export function predictedStart(run: Run, asking: Asking, offers: readonly number[]): Slot {
  const { market, wish, candidates } = run;
  const { terms, time } = asking;
  const setAhead = setAllowed({ ...terms, latest: endOfHorizon(market) }, firstSellableSlot(time));
  asking.ask(terms, setAhead);
  const { rest, starts } = wish;
  if (starts.areNone) return 0;
  const { first, last } = starts;
  const reachable: Candidate[] = [];
  candidates.begin(wish);
  for (let candidate = candidates.take(); candidate; candidate = candidates.take()) reachable.push(candidate);
  if (reachable.length === 0) return 0;
  const groups = stocksByGroup(market, wish, reachable);
  const reclaims = mayReclaim(market, wish) && groups.some((stocks) => stocks.some((stock) => mayBeReclaimed(market, stock)));
  const isExact = wish.precision === 0 && wish.standby === 0 && !reclaims;
  const profile = new Profile(market, first, last);
  const measure = measureOf(wish, wish.perNode);
  const mayFill = new Uint8Array(last - first + 1);
  let best = last + 1;
  for (const stocks of groups) {
    for (const stock of stocks) {
      const isFreed = reclaims && mayBeReclaimed(market, stock);
      profile.add(stock, measure, isFreed ? groupsOf(market, stock, wish.perNode, never, never + 1) : null);
    }
    profile.some((free, from, to) => {
      if (from >= best) return true;
      if (free < rest) return false;
      if (!isExact) mayFill.fill(1, from - first, to - first);
      const start = starts.next(from);
      if (isExact && start >= 0 && start < to) best = Math.min(best, start);
      return false;
    });
    profile.clear();
  }
  if (isExact) return best <= last ? best : 0;
  return firstTried(run, asking, offers, mayFill, setAhead);
}

/** the candidates that one fill may be made of, by what they sell of. */
function stocksByGroup(market: Market, wish: Wish, reachable: readonly Candidate[]): Stock[][] {
  const groups = new Map<number, number[]>();
  for (const candidate of reachable) {
    const id = groupId(wish, candidate);
    const group = groups.get(id);
    if (group) group.push(candidate.offer);
    else groups.set(id, [candidate.offer]);
  }
  return [...groups.values()].map((offers) => stocksOf(market, offers));
}

/** FIRM offers of a pool that has RECLAIMABLE leases. */
function mayBeReclaimed(market: Market, { pool, lease, offers }: Stock): boolean {
  if (lease !== 0 || market.tables.leasesOfPool.countOf(leasesOf(pool.index, Tier.RECLAIMABLE)) === 0) return false;
  const { data } = market.tables.offers;
  return offers.some((offer) => market.books[data[offer + Offer.BOOK]!]!.fact.tier === Tier.FIRM);
}

/** The first turn, of those starts that may do, at which the market fills the rest; 0: none. */
function firstTried(
  { market, wish }: Run,
  asking: Asking,
  offers: readonly number[],
  mayFill: Uint8Array,
  setAhead: (starts: Wish['starts']) => void,
): Slot {
  if (!mayFill.includes(1)) return 0;
  asking.ask(asking.terms, setAhead);
  const { first, last } = wish.starts;
  const isTurn = turnsOf(market, offers, first, last);
  const tried: Slot[] = [];
  for (let start = first, before = -2; start >= 0; before = start, start = wish.starts.next(start + 1)) {
    if (mayFill[start - first] === 1 && (isTurn[start - first] === 1 || start !== before + 1)) tried.push(start);
  }
  return tried.find((start) => asking.wouldFill(asking.terms, (starts) => starts.one(start))) ?? 0;
}

/** Marks the starts at which more may be free than at the one before: an offer's window or a free time begins, a lease ends. */
function turnsOf(market: Market, offers: readonly number[], first: Slot, last: Slot): Uint8Array {
  const { data } = market.tables.offers;
  const marks = new Uint8Array(last - first + 1);
  const mark = (slot: Slot): void => {
    if (slot >= first && slot <= last) marks[slot - first] = 1;
  };
  for (const offer of offers) {
    mark(data[offer + Offer.FROM]!);
    market.sold.falls(offer, first, last + 1, mark);
    const lease = data[offer + Offer.LEASE]!;
    if (lease !== 0) market.resold.falls(lease, first, last + 1, mark);
  }
  for (const pool of new Set(offers.map((offer) => market.pools[data[offer + Offer.POOL]!]!))) {
    pool.capacity.falls(first, last + 1, mark);
    if (pool.curtailment) mark(pool.curtailment.to);
  }
  return marks;
}
