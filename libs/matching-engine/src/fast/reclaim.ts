import { Tier } from '#domain';
import type { Slot } from '#domain';
import type { Candidate } from './candidate.js';
import type { Candidates } from './candidates.js';
import { parentOf } from './family.js';
import { occupyLease, occupyNodes } from './leases.js';
import type { Market, Pool } from './market.js';
import { giveBack, take } from './pieces.js';
import type { Piece } from './pieces.js';
import { relist } from './listing.js';
import { Bid, isOpen, leasesOf, Rare, rareOf, Trade } from './records.js';

import { difference, fillAt, isBehind, leastOfAll } from './fills.js';
import type { Fill } from './fills.js';
import { groupsOf } from './together.js';
import { Turns } from './turns.js';
import type { Wish } from './wish.js';

/** What a FIRM bid reclaims: the fill on its nodes, and the leases that go from its start on. Both are taken until `undoReclaim`. */
export interface Reclaim {
  readonly start: Slot;
  readonly duration: number;
  readonly pieces: readonly Piece[];
  /** Records of trades, oldest first. */
  readonly leases: readonly number[];
}

/** A lease that may be reclaimed for a start of the wish, and from which slot on it may go. */
interface Reclaimable {
  readonly trade: number;
  readonly pool: Pool;
  readonly free: Slot;
}

/** of every start the best fill from FIRM offers, as if the leases that may be reclaimed for it were absent; null where there is none. */
export function reclaim(market: Market, wish: Wish, candidates: Candidates): Reclaim | null {
  if (wish.rest === 0 || wish.starts.areNone || !mayReclaim(market, wish)) return null;
  wish.tier = Tier.FIRM;
  const { platform } = wish;
  // nothing is reclaimed on another platform.
  if (market.hasRemotes) wish.platform = 0;
  const groups = groupsOf(wish, candidates);
  wish.tier = 0;
  wish.platform = platform;
  if (groups.length === 0) return null;
  const leases = leasesInTheWay(market, wish, groups);
  if (wish.precision === 0 && leases.length === 0) return null;
  const best = bestFill(market, wish, groups, leases);
  return best && taken(market, wish, best, leases);
}

/** An extension reclaims nothing, nor what waits for a word or is bound to another platform. What a bid in units was not given is there only if a lease goes. One by PFLOPS may get more of less (R-2 rounds pool by pool). */
export const mayReclaim = (market: Market, wish: Wish): boolean =>
  wish.pin < 0 && wish.until === 0 && wish.platform <= 0 && (market.reclaimable > 0 || wish.precision !== 0);

export function undoReclaim(market: Market, { start, duration, pieces, leases }: Reclaim): void {
  const { data } = market.tables.trades;
  giveBack(market, duration, pieces);
  for (const lease of leases) {
    data[lease + Trade.GOING] = 0;
    occupyLease(market, lease, Math.max(start, data[lease + Trade.FROM]!), data[lease + Trade.TO]!, 1);
  }
}

/** By age: a lease that was placed anew keeps its trade's place. */
export const byPlace =
  (data: Float64Array) =>
  (a: number, b: number): number =>
    data[a + Trade.PLACE]! - data[b + Trade.PLACE]! || data[a + Trade.NUMBER]! - data[b + Trade.NUMBER]!;

/** The first slot from which the lease may be taken: a lease that has begun has the notice that its bid accepted. */
export function endOfNotice({ firstSellable, tables }: Market, lease: number): Slot {
  const { data } = tables.trades;
  const hasBegun = data[lease + Trade.SINCE]! < firstSellable;
  return firstSellable + (hasBegun ? tables.rare.data[rareOf(tables, data[lease + Trade.BID]!) + Rare.NOTICE]! : 0);
}

/** The RECLAIMABLE leases of the groups' pools over the wish's time that may go for one of its starts, those first that may go first. */
function leasesInTheWay(market: Market, wish: Wish, groups: readonly (readonly Candidate[])[]): Reclaimable[] {
  const { data } = market.tables.trades;
  const { first, last } = wish.starts;
  const found: Reclaimable[] = [];
  const parent = parentOf(market, wish.bid);
  const pools = new Set<Pool>();
  for (const group of groups) for (const { pool, lease } of group) if (lease === 0) pools.add(pool);
  for (const pool of pools) {
    for (const trade of market.tables.leasesOfPool.all(leasesOf(pool.index, Tier.RECLAIMABLE))) {
      if (data[trade + Trade.GOING] === 1 || data[trade + Trade.FROM]! >= last + wish.duration || data[trade + Trade.TO]! <= first)
        continue;
      const bid = data[trade + Trade.BID]!;
      if (bid === wish.bid || bid === parent || isRestOf(market, bid, wish.bid)) continue;
      const free = endOfNotice(market, trade);
      if (free <= last) found.push({ trade, pool, free });
    }
  }
  return found.sort((a, b) => a.free - b.free);
}

