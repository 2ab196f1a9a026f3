import type { AuditReader } from '#platform';
import { monthOf } from '../../core/month.js';
import { newestPosting } from '../../entries.js';
import type { StatementSums } from './statement-sums.js';

/** Payouts that came back, and what money paid of what earnings did not cover. A fen's rest that is carried over is taken and given in one month. */
const ofPayouts = `SELECT p.participant_id, 'returned_payout' AS kind, t.amount, p.ended_at AS at FROM payouts p JOIN transfers t ON t.transfer_id = 'payout/' || p.payout_id || '/returned'
  UNION ALL SELECT participant_id, 'paid_back', amount, paid_at FROM debts WHERE cause = 'given_back' AND paid_at IS NOT NULL`;

/** what disputes froze of an income and let go again, as the ledger has it. */
const ofDisputes = `SELECT split_part(a.code, '/', 2)::int4 AS participant_id, CASE WHEN t.credit = a.account_id THEN 'disputed' ELSE 'dispute_released' END AS kind,
    CASE WHEN t.credit = a.account_id THEN -t.amount ELSE t.amount END AS amount, p.made_at AS at
  FROM accounts a CROSS JOIN LATERAL entries_of(a.account_id, ${newestPosting}, 2147483647) e JOIN postings p USING (posting) JOIN transfers t ON t.batch = p.batch AND a.account_id IN (t.debit, t.credit)
  WHERE a.kind = 'participant/*/disputed'`;

/** What changed incomes beside leases and the month's certificates. */
export async function addMovements(read: AuditReader, sums: StatementSums): Promise<void> {
  for (const sql of [ofPayouts, ofDisputes])
    for await (const row of read.rows<{ participant_id: number; kind: string; amount: bigint; at: bigint }>(sql))
      sums.add(row.participant_id, monthOf(Number(row.at)), row.kind, row.amount);
}
