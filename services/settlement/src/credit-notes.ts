import type { BillSubsidy, CreditNote } from '#contracts';
import type { Database } from '#platform';
import { taxCredited } from './core/tax.js';
import type { TaxSchedule } from './core/tax.js';
import { partsOf } from './refunds.js';
import { takenBack } from './taken-back.js';

interface CreditRow {
  readonly refund_id: bigint;
  readonly line: number;
  readonly amount: bigint;
  readonly subsidy: bigint;
  readonly taken: bigint | null;
  readonly programme_id: number;
  readonly reason: string;
  readonly refunded_at: bigint;
}

interface SubsidyRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly bid_id: bigint;
  readonly claimed: bigint;
  readonly granted: bigint;
  readonly returned: bigint;
  readonly decided_at: bigint;
}

/** What refunds gave back of a bill, in their order. @param amounts of the bill's lines */
export async function creditNotesOf(
  db: Database,
  billId: number,
  amounts: ReadonlyMap<number, bigint>,
  rate: TaxSchedule,
): Promise<CreditNote[]> {
  const rows = await db.query<CreditRow>(
    'SELECT refund_id, line, amount, subsidy, taken, programme_id, reason, refunded_at FROM refunds WHERE bill_id = $1 AND line > 0 ORDER BY refund_id',
    [billId],
  );
  const credited = new Map<number, bigint>();
  return rows.map((row) => {
    const before = credited.get(row.line) ?? 0n;
    credited.set(row.line, before + row.amount);
    return {
      refundId: Number(row.refund_id),
      line: row.line,
      amount: row.amount,
      tax: taxCredited(amounts.get(row.line)!, before, row.amount, rate),
      reason: row.reason,
      issuedAt: Number(row.refunded_at),
      ...partsOf(row),
      programmeId: row.subsidy > 0n ? row.programme_id : 0,
    };
  });
}

/** What programmes decided of a bill, then what they have not; of each what it has again. */
export async function subsidiesOf(db: Database, billId: number): Promise<BillSubsidy[]> {
  const rows = await db.query<SubsidyRow>(
    `SELECT * FROM (
     SELECT d.claim_id, d.programme_id, d.bid_id, d.claimed, d.granted, d.decided_at,
       coalesce((SELECT sum(${takenBack}) FROM subsidy_grants g JOIN refunds f USING (trade_id) WHERE g.claim_id = d.claim_id), 0)::int8 AS returned
     FROM subsidy_decisions d WHERE d.bill_id = $1 AND (d.granted > 0 OR d.claimed > 0)
     UNION ALL SELECT 0, t.programme_id, t.bid_id, sum(l.subsidy)::int8, 0, 0, 0
     FROM bill_lines l JOIN trades t USING (trade_id)
     WHERE l.bill_id = $1 AND NOT EXISTS (SELECT FROM subsidy_decisions d WHERE d.bill_id = l.bill_id AND d.bid_id = t.bid_id)
     GROUP BY t.programme_id, t.bid_id HAVING sum(l.subsidy) > 0) s
     ORDER BY decided_at = 0, claim_id, bid_id`,
    [billId],
  );
  return rows.map((row) => ({
    claimId: Number(row.claim_id),
    programmeId: row.programme_id,
    bidId: Number(row.bid_id),
    claimed: row.claimed,
    granted: row.granted,
    reimbursed: row.claimed === 0n,
    returned: row.returned,
    decidedAt: Number(row.decided_at),
  }));
}
