import { ClaimState, type ProgrammeTerms } from '#contracts';
import { formatYuan } from '#domain';
import type { Outbox, Tx } from '#platform';
import { nobody, record } from './audit.js';
import { rememberDecisions } from './claim.store.js';
import { needsOfficers } from './core/claim.js';
import { fundingClause } from './core/funding.js';
import { proRataClause, proRataOf } from './core/pro-rata.js';
import type { Clause } from './core/terms.js';
import { tellDecisions } from './decision.js';

interface CollectedRow {
  readonly claim_id: bigint;
  readonly bill_id: bigint;
  readonly buyer_id: number;
  readonly bid_id: bigint;
  readonly base: bigint;
  readonly clauses: Clause[];
  readonly has_findings: boolean;
  readonly trade_ids: bigint[];
  readonly parts: bigint[];
}

/**
 * the programme is locked, the period is over and all of it billed: the claims that were collected share the budget. Those above the threshold then wait for officers.
 * @returns how many were collected
 */
export async function shareOut(tx: Tx, outbox: Outbox, programmeId: number, terms: ProgrammeTerms, now: number): Promise<number> {
  const collected = await tx.query<CollectedRow>(
    `select claim_id, bill_id, buyer_id, bid_id, claims.base, clauses, (findings <> '[]' or exists (select from later_findings later where later.claim_id = claims.claim_id)) as has_findings, array_agg(trade_id order by trade_id) as trade_ids,
       array_agg(part.amount order by trade_id) as parts
     from claims join claim_trades part using (claim_id) where programme_id = $1 and state = ${ClaimState.COLLECTED} group by claim_id order by claim_id`,
    [programmeId],
  );
  if (!collected.length) return 0;
  const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
  const claimed = sumOf(collected.map(({ parts }) => sumOf(parts)));
  const left = terms.budget - (await grantedBefore(tx, programmeId));
  const shared = collected.map((row) => {
    const parts = row.parts.map((part) => proRataOf(part, claimed, left));
    const amount = sumOf(parts);
    const clauses = [...row.clauses, proRataClause(claimed, left), ...fundingClause(terms.funders, amount)];
    const state =
      amount === 0n
        ? ClaimState.REFUSED
        : (row.has_findings && terms.officersFrom > 0n) || needsOfficers(terms, amount)
          ? ClaimState.WAITING
          : ClaimState.GRANTED;
    return { row, parts, amount, clauses, state };
  });
  await tx.query(
    `update claims set state = shared.state, amount = shared.amount, clauses = shared.clauses::jsonb, decided_at = $5
     from unnest($1::int8[], $2::int4[], $3::int8[], $4::text[]) as shared (claim_id, state, amount, clauses) where claims.claim_id = shared.claim_id`,
    [
      shared.map(({ row }) => row.claim_id),
      shared.map(({ state }) => state),
      shared.map(({ amount }) => amount),
      shared.map(({ clauses }) => JSON.stringify(clauses)),
      now,
    ],
  );
  const trades = shared.flatMap(({ row, parts }) =>
    row.trade_ids.map((tradeId, at) => ({ claimId: row.claim_id, tradeId, amount: parts[at]! })),
  );
  await tx.query(
    `update claim_trades set amount = shared.amount from unnest($1::int8[], $2::int8[], $3::int8[]) as shared (claim_id, trade_id, amount)
     where claim_trades.claim_id = shared.claim_id and claim_trades.trade_id = shared.trade_id`,
    [trades.map(({ claimId }) => claimId), trades.map(({ tradeId }) => tradeId), trades.map(({ amount }) => amount)],
  );
  await rememberDecisions(
    tx,
    shared.map(({ row }) => row.claim_id),
  );
  await record(
    tx,
    nobody,
    now,
    shared.map(({ row, amount, state }) => ({
      programmeId,
      claimId: row.claim_id,
      step: 'claim_decided',
      detail: `${ClaimState[state]}: ${formatYuan(amount)} of ${formatYuan(row.base)} yuan, pro rata on bill ${row.bill_id}`,
    })),
  );
  await tellDecisions(
    tx,
    outbox,
    shared
      .filter(({ state }) => state !== ClaimState.WAITING)
      .map(({ row, parts, amount, clauses }) => ({
        claim: {
          claimId: Number(row.claim_id),
          billId: Number(row.bill_id),
          buyerId: row.buyer_id,
          programmeId,
          bidId: Number(row.bid_id),
          amount,
          clauses,
        },
        terms,
        parts: row.trade_ids.map((tradeId, at) => ({ tradeId: Number(tradeId), amount: parts[at]! })),
      })),
  );
  return collected.length;
}

/** By an earlier sharing: a bill may come after it, where a refund opened the programme's end again. */
async function grantedBefore(tx: Tx, programmeId: number): Promise<bigint> {
  const [row] = await tx.query<{ granted: string }>(
    `select coalesce(sum(amount - clawed_back), 0) as granted from claims
     where programme_id = $1 and state in (${ClaimState.WAITING}, ${ClaimState.GRANTED})`,
    [programmeId],
  );
  return BigInt(row!.granted);
}
