import { demandsOfDataClass } from '#domain';
import type { Constraints } from '../command.js';
import {
  REGION,
  GREEN_SHARE,
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
  memories,
  greens,
  pues,
  reliabilities,
  perNodes,
  minSlots,
} from './columns.js';
import type { Market } from './market.js';
import { reached } from './page-columns.js';
import { pageLeaves } from './page-entries.js';
import type { Wish } from './wish.js';

/** What a wish asks of the columns. */
export class Filter {
  private readonly columns = new Int32Array(512);
  private count = 0;
  /** Those of `columns` from here on must not be set. */
  private without = 0;
  /** Bits of region columns of which an offer must have one; -1: any. Those of the tier that is walked; and its column of green shares; -1: any. */
  private regions = -1;
  private tierRegions = -1;
  private tierColumn = -1;
  /** By page: the wish, as numbered, for which `kept` has what is not ruled out, tiers aside. */
  private seen = new Int32Array(0);
  private kept = new Int32Array(0);
  private number = 0;
  /** What is left passes all that the wish asks of pools, but that they trade. */
  isExact = false;

  constructor(private readonly market: Market) {}

  /** A level column `first + i` says that `thresholds[i]` is reached; the value must be. All reach `least`. */
  private atLeast(first: number, thresholds: readonly number[], value: number, least = 0): void {
    const count = reached(thresholds, value);
    if (count > 0) this.columns[this.count++] = first + count - 1;
    if (value > (count > 0 ? thresholds[count - 1]! : least)) this.isExact = false;
  }

  /** isFree: what is sold out is ruled out too, where there is one start. */
  set(wish: Wish, isFree: boolean): void {
    const { columns } = this.market;
    columns.setDay();
    this.count = 0;
    this.regions = -1;
    this.number++;
    this.allTiers();
    const { starts: allowed, duration } = wish;
    const least = minSlots.findIndex((slots) => slots >= duration);
    if (least >= 0) this.columns[this.count++] = MIN_SLOTS + least;
    this.isExact = isPlainOfPools(wish) && columns.regions.areApart && !(this.market.hasRemotes && isTiedToPlatforms(wish));
    this.atLeast(PER_NODE, perNodes, wish.perNode, 1);
    if (wish.region !== 0) this.regions &= 1 << columns.regions.columnOf(wish.region);
    if (wish.ties.constrains) this.setConstraints(wish.ties.constraints, wish.ties.demandRegion);
    const begins = columns.beginsBy(allowed.last);
    if (begins >= 0) this.columns[this.count++] = begins;
    this.columns[this.count++] = columns.endsAfter(allowed.first + duration);
    this.without = this.count;
    if (isFree && allowed.first === allowed.last) this.market.soldOut.each(wish.perNode, allowed.first, allowed.first, duration, this.push);
  }

  private readonly push = (column: number): void => {
    this.columns[this.count++] = column;
  };

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
      if (pues[i] !== most) this.isExact = false;
    }
    this.atLeast(RELIABILITY, reliabilities, c.reliabilityBpMin);
    if (c.regionsOut.length > 0 || c.providersIn.length > 0 || c.providersOut.length > 0) this.isExact = false;
    if (c.regionsIn.length > 0) {
      let bits = 0;
      for (const region of c.regionsIn) bits |= 1 << columns.regions.columnOf(region);
      this.regions &= bits;
    }
    if (c.roundTripUsMax !== null) this.regions &= this.within(demandRegion, c.roundTripUsMax);
  }

  /** Region columns that hold a region that may be so near. */
  private within(demandRegion: number, us: number): number {
    const { columns, links } = this.market;
    if (links.hasSiteLinks(demandRegion)) {
      this.isExact = false;
      return -1;
    }
    let bits = 0;
    for (const [region, column] of columns.regions.seen) {
      const link = links.toRegion(demandRegion, region);
      if (link ? link.roundTripUs <= us : region === demandRegion) bits |= 1 << (column & 31);
    }
    return bits;
  }

  allTiers(): void {
    this.tierColumn = -1;
    this.tierRegions = -1;
  }

  setGreenTier(column: number): void {
    this.tierColumn = GREEN_SHARE + column;
  }

  setRegionTier(bits: number): void {
    this.tierRegions = bits;
    this.tierColumn = -1;
  }

  /** The page's entries that are not ruled out, a word a leaf, into `left`; false where there is none. */
  apply(page: number, left: Int32Array): boolean {
    const { tierColumn, tierRegions } = this;
    if (tierColumn < 0 && tierRegions === -1) return this.ruleOut(page, left, 0);
    const at = page * pageLeaves;
    this.makeRoom(page);
    // The next tier asks the same but for its own columns.
    if (this.seen[page] !== this.number) {
      this.seen[page] = this.number;
      if (!this.ruleOut(page, this.kept, at)) this.kept.fill(0, at, at + pageLeaves);
    }
    const { pages } = this.market.columns;
    const base = page * pages.width * pageLeaves;
    let any = 0;
    for (let k = 0; k < pageLeaves; k++) {
      let word = this.kept[at + k]!;
      if (word !== 0) word &= tierColumn < 0 ? this.inRegions(base + k, tierRegions) : pages.words[base + tierColumn * pageLeaves + k]!;
      left[k] = word;
      any |= word;
    }
    return any !== 0;
  }

  private makeRoom(page: number): void {
    if (page < this.seen.length) return;
    const { pageCount } = this.market.columns.pages;
    this.seen = new Int32Array(2 * pageCount);
    this.kept = new Int32Array(2 * pageCount * pageLeaves);
  }

  /** The same, tiers aside, from `at` on. */
  private ruleOut(page: number, left: Int32Array, at: number): boolean {
    const { pages } = this.market.columns;
    this.market.columns.prepare(page);
    const { words, live } = pages;
    const base = page * pages.width * pageLeaves;
    let any = 0;
    for (let k = 0; k < pageLeaves; k++) left[at + k] = live[page * pageLeaves + k]!;
    // What is sold out rules out most.
    for (let i = this.without; i < this.count; i++) {
      const column = base + this.columns[i]! * pageLeaves;
      any = 0;
      for (let k = 0; k < pageLeaves; k++) any |= left[at + k]! &= ~words[column + k]!;
      if (any === 0) return false;
    }
    for (let i = 0; i < this.without; i++) {
      const column = base + this.columns[i]! * pageLeaves;
      any = 0;
      for (let k = 0; k < pageLeaves; k++) any |= left[at + k]! &= words[column + k]!;
      if (any === 0) return false;
    }
    if (this.regions !== -1)
      for (let k = 0; k < pageLeaves; k++) if (left[at + k] !== 0) left[at + k]! &= this.inRegions(base + k, this.regions);
    return true;
  }

  /** Of the leaf whose words stand there those in one of the regions. */
  private inRegions(base: number, regions: number): number {
    const { words } = this.market.columns.pages;
    let inside = 0;
    for (let bits = regions; bits !== 0; bits &= bits - 1) inside |= words[base + (REGION + 31 - Math.clz32(bits & -bits)) * pageLeaves]!;
    return inside;
  }
}

/** Of pools it asks nothing that has no columns. */
const isPlainOfPools = ({ ties, withoutPool, pool, site, away }: Wish): boolean =>
  !ties.floor && withoutPool === 0 && pool === 0 && site === 0 && away === 0;

/** */
const isTiedToPlatforms = ({ platform, standby, ties }: Wish): boolean => platform >= 0 || standby !== 0 || ties.localOnly === true;
