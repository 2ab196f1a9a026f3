import { slotsPerDay } from '#domain';
import type { Slot } from '#domain';
import { leafSize, pageLeaves } from './page-entries.js';
import type { Pages } from './pages.js';

/** Days from the first that can be sold, by which windows are told apart. */
export const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 21, 25, 30, 40, 50, 60, 75];

/** How many of the rising thresholds the value reaches. */
export function reached(thresholds: readonly number[], value: number): number {
  let count = 0;
  while (count < thresholds.length && thresholds[count]! <= value) count++;
  return count;
}

/**
 * Columns of the entries of pages that follow from what the entries say, from facts and from the day. They are made before they are read: of what came to a page since it was
 * read last, and of all of it where facts or the day have changed or its leaves were split or joined. An entry has bits in some eighty columns, each in a line of memory of its
 * own, and most pages are far from where orders meet, where what comes mostly goes unread.
 */
export abstract class PageColumns {
  protected version = 1;
  protected firstDay = 0;

  /** @param made columns that are made here: the first so many */
  constructor(
    readonly pages: Pages,
    private readonly made: number,
  ) {}

  protected abstract readonly present: Slot;

  /** Calls `put` with the columns that say what the entry has. */
  protected abstract each(place: number, put: (column: number) => void): void;

  /** What columns are made from has changed. */
  expire(): void {
    this.version++;
  }

  /** To be called before a walk: days are counted from the first that can be sold. */
  setDay(): void {
    const day = Math.floor(this.present / slotsPerDay);
    if (day === this.firstDay) return;
    this.firstDay = day;
    this.version++;
  }

  dayOf(slot: Slot): number {
    return Math.floor(slot / slotsPerDay) - this.firstDay;
  }

  /** To be called before a page's columns are read. */
  prepare(page: number): void {
    const { pages } = this;
    const isOld = pages.versions[page] !== this.version;
    if (!isOld && pages.hasFresh[page] === 0) return;
    const first = page * pageLeaves;
    const base = first * pages.width;
    if (isOld) pages.words.fill(0, base, base + this.made * pageLeaves);
    else this.clearFresh(first, base);
    for (let i = 0; i < pages.leafCounts[page]!; i++) {
      const leaf = first + pages.order[first + i]!;
      const stale = isOld ? pages.live[leaf]! : pages.live[leaf]! & pages.fresh[leaf]!;
      for (let mask = stale; mask !== 0; mask &= mask - 1) this.set(leaf * leafSize + 31 - Math.clz32(mask & -mask));
    }
    pages.fresh.fill(0, first, first + pageLeaves);
    pages.hasFresh[page] = 0;
    pages.versions[page] = this.version;
  }

  /** What others left in the columns at the places that were taken since. */
  private clearFresh(first: number, base: number): void {
    const { words, fresh } = this.pages;
    for (let at = base; at < base + this.made * pageLeaves; at += pageLeaves)
      for (let k = 0; k < pageLeaves; k++) words[at + k]! &= ~fresh[first + k]!;
  }

  private set(place: number): void {
    const { words } = this.pages;
    const base = this.pages.wordOf(place, 0);
    const bit = 1 << (place & 31);
    this.each(place, (column) => {
      words[base + column * pageLeaves]! |= bit;
    });
  }
}
