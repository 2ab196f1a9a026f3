export const leafSize = 32;

/** A list's place in the leaves: its leaves in order, and beside each what no entry of it comes before (of the first it is not looked at). */
export interface OrderedList {
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
 * lists are in the same typed arrays and are used again. What is removed only loses its bit in its leaf: nothing moves, so a walk through the list stays right, and the
 * next that comes near takes the gap.
 */
export class Leaves {
  keys = new Float64Array(64 * leafSize);
  ranks = new Float64Array(64 * leafSize);
  records = new Int32Array(64 * leafSize);
  /** Each entry's window in slots, beside its key: most of what is looked at in vain is of another time. */
  froms = new Int32Array(64 * leafSize);
  tos = new Int32Array(64 * leafSize);
  /** By leaf: bit i, the entry i stands in the list. Others are gaps; their keys keep the order. */
  live = new Int32Array(64);
  /** By leaf: the version of its columns (columns.ts); 0: none since something was put in. */
  built = new Int32Array(64);
  /** By leaf: entries that were ever filled. */
  private used = new Uint8Array(64);
  private end = 0;
  private readonly free: number[] = [];

  list(): OrderedList {
    const [leaves, firstKeys, firstRanks] = [new Int32Array(4), new Float64Array(4), new Float64Array(4)];
    return { leaves, firstKeys, firstRanks, count: 0, size: 0, inserts: 0, rests: 0 };
  }

  insert(list: OrderedList, key: number, rank: number, record: number, windowFrom: number, windowTo: number): void {
    if (list.count === 0) this.addLeaf(list, 0, key, rank);
    let at = leafFor(list, key, rank);
    if (this.live[list.leaves[at]!] === -1) {
      this.split(list, at);
      if (isBefore(list, at + 1, key, rank)) at++;
    }
    const leaf = list.leaves[at]!;
    const place = leaf * leafSize + this.gapFor(leaf, this.indexIn(leaf, key, rank));
    this.keys[place] = key;
    this.ranks[place] = rank;
    this.records[place] = record;
    this.froms[place] = windowFrom;
    this.tos[place] = windowTo;
    this.built[leaf] = 0;
    list.size++;
    list.inserts++;
  }

  remove(list: OrderedList, key: number, rank: number, record: number): void {
    const { keys, ranks, records } = this;
    for (let at = leafFor(list, key, rank); at < list.count; at++) {
      const leaf = list.leaves[at]!;
      const first = leaf * leafSize;
      const used = this.used[leaf]!;
      for (let i = this.indexIn(leaf, key, rank); i < used; i++) {
        if (keys[first + i] !== key || ranks[first + i] !== rank) return;
        if (records[first + i] !== record || ((this.live[leaf]! >>> i) & 1) === 0) continue;
        this.live[leaf]! &= ~(1 << i);
        list.size--;
        if (this.live[leaf] === 0) this.dropLeaf(list, at);
        return;
      }
    }
  }

  /** In order; for what is not done often. */
  recordsOf(list: OrderedList): number[] {
    const records: number[] = [];
    for (let i = 0; i < list.count; i++) {
      const leaf = list.leaves[i]!;
      for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1) records.push(this.records[this.firstPlace(leaf, mask)]!);
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

  private moveUp(from: number, to: number): void {
    const { keys, ranks, records, froms, tos } = this;
    for (let i = to; i > from; i--) {
      keys[i] = keys[i - 1]!;
      ranks[i] = ranks[i - 1]!;
      records[i] = records[i - 1]!;
      froms[i] = froms[i - 1]!;
      tos[i] = tos[i - 1]!;
    }
  }

  private moveDown(from: number, to: number): void {
    const { keys, ranks, records, froms, tos } = this;
    for (let i = from; i < to; i++) {
      keys[i] = keys[i + 1]!;
      ranks[i] = ranks[i + 1]!;
      records[i] = records[i + 1]!;
      froms[i] = froms[i + 1]!;
      tos[i] = tos[i + 1]!;
    }
  }

  private split(list: OrderedList, at: number): void {
    const full = list.leaves[at]!;
    // An entry beyond the last is common (a new order is the youngest of its price): then the full leaf stays full.
    const half = at + 1 === list.count ? leafSize - 4 : leafSize / 2;
    const from = full * leafSize + half;
    const fresh = this.addLeaf(list, at + 1, this.keys[from]!, this.ranks[from]!);
    const to = fresh * leafSize;
    this.keys.copyWithin(to, from, from + leafSize - half);
    this.ranks.copyWithin(to, from, from + leafSize - half);
    this.records.copyWithin(to, from, from + leafSize - half);
    this.froms.copyWithin(to, from, from + leafSize - half);
    this.tos.copyWithin(to, from, from + leafSize - half);
    this.built[full] = 0;
    this.used[full] = half;
    this.live[full] = 2 ** half - 1;
    this.used[fresh] = leafSize - half;
    this.live[fresh] = 2 ** (leafSize - half) - 1;
  }

  private addLeaf(list: OrderedList, at: number, key: number, rank: number): number {
    const leaf = this.free.pop() ?? this.newLeaf();
    this.built[leaf] = 0;
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
    return leaf;
  }

  private dropLeaf(list: OrderedList, at: number): void {
    this.free.push(list.leaves[at]!);
    list.leaves.copyWithin(at, at + 1, list.count);
    list.firstKeys.copyWithin(at, at + 1, list.count);
    list.firstRanks.copyWithin(at, at + 1, list.count);
    list.count--;
  }

  private newLeaf(): number {
    if (this.end === this.live.length) {
      const grown = 2 * this.end;
      this.keys = enlarged(this.keys, new Float64Array(grown * leafSize));
      this.ranks = enlarged(this.ranks, new Float64Array(grown * leafSize));
      this.records = enlarged(this.records, new Int32Array(grown * leafSize));
      this.froms = enlarged(this.froms, new Int32Array(grown * leafSize));
      this.tos = enlarged(this.tos, new Int32Array(grown * leafSize));
      this.live = enlarged(this.live, new Int32Array(grown));
      this.built = enlarged(this.built, new Int32Array(grown));
      this.used = enlarged(this.used, new Uint8Array(grown));
    }
    return this.end++;
  }
}

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

function enlarged<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
