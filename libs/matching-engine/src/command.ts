import type {
  BookId,
  ComputeClass,
  DataClass,
  Health,
  Interconnect,
  LinkId,
  ModelId,
  OrderId,
  OwnerGroup,
  ParticipantId,
  Placement,
  PoolId,
  Precision,
  Preference,
  Price,
  Region,
  ResidencyZone,
  SiteId,
  Slot,
  Tier,
  Time,
  TimeInForce,
  TradeNumber,
  Unit,
} from '#domain';

/** Stamped on every command by the one writer: sequence grows, time (ms since the Unix epoch) never goes back. */
export interface Stamp {
  readonly sequence: number;
  readonly time: Time;
}

/** A class and what a pool must have at least: opens every book with a pool that passes. */
export interface ClassFloor {
  readonly computeClass: ComputeClass;
  /** null: both. */
  readonly tier: Tier | null;
  readonly domesticOnly: boolean;
  /** At which precision tflopsMilliMin counts; null where that is 0. */
  readonly precision: Precision | null;
  /** Thousandths of a TFLOPS a unit. */
  readonly tflopsMilliMin: number;
  readonly memoryGibMin: number;
}

/** R-7, in the order in which they are tested. Empty lists, nulls, zeros and false constrain nothing. */
export interface Constraints {
  readonly regionsIn: readonly Region[];
  readonly regionsOut: readonly Region[];
  /** From the bid's demandRegion. */
  readonly roundTripUsMax: number | null;
  readonly zone: ResidencyZone | null;
  /** 0 … 5 */
  readonly securityGradeMin: number;
  readonly dataClass: DataClass | null;
  readonly domesticOnly: boolean;
  readonly memoryGibMin: number;
  readonly interconnect: Interconnect | null;
  readonly greenShareBpMin: number;
  /** Thousandths (1250 is 1.25). */
  readonly pueMilliMax: number | null;
  readonly providersIn: readonly ParticipantId[];
  readonly providersOut: readonly ParticipantId[];
  readonly reliabilityBpMin: number;
}

export interface BidTerms {
  /** Empty where floor is given. */
  readonly books: readonly BookId[];
  readonly floor: ClassFloor | null;
  /** Units; whole PFLOPS where precision is given. A total, fills included. */
  readonly units: number;
  readonly precision: Precision | null;
  /** R-2a; at least 1. */
  readonly perNode: number;
  readonly durationSlots: number;
  /** Raised to the first sellable slot where it is earlier. */
  readonly earliest: Slot;
  /** Slot before which it must end; 0: as early as it can, (raised) earliest + durationSlots. */
  readonly latest: Slot;
  /** bit h for hour h, bit 0 for Monday, Asia/Shanghai. everyHour and everyWeekday allow all. */
  readonly hours: number;
  readonly weekdays: number;
  /** Micro-yuan a unit-hour, or a PFLOPS-hour. */
  readonly limitPrice: Price;
  readonly timeInForce: TimeInForce;
  /** For GTD: the instant at which it expires; else null. */
  readonly goodTill: Time | null;
  readonly allOrNone: boolean;
  /** R-5, in units or PFLOPS; 0: none. */
  readonly minUnits: number;
  readonly placement: Placement;
  /** pieces of an ANYWHERE bid start together. */
  readonly together: boolean;
  readonly constraints: Constraints;
  readonly preference: Preference;
  /** Near end of links; 0: nowhere in particular. */
  readonly demandRegion: Region;
  /** GB to transfer (R-11a). */
  readonly dataGb: number;
}

export interface OfferTerms {
  readonly units: number;
  /** The delivery window [from, to). */
  readonly from: Slot;
  readonly to: Slot;
  /** Shortest lease; at least 1. */
  readonly minSlots: number;
  readonly ask: Price;
  /** GTC or GTD; goodTill is null for GTC. */
  readonly timeInForce: TimeInForce;
  readonly goodTill: Time | null;
}

// ---- orders

export interface SubmitBid extends Stamp {
  readonly kind: 'SubmitBid';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly terms: BidTerms;
}

/** The book is that of the pool and the tier. */
export interface SubmitOffer extends Stamp {
  readonly kind: 'SubmitOffer';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
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

/** The trade's final cost, at most what it holds: taken from buying power, and the rest is free again. */
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
  /** The operator's; 0: none, then the book has no collar. */
  readonly referencePrice: Price;
  /** How far from it a price may lie. */
  readonly collarBp: number;
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
  | SettleTrade
  | SetParticipant
  | SetSite
  | SetPool
  | SetLink
  | DefineBook
  | PoolHealthChanged
  | NodeHealthChanged
  | DrainChanged;

export type CommandKind = Command['kind'];

/** Constrains nothing. */
export const noConstraints: Constraints = {
  regionsIn: [],
  regionsOut: [],
  roundTripUsMax: null,
  zone: null,
  securityGradeMin: 0,
  dataClass: null,
  domesticOnly: false,
  memoryGibMin: 0,
  interconnect: null,
  greenShareBpMin: 0,
  pueMilliMax: null,
  providersIn: [],
  providersOut: [],
  reliabilityBpMin: 0,
};
