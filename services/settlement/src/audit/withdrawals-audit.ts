import { WithdrawalState } from '#contracts';
import { finding } from '#platform';
import type { Audit } from '#platform';

/** A withdrawal is posted where its transfer is, of its amount, and stands at nothing else then. */
const posted = `SELECT w.withdrawal_id, array_remove(array[
    CASE WHEN (w.state = ${WithdrawalState.POSTED}) <> (t.transfer_id IS NOT NULL) THEN 'state' END,
    CASE WHEN t.amount <> w.amount THEN 'amount' END,
    CASE WHEN (w.state = ${WithdrawalState.REFUSED}) <> (w.refused_by <> '') THEN 'refused_by' END,
    CASE WHEN (w.state = ${WithdrawalState.REQUESTED}) <> (w.ended_at IS NULL) THEN 'ended_at' END], null) AS differing
  FROM withdrawals w LEFT JOIN transfers t ON t.transfer_id = 'withdrawal/' || w.withdrawal_id
  ORDER BY w.withdrawal_id`;

/** Each withdrawal against what the ledger posted of it. */
export const withdrawalsAudit: Audit = {
  name: 'withdrawals, from the ledger',
  async *run(read) {
    for await (const { withdrawal_id: withdrawalId, differing } of read.rows<{ withdrawal_id: bigint; differing: string[] }>(posted)) {
      read.count('withdrawals');
      if (differing.length > 0)
        yield finding(read.service, 'withdrawals', String(withdrawalId), 'changed', `${differing.join(', ')}: the ledger says otherwise`);
    }
  },
};
