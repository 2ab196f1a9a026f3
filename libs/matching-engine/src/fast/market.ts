import { firstSellableSlot, Health, Precision } from '#domain';
import type { ParticipantId, Region, SiteId, Slot, Time, TradeNumber } from '#domain';
import type { DefineBook, SetSite } from '../command.js';
import type { CurtailmentState, Fact, IndexState, PoolState, ReservedState, VacatedState } from '../snapshot.js';
import { Arena } from './arena.js';
import { BidColumns } from './bid-columns.js';
import { ById } from './by-id.js';
import { Capacity } from './capacity.js';
import { Columns } from './columns.js';
import { EventBuffer } from './event-buffer.js';
import { Ids } from './ids.js';
import { Leaves } from './leaves.js';
import type { OrderedList } from './leaves.js';
import { Lapses } from './lapses.js';
import { LinkIndex } from './links-index.js';
import type { Link } from './links-index.js';
import { Numbers } from './numbers.js';
import type { PageList } from './pages.js';
import { Participants } from './participants.js';
import { tablesOf } from './records.js';
import type { Tables } from './records.js';
import { Resold } from './resold.js';
import { Sold } from './sold.js';
import { SoldOut } from './sold-out.js';
import { Steps } from './steps.js';
import { TiesList } from './ties.js';

export type Site = Fact<SetSite>;
export type PoolFact = Omit<PoolState, 'health' | 'draining' | 'nodeHealth' | 'drainingNodes'>;

/** Pools of one site and product, and the matching that looked at them as of a group last. */
interface Siblings {
  readonly pools: Pool[];
  grouped: number;
}

const noSiblings: Siblings = { pools: [], grouped: 0 };
const noColumns = new Uint16Array(0);

export class Pool {
  // What a matching asks of it first: objects lie in memory as their fields are named.
  readonly index: number;
  readonly capacity: Capacity;
  trades = false;
  /** The matching that tested it last, what came of it, and the link that counts for that bid. */
  tested = 0;
  passes = false;
  link: Link | null = null;
  /** when nothing RECLAIMABLE of it is sold; null: always. */
  curtailment: CurtailmentState | null = null;
  /** Pools of its site and product, itself among them. */
  siblings: Siblings = noSiblings;
  /** The matching that looked at it as of a group last. */
  grouped = 0;
  /** The fill that looked at it last, and the groups that left in it. */
  filling = 0;
  left = 0;
  fact: PoolFact;
  site: Site;
  /** place in the list of platforms, from 1; 0: it lies on this one. */
  readonly platform: number;
  health: number = Health.OK;
  draining = false;
  readonly nodeHealth = new Map<number, number>();
  readonly drainingNodes = new Set<number>();
  /** Something of it was freed; see Freed. */
  freed = false;
  /** Its books by tier, as far as they were asked for. */
  readonly books: Book[] = [];
  /** Slots of which something was freed, and its offers do not say so yet (sold-out.ts). */
  freedFrom = 0;
  freedTo = 0;
  /** What its offers' leaves are told of it (columns.ts), and of which version that is. */
  columns = noColumns;
  columnsVersion = 0;

  constructor(index: number, platform: number, fact: PoolFact, site: Site, capacity: Capacity) {
    this.index = index;
    this.platform = platform;
    this.capacity = capacity;
    this.fact = fact;
    this.site = site;
    this.setTrades();
  }

  /** False: no node of it can be sold. To be called when anything of what it says has changed. */
  setTrades(): void {
    this.trades = this.fact.active && this.site.active && this.health === Health.OK && !this.draining;
  }

  isUsable(node: number): boolean {
    return !this.nodeHealth.has(node) && !this.drainingNodes.has(node);
  }

  tflopsMilli(precision: number): number {
    return precision === Precision.FP16 ? this.fact.tflopsFp16Milli : this.fact.tflopsFp32Milli;
  }
}

export class Book {
  /** nothing of it trades. */
  halted = false;
  /** some pool on another platform sells its product. */
  isRemote = false;
  /** R-19, by region. */
  readonly indices = new Map<Region, IndexState>();
  /** Its offers with columns (columns.ts); null: none are needed yet. */
  pages: PageList | null = null;
  /** The same of its resting bids (bid-columns.ts), of which those that name other books too are not there; and how many those are. */
  bidPages: PageList | null = null;
  shared = 0;

