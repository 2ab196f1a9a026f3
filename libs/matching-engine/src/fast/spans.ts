import type { Slot } from '#domain';
import { slotsPerBlock } from './columns.js';
import type { Candidate } from './candidate.js';
import type { Candidates } from './candidates.js';
import type { Market } from './market.js';
import { pageLeaves } from './page-entries.js';
import type { Level } from './walk.js';
import type { Wish } from './wish.js';

/**
 * The candidates of a level that may have something at the starts of a span: those that begin in one block of four hours, or, where nothing is known of what is sold out, all that
 * are left. They are found leaf by leaf as they are asked for, since most bids are filled by the first.
 */
export class Spans {
  /** By candidate: before this slot it has nothing in the span. */
  readonly free: number[] = [];
  private readonly found: Candidate[] = [];
  private market!: Market;
  private wish!: Wish;
  private candidates!: Candidates;
  private level!: Level;
  private next = 0;
  /** Columns that must be set, and those from `without` on that must not. */
  private readonly columns = new Int32Array(512);
  private count = 0;
  private without = 0;

  /** The span that begins with the slot. Answers its last slot. */
  open(market: Market, wish: Wish, candidates: Candidates, level: Level, from: Slot): Slot {
    this.market = market;
    this.wish = wish;
    this.candidates = candidates;
    this.level = level;
    this.next = 0;
    this.found.length = 0;
    const { soldOut } = market;
    const isInSight = from < soldOut.end;
    const { last: end } = wish.starts;
    const last = isInSight ? Math.min(end, from - (from % slotsPerBlock) + slotsPerBlock - 1) : end;
    this.setColumns(from, last);
    return last;
  }

  private setColumns(from: Slot, last: Slot): void {
    const { market, wish } = this;
    const { columns, soldOut } = market;
    const end = from + wish.duration;
    this.count = 0;
    const begins = columns.beginsBy(last);
    if (begins >= 0) this.columns[this.count++] = begins;
    this.columns[this.count++] = columns.endsAfter(end);
    this.without = this.count;
    if (wish.tier !== 0) return;
    if (from < soldOut.end) soldOut.each(wish.perNode, from, last, wish.duration, this.push);
  }

  private readonly push = (column: number): void => {
    this.columns[this.count++] = column;
  };

  /** Candidate i in order; null where there are fewer. */
  at(i: number): Candidate | null {
    while (i >= this.found.length) if (!this.more()) return null;
    return this.found[i]!;
  }

  private more(): boolean {
    const { level, candidates, market, found } = this;
    const { pages } = market.columns;
    const before = found.length;
    while (this.next < level.count && (found.length === before || candidates.areMerged)) {
      const leaf = level.leaves[this.next]!;
      for (let left = this.rest(leaf, level.masks[this.next++]!); left !== 0;) {
        const place = pages.firstOf(leaf, left);
        left &= ~(1 << (place & 31));
        const candidate = candidates.testNext(pages.records[place]!);
        if (candidate) found.push(candidate);
      }
    }
    if (candidates.areMerged) candidates.inOrder(found);
    for (let i = before; i < found.length; i++) this.free[i] = this.wish.starts.first;
    return found.length > before;
  }

  private rest(leaf: number, mask: number): number {
    const { pages } = this.market.columns;
    const base = (leaf >> 4) * pages.width * pageLeaves + (leaf & 15);
    const { words } = pages;
    let left = mask;
    for (let i = this.count - 1; i >= this.without && left !== 0; i--) left &= ~words[base + this.columns[i]! * pageLeaves]!;
    for (let i = 0; i < this.without && left !== 0; i++) left &= words[base + this.columns[i]! * pageLeaves]!;
    return left;
  }
}
