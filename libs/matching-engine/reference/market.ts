import { ComputeClass, firstSellableSlot, Health, Precision } from '#domain';
import type { BookId, OrderId, ParticipantId, PoolId, Region, SessionId, SiteId, Slot, Tier, Time, TradeNumber } from '#domain';
import type { BidTerms, DefineBook, OfferTerms, SetLink, SetSite } from '../src/command.js';
import type { TradeChoice } from '../src/explanation.js';
import type {
  BuyingPowerState,
  CurtailmentState,
  Fact,
  IndexState,
  ParticipantState,
  PoolState,
  RememberedState,
  ReservedState,
  TieState,
  VacatedState,
} from '../src/snapshot.js';
import type { NodeUnits } from '../src/event.js';
import { DueQueue } from './due.js';
import { Timeline } from './timeline.js';

export type Site = Fact<SetSite>;
export type Link = Fact<SetLink>;
export type Book = Fact<DefineBook>;
export type Curtailment = CurtailmentState;
export type Participant = ParticipantState;
export type PoolFact = Omit<PoolState, 'health' | 'draining' | 'nodeHealth' | 'drainingNodes'>;
export type Remembered = RememberedState;

export interface Account extends BuyingPowerState {
  /** Of open bids and trades not settled. */
  reserved: number;
}

/** A pool's nodes: what is usable, and what is taken when. */
export class Pool {
  health: number = Health.OK;
  draining = false;
  /** when nothing RECLAIMABLE of it is sold; null: always. */
  curtailment: Curtailment | null = null;
  readonly nodeHealth = new Map<number, number>();
  readonly drainingNodes = new Set<number>();
  private readonly taken: Timeline[] = [];

  constructor(
    public fact: PoolFact,
    public site: Site,
  ) {}

  node(index: number): Timeline {
    return (this.taken[index] ??= new Timeline());
  }

  healthOf(index: number): number {
    return this.nodeHealth.get(index) ?? Health.OK;
  }

  /** verified, healthy and not draining. */
  isUsable(index: number): boolean {
    return this.healthOf(index) === Health.OK && !this.drainingNodes.has(index);
  }

  /** False: no node of it can be sold. */
  trades(): boolean {
    return this.fact.active && this.site.active && this.health === Health.OK && !this.draining;
  }

  /** Units free on a usable node at every slot of the window. */
  freeOn(index: number, from: Slot, to: Slot): number {
    return Math.max(0, this.fact.unitsPerNode - (this.taken[index]?.peak(from, to) ?? 0));
  }

  /** What is free on each usable node over the window. */
  freeByNode(from: Slot, to: Slot): { node: number; free: number }[] {
    if (!this.trades()) return [];
    const nodes = Array.from({ length: this.fact.nodes }, (_, node) => node).filter((node) => this.isUsable(node));
    return nodes.map((node) => ({ node, free: this.freeOn(node, from, to) }));
  }

  /** The slots at which a node has more free than just before. */
  falls(): Slot[] {
    return this.taken.flatMap((node) => node.falls());
  }

  /** Thousandths of a TFLOPS a unit; 0 where not measured. */
  tflopsMilli(precision: Precision): number {
    return precision === Precision.FP16 ? this.fact.tflopsFp16Milli : this.fact.tflopsFp32Milli;
  }
}

export interface Offer {
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly sessionId: SessionId;
  readonly pool: Pool;
  readonly book: Book;
  /** what it resells; null: it sells of the pool. */
  readonly lease: Trade | null;
  readonly tier: Tier;
  terms: OfferTerms;
  priority: number;
  collected: boolean;
  readonly sold: Timeline;
}

export interface Bid {
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly sessionId: SessionId;
  terms: BidTerms;
  priority: number;
  open: boolean;
  collected: boolean;
  /** Counted. */
  filled: number;
  gbUnits: number;
  readonly isRest: boolean;
  readonly tie: TieState;
  readonly parent: Bid | null;
  /** Micro-yuan for what it still lacks: the buyer's money, and what its programme pays. */
  reserved: number;
  subsidy: number;
  readonly subsidyRateBp: number;
  /** When it expires. */
  due: Time;
  readonly choices: TradeChoice[];
  /** Not settled or not ended. */
  readonly trades: Set<Trade>;
}

export interface Trade {
  readonly tradeNumber: TradeNumber;
  readonly place: TradeNumber;
  readonly bid: Bid;
  readonly offerId: OrderId;
  /** Null where it was closed when the market was restored: nothing more is sold of it. */
  readonly offer: Offer | null;
  readonly bookId: BookId;
  readonly pool: Pool;
  /** R-7a: of the second fill. */
  readonly standby: boolean;
  /** the lease that it is a part of, resold; null: none, or that one has ended. */
  within: Trade | null;
  /** what was resold of it, by node. */
  readonly resold: Map<number, Timeline>;
  nodes: NodeUnits[];
  counted: number;
  readonly from: Slot;
  to: Slot;
  readonly since: Slot;
  readonly price: number;
  transferAmount: number;
  held: number;
  /** What of it the bid's programme holds; the rest is the buyer's money. */
  subsidy: number;
  settled: boolean;
  ended: boolean;
  /** it waits, and is no trade yet; null for all others. */
  reserved: ReservedState | null;
}

/** an extension takes these nodes alone. */
export interface Pin {
  readonly lease: Trade;
  readonly nodes: readonly NodeUnits[];
}

