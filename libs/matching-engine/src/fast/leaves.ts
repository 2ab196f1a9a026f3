import { enlarged, Entries } from './entries.js';
import type { Table } from './table.js';

export const leafSize = 32;
const leafBits = 5;
/** Of a leaf: its entries stand in none; they do; they do and are to stay so. */
const Order = { NONE: 0, IS: 1, KEPT: 2 } as const;
/** Places for the leaves to which the youngest of a key went. */
const hints = 256;
/** Field of an order's record that says in which leaf it stands, and where it was put there: its place. What comes between moves it inside the leaf. -1: it stands in none. */
const LEAF = 14;

/** A list's place in the leaves: its leaves in order, and beside each what no entry of it comes before (of the first it is not looked at). */
export interface OrderedList {
  readonly index: number;
  /** The records' table. */
  readonly table: Table;
  /** By a hash of the key: the leaf to which the last of it went. Looked at with doubt. */
  readonly hints: Int32Array;
  leaves: Int32Array;
  firstKeys: Float64Array;
  firstRanks: Float64Array;
  count: number;
  /** Entries in all, and how often one was put in. */
  size: number;
  inserts: number;
  /** Of resting bids: those that are rests. */
  rests: number;
}

/**
 * Ordered lists of records in leaves of 32: by key, ascending, then by rank, ascending. Offers stand by (ask, time), resting bids by (minus limit, time). The leaves of all
 * lists are in the same typed arrays and are used again. What is removed only loses its bit in its leaf: nothing moves, so a walk through the list stays right. A record knows
 * its leaf, and a leaf between which bounds it stands: most that come are the youngest of a key of which others came just before, and go to the leaf of those without a
 * search. Most leaves are far from where orders meet: they take what comes wherever there is room, and are put in order by the first walk that comes by (`inOrder`). From
 * then on they stay so: what comes takes the gap that is next, or moves what stands between.
 */
export class Leaves extends Entries {
  /** By leaf: bit i, the entry i stands in the list. Others are gaps; their keys keep the order. */
  live = new Int32Array(64);
  /** By leaf: entries that were ever filled. */
  private used = new Uint8Array(64);
  /** By leaf: one of Order. */
  private orders = new Uint8Array(64);
  /** By leaf: its list (-1: none), and the bounds (key, rank) from after the low one to the high one. */
  private owners = new Int32Array(64).fill(-1);
  private lows = new Float64Array(2 * 64);
  private highs = new Float64Array(2 * 64);
  private lists = 0;
  private end = 0;
  private readonly free: number[] = [];

  list(table: Table): OrderedList {
    const [leaves, firstKeys, firstRanks] = [new Int32Array(4), new Float64Array(4), new Float64Array(4)];
    const index = this.lists++;
    return { index, table, hints: new Int32Array(hints), leaves, firstKeys, firstRanks, count: 0, size: 0, inserts: 0, rests: 0 };
  }

  insert(list: OrderedList, key: number, rank: number, record: number, windowFrom: number, windowTo: number): void {
    const hint = hintOf(key);
    let leaf = list.hints[hint]!;
    if (this.live[leaf] === -1 || !this.isBetween(list, leaf, key, rank)) {
      leaf = this.leafWithRoom(list, key, rank);
      list.hints[hint] = leaf;
    }
    const place =
      leaf * leafSize + (this.orders[leaf] === Order.KEPT ? this.placeIn(leaf, key, rank) : this.placeAnywhere(leaf, key, rank));
    this.put(place, key, rank, record, windowFrom, windowTo);
    list.table.data[record + LEAF] = place;
    list.size++;
    list.inserts++;
  }

  /** Reads what a removal from the place will. */
  touch(place: number): number {
    const leaf = place >> leafBits;
    return this.records[place]! + this.live[leaf]! + this.owners[leaf]!;
  }

