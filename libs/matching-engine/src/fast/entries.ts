/** Entries of ordered lists (leaves.ts) at places in typed arrays. */
export class Entries {
  keys = new Float64Array(2048);
  ranks = new Float64Array(2048);
  records = new Int32Array(2048);
  /** Each entry's window in slots, beside its key: most of what is looked at in vain is of another time. */
  froms = new Int32Array(2048);
  tos = new Int32Array(2048);

  protected put(place: number, key: number, rank: number, record: number, windowFrom: number, windowTo: number): void {
    this.keys[place] = key;
    this.ranks[place] = rank;
    this.records[place] = record;
    this.froms[place] = windowFrom;
    this.tos[place] = windowTo;
  }

  protected copy(from: number, to: number): void {
    this.put(to, this.keys[from]!, this.ranks[from]!, this.records[from]!, this.froms[from]!, this.tos[from]!);
  }

  /** True where the place's entry, or the gap that it left, comes before key and rank. */
  protected isBehind(place: number, key: number, rank: number): boolean {
    const other = this.keys[place]!;
    return other < key || (other === key && this.ranks[place]! < rank);
  }

  /** Those of [from, to) by one. */
  protected moveUp(from: number, to: number): void {
    const { keys, ranks, records, froms, tos } = this;
    for (let i = to; i > from; i--) {
      keys[i] = keys[i - 1]!;
      ranks[i] = ranks[i - 1]!;
      records[i] = records[i - 1]!;
      froms[i] = froms[i - 1]!;
      tos[i] = tos[i - 1]!;
    }
  }

  /** Those of (from, to] by one. */
  protected moveDown(from: number, to: number): void {
    const { keys, ranks, records, froms, tos } = this;
    for (let i = from; i < to; i++) {
      keys[i] = keys[i + 1]!;
      ranks[i] = ranks[i + 1]!;
      records[i] = records[i + 1]!;
      froms[i] = froms[i + 1]!;
      tos[i] = tos[i + 1]!;
    }
  }

  protected enlarge(places: number): void {
    this.keys = enlarged(this.keys, new Float64Array(places));
    this.ranks = enlarged(this.ranks, new Float64Array(places));
    this.records = enlarged(this.records, new Int32Array(places));
    this.froms = enlarged(this.froms, new Int32Array(places));
    this.tos = enlarged(this.tos, new Int32Array(places));
  }
}

export function enlarged<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
