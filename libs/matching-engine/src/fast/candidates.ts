import { countedPerPflops, Preference } from '#domain';
import { spreadOf } from './amounts.js';
import { Filter } from './filter.js';
import { leafSize } from './leaves.js';
import type { Link } from './links-index.js';
import type { Book, Market, Pool } from './market.js';
import { openOffers } from './listing.js';
import { Offer } from './records.js';
import { passesConstraints, passesFloor, roundTrip } from './reach.js';
import { Walk } from './walk.js';
import type { Level } from './walk.js';
import type { Wish } from './wish.js';

const missingLinkUs = 1_000_000_000;

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

/**
 * The candidates of a wish in R-11's order, start aside: key, delivered price, time. Where transfer is the same for all, that is the order in which the offers of the books stand,
 * walked once for each key (a green share, a round trip), and they are looked at one by one as they are asked for; else all are collected and sorted.
 */
export class Candidates {
  private wish!: Wish;
  private readonly books: Book[] = [];
  private readonly walks: Walk[] = [];
  private open = 0;
  /** Of a single book without columns: where the walk through its leaves stands, how many entries were looked at, and how many pieces had been taken of any when it began. */
  private isPlain = false;
  private at = 0;
  private mask = 0;
  private looked = 0;
  private taken = 0;
  private isCollected = false;
  private collected: Candidate[] = [];
  private next = 0;
  private readonly filter: Filter;
  /** Each key comes before the next. */
  private tier = 0;
  private readonly tiers: { key: number; bits: number }[] = [];
  private isTiered = false;

  private own: Candidates | null = null;

  constructor(private readonly market: Market) {
    this.filter = new Filter(market);
  }

  /** Another walk through the same market while this one stands where it is. */
  get inner(): Candidates {
    return (this.own ??= new Candidates(this.market));
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
    this.renew();
    const { preference, starts } = wish;
    if (starts.first < this.market.firstSellable) return this.collectAll(wish);
    this.openBooks(wish);
    this.isCollected = false;
    this.isTiered = preference === Preference.GREENEST || preference === Preference.NEAREST;
    this.isPlain = !this.isTiered && this.open === 1 && starts.first === starts.last && this.books[0]!.pages === null && isLevel(wish);
    if (this.isPlain) return this.beginPlain();
    for (let i = 0; i < this.open; i++) if (this.books[i]!.pages === null) this.addColumns(this.books[i]!);
    // A reclaim asks what would be free if leases were not there.
    this.filter.set(wish, wish.tier === 0);
    if (this.isTiered) this.setTiers(wish);
    this.isCollected = !isLevel(wish) || (this.isTiered && this.tiers.length === 0);
    if (this.isCollected) this.collect();
    else this.beginTier(0);
  }

  /** True where candidates come one by one, and levels can be taken. */
  get comeInOrder(): boolean {
    return !this.isCollected;
  }

  private openBooks(wish: Wish): void {
    this.open = 0;
    const { books, floor } = wish.ties;
    if (this.market.stopped) return;
    if (!floor && books.length === 1) this.openBook(this.market.bookOf.get(books[0]!)!);
    else for (const book of this.booksOf(wish)) this.openBook(book);
  }

  private openBook(book: Book): void {
    if (book.halted || book.offers.count === 0 || (this.wish.tier !== 0 && book.fact.tier !== this.wish.tier)) return;
    this.books[this.open++] = book;
  }

  /** A dry run in the slot under way: lists and what is noted as sold out tell only of slots ahead, so every open offer is tested. */
  private collectAll(wish: Wish): void {
    const open = this.market.stopped ? [] : this.booksOf(wish).filter(({ halted }) => !halted);
    const books = open.filter(({ fact }) => wish.tier === 0 || fact.tier === wish.tier);
    this.isCollected = true;
    this.next = 0;
    this.collected = openOffers(this.market, books).flatMap((offer) => this.test(wish, offer) ?? []);
    this.collected.sort(byKeyPriceTime(wish));
  }

