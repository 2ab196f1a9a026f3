import type { BookId, OrderId, ParticipantId, PoolId, Price, Region, SiteId, Slot, Time, TradeNumber } from '#domain';
import type { CommandKind } from './command.js';
import type { NodeUnits } from './node-units.js';
import type { PieceReserved, ReservationEnded } from './reservation.js';
import type { BidTerms } from './terms.js';
import type { Rejection } from './rejection.js';

export type { NodeUnits } from './node-units.js';
export type { PieceReserved, ReservationEnded } from './reservation.js';

// The events of a command come in R-10's order. They carry neither sequence nor time: those are the command's, but for `due`.

// ---- what fell due; due is the instant, not after the command's time

export interface LeaseEnded {
  readonly kind: 'LeaseEnded';
  readonly tradeNumber: TradeNumber;
  readonly due: Time;
}

export interface OrderExpired {
  readonly kind: 'OrderExpired';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  readonly due: Time;
}

// ---- the answer

/** A command that is no order was applied: a fact, a passing of time, a cancel-all. */
export interface Applied {
  readonly kind: 'Applied';
  readonly command: CommandKind;
}

/** the answer to HaltBook and ReopenBook; a halt by the band stands after the trades that were made before it. */
export interface BookHalted {
  readonly kind: 'BookHalted';
  readonly bookId: BookId;
  readonly reason: 'operator' | 'band';
  /** At which a trade was not made, and what the band lies around; 0s for the operator's halt. */
  readonly price: Price;
  readonly referencePrice: Price;
}

export interface BookReopened {
  readonly kind: 'BookReopened';
  readonly bookId: BookId;
}

/** A command was refused; nothing but the passing of time came of it. Orders, amends and buying power have their own refusals. */
export interface CommandRefused {
  readonly kind: 'CommandRefused';
  readonly command: CommandKind;
  readonly rejection: Rejection;
}

/** repeated: the id was known (R-10a), nothing happened. */
export interface OrderAccepted {
  readonly kind: 'OrderAccepted';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  readonly repeated: boolean;
}

export interface OrderRefused {
  readonly kind: 'OrderRefused';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  readonly rejection: Rejection;
  readonly repeated: boolean;
}

export interface OrderAmended {
  readonly kind: 'OrderAmended';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  readonly keepsTime: boolean;
}

/** Of an amend or a cancel; the order stays as it was. */
export interface ChangeRefused {
  readonly kind: 'ChangeRefused';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly rejection: Rejection;
}

/** buyingPower: all of it, reserved or not, in micro-yuan. */
export interface BuyingPowerRaised {
  readonly kind: 'BuyingPowerRaised';
  readonly participantId: ParticipantId;
  readonly number: number;
  readonly buyingPower: number;
}

export interface BuyingPowerLowered {
  readonly kind: 'BuyingPowerLowered';
  readonly participantId: ParticipantId;
  readonly requestId: string;
  readonly amount: number;
  readonly accepted: boolean;
  readonly buyingPower: number;
}

/** What another shard gave came in. */
export interface SliceTaken {
  readonly kind: 'SliceTaken';
  readonly participantId: ParticipantId;
  readonly amount: number;
  readonly buyingPower: number;
}

/** The trade is finally settled: cost left buying power, freed is no longer reserved. Both are the buyer's money. */
export interface TradeReleased {
  readonly kind: 'TradeReleased';
  readonly tradeNumber: TradeNumber;
  readonly participantId: ParticipantId;
  readonly cost: number;
  readonly freed: number;
}

// ---- losses

/** The lease loses these units on these nodes from the slot `from` to its end. What of them is placed anew follows as TradeMade, what not as LeaseCutShort. */
export interface LeaseLost {
  readonly kind: 'LeaseLost';
  readonly tradeNumber: TradeNumber;
  readonly nodes: readonly NodeUnits[];
  readonly units: number;
  readonly from: Slot;
  /** Micro-yuan of the trade's hold that stood for what is lost, and is held no more by it. */
  readonly unheld: number;
}

// ---- leases reclaimed

/** The lease ends at the slot `from`: a FIRM bid, or the grid, takes its nodes. Its undelivered slots follow as BidContinued. */
export interface LeaseReclaimed {
  readonly kind: 'LeaseReclaimed';
  readonly tradeNumber: TradeNumber;
  readonly units: number;
  readonly from: Slot;
  /** Micro-yuan that its trade holds no more. */
  readonly unheld: number;
  /** The bid that reclaims; 0: the grid. */
  readonly byOrderId: OrderId;
}

// ---- trades, as taken

