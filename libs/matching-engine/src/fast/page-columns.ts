import { slotsPerDay } from '#domain';
import type { Slot } from '#domain';
import { leafSize, pageLeaves } from './pages.js';
import type { Pages } from './pages.js';

/** Days from the first that can be sold, by which windows are told apart. */
export const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 21, 25, 30, 40, 50, 60, 75];

/** How many of the rising thresholds the value reaches. */
export function reached(thresholds: readonly number[], value: number): number {
  let count = 0;
  while (count < thresholds.length && thresholds[count]! <= value) count++;
  return count;
}

/** Columns of the entries of pages that follow from what the entries say, from facts and from the day; where facts or the day have changed a page's are made anew before they are read. */
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
    if (pages.versions[page] === this.version) return;
    pages.versions[page] = this.version;
    const base = page * pages.width * pageLeaves;
    pages.words.fill(0, base, base + this.made * pageLeaves);
    for (let i = 0; i < pages.leafCounts[page]!; i++) {
      const leaf = page * pageLeaves + pages.order[page * pageLeaves + i]!;
      for (let mask = pages.live[leaf]!; mask !== 0; mask &= mask - 1) this.set(leaf * leafSize + 31 - Math.clz32(mask & -mask));
    }
  }

  protected set(place: number): void {
    const { words } = this.pages;
    const base = this.pages.wordOf(place, 0);
    const bit = 1 << (place & 31);
    this.each(place, (column) => {
      words[base + column * pageLeaves]! |= bit;
    });
  }

  /** Where the page's columns are of old they are made anew anyway. */
  protected clear(place: number): void {
    const { versions, words } = this.pages;
    if (versions[place >> 9] !== this.version) return;
    const base = this.pages.wordOf(place, 0);
    const bit = 1 << (place & 31);
    this.each(place, (column) => {
      words[base + column * pageLeaves]! &= ~bit;
    });
  }
}
