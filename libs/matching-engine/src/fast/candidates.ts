import { countedPerPflops, Preference } from '#domain';
import { spreadOf } from './amounts.js';
import { greenTiers } from './columns.js';
import { Filter } from './filter.js';
import { leafSize } from './leaves.js';
import type { OrderedList } from './leaves.js';
import type { Link } from './links-index.js';
import type { Book, Market, Pool } from './market.js';
import { openOffers } from './listing.js';
import { Offer } from './records.js';
import { passesConstraints, passesFloor, roundTrip } from './reach.js';
import type { Wish } from './wish.js';

const missingLinkUs = 1_000_000_000;
/** A walk that ends within so many leaves of a book does without columns, so that they are not made where the first offers do. */
const leavesUnfiltered = 2;

/** An offer within reach of a wish, whatever the start. */
export interface Candidate {
  readonly offer: number;
  readonly pool: Pool;
  /** number of the lease that it resells; 0: it sells of the pool. */
  readonly lease: number;
  readonly link: Link | null;
  /** What one group of perNode units counts. */
  readonly group: number;
  /** R-11a: transfer spread over the wish's hours, micro-yuan a unit-hour or PFLOPS-hour. */
  readonly spread: number;
  /** less is first. */
  readonly key: number;
  readonly ask: number;
  readonly priority: number;
}

/** Where a walk through a book stands. */
interface Cursor {
  list: OrderedList;
  /** Index of the leaf in the list, the leaf, and the bits of its entries to come. */
  at: number;
  leaf: number;
  mask: number;
  /** Of several cursors: where the next entry stands; -1: there is none. */
  place: number;
}

/**
 * The candidates of a wish in R-11's order, start aside: key, delivered price, time. Where keys and transfer are the same for all, that is the order in which the offers of the
 * books stand, and they are looked at one by one as they are asked for; else all are collected and sorted.
 */
export class Candidates {
  private tested = 0;
  private wish!: Wish;
  private readonly cursors: Cursor[] = [];
  private open = 0;
  private isCollected = false;
  private collected: Candidate[] = [];
  private next = 0;
  private readonly filter: Filter;
  private isFiltered = false;
  /** What is collected comes in tiers, each before the next: by green share or by region, else there is one. */
  private tier = 0;
  private tiers = 0;
  private readonly near: { us: number; bits: number }[] = [];

  constructor(private readonly market: Market) {
    this.filter = new Filter(market);
  }

  /** The books that the bid names, or that its floor may open. */
  booksOf(wish: Wish): Book[] {
    const { books, floor } = wish.ties;
    if (!floor) {
      return [...new Set(books)].flatMap((bookId) => this.market.bookOf.get(bookId) ?? []);
    }
    return this.market.books.filter(
      ({ fact }) => fact.computeClass === floor.computeClass && (floor.tier === null || fact.tier === floor.tier),
    );
  }

  begin(wish: Wish): void {
    this.wish = wish;
    this.tested++;
    this.open = 0;
    this.isCollected = false;
    this.isFiltered = false;
    const { starts, duration } = wish;
    // A reclaim asks what would be free if leases were not there.
    const isAhead = starts.first >= this.market.firstSellable;
    const asks = starts.first === starts.last && wish.tier === 0 && isAhead;
    this.market.askBlocks(wish.perNode, asks ? starts.first : -1, starts.first + duration);
    if (!isAhead) return this.collectAll(wish);
    const { books, floor } = wish.ties;
    if (this.market.stopped) return this.sort(wish);
    if (!floor && books.length === 1) this.openBook(this.market.bookOf.get(books[0]!)!);
    else for (const book of this.booksOf(wish)) this.openBook(book);
    this.sort(wish);
  }

  private sort(wish: Wish): void {
    const isLevel = wish.preference === Preference.CHEAPEST || wish.preference === Preference.EARLIEST;
    if (wish.precision === 0 && wish.dataGb === 0 && isLevel) return;
    this.useFilter(wish);
    this.isCollected = true;
    this.collected = [];
    this.next = 0;
    this.tier = 0;
    this.tiers = this.tiersOf(wish);
  }

