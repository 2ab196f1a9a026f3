import { enlarged, leafSize, PageEntries, pageLeaves } from './page-entries.js';

/** Entries up to which a leaf is joined with the next, and up to which the joined one may be filled. */
const [sparseLeaf, joinedLeaf] = [10, 22];
/** The same of a page, in leaves. */
const [sparsePage, joinedPage] = [6, 13];

/** A list's pages in order, and beside each what no entry of it comes before (of the first it is not looked at). */
export interface PageList {
  pages: Int32Array;
  firstKeys: Float64Array;
  firstRanks: Float64Array;
  count: number;
}

/**
 * Ordered lists of records, by key, then by rank. Leaves are ordered, the entries of one are not: an entry keeps its place until its leaf is split or joined with another. What
 * has become sparse as orders went is joined with what stands beside it, so that a walk passes as few pages as there are orders for.
 */
export class Pages extends PageEntries {
  private readonly free: number[] = [];

  list(): PageList {
    return { pages: new Int32Array(4), firstKeys: new Float64Array(4), firstRanks: new Float64Array(4), count: 0 };
  }

  insert(list: PageList, key: number, rank: number, record: number, from: number, to: number): void {
    if (list.count === 0) this.addPage(list, 0, key, rank);
    for (;;) {
      const at = pageFor(list, key, rank);
      const page = list.pages[at]!;
      const leaf = page * pageLeaves + this.order[page * pageLeaves + this.leafIn(page, key, rank)]!;
      const gaps = ~this.live[leaf]!;
      if (gaps !== 0) {
        const bit = gaps & -gaps;
        const place = leaf * leafSize + 31 - Math.clz32(bit);
        this.live[leaf]! |= bit;
        this.fresh[leaf]! |= bit;
        this.hasFresh[page] = 1;
        this.put(place, key, rank, record, from, to);
        return;
      }
      if (this.leafCounts[page] === pageLeaves) this.splitPage(list, at);
      else this.splitLeaf(page, leaf, key, rank);
    }
  }

  /** What its columns say of it stays until its place is taken. Not while the list is walked through: others may move. */
  remove(list: PageList, record: number): void {
    const place = this.placeOf(record);
    const leaf = place >> 5;
    this.clearNotes(place);
    this.forget(record);
    const left = (this.live[leaf]! &= ~(1 << (place & 31)));
    if (left !== 0 && (countOf(left) > sparseLeaf || !this.joinLeaf(leaf))) return;
    if (left === 0) this.dropLeaf(leaf);
    this.joinPage(list, leaf >> 4, this.keys[place]!, this.ranks[place]!);
  }

  /** The entry of the mask, which is not 0, that comes first. */
  firstOf(leaf: number, mask: number): number {
    const { keys, ranks } = this;
    const first = leaf * leafSize;
    let best = first + 31 - Math.clz32(mask & -mask);
    for (let left = mask & (mask - 1); left !== 0; left &= left - 1) {
      const place = first + 31 - Math.clz32(left & -left);
      if (keys[place]! < keys[best]! || (keys[place] === keys[best] && ranks[place]! < ranks[best]!)) best = place;
    }
    return best;
  }

