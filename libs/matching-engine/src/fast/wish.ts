import { countedPerPflops, countOfOne, Placement, Standby, startOfSlot, TimeInForce } from '#domain';
import type { PoolId, Region, SiteId, Slot, Time } from '#domain';
import type { BidTerms } from '../command.js';
import type { TieState } from '../snapshot.js';
import { gbUnitsOf, isRest } from './family.js';
import type { Market, Pool } from './market.js';
import { Bid, Rare, rareOf, Trade } from './records.js';
import type { Tables } from './records.js';
import { lastAllowedStart, Starts } from './starts.js';
import { looseTies } from './ties.js';
import type { Ties } from './ties.js';
import { countedWaiting } from './waiting.js';
import { worthOf } from './amounts.js';

/** What a wish was given at one start. */
interface Given {
  readonly candidate: { readonly pool: Pool };
  readonly start: Slot;
  readonly counted: number;
}

/** Who asks in a dry run. */
export interface Asker {
  /** Its record; -1: a bid that is only quoted. */
  readonly bid: number;
  /** Its place among the participants; -1: not known. */
  readonly participant: number;
  readonly filled: number;
  readonly gbUnits: number;
  readonly isRest: boolean;
  readonly tie: TieState;
  readonly priority: number;
}

/** What a bid asks of one matching: its own rest, or a lost part of a lease. One is used again and again. */
export class Wish {
  bid = -1;
  ties!: Ties;
  participant = 0;
  group = 0;
  units = 0;
  /** Counted: the bid's total, what this matching asks, and the least that it may take. */
  total = 0;
  rest = 0;
  need = 0;
  precision = 0;
  perNode = 1;
  limit = 0;
  dataGb = 0;
  placement = 0;
  preference = 0;
  isTogether = false;
  isWhole = false;
  minUnits = 0;
  standby = 0;
  priority = 0;
  /** it pays the ask. */
  isRest = false;
  /** R-11a: what the bid's GB are for, in units and counted. */
  gbUnits = 0;
  gbTotal = 0;
  /** offers of this tier alone; 0: of both. */
  tier = 0;
  /** the lease (a trade's record) whose nodes an extension takes alone; -1: none. */
  pin = -1;
  /** R-7a: it is of the second fill; and where that, or what takes its place, must not be: sites or regions (0: anywhere). */
  isSecond = false;
  away = 0;
  readonly awayFrom: number[] = [];
  /** When it is asked: a GTD offer is no candidate from its date on. */
  time: Time = 0;
  duration = 0;
  readonly starts = new Starts();
  /** where the placement ties it to; 0: not tied. */
  pool: PoolId = 0;
  site: SiteId = 0;
  region: Region = 0;
  /** the pool whose provider failed the lease; 0: none. */
  withoutPool: PoolId = 0;
  /** the platform on which it must lie, by its place; 0: this one; -1: any. And until when what it gets is reserved; 0: it is traded. */
  platform = -1;
  until: Time = 0;

  /** The bid's terms. */
  private load(market: Market, bid: number): void {
    const { data } = market.tables.bids;
    this.bid = bid;
    this.ties = market.ties.all[data[bid + Bid.TIES]!]!;
    this.participant = data[bid + Bid.PARTICIPANT]!;
    this.group = market.participants.groups[this.participant]!;
    this.units = data[bid + Bid.UNITS]!;
    const rare = rareOf(market.tables, bid);
    const { data: more } = market.tables.rare;
    this.precision = more[rare + Rare.PRECISION]!;
    this.total = this.precision === 0 ? this.units : this.units * countedPerPflops;
    this.perNode = more[rare + Rare.PER_NODE]!;
    this.limit = data[bid + Bid.LIMIT]!;
    this.dataGb = more[rare + Rare.DATA_GB]!;
    this.placement = more[rare + Rare.PLACEMENT]!;
    this.preference = more[rare + Rare.PREFERENCE]!;
    this.isTogether = startsTogether(market.tables, bid);
    this.isWhole = isWhole(market.tables, bid);
    this.minUnits = more[rare + Rare.MIN_UNITS]!;
    this.standby = more[rare + Rare.STANDBY]!;
    this.priority = data[bid + Bid.PRIORITY]!;
    this.isRest = isRest(market.tables, bid);
    this.gbUnits = gbUnitsOf(market.tables, bid);
    this.gbTotal = this.precision === 0 ? this.gbUnits : this.gbUnits * countedPerPflops;
    this.pin = -1;
    this.isSecond = false;
    this.away = 0;
    this.time = market.time;
    this.pool = 0;
    this.site = 0;
    this.region = 0;
    this.withoutPool = 0;
    this.platform = this.isRest && market.hasRemotes ? 0 : -1;
    this.until = 0;
  }

