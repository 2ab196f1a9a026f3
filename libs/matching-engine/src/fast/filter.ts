import { demandsOfDataClass } from '#domain';
import type { Constraints } from '../command.js';
import {
  REGION,
  ZONE,
  GRADE,
  DOMESTIC,
  MEMORY,
  INTERCONNECT,
  GREEN,
  PUE,
  RELIABILITY,
  PER_NODE,
  MIN_SLOTS,
  FROM,
  TO,
  memories,
  greens,
  pues,
  reliabilities,
  perNodes,
  minSlots,
  reached,
} from './columns.js';
import type { Market } from './market.js';
import type { Wish } from './wish.js';

/** What a wish asks of the columns. */
export class Filter {
  private readonly columns = new Int32Array(32);
  private count = 0;
  /** Bits of region columns of which an offer must have one; -1: any. */
  private regions = -1;
  /** Of the tier that is walked: a column that must not be set, or -1; one that must, or -1; region columns. */
  private without = -1;
  private withThis = -1;
  private tierRegions = -1;

  constructor(private readonly market: Market) {}

  /** A level column `first + i` says that `thresholds[i]` is reached; the value must be. */
  private atLeast(first: number, thresholds: readonly number[], value: number): void {
    const count = reached(thresholds, value);
    if (count > 0) this.columns[this.count++] = first + count - 1;
  }

  set(wish: Wish): void {
    const { columns } = this.market;
    columns.setDay();
    this.count = 0;
    this.regions = -1;
    this.allTiers();
    const { starts: allowed, duration } = wish;
    this.columns[this.count++] = FROM + columns.dayOf(allowed.last);
    this.columns[this.count++] = TO + columns.dayOf(allowed.first + duration);
    const least = minSlots.findIndex((slots) => slots >= duration);
    if (least >= 0) this.columns[this.count++] = MIN_SLOTS + least;
    this.atLeast(PER_NODE, perNodes, wish.perNode);
    if (wish.region !== 0) this.regions &= 1 << columns.columnOfRegion(wish.region);
    if (wish.ties.constrains) this.setConstraints(wish.ties.constraints, wish.ties.demandRegion);
  }

  private setConstraints(c: Constraints, demandRegion: number): void {
    const { columns } = this.market;
    if (c.zone !== null) this.columns[this.count++] = ZONE + (c.zone & 7);
    if (c.dataClass !== null) {
      const { securityGrade, zone } = demandsOfDataClass[c.dataClass];
      if (zone !== null) this.columns[this.count++] = ZONE + (zone & 7);
      if (securityGrade > 0) this.columns[this.count++] = GRADE + securityGrade - 1;
    }
    if (c.securityGradeMin > 0) this.columns[this.count++] = GRADE + c.securityGradeMin - 1;
    if (c.domesticOnly) this.columns[this.count++] = DOMESTIC;
    this.atLeast(MEMORY, memories, c.memoryGibMin);
    if (c.interconnect !== null) this.columns[this.count++] = INTERCONNECT + (c.interconnect & 7);
    this.atLeast(GREEN, greens, c.greenShareBpMin);
    if (c.pueMilliMax !== null) {
      const most = c.pueMilliMax;
      const i = pues.findIndex((pue) => pue >= most);
      if (i >= 0) this.columns[this.count++] = PUE + i;
    }
    this.atLeast(RELIABILITY, reliabilities, c.reliabilityBpMin);
    if (c.regionsIn.length > 0) {
      let bits = 0;
      for (const region of c.regionsIn) bits |= 1 << columns.columnOfRegion(region);
      this.regions &= bits;
    }
    if (c.roundTripUsMax !== null) this.regions &= this.within(demandRegion, c.roundTripUsMax);
  }

  /** Region columns that hold a region that may be so near. */
  private within(demandRegion: number, us: number): number {
    const { columns, links } = this.market;
    if (links.hasSiteLinks(demandRegion)) return -1;
    let bits = 0;
    for (const [region, column] of columns.regionsSeen) {
      const link = links.toRegion(demandRegion, region);
      if (link ? link.roundTripUs <= us : region === demandRegion) bits |= 1 << (column & 31);
    }
    return bits;
  }

  allTiers(): void {
    this.without = -1;
    this.withThis = -1;
    this.tierRegions = -1;
  }

  /** 0: the greenest. */
  setGreenTier(tier: number): void {
    this.withThis = tier < greens.length ? GREEN + greens.length - 1 - tier : -1;
    this.without = tier > 0 ? GREEN + greens.length - tier : -1;
  }

  setRegionTier(bits: number): void {
    this.tierRegions = bits;
  }

  /** Those of the mask's entries of the leaf that are not ruled out. */
  apply(leaf: number, mask: number): number {
    const { columns } = this.market;
    const base = columns.of(leaf);
    const words = columns.all;
    let left = mask;
    for (let i = 0; i < this.count; i++) left &= words[base + this.columns[i]!]!;
    if (this.withThis >= 0) left &= words[base + this.withThis]!;
    if (this.without >= 0) left &= ~words[base + this.without]!;
    const regions = this.regions & this.tierRegions;
    if (left === 0 || regions === -1) return left;
    let inside = 0;
    for (let bits = regions; bits !== 0; bits &= bits - 1) inside |= words[base + REGION + 31 - Math.clz32(bits & -bits)]!;
    return left & inside;
  }
}