  /** True where it is a leaf of the list, and the one in which key and rank belong. */
  private isBetween(list: OrderedList, leaf: number, key: number, rank: number): boolean {
    if (this.owners[leaf] !== list.index) return false;
    const { lows, highs } = this;
    const low = lows[2 * leaf]!;
    if (low > key || (low === key && lows[2 * leaf + 1]! >= rank)) return false;
    const high = highs[2 * leaf]!;
    return high > key || (high === key && highs[2 * leaf + 1]! >= rank);
  }

  /** The leaf in which key and rank belong; a full one is split where they come. */
  private leafWithRoom(list: OrderedList, key: number, rank: number): number {
    if (list.count === 0) return this.addLeaf(list, 0, key, rank);
    const at = leafFor(list, key, rank);
    const leaf = list.leaves[at]!;
    if (this.live[leaf] !== -1) return leaf;
    this.sorted(leaf);
    const index = this.indexIn(leaf, key, rank);
    if (index === leafSize) return this.addLeaf(list, at + 1, key, rank);
    // What comes is mostly the youngest of its price: more of the same come behind it.
    this.split(list, at, Math.max(index, leafSize / 2));
    return leaf;
  }

  remove(list: OrderedList, key: number, rank: number, record: number): void {
    const { data } = list.table;
    const place = data[record + LEAF]!;
    data[record + LEAF] = -1;
    const leaf = place >> leafBits;
    if (place >= 0 && this.owners[leaf] === list.index && this.removeFrom(list, leaf, record, place & (leafSize - 1))) return;
    // It stands in several lists, and its leaf is in another.
    for (let at = leafFor(list, key, rank); at < list.count; at++) if (this.removeFrom(list, list.leaves[at]!, record, 0)) return;
  }

  /** It is looked for from where it was put on. A gap may still say what stood there. */
  private removeFrom(list: OrderedList, leaf: number, record: number, put: number): boolean {
    const { records } = this;
    const first = leaf * leafSize;
    const live = this.live[leaf]!;
    for (let i = 0; i < leafSize; i++) {
      const at = (put + i) & (leafSize - 1);
      if (records[first + at] !== record || ((live >>> at) & 1) === 0) continue;
      this.live[leaf] = live & ~(1 << at);
      list.size--;
      if (this.live[leaf] === 0) this.dropLeaf(list, leaf);
      return true;
    }
    return false;
  }

  /** Of the first of the list; Infinity: it is empty. */
  leastKey(list: OrderedList): number {
    if (list.count === 0) return Infinity;
    const leaf = list.leaves[0]!;
    return this.keys[this.firstPlace(leaf, this.inOrder(leaf))]!;
  }

  /** The mask of the leaf's entries, which stand in order from now on. */
  inOrder(leaf: number): number {
    const mask = this.sorted(leaf);
    this.orders[leaf] = Order.KEPT;
    return mask;
  }

  /** The same until something comes. */
  private sorted(leaf: number): number {
    if (this.orders[leaf] === Order.NONE) this.sort(leaf);
    return this.live[leaf]!;
  }

