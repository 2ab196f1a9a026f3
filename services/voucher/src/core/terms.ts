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

export const Kind = { GUARANTEE: 1, REIMBURSEMENT: 2 } as const;

export interface Eligibility {
  readonly regions: readonly Region[];
  readonly industries: readonly Industry[];
  readonly sizes: readonly Size[];
}

export interface Coverage {
  readonly classes: readonly ComputeClassNumber[];
  readonly providerIds: readonly ParticipantId[];
  readonly domesticOnly: boolean;
}

export interface Tier {
  readonly sizes: readonly Size[];
  readonly rateBp: number;
  readonly domesticExtraBp: number;
  readonly greenExtraBp: number;
  readonly greenFromBp: number;
  /** 0: none. */
  readonly capPerBill: Money;
  readonly capPerFirmYear: Money;
}

export interface Terms {
  readonly budget: Money;
  /** Both included. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly kind: number;
  readonly eligibility?: Eligibility | undefined;
  readonly coverage?: Coverage | undefined;
  readonly tiers: readonly Tier[];
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

export interface BrokenTerm {
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

/** The first rule that terms break beyond what the contract says of each field, or null. */
export function brokenTermOf(terms: Terms, today: Day): BrokenTerm | null {
  const broken = (field: string, rule: string, detail: string) => ({ field: `terms.${field}`, rule, detail });
  if (terms.lastDay < terms.firstDay) return broken('lastDay', 'programme_must_end_after_it_starts', 'the last day is before the first');
  if (terms.lastDay < today) return broken('lastDay', 'programme_must_not_be_over', 'the last day has passed');
  const all = terms.tiers.findIndex((tier) => tier.sizes.length === 0);
  if (all !== -1 && all < terms.tiers.length - 1)
    return broken(`tiers[${all + 1}]`, 'tier_must_be_reachable', `tier ${all} takes every size, so no later one is ever reached`);
  for (const [index, tier] of terms.tiers.entries()) {
    if (tier.greenExtraBp > 0 && tier.greenFromBp === 0)
      return broken(`tiers[${index}].greenFromBp`, 'green_extra_must_say_from_which_share', 'an extra for green needs a share above 0');
    if (tier.rateBp + tier.domesticExtraBp + tier.greenExtraBp > 10_000)
      return broken(`tiers[${index}].rateBp`, 'rate_must_not_pass_the_whole', 'rate and extras together pass 10000 basis points');
  }
  return null;
}