  /** what the bid lacks. */
  ofBid(market: Market, bid: number): void {
    this.load(market, bid);
    const { data } = market.tables.bids;
    this.rest = this.total - data[bid + Bid.FILLED]!;
    this.setNeed();
    const rare = rareOf(market.tables, bid);
    const { data: more } = market.tables.rare;
    if (this.isRest) {
      this.pool = more[rare + Rare.TIE_POOL]!;
      this.site = more[rare + Rare.TIE_SITE]!;
      this.region = more[rare + Rare.TIE_REGION]!;
    }
    this.setStarts(market, bid);
    this.bind(market, bid);
  }

  private setStarts(market: Market, bid: number): void {
    const { data } = market.tables.bids;
    const { data: more } = market.tables.rare;
    const rare = rareOf(market.tables, bid);
    this.duration = data[bid + Bid.DURATION]!;
    this.starts.set(
      data[bid + Bid.EARLIEST]!,
      data[bid + Bid.LATEST]!,
      this.duration,
      more[rare + Rare.HOURS]!,
      more[rare + Rare.WEEKDAYS]!,
      market.firstSellable,
    );
  }

  /** the rest of what starts together is bound to the site, region, platform and start of the leases that remain of its bid. True where there are such. */
  bind(market: Market, bid: number): boolean {
    const lease = this.isTogether ? firstLease(market, bid) : -1;
    if (lease < 0) return false;
    this.bindTo(market, lease, boundStart(market, lease));
    return true;
  }

  /** Binds the bid as it was bound before those leases of it were reclaimed. */
  bindBefore(market: Market, bid: number, reclaimed: readonly number[]): void {
    if (!this.isTogether) return;
    const { data } = market.tables.trades;
    const left = firstLease(market, bid);
    const starts = reclaimed.map((lease) => data[lease + Trade.FROM]!);
    this.setStarts(market, bid);
    this.bindTo(market, reclaimed[0]!, Math.min(...starts, left < 0 ? Infinity : boundStart(market, left)));
  }

  private bindTo(market: Market, lease: number, start: Slot): void {
    const { platform, site } = market.pools[market.tables.trades.data[lease + Trade.POOL]!]!;
    if (this.placement === Placement.ONE_SITE) this.site = site.siteId;
    if (this.placement === Placement.ONE_REGION) this.region = site.region;
    if (market.hasRemotes && !this.isRest) this.platform = platform;
    if (this.starts.allows(start)) this.starts.one(start);
    else this.starts.none();
  }

  /** what the bid asks on these terms at that time; its starts, and where its leases bind it to, are for the caller to say. */
  ofTerms(market: Market, by: Asker, terms: BidTerms, time: Time): void {
    this.bid = by.bid;
    this.ties = looseTies(terms);
    this.participant = by.participant;
    this.group = by.participant < 0 ? 0 : market.participants.groups[by.participant]!;
    this.units = terms.units;
    this.precision = terms.precision ?? 0;
    this.total = countedOf(terms);
    this.perNode = terms.perNode;
    this.limit = terms.limitPrice;
    this.dataGb = terms.dataGb;
    this.placement = terms.placement;
    this.preference = terms.preference;
    this.isTogether = areTogether(terms);
    this.isWhole = areWhole(terms);
    this.minUnits = terms.minUnits;
    this.standby = terms.standby ?? 0;
    this.priority = by.priority;
    this.isRest = by.isRest;
    this.gbUnits = by.gbUnits;
    this.gbTotal = by.gbUnits * countOfOne(terms.precision);
    this.pin = -1;
    this.isSecond = false;
    this.away = 0;
    this.time = time;
    this.pool = by.tie.pool;
    this.site = by.tie.site;
    this.region = by.tie.region;
    this.withoutPool = 0;
    this.platform = by.isRest && market.hasRemotes ? 0 : -1;
    this.until = 0;
    this.duration = terms.durationSlots;
    this.rest = this.total - by.filled;
    this.setNeed();
  }

