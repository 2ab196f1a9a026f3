import type {
  BookId,
  ComputeClass,
  DataClass,
  Interconnect,
  ParticipantId,
  Placement,
  Precision,
  Preference,
  Price,
  Region,
  ResidencyZone,
  Slot,
  Standby,
  Tier,
  Time,
  TimeInForce,
} from '#domain';

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
  /** R-7a: a second fill at another site or in another region, both or none; for bids that are all or none (R-5, ONE_POOL). */
  readonly standby: Standby | null;
  readonly preference: Preference;
  /** Near end of links; 0: nowhere in particular. */
  readonly demandRegion: Region;
  /** GB to transfer (R-11a). */
  readonly dataGb: number;
  /** how long before the first sellable slot a RECLAIMABLE lease of it that has begun must be told that it ends; at most a day. */
  readonly noticeSlots: number;
  /** of this platform's own supply alone. Left out where it is not so. */
  readonly localOnly?: true | undefined;
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

/** Constrains nothing. */
export const noConstraints: Constraints = Object.freeze({
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
});
