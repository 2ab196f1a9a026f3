import { demandsOfDataClass } from '#domain';
import type { Slot } from '#domain';
import type { SetPool, SetSite } from '../command.js';
import { greens, memories, minSlots, perNodes, pues, reliabilities } from './columns.js';
import type { Columns } from './columns.js';
import type { LinkIndex } from './links-index.js';
import { days, PageColumns, reached } from './page-columns.js';
import { pageLeaves } from './page-entries.js';
import { Pages } from './pages.js';
import type { PageList } from './pages.js';
import { Bid, Offer, Rare, rareOf } from './records.js';
import type { Tables } from './records.js';
import type { TiesList } from './ties.js';

// What the columns of a book's resting bids say of each: the regions, zones and interconnects that it takes, the grades and levels with which it is content, its duration and its
// window. A new offer rules out by them 512 bids at a time; what is left is tested in full.

const grades = [0, 1, 2, 3, 4, 5];
const widths = [
  ...[32, 8, 8, grades.length, 1, memories.length, greens.length, pues.length, reliabilities.length, perNodes.length],
  ...[minSlots.length, days.length, days.length],
];
const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
const startOf = (i: number): number => starts[i]!;
const [REGION, ZONE, INTERCONNECT, GRADE, FOREIGN] = [startOf(0), startOf(1), startOf(2), startOf(3), startOf(4)];
const [MEMORY, GREEN, PUE, RELIABILITY, PER_NODE] = [startOf(5), startOf(6), startOf(7), startOf(8), startOf(9)];
const [DURATION, FROM, TO] = [startOf(10), startOf(11), startOf(12)];
const width = TO + days.length;

interface Pool {
  readonly fact: Pick<SetPool, 'domestic' | 'interconnect' | 'memoryGib' | 'reliabilityBp' | 'unitsPerNode'>;
  readonly site: Pick<SetSite, 'region' | 'zone' | 'securityGrade' | 'greenShareBp' | 'pueMilli'>;
}

/** What of the market is looked at. */
interface Market {
  readonly tables: Tables;
  readonly ties: TiesList;
  readonly links: LinkIndex;
  readonly columns: Columns;
  readonly pools: readonly Pool[];
  readonly firstSellable: Slot;
}

export class BidColumns extends PageColumns {
  private readonly columns = new Int32Array(32);
  private count = 0;
  private readonly left = new Int32Array(pageLeaves);

  constructor(private readonly market: Market) {
    super(new Pages(width, market.tables.bids.stride), width);
  }

  protected get present(): Slot {
    return this.market.firstSellable;
  }

  insert(list: PageList, bid: number): void {
    const { data } = this.market.tables.bids;
    const [key, rank] = [-data[bid + Bid.LIMIT]!, data[bid + Bid.PRIORITY]!];
    this.pages.insert(list, key, rank, bid, data[bid + Bid.EARLIEST]!, data[bid + Bid.LATEST]!);
  }

  protected each(place: number, put: (column: number) => void): void {
    const { pages, market } = this;
    const { tables } = market;
    const bid = pages.records[place]!;
    const { data } = tables.bids;
    const { constraints: c, demandRegion } = market.ties.all[data[bid + Bid.TIES]!]!;
    const demands = c.dataClass === null ? null : demandsOfDataClass[c.dataClass];
    const putAll = (first: number, count: number, isPut: (i: number) => boolean): void => {
      for (let i = 0; i < count; i++) if (isPut(i)) put(first + i);
    };
    const contentWith = (first: number, levels: readonly number[], least: number): void =>
      putAll(first, levels.length, (i) => levels[i]! >= least);
    this.eachRegion(c, demandRegion, put);
    putAll(ZONE, 8, (zone) => (c.zone === null || (c.zone & 7) === zone) && (!demands?.zone || (demands.zone & 7) === zone));
    putAll(INTERCONNECT, 8, (kind) => c.interconnect === null || (c.interconnect & 7) === kind);
    contentWith(GRADE, grades, Math.max(c.securityGradeMin, demands?.securityGrade ?? 0));
    if (!c.domesticOnly) put(FOREIGN);
    contentWith(MEMORY, memories, c.memoryGibMin);
    contentWith(GREEN, greens, c.greenShareBpMin);
    const { pueMilliMax } = c;
    putAll(PUE, pues.length, (i) => pueMilliMax === null || pueMilliMax >= pues[i]!);
    contentWith(RELIABILITY, reliabilities, c.reliabilityBpMin);
    contentWith(PER_NODE, perNodes, tables.rare.data[rareOf(tables, bid) + Rare.PER_NODE]!);
    const duration = data[bid + Bid.DURATION]!;
    putAll(DURATION, minSlots.length, (i) => duration >= minSlots[i]!);
    contentWith(FROM, days, this.dayOf(pages.froms[place]!));
    const latest = this.dayOf(pages.tos[place]!);
    putAll(TO, days.length, (i) => i === 0 || latest >= days[i]!);
  }