  /** an extension stays on its lease's nodes. */
  pinTo({ pools, tables }: Market, lease: number): void {
    this.pin = lease;
    this.pool = pools[tables.trades.data[lease + Trade.POOL]!]!.fact.poolId;
  }

  /** nobody reserves for a partner's buyer on yet another platform. */
  reserveUntil(until: Time): void {
    this.until = until;
    this.platform = 0;
  }

  /** the least that a matching may take of the rest. */
  private setNeed(): void {
    this.need = this.rest;
    if (this.isWhole) return;
    this.need = this.minUnits > 0 ? Math.min(this.rest, (this.total / this.units) * this.minUnits) : 1;
  }

  /** what it still lacks after these pieces of it were taken, where and when they are if they bind it. */
  leave(pieces: readonly Given[]): void {
    for (const { counted } of pieces) this.rest -= counted;
    this.setNeed();
    const first = pieces[0];
    if (!first || !this.isTogether) return;
    const { platform, site } = first.candidate.pool;
    if (platform > 0) this.platform = platform;
    this.starts.one(first.start);
    if (this.placement === Placement.ONE_SITE) this.site = site.siteId;
    if (this.placement === Placement.ONE_REGION) this.region = site.region;
  }

  /** R-7a: the second fill, of the same shape and window as the first, which is all of the wish, away from it. */
  keepAway(first: readonly Given[]): void {
    this.isSecond = true;
    this.need = this.rest;
    this.starts.one(first[0]!.start);
    this.setAway(first.map(({ candidate }) => candidate.pool));
  }

  /** R-7a: the sites or regions of the pools are left out. */
  setAway(pools: readonly Pool[]): void {
    this.away = pools.length === 0 ? 0 : this.standby;
    this.awayFrom.length = 0;
    for (const { site } of pools) this.awayFrom.push(this.away === Standby.SITE ? site.siteId : site.region);
  }

  isAway({ site }: Pool): boolean {
    return !this.awayFrom.includes(this.away === Standby.SITE ? site.siteId : site.region);
  }

  /** so much counted over the window. Where it is tied to is for the caller to say. */
  ofPart(market: Market, bid: number, counted: number, from: Slot, to: Slot): void {
    this.load(market, bid);
    this.rest = counted;
    this.need = this.isWhole ? counted : 1;
    this.duration = to - from;
    this.starts.one(from);
    if (market.hasRemotes) this.platform = 0;
  }
}

/** Counted. */
const countedOf = ({ units, precision }: BidTerms): number => units * countOfOne(precision);

/** the same of terms as of a record. */
const areTogether = (terms: BidTerms): boolean =>
  terms.placement !== Placement.ANYWHERE ||
  terms.together ||
  terms.allOrNone ||
  terms.minUnits > 0 ||
  terms.timeInForce === TimeInForce.FOK;

const areWhole = (terms: BidTerms): boolean =>
  terms.allOrNone || terms.timeInForce === TimeInForce.FOK || terms.placement === Placement.ONE_POOL;

