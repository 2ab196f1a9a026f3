import type { BillProgramme, BillSubsidy } from '#contracts';
import type { Tx } from '#platform';
import { takenBack } from './taken-back.js';

interface Row {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly bid_id: bigint;
  readonly claimed: bigint;
  readonly granted: bigint;
  readonly returned: bigint;
  readonly decided_at: bigint;
}

/** What programmes decided of bill $1, by claim. */
const decided = `SELECT d.claim_id, d.programme_id, d.bid_id, d.claimed, d.granted, d.decided_at,
    coalesce((SELECT sum(${takenBack}) FROM subsidy_grants g JOIN refunds f USING (trade_id) WHERE g.claim_id = d.claim_id), 0)::int8 AS returned
  FROM subsidy_decisions d WHERE d.bill_id = $1 AND (d.granted > 0 OR d.claimed > 0)`;

/** What they have not, by bid. */
const undecided = `SELECT 0::int8 AS claim_id, t.programme_id, t.bid_id, sum(l.subsidy)::int8 AS claimed, 0::int8 AS granted, 0::int8 AS decided_at, 0::int8 AS returned
  FROM bill_lines l JOIN trades t USING (trade_id)
  WHERE l.bill_id = $1 AND l.subsidy <> 0 AND NOT EXISTS (SELECT FROM subsidy_decisions d WHERE d.bill_id = l.bill_id AND d.bid_id = t.bid_id)`;

const ofBid = 'GROUP BY t.programme_id, t.bid_id HAVING sum(l.subsidy) > 0';

/** Where a list of them goes on: behind that claim, and behind that bid of which nothing is decided. */
export interface SubsidyPlace {
  readonly claimId: bigint;
  readonly bidId: bigint;
}

export const firstSubsidy: SubsidyPlace = { claimId: 0n, bidId: 0n };
const allClaims = 9_223_372_036_854_775_807n;

export const placeOf = ({ claimId, bidId }: BillSubsidy): readonly (number | bigint)[] => (claimId ? [claimId, 0] : [allClaims, bidId]);

/** What programmes decided, then what they have not; of each what it has again. */
export async function subsidiesAfter(
  reader: Pick<Tx, 'query'>,
  billId: number,
  { claimId, bidId }: SubsidyPlace,
  limit: number,
): Promise<BillSubsidy[]> {
  const rows = await reader.query<Row>(
    `SELECT * FROM ((${decided} AND d.claim_id > $2 ORDER BY d.claim_id LIMIT $4)
       UNION ALL (${undecided} AND t.bid_id > $3 ${ofBid} ORDER BY t.bid_id LIMIT $4)) s ORDER BY decided_at = 0, claim_id, bid_id LIMIT $4`,
    [billId, claimId, bidId, limit],
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

interface SumRow extends Pick<Row, 'programme_id' | 'claimed' | 'granted' | 'returned'> {
  readonly decided: boolean;
  readonly reimbursed: boolean;
  readonly contracts: number;
  readonly claim_ids: bigint[] | null;
}

/** The same by programme, of all contracts. */
export async function programmesOf(reader: Pick<Tx, 'query'>, billId: number): Promise<BillProgramme[]> {
  const rows = await reader.query<SumRow>(
    `SELECT programme_id, claim_id > 0 AS decided, claimed = 0 AS reimbursed, count(*)::int4 AS contracts, sum(claimed)::int8 AS claimed, sum(granted)::int8 AS granted,
       sum(returned)::int8 AS returned, (array_agg(claim_id ORDER BY claim_id) FILTER (WHERE claim_id > 0))[1:3] AS claim_ids
     FROM ((${decided}) UNION ALL (${undecided} ${ofBid})) s GROUP BY 1, 2, 3 ORDER BY 2 DESC, min(claim_id), 1`,
    [billId],
  );
  return rows.map(({ programme_id: programmeId, claim_ids: claimIds, ...sums }) => ({
    ...{ programmeId, decided: sums.decided, reimbursed: sums.reimbursed, contracts: sums.contracts },
    ...{ claimed: sums.claimed, granted: sums.granted, returned: sums.returned, claimIds: (claimIds ?? []).map(Number) },
  }));
}