  constructor(
    readonly index: number,
    public fact: Fact<DefineBook>,
    /** Offers by (ask, time); resting bids in units that name the book by (minus limit, time). */
    readonly offers: OrderedList,
    readonly bids: OrderedList,
  ) {}
}

/** What a command made possible: where a pass of R-14 must look. */
export class Freed {
  everything = false;
  readonly pools: Pool[] = [];
  readonly offers: number[] = [];
  readonly bids: number[] = [];
  /** The lease that bound the bid of the same place and was reclaimed; -1: another cause. */
  readonly boundBy: number[] = [];
  /** An offer that came alone, as nearly all do: lists are not for it. -1: none. */
  one = -1;

  get isEmpty(): boolean {
    return this.one < 0 && !this.everything && this.pools.length === 0 && this.offers.length === 0 && this.bids.length === 0;
  }

  offer(offer: number): void {
    if (this.one < 0 && this.offers.length === 0) this.one = offer;
    else this.all().push(offer);
  }

  /** The offers, the one that came alone among them. */
  all(): number[] {
    if (this.one >= 0) this.offers.push(this.one);
    this.one = -1;
    return this.offers;
  }

  pool(pool: Pool): void {
    if (pool.freed) return;
    pool.freed = true;
    this.pools.push(pool);
  }

  clear(): void {
    this.everything = false;
    this.one = -1;
    if (this.pools.length > 0) this.clearPools();
    if (this.offers.length > 0) this.offers.length = 0;
    if (this.bids.length > 0) this.bids.length = this.boundBy.length = 0;
  }

  clearPools(): void {
    for (const pool of this.pools) pool.freed = false;
    this.pools.length = 0;
  }
}

/** The state of a shard. Orders, trades and capacity are in typed arrays; facts, of which there are few, are objects. */
export class Market {
  rulesVersion = 1;
  sequence = 0;
  time: Time = 0;
  /** Of command time, for order rates. */
  second = 0;
  firstSellable: Slot = firstSellableSlot(0);
  lastTrade = 0;
  lastRest = 0;
  /** RECLAIMABLE leases that have not ended. */
  reclaimable = 0;
  offerSerial = 0;
  /** every book is halted. */
  stopped = false;
  readonly arena: Arena;
  readonly steps: Steps;
  readonly leaves = new Leaves();
  readonly participants = new Participants();
  readonly sites = new Map<SiteId, Site>();
  readonly pools: Pool[] = [];
  readonly poolOf = new ById<Pool>();
  private readonly siblingsOf = new Map<string, Siblings>();
  readonly books: Book[] = [];
  readonly bookOf = new ById<Book>();
  /** */
  readonly curtailments = new Map<SiteId, CurtailmentState>();
  readonly links = new LinkIndex();
  readonly ties = new TiesList();
  readonly tables: Tables;
  /** Resting bids in units that name a floor, by class; resting bids by PFLOPS. */
  readonly floors: OrderedList[];
  readonly pflops: OrderedList;
  /** R-7a: resting bids that ask a second fill. */
  standbys = 0;
  /** while a reopening applies what was collected, bids and offers stand that would have traded, had no halt kept them apart. */
  mayCross = false;
  readonly columns: Columns;
  readonly bidColumns: BidColumns;
  readonly soldOut: SoldOut;
  readonly sold: Sold;
  readonly resold: Resold;
  /** What is known of order ids (R-10a), see known.ts; trades by their numbers. */
  readonly ids: Ids;
  readonly tradeOf = new Numbers();
  /** What ids of closed orders lead to, as they closed: a ring (R-10a). */
  closed: Int32Array;
  closedFirst = 0;
  closedCount = 0;
  /** the partners on whose platforms sites lie, pieces that wait by trade number, and when what is reserved here lapses. */
  readonly platforms: ParticipantId[] = [];
  readonly pieces = new Map<TradeNumber, ReservedState>();
  readonly lapses = new Lapses();
  freed = new Freed();
  /** A second one, for the pass that looks while more is freed. */
  spare = new Freed();
  passes = 0;
  /** Matchings that were made, to tell whose is what is noted at pools. */
  matchings = 0;
  /** Looks in vain, in one walk through a book's orders, after which it has columns; so books whose first orders fit have none. */
  columnsAfter = 16;
  /** Pieces that were taken. */
  taken = 0;
  /** Fills that were tried. */
  fills = 0;
  /** Trades whose leases ended in this command before their time: dropped when it is done. */
  readonly over: number[] = [];
  /** open offers that resell a lease, and the numbers of leases that were cut in this command while there were any. */
  resales = 0;
  readonly cut: number[] = [];
  /** R-18, as they were given up. */
  vacated: VacatedState[] = [];
  events = new EventBuffer();

