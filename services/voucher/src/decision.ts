import { type Claim, SubsidyDecided, SubsidyKind, type SubsidyPart, type ProgrammeTerms } from '#contracts';
import type { Outbox, Tx } from '#platform';

export interface Decision {
  readonly claim: Pick<Claim, 'claimId' | 'billId' | 'buyerId' | 'programmeId' | 'bidId' | 'amount' | 'clauses'>;
  readonly terms: ProgrammeTerms;
  readonly parts: SubsidyPart[];
}

export const isReimbursement = (terms: ProgrammeTerms): boolean => terms.kind === SubsidyKind.REIMBURSEMENT;

/** Told once a claim, when nobody is waited for any more: settlement posts it. */
export async function tellDecisions(tx: Tx, outbox: Outbox, decisions: readonly Decision[]): Promise<void> {
  await outbox.publishAll<SubsidyDecided>(
    tx,
    SubsidyDecided,
    decisions.map(({ claim, terms, parts }) => ({
      data: {
        claimId: claim.claimId,
        billId: claim.billId,
        buyerId: claim.buyerId,
        programmeId: claim.programmeId,
        bidId: claim.bidId,
        amount: claim.amount,
        reasons: claim.clauses.map(({ rule, passed, detail }) => `${passed ? 'kept' : 'broken'}: ${rule}: ${detail}`),
        reimbursement: isReimbursement(terms),
        // The ledger knows no trades of other platforms.
        parts: claim.billId < 0 ? [] : parts,
      },
      subject: `participant/${claim.buyerId}`,
    })),
  );
}
