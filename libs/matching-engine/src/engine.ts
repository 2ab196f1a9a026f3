import type { BookId, OrderId, ParticipantId, PoolId, Price, Region, Slot, Time } from '#domain';
import type { BidTerms, Command } from './command.js';
import type { Event } from './event.js';
import type { Explanation } from './explanation.js';
import type { OnSale } from './on-sale.js';
import type { Rejection } from './rejection.js';
import type { Snapshot } from './snapshot.js';

/** One market shard: a function of its commands alone. Everything but `apply` changes nothing. */
export interface MatchingEngine {
  /** Total: never throws, and every command yields at least one event, a refusal among them. */
  apply(command: Command): Event[];
  /** R-10a: the order of this id is open, or is answered with its first answer still. */
  knows(orderId: OrderId): boolean;
  /** R-20's dry run: what the bid would get if it came next, at `time` (the market's own time where that is later). */
  quote(bid: QuotedBid, time: Time): Quote;
  /** R-20 for a bid that rests, or closed less than 24 hours ago or still has leases, as the market stands now; null for others. */
  explain(orderId: OrderId): Explanation | null;
  /** What rests in a book for the slots [from, to). Empty for a book that is not defined. */
  depth(bookId: BookId, from: Slot, to: Slot): Depth;
  /** what pools of this platform have on sale in a book in each slot of [from, to), by what a partner is told of them; single units, and nothing that would have to be reclaimed. */
  onSale(bookId: BookId, from: Slot, to: Slot): OnSale[];
  /** of the book, by region, then hour. */
  index(bookId: BookId): IndexPrice[];
  /** Null for a participant that never had any. */
  buyingPower(participantId: ParticipantId): BuyingPower | null;
  /** Plain JSON; `restore` makes an engine of the same hash and behaviour of it. */
  snapshot(): Snapshot;
  /** The same of the market as it stands at this call, made in steps between which commands may be applied: for a market that may not stand still. */
  snapshotSteps(): Generator<undefined, Snapshot, undefined>;
  /** 32 hexadecimal digits over the canonical state: equal states hash alike however they came about; sequence numbers are not part of it, the order of orders is. */
  stateHash(): string;
}

export interface EngineOptions {
  /** How far ahead of the first sellable slot a window may end. 90 days where not given. */
  readonly horizonSlots?: number;
  /** Which shard it is: the ids of its rests are no other shard's. 0 where not given; below 4,096. */
  readonly shard?: number;
  /** How many orders of each kind to make room for at once: no rule, only so that tables need not grow so often. */
  readonly orders?: number;
  /** After how many looks in vain, in one walk through a book's orders, the fast engine keeps columns of them: no rule, only so that books whose first orders fit need none. */
  readonly columnsAfter?: number;
}

export interface QuotedBid {
  readonly participantId: ParticipantId;
  /** micro-yuan that the participant has free in other shards, and that would be brought. */
  readonly elsewhere?: number;
  readonly terms: BidTerms;
}

export interface QuotedFill {
  readonly offerId: OrderId;
  readonly bookId: BookId;
  readonly poolId: PoolId;
  readonly units: number;
  readonly nodes: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly price: Price;
  readonly computeAmount: number;
  readonly transferAmount: number;
  /** R-7a: of the second fill. */
  readonly standby: boolean;
}

export interface Quote {
  /** Why the bid would be refused (its order rate aside); then there are no fills. */
  readonly rejection: Rejection | null;
  readonly fills: readonly QuotedFill[];
  /** Counted: units, or millionths of a PFLOPS. */
  readonly filled: number;
  readonly rest: number;
  /** Micro-yuan: of the fills, and what the bid would reserve at first. */
  readonly cost: number;
  readonly buyingPowerUsed: number;
  readonly explanation: Explanation;
}

export interface DepthLevel {
  readonly price: Price;
  readonly units: number;
  readonly orders: number;
}

/** Bids from the highest limit, by what they lack; offers from the lowest ask, by the most units that they can still sell at one instant. Bids by PFLOPS are left out. */
export interface Depth {
  readonly bids: readonly DepthLevel[];
  readonly offers: readonly DepthLevel[];
}

/** the volume-weighted price of a book's trades in a region that were made in an hour. */
export interface IndexPrice {
  readonly region: Region;
  /** Hours since the Unix epoch; Shanghai's begin with them. */
  readonly hour: number;
  /** Rounded down to the tick. */
  readonly price: Price;
  readonly trades: number;
  readonly unitSlots: number;
}

/** Micro-yuan. reserved: for open bids and for trades not yet settled. */
export interface BuyingPower {
  readonly total: number;
  readonly reserved: number;
  /** Number of the last raise. */
  readonly raises: number;
}

/** An empty shard. */
export type CreateEngine = (options?: EngineOptions) => MatchingEngine;

/** An engine that goes on where the snapshot was taken. Throws where the snapshot is of a format it does not know. */
export type RestoreEngine = (snapshot: Snapshot) => MatchingEngine;
