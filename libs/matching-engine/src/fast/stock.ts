import type { Slot } from '#domain';
import type { Candidate } from './candidate.js';
import { placed, pushPlaced } from './capacity.js';
import type { Market, Pool } from './market.js';
import { Trade } from './records.js';
import type { Wish } from './wish.js';

// What an offer sells of: a pool, or the rest of a lease. Offers of one stock share what is free. `lease` is the lease's number; 0: the pool. Where a wish is pinned to a
// lease's nodes (an extension) it takes no others.

/** Tells stocks apart: the place of a pool, or the lease's number with a minus. */
export const stockOf = (lease: number, pool: Pool): number => (lease === 0 ? pool.index : -lease);

/** R-2a: how many groups of so many units on one node the candidate's stock has free over the window. */
export const freeGroups = (market: Market, wish: Wish, { lease, pool }: Candidate, from: Slot, to: Slot): number =>
  lease === 0 && wish.pin < 0
    ? pool.capacity.freeGroups(wish.perNode, from, to)
    : groupsOf(freeByNode(market, lease, pool, wish.pin, from, to), wish.perNode);

/** The same for what resells a lease. */
export const freeOfLease = (market: Market, lease: number, pool: Pool, perNode: number, from: Slot, to: Slot): number =>
  groupsOf(freeByNode(market, lease, pool, -1, from, to), perNode);

const groupsOf = (nodes: readonly NodeFree[], perNode: number): number =>
  nodes.reduce((groups, { free }) => groups + Math.floor(free / perNode), 0);

interface NodeFree {
  readonly node: number;
  readonly free: number;
}

function freeByNode(market: Market, lease: number, pool: Pool, pin: number, from: Slot, to: Slot): NodeFree[] {
  if (lease === 0)
    return nodesOf(market, pin).map(({ node, units }) => ({ node, free: Math.min(units, pool.capacity.freeOnNode(node, from, to)) }));
  const trade = market.tradeOf.get(lease);
  const { data } = market.tables.trades;
  if (trade < 0 || data[trade + Trade.ENDED] === 1 || from < data[trade + Trade.FROM]! || to > data[trade + Trade.TO]!) return [];
  const free = nodesOf(market, trade)
    .filter(({ node }) => pool.isUsable(node))
    .map(({ node, units }) => ({ node, free: Math.max(0, units - market.resold.peak(lease, node, from, to)) }));
  if (pin < 0) return free;
  const pinned = new Map(nodesOf(market, pin).map(({ node, units }) => [node, units]));
  return free.map((each) => ({ node: each.node, free: Math.min(each.free, pinned.get(each.node) ?? 0) }));
}

/** The nodes of a trade, by node. */
export function nodesOf({ arena: { words }, tables }: Market, trade: number): { node: number; units: number }[] {
  const nodes = tables.trades.data[trade + Trade.NODES]!;
  return Array.from({ length: tables.trades.data[trade + Trade.NODE_COUNT]! }, (_, i) => ({
    node: words[nodes + 2 * i]!,
    units: words[nodes + 2 * i + 1]!,
  }));
}

/** The first start in [start, last] at which a lease's rest has a group free for so many slots; -1: none. Between changes of what is resold, later starts have no more. */
export function firstStartOfLease(market: Market, wish: Wish, candidate: Candidate, start: Slot, last: Slot): Slot {
  for (let at = start; at >= 0 && at <= last; at = nextTurn(market, candidate.lease, at, last)) {
    if (freeGroups(market, wish, candidate, at, at + wish.duration) > 0) return at;
  }
  return -1;
}

function nextTurn(market: Market, lease: number, after: Slot, last: Slot): Slot {
  let next = -1;
  market.resold.turns(lease, after + 1, last + 1, (slot) => {
    if (next < 0 || slot < next) next = slot;
  });
  return next;
}

/** R-2a: groups one by one, each on the node with the fewest free units that fit it; ties to the lowest index. They are taken at once, and `placed` tells on which nodes. */
export function place(market: Market, wish: Wish, { lease, pool }: Candidate, groups: number, from: Slot, to: Slot): void {
  if (lease === 0 && wish.pin < 0) return pool.capacity.place(wish.perNode, groups, from, to);
  const fitting = freeByNode(market, lease, pool, wish.pin, from, to).filter(({ free }) => free >= wish.perNode);
  fitting.sort((a, b) => a.free - b.free || a.node - b.node);
  const taken: { node: number; units: number }[] = [];
  let left = groups;
  for (const { node, free } of fitting) {
    if (left === 0) break;
    const here = Math.min(left, Math.floor(free / wish.perNode));
    taken.push({ node, units: here * wish.perNode });
    left -= here;
  }
  placed.count = 0;
  for (const { node, units } of taken.sort((a, b) => a.node - b.node)) pushPlaced(node, units);
  occupyStock(market, lease, pool, placed.pairs, 0, placed.count, from, to, 1);
}

/** Takes units on nodes of the stock (gives them back by -1): the pairs of nodes and units at `at`. */
export function occupyStock(
  market: Market,
  lease: number,
  pool: Pool,
  pairs: Int32Array,
  at: number,
  count: number,
  from: Slot,
  to: Slot,
  sign: 1 | -1,
): void {
  if (lease === 0) return pool.capacity.occupy(pairs, at, count, from, to, sign);
  const own = Array.from(pairs.subarray(at, at + 2 * count));
  for (let i = 0; i < own.length; i += 2) market.resold.add(lease, own[i]!, from, to, sign * own[i + 1]!);
}
