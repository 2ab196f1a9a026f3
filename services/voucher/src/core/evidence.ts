import { type Money, formatYuan } from '#domain';
import { type Clause, Evidence, Stacking, type Terms } from './terms.js';

/** What was shown for a claim as a whole. */
export interface Shown {
  readonly paid: boolean;
  readonly contract: boolean;
}

/** Clauses about what must be shown, in the order of the contract; nothing for what the programme does not ask. */
export function judgeEvidence(asked: readonly number[], shown: Shown): Clause[] {
  const clauses: Clause[] = [];
  if (asked.includes(Evidence.PAYMENT))
    clauses.push({
      rule: 'fee_must_have_been_paid',
      passed: shown.paid,
      detail: shown.paid ? 'nothing of it is owed' : 'no receipt, or the buyer owes what is overdue',
    });
  if (asked.includes(Evidence.CONTRACT))
    clauses.push({
      rule: 'contract_must_be_shown',
      passed: shown.contract,
      detail: shown.contract ? 'its bid or its hash is known' : 'no hash of it was given',
    });
  return clauses;
}

/**
 * what others than this exchange's programmes paid for the contract in the period is nothing that the buyer paid.
 * @param elsewhere micro-yuan
 */
export function judgeStacking({ stacking }: Terms, elsewhere: Money): Clause[] {
  if (elsewhere === 0n) return [];
  const stacks = stacking === Stacking.ON_THE_REST;
  return [
    {
      rule: 'contract_must_not_be_subsidised_elsewhere',
      passed: stacks,
      detail: `others paid ${formatYuan(elsewhere)} yuan${stacks ? ': the programme pays of the rest' : ''}`,
    },
  ];
}
