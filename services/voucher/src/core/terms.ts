import type { Money, OwnerGroup, ParticipantId, Region } from '#domain';

// The shapes are those of the contract (exchange.voucher.v1), so a stored programme goes in as it is.

/** Section of GB/T 4754, one letter. */
export type Industry = string;
/** As in the contract: 1 an individual … 5 large. */
export type Size = number;
/** As in the contract: 1 general, 2 intelligent, 3 super. */
export type ComputeClassNumber = number;
/** Days since the Unix epoch in Asia/Shanghai. */
export type Day = number;

// As in the contract. Where a document says nothing (0) the first of a list is meant.
export const Kind = { GUARANTEE: 1, REIMBURSEMENT: 2 } as const;
export const Exhaustion = { FIRST_COME: 1, PRO_RATA: 2 } as const;
export const Once = { A_MONTH: 1, A_CONTRACT: 2 } as const;
export const Stacking = { NONE: 1, ON_THE_REST: 2 } as const;
export const Evidence = { PAYMENT: 1, CONTRACT: 2, USAGE: 3 } as const;
export const Service = { COMPUTE: 1, MODEL: 2, DATA: 3 } as const;

export interface Eligibility {
  readonly regions: readonly Region[];
  readonly industries: readonly Industry[];
  readonly sizes: readonly Size[];
  readonly firstTime: boolean;
}

export interface Coverage {
  readonly classes: readonly ComputeClassNumber[];
  readonly providerIds: readonly ParticipantId[];
  readonly domesticOnly: boolean;
  /** Empty: compute alone. */
  readonly services: readonly number[];
  readonly platformIds: readonly ParticipantId[];
}

export interface Tier {
  readonly sizes: readonly Size[];
  readonly industries: readonly Industry[];
  readonly rateBp: number;
  readonly domesticExtraBp: number;
  readonly greenExtraBp: number;
  readonly greenFromBp: number;
  /** 0: none; so are the caps. */
  readonly ceilingBp: number;
  readonly capPerBill: Money;
  readonly capPerFirmYear: Money;
  readonly capPerFirm: Money;
}

export interface Funder {
  readonly name: string;
  readonly parts: number;
}

export interface Terms {
  readonly budget: Money;
  /** 0: no limit a year. */
  readonly budgetPerYear: Money;
  /** Both included. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly kind: number;
  readonly exhaustion: number;
  readonly once: number;
  readonly stacking: number;
  readonly evidence: readonly number[];
  readonly eligibility?: Eligibility | undefined;
  readonly coverage?: Coverage | undefined;
  readonly tiers: readonly Tier[];
  readonly funders: readonly Funder[];
  readonly officersFrom: Money;
}

/** What a programme asks of a buyer. */
export interface Buyer {
  readonly region: Region;
  readonly industry: Industry;
  readonly size: Size;
  readonly ownerGroup: OwnerGroup;
}

/** One clause of a decision: `passed` is false where it refused or cut. */
export interface Clause {
  readonly rule: string;
  readonly passed: boolean;
  readonly detail: string;
}
