import { Placement, Preference } from '#domain';
import { byKeyPriceTime, isLevel, Tests } from './candidate.js';
import type { Candidate } from './candidate.js';
import { Filter } from './filter.js';
import { leafSize } from './leaves.js';
import { openOffers } from './listing.js';
import type { Book, Market, Pool } from './market.js';
import { Offer } from './records.js';
import { Tiers } from './tiers.js';
import type { Tier } from './tiers.js';
import { Walk } from './walk.js';
import type { Level } from './walk.js';
import type { Wish } from './wish.js';

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
  private readonly tests: Tests;
  /** Each key comes before the next. */
  private tier = 0;
  private tiers: readonly Tier[] = [];
  private readonly allTiers: Tiers;
  private isTiered = false;
  /** What columns leave passes all that the wish asks of pools. */
  private isKnown = false;
  private isGang = false;

  private own: Candidates | null = null;

  constructor(private readonly market: Market) {
    this.filter = new Filter(market);
    this.tests = new Tests(market);
    this.allTiers = new Tiers(market);
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
    this.isKnown = false;
    if (starts.first < this.market.firstSellable) return this.collectAll(wish);
    this.openBooks(wish);
    this.isCollected = false;
    this.isGang = wish.placement === Placement.ONE_POOL || wish.placement === Placement.ONE_SITE;
    this.isTiered = preference === Preference.GREENEST || preference === Preference.NEAREST;
    this.isPlain = !this.isTiered && this.open === 1 && starts.first === starts.last && this.books[0]!.pages === null && isLevel(wish);
    if (this.isPlain) return this.beginPlain();
    for (let i = 0; i < this.open; i++) if (this.books[i]!.pages === null) this.addColumns(this.books[i]!);
    // A reclaim asks what would be free if leases were not there.
    this.filter.set(wish, wish.tier === 0);
    if (this.isTiered) this.tiers = this.allTiers.of(wish);
    this.isCollected = !isLevel(wish) || (this.isTiered && this.tiers.length === 0);
    this.isKnown = this.filter.isExact && !this.isCollected;
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
      if (this.isGang && this.isGrouped(offer)) continue;
      const candidate = this.testNext(offer);
      if (candidate) return candidate;
    }
  }

  /** An entry of the walk, or of a level of it, as a candidate. */
  testNext(offer: number): Candidate | null {
    if (!this.isKnown) return this.tests.test(this.wish, offer);
    return this.tests.testKnown(this.wish, offer, this.isTiered ? this.tiers[this.tier]!.key : 0);
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

  /** For `test` outside of `begin`. */
  renew(): void {
    this.tests.renew();
  }

  test(wish: Wish, offer: number): Candidate | null {
    return this.tests.test(wish, offer);
  }

  testPool(wish: Wish, pool: Pool): boolean {
    return this.tests.testPool(wish, pool);
  }
}