  private eachRegion(
    {
      regionsIn,
      regionsOut,
      roundTripUsMax,
    }: { regionsIn: readonly number[]; regionsOut: readonly number[]; roundTripUsMax: number | null },
    demandRegion: number,
    put: (column: number) => void,
  ): void {
    const { columns, links } = this.market;
    const isFar = roundTripUsMax !== null && !links.hasSiteLinks(demandRegion);
    for (const [region, column] of columns.regions.seen) {
      if (regionsOut.includes(region) || (regionsIn.length > 0 && !regionsIn.includes(region))) continue;
      if (isFar) {
        const link = links.toRegion(demandRegion, region);
        if (link ? link.roundTripUs > roundTripUsMax : region !== demandRegion) continue;
      }
      put(REGION + (column & 31));
    }
  }

  /** Calls `use` with the bids of the list whose limits reach the offer's ask and that its columns do not rule out, in order. */
  match(list: PageList, offer: number, use: (bid: number) => void): void {
    const { pages, left } = this;
    const { data } = this.market.tables.offers;
    this.setDay();
    this.ask(this.market.pools[data[offer + Offer.POOL]!]!, offer);
    const most = -data[offer + Offer.ASK]!;
    for (let at = 0; at < list.count && (at === 0 || list.firstKeys[at]! <= most); at++) {
      const page = list.pages[at]!;
      if (!this.ruleOut(page)) continue;
      for (let i = 0; i < pages.leafCounts[page]!; i++) {
        const position = pages.order[page * pageLeaves + i]!;
        for (let mask = left[position]!; mask !== 0;) {
          const place = pages.firstOf(page * pageLeaves + position, mask);
          mask &= ~(1 << (place & 31));
          if (pages.keys[place]! <= most) use(pages.records[place]!);
        }
      }
    }
  }

  /** What the offer asks of the columns. */
  private ask({ fact, site }: Pool, offer: number): void {
    const { market } = this;
    const { data } = market.tables.offers;
    this.count = 0;
    const push = (column: number): void => {
      this.columns[this.count++] = column;
    };
    /** Content with what the offer has, or with somewhat more. */
    const isContent = (first: number, levels: readonly number[], value: number): void => {
      const i = levels.findIndex((level) => level >= value);
      if (i >= 0) push(first + i);
    };
    push(REGION + market.columns.regions.columnOf(site.region));
    isContent(FROM, days, this.dayOf(data[offer + Offer.TO]!));
    push(TO + Math.max(0, reached(days, this.dayOf(data[offer + Offer.FROM]!)) - 1));
    if (!fact.domestic) push(FOREIGN);
    isContent(GRADE, grades, site.securityGrade);
    push(INTERCONNECT + (fact.interconnect & 7));
    push(ZONE + (site.zone & 7));
    isContent(MEMORY, memories, fact.memoryGib);
    isContent(GREEN, greens, site.greenShareBp);
    if (reached(pues, site.pueMilli) > 0) push(PUE + reached(pues, site.pueMilli) - 1);
    isContent(RELIABILITY, reliabilities, fact.reliabilityBp);
    isContent(PER_NODE, perNodes, fact.unitsPerNode);
    const shortest = reached(minSlots, data[offer + Offer.MIN_SLOTS]!);
    if (shortest > 0) push(DURATION + shortest - 1);
  }

  private ruleOut(page: number): boolean {
    this.prepare(page);
    const { pages, left, columns } = this;
    const { words, live } = pages;
    const base = page * pages.width * pageLeaves;
    for (let k = 0; k < pageLeaves; k++) left[k] = live[page * pageLeaves + k]!;
    for (let i = 0; i < this.count; i++) {
      const column = base + columns[i]! * pageLeaves;
      let any = 0;
      for (let k = 0; k < pageLeaves; k++) any |= left[k]! &= words[column + k]!;
      if (any === 0) return false;
    }
    return true;
  }
}