  /** Its entries stand in order and without gaps from its first place on. */
  private sort(leaf: number): void {
    const { keys, ranks, records, froms, tos } = this;
    const first = leaf * leafSize;
    let to = first;
    for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1) {
      const place = this.firstPlace(leaf, mask);
      const [key, rank, record, from, end] = [keys[place]!, ranks[place]!, records[place]!, froms[place]!, tos[place]!];
      let before = to++;
      while (before > first && (keys[before - 1]! > key || (keys[before - 1] === key && ranks[before - 1]! > rank))) before--;
      this.moveUp(before, to - 1);
      this.put(before, key, rank, record, from, end);
    }
    this.used[leaf] = to - first;
    this.live[leaf] = 2 ** (to - first) - 1;
    this.orders[leaf] = Order.IS;
  }

  /** In order; for what is not done often. */
  recordsOf(list: OrderedList): number[] {
    const records: number[] = [];
    for (let i = 0; i < list.count; i++) {
      const leaf = list.leaves[i]!;
      for (let mask = this.sorted(leaf); mask !== 0; mask &= mask - 1) records.push(this.records[this.firstPlace(leaf, mask)]!);
    }
    return records;
  }

  /** Where the entry of the mask's lowest bit stands: its place in `keys` and the others. */
  firstPlace(leaf: number, mask: number): number {
    return leaf * leafSize + 31 - Math.clz32(mask & -mask);
  }

  /** Index of the first entry of the leaf, gaps included, that does not come before key and rank. */
  private indexIn(leaf: number, key: number, rank: number): number {
    const { keys, ranks } = this;
    const first = leaf * leafSize;
    let low = first;
    let high = first + this.used[leaf]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = keys[middle]!;
      if (other < key || (other === key && ranks[middle]! < rank)) low = middle + 1;
      else high = middle;
    }
    return low - first;
  }

  /** The same wherever there is room. */
  private placeAnywhere(leaf: number, key: number, rank: number): number {
    const used = this.used[leaf]!;
    if (used < leafSize) {
      if (used > 0 && !this.isBehind(leaf * leafSize + used - 1, key, rank)) this.orders[leaf] = Order.NONE;
      this.used[leaf] = used + 1;
      this.live[leaf]! |= 1 << used;
      return used;
    }
    this.orders[leaf] = Order.NONE;
    const gap = 31 - Math.clz32(~this.live[leaf]!);
    this.live[leaf]! |= 1 << gap;
    return gap;
  }

  /** Index in a leaf that is not full of a place for key and rank, which is live from now on. */
  private placeIn(leaf: number, key: number, rank: number): number {
    const used = this.used[leaf]!;
    const isLast = used === 0 || this.isBehind(leaf * leafSize + used - 1, key, rank);
    if (!isLast || used === leafSize) return this.gapFor(leaf, isLast ? used : this.indexIn(leaf, key, rank));
    this.used[leaf] = used + 1;
    this.live[leaf]! |= 1 << used;
    return used;
  }

  /** Makes room before the entry `index` in a leaf that is not full, by moving what stands between it and the nearest gap; answers the index of what may be filled. */
  private gapFor(leaf: number, index: number): number {
    const gaps = ~this.live[leaf]!;
    const after = index === leafSize ? 0 : gaps & (-1 << index);
    if (index > 0 && (gaps >>> (index - 1)) & 1) {
      this.live[leaf]! |= 1 << (index - 1);
      return index - 1;
    }
    if (after !== 0) {
      const gap = 31 - Math.clz32(after & -after);
      if (gap >= this.used[leaf]!) this.used[leaf] = gap + 1;
      this.live[leaf]! |= 1 << gap;
      this.moveUp(leaf * leafSize + index, leaf * leafSize + gap);
      return index;
    }
    const gap = 31 - Math.clz32(index === leafSize ? gaps : gaps & ((1 << index) - 1));
    this.live[leaf]! |= 1 << gap;
    this.moveDown(leaf * leafSize + gap, leaf * leafSize + index - 1);
    return index - 1;
  }

  /** What stands in the full leaf from `half` on goes to a fresh one behind it. */
  private split(list: OrderedList, at: number, half: number): void {
    const full = list.leaves[at]!;
    const from = full * leafSize + half;
    const fresh = this.addLeaf(list, at + 1, this.keys[from]!, this.ranks[from]!);
    const to = fresh * leafSize;
    const moved = leafSize - half;
    const { data } = list.table;
    for (let i = 0; i < moved; i++) {
      this.copy(from + i, to + i);
      data[this.records[to + i]! + LEAF] = to + i;
    }
    this.orders[fresh] = this.orders[full]!;
    this.used[full] = half;
    this.live[full] = 2 ** half - 1;
    this.used[fresh] = moved;
    this.live[fresh] = 2 ** moved - 1;
  }

  /** A leaf in which nothing comes before key and rank, at a place in the list; the one before it ends there. */
  private addLeaf(list: OrderedList, at: number, key: number, rank: number): number {
    const leaf = this.free.pop() ?? this.newLeaf();
    this.orders[leaf] = Order.IS;
    this.used[leaf] = 0;
    this.live[leaf] = 0;
    if (list.count === list.leaves.length) {
      list.leaves = enlarged(list.leaves, new Int32Array(2 * list.count));
      list.firstKeys = enlarged(list.firstKeys, new Float64Array(2 * list.count));
      list.firstRanks = enlarged(list.firstRanks, new Float64Array(2 * list.count));
    }
    list.leaves.copyWithin(at + 1, at, list.count);
    list.firstKeys.copyWithin(at + 1, at, list.count);
    list.firstRanks.copyWithin(at + 1, at, list.count);
    list.leaves[at] = leaf;
    list.firstKeys[at] = key;
    list.firstRanks[at] = rank;
    list.count++;
    this.owners[leaf] = list.index;
    this.bound(list, at);
    if (at > 0) this.bound(list, at - 1);
    return leaf;
  }

  private dropLeaf(list: OrderedList, leaf: number): void {
    const at = this.atOf(list, leaf);
    this.free.push(leaf);
    this.owners[leaf] = -1;
    list.leaves.copyWithin(at, at + 1, list.count);
    list.firstKeys.copyWithin(at, at + 1, list.count);
    list.firstRanks.copyWithin(at, at + 1, list.count);
    list.count--;
    if (at > 0) this.bound(list, at - 1);
    else if (list.count > 0) this.bound(list, 0);
  }

  /** Where the leaf stands in its list. */
  private atOf(list: OrderedList, leaf: number): number {
    let at = leafFor(list, this.lows[2 * leaf]!, this.lows[2 * leaf + 1]!);
    while (list.leaves[at] !== leaf) at++;
    return at;
  }

  /** The bounds of the list's leaf, as it and the next begin. */
  private bound({ leaves, firstKeys, firstRanks, count }: OrderedList, at: number): void {
    const leaf = leaves[at]!;
    this.lows[2 * leaf] = at === 0 ? -Infinity : firstKeys[at]!;
    this.lows[2 * leaf + 1] = firstRanks[at]!;
    this.highs[2 * leaf] = at + 1 === count ? Infinity : firstKeys[at + 1]!;
    this.highs[2 * leaf + 1] = at + 1 === count ? Infinity : firstRanks[at + 1]!;
  }

  private newLeaf(): number {
    if (this.end === this.live.length) {
      const grown = 2 * this.end;
      this.enlarge(grown * leafSize);
      this.live = enlarged(this.live, new Int32Array(grown));
      this.used = enlarged(this.used, new Uint8Array(grown));
      this.orders = enlarged(this.orders, new Uint8Array(grown));
      this.owners = enlarged(this.owners, new Int32Array(grown).fill(-1));
      this.lows = enlarged(this.lows, new Float64Array(2 * grown));
      this.highs = enlarged(this.highs, new Float64Array(2 * grown));
    }
    return this.end++;
  }
}

const hintOf = (key: number): number => Math.imul((key / 100) | 0, 0x9e3779b1) >>> 24;

/** True where nothing of the list's leaf comes before what comes before key and rank. */
function isBefore({ firstKeys, firstRanks }: OrderedList, at: number, key: number, rank: number): boolean {
  const other = firstKeys[at]!;
  return other < key || (other === key && firstRanks[at]! < rank);
}

/** Index of the last leaf whose bound comes strictly before key and rank, or 0. */
export function leafFor(list: OrderedList, key: number, rank: number): number {
  let low = 0;
  let high = list.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isBefore(list, middle, key, rank)) low = middle;
    else high = middle - 1;
  }
  return low;
}
