import { folded } from './steps.js';
import type { Join, Steps } from './steps.js';
import type { Arena } from './arena.js';

/** Nodes and units of the last placing: pairs of words, by node, ascending. */
export const placed = { pairs: new Int32Array(64), count: 0 };

/** By units asked on one node, then by a node's byte: how many such groups are free on it. */
const groupsFree = Array.from({ length: 9 }, (_, perNode) =>
  Uint8Array.from({ length: 256 }, (_, byte) => (perNode === 0 ? 0 : Math.floor(freeIn(byte) / perNode))),
);

function freeIn(byte: number): number {
  let free = 8;
  for (let rest = byte; rest > 0; rest &= rest - 1) free--;
  return free;
}

/** What all pools share. */
interface Ground {
  readonly arena: Arena;
  readonly steps: Steps;
  /** Is told that something of a pool is free again. */
  readonly soldOut: { forgetPool(pool: number, from: number, to: number): void };
}

/** What is asked of a folded row: so many groups of so many units on one node, of a pool of so many nodes and units on each. */
const asked = { perNode: 1, groups: 1, nodes: 0, unitsPerNode: 0 };

/** Scratch of placing: units taken on each node. */
let here = new Int32Array(16);

/**
 * A pool's nodes over time (R-2a, R-3). Where a node has at most eight units it is a byte, of which bit i says that more than i units are taken: the most taken over a window
 * is then an OR. Larger nodes are a word each. In the base row stands what is never free: nodes that cannot be sold, and bits without a unit.
 */
export class Capacity {
  private block: number;

  constructor(
    private readonly ground: Ground,
    private nodes: number,
    private readonly unitsPerNode: number,
    private readonly pool: number,
  ) {
    this.block = ground.steps.create(this.widthOf(nodes));
    this.fillBase(0);
  }

  private get isUnary(): boolean {
    return this.unitsPerNode <= 8;
  }

  private get join(): Join {
    return this.isUnary ? 'or' : 'most';
  }

  private widthOf(nodes: number): number {
    return Math.max(1, this.isUnary ? (nodes + 3) >> 2 : nodes);
  }

  /** The count of nodes only grows. */
  grow(nodes: number): void {
    if (nodes === this.nodes) return;
    this.block = this.ground.steps.widen(this.block, this.widthOf(nodes));
    const known = this.nodes;
    this.nodes = nodes;
    this.fillBase(known);
  }

  private fillBase(known: number): void {
    const width = this.widthOf(this.nodes);
    for (let node = known; node < (this.isUnary ? 4 * width : width); node++) this.setUsable(node, node < this.nodes);
  }

  setUsable(node: number, usable: boolean): void {
    if (usable) this.ground.soldOut.forgetPool(this.pool, 0, Infinity);
    const { words } = this.ground.arena;
    const base = this.ground.steps.base(this.block);
    if (!this.isUnary) words[base + node] = usable ? 0 : this.unitsPerNode;
    else {
      const shift = 8 * (node & 3);
      const byte = usable ? (0xff << this.unitsPerNode) & 0xff : 0xff;
      words[base + (node >> 2)] = (words[base + (node >> 2)]! & ~(0xff << shift)) | (byte << shift);
    }
  }

  /** R-2a: how many groups of so many units on one node are free over the window. */
  freeGroups(perNode: number, from: number, to: number): number {
    if (perNode > this.unitsPerNode) return 0;
    if (this.nodes === 1 && !this.isUnary) return this.groupsOfOne(perNode, from, to);
    this.ground.steps.fold(this.block, from, to, this.join);
    this.ask(perNode, 1);
    return groupsFolded();
  }

  /** The same of a pool that is one large node. */
  private groupsOfOne(perNode: number, from: number, to: number): number {
    const { block } = this;
    const { arena, steps } = this.ground;
    const taken = Math.max(arena.words[steps.base(block)]!, steps.extreme(block, from, to, 1));
    return Math.max(0, Math.floor((this.unitsPerNode - taken) / perNode));
  }

  /** True where at no slot of [from, to) a group is free. */
  isFull(perNode: number, from: number, to: number): boolean {
    if (perNode > this.unitsPerNode) return true;
    this.ask(perNode, 1);
    return !this.ground.steps.some(this.block, from, to, this.join, hasGroups);
  }

  /** The first slot of [from, to) with which no group is free from `from` on; `to`: one is throughout. */
  reach(perNode: number, from: number, to: number): number {
    if (perNode > this.unitsPerNode) return from;
    this.ask(perNode, 1);
    return this.ground.steps.reach(this.block, from, to, this.join, hasGroups);
  }

  /** First start in [start, last] at which so many groups are free for so many slots; -1: none. */
  firstStart(perNode: number, start: number, last: number, duration: number, groups = 1): number {
    if (perNode > this.unitsPerNode) return -1;
    this.ask(perNode, groups);
    return this.ground.steps.firstStart(this.block, start, last, duration, this.join, hasGroups);
  }

  private ask(perNode: number, groups: number): void {
    asked.perNode = perNode;
    asked.groups = groups;
    asked.nodes = this.nodes;
    asked.unitsPerNode = this.unitsPerNode;
  }

  turns(from: number, to: number, mark: (slot: number) => void): void {
    this.ground.steps.turns(this.block, from, to, mark);
  }

