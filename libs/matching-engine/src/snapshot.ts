import type { BookId, OrderId, ParticipantId, PoolId, Price, Region, SessionId, SiteId, Slot, Tier, Time, TradeNumber } from '#domain';
import type { BidTerms, CurtailSite, DefineBook, OfferTerms, SetLink, SetParticipant, SetPool, SetSite } from './command.js';
import type { NodeUnits } from './event.js';
import type { TradeChoice } from './explanation.js';
import type { Rejection } from './rejection.js';
import type { ReservedState } from './reservation.js';

export type { ReservedState } from './reservation.js';

/** A fact without the stamp and kind of the command that set it. */
export type Fact<C> = Omit<C, 'kind' | 'sequence' | 'time'>;

export interface PoolState extends Fact<SetPool> {
  health: number;
  draining: boolean;
  /** By node, where not OK, and where draining. */
  nodeHealth: { node: number; health: number }[];
  drainingNodes: number[];
}

export interface ParticipantState extends Fact<SetParticipant> {
  /** R-28; left out where nothing is, so that the hash of a market without debtors is as it ever was. */
  overdue?: true;
  /** the second of command time of its last order, and its orders in it. */
  second: number;
  orders: number;
}

export interface BuyingPowerState {
  participantId: ParticipantId;
  total: number;
  raises: number;
}

/** a book's trades in a region, in the last hour that had any and in the one before. */
export interface IndexState {
  bookId: BookId;
  region: Region;
  last: HourState;
  before: HourState | null;
}

export interface HourState {
  /** Hours since the Unix epoch. */
  hour: number;
  trades: number;
  unitSlots: number;
  /** What was paid for compute, in two safe integers: yuan, and less than a million micro-yuan. */
  yuan: number;
  microYuan: number;
}

export interface OfferState {
  orderId: OrderId;
  participantId: ParticipantId;
  sessionId: SessionId;
  poolId: PoolId;
  tier: Tier;
  terms: OfferTerms;
  /** Sequence of the command that last gave it its time. */
  priority: number;
  /** the lease that it resells; 0: none. */
  lease: TradeNumber;
  /** it arrived while its book was halted, and waits for the reopening. */
  collected: boolean;
}

export interface BidState {
  orderId: OrderId;
  participantId: ParticipantId;
  sessionId: SessionId;
  /** earliest and latest as accepted: raised and resolved. */
  terms: BidTerms;
  priority: number;
  open: boolean;
  /** it arrived, or was stopped by the band, while one of its books was halted, and waits for the reopening. */
  collected: boolean;
  /** Counted units that are filled. */
  filled: number;
  /** what is left of its subsidy, set aside for what it lacks; and the subsidy's rate. */
  subsidy: number;
  subsidyRateBp: number;
  /** R-11a: what its GB are for: its units as they were when the GB were declared. */
  gbUnits: number;
  /** it is the rest of a reclaimed lease, and pays the ask. */
  isRest: boolean;
  /** where a rest is bound to; 0s: nowhere. */
  tie: TieState;
  /** place in the list of bids of the bid whose lease was reclaimed; -1 where there is none, or nothing of it here. */
  parent: number;
  /** How its trades were chosen, for its explanation; not part of the hash. */
  choices: TradeChoice[];
}

export interface TieState {
  pool: PoolId;
  site: SiteId;
  region: Region;
}

/** no RECLAIMABLE offer of the site is sold in the slots [from, to). */
export type CurtailmentState = Fact<CurtailSite>;

/** what a buyer gave up of a FIRM lease, and its provider has not sold again. */
export interface VacatedState {
  tradeNumber: TradeNumber;
  participantId: ParticipantId;
  poolId: PoolId;
  /** What the buyer pays for it. */
  price: Price;
  left: NodeWindow[];
}

export interface NodeWindow {
  node: number;
  units: number;
  from: Slot;
  to: Slot;
}

/** A trade not finally settled, or whose lease has not ended. */
export interface TradeState {
  tradeNumber: TradeNumber;
  /** Its bid's place in the list of bids: an id may come again 24 hours after its order closed (R-10a), while the old order's leases run. */
  bid: number;
  offerId: OrderId;
  /** The offer is still open, and what is lost of the lease can be sold by it again. */
  offerIsOpen: boolean;
  /** the trade whose place this one keeps: its own number unless it re-places another. */
  place: TradeNumber;
  /** R-7a: it is of the second fill. */
  standby: boolean;
  /** the lease of which it is a part resold; 0: none. */
  within: TradeNumber;
  bookId: BookId;
  poolId: PoolId;
  /** What stands: units lost are gone from it, and `to` is earlier where it was cut short. */
  nodes: NodeUnits[];
  counted: number;
  from: Slot;
  to: Slot;
  /** its first slot; of a lease that was placed anew that of the lost one. */
  since: Slot;
  price: Price;
  transferAmount: number;
  /** Micro-yuan that it still holds, and what of them is subsidy; the rest is of buying power. */
  held: number;
  subsidy: number;
  settled: boolean;
  ended: boolean;
  /** it waits to be decided and is no trade yet: it holds no money of its own, and its bid counts it as filled. Left out for all others. */
  reserved?: ReservedState;
}

/** R-10a: the first answer to an order's id. */
export interface RememberedState {
  orderId: OrderId;
  participantId: ParticipantId;
  isBid: boolean;
  rejection: Rejection | null;
  /** Null while the order is open. */
  closedAt: Time | null;
}

/** The whole state of a shard. Lists are in order: facts by id, orders by time (priority, then id), trades by number, memories as closed, then by id. */
export interface Snapshot {
  format: 1;
  rulesVersion: number;
  horizonSlots: number;
  sequence: number;
  time: Time;
  lastTrade: TradeNumber;
  /** How many rests were made. */
  lastRest: number;
  participants: ParticipantState[];
  buyingPower: BuyingPowerState[];
  sites: Fact<SetSite>[];
  pools: PoolState[];
  links: Fact<SetLink>[];
  books: Fact<DefineBook>[];
  /** the books that are halted, by id; and whether the market is. */
  halted: BookId[];
  stopped: boolean;
  /** By site. */
  curtailments: CurtailmentState[];
  /** By book, then region. */
  index: IndexState[];
  /** Open ones. */
  offers: OfferState[];
  /** Open ones, and closed ones that have trades here. */
  bids: BidState[];
  /** Closed less than 24 hours ago, for their explanation; not part of the hash. */
  closedBids: BidState[];
  trades: TradeState[];
  /** As they were given up. */
  vacated: VacatedState[];
  remembered: RememberedState[];
}