  /** From now on walks through the book go by columns. */
  addColumns(book: Book): void {
    const { leaves, columns } = this.market;
    book.pages = columns.pages.list();
    for (const offer of leaves.recordsOf(book.offers)) columns.insert(book.pages, offer);
  }

  /** The keys of GREENEST and NEAREST, where columns tell them; else none. */
  private setTiers({ preference, ties }: Wish): void {
    const { tiers, market } = this;
    const { columns, links } = market;
    tiers.length = 0;
    if (preference === Preference.GREENEST) {
      if (columns.greenShares.areApart) for (const [share, bits] of columns.greenShares.seen) tiers.push({ key: -share, bits });
    } else if (columns.regions.areApart && !links.hasSiteLinks(ties.demandRegion)) {
      for (const [region, column] of columns.regions.seen) {
        const us = roundTrip(ties.demandRegion, region, links.toRegion(ties.demandRegion, region));
        const key = us < 0 ? missingLinkUs : us;
        const level = tiers.find((each) => each.key === key);
        if (level) level.bits |= 1 << column;
        else tiers.push({ key, bits: 1 << column });
      }
    }
    tiers.sort((a, b) => a.key - b.key);
  }

  private beginTier(tier: number): void {
    this.tier = tier;
    if (this.isTiered) {
      const { bits } = this.tiers[tier]!;
      if (this.wish.preference === Preference.GREENEST) this.filter.setGreenTier(bits);
      else this.filter.setRegionTier(bits);
    }
    for (let i = 0; i < this.open; i++) (this.walks[i] ??= new Walk()).begin(this.books[i]!.pages!);
  }

  /** False where there is no further tier. */
  private nextTier(): boolean {
    if (!this.isTiered || this.tier + 1 >= this.tiers.length) return false;
    this.beginTier(this.tier + 1);
    return true;
  }

  /** The next candidate in order, or null. */
  take(): Candidate | null {
    if (this.isCollected) return this.collected[this.next++] ?? null;
    for (;;) {
      const offer = this.isPlain ? this.nextOfLeaves() : this.nextOfPages();
      if (offer < 0) return null;
      if (this.isGrouped(offer)) continue;
      const candidate = this.test(this.wish, offer);
      if (candidate) return candidate;
    }
  }

  private collect(): void {
    const { filter, market } = this;
    filter.allTiers();
    this.collected.length = 0;
    this.next = 0;
    this.isTiered = false;
    this.beginTier(0);
    for (let i = 0; i < this.open; i++) {
      for (let walk = this.walks[i]!; walk.look(market.columns.pages, filter, this.most); walk.pass()) {
        const candidate = this.test(this.wish, market.columns.pages.records[walk.place]!);
        if (candidate) this.collected.push(candidate);
      }
    }
    if (this.collected.length > 1) this.collected.sort(byKeyPriceTime(this.wish));
  }

  /** The highest ask within the limit, transfer aside. */
  private get most(): number {
    return this.wish.precision === 0 ? this.wish.limit : Infinity;
  }

  /** The matching that is being made, for what is noted at pools. */
  get stamp(): number {
    return this.market.matchings;
  }

  /** In R-11's order; for candidates that were tested one by one. */
  inOrder(group: Candidate[]): Candidate[] {
    return group.length < 2 ? group : group.sort(byKeyPriceTime(this.wish));
  }

  /** Its pool was looked at as of a group. */
  private isGrouped(offer: number): boolean {
    const { grouped, siblings } = this.market.pools[this.market.tables.offers.data[offer + Offer.POOL]!]!;
    return grouped === this.stamp || siblings.grouped === this.stamp;
  }

  private beginPlain(): void {
    const { offers } = this.books[0]!;
    this.at = 0;
    this.mask = this.market.leaves.inOrder(offers.leaves[0]!);
    this.looked = 0;
    this.taken = this.market.taken;
  }

