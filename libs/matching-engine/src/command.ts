import type {
  BookId,
  ComputeClass,
  Health,
  Interconnect,
  LinkId,
  ModelId,
  OrderId,
  OwnerGroup,
  ParticipantId,
  PoolId,
  Price,
  Region,
  ResidencyZone,
  SessionId,
  SiteId,
  Tier,
  Time,
  TradeNumber,
  Unit,
} from '#domain';
import type { CurtailSite, EndSessions, HaltBook, ReopenBook, StartMarket, StopMarket } from './control.js';
import type { EndLease, ExtendLease, ResellLease } from './lease-command.js';
import type { DecideReservation, RemoteLeasesLost } from './reservation.js';
import type { Stamp } from './stamp.js';
import type { Subsidy } from './subsidy.js';
import type { BidTerms, OfferTerms } from './terms.js';

export type { CurtailSite, EndSessions, HaltBook, ReopenBook, StartMarket, StopMarket } from './control.js';
export type { EndLease, ExtendLease, ResellLease } from './lease-command.js';
export type { DecideReservation, RemoteLeasesLost, RemoteLeft } from './reservation.js';
export type { Stamp } from './stamp.js';
export type { Subsidy } from './subsidy.js';
export { noConstraints } from './terms.js';
export type { BidTerms, ClassFloor, Constraints, OfferTerms } from './terms.js';

// ---- orders

export interface SubmitBid extends Stamp {
  readonly kind: 'SubmitBid';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  /** the session that it goes with; 0: none. */
  readonly sessionId: SessionId;
  readonly terms: BidTerms;
  /** what a programme set aside for it. */
  readonly subsidy?: Subsidy;
  /** what it gets is reserved until then (ms since the Unix epoch), and no trade unless it is decided before. For FOK, of this platform's pools alone. */
  readonly reserveUntil?: Time;
}

/** The book is that of the pool and the tier. */
export interface SubmitOffer extends Stamp {
  readonly kind: 'SubmitOffer';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly sessionId: SessionId;
  readonly poolId: PoolId;
  readonly tier: Tier;
  readonly terms: OfferTerms;
}

/** What is present is changed. */
export interface AmendBid extends Stamp {
  readonly kind: 'AmendBid';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly changes: Partial<BidTerms>;
}

export interface AmendOffer extends Stamp {
  readonly kind: 'AmendOffer';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly changes: Partial<OfferTerms>;
}

/** Bid or offer. */
export interface CancelOrder extends Stamp {
  readonly kind: 'CancelOrder';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
}

export interface CancelAll extends Stamp {
  readonly kind: 'CancelAll';
  readonly participantId: ParticipantId;
}

// ---- leases and time

/** The provider did not confirm the lease by its deadline: a loss by R-24, re-placed outside of its pool. */
export interface FailLease extends Stamp {
  readonly kind: 'FailLease';
  readonly tradeNumber: TradeNumber;
}

/** Only lets time pass. */
export interface AdvanceTime extends Stamp {
  readonly kind: 'AdvanceTime';
}

/** From here on the engine behaves as this version of the rules says. Versions only grow; the engine refuses those it does not know. */
export interface RulesVersion extends Stamp {
  readonly kind: 'RulesVersion';
  readonly version: number;
}

// ---- buying power

/** Numbered from 1 for each participant, without gaps; what was applied before is refused and changes nothing. */
export interface RaiseBuyingPower extends Stamp {
  readonly kind: 'RaiseBuyingPower';
  readonly participantId: ParticipantId;
  readonly number: number;
  /** Micro-yuan, positive. */
  readonly amount: number;
}

/** Answered by BuyingPowerLowered, accepted or not. */
export interface LowerBuyingPower extends Stamp {
  readonly kind: 'LowerBuyingPower';
  readonly participantId: ParticipantId;
  /** Opaque; comes back in the answer. */
  readonly requestId: string;
  readonly amount: number;
}

/** a part of the participant's buying power that left another shard's sequence. That it comes once is the shell's to see to. */
export interface TakeSlice extends Stamp {
  readonly kind: 'TakeSlice';
  readonly participantId: ParticipantId;
  /** Micro-yuan, positive. */
  readonly amount: number;
}

/** The trade's final cost to the buyer's money, at most what it holds of it: taken from buying power, and the rest is free again. */
export interface SettleTrade extends Stamp {
  readonly kind: 'SettleTrade';
  readonly tradeNumber: TradeNumber;
  readonly cost: number;
}

// ---- facts; each carries the whole of what it is about

