import { slotsPerDay } from '#domain';
import type { Slot } from '#domain';
import type { SetSite } from '../command.js';
import type { PoolState } from '../snapshot.js';
import type { Leaves } from './leaves.js';
import { Offer } from './records.js';
import type { Table } from './table.js';

// Bit-sliced leaves: for each leaf of offers a word a column, of which bit i says that the leaf's entry i has what the column stands for. So 32 offers are tested against a
// wish by a few ANDs. A column only rules out: what is left is tested in full. Columns are made when a walk first needs them after the leaf, a fact or the day has changed.

const days = 96;
export const memories = [16, 24, 32, 40, 48, 64, 80, 96, 128, 192];
export const greens = Array.from({ length: 20 }, (_, i) => 500 * (i + 1));
export const pues = Array.from({ length: 16 }, (_, i) => 1_100 + 50 * i);
export const reliabilities = [5_000, 8_000, 9_000, 9_200, 9_300, 9_400, 9_500, 9_600, 9_700, 9_800, 9_900];
export const perNodes = [2, 3, 4, 5, 8, 9, 16];
export const minSlots = [1, 2, 4, 8, 16, 24, 48, 96];

const widths = [32, 8, 5, 1, memories.length, 8, greens.length, pues.length, reliabilities.length, perNodes.length, minSlots.length, days];
const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
const startOf = (i: number): number => starts[i]!;
export const [REGION, ZONE, GRADE, DOMESTIC] = [startOf(0), startOf(1), startOf(2), startOf(3)];
export const [MEMORY, INTERCONNECT, GREEN, PUE] = [startOf(4), startOf(5), startOf(6), startOf(7)];
export const [RELIABILITY, PER_NODE, MIN_SLOTS] = [startOf(8), startOf(9), startOf(10)];
/** Day d: the window begins on it or before; ends on it or after. */
export const FROM = startOf(11);
export const TO = FROM + days;
const width = TO + days;

/** Columns by shares of green power, from the most; the wish's offers in a tier come before those of the next. */
export const greenTiers = greens.length + 1;

/** How many of the rising thresholds the value reaches. */
export function reached(thresholds: readonly number[], value: number): number {
  let count = 0;
  while (count < thresholds.length && thresholds[count]! <= value) count++;
  return count;
}

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
  readonly leaves: Leaves;
  readonly pools: readonly Sort[];
  readonly tables: { readonly offers: Table };
}

export class Columns {
  private words = new Int32Array(64 * width);
  private version = 1;
  private firstDay = 0;
  /** Regions have a column each; from the 33rd on they share them. */
  private readonly regions = new Map<number, number>();

  constructor(private readonly market: Ground) {}

  /** Facts of pools or sites have changed. */
  expire(): void {
    this.version++;
  }

  /** False where two regions share a column. */
  get tellRegionsApart(): boolean {
    return this.regions.size <= 32;
  }

  get regionsSeen(): ReadonlyMap<number, number> {
    return this.regions;
  }

  columnOfRegion(region: number): number {
    let column = this.regions.get(region);
    if (column === undefined) this.regions.set(region, (column = this.regions.size));
    return column & 31;
  }

  /** To be called before a walk: days are counted from the first that can be sold. */
  setDay(): void {
    const day = Math.floor(this.market.firstSellable / slotsPerDay);
    if (day === this.firstDay) return;
    this.firstDay = day;
    this.version++;
  }

  dayOf(slot: number): number {
    const day = Math.floor(slot / slotsPerDay) - this.firstDay;
    return day < 0 ? 0 : day < days ? day : days - 1;
  }

  /** Offset of the leaf's columns, which are made anew where they are of old. */
  of(leaf: number): number {
    const { built } = this.market.leaves;
    if (built[leaf] !== this.version) {
      this.build(leaf);
      built[leaf] = this.version;
    }
    return leaf * width;
  }

  get all(): Int32Array {
    return this.words;
  }

  private build(leaf: number): void {
    const { leaves, pools, tables } = this.market;
    const base = leaf * width;
    if (base + width > this.words.length) {
      const larger = new Int32Array(Math.max(2 * this.words.length, 2 * (base + width)));
      larger.set(this.words);
      this.words = larger;
    }
    const { words } = this;
    words.fill(0, base, base + width);
    const { data } = tables.offers;
    for (let mask = leaves.live[leaf]!; mask !== 0; mask &= mask - 1) {
      const place = leaves.firstPlace(leaf, mask);
      const bit = mask & -mask;
      const offer = leaves.records[place]!;
      const columns = this.columnsOf(pools[data[offer + Offer.POOL]!]!);
      for (let i = 0; i < columns.length; i++) words[base + columns[i]!]! |= bit;
      const shortest = data[offer + Offer.MIN_SLOTS]!;
      for (let i = minSlots.length - 1; i >= 0 && shortest <= minSlots[i]!; i--) words[base + MIN_SLOTS + i]! |= bit;
      words[base + FROM + this.dayOf(leaves.froms[place]!)]! |= bit;
      words[base + TO + this.dayOf(leaves.tos[place]!)]! |= bit;
    }
    for (let day = 1; day < days; day++) words[base + FROM + day]! |= words[base + FROM + day - 1]!;
    for (let day = days - 2; day >= 0; day--) words[base + TO + day]! |= words[base + TO + day + 1]!;
  }

  /** Those of what never differs between offers of the pool. */
  private columnsOf(pool: Sort): Uint16Array {
    if (pool.columnsVersion === this.version) return pool.columns;
    const { fact, site } = pool;
    const found: number[] = [REGION + this.columnOfRegion(site.region), ZONE + (site.zone & 7)];
    const upTo = (first: number, count: number): void => {
      for (let i = 0; i < count; i++) found.push(first + i);
    };
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