  /** A dry run in the slot under way: lists and what is noted as sold out tell only of slots ahead, so every open offer is tested. */
  private collectAll(wish: Wish): void {
    const open = this.market.stopped ? [] : this.booksOf(wish).filter(({ halted }) => !halted);
    const books = open.filter(({ fact }) => wish.tier === 0 || fact.tier === wish.tier);
    this.isCollected = true;
    this.next = 0;
    this.tier = 0;
    this.tiers = 0;
    this.collected = openOffers(this.market, books).flatMap((offer) => this.test(wish, offer) ?? []);
    this.collected.sort(byKeyPriceTime(wish));
  }

  private useFilter(wish: Wish): void {
    this.isFiltered = true;
    this.filter.set(wish);
  }

  private tiersOf({ preference, ties }: Wish): number {
    if (preference === Preference.GREENEST) return greenTiers;
    const { columns, links } = this.market;
    if (preference !== Preference.NEAREST || !columns.tellRegionsApart || links.hasSiteLinks(ties.demandRegion)) return 1;
    this.near.length = 0;
    for (const [region, column] of columns.regionsSeen) {
      const us = roundTrip(ties.demandRegion, region, links.toRegion(ties.demandRegion, region));
      const key = us < 0 ? missingLinkUs : us;
      const level = this.near.find((each) => each.us === key);
      if (level) level.bits |= 1 << column;
      else this.near.push({ us: key, bits: 1 << column });
    }
    this.near.sort((a, b) => a.us - b.us);
    return this.near.length;
  }

  /** The next candidate in order, or null. */
  take(): Candidate | null {
    if (!this.isCollected) return this.nextByAsk();
    while (this.next === this.collected.length) {
      if (this.tier === this.tiers) return null;
      this.collect();
    }
    return this.collected[this.next++]!;
  }

  /** The candidates of the next tier, sorted. */
  private collect(): void {
    const { wish, tiers } = this;
    const tier = this.tier++;
    this.filter.allTiers();
    if (tiers > 1 && wish.preference === Preference.GREENEST) this.filter.setGreenTier(tier);
    else if (tiers > 1) this.filter.setRegionTier(this.near[tier]!.bits);
    this.collected.length = 0;
    this.next = 0;
    for (let i = 0; i < this.open; i++) this.collectOf(this.cursors[i]!.list);
    if (this.collected.length > 1) this.collected.sort(byKeyPriceTime(wish));
  }

  private collectOf(list: OrderedList): void {
    const { keys, records, froms, tos, live } = this.market.leaves;
    const { duration, starts, precision } = this.wish;
    const most = precision === 0 ? this.wish.limit : Infinity;
    const [first, end] = [starts.first + duration, starts.last + duration];
    for (let at = 0; at < list.count; at++) {
      if (at > 0 && list.firstKeys[at]! > most) return;
      const leaf = list.leaves[at]!;
      for (let mask = this.filter.apply(leaf, live[leaf]!); mask !== 0; mask &= mask - 1) {
        const place = leaf * leafSize + 31 - Math.clz32(mask & -mask);
        if (keys[place]! > most) return;
        const earliestEnd = Math.max(first, froms[place]! + duration);
        if (earliestEnd > tos[place]! || earliestEnd > end) continue;
        const candidate = this.isInVain(records[place]!) ? null : this.test(this.wish, records[place]!);
        if (candidate) this.collected.push(candidate);
      }
    }
  }

  /** The matching that is being made, for what is noted at pools. */
  get stamp(): number {
    return this.tested;
  }

  /** In R-11's order; for candidates that were tested one by one. */
  inOrder(group: Candidate[]): Candidate[] {
    return group.length < 2 ? group : group.sort(byKeyPriceTime(this.wish));
  }

  private openBook({ fact, halted, offers: list }: Book): void {
    if (halted || list.count === 0 || (this.wish.tier !== 0 && fact.tier !== this.wish.tier)) return;
    const cursor = (this.cursors[this.open++] ??= { list, at: 0, leaf: 0, mask: 0, place: -1 });
    cursor.list = list;
    cursor.at = 0;
    cursor.leaf = list.leaves[0]!;
    cursor.mask = this.market.leaves.live[cursor.leaf]!;
  }

  /** By ask, then time, over all books. */
  private nextByAsk(): Candidate | null {
    for (let offer = this.nextOffer(); offer >= 0; offer = this.nextOffer()) {
      if (this.isInVain(offer)) continue;
      const candidate = this.test(this.wish, offer);
      if (candidate) return candidate;
    }
    return null;
  }

