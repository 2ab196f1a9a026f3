import { ClaimState } from '#contracts';
import type { Tx } from '#platform';
import type { ClaimedBill } from './claim.facts.js';
import type { BilledTrade, ClaimDecision } from './core/claim.js';
import type { Finding } from './core/findings.js';
import type { Buyer } from './core/terms.js';

/** What a bill asks of a programme for a contract, decided. */
export interface NewClaim {
  readonly programmeId: number;
  readonly bidId: number;
  readonly trades: readonly BilledTrade[];
  readonly decision: ClaimDecision;
  readonly findings: readonly Finding[];
  readonly state: ClaimState;
}

export function stateOf({ amount, isCollected, needsOfficers }: ClaimDecision): ClaimState {
  if (isCollected) return ClaimState.COLLECTED;
  if (needsOfficers) return ClaimState.WAITING;
  return amount > 0n ? ClaimState.GRANTED : ClaimState.REFUSED;
}

/**
 * Ids in the order of the claims.
 * @param buyer as registered now
 */
export async function insertClaims(tx: Tx, bill: ClaimedBill, buyer: Buyer, claims: readonly NewClaim[], now: number): Promise<number[]> {
  const rows = await tx.query<{ claim_id: bigint; programme_id: number; bid_id: bigint }>(
    `insert into claims (programme_id, buyer_id, bill_id, month, bid_id, state, base, amount, clauses, findings, provider_ids, decided_at, made_at, region, industry,
       size, firm_name, credit_code)
     select claim.programme_id, $1, $2, $3, claim.bid_id, claim.state, claim.base, claim.amount, claim.clauses::jsonb, claim.findings::jsonb,
       claim.provider_ids::int4[], $4, $4, $13, $14, $15, coalesce(firm.name, ''), coalesce(firm.credit_code, '')
     from unnest($5::int4[], $6::int8[], $7::int4[], $8::int8[], $9::int8[], $10::text[], $11::text[], $12::text[])
       with ordinality as claim (programme_id, bid_id, state, base, amount, clauses, findings, provider_ids, at)
       left join participants firm on firm.participant_id = $1
     order by claim.at
     returning claim_id, programme_id, bid_id`,
    [
      bill.buyerId,
      bill.billId,
      bill.month,
      now,
      claims.map(({ programmeId }) => programmeId),
      claims.map(({ bidId }) => bidId),
      claims.map(({ state }) => state),
      claims.map(({ decision }) => decision.base),
      claims.map(({ decision }) => decision.amount),
      claims.map(({ decision }) => JSON.stringify(decision.clauses)),
      claims.map(({ findings }) => JSON.stringify(findings)),
      claims.map(({ trades }) => `{${[...new Set(trades.map((trade) => trade.providerId))].join(',')}}`),
      buyer.region,
      buyer.industry,
      buyer.size,
    ],
  );
  const ids = new Map(rows.map((row) => [`${row.programme_id}/${row.bid_id}`, Number(row.claim_id)]));
  const claimIds = claims.map(({ programmeId, bidId }) => ids.get(`${programmeId}/${bidId}`)!);
  const parts = claims.flatMap(({ trades, decision }, index) =>
    trades.map(({ tradeId, base }, at) => ({ claimId: claimIds[index]!, tradeId, base, amount: decision.parts[at]! })),
  );
  await tx.query(
    `insert into claim_trades (claim_id, trade_id, base, amount) select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[])`,
    [
      parts.map((part) => part.claimId),
      parts.map((part) => part.tradeId),
      parts.map((part) => part.base),
      parts.map((part) => part.amount),
    ],
  );
  await rememberDecisions(tx, claimIds);
  return claimIds;
}

/** What claims stand at by now stays as it is decided: a row that nobody changes, after those of before. */
export async function rememberDecisions(tx: Tx, claimIds: readonly (number | bigint)[]): Promise<void> {
  await tx.query(
    `insert into claim_decisions (claim_id, number, state, amount, clauses, trade_ids, amounts, decided_at)
     select claim_id, coalesce((select max(number) from claim_decisions before where before.claim_id = claims.claim_id), 0) + 1, state, amount, clauses,
       array(select trade_id from claim_trades part where part.claim_id = claims.claim_id order by trade_id),
       array(select part.amount from claim_trades part where part.claim_id = claims.claim_id order by trade_id), decided_at
     from claims where claim_id = any($1::int8[]) order by claim_id`,
    [claimIds],
  );
}