  /** Which leaf of the page, in order, is the last whose bound comes strictly before key and rank; or 0. */
  private leafIn(page: number, key: number, rank: number): number {
    const first = page * pageLeaves;
    let low = 0;
    let high = this.leafCounts[page]! - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const leaf = first + this.order[first + middle]!;
      const other = this.leafKeys[leaf]!;
      if (other < key || (other === key && this.leafRanks[leaf]! < rank)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private addLeaf(page: number, at: number, key: number, rank: number): number {
    const { order } = this;
    const first = page * pageLeaves;
    const count = this.leafCounts[page]!;
    let used = 0;
    for (let i = 0; i < count; i++) used |= 1 << order[first + i]!;
    const position = 31 - Math.clz32(~used & -~used);
    order.copyWithin(first + at + 1, first + at, first + count);
    order[first + at] = position;
    this.leafCounts[page] = count + 1;
    const leaf = first + position;
    this.live[leaf] = 0;
    this.versions[page] = 0;
    this.leafKeys[leaf] = key;
    this.leafRanks[leaf] = rank;
    return leaf;
  }

  /** Where among the leaves of its page, in order, the leaf stands. */
  private atOf(leaf: number): number {
    const first = leaf & -pageLeaves;
    return this.order.subarray(first, first + this.leafCounts[leaf >> 4]!).indexOf(leaf & 15);
  }

  /** It is empty. */
  private dropLeaf(leaf: number): void {
    const first = leaf & -pageLeaves;
    const at = this.atOf(leaf);
    this.order.copyWithin(first + at, first + at + 1, first + this.leafCounts[leaf >> 4]!);
    this.leafCounts[leaf >> 4]!--;
  }

  /** The last entries of a full leaf go to a new one behind it, each at the same bit: half of them, fewer where what is to come stands behind all. */
  private splitLeaf(page: number, leaf: number, key: number, rank: number): void {
    const { keys, ranks, words } = this;
    const first = leaf * leafSize;
    const sorted = Array.from({ length: leafSize }, (_, i) => first + i).sort((a, b) => keys[a]! - keys[b]! || ranks[a]! - ranks[b]!);
    const last = sorted[leafSize - 1]!;
    const isBehindAll = keys[last]! < key || (keys[last] === key && ranks[last]! < rank);
    const half = isBehindAll ? leafSize - 8 : leafSize / 2;
    const bound = sorted[half]!;
    const fresh = this.addLeaf(page, this.atOf(leaf) + 1, keys[bound]!, ranks[bound]!);
    let moved = 0;
    for (let i = half; i < leafSize; i++) {
      moved |= 1 << (sorted[i]! & 31);
      this.copy(sorted[i]!, fresh * leafSize + (sorted[i]! & 31));
    }
    this.live[leaf] = ~moved;
    this.live[fresh] = moved;
    const base = page * this.width * pageLeaves;
    this.eachNotedOf(fresh, (c) => {
      const at = base + c * pageLeaves;
      const word = words[at + (leaf & 15)]!;
      words[at + (fresh & 15)] = word & moved;
      words[at + (leaf & 15)] = word & ~moved;
    });
  }

  /** The few entries of a leaf go to the one behind it in its page, or else before it, if that has room and some to spare. */
  private joinLeaf(leaf: number): boolean {
    const { live } = this;
    const first = leaf & -pageLeaves;
    const count = this.leafCounts[leaf >> 4]!;
    if (count === 1) return false;
    const at = this.atOf(leaf);
    const isLast = at === count - 1;
    const into = first + this.order[first + (isLast ? at - 1 : at + 1)]!;
    if (countOf(live[into]!) + countOf(live[leaf]!) > joinedLeaf) return false;
    if (!isLast) {
      this.leafKeys[into] = this.leafKeys[leaf]!;
      this.leafRanks[into] = this.leafRanks[leaf]!;
    }
    for (let mask = live[leaf]!; mask !== 0; mask &= mask - 1) {
      const gap = ~live[into]! & -~live[into]!;
      this.move(leaf * leafSize + 31 - Math.clz32(mask & -mask), into * leafSize + 31 - Math.clz32(gap));
      live[into]! |= gap;
    }
    this.dropLeaf(leaf);
    this.versions[leaf >> 4] = 0;
    return true;
  }

  /** The last half of its leaves goes to a new page behind it. */
  private splitPage(list: PageList, at: number): void {
    const page = list.pages[at]!;
    const half = pageLeaves / 2;
    const bound = page * pageLeaves + this.order[page * pageLeaves + half]!;
    const fresh = this.addPage(list, at + 1, this.leafKeys[bound]!, this.leafRanks[bound]!);
    this.leafCounts[fresh] = 0;
    this.moveLeaves(page, half, fresh);
    this.leafCounts[page] = half;
  }

  /** The leaves of a page with few go to the one before it, or those of the one behind to it, if there is room and some to spare; an empty page goes. Key and rank are of an entry that it had. */
  private joinPage(list: PageList, page: number, key: number, rank: number): void {
    if (this.leafCounts[page]! > sparsePage) return;
    let at = pageFor(list, key, rank);
    while (list.pages[at] !== page) at++;
    if (this.leafCounts[page] === 0) return this.dropPage(list, at);
    if (at > 0 && this.joinWithNext(list, at - 1)) return;
    if (at + 1 < list.count) this.joinWithNext(list, at);
  }

  private joinWithNext(list: PageList, at: number): boolean {
    const [into, gone] = [list.pages[at]!, list.pages[at + 1]!];
    if (this.leafCounts[into]! + this.leafCounts[gone]! > joinedPage) return false;
    // No entry of a page comes before its bound; of the leaf that is first in it that need not be so.
    const lowest = gone * pageLeaves + this.order[gone * pageLeaves]!;
    this.leafKeys[lowest] = list.firstKeys[at + 1]!;
    this.leafRanks[lowest] = list.firstRanks[at + 1]!;
    this.moveLeaves(gone, 0, into);
    this.dropPage(list, at + 1);
    return true;
  }

  /** The leaves of a page from the one `from` on, in order, go behind those of another with their notes. */
  private moveLeaves(page: number, from: number, into: number): void {
    const { words } = this;
    for (let i = from; i < this.leafCounts[page]!; i++) {
      const leaf = page * pageLeaves + this.order[page * pageLeaves + i]!;
      const to = this.addLeaf(into, this.leafCounts[into]!, this.leafKeys[leaf]!, this.leafRanks[leaf]!);
      for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1) {
        const bit = 31 - Math.clz32(mask & -mask);
        this.copy(leaf * leafSize + bit, to * leafSize + bit);
      }
      this.live[to] = this.live[leaf]!;
      const [source, target] = [page * this.width * pageLeaves + (leaf & 15), into * this.width * pageLeaves + (to & 15)];
      this.eachNotedOf(to, (c) => {
        words[target + c * pageLeaves] = words[source + c * pageLeaves]!;
        words[source + c * pageLeaves] = 0;
      });
      this.live[leaf] = 0;
    }
  }

  /** With one leaf, which is empty. */
  private addPage(list: PageList, at: number, key: number, rank: number): number {
    const page = this.free.pop() ?? this.newPage();
    if (list.count === list.pages.length) {
      list.pages = enlarged(list.pages, new Int32Array(2 * list.count));
      list.firstKeys = enlarged(list.firstKeys, new Float64Array(2 * list.count));
      list.firstRanks = enlarged(list.firstRanks, new Float64Array(2 * list.count));
    }
    list.pages.copyWithin(at + 1, at, list.count);
    list.firstKeys.copyWithin(at + 1, at, list.count);
    list.firstRanks.copyWithin(at + 1, at, list.count);
    list.pages[at] = page;
    list.firstKeys[at] = key;
    list.firstRanks[at] = rank;
    list.count++;
    this.leafCounts[page] = 0;
    this.addLeaf(page, 0, key, rank);
    return page;
  }

  private dropPage(list: PageList, at: number): void {
    this.free.push(list.pages[at]!);
    list.pages.copyWithin(at, at + 1, list.count);
    list.firstKeys.copyWithin(at, at + 1, list.count);
    list.firstRanks.copyWithin(at, at + 1, list.count);
    list.count--;
  }
}

/** Index of the last page whose bound comes strictly before key and rank, or 0. */
function pageFor({ firstKeys, firstRanks, count }: PageList, key: number, rank: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firstKeys[middle]! < key || (firstKeys[middle] === key && firstRanks[middle]! < rank)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Bits that are set. */
function countOf(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}