export interface SetParticipant extends Stamp {
  readonly kind: 'SetParticipant';
  readonly participantId: ParticipantId;
  readonly group: OwnerGroup;
  /** False: its resting orders go at once and it may place none. */
  readonly active: boolean;
  readonly ordersPerSecond: number;
  /** Micro-yuan, at most maxOrderValue. */
  readonly orderValueCap: number;
  /** Empty: all. */
  readonly tradableClasses: readonly ComputeClass[];
}

/** the participant begins or ceases to owe what is overdue. It is kept apart from the participant's own facts, which another service tells. */
export interface OverdueChanged extends Stamp {
  readonly kind: 'OverdueChanged';
  readonly participantId: ParticipantId;
  readonly overdue: boolean;
}

export interface SetSite extends Stamp {
  readonly kind: 'SetSite';
  readonly siteId: SiteId;
  /** Verified: its pools may trade. */
  readonly active: boolean;
  readonly region: Region;
  readonly zone: ResidencyZone;
  readonly securityGrade: number;
  readonly greenShareBp: number;
  readonly pueMilli: number;
  /** the partner on whose platform it lies, which never changes; left out: this one. */
  readonly platform?: ParticipantId;
}

/** Site, provider, class, model, unit and unitsPerNode never change; nodes are numbered from 0 and their count only grows. */
export interface SetPool extends Stamp {
  readonly kind: 'SetPool';
  readonly poolId: PoolId;
  readonly siteId: SiteId;
  readonly providerId: ParticipantId;
  readonly active: boolean;
  readonly computeClass: ComputeClass;
  readonly modelId: ModelId;
  readonly unit: Unit;
  readonly nodes: number;
  readonly unitsPerNode: number;
  readonly memoryGib: number;
  readonly interconnect: Interconnect;
  /** Thousandths of a TFLOPS a unit; 0 where not measured. */
  readonly tflopsFp16Milli: number;
  readonly tflopsFp32Milli: number;
  readonly domestic: boolean;
  readonly reliabilityBp: number;
}

/** One way, from the demand region to a region or to a site there. */
export interface SetLink extends Stamp {
  readonly kind: 'SetLink';
  readonly linkId: LinkId;
  readonly active: boolean;
  readonly ownerId: ParticipantId;
  readonly fromRegion: Region;
  readonly toRegion: Region;
  /** 0 where it ends at the region. */
  readonly toSiteId: SiteId;
  readonly roundTripUs: number;
  /** Micro-yuan. */
  readonly pricePerGb: number;
}

export interface DefineBook extends Stamp {
  readonly kind: 'DefineBook';
  readonly bookId: BookId;
  readonly computeClass: ComputeClass;
  readonly modelId: ModelId;
  readonly unit: Unit;
  readonly tier: Tier;
  /** The operator's, where there is no index; 0: none. */
  readonly referencePrice: Price;
  /** how far from the index an order's price may lie; 0: anywhere. */
  readonly collarBp: number;
  /** how far from it a trade's price may lie; 0: anywhere. */
  readonly bandBp: number;
}

/** Of the pool as a whole; a node is usable where both pool and node are OK and neither drains. DRAINING is said by DrainChanged. */
export interface PoolHealthChanged extends Stamp {
  readonly kind: 'PoolHealthChanged';
  readonly poolId: PoolId;
  readonly health: Exclude<Health, typeof Health.DRAINING>;
}

export interface NodeHealthChanged extends Stamp {
  readonly kind: 'NodeHealthChanged';
  readonly poolId: PoolId;
  readonly nodes: readonly number[];
  readonly health: Exclude<Health, typeof Health.DRAINING>;
}

/** Planned maintenance begins or ends. It is kept apart from health, so that a node that drains and falls silent still drains when it reports again. */
export interface DrainChanged extends Stamp {
  readonly kind: 'DrainChanged';
  readonly poolId: PoolId;
  /** Empty: every node of the pool. */
  readonly nodes: readonly number[];
  readonly draining: boolean;
}

export type Command =
  | SubmitBid
  | SubmitOffer
  | AmendBid
  | AmendOffer
  | CancelOrder
  | CancelAll
  | FailLease
  | AdvanceTime
  | RulesVersion
  | RaiseBuyingPower
  | LowerBuyingPower
  | TakeSlice
  | SettleTrade
  | SetParticipant
  | OverdueChanged
  | SetSite
  | SetPool
  | SetLink
  | DefineBook
  | PoolHealthChanged
  | NodeHealthChanged
  | DrainChanged
  | HaltBook
  | ReopenBook
  | StopMarket
  | StartMarket
  | EndSessions
  | CurtailSite
  | ResellLease
  | ExtendLease
  | EndLease
  | DecideReservation
  | RemoteLeasesLost;

export type CommandKind = Command['kind'];
