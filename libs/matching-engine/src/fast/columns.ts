import type { Slot } from '#domain';
import type { SetSite } from '../command.js';
import type { PoolState } from '../snapshot.js';
import { days, PageColumns, reached } from './page-columns.js';
import { noteBlocks } from './page-entries.js';
import { Pages } from './pages.js';
import type { PageList } from './pages.js';
import { Offer } from './records.js';
import type { Table } from './table.js';

// What the columns of a book's offers (pages.ts) say of each: where and what its pool is, when its window lies, how short a lease it sells, and what of it is known to be sold
// out (sold-out.ts). A column only rules out: what is left is tested in full.

/** Blocks of four hours of which it is known what is sold out. */
export const slotsPerBlock = 16;
export const blocks = noteBlocks;
/** Groups of so many units on one node, and lengths of time in slots, by which what is sold out is told apart (sold-out.ts). */
export const groupSizes = [1, 4] as const;
export const spanLengths = [16, 32, 80, 176];
export const memories = [16, 24, 32, 40, 48, 64, 80, 96, 128, 192];
export const greens = Array.from({ length: 10 }, (_, i) => 1_000 * (i + 1));
export const pues = Array.from({ length: 16 }, (_, i) => 1_100 + 50 * i);
export const reliabilities = [5_000, 8_000, 9_000, 9_200, 9_300, 9_400, 9_500, 9_600, 9_700, 9_800, 9_900];
export const perNodes = [2, 3, 4, 5, 8, 9, 16];
export const minSlots = [1, 2, 4, 8, 16, 24, 48, 96];

const widths = [
  ...[32, 32, 8, 5, 1, memories.length, 8, greens.length, pues.length, reliabilities.length, perNodes.length, minSlots.length],
  ...[days.length, days.length, (1 + spanLengths.length) * groupSizes.length * blocks],
];
const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
const startOf = (i: number): number => starts[i]!;
export const [REGION, GREEN_SHARE, ZONE, GRADE, DOMESTIC] = [startOf(0), startOf(1), startOf(2), startOf(3), startOf(4)];
export const [MEMORY, INTERCONNECT, GREEN, PUE] = [startOf(5), startOf(6), startOf(7), startOf(8)];
export const [RELIABILITY, PER_NODE, MIN_SLOTS] = [startOf(9), startOf(10), startOf(11)];
/** The window begins on such a day or before; ends on it or after. */
const [FROM, TO] = [startOf(12), startOf(13)];
/** What is sold out: by kind, group size and block. */
export const SOLD_OUT = startOf(14);
const width = SOLD_OUT + (1 + spanLengths.length) * groupSizes.length * blocks;

/** What of a pool its offers' columns say. */
interface Sort {
  readonly fact: Pick<PoolState, 'domestic' | 'memoryGib' | 'interconnect' | 'reliabilityBp' | 'unitsPerNode'>;
  readonly site: Pick<SetSite, 'region' | 'zone' | 'securityGrade' | 'greenShareBp' | 'pueMilli'>;
  columns: Uint16Array;
  columnsVersion: number;
}

/** What of the market the columns are made from. */
interface Ground {
  readonly firstSellable: Slot;
  readonly pools: readonly Sort[];
  readonly tables: { readonly offers: Table };
}

/** Values of which each has a column of its own, up to 32; those that come later share one with another. */
export class Values {
  readonly seen = new Map<number, number>();

  columnOf(value: number): number {
    let column = this.seen.get(value);
    if (column === undefined) this.seen.set(value, (column = this.seen.size));
    return column & 31;
  }

  get areApart(): boolean {
    return this.seen.size <= 32;
  }
}

export class Columns extends PageColumns {
  readonly regions = new Values();
  readonly greenShares = new Values();

  constructor(private readonly market: Ground) {
    super(new Pages(width, market.tables.offers.stride, SOLD_OUT), SOLD_OUT);
  }

  protected get present(): Slot {
    return this.market.firstSellable;
  }

  /** The column of windows that begin no later than the slot, or than one somewhat later; -1: that says nothing. */
  beginsBy(slot: Slot): number {
    const day = this.dayOf(slot);
    const i = days.findIndex((each) => each >= day);
    return i < 0 ? -1 : FROM + i;
  }

  /** The column of windows that end no earlier than the slot, or than one somewhat earlier. */
  endsAfter(slot: Slot): number {
    return TO + Math.max(0, reached(days, this.dayOf(slot)) - 1);
  }

  insert(list: PageList, offer: number): void {
    const { data } = this.market.tables.offers;
    const [ask, priority] = [data[offer + Offer.ASK]!, data[offer + Offer.PRIORITY]!];
    this.pages.insert(list, ask, priority, offer, data[offer + Offer.FROM]!, data[offer + Offer.TO]!);
  }

  protected each(place: number, put: (column: number) => void): void {
    const { pages, market } = this;
    const { data } = market.tables.offers;
    const offer = pages.records[place]!;
    const columns = this.columnsOf(market.pools[data[offer + Offer.POOL]!]!);
    for (let i = 0; i < columns.length; i++) put(columns[i]!);
    const shortest = data[offer + Offer.MIN_SLOTS]!;
    for (let i = minSlots.length - 1; i >= 0 && shortest <= minSlots[i]!; i--) put(MIN_SLOTS + i);
    const [begins, ends] = [this.dayOf(pages.froms[place]!), this.dayOf(pages.tos[place]!)];
    for (let i = days.length - 1; i >= 0 && begins <= days[i]!; i--) put(FROM + i);
    put(TO);
    for (let i = 1; i < days.length && ends >= days[i]!; i++) put(TO + i);
  }

  /** Those of what never differs between offers of the pool. */
  private columnsOf(pool: Sort): Uint16Array {
    if (pool.columnsVersion === this.version) return pool.columns;
    const { fact, site } = pool;
    const found: number[] = [REGION + this.regions.columnOf(site.region), GREEN_SHARE + this.greenShares.columnOf(site.greenShareBp)];
    const upTo = (first: number, count: number): void => {
      for (let i = 0; i < count; i++) found.push(first + i);
    };
    found.push(ZONE + (site.zone & 7));
    upTo(GRADE, site.securityGrade);
    if (fact.domestic) found.push(DOMESTIC);
    upTo(MEMORY, reached(memories, fact.memoryGib));
    found.push(INTERCONNECT + (fact.interconnect & 7));
    upTo(GREEN, reached(greens, site.greenShareBp));
    for (let i = pues.length - 1; i >= 0 && site.pueMilli <= pues[i]!; i--) found.push(PUE + i);
    upTo(RELIABILITY, reached(reliabilities, fact.reliabilityBp));
    upTo(PER_NODE, reached(perNodes, fact.unitsPerNode));
    pool.columns = Uint16Array.from(found);
    pool.columnsVersion = this.version;
    return pool.columns;
  }
}
