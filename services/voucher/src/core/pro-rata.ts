import { type Money, formatYuan } from '#domain';
import type { Clause } from './terms.js';

/**
 * claims that together pass what is left get the same part of what they claim. Each trade's part is rounded down to a micro-yuan; what that leaves stays
 * in the budget.
 * @param part what a trade claims, of `claimed`, which is what all claims of the period come to
 */
export const proRataOf = (part: Money, claimed: Money, left: Money): Money => (claimed <= left ? part : (part * left) / claimed);

export const proRataClause = (claimed: Money, left: Money): Clause => ({
  rule: 'subsidy_must_fit_the_budget_pro_rata',
  passed: claimed <= left,
  detail: `${formatYuan(claimed)} yuan are claimed in all, ${formatYuan(left)} yuan are there`,
});
