import { tiersFall } from './sla.js';
import type { SlaTier } from './sla.js';

export type TermsKind = 'fee' | 'sla' | 'dispute' | 'tax' | 'carbon' | 'shortfall';

/** All that a version of a schedule may say; each kind says its own part and nothing of the others. */
export interface Terms {
  readonly feeBp: number;
  readonly tiers: readonly SlaTier[];
  readonly disputeDays: number;
  readonly decisionDays: number;
  readonly taxBp: number;
  readonly carbonMgPerKwh: number;
  readonly shortfallPerKwh: bigint;
}

export interface BrokenTerms {
  readonly field: keyof Terms;
  readonly rule: string;
  readonly detail: string;
}

/** The rule that a version breaks, by precedence, or undefined. */
export function brokenTerms(kind: TermsKind, terms: Terms): BrokenTerms | undefined {
  if (kind === 'sla' && !tiersFall(terms.tiers))
    return {
      field: 'tiers',
      rule: 'tiers_must_fall',
      detail: 'availabilities must fall and credits rise from tier to tier, and there must be one',
    };
  if (kind !== 'sla' && terms.tiers.length > 0)
    return { field: 'tiers', rule: 'tiers_must_be_of_a_service_level', detail: 'only a service level has tiers' };
  if (kind !== 'fee' && terms.feeBp !== 0)
    return { field: 'feeBp', rule: 'fee_must_be_of_a_fee_schedule', detail: 'only a fee schedule has a fee' };
  if (kind !== 'tax' && terms.taxBp !== 0)
    return { field: 'taxBp', rule: 'tax_must_be_of_a_tax_schedule', detail: 'only a tax schedule has a rate of tax' };
  if (kind !== 'carbon' && terms.carbonMgPerKwh !== 0)
    return { field: 'carbonMgPerKwh', rule: 'carbon_must_be_of_a_carbon_schedule', detail: 'only a carbon schedule has a factor' };
  if (kind !== 'shortfall' && terms.shortfallPerKwh !== 0n)
    return {
      field: 'shortfallPerKwh',
      rule: 'shortfall_must_be_of_a_shortfall_schedule',
      detail: 'only a shortfall schedule has its price',
    };
  for (const field of ['disputeDays', 'decisionDays'] as const) {
    if (kind !== 'dispute' && terms[field] !== 0)
      return { field, rule: 'days_must_be_of_a_dispute_schedule', detail: 'only the terms of disputes have days' };
    if (kind === 'dispute' && terms[field] === 0)
      return { field, rule: 'days_must_be_positive', detail: 'nobody could open or decide a dispute' };
  }
  return undefined;
}
