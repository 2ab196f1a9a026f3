const leafSize = 32;

/** A list's place in the leaves: its leaves in order. */
export interface OrderedList {
  leaves: Int32Array;
  count: number;
  /** Entries in all. */
  size: number;
}

/**
 * Ordered lists of records in leaves of 32: by key, ascending, then by rank, ascending. Offers stand by (ask, time), resting bids by (minus limit, time). The leaves of all
 * lists are in the same typed arrays and are used again.
 */
export class Leaves {
  keys = new Float64Array(64 * leafSize);
  ranks = new Float64Array(64 * leafSize);
  records = new Int32Array(64 * leafSize);
  /** Each entry's window in slots, beside its key: most of what is looked at in vain is of another time. */
  froms = new Int32Array(64 * leafSize);
  tos = new Int32Array(64 * leafSize);
  counts = new Uint8Array(64);
  private end = 0;
  private readonly free: number[] = [];

  list(): OrderedList {
    return { leaves: new Int32Array(4), count: 0, size: 0 };
  }

  insert(list: OrderedList, key: number, rank: number, record: number, windowFrom: number, windowTo: number): void {
    if (list.count === 0) this.addLeaf(list, 0);
    let at = this.leafFor(list, key, rank);
    if (this.counts[list.leaves[at]!] === leafSize) {
      this.split(list, at);
      const next = list.leaves[at + 1]! * leafSize;
      if (this.isBefore(next, key, rank)) at++;
    }
    const leaf = list.leaves[at]!;
    const first = leaf * leafSize;
    const last = first + this.counts[leaf]!;
    const place = this.placeIn(first, last, key, rank);
    const { keys, ranks, records, froms, tos } = this;
    for (let i = last; i > place; i--) {
      keys[i] = keys[i - 1]!;
      ranks[i] = ranks[i - 1]!;
      records[i] = records[i - 1]!;
      froms[i] = froms[i - 1]!;
      tos[i] = tos[i - 1]!;
    }
    keys[place] = key;
    ranks[place] = rank;
    records[place] = record;
    froms[place] = windowFrom;
    tos[place] = windowTo;
    this.counts[leaf]!++;
    list.size++;
  }

  remove(list: OrderedList, key: number, rank: number, record: number): void {
    const { keys, ranks, records, froms, tos } = this;
    for (let at = this.leafFor(list, key, rank); at < list.count; at++) {
      const leaf = list.leaves[at]!;
      const first = leaf * leafSize;
      const last = first + this.counts[leaf]!;
      let place = this.placeIn(first, last, key, rank);
      while (place < last && records[place] !== record && keys[place] === key && ranks[place] === rank) place++;
      if (place === last) continue;
      if (records[place] !== record) return;
      for (let i = place + 1; i < last; i++) {
        keys[i - 1] = keys[i]!;
        ranks[i - 1] = ranks[i]!;
        records[i - 1] = records[i]!;
        froms[i - 1] = froms[i]!;
        tos[i - 1] = tos[i]!;
      }
      list.size--;
      if (--this.counts[leaf]! === 0) this.dropLeaf(list, at);
      return;
    }
  }

  /** Calls nothing and allocates nothing: walk `leaves`, and in each its `counts` entries from leaf × 32 on. */
  firstOf(leaf: number): number {
    return leaf * leafSize;
  }

  /** True where the entry at `place` comes before key and rank, or is level with them. */
  private isBefore(place: number, key: number, rank: number): boolean {
    const other = this.keys[place]!;
    return other < key || (other === key && this.ranks[place]! <= rank);
  }

  /** Index of the last leaf whose first entry comes strictly before key and rank, or 0. */
  private leafFor({ leaves, count }: OrderedList, key: number, rank: number): number {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = leaves[middle]! * leafSize;
      const other = this.keys[first]!;
      if (other < key || (other === key && this.ranks[first]! < rank)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** First place in the leaf whose entry does not come before key and rank. */
  private placeIn(first: number, last: number, key: number, rank: number): number {
    const { keys, ranks } = this;
    let low = first;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = keys[middle]!;
      if (other < key || (other === key && ranks[middle]! < rank)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private split(list: OrderedList, at: number): void {
    const full = list.leaves[at]!;
    const fresh = this.addLeaf(list, at + 1);
    // An entry beyond the last is common (a new order is the youngest of its price): then the full leaf stays full.
    const half = at + 2 === list.count ? leafSize - 4 : leafSize / 2;
    const from = full * leafSize + half;
    const to = fresh * leafSize;
    this.keys.copyWithin(to, from, from + leafSize - half);
    this.ranks.copyWithin(to, from, from + leafSize - half);
    this.records.copyWithin(to, from, from + leafSize - half);
    this.froms.copyWithin(to, from, from + leafSize - half);
    this.tos.copyWithin(to, from, from + leafSize - half);
    this.counts[full] = half;
    this.counts[fresh] = leafSize - half;
  }

  private addLeaf(list: OrderedList, at: number): number {
    const leaf = this.free.pop() ?? this.newLeaf();
    this.counts[leaf] = 0;
    if (list.count === list.leaves.length) {
      const leaves = new Int32Array(2 * list.count);
      leaves.set(list.leaves);
      list.leaves = leaves;
    }
    list.leaves.copyWithin(at + 1, at, list.count);
    list.leaves[at] = leaf;
    list.count++;
    return leaf;
  }

  private dropLeaf(list: OrderedList, at: number): void {
    this.free.push(list.leaves[at]!);
    list.leaves.copyWithin(at, at + 1, list.count);
    list.count--;
  }

  private newLeaf(): number {
    if (this.end === this.counts.length) {
      const grown = 2 * this.end;
      this.keys = enlarged(this.keys, new Float64Array(grown * leafSize));
      this.ranks = enlarged(this.ranks, new Float64Array(grown * leafSize));
      this.records = enlarged(this.records, new Int32Array(grown * leafSize));
      this.froms = enlarged(this.froms, new Int32Array(grown * leafSize));
      this.tos = enlarged(this.tos, new Int32Array(grown * leafSize));
      this.counts = enlarged(this.counts, new Uint8Array(grown));
    }
    return this.end++;
  }
}

function enlarged<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