  /** The next offer of the book by ask and time whose window holds the start; -1: none within the limit. */
  private nextOfLeaves(): number {
    const { leaves } = this.market;
    const { keys, ranks, records, froms, tos } = leaves;
    const { starts, duration, limit } = this.wish;
    const book = this.books[0]!;
    const list = book.offers;
    for (;;) {
      while (this.mask === 0) {
        if (++this.at >= list.count || list.firstKeys[this.at]! > limit) {
          this.at = list.count;
          return -1;
        }
        this.mask = leaves.inOrder(list.leaves[this.at]!);
      }
      const place = list.leaves[this.at]! * leafSize + 31 - Math.clz32(this.mask & -this.mask);
      if (keys[place]! > limit) return -1;
      this.mask &= this.mask - 1;
      if (this.inVain() > this.market.columnsAfter) return this.goOnByColumns(book, keys[place]!, ranks[place]!);
      this.looked++;
      if (froms[place]! <= starts.first && tos[place]! >= starts.first + duration) return records[place]!;
    }
  }

  /** Entries looked at of which nothing was taken. */
  private inVain(): number {
    return this.looked - (this.market.taken - this.taken);
  }

  /** The book is large and mostly in vain: from now on it has columns, and the walk goes on from that entry. */
  private goOnByColumns(book: Book, key: number, rank: number): number {
    const { pages } = this.market.columns;
    this.isPlain = false;
    this.addColumns(book);
    this.filter.set(this.wish, this.wish.tier === 0);
    this.beginTier(0);
    const walk = this.walks[0]!;
    for (; walk.look(pages, this.filter, this.wish.limit); walk.pass()) {
      const other = pages.keys[walk.place]!;
      if (other > key || (other === key && pages.ranks[walk.place]! >= rank)) break;
    }
    return this.nextOfPages();
  }

  /** The next offer of the open books, by key, ask and time, whose window holds some start of the wish; -1: none within the limit. */
  private nextOfPages(): number {
    const { pages } = this.market.columns;
    const { duration, starts } = this.wish;
    const [first, end] = [starts.first + duration, starts.last + duration];
    for (;;) {
      const walk = this.firstWalk();
      if (!walk) {
        if (this.nextTier()) continue;
        return -1;
      }
      const { place } = walk;
      walk.pass();
      const earliestEnd = Math.max(first, pages.froms[place]! + duration);
      if (earliestEnd <= pages.tos[place]! && earliestEnd <= end) return pages.records[place]!;
    }
  }

  /** The walk whose next entry comes first, or null. */
  private firstWalk(): Walk | null {
    const { most, filter } = this;
    const { pages } = this.market.columns;
    let best: Walk | null = null;
    for (let i = 0; i < this.open; i++) {
      const walk = this.walks[i]!;
      if (!walk.look(pages, filter, most)) continue;
      if (best) {
        const [a, b] = [pages.keys[walk.place]!, pages.keys[best.place]!];
        if (a > b || (a === b && pages.ranks[walk.place]! > pages.ranks[best.place]!)) continue;
      }
      best = walk;
    }
    return best;
  }

  /**
   * The entries of the next key and ask within reach, whatever their start; by EARLIEST, which puts the start first, all. False where there are no more. They come by leaf in order
   * where one book is open.
   */
  nextLevel(level: Level): boolean {
    const { most, filter } = this;
    const { pages } = this.market.columns;
    const isAll = this.wish.preference === Preference.EARLIEST;
    level.count = 0;
    for (;;) {
      const first = this.firstWalk();
      if (first) {
        const key = pages.keys[first.place]!;
        for (let i = 0; i < this.open; i++) {
          const walk = this.walks[i]!;
          if (walk.look(pages, filter, most) && (isAll || pages.keys[walk.place] === key))
            walk.takeLevel(pages, filter, most, isAll, level);
        }
        return true;
      }
      if (!this.nextTier()) return false;
    }
  }

  /** Several books are open. */
  get areMerged(): boolean {
    return this.open > 1;
  }

  /** For `test` outside of `begin`: what was found about pools before is of another wish. */
  renew(): void {
    this.market.matchings++;
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
    if (pool.tested !== this.stamp) {
      pool.tested = this.stamp;
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

/** Transfer and the turning of PFLOPS do not change the order by ask. */
const isLevel = ({ precision, dataGb }: Wish): boolean => precision === 0 && dataGb === 0;

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
