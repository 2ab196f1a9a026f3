import { Bill } from '#contracts';
import { absent, ownsOrAbsent } from '#platform';
import type { Call, Tx } from '#platform';
import { takenBack } from './taken-back.js';

export interface BillRow {
  readonly bill_id: bigint;
  readonly buyer_id: number;
  readonly month: string;
  readonly issued_at: bigint;
  readonly line_count: number;
  readonly total: bigint;
  readonly subsidy: bigint;
  readonly claimed: bigint;
  readonly granted: bigint;
  readonly refunded: bigint;
  readonly returned_by_notes: bigint;
  readonly returned_by_corrections: bigint;
}

/** Of a bill b. `claimed` of the decisions made so far; what is not decided yet counts as paid by its programme. */
export const billColumns = `b.bill_id, b.buyer_id, b.month, b.issued_at, b.line_count, b.total, b.subsidy,
  coalesce((SELECT sum(claimed) FROM subsidy_decisions d WHERE d.bill_id = b.bill_id), 0)::int8 AS claimed,
  coalesce((SELECT sum(granted) FROM subsidy_decisions d WHERE d.bill_id = b.bill_id), 0)::int8 AS granted,
  coalesce((SELECT sum(amount) FROM refunds f WHERE f.bill_id = b.bill_id AND f.line > 0), 0)::int8 AS refunded,
  coalesce((SELECT sum(${takenBack}) FROM refunds f WHERE f.bill_id = b.bill_id AND f.line > 0), 0)::int8 AS returned_by_notes,
  coalesce((SELECT sum(${takenBack}) FROM refunds f JOIN ratings r USING (trade_id, revision) JOIN bill_lines l USING (rating_id)
    WHERE f.buyer_id = b.buyer_id AND f.line = 0 AND l.bill_id = b.bill_id), 0)::int8 AS returned_by_corrections`;

/** A bill that the caller may see. @throws Refusal absent */
export async function billAsked<R extends Pick<BillRow, 'buyer_id'>>(
  reader: Pick<Tx, 'query'>,
  columns: string,
  billId: number,
  call: Call,
): Promise<R> {
  const [row] = await reader.query<R>(`SELECT ${columns} FROM bills b WHERE b.bill_id = $1`, [billId]);
  if (!row) throw absent(`bill ${billId}`);
  ownsOrAbsent(call, row.buyer_id, `bill ${billId}`);
  return row;
}

export function billOf(row: BillRow): Bill {
  const paidByBuyer = row.total - row.granted - (row.subsidy - row.claimed) + row.returned_by_corrections;
  return Bill.create({
    billId: Number(row.bill_id),
    buyerId: row.buyer_id,
    month: row.month,
    issuedAt: Number(row.issued_at),
    lineCount: row.line_count,
    total: row.total,
    subsidyClaimed: row.subsidy,
    subsidyGranted: row.granted,
    paidByBuyer,
    refunded: row.refunded,
    returnedByCreditNotes: row.returned_by_notes,
    returnedByCorrections: row.returned_by_corrections,
    borneByBuyer: paidByBuyer - (row.refunded - row.returned_by_notes),
  });
}
