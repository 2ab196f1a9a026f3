export const leafSize = 32;
/** Leaves of a page. */
export const pageLeaves = 16;
/** Columns of one sort of notes: one for each of so many blocks of time, which come round. */
export const noteBlocks = 64;
const pageSize = leafSize * pageLeaves;

/** A list's pages in order, and beside each what no entry of it comes before (of the first it is not looked at). */
export interface PageList {
  pages: Int32Array;
  firstKeys: Float64Array;
  firstRanks: Float64Array;
  count: number;
}

/**
 * Ordered lists of records, by key, then by rank, with columns: for each leaf of 32 entries a word a column, of which bit i says that entry i has what the column stands for.
 * Leaves are ordered, the entries of one are not: an entry keeps its place until its leaf is split, so columns are written once. Sixteen leaves share a page, in which the
 * words of a column stand side by side: one cache line rules out up to 512 entries.
 */
export class Pages {
  keys = new Float64Array(pageSize);
  ranks = new Float64Array(pageSize);
  records = new Int32Array(pageSize);
  /** Each entry's window in slots. */
  froms = new Int32Array(pageSize);
  tos = new Int32Array(pageSize);
  /** By leaf: bit i, the entry i stands in the list. */
  live = new Int32Array(pageLeaves);
  /** By entry, two words: bit b, something of block b is noted of it, or was. */
  private noted = new Int32Array(2 * pageSize);
  /** By leaf: what no entry of it comes before. */
  leafKeys = new Float64Array(pageLeaves);
  private leafRanks = new Float64Array(pageLeaves);
  /** By page: its leaves in order, and how many. */
  order = new Uint8Array(pageLeaves);
  leafCounts = new Uint8Array(1);
  /** By page: of when its made columns are; 0: they are still to be made. */
  versions = new Int32Array(1);
  /** Words of the columns: of a page's column c those from (page × width + c) × 16 on. */
  words: Int32Array;
  /** By number of record: its place; -1: it stands in no list. */
  private places = new Int32Array(64).fill(-1);
  private end = 0;
  private readonly free: number[] = [];

  /** @param width columns  @param stride of the records, which may each stand in one list  @param made columns before those of notes, which are `noteBlocks` for each sort */
  constructor(
    readonly width: number,
    private readonly stride: number,
    private readonly made: number = width,
  ) {
    this.words = new Int32Array(width * pageLeaves);
  }

  list(): PageList {
    return { pages: new Int32Array(4), firstKeys: new Float64Array(4), firstRanks: new Float64Array(4), count: 0 };
  }

  /** Pages ever used. */
  get pageCount(): number {
    return this.end;
  }

  placeOf(record: number): number {
    const number = record / this.stride;
    return number < this.places.length ? this.places[number]! : -1;
  }

  /** Where the column's word of the entry's leaf stands. */
  wordOf(place: number, column: number): number {
    const leaf = place >> 5;
    return ((leaf >> 4) * this.width + column) * pageLeaves + (leaf & 15);
  }