  /** It or its pool is known to be sold out, or its pool was looked at as of a group. */
  private isInVain(offer: number): boolean {
    if (this.isSoldOut(offer)) return true;
    return this.market.pools[this.market.tables.offers.data[offer + Offer.POOL]!]!.grouped === this.tested;
  }

  isSoldOut(offer: number): boolean {
    const { sold, poolBlocks, tables } = this.market;
    const { data } = tables.offers;
    return sold.isSoldOut(offer) || (data[offer + Offer.LEASE] === 0 && poolBlocks.isSoldOut(data[offer + Offer.POOL]!));
  }

  /** The next offer of the open books, by ask and time, whose window holds some start of the wish; -1: none within the limit. */
  private nextOffer(): number {
    return this.open === 1 ? this.nextOfOne(this.cursors[0]!) : this.nextOfMany();
  }

  private nextOfOne(cursor: Cursor): number {
    const { keys, records, froms, tos, live } = this.market.leaves;
    const { duration, starts, precision } = this.wish;
    const { list } = cursor;
    const most = precision === 0 ? this.wish.limit : Infinity;
    const [first, end] = [starts.first + duration, starts.last + duration];
    let { at, leaf, mask } = cursor;
    for (;;) {
      if (mask === 0) {
        if (++at >= list.count || list.firstKeys[at]! > most) break;
        leaf = list.leaves[at]!;
        mask = at < leavesUnfiltered ? live[leaf]! : this.filtered(leaf);
        if (mask === 0) continue;
      }
      const place = leaf * leafSize + 31 - Math.clz32(mask & -mask);
      if (keys[place]! > most) break;
      mask &= mask - 1;
      const earliestEnd = Math.max(first, froms[place]! + duration);
      if (earliestEnd > tos[place]! || earliestEnd > end) continue;
      cursor.at = at;
      cursor.leaf = leaf;
      cursor.mask = mask;
      return records[place]!;
    }
    cursor.at = list.count;
    cursor.mask = 0;
    return -1;
  }

  /** Its live entries that the columns do not rule out. */
  private filtered(leaf: number): number {
    if (!this.isFiltered) this.useFilter(this.wish);
    return this.filter.apply(leaf, this.market.leaves.live[leaf]!);
  }

  private nextOfMany(): number {
    const { keys, ranks, records } = this.market.leaves;
    let best: Cursor | null = null;
    for (let i = 0; i < this.open; i++) {
      const cursor = this.cursors[i]!;
      const place = this.placeOf(cursor);
      cursor.place = place;
      if (place < 0) continue;
      if (!best || keys[place]! < keys[best.place]! || (keys[place] === keys[best.place] && ranks[place]! < ranks[best.place]!))
        best = cursor;
    }
    if (!best) return -1;
    if (this.wish.precision === 0 && keys[best.place]! > this.wish.limit) return -1;
    best.mask &= best.mask - 1;
    return records[best.place]!;
  }

  /** Where the cursor's next entry stands; -1: there is none. */
  private placeOf(cursor: Cursor): number {
    const { leaves } = this.market;
    while (cursor.mask === 0) {
      if (++cursor.at >= cursor.list.count) return -1;
      cursor.leaf = cursor.list.leaves[cursor.at]!;
      cursor.mask = cursor.at < leavesUnfiltered ? leaves.live[cursor.leaf]! : this.filtered(cursor.leaf);
    }
    return leaves.firstPlace(cursor.leaf, cursor.mask);
  }

  /** For `test` outside of `begin`: what was found about pools before is of another wish. */
  renew(): void {
    this.tested++;
  }

  /** The offer as a candidate, or null: window, constraints, self-trade, limit and place. Its book is one of the wish's, floor aside, and open. */
  test(wish: Wish, offer: number): Candidate | null {
    const { data } = this.market.tables.offers;
    const { first, last } = wish.starts;
    const { duration } = wish;
    const from = data[offer + Offer.FROM]!;
    const to = data[offer + Offer.TO]!;
    if (last < first || (first > from ? first : from) + duration > (last + duration < to ? last + duration : to)) return null;
    if (duration < data[offer + Offer.MIN_SLOTS]! || data[offer + Offer.GOOD_TILL]! <= wish.time || data[offer + Offer.COLLECTED] === 1)
      return null;
    const participant = data[offer + Offer.PARTICIPANT]!;
    if (participant === wish.participant || this.market.participants.groups[participant] === wish.group) return null;
    const pool = this.market.pools[data[offer + Offer.POOL]!]!;
    return this.testPool(wish, pool) ? this.candidate(wish, offer, pool) : null;
  }

