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

/** Is told that something of a pool is free again. */
interface Freed {
  forgetPool(pool: number, from: number, to: number): void;
}

/**
 * A pool's nodes over time (R-2a, R-3). Where a node has at most eight units it is a byte, of which bit i says that more than i units are taken: the most taken over a window
 * is then an OR. Larger nodes are a word each. In the base row stands what is never free: nodes that cannot be sold, and bits without a unit.
 */
export class Capacity {
  private readonly isUnary: boolean;
  private readonly join: Join;
  private block: number;
  private perNode = 1;
  private groups = 1;
  /** Scratch of placing: units taken on each node. */
  private here = new Int32Array(16);

  constructor(
    private readonly arena: Arena,
    private readonly steps: Steps,
    private nodes: number,
    private readonly unitsPerNode: number,
    private readonly soldOut: Freed,
    private readonly pool: number,
  ) {
    this.isUnary = unitsPerNode <= 8;
    this.join = this.isUnary ? 'or' : 'most';
    this.block = steps.create(this.widthOf(nodes));
    this.fillBase(0);
  }

  private widthOf(nodes: number): number {
    return Math.max(1, this.isUnary ? (nodes + 3) >> 2 : nodes);
  }

  /** The count of nodes only grows. */
  grow(nodes: number): void {
    if (nodes === this.nodes) return;
    this.block = this.steps.widen(this.block, this.widthOf(nodes));
    const known = this.nodes;
    this.nodes = nodes;
    this.fillBase(known);
  }

  private fillBase(known: number): void {
    const width = this.widthOf(this.nodes);
    for (let node = known; node < (this.isUnary ? 4 * width : width); node++) this.setUsable(node, node < this.nodes);
  }

  setUsable(node: number, usable: boolean): void {
    if (usable) this.soldOut.forgetPool(this.pool, 0, Infinity);
    const { words } = this.arena;
    const base = this.steps.base(this.block);
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
    this.steps.fold(this.block, from, to, this.join);
    return this.groupsFolded(perNode);
  }

  /** The same of a pool that is one large node. */
  private groupsOfOne(perNode: number, from: number, to: number): number {
    const { steps, block } = this;
    const taken = Math.max(this.arena.words[steps.base(block)]!, steps.extreme(block, from, to, 1));
    return Math.max(0, Math.floor((this.unitsPerNode - taken) / perNode));
  }

  private groupsFolded(perNode: number): number {
    const { row } = folded;
    let groups = 0;
    if (this.isUnary) {
      const free = groupsFree[perNode]!;
      const width = (this.nodes + 3) >> 2;
      for (let k = 0; k < width; k++) {
        const word = row[k]!;
        if (word !== -1) groups += free[word & 255]! + free[(word >>> 8) & 255]! + free[(word >>> 16) & 255]! + free[word >>> 24]!;
      }
    } else for (let node = 0; node < this.nodes; node++) groups += Math.max(0, Math.floor((this.unitsPerNode - row[node]!) / perNode));
    return groups;
  }

  /** True where at no slot of [from, to) a group is free. */
  isFull(perNode: number, from: number, to: number): boolean {
    if (perNode > this.unitsPerNode) return true;
    this.perNode = perNode;
    this.groups = 1;
    return !this.steps.some(this.block, from, to, this.join, this.hasGroup);
  }

  /** The first slot of [from, to) with which no group is free from `from` on; `to`: one is throughout. */
  reach(perNode: number, from: number, to: number): number {
    if (perNode > this.unitsPerNode) return from;
    this.perNode = perNode;
    this.groups = 1;
    return this.steps.reach(this.block, from, to, this.join, this.hasGroup);
  }

  /** First start in [start, last] at which so many groups are free for so many slots; -1: none. */
  firstStart(perNode: number, start: number, last: number, duration: number, groups = 1): number {
    if (perNode > this.unitsPerNode) return -1;
    this.perNode = perNode;
    this.groups = groups;
    return this.steps.firstStart(this.block, start, last, duration, this.join, this.hasGroup);
  }

  private readonly hasGroup = (): boolean => this.groupsFolded(this.perNode) >= this.groups;

  turns(from: number, to: number, mark: (slot: number) => void): void {
    this.steps.turns(this.block, from, to, mark);
  }

  /** Calls `mark` with each slot in [from, to) at which a node has more free than just before. */
  falls(from: number, to: number, mark: (slot: number) => void): void {
    this.steps.falls(this.block, from, to, this.join, mark);
  }

  /** Units free on the node over the window. */
  freeOnNode(node: number, from: number, to: number): number {
    this.steps.fold(this.block, from, to, this.join);
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
    this.steps.fold(this.block, from, to, this.join);
    if (this.here.length < this.nodes) this.here = new Int32Array(2 * this.nodes);
    this.here.fill(0, 0, this.nodes);
    let left = groups;
    for (let free = this.leastFitting(perNode, 0); left > 0 && free > 0; free = this.leastFitting(perNode, free)) {
      const groupsHere = Math.floor(free / perNode);
      for (let node = 0; node < this.nodes && left > 0; node++) {
        if (this.freeOn(node) !== free) continue;
        const taken = Math.min(left, groupsHere);
        this.here[node] = taken * perNode;
        left -= taken;
      }
    }
    placed.count = 0;
    for (let node = 0; node < this.nodes; node++) if (this.here[node]! > 0) pushPlaced(node, this.here[node]!);
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
    if (sign < 0) this.soldOut.forgetPool(this.pool, from, to);
    const { steps } = this;
    if (this.nodes === 1 && !this.isUnary) {
      this.block = steps.add(this.block, from, to, sign * (pairs === placed.pairs ? pairs : this.arena.words)[at + 1]!);
      return;
    }
    const block = steps.cut(this.block, from, to);
    const { words } = this.arena;
    // The arena may be where the pairs are, and may just have moved: its words are the ones to read.
    const source = pairs === placed.pairs ? pairs : words;
    for (let step = steps.first; step < steps.last; step++) this.occupyRow(steps.row(block, step), source, at, count, sign);
    this.block = steps.seal(block);
  }

  private occupyRow(row: number, pairs: Int32Array, at: number, count: number, sign: 1 | -1): void {
    const { words } = this.arena;
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
