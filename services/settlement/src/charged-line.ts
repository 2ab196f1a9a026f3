import type { DisputeState } from '#contracts';
import { absent, conflict } from '#platform';
import type { Tx } from '#platform';
import { awaitsDecision } from './claims.js';
import type { Left } from './core/bill.js';
import type { FeeSchedule } from './core/fee.js';
import { leftOfTrade } from './left.js';
import { isBought, isSold } from './rated-lease.js';
import type { Published } from './schedules.js';

/**
 * A line of a bill and all that giving it back touches. `amount` is what can be given back if nothing was yet: the credit is off. `granted` is what a programme paid of
 * this bill's: what a late correction added in a later one is all the buyer's.
 */
export interface ChargedLine {
  readonly kind: string;
  readonly revision: number;
  readonly trade_id: bigint;
  readonly bid_id: bigint;
  readonly buyer_id: number;
  readonly partner_id: number;
  readonly payee_id: number;
  readonly delivered_by_id: number;
  readonly programme_id: number;
  readonly made_at: bigint;
  readonly issued_at: bigint;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly awaits_decision: boolean;
  readonly granted: bigint;
  readonly clawed: bigint;
  readonly cost: bigint;
  readonly dispute_state: DisputeState | null;
}

/** Locks the line's lease, so that refunds, corrections and disputes of it come one after the other. @throws Refusal absent */
export async function lockLine(tx: Tx, billId: number, line: number): Promise<ChargedLine> {
  await tx.query('SELECT 1 FROM leases WHERE trade_id = (SELECT trade_id FROM bill_lines WHERE bill_id = $1 AND line = $2) FOR UPDATE', [
    billId,
    line,
  ]);
  const [row] = await tx.query<ChargedLine>(
    `SELECT l.kind, r.revision, t.trade_id, t.made_at, t.bid_id, t.buyer_id, t.partner_id, t.programme_id, t.delivered_by_id, bill.issued_at,
       CASE WHEN l.kind = 'transfer' THEN t.link_owner_id ELSE t.provider_id END AS payee_id,
       l.amount - coalesce(c.credit_amount, 0) AS amount,
       coalesce((SELECT sum(f.amount) FROM refunds f WHERE f.bill_id = l.bill_id AND f.line = l.line), 0)::int8 AS refunded,
       ${awaitsDecision} AS awaits_decision, coalesce(g.granted, 0) AS granted,
       coalesce((SELECT sum(f.subsidy) FROM refunds f WHERE f.trade_id = t.trade_id), 0)::int8 AS clawed,
       coalesce((SELECT sum(b.exact) FROM subsidy_decisions d JOIN bill_lines b USING (bill_id) WHERE d.claim_id = g.claim_id AND b.trade_id = t.trade_id), 0)::int8 AS cost,
       (SELECT state FROM disputes d WHERE d.bill_id = l.bill_id AND d.line = l.line) AS dispute_state
     FROM bill_lines l JOIN bills bill USING (bill_id) JOIN ratings r USING (rating_id) JOIN trades t ON t.trade_id = r.trade_id
     LEFT JOIN (subsidy_grants g JOIN subsidy_decisions decided USING (claim_id)) ON g.trade_id = t.trade_id AND decided.bill_id = l.bill_id
     LEFT JOIN LATERAL (SELECT -amount AS credit_amount FROM bill_lines s
       WHERE s.rating_id = l.rating_id AND s.kind = 'sla_credit' AND l.kind = 'compute') c ON true
     WHERE l.bill_id = $1 AND l.line = $2`,
    [billId, line],
  );
  if (!row) throw absent(`line ${line} of bill ${billId}`);
  return row;
}

export const isCharge = (line: ChargedLine): boolean => line.amount > 0n && line.kind !== 'sla_credit';

/** Its price is a partner's by statement, and nobody's income here; its transfer is its link's owner's all the same. */
export const isOfPartner = (line: ChargedLine): boolean => isBought(line) && line.kind !== 'transfer';

/** What a partner owes for it is stated and agreed on between the platforms. @throws Refusal conflict */
export function mustBeOfBuyerHere(line: ChargedLine): void {
  if (isSold(line)) throw conflict('line_must_not_be_of_a_partner', 'the statements between the platforms say what is owed for it', 'line');
}

/** What refunds and corrections left of the line, in whole fen, and of the part of the trade that it is of. */
export async function leftOfLine(tx: Tx, line: ChargedLine): Promise<{ amount: bigint; left: Left }> {
  const left = await leftOfTrade(tx, line.trade_id, line.kind === 'transfer' ? 'transfer' : 'price');
  const ofLine = line.amount - line.refunded;
  return { amount: ofLine < left.amount ? ofLine : left.amount, left };
}

/** None is taken of a transfer, nor here of a lease on a partner's platform. */
export const feeOfLine = (line: ChargedLine, schedules: Published): FeeSchedule | undefined =>
  line.kind === 'transfer' || isBought(line) ? undefined : schedules.feeAt(Number(line.made_at));
