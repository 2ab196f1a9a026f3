import type { Slot } from '#domain';
import type { NodeUnits } from '../src/event.js';
import type { Offer, Pool } from './market.js';

/** units are counted free by node and by offer. How many groups the offer can still sell over the window, given so many groups free in its pool. */
export const groupsFree = (offer: Offer, groupsOfPool: number, perNode: number, from: Slot, to: Slot): number =>
  Math.max(0, Math.min(groupsOfPool, Math.floor((offer.terms.units - offer.sold.peak(from, to)) / perNode)));

/**
 * R-2a: groups one by one, each on the node with the fewest free units that fit it; ties to the lowest index. Since a node just used stays the one with the fewest,
 * it is filled up before the next is looked for. The groups must be free.
 */
export function place(pool: Pool, perNode: number, groups: number, from: Slot, to: Slot): NodeUnits[] {
  const fitting: { node: number; free: number }[] = [];
  for (let node = 0; node < pool.fact.nodes; node++) {
    if (!pool.isUsable(node)) continue;
    const free = pool.freeOn(node, from, to);
    if (free >= perNode) fitting.push({ node, free });
  }
  fitting.sort((a, b) => a.free - b.free || a.node - b.node);
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

/** Takes (or, by -1, gives back) the units on the nodes of a pool and of the offer. */
export function occupy(pool: Pool, offer: Offer | null, nodes: readonly NodeUnits[], from: Slot, to: Slot, sign: 1 | -1): void {
  for (const { node, units } of nodes) pool.node(node).add(from, to, sign * units);
  offer?.sold.add(from, to, sign * unitsOn(nodes));
}

export const unitsOn = (nodes: readonly NodeUnits[]): number => nodes.reduce((sum, { units }) => sum + units, 0);
