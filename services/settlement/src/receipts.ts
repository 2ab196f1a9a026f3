// What a bank moved is known by the bank's own number of it, and recorded once.
import { conflict } from '#platform';
import type { Tx } from '#platform';

/** One receipt is one, however its reference was typed. */
export const receiptOf = (bankReference: string): string => bankReference.trim().toUpperCase().normalize('NFC');

/** Until the transaction ends nobody else records the receipt. @throws Refusal conflict bank_reference_must_be_new */
export async function mustBeNew(tx: Tx, bankReference: string): Promise<void> {
  const receipt = receiptOf(bankReference);
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('receipt'), hashtext($1))`, [receipt]);
  const known = await tx.query(
    `SELECT 1 FROM deposits WHERE receipt = $1 UNION ALL
     SELECT 1 FROM partner_payments p WHERE receipt = $1 AND NOT EXISTS (SELECT FROM partner_payment_returns r WHERE r.payment_id = p.payment_id)`,
    [receipt],
  );
  if (known.length > 0) throw conflict('bank_reference_must_be_new', `the receipt ${bankReference} was recorded before`, 'bankReference');
}
