import { sizeClassOf } from './arena.js';
import type { Arena } from './arena.js';

// What is taken over slots, as a step function whose values are rows of words, in one block: a header of four words (steps in use, steps there is room for, words a row,
// the block's size class), the base row, the first slot of each step (the first is 0), and each step's row. Neighbours are never equal.

const HEADER = 4;
const startsOf = (block: number, width: number): number => block + HEADER + width;

/** Most that is taken over a window, folded by the last call of `fold`; longer ones are made as they are needed. */
export const folded = { row: new Int32Array(64) };

/** How rows are joined: by OR where a byte is a node and its bits its units (the most of unary numbers), by the greatest where a word is a node. */
export type Join = 'or' | 'most';

export class Steps {
  /** What ended before is never asked for. */
  past = 0;
  /** See `cut`. */
  first = 0;
  last = 0;

  constructor(private readonly arena: Arena) {}

  /** A block with nothing taken but what the base row says, which is 0. */
  create(width: number): number {
    return this.make(width, sizeClassOf(HEADER + width + 3 * (1 + width)));
  }

  private make(width: number, sizeClass: number): number {
    const block = this.arena.take(sizeClass);
    const { words } = this.arena;
    words[block] = 1;
    words[block + 1] = Math.floor(((1 << sizeClass) - HEADER - width) / (1 + width));
    words[block + 2] = width;
    words[block + 3] = sizeClass;
    words.fill(0, block + HEADER, block + HEADER + width + 1);
    const rows = startsOf(block, width) + words[block + 1]!;
    words.fill(0, rows, rows + width);
    return block;
  }

  release(block: number): void {
    this.arena.release(block, this.arena.words[block + 3]!);
  }

  /** Offset of the base row. */
  base(block: number): number {
    return block + HEADER;
  }