export interface TradeMade {
  readonly kind: 'TradeMade';
  readonly tradeNumber: TradeNumber;
  readonly bidId: OrderId;
  readonly offerId: OrderId;
  readonly buyerId: ParticipantId;
  readonly providerId: ParticipantId;
  readonly bookId: BookId;
  readonly poolId: PoolId;
  readonly siteId: SiteId;
  readonly region: Region;
  /** By node, ascending. */
  readonly nodes: readonly NodeUnits[];
  readonly units: number;
  /** What the units count for the bid: units, or millionths of a PFLOPS. */
  readonly counted: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly price: Price;
  /** Micro-yuan that the buyer pays for all slots, and for the link; their sum is held. */
  readonly computeAmount: number;
  readonly transferAmount: number;
  /** what of that sum the bid's programme holds; the rest is the buyer's money. */
  readonly subsidy: number;
  /** 0 where no link is paid. */
  readonly linkOwnerId: ParticipantId;
  /** the bid had the earlier time. */
  readonly bidWasFirst: boolean;
  /** the lease whose lost units this places anew, and what its provider owes beyond what the buyer pays, micro-yuan; 0 for a plain trade. */
  readonly replaces: TradeNumber;
  readonly owedAmount: number;
}

/** what the trade before sells is of this lease: its maker is the provider of record, the pool's provider delivers. */
export interface LeaseResold {
  readonly kind: 'LeaseResold';
  readonly tradeNumber: TradeNumber;
  readonly byTradeNumber: TradeNumber;
  readonly deliveredById: ParticipantId;
}

/** R-7a: the trade before is of the second fill; it fills nothing of the bid. */
export interface StandbyMade {
  readonly kind: 'StandbyMade';
  readonly tradeNumber: TradeNumber;
}

/** the trade before is more of this lease, on the same nodes. */
export interface LeaseExtended {
  readonly kind: 'LeaseExtended';
  readonly tradeNumber: TradeNumber;
  readonly byTradeNumber: TradeNumber;
}

/** the trade before sells nodes of a FIRM lease that its buyer ended early; so much of its price is that buyer's. */
export interface ProceedsShared {
  readonly kind: 'ProceedsShared';
  readonly tradeNumber: TradeNumber;
  readonly byTradeNumber: TradeNumber;
  readonly participantId: ParticipantId;
  /** Micro-yuan. */
  readonly amount: number;
}

/** Units of a lease that end at the slot `from`: lost ones that found no new place (LeaseLost told what is unheld), or all that stood of a gang that is broken or of a lease that its buyer ended. */
export interface LeaseCutShort {
  readonly kind: 'LeaseCutShort';
  readonly tradeNumber: TradeNumber;
  readonly units: number;
  readonly from: Slot;
  readonly reason: 'lost' | 'gang_broken' | 'ended_early';
  readonly unheld: number;
}

// ---- what becomes of the order

export interface OrderFilled {
  readonly kind: 'OrderFilled';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
}

/** the undelivered slots of a reclaimed lease, as a new bid with the time of the lease's own (`parentId`). Its trades, and its being filled or rested, follow at once. */
export interface BidContinued {
  readonly kind: 'BidContinued';
  /** From 2^52 on: no participant's order has it. */
  readonly orderId: OrderId;
  readonly parentId: OrderId;
  readonly tradeNumber: TradeNumber;
  readonly participantId: ParticipantId;
  readonly terms: BidTerms;
  readonly rest: number;
}

/** rest: units, or millionths of a PFLOPS. An offer's rest is its units. */
export interface OrderRested {
  readonly kind: 'OrderRested';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  readonly rest: number;
}

export interface OrderCancelled {
  readonly kind: 'OrderCancelled';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly isBid: boolean;
  /** ended: IOC or FOK. disconnected: its session ended. lease_ended: what it resells is no more. supply_gone: its partner has none of it any more. */
  readonly reason: 'asked' | 'ended' | 'suspended' | 'disconnected' | 'lease_ended' | 'supply_gone';
}

export type Event =
  | LeaseEnded
  | OrderExpired
  | Applied
  | BookHalted
  | BookReopened
  | CommandRefused
  | OrderAccepted
  | OrderRefused
  | OrderAmended
  | ChangeRefused
  | BuyingPowerRaised
  | BuyingPowerLowered
  | SliceTaken
  | TradeReleased
  | LeaseLost
  | LeaseReclaimed
  | TradeMade
  | StandbyMade
  | LeaseResold
  | LeaseExtended
  | ProceedsShared
  | LeaseCutShort
  | OrderFilled
  | BidContinued
  | OrderRested
  | OrderCancelled
  | PieceReserved
  | ReservationEnded;

export type EventKind = Event['kind'];
