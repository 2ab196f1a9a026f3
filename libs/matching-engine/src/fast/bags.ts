import type { Arena } from './arena.js';
import type { Table } from './table.js';

/** Blocks of up to 2 to the power of this stay with their bag although it is empty: most are soon filled again. */
const keptClass = 3;

/**
 * Bags of a table's records, numbered from 0, in no order: a bag is a block of records in the arena, and each record knows its place in its bag by a field, so that one is put
 * in and taken out at the same cost whatever else is in. The last takes the place of what goes, and that is mostly a young record, which memory has near.
 */
export class Bags {
  private blocks = new Int32Array(64);
  private counts = new Int32Array(64);
  /** Size class of each block; 0: it has none yet. */
  private classes = new Uint8Array(64);

  constructor(
    private readonly arena: Arena,
    private readonly table: Table,
    private readonly place: number,
  ) {}

  countOf(bag: number): number {
    return bag < this.counts.length ? this.counts[bag]! : 0;
  }

  /** The record at a place below the bag's count. */
  at(bag: number, i: number): number {
    return this.arena.words[this.blocks[bag]! + i]!;
  }

  /** Its records; for what is not done often. */
  all(bag: number): number[] {
    return Array.from({ length: this.countOf(bag) }, (_, i) => this.at(bag, i));
  }

  put(bag: number, record: number): void {
    if (bag >= this.counts.length) this.grow(bag);
    const count = this.counts[bag]!;
    if (this.classes[bag] === 0 || count === 1 << this.classes[bag]!) this.enlarge(bag);
    this.arena.words[this.blocks[bag]! + count] = record;
    this.counts[bag] = count + 1;
    this.table.data[record + this.place] = count;
  }

  remove(bag: number, record: number): void {
    const { data } = this.table;
    const { words } = this.arena;
    const block = this.blocks[bag]!;
    const last = this.counts[bag]! - 1;
    const place = data[record + this.place]!;
    const moved = words[block + last]!;
    words[block + place] = moved;
    data[moved + this.place] = place;
    this.counts[bag] = last;
    if (last === 0 && this.classes[bag]! > keptClass) this.release(bag);
  }

  private release(bag: number): void {
    this.arena.release(this.blocks[bag]!, this.classes[bag]!);
    this.classes[bag] = 0;
  }

  private enlarge(bag: number): void {
    const [old, count, oldClass] = [this.blocks[bag]!, this.counts[bag]!, this.classes[bag]!];
    const sizeClass = oldClass + 1;
    const block = this.arena.take(sizeClass);
    this.blocks[bag] = block;
    this.classes[bag] = sizeClass;
    if (oldClass === 0) return;
    this.arena.words.copyWithin(block, old, old + count);
    this.arena.release(old, oldClass);
  }

  private grow(bag: number): void {
    const length = 2 * Math.max(bag, this.counts.length);
    const larger = <T extends Int32Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.blocks = larger(this.blocks, new Int32Array(length));
    this.counts = larger(this.counts, new Int32Array(length));
    this.classes = larger(this.classes, new Uint8Array(length));
  }
}
