export const leafSize = 32;
/** Leaves of a page. */
export const pageLeaves = 16;
/** Columns of one sort of notes: one for each of so many blocks of time, which come round. */
export const noteBlocks = 64;
const pageSize = leafSize * pageLeaves;

/**
 * Entries of ordered lists (pages.ts) at places in typed arrays, with columns: for each leaf of 32 entries a word a column, of which bit i says that entry i has what the column
 * stands for. Sixteen leaves share a page, in which the words of a column stand side by side: one cache line rules out up to 512 entries. There are columns that are made from
 * facts when a page is read (page-columns.ts), and columns of notes.
 */
export class PageEntries {
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
  protected leafRanks = new Float64Array(pageLeaves);
  /** By page: its leaves in order, and how many. */
  order = new Uint8Array(pageLeaves);
  leafCounts = new Uint8Array(1);
  /** By page: of when its made columns are; 0: they are still to be made, all of them. */
  versions = new Int32Array(1);
  /** By leaf: entries that came since. By page: whether there are any. */
  fresh = new Int32Array(pageLeaves);
  hasFresh = new Uint8Array(1);
  /** Words of the columns: of a page's column c those from (page × width + c) × 16 on. */
  words: Int32Array;
  /** By number of record: its place; -1: it stands in no list. */
  private places = new Int32Array(64).fill(-1);
  private end = 0;

  /** @param width columns  @param stride of the records, which may each stand in one list  @param made columns before those of notes, which are `noteBlocks` for each sort */
  constructor(
    readonly width: number,
    private readonly stride: number,
    private readonly made: number = width,
  ) {
    this.words = new Int32Array(width * pageLeaves);
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
    this.eachNoted(place, (column) => {
      this.words[base + column * pageLeaves]! &= ~bit;
    });
    this.noted[2 * place] = 0;
    this.noted[2 * place + 1] = 0;
  }

  protected put(place: number, key: number, rank: number, record: number, from: number, to: number): void {
    this.keys[place] = key;
    this.ranks[place] = rank;
    this.froms[place] = from;
    this.tos[place] = to;
    this.noted[2 * place] = 0;
    this.noted[2 * place + 1] = 0;
    this.setPlace(place, record);
  }

  protected forget(record: number): void {
    this.places[record / this.stride] = -1;
  }

  /** Its notes stay behind. */
  protected copy(from: number, to: number): void {
    this.put(to, this.keys[from]!, this.ranks[from]!, this.records[from]!, this.froms[from]!, this.tos[from]!);
    this.noted[2 * to] = this.noted[2 * from]!;
    this.noted[2 * to + 1] = this.noted[2 * from + 1]!;
  }

  /** An entry goes to a gap of the same page with its notes. */
  protected move(from: number, to: number): void {
    const { words } = this;
    const page = this.wordOf(from & -pageSize, 0);
    const [source, target] = [page + ((from >> 5) & 15), page + ((to >> 5) & 15)];
    const [had, has] = [1 << (from & 31), 1 << (to & 31)];
    this.copy(from, to);
    this.eachNoted(to, (c) => {
      if ((words[source + c * pageLeaves]! & had) === 0) return;
      words[source + c * pageLeaves]! &= ~had;
      words[target + c * pageLeaves]! |= has;
    });
  }

  /** Calls `use` with each column of notes that may hold something of the leaf's entries. */
  protected eachNotedOf(leaf: number, use: (column: number) => void): void {
    let [some, more] = [0, 0];
    for (let mask = this.live[leaf]!; mask !== 0; mask &= mask - 1) {
      const place = leaf * leafSize + 31 - Math.clz32(mask & -mask);
      some |= this.noted[2 * place]!;
      more |= this.noted[2 * place + 1]!;
    }
    this.eachOf(some, 0, use);
    this.eachOf(more, 32, use);
  }

  /** Calls `use` with each column of notes that may hold something of the entry. */
  private eachNoted(place: number, use: (column: number) => void): void {
    this.eachOf(this.noted[2 * place]!, 0, use);
    this.eachOf(this.noted[2 * place + 1]!, 32, use);
  }

  private eachOf(blocks: number, from: number, use: (column: number) => void): void {
    for (let left = blocks; left !== 0; left &= left - 1) {
      const first = this.made + from + 31 - Math.clz32(left & -left);
      for (let c = first; c < this.width; c += noteBlocks) use(c);
    }
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

  protected newPage(): number {
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
      this.fresh = enlarged(this.fresh, new Int32Array(pages * pageLeaves));
      this.hasFresh = enlarged(this.hasFresh, new Uint8Array(pages));
      this.words = enlarged(this.words, new Int32Array(pages * pageLeaves * this.width));
    }
    return this.end++;
  }
}

export function enlarged<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