/** the pieces start together. */
export function startsTogether({ bids, rare: { data } }: Tables, bid: number): boolean {
  const rare = bids.data[bid + Bid.RARE]!;
  return (
    bids.data[bid + Bid.TIME_IN_FORCE] === TimeInForce.FOK ||
    (rare !== 0 &&
      (data[rare + Rare.PLACEMENT] !== Placement.ANYWHERE ||
        data[rare + Rare.TOGETHER] === 1 ||
        data[rare + Rare.ALL_OR_NONE] === 1 ||
        data[rare + Rare.MIN_UNITS]! > 0))
  );
}

/** all or nothing at every matching. */
export function isWhole({ bids, rare: { data } }: Tables, bid: number): boolean {
  const rare = bids.data[bid + Bid.RARE]!;
  return (
    bids.data[bid + Bid.TIME_IN_FORCE] === TimeInForce.FOK ||
    (rare !== 0 && (data[rare + Rare.ALL_OR_NONE] === 1 || data[rare + Rare.PLACEMENT] === Placement.ONE_POOL))
  );
}

/** Counted. */
export const restOf = (tables: Tables, bid: number): number => {
  const { data } = tables.bids;
  const isInUnits = tables.rare.data[rareOf(tables, bid) + Rare.PRECISION] === 0;
  return data[bid + Bid.UNITS]! * (isInUnits ? 1 : countedPerPflops) - data[bid + Bid.FILLED]!;
};

/** limit × what it lacks × hours; twice with a standby (R-7a). What waits for a partner is still lacking. */
export function worstCaseOf(market: Market, bid: number): number {
  const { tables } = market;
  const { data } = tables.bids;
  const rare = rareOf(tables, bid);
  const { data: more } = tables.rare;
  const lacking = restOf(tables, bid) + countedWaiting(market, bid);
  const once = worthOf(more[rare + Rare.PRECISION]!, data[bid + Bid.LIMIT]!, lacking, data[bid + Bid.DURATION]!);
  return more[rare + Rare.STANDBY] === 0 ? once : 2 * once;
}

function lastStartOf({ bids, rare: { data: more } }: Tables, bid: number): Slot {
  const { data } = bids;
  const rare = data[bid + Bid.RARE]!;
  const earliest = data[bid + Bid.EARLIEST]!;
  const latest = data[bid + Bid.LATEST]!;
  const durationSlots = data[bid + Bid.DURATION]!;
  if (rare === 0) return latest - durationSlots >= earliest ? latest - durationSlots : -1;
  const [hours, weekdays] = [more[rare + Rare.HOURS]!, more[rare + Rare.WEEKDAYS]!];
  return lastAllowedStart({ earliest, latest, durationSlots, hours, weekdays }, 0);
}

/** The oldest of the bid's leases that remain, pieces that wait among them, in the order of their trades; -1: none. */
export function firstLease(market: Market, bid: number): number {
  return leaseFrom(market, market.tables.bids.data[bid + Bid.FIRST_TRADE]!);
}

/** The trade, or the next of its bid, whose lease has not ended. */
export function leaseFrom(market: Market, trade: number): number {
  const { data } = market.tables.trades;
  let lease = trade;
  while (lease >= 0 && data[lease + Trade.ENDED] === 1) lease = data[lease + Trade.OF_BID_NEXT]!;
  return lease;
}

/** the earliest start among the bid's leases that remain, of which this is the first. */
function boundStart(market: Market, lease: number): Slot {
  const { data } = market.tables.trades;
  let least = Infinity;
  for (let each = lease; each >= 0; each = leaseFrom(market, data[each + Trade.OF_BID_NEXT]!)) {
    least = Math.min(least, data[each + Trade.FROM]!);
  }
  return least;
}

/** a bid expires at its last allowed start (a bound rest at its bound start), a GTD bid at its date if that is earlier. */
export function expiryOfBid(market: Market, bid: number): Time {
  const { tables } = market;
  const lease = startsTogether(tables, bid) ? firstLease(market, bid) : -1;
  const last = lease >= 0 ? boundStart(market, lease) : lastStartOf(tables, bid);
  return Math.min(last < 0 ? 0 : startOfSlot(last), tables.rare.data[rareOf(tables, bid) + Rare.GOOD_TILL]!);
}