/** A rest knows its parent as long as that is open or has leases. */
function isRestOf(market: Market, rest: number, bid: number): boolean {
  const { data } = market.tables.bids;
  return bid >= 0 && parentOf(market, rest) === bid && (isOpen(data, bid) || data[bid + Bid.FIRST_TRADE]! >= 0);
}

/**
 * R-12's best over all starts. Leases are taken out of their pools as the starts reach the slot from which they may go; between two such slots fills are compared as
 * in any matching.
 */
function bestFill(market: Market, wish: Wish, groups: readonly (readonly Candidate[])[], leases: readonly Reclaimable[]): Fill | null {
  const { starts } = wish;
  const turns = new Turns(wish);
  const all = [starts.first, ...leases.map(({ free }) => free)].filter((slot) => slot >= starts.first);
  const gates = [...new Set(all)];
  let best: Fill | null = null;
  let absent = 0;
  gates.forEach((gate, g) => {
    for (; absent < leases.length && leases[absent]!.free <= gate; absent++) setAbsent(market, leases[absent]!, true);
    const end = gates[g + 1] ?? Infinity;
    for (const group of groups) {
      const least = leastOfAll(wish, group);
      turns.mark(market, group);
      for (let start = starts.next(gate); start >= 0 && start < end; start = turns.next(start + 1)) {
        if (isBehind(wish, least, start, best)) break;
        const fill = fillAt(market, wish, group, start);
        if (fill.counted >= wish.need && (best === null || difference(wish, fill, best)[0] < 0)) best = fill;
      }
    }
  });
  for (let i = 0; i < absent; i++) setAbsent(market, leases[i]!, false);
  return best;
}

/** The lease's nodes are free for as long as fills are compared. */
function setAbsent(market: Market, { trade }: Reclaimable, isAbsent: boolean): void {
  const { data } = market.tables.trades;
  occupyNodes(market, trade, Math.max(market.firstSellable, data[trade + Trade.FROM]!), data[trade + Trade.TO]!, isAbsent ? -1 : 1);
}

/** Of the leases in the way each that is not needed is spared, oldest first; the fill takes its nodes among those that are left. */
function taken(market: Market, wish: Wish, { start, pieces }: Fill, leases: readonly Reclaimable[]): Reclaim {
  const { data } = market.tables.trades;
  const { duration, perNode } = wish;
  const end = start + duration;
  const wanted = groupsWanted(wish, pieces);
  const isInTheWay = ({ trade, pool, free }: Reclaimable): boolean =>
    wanted.has(pool) && free <= start && data[trade + Trade.FROM]! < end && data[trade + Trade.TO]! > start;
  const inTheWay = leases.filter(isInTheWay).map(({ trade }) => trade);
  const occupy = (lease: number, sign: 1 | -1): void =>
    occupyNodes(market, lease, Math.max(start, data[lease + Trade.FROM]!), data[lease + Trade.TO]!, sign);
  for (const lease of inTheWay) occupy(lease, -1);
  const going = inTheWay.sort(byPlace(data)).filter((lease) => {
    const pool = market.pools[data[lease + Trade.POOL]!]!;
    occupy(lease, 1);
    if (pool.capacity.freeGroups(perNode, start, end) >= wanted.get(pool)!) return false;
    occupyLease(market, lease, Math.max(start, data[lease + Trade.FROM]!), data[lease + Trade.TO]!, -1);
    data[lease + Trade.GOING] = 1;
    return true;
  });
  for (const piece of pieces) take(market, wish, piece);
  for (const { candidate } of pieces) relist(market, candidate.offer);
  return { start, duration, pieces, leases: going };
}

/** By pool, what the fill takes of it; nothing stands in the way of what resells a lease. */
function groupsWanted({ perNode }: Wish, pieces: readonly Piece[]): Map<Pool, number> {
  const wanted = new Map<Pool, number>();
  for (const { candidate, units } of pieces) {
    if (candidate.lease === 0) wanted.set(candidate.pool, (wanted.get(candidate.pool) ?? 0) + units / perNode);
  }
  return wanted;
}
