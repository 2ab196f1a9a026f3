import { ClaimState } from '#contracts';
import type { Outbox, Tx } from '#platform';
import { type ClaimRow, toClaim } from './claim.row.js';
import { rememberDecisions } from './claim.store.js';
import type { Clause } from './core/terms.js';
import { tellDecisions } from './decision.js';
import { termsOf } from './programme.row.js';

/** A claim waits no more: the last clause grants what it asks, or refuses it. */
export async function endWait(tx: Tx, outbox: Outbox, row: ClaimRow, clause: Clause, now: number): Promise<void> {
  const clauses = [...row.clauses, clause];
  const [state, amount] = clause.passed ? [ClaimState.GRANTED, row.amount] : [ClaimState.REFUSED, 0n];
  await tx.query('update claims set state = $2, amount = $3, clauses = $4, decided_at = $5 where claim_id = $1', [
    row.claim_id,
    state,
    amount,
    JSON.stringify(clauses),
    now,
  ]);
  if (amount === 0n) await tx.query('update claim_trades set amount = 0 where claim_id = $1', [row.claim_id]);
  await rememberDecisions(tx, [row.claim_id]);
  const parts = await tx.query<{ trade_id: bigint; amount: bigint }>(
    'select trade_id, amount from claim_trades where claim_id = $1 order by trade_id',
    [row.claim_id],
  );
  await tellDecisions(tx, outbox, [
    {
      claim: { ...toClaim(row), billId: Number(row.bill_id), bidId: Number(row.bid_id), amount, clauses },
      terms: termsOf(row),
      parts: parts.map((part) => ({ tradeId: Number(part.trade_id), amount: part.amount })),
    },
  ]);
}
