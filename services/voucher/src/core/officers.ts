export interface Officers {
  /** Keys that drafted or submitted what is to be approved. */
  readonly authors: readonly string[];
  /** Keys that approved it before. */
  readonly approvals: readonly string[];
}

/** the rule that one more approval would break, or null. Nobody approves what is their own work. */
export function brokenByApproval({ authors, approvals }: Officers, officer: string): string | null {
  if (approvals.includes(officer)) return 'officers_must_be_two';
  return authors.includes(officer) ? 'officer_must_not_have_drafted_or_submitted' : null;
}

export const isApproved = (approvals: readonly string[]): boolean => approvals.length >= 2;
