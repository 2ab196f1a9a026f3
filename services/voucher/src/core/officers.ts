export interface Officers {
  /** Keys that drafted or submitted what is to be approved. */
  readonly authors: readonly string[];
  /** Keys that approved it before. */
  readonly approvals: readonly string[];
}

type BrokenRule = 'officers_must_be_two' | 'officer_must_not_have_drafted_or_submitted';

/** the rule that one more approval would break, or null. Nobody approves what is their own work. */
export function brokenByApproval({ authors, approvals }: Officers, officer: string): BrokenRule | null {
  if (approvals.includes(officer)) return 'officers_must_be_two';
  return authors.includes(officer) ? 'officer_must_not_have_drafted_or_submitted' : null;
}

/** @param officer a key's name, as callers are named ('key/37') */
export const detailOf = (rule: BrokenRule, officer: string): string =>
  rule === 'officers_must_be_two'
    ? `${officer} approved it before: another officer's key must be the second`
    : `${officer} drafted or submitted it: two other keys must approve it`;

export const isApproved = (approvals: readonly string[]): boolean => approvals.length >= 2;
