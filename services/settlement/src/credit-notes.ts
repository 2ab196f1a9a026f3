import type { CreditNote } from '#contracts';
import type { Tx } from '#platform';
import { taxCredited } from './core/tax.js';
import type { TaxSchedule } from './core/tax.js';
import { partsOf } from './refunds.js';
import { creditedBefore } from './taken-back.js';

interface Row {
  readonly refund_id: bigint;
  readonly line: number;
  readonly amount: bigint;
  readonly subsidy: bigint;
  readonly taken: bigint | null;
  readonly programme_id: number;
  readonly reason: string;
  readonly refunded_at: bigint;
  readonly line_amount: bigint;
  readonly credited: bigint;
}

/** What refunds gave back of a bill, in their order. @param after the refund before */
export async function creditNotesAfter(
  reader: Pick<Tx, 'query'>,
  { billId, rate }: { readonly billId: number; readonly rate: TaxSchedule },
  after: number,
  limit: number,
): Promise<CreditNote[]> {
  const rows = await reader.query<Row>(
    `SELECT f.refund_id, f.line, f.amount, f.subsidy, f.taken, f.programme_id, f.reason, f.refunded_at, l.amount AS line_amount, ${creditedBefore} AS credited
     FROM refunds f JOIN bill_lines l USING (bill_id, line) WHERE f.bill_id = $1 AND f.refund_id > $2 ORDER BY f.refund_id LIMIT $3`,
    [billId, after, limit],
  );
  return rows.map((row) => ({
    refundId: Number(row.refund_id),
    line: row.line,
    amount: row.amount,
    tax: taxCredited(row.line_amount, row.credited, row.amount, rate),
    reason: row.reason,
    issuedAt: Number(row.refunded_at),
    ...partsOf(row),
    programmeId: row.subsidy > 0n ? row.programme_id : 0,
  }));
}