  /** @param orders of each kind for which room is made at once */
  constructor(
    readonly horizonSlots: number,
    orders = 64,
  ) {
    this.arena = new Arena(4 * orders);
    this.steps = new Steps(this.arena);
    this.tables = tablesOf(this.arena, horizonSlots, orders);
    this.floors = [0, 1, 2, 3].map(() => this.leaves.list(this.tables.bids));
    this.pflops = this.leaves.list(this.tables.bids);
    this.closed = new Int32Array(2 ** Math.ceil(Math.log2(orders + 1))).fill(0);
    this.ids = new Ids(this.tables, orders);
    this.columns = new Columns(this);
    this.bidColumns = new BidColumns(this);
    this.soldOut = new SoldOut(this, this.columns);
    this.sold = new Sold(this.tables.offers, this.steps, this.soldOut);
    this.resold = new Resold(this.steps);
  }

  setTime(time: Time): void {
    this.time = time;
    this.second = Math.floor(time / 1000);
    this.firstSellable = firstSellableSlot(time);
    this.steps.past = this.present;
    this.soldOut.setPresent(this.firstSellable);
  }

  /** The slot under way. */
  get present(): Slot {
    return this.firstSellable - 1;
  }

  /** Nothing but offers and limits decides what a plain bid gets: no stop, no curtailment, nothing of leases that are resold or were given up. */
  get isOrdinary(): boolean {
    return !this.stopped && this.resales === 0 && this.vacated.length === 0 && this.curtailments.size === 0;
  }

  /** The book of what the pool sells, by tier. */
  bookOfPool(pool: Pool, tier: number): Book | null {
    const known = pool.books[tier];
    if (known) return known;
    const found = this.bookOfProduct(pool.fact, tier);
    if (found) pool.books[tier] = found;
    return found;
  }

  private bookOfProduct(pool: PoolFact, tier: number): Book | null {
    for (const book of this.books) if (book.fact.tier === tier && isOfProduct(pool, book.fact)) return book;
    return null;
  }

  newPool(fact: PoolFact, site: Site): Pool {
    const pool = new Pool(this.pools.length, this.platformOf(site), fact, site, this.newCapacity(fact));
    if (pool.platform > 0) for (const book of this.books) if (isOfProduct(fact, book.fact)) book.isRemote = true;
    pool.curtailment = this.curtailments.get(fact.siteId) ?? null;
    const product = `${site.siteId} ${fact.computeClass} ${fact.modelId} ${fact.unit}`;
    const siblings = this.siblingsOf.get(product) ?? { pools: [], grouped: 0 };
    siblings.pools.push(pool);
    this.siblingsOf.set(product, siblings);
    pool.siblings = siblings;
    this.columns.regions.columnOf(site.region);
    this.columns.greenShares.columnOf(site.greenShareBp);
    this.pools.push(pool);
    this.poolOf.set(fact.poolId, pool);
    return pool;
  }

  /** Some site lies on another platform. */
  get hasRemotes(): boolean {
    return this.platforms.length > 0;
  }

  private platformOf({ platform }: Site): number {
    if (platform === undefined) return 0;
    const place = this.platforms.indexOf(platform);
    return place < 0 ? this.platforms.push(platform) : place + 1;
  }

  private newCapacity({ nodes, unitsPerNode }: PoolFact): Capacity {
    return new Capacity(this, nodes, unitsPerNode, this.pools.length);
  }

  newBook(fact: Fact<DefineBook>): Book {
    const book = new Book(this.books.length, fact, this.leaves.list(this.tables.offers), this.leaves.list(this.tables.bids));
    book.isRemote = this.pools.some((pool) => pool.platform > 0 && isOfProduct(pool.fact, fact));
    this.books.push(book);
    this.bookOf.set(fact.bookId, book);
    return book;
  }
}

type Product = Pick<Fact<DefineBook>, 'computeClass' | 'modelId' | 'unit'>;

export const isOfProduct = (a: Product, b: Product): boolean =>
  a.computeClass === b.computeClass && a.modelId === b.modelId && a.unit === b.unit;
