/** What a lease's figures are computed anew from. Money is micro-yuan, usage unit-slots, times milliseconds; nothing here was computed when it was rated or billed. */
export interface LeaseFacts {
  readonly terms: LeaseTerms;
  readonly end: LeaseEnd | undefined;
  readonly measure: Measure | undefined;
  /** what a partner told of a lease on its platform, in all versions. */
  readonly told: readonly ToldMeasure[];
  /** All versions of all records. */
  readonly usage: readonly UsageVersion[];
  /** What its last hold set aside; only where a reservation had a part in it. */
  readonly held: { readonly money: bigint; readonly subsidy: bigint } | undefined;
  /** shares of what is sold again, of leases that no programme paid a part of. */
  readonly proceeds: readonly Proceeds[];
  /** When it was rated, and which records had come by then, in the order of the revisions. */
  readonly ratings: readonly RatedAt[];
  readonly grant: Grant | undefined;
  /** Given back of lines of bills, not by late corrections. */
  readonly refunds: readonly GivenBack[];
}

export interface LeaseTerms {
  readonly tradeId: bigint;
  readonly providerId: number;
  readonly linkOwnerId: number;
  readonly isFirm: boolean;
  /** It lies on a partner's platform: no fee is kept of it here, and its provider earns nothing here. */
  readonly isBought: boolean;
  /** Units × slots that were sold. */
  readonly sold: bigint;
  /** A unit-hour's. */
  readonly price: bigint;
  readonly transfer: bigint;
  /** Schedules in force then count. */
  readonly madeAt: number;
  /** Of the cost, what its reservation pays. */
  readonly subsidyBp: bigint;
  /** what who lost the lease that this one replaces owes for all of it. */
  readonly owed: bigint;
  readonly lostById: number | undefined;
  /** It lay on a partner's platform: what is owed for it is in statements. */
  readonly isLostByPartner: boolean;
}

export interface LeaseEnd {
  /** Unit-slots that stood in the end. */
  readonly standing: bigint;
  /** What the engine still held for it. */
  readonly held: bigint;
}

export interface Measure {
  readonly due: bigint;
  readonly up: bigint;
}

export interface ToldMeasure extends Measure {
  readonly version: number;
  readonly standing: bigint;
}

export interface UsageVersion {
  readonly usageId: bigint;
  readonly recordId: string;
  readonly version: number;
  readonly unitSlots: bigint;
}

export interface Proceeds {
  readonly participantId: number;
  readonly amount: bigint;
}

export interface RatedAt {
  readonly ratingId: bigint;
  readonly revision: number;
  readonly at: number;
  /** Records up to this one had come. */
  readonly usageThrough: bigint;
  /** Of what the partner told; 0: nothing. */
  readonly measureVersion: number;
  /** Of the first, its reservation kept something for what may come until it is billed; not of those that were made before that was kept. */
  readonly mayGrow: boolean;
  /** On which it stands; undefined while it waits for one. */
  readonly billId: bigint | undefined;
}

export interface Grant {
  readonly amount: bigint;
  readonly at: number;
  readonly billId: bigint;
}

export interface GivenBack {
  readonly refundId: bigint;
  /** Of whose line. */
  readonly billId: bigint;
  readonly ofTransfer: boolean;
  readonly amount: bigint;
  readonly at: number;
}
