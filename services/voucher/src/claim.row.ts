import { BilledService, type Claim, ClaimState, type Clause, type Finding, SubmitPlatformBillRequest } from '#contracts';
import { type Call, type Tx, absent, has, mayAct } from '#platform';
import { fundedBy } from './core/funding.js';
import { findingsRule } from './core/findings.js';
import { type FirmRow, firmOf } from './firm.js';
import { termsOf } from './programme.row.js';

export interface ClaimRow extends FirmRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly authority_id: number;
  /** Of its programme. */
  readonly terms: Buffer;
  readonly buyer_id: number;
  readonly bill_id: bigint;
  readonly month: string;
  readonly bid_id: bigint;
  readonly state: ClaimState;
  readonly base: bigint;
  readonly amount: bigint;
  readonly clawed_back: bigint;
  readonly clauses: Clause[];
  readonly findings: Finding[];
  readonly decided_at: bigint;
  readonly approved_by: string[];
  /** Of another platform: whose, and the bill as it was brought. */
  readonly platform_id: number | null;
  readonly platform_bill: Buffer | null;
}

export const selectClaims = `select claims.*,
  claims.findings || coalesce((select jsonb_agg(jsonb_build_object('rule', rule, 'detail', detail, 'evidence', evidence) order by found_at, rule)
    from later_findings later where later.claim_id = claims.claim_id), '[]') as findings, programmes.authority_id, programmes.terms,
  case when claims.firm_name <> '' then claims.firm_name else firm.name end as firm_name,
  case when claims.firm_name <> '' then claims.credit_code else firm.credit_code end as credit_code,
  array(select key from claim_approvals where claim_approvals.claim_id = claims.claim_id order by at, key) as approved_by,
  brought.platform_id, brought.bill as platform_bill
  from claims join programmes using (programme_id) left join participants firm on firm.participant_id = buyer_id left join platform_bills brought on platform_bill_id = -claims.bill_id`;

export async function readClaim(tx: Pick<Tx, 'query'>, claimId: number): Promise<ClaimRow> {
  const [row] = await tx.query<ClaimRow>(`${selectClaims} where claim_id = $1`, [claimId]);
  if (!row) throw absent(`claim ${claimId}`);
  return row;
}

export const toClaim = (row: ClaimRow): Claim => ({
  ...billOf(row),
  claimId: Number(row.claim_id),
  programmeId: row.programme_id,
  buyerId: row.buyer_id,
  month: row.month,
  state: row.state,
  base: row.base,
  amount: row.amount,
  clawedBack: row.clawed_back,
  clauses: row.clauses,
  findings: row.findings,
  approvedBy: row.approved_by,
  decidedAt: Number(row.decided_at),
  funded: fundedOf(row),
  firm: firmOf(row),
  lines: [],
});

/** The programme's authority, and who sees over it. */
export const isForAuthority = (call: Call, { authority_id: authorityId }: ClaimRow): boolean =>
  mayAct(call, authorityId) || has(call, 'regulator', 'service');

/** Findings are for those who decide about them, and not for those whom they are about. Who a firm is its programme's authority learns alone. */
export function claimFor(call: Call, row: ClaimRow): Claim {
  const claim = toClaim(row);
  if (isForAuthority(call, row)) return claim;
  const clauses = claim.clauses
    .filter(({ rule, passed }) => rule !== findingsRule || !passed)
    .map((clause) => (clause.rule === findingsRule ? { ...clause, detail: 'officers decide' } : clause));
  return { ...claim, clauses, findings: [], firm: undefined };
}

function fundedOf(row: ClaimRow) {
  const { funders } = termsOf(row);
  return row.state === ClaimState.GRANTED && funders.length ? fundedBy(funders, row.amount - row.clawed_back) : [];
}

function billOf({ bill_id, bid_id, platform_bill }: ClaimRow) {
  if (!platform_bill)
    return { billId: Number(bill_id), bidId: Number(bid_id), platformId: 0, platformBill: '', service: BilledService.COMPUTE };
  const { platformId, billNumber, service } = SubmitPlatformBillRequest.decode(platform_bill);
  return { billId: 0, bidId: 0, platformId, platformBill: billNumber, service };
}