/** What a bid, or what was lost of a lease, holds for trades to come: the buyer's money and its programme's, micro-yuan. */
export type Purse = Pick<Bid, 'reserved' | 'subsidy'>;

/** Units of a lease that are gone from a slot on, and what was held for them. */
export interface LostPart {
  readonly trade: Trade;
  readonly from: Slot;
  readonly to: Slot;
  readonly units: number;
  readonly counted: number;
  /** What was still held for them, of the price and of the link's charge; micro-yuan. */
  readonly computeAmount: number;
  readonly transferAmount: number;
  readonly purse: Purse;
  /** The pool whose provider failed it; 0: none. */
  readonly withoutPool: number;
}

interface LinksFrom {
  readonly toSite: Map<SiteId, Link>;
  readonly toRegion: Map<Region, Link>;
}

/** The state of a shard, and the look-ups over it. */
export class Market {
  rulesVersion = 1;
  sequence = 0;
  time: Time = 0;
  lastTrade: TradeNumber = 0;
  lastRest = 0;
  readonly participants = new Map<ParticipantId, Participant>();
  readonly accounts = new Map<ParticipantId, Account>();
  readonly sites = new Map<SiteId, Site>();
  readonly pools = new Map<PoolId, Pool>();
  readonly links = new Map<number, Link>();
  readonly books = new Map<BookId, Book>();
  /** */
  readonly halted = new Set<BookId>();
  stopped = false;
  /** */
  readonly curtailments = new Map<SiteId, Curtailment>();
  /** R-19, by book and region. */
  readonly index = new Map<string, IndexState>();
  /** Open offers; of those the ones of a book. */
  readonly offers = new Map<OrderId, Offer>();
  readonly offersOfBook = new Map<BookId, Set<Offer>>();
  /** Those whose ids are known (R-10a). Older ones are reached by their trades. */
  readonly bids = new Map<OrderId, Bid>();
  readonly resting = new Set<Bid>();
  readonly trades = new Map<TradeNumber, Trade>();
  /** R-18, as they were given up. */
  vacated: VacatedState[] = [];
  readonly remembered = new Map<OrderId, Remembered>();
  /** Of those the closed ones, as they closed. */
  readonly closed: { readonly orderId: OrderId; readonly closedAt: Time }[] = [];
  readonly due = new DueQueue();
  private linksFrom = new Map<Region, LinksFrom>();

  constructor(readonly horizonSlots: number) {}

  get firstSellable(): Slot {
    return firstSellableSlot(this.time);
  }

  /** nothing of the book trades. */
  isHalted(bookId: BookId): boolean {
    return this.stopped || this.halted.has(bookId);
  }

  account(participantId: ParticipantId): Account {
    const known = this.accounts.get(participantId);
    if (known) return known;
    const account: Account = { participantId, total: 0, raises: 0, reserved: 0 };
    this.accounts.set(participantId, account);
    return account;
  }

  groupOf(participantId: ParticipantId): number {
    return this.participants.get(participantId)?.group ?? 0;
  }

  bookOf(pool: PoolFact, tier: Tier): Book | undefined {
    for (const book of this.books.values()) if (book.tier === tier && isOfProduct(pool, book)) return book;
    return undefined;
  }

  addOffer(offer: Offer): void {
    this.offers.set(offer.orderId, offer);
    const ofBook = this.offersOfBook.get(offer.book.bookId);
    if (ofBook) ofBook.add(offer);
    else this.offersOfBook.set(offer.book.bookId, new Set([offer]));
  }

  removeOffer(offer: Offer): void {
    this.offers.delete(offer.orderId);
    this.offersOfBook.get(offer.book.bookId)?.delete(offer);
  }

  setLink(link: Link): void {
    this.links.set(link.linkId, link);
    this.linksFrom = new Map();
    for (const each of [...this.links.values()].filter((known) => known.active).sort(byPriceThenDelay)) {
      let from = this.linksFrom.get(each.fromRegion);
      if (!from) this.linksFrom.set(each.fromRegion, (from = { toSite: new Map(), toRegion: new Map() }));
      if (each.toSiteId !== 0 && !from.toSite.has(each.toSiteId)) from.toSite.set(each.toSiteId, each);
      if (each.toSiteId === 0 && !from.toRegion.has(each.toRegion)) from.toRegion.set(each.toRegion, each);
    }
  }

  /** R-11a: a site's link comes before its region's. */
  linkTo(demandRegion: Region, site: Site): Link | undefined {
    const from = this.linksFrom.get(demandRegion);
    return from?.toSite.get(site.siteId) ?? from?.toRegion.get(site.region);
  }
}

/** Of several links with the same ends the cheapest counts, then the shortest, then the oldest. */
const byPriceThenDelay = (a: Link, b: Link): number => a.pricePerGb - b.pricePerGb || a.roundTripUs - b.roundTripUs || a.linkId - b.linkId;

type Product = Pick<Book, 'computeClass' | 'modelId' | 'unit'>;

export const isOfProduct = (pool: Product, book: Product): boolean =>
  pool.computeClass === book.computeClass && pool.modelId === book.modelId && pool.unit === book.unit;

/** The class that a bid is about; null for a bid that names no book that is defined. */
export const classOf = (market: Market, terms: BidTerms): ComputeClass | null =>
  terms.floor?.computeClass ?? market.books.get(terms.books[0]!)?.computeClass ?? null;

/** the order of orders by time. */
export const byTime = (a: { priority: number; orderId: OrderId }, b: { priority: number; orderId: OrderId }): number =>
  a.priority - b.priority || a.orderId - b.orderId;
