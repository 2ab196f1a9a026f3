import type { Slot } from '#domain';
import type { NodeUnits } from '../src/event.js';
import type { Offer, Pin, Pool, Trade } from './market.js';
import { Timeline } from './timeline.js';

/** units are counted free by node and by offer. How many groups the offer can still sell over the window, given so many groups free in its pool. */
export const groupsFree = (offer: Offer, groupsOfPool: number, perNode: number, from: Slot, to: Slot): number =>
  Math.max(0, Math.min(groupsOfPool, Math.floor((offer.terms.units - offer.sold.peak(from, to)) / perNode)));

/** What may be sold on a node at every slot of a window. */
export interface NodeFree {
  readonly node: number;
  readonly free: number;
}

/** What an offer sells of: a pool, or the rest of a lease. Offers of one stock share what is free. */
export const stockOf = (offer: Offer): Pool | Trade => offer.lease ?? offer.pool;

/** what the offer may sell on each usable node; for an extension only the lease's own units on its nodes. */
export function freeByNode({ pool, lease }: Offer, pin: Pin | null, from: Slot, to: Slot): NodeFree[] {
  const free = lease ? freeOfLease(lease, from, to) : pool.freeByNode(from, to);
  if (!pin) return free;
  const pinned = new Map(pin.nodes.map(({ node, units }) => [node, units]));
  return free.map((each) => ({ node: each.node, free: Math.min(each.free, pinned.get(each.node) ?? 0) }));
}

function freeOfLease({ ended, pool, nodes, resold, from, to }: Trade, first: Slot, last: Slot): NodeFree[] {
  if (ended || !pool.trades() || first < from || last > to) return [];
  return nodes
    .filter(({ node }) => pool.isUsable(node))
    .map(({ node, units }) => ({ node, free: Math.max(0, units - (resold.get(node)?.peak(first, last) ?? 0)) }));
}

/** R-2a: how many groups of so many units on one node are free. */
export const groupsOn = (nodes: readonly NodeFree[], perNode: number): number =>
  nodes.reduce((groups, { free }) => groups + Math.floor(free / perNode), 0);

/**
 * R-2a: groups one by one, each on the node with the fewest free units that fit it; ties to the lowest index. Since a node just used stays the one with the fewest,
 * it is filled up before the next is looked for. The groups must be free.
 */
export function place(nodes: readonly NodeFree[], perNode: number, groups: number): NodeUnits[] {
  const fitting = nodes.filter(({ free }) => free >= perNode).sort((a, b) => a.free - b.free || a.node - b.node);
  const placed: NodeUnits[] = [];
  let left = groups;
  for (const { node, free } of fitting) {
    if (left === 0) break;
    const here = Math.min(left, Math.floor(free / perNode));
    placed.push({ node, units: here * perNode });
    left -= here;
  }
  return placed.sort((a, b) => a.node - b.node);
}

/** Takes (or, by -1, gives back) units on nodes of the pool, or of a lease within it. */
export function occupyNodes(pool: Pool, within: Trade | null, nodes: readonly NodeUnits[], from: Slot, to: Slot, sign: 1 | -1): void {
  for (const { node, units } of nodes) (within ? resoldOn(within, node) : pool.node(node)).add(from, to, sign * units);
}

function resoldOn({ resold }: Trade, node: number): Timeline {
  const known = resold.get(node) ?? new Timeline();
  resold.set(node, known);
  return known;
}

/** The same for a piece of a fill, which the offer sells. */
export function occupy(offer: Offer, nodes: readonly NodeUnits[], from: Slot, to: Slot, sign: 1 | -1): void {
  occupyNodes(offer.pool, offer.lease, nodes, from, to, sign);
  offer.sold.add(from, to, sign * unitsOn(nodes));
}

/** The same for nodes of a lease. */
export function occupyLease({ pool, within, offer }: Trade, nodes: readonly NodeUnits[], from: Slot, to: Slot, sign: 1 | -1): void {
  occupyNodes(pool, within, nodes, from, to, sign);
  offer?.sold.add(from, to, sign * unitsOn(nodes));
}

export const unitsOn = (nodes: readonly NodeUnits[]): number => nodes.reduce((sum, { units }) => sum + units, 0);