  /** Its columns are not set yet. Answers its place. */
  insert(list: PageList, key: number, rank: number, record: number, from: number, to: number): number {
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
        this.keys[place] = key;
        this.ranks[place] = rank;
        this.froms[place] = from;
        this.tos[place] = to;
        this.noted[2 * place] = 0;
        this.noted[2 * place + 1] = 0;
        this.setPlace(place, record);
        return place;
      }
      if (this.leafCounts[page] === pageLeaves) this.splitPage(list, at);
      else this.splitLeaf(page, leaf, key, rank);
    }
  }

  /** Its columns have been cleared. */
  remove(list: PageList, record: number): void {
    const place = this.placeOf(record);
    const leaf = place >> 5;
    const page = leaf >> 4;
    const bit = 1 << (place & 31);
    this.places[record / this.stride] = -1;
    this.live[leaf]! &= ~bit;
    if (this.live[leaf] === 0) this.dropLeaf(list, page, leaf, place);
  }

  /** Notes something of the entry in a column of notes. Most entries have notes of few blocks, so what goes or moves touches the columns of those alone. */
  note(place: number, column: number): void {
    const block = (column - this.made) & (noteBlocks - 1);
    this.words[this.wordOf(place, column)]! |= 1 << (place & 31);
    this.noted[2 * place + (block >> 5)]! |= 1 << (block & 31);
  }

  hasNotes(place: number): boolean {
    return (this.noted[2 * place]! | this.noted[2 * place + 1]!) !== 0;
  }

  /** Takes back the notes of the entry. */
  clearNotes(place: number): void {
    const bit = 1 << (place & 31);
    const base = this.wordOf(place, 0);
    for (let half = 0; half < 2; half++) {
      for (let left = this.noted[2 * place + half]!; left !== 0; left &= left - 1) {
        const first = this.made + 32 * half + 31 - Math.clz32(left & -left);
        for (let c = first; c < this.width; c += noteBlocks) this.words[base + c * pageLeaves]! &= ~bit;
      }
      this.noted[2 * place + half] = 0;
    }
  }

  /** Calls `use` with each column that may hold something of the leaf's entries. */
  private eachColumn(leaf: number, use: (column: number) => void): void {
    for (let c = 0; c < this.made; c++) use(c);
    if (this.made === this.width) return;
    for (let half = 0; half < 2; half++) {
      let some = 0;
      for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1)
        some |= this.noted[2 * (leaf * leafSize + 31 - Math.clz32(mask & -mask)) + half]!;
      for (; some !== 0; some &= some - 1) {
        const first = this.made + 32 * half + 31 - Math.clz32(some & -some);
        for (let c = first; c < this.width; c += noteBlocks) use(c);
      }
    }
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

  private setPlace(place: number, record: number): void {
    const number = record / this.stride;
    if (number >= this.places.length) {
      const places = new Int32Array(2 * number).fill(-1);
      places.set(this.places);
      this.places = places;
    }
    this.places[number] = place;
    this.records[place] = record;
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
    this.leafKeys[leaf] = key;
    this.leafRanks[leaf] = rank;
    return leaf;
  }

  /** The last entries of a full leaf go to a new one behind it, each at the same bit: half of them, fewer where what is to come stands behind all. */
  private splitLeaf(page: number, leaf: number, key: number, rank: number): void {
    const { keys, ranks } = this;
    const first = leaf * leafSize;
    const sorted = Array.from({ length: leafSize }, (_, i) => first + i).sort((a, b) => keys[a]! - keys[b]! || ranks[a]! - ranks[b]!);
    const last = sorted[leafSize - 1]!;
    const isBehindAll = keys[last]! < key || (keys[last] === key && ranks[last]! < rank);
    const half = isBehindAll ? leafSize - 8 : leafSize / 2;
    const bound = sorted[half]!;
    const at = this.order.subarray(page * pageLeaves, page * pageLeaves + this.leafCounts[page]!).indexOf(leaf & 15);
    const fresh = this.addLeaf(page, at + 1, keys[bound]!, ranks[bound]!);
    let moved = 0;
    for (let i = half; i < leafSize; i++) {
      moved |= 1 << (sorted[i]! & 31);
      this.copyEntry(sorted[i]!, fresh * leafSize + (sorted[i]! & 31));
    }
    this.live[leaf] = ~moved;
    this.live[fresh] = moved;
    const { words } = this;
    const base = page * this.width * pageLeaves;
    this.eachColumn(fresh, (c) => {
      const at = base + c * pageLeaves;
      const word = words[at + (leaf & 15)]!;
      words[at + (fresh & 15)] = word & moved;
      words[at + (leaf & 15)] = word & ~moved;
    });
  }

  private copyEntry(from: number, to: number): void {
    this.keys[to] = this.keys[from]!;
    this.ranks[to] = this.ranks[from]!;
    this.froms[to] = this.froms[from]!;
    this.tos[to] = this.tos[from]!;
    this.noted[2 * to] = this.noted[2 * from]!;
    this.noted[2 * to + 1] = this.noted[2 * from + 1]!;
    this.setPlace(to, this.records[from]!);
  }

  /** The last half of its leaves goes to a new page behind it. */
  private splitPage(list: PageList, at: number): void {
    const page = list.pages[at]!;
    const half = pageLeaves / 2;
    const bound = page * pageLeaves + this.order[page * pageLeaves + half]!;
    const fresh = this.addPage(list, at + 1, this.leafKeys[bound]!, this.leafRanks[bound]!);
    this.leafCounts[fresh] = 0;
    for (let i = 0; i < half; i++) {
      const leaf = page * pageLeaves + this.order[page * pageLeaves + half + i]!;
      const to = this.addLeaf(fresh, i, this.leafKeys[leaf]!, this.leafRanks[leaf]!);
      for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1) {
        const bit = 31 - Math.clz32(mask & -mask);
        this.copyEntry(leaf * leafSize + bit, to * leafSize + bit);
      }
      this.live[to] = this.live[leaf]!;
      const [source, target] = [page * this.width * pageLeaves + (leaf & 15), fresh * this.width * pageLeaves + (to & 15)];
      this.eachColumn(to, (c) => {
        this.words[target + c * pageLeaves] = this.words[source + c * pageLeaves]!;
        this.words[source + c * pageLeaves] = 0;
      });
      this.live[leaf] = 0;
    }
    this.leafCounts[page] = half;
  }

  private dropLeaf(list: PageList, page: number, leaf: number, place: number): void {
    const first = page * pageLeaves;
    const count = this.leafCounts[page]!;
    const at = this.order.subarray(first, first + count).indexOf(leaf & 15);
    this.order.copyWithin(first + at, first + at + 1, first + count);
    this.leafCounts[page] = count - 1;
    if (count > 1) return;
    let i = pageFor(list, this.keys[place]!, this.ranks[place]!);
    while (list.pages[i] !== page) i++;
    list.pages.copyWithin(i, i + 1, list.count);
    list.firstKeys.copyWithin(i, i + 1, list.count);
    list.firstRanks.copyWithin(i, i + 1, list.count);
    list.count--;
    this.free.push(page);
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
    // What another list left there is not of this one, and what a split moves there may be of old.
    this.versions[page] = 0;
    this.addLeaf(page, 0, key, rank);
    return page;
  }

  private newPage(): number {
    if (this.end === this.leafCounts.length) {
      const pages = Math.ceil(1.5 * this.end);
      this.keys = enlarged(this.keys, new Float64Array(pages * pageSize));
      this.ranks = enlarged(this.ranks, new Float64Array(pages * pageSize));
      this.records = enlarged(this.records, new Int32Array(pages * pageSize));
      this.froms = enlarged(this.froms, new Int32Array(pages * pageSize));
      this.tos = enlarged(this.tos, new Int32Array(pages * pageSize));
      this.live = enlarged(this.live, new Int32Array(pages * pageLeaves));
      this.noted = enlarged(this.noted, new Int32Array(2 * pages * pageSize));
      this.leafKeys = enlarged(this.leafKeys, new Float64Array(pages * pageLeaves));
      this.leafRanks = enlarged(this.leafRanks, new Float64Array(pages * pageLeaves));
      this.order = enlarged(this.order, new Uint8Array(pages * pageLeaves));
      this.leafCounts = enlarged(this.leafCounts, new Uint8Array(pages));
      this.versions = enlarged(this.versions, new Int32Array(pages));
      this.words = enlarged(this.words, new Int32Array(pages * pageLeaves * this.width));
    }
    return this.end++;
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

function enlarged<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