  /** True where the pool sells and passes what the wish asks of pools; found out once a matching. */
  testPool(wish: Wish, pool: Pool): boolean {
    if (pool.tested !== this.tested) {
      pool.tested = this.tested;
      pool.link = this.needsLink(wish) ? this.market.links.to(wish.ties.demandRegion, pool.site) : null;
      pool.passes = pool.trades && this.passes(wish, pool);
    }
    return pool.passes;
  }

  private candidate(wish: Wish, offer: number, pool: Pool): Candidate | null {
    const { data } = this.market.tables.offers;
    const { link } = pool;
    const group = wish.perNode * (wish.precision === 0 ? 1 : pool.tflopsMilli(wish.precision));
    if (group === 0) return null;
    const spread = spreadOf(wish.dataGb, link, wish.gbUnits, wish.duration);
    const ask = data[offer + Offer.ASK]!;
    if (!isWithinLimit(wish, ask, spread, group)) return null;
    const lease = data[offer + Offer.LEASE]!;
    return { offer, pool, lease, link, group, spread, key: keyOf(wish, pool, link), ask, priority: data[offer + Offer.PRIORITY]! };
  }

  /** Links cost a look-up; most bids transfer nothing and do not ask how far it is. */
  private needsLink({ dataGb, preference, ties }: Wish): boolean {
    return dataGb !== 0 || preference === Preference.NEAREST || ties.constraints.roundTripUsMax !== null;
  }

  private passes(wish: Wish, pool: Pool): boolean {
    const { fact, site } = pool;
    const { ties } = wish;
    if (fact.unitsPerNode < wish.perNode || fact.poolId === wish.withoutPool) return false;
    if ((wish.pool !== 0 && fact.poolId !== wish.pool) || (wish.site !== 0 && site.siteId !== wish.site)) return false;
    if ((wish.region !== 0 && site.region !== wish.region) || (wish.away !== 0 && !wish.isAway(pool))) return false;
    if (ties.floor && !passesFloor(pool, ties.floor)) return false;
    if (!ties.constrains && wish.dataGb === 0) return true;
    const { link } = pool;
    if (wish.dataGb !== 0 && !link && site.region !== ties.demandRegion) return false;
    return passesConstraints(ties, pool, link);
  }
}

/** R-11's key: CHEAPEST and EARLIEST have none. */
function keyOf(wish: Wish, pool: Pool, link: Link | null): number {
  if (wish.preference === Preference.GREENEST) return -pool.site.greenShareBp;
  if (wish.preference !== Preference.NEAREST) return 0;
  const us = roundTrip(wish.ties.demandRegion, pool.site.region, link);
  return us < 0 ? missingLinkUs : us;
}

/** the delivered price is within the limit; a PFLOPS bid's by cross-multiplying. */
export function isWithinLimit(wish: Wish, ask: number, spread: number, group: number): boolean {
  if (wish.precision === 0) return ask + spread <= wish.limit;
  return BigInt(ask) * BigInt(wish.perNode * countedPerPflops) <= (BigInt(wish.limit) - BigInt(spread)) * BigInt(group);
}

/** by delivered price. */
export function compareDelivered(wish: Wish, a: Candidate, b: Candidate): number {
  if (wish.precision === 0) return a.ask + a.spread - (b.ask + b.spread);
  const scale = BigInt(wish.perNode * countedPerPflops);
  const left = (BigInt(a.ask) * scale + BigInt(a.spread) * BigInt(a.group)) * BigInt(b.group);
  const right = (BigInt(b.ask) * scale + BigInt(b.spread) * BigInt(b.group)) * BigInt(a.group);
  return left < right ? -1 : left > right ? 1 : 0;
}

const byKeyPriceTime =
  (wish: Wish) =>
  (a: Candidate, b: Candidate): number =>
    a.key - b.key || compareDelivered(wish, a, b) || a.priority - b.priority;

/** Ask and transfer of a unit-hour, for people to read: a PFLOPS-hour's transfer is turned into the unit's, rounded down. */
export const deliveredPrice = (wish: Wish, { ask, spread, group }: Candidate): number =>
  ask + (wish.precision === 0 ? spread : Number((BigInt(spread) * BigInt(group)) / BigInt(wish.perNode * countedPerPflops)));
