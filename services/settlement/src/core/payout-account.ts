/** A proposed account and who wants to approve it. */
export interface Approval {
  readonly isProposed: boolean;
  /** Keys: each is a person. */
  readonly proposedBy: string;
  readonly approver: string;
}

/** The rule that an approval would break, by precedence, or undefined: where money goes changes only with two people. */
export function brokenByApproval({ isProposed, proposedBy, approver }: Approval): string | undefined {
  if (!isProposed) return 'payout_account_must_be_proposed';
  if (approver === proposedBy) return 'payout_account_must_be_approved_by_another';
  return undefined;
}