  /** Calls `mark` with each slot in [from, to) at which a node has more free than just before. */
  falls(from: number, to: number, mark: (slot: number) => void): void {
    this.ground.steps.falls(this.block, from, to, this.join, mark);
  }

  /** Units free on the node over the window. */
  freeOnNode(node: number, from: number, to: number): number {
    this.ground.steps.fold(this.block, from, to, this.join);
    return this.freeOn(node);
  }

  private freeOn(node: number): number {
    const word = folded.row[this.isUnary ? node >> 2 : node]!;
    return this.isUnary ? groupsFree[1]![(word >>> (8 * (node & 3))) & 255]! : this.unitsPerNode - word;
  }

  /**
   * R-2a: groups one by one, each on the node with the fewest free units that fit it; ties to the lowest index. Since a node just used stays the one with the fewest, it
   * is filled up before the next is looked for. The groups must be free; they are taken at once, and `placed` tells on which nodes.
   */
  place(perNode: number, groups: number, from: number, to: number): void {
    if (this.nodes === 1) {
      placed.count = 0;
      pushPlaced(0, perNode * groups);
      return this.occupy(placed.pairs, 0, 1, from, to, 1);
    }
    this.ground.steps.fold(this.block, from, to, this.join);
    if (here.length < this.nodes) here = new Int32Array(2 * this.nodes);
    here.fill(0, 0, this.nodes);
    let left = groups;
    for (let free = this.leastFitting(perNode, 0); left > 0 && free > 0; free = this.leastFitting(perNode, free)) {
      const groupsHere = Math.floor(free / perNode);
      for (let node = 0; node < this.nodes && left > 0; node++) {
        if (this.freeOn(node) !== free) continue;
        const taken = Math.min(left, groupsHere);
        here[node] = taken * perNode;
        left -= taken;
      }
    }
    placed.count = 0;
    for (let node = 0; node < this.nodes; node++) if (here[node]! > 0) pushPlaced(node, here[node]!);
    this.occupy(placed.pairs, 0, placed.count, from, to, 1);
  }

  /** The least number of free units on a node that fits a group and is more than `above`; 0: none. */
  private leastFitting(perNode: number, above: number): number {
    let least = 0;
    for (let node = 0; node < this.nodes; node++) {
      const free = this.freeOn(node);
      if (free >= perNode && free > above && (least === 0 || free < least)) least = free;
    }
    return least;
  }

  /** Takes (by -1: gives back) the units of the pairs of nodes and units at `at`. */
  occupy(pairs: Int32Array, at: number, count: number, from: number, to: number, sign: 1 | -1): void {
    if (from >= to) return;
    if (sign < 0) this.ground.soldOut.forgetPool(this.pool, from, to);
    const { arena, steps } = this.ground;
    if (this.nodes === 1 && !this.isUnary) {
      this.block = steps.add(this.block, from, to, sign * (pairs === placed.pairs ? pairs : arena.words)[at + 1]!);
      return;
    }
    const block = steps.cut(this.block, from, to);
    const { words } = this.ground.arena;
    // The arena may be where the pairs are, and may just have moved: its words are the ones to read.
    const source = pairs === placed.pairs ? pairs : words;
    for (let step = steps.first; step < steps.last; step++) this.occupyRow(steps.row(block, step), source, at, count, sign);
    this.block = steps.seal(block);
  }

  private occupyRow(row: number, pairs: Int32Array, at: number, count: number, sign: 1 | -1): void {
    const { words } = this.ground.arena;
    for (let i = at; i < at + 2 * count; i += 2) {
      const node = pairs[i]!;
      const units = pairs[i + 1]!;
      if (!this.isUnary) words[row + node] = words[row + node]! + sign * units;
      else {
        const word = row + (node >> 2);
        const shift = 8 * (node & 3);
        const byte = (words[word]! >>> shift) & 255;
        const next = sign > 0 ? (((byte + 1) << units) - 1) & 255 : byte >> units;
        words[word] = (words[word]! & ~(0xff << shift)) | (next << shift);
      }
    }
  }
}

function groupsFolded(): number {
  const { perNode, nodes, unitsPerNode } = asked;
  const { row } = folded;
  let groups = 0;
  if (unitsPerNode <= 8) {
    const free = groupsFree[perNode]!;
    const width = (nodes + 3) >> 2;
    for (let k = 0; k < width; k++) {
      const word = row[k]!;
      if (word !== -1) groups += free[word & 255]! + free[(word >>> 8) & 255]! + free[(word >>> 16) & 255]! + free[word >>> 24]!;
    }
  } else for (let node = 0; node < nodes; node++) groups += Math.max(0, Math.floor((unitsPerNode - row[node]!) / perNode));
  return groups;
}

const hasGroups = (): boolean => groupsFolded() >= asked.groups;

export function pushPlaced(node: number, units: number): void {
  if (2 * placed.count + 2 > placed.pairs.length) {
    const pairs = new Int32Array(2 * placed.pairs.length);
    pairs.set(placed.pairs);
    placed.pairs = pairs;
  }
  placed.pairs[2 * placed.count] = node;
  placed.pairs[2 * placed.count + 1] = units;
  placed.count++;
}
