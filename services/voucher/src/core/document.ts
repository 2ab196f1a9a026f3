import { formatYuan } from '#domain';
import { uncappedRateOf } from './rate.js';
import { type Day, Exhaustion, Kind, Service, type Terms, type Tier } from './terms.js';

export interface BrokenTerm {
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

/** The first rule that a programme's document breaks beyond what the contract says of each field, or null. */
export function brokenTermOf(terms: Terms, today: Day): BrokenTerm | null {
  if (terms.lastDay < terms.firstDay) return broken('lastDay', 'programme_must_end_after_it_starts', 'the last day is before the first');
  if (terms.lastDay < today) return broken('lastDay', 'programme_must_not_be_over', 'the last day has passed');
  return brokenMoneyOf(terms) ?? brokenCoverageOf(terms) ?? brokenTierOf(terms.tiers);
}

const broken = (field: string, rule: string, detail: string): BrokenTerm => ({ field: `terms.${field}`, rule, detail });

function brokenMoneyOf(terms: Terms): BrokenTerm | null {
  if (terms.budgetPerYear > terms.budget)
    return broken(
      'budgetPerYear',
      'budget_a_year_must_fit_the_budget',
      `a year's part passes the whole of ${formatYuan(terms.budget)} yuan`,
    );
  if (terms.exhaustion === Exhaustion.PRO_RATA) {
    if (terms.kind !== Kind.REIMBURSEMENT)
      return broken('exhaustion', 'pro_rata_must_reimburse', 'what is guaranteed at a trade cannot be cut when the period is over');
    if (terms.budgetPerYear > 0n)
      return broken('budgetPerYear', 'pro_rata_must_share_one_budget', 'write a document for each year: its budget is shared at its end');
  }
  const named = repeatedAt(terms.funders.map(({ name }) => name));
  if (named !== -1) return broken(`funders[${named}].name`, 'funder_must_be_named_once', 'stands in the list before');
  const evidence = repeatedAt(terms.evidence);
  return evidence === -1 ? null : broken(`evidence[${evidence}]`, 'evidence_must_be_named_once', 'stands in the list before');
}

function brokenCoverageOf({ coverage, kind }: Terms): BrokenTerm | null {
  if (!coverage) return null;
  const { services, platformIds } = coverage;
  if (platformIds.length > 0 && kind !== Kind.REIMBURSEMENT)
    return broken('coverage.platformIds', 'platform_bills_must_be_reimbursed', 'nothing is held for what another platform bills');
  const foreign = services.findIndex((service) => service !== Service.COMPUTE);
  if (foreign !== -1 && platformIds.length === 0)
    return broken(`coverage.services[${foreign}]`, 'service_must_have_a_platform', 'the exchange itself bills compute alone');
  return null;
}

function brokenTierOf(tiers: readonly Tier[]): BrokenTerm | null {
  for (const [index, tier] of tiers.entries()) {
    const before = tiers.slice(0, index).findIndex((earlier) => takesAllOf(earlier, tier));
    if (before !== -1) return broken(`tiers[${index}]`, 'tier_must_be_reachable', `tier ${before} takes whoever this one names`);
    if (tier.greenExtraBp > 0 && tier.greenFromBp === 0)
      return broken(`tiers[${index}].greenFromBp`, 'green_extra_must_say_from_which_share', 'an extra for green needs a share above 0');
    if (tier.ceilingBp > 0 && tier.ceilingBp < tier.rateBp)
      return broken(`tiers[${index}].ceilingBp`, 'ceiling_must_not_be_under_the_rate', `the rate is ${tier.rateBp} basis points`);
    const highest = uncappedRateOf(tier, { domestic: true, greenShareBp: 10_000 });
    if ((tier.ceilingBp || highest) > 10_000)
      return broken(`tiers[${index}].rateBp`, 'rate_must_not_pass_the_whole', 'rate and extras together pass 10000 basis points');
  }
  return null;
}

const takesAllOf = (earlier: Tier, tier: Tier): boolean =>
  holds<number>(earlier.sizes, tier.sizes) && holds(earlier.industries, tier.industries);

/** An empty list names everyone. */
const holds = <T>(all: readonly T[], some: readonly T[]): boolean =>
  all.length === 0 || (some.length > 0 && some.every((one) => all.includes(one)));

const repeatedAt = (values: readonly unknown[]): number => values.findIndex((value, index) => values.indexOf(value) < index);