  /** Index of the step that holds the slot. */
  private at(block: number, slot: number): number {
    const { words } = this.arena;
    const starts = startsOf(block, words[block + 2]!);
    let low = 0;
    let high = words[block]! - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (words[starts + middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The base row joined with every row of [from, to), into `folded`. */
  fold(block: number, from: number, to: number, join: Join): void {
    const { words } = this.arena;
    const width = words[block + 2]!;
    if (folded.row.length < width) folded.row = new Int32Array(2 * width);
    const { row } = folded;
    for (let k = 0; k < width; k++) row[k] = words[block + HEADER + k]!;
    const starts = startsOf(block, width);
    const count = words[block]!;
    const rows = starts + words[block + 1]!;
    for (let i = this.at(block, from); i < count && words[starts + i]! < to; i++) this.join(row, rows + i * width, width, join);
  }

  private join(row: Int32Array, at: number, width: number, join: Join): void {
    const { words } = this.arena;
    if (join === 'or') for (let k = 0; k < width; k++) row[k] = row[k]! | words[at + k]!;
    else for (let k = 0; k < width; k++) if (words[at + k]! > row[k]!) row[k] = words[at + k]!;
  }

  /**
   * The first start in [start, last] with which the rows of its window, joined, pass; -1 where none does. `passes` reads `folded`. The window is walked backwards: the step
   * that breaks it is in the window of every start up to its end.
   */
  firstStart(block: number, start: number, last: number, duration: number, join: Join, passes: () => boolean): number {
    const { words } = this.arena;
    const width = words[block + 2]!;
    const starts = startsOf(block, width);
    const count = words[block]!;
    const rows = starts + words[block + 1]!;
    if (folded.row.length < width) folded.row = new Int32Array(2 * width);
    const { row } = folded;
    for (let from = start; from <= last;) {
      for (let k = 0; k < width; k++) row[k] = words[block + HEADER + k]!;
      if (!passes()) return -1;
      const first = this.at(block, from);
      let i = this.at(block, from + duration - 1);
      for (; i >= first; i--) {
        this.join(row, rows + i * width, width, join);
        if (!passes()) break;
      }
      if (i < first) return from;
      if (i === count - 1) return -1;
      from = words[starts + i + 1]!;
    }
    return -1;
  }

  /** The first slot of [from, to) with which the rows from `from` on, joined, do not pass; `to`: they do. */
  reach(block: number, from: number, to: number, join: Join, passes: () => boolean): number {
    const { words } = this.arena;
    const width = words[block + 2]!;
    if (folded.row.length < width) folded.row = new Int32Array(2 * width);
    const { row } = folded;
    for (let k = 0; k < width; k++) row[k] = words[block + HEADER + k]!;
    const starts = startsOf(block, width);
    const count = words[block]!;
    const rows = starts + words[block + 1]!;
    const first = this.at(block, from);
    for (let i = first; i < count && (i === first || words[starts + i]! < to); i++) {
      this.join(row, rows + i * width, width, join);
      if (!passes()) return i === first ? from : words[starts + i]!;
    }
    return to;
  }

  /** True where `passes` holds for the row of some slot of [from, to), joined with the base row alone. */
  some(block: number, from: number, to: number, join: Join, passes: () => boolean): boolean {
    const { words } = this.arena;
    const width = words[block + 2]!;
    if (folded.row.length < width) folded.row = new Int32Array(2 * width);
    const { row } = folded;
    const starts = startsOf(block, width);
    const count = words[block]!;
    const rows = starts + words[block + 1]!;
    const first = this.at(block, from);
    for (let i = first; i < count && (i === first || words[starts + i]! < to); i++) {
      for (let k = 0; k < width; k++) row[k] = words[block + HEADER + k]!;
      this.join(row, rows + i * width, width, join);
      if (passes()) return true;
    }
    return false;
  }

  /** The word of a one-word row at its greatest or, by -1, its least over [from, to). */
  extreme(block: number, from: number, to: number, sign: 1 | -1): number {
    const { words } = this.arena;
    const starts = startsOf(block, 1);
    const rows = starts + words[block + 1]!;
    const count = words[block]!;
    let i = this.at(block, from);
    let value = words[rows + i]!;
    for (i++; i < count && words[starts + i]! < to; i++) if (sign * (words[rows + i]! - value) > 0) value = words[rows + i]!;
    return value;
  }

  /** The most slots in a row, of [from, to), at which the word of a one-word row is below the limit. */
  longestBelow(block: number, from: number, to: number, limit: number): number {
    const { words } = this.arena;
    const starts = startsOf(block, 1);
    const rows = starts + words[block + 1]!;
    const count = words[block]!;
    let longest = 0;
    for (let i = this.at(block, from), since = from; i < count && (i === 0 || words[starts + i]! < to); i++) {
      const end = i + 1 < count ? Math.min(words[starts + i + 1]!, to) : to;
      if (words[rows + i]! >= limit) since = end;
      else if (end - since > longest) longest = end - since;
    }
    return longest;
  }

  /** Calls `mark` with each slot at which a step begins, in [from, to). */
  turns(block: number, from: number, to: number, mark: (slot: number) => void): void {
    const { words } = this.arena;
    const starts = startsOf(block, words[block + 2]!);
    const count = words[block]!;
    for (let i = Math.max(1, this.at(block, from)); i < count && words[starts + i]! < to; i++)
      if (words[starts + i]! >= from) mark(words[starts + i]!);
  }

  /** Calls `mark` with each slot in [from, to) at which less is taken than just before: in some byte of the row ('or'), or word ('most'). */
  falls(block: number, from: number, to: number, join: Join, mark: (slot: number) => void): void {
    const { words } = this.arena;
    const width = words[block + 2]!;
    const starts = startsOf(block, width);
    const count = words[block]!;
    const rows = starts + words[block + 1]!;
    for (let i = Math.max(1, this.at(block, from)); i < count && words[starts + i]! < to; i++) {
      if (words[starts + i]! < from) continue;
      const [before, row] = [rows + (i - 1) * width, rows + i * width];
      for (let k = 0; k < width; k++) {
        const isLess = join === 'or' ? (words[before + k]! & ~words[row + k]!) !== 0 : words[row + k]! < words[before + k]!;
        if (!isLess) continue;
        mark(words[starts + i]!);
        break;
      }
    }
  }

  /**
   * Makes [from, to), which is not empty, begin and end with steps: `first` and `last` then say which they are (the last one is behind it), and their rows may be changed until
   * `seal`. Answers the block, which may have moved.
   */
  cut(given: number, from: number, to: number): number {
    this.first = this.at(given, from);
    this.last = this.first + 1;
    if (this.begins(given, this.first, from) && this.begins(given, this.last, to)) return given;
    const block = this.roomFor(given, 2);
    this.first = this.breakAt(block, from);
    this.last = this.breakAt(block, to);
    return block;
  }

  /** Adds to the one word of the rows of [from, to), which is not empty. Answers the block, which may have moved. */
  add(given: number, from: number, to: number, value: number): number {
    const block = this.cut(given, from, to);
    const { words } = this.arena;
    for (let i = this.first; i < this.last; i++) words[this.row(block, i)]! += value;
    return this.seal(block);
  }

  private begins(block: number, i: number, slot: number): boolean {
    const { words } = this.arena;
    return i < words[block]! && words[startsOf(block, words[block + 2]!) + i] === slot;
  }

  /** Offset of a step's row. */
  row(block: number, i: number): number {
    const { words } = this.arena;
    const width = words[block + 2]!;
    return startsOf(block, width) + words[block + 1]! + i * width;
  }

  /** Steps that are equal now become one. Answers the block, which may have moved. */
  seal(block: number): number {
    const before = this.arena.words[block]!;
    this.mergeAt(block, this.last);
    this.mergeAt(block, this.first);
    return this.arena.words[block] === before ? block : this.shrunk(block);
  }

  /** A block of other width with the same steps; words beyond the old ones are 0. Bytes of a row keep their places. */
  widen(block: number, width: number): number {
    const { words } = this.arena;
    const before = words[block + 2]!;
    const count = words[block]!;
    const wide = this.make(width, sizeClassOf(HEADER + width + (count + 2) * (1 + width)));
    this.copy(block, wide, 0, count, before);
    this.release(block);
    return wide;
  }

  private roomFor(block: number, more: number): number {
    const { words } = this.arena;
    const count = words[block]!;
    if (count + more <= words[block + 1]!) return block;
    const width = words[block + 2]!;
    const first = this.at(block, this.past);
    const kept = count - first;
    const larger = this.make(width, sizeClassOf(HEADER + width + (kept + kept / 2 + more) * (1 + width)));
    this.copy(block, larger, first, kept, width);
    this.release(block);
    return larger;
  }

  /** A block that holds nothing any more needs no room for what it once held. */
  private shrunk(block: number): number {
    const { words } = this.arena;
    const width = words[block + 2]!;
    const least = sizeClassOf(HEADER + width + 3 * (1 + width));
    if (words[block]! > 1 || words[block + 3]! <= least + 1) return block;
    const small = this.make(width, least);
    this.copy(block, small, 0, 1, width);
    this.release(block);
    return small;
  }

  private copy(from: number, to: number, first: number, count: number, width: number): void {
    const { words } = this.arena;
    const wide = words[to + 2]!;
    words.copyWithin(to + HEADER, from + HEADER, from + HEADER + width);
    const sources = startsOf(from, width);
    const targets = startsOf(to, wide);
    const source = sources + words[from + 1]!;
    const target = targets + words[to + 1]!;
    for (let i = 0; i < count; i++) {
      words[targets + i] = i === 0 ? 0 : words[sources + first + i]!;
      for (let k = 0; k < wide; k++) words[target + i * wide + k] = k < width ? words[source + (first + i) * width + k]! : 0;
    }
    words[to] = count;
  }

  private breakAt(block: number, slot: number): number {
    const i = this.at(block, slot);
    const { words } = this.arena;
    const width = words[block + 2]!;
    const starts = startsOf(block, width);
    if (words[starts + i] === slot) return i;
    const rows = starts + words[block + 1]!;
    const count = words[block]!;
    words.copyWithin(starts + i + 2, starts + i + 1, starts + count);
    words.copyWithin(rows + (i + 1) * width, rows + i * width, rows + count * width);
    words[starts + i + 1] = slot;
    words[block] = count + 1;
    return i + 1;
  }

  private mergeAt(block: number, i: number): void {
    const { words } = this.arena;
    if (i === 0 || i >= words[block]!) return;
    const width = words[block + 2]!;
    const starts = startsOf(block, width);
    const rows = starts + words[block + 1]!;
    for (let k = 0; k < width; k++) if (words[rows + i * width + k] !== words[rows + (i - 1) * width + k]) return;
    const count = words[block]!;
    words.copyWithin(starts + i, starts + i + 1, starts + count);
    words.copyWithin(rows + i * width, rows + (i + 1) * width, rows + count * width);
    words[block] = count - 1;
  }
}
