import { roundToFen } from '#domain';
import type { Tx } from '#platform';
import type { Left } from './core/bill.js';

/** The transfer is a part of a trade of its own, with a payee of its own; late corrections are of the rest. */
const ofTransfer = `(b.kind = 'transfer')`;

/** What refunds gave back of a trade's price, exact. */
export async function refundedOfPrice(tx: Tx, tradeId: bigint): Promise<bigint> {
  const [row] = await tx.query<{ refunded: bigint }>(
    `SELECT coalesce(sum(f.exact), 0)::int8 AS refunded FROM refunds f JOIN bill_lines b USING (bill_id, line) WHERE f.trade_id = $1 AND NOT ${ofTransfer}`,
    [tradeId],
  );
  return row!.refunded;
}

/** What the buyer still pays for a trade: what was billed, and will be of corrections, less what refunds gave back. Its lease is locked. */
export async function leftOfTrade(tx: Tx, tradeId: bigint, part: 'price' | 'transfer'): Promise<Left> {
  const rows = await tx.query<{ exact: bigint; amount: bigint | null }>(
    `SELECT b.exact, b.amount FROM bill_lines b WHERE b.trade_id = $1 AND ${ofTransfer} = $2
     UNION ALL SELECT r.compute_change, NULL FROM unbilled JOIN ratings r USING (rating_id) WHERE r.trade_id = $1 AND NOT $2
     UNION ALL SELECT -f.exact, -f.amount FROM refunds f JOIN bill_lines b USING (bill_id, line) WHERE f.trade_id = $1 AND ${ofTransfer} = $2`,
    [tradeId, part === 'transfer'],
  );
  return rows.reduce<Left>(
    (left, row) => ({ exact: left.exact + row.exact, amount: left.amount + (row.amount ?? roundToFen(row.exact)) }),
    {
      exact: 0n,
      amount: 0n,
    },
  );
}
