import { DisputeState } from '#contracts';
import { formatYuan } from '#domain';
import type { Tx } from '#platform';
import { recordStep } from './dispute.rows.js';

interface Row {
  readonly dispute_id: bigint;
  readonly trade_id: bigint;
  readonly frozen: bigint;
}

/** What was taken of one dispute's freeze. */
export interface Taken {
  readonly tradeId: bigint;
  readonly amount: bigint;
}

/**
 * what somebody must give back, and its income does not cover, is taken of what disputes freeze of that, the oldest first: who has what he owes is no
 * debtor. Each dispute freezes as much again of what comes. The payee's income is locked.
 * @returns what was taken of each, together at most the amount
 */
export async function takeFrozen(tx: Tx, payeeId: number, amount: bigint, now: number): Promise<Taken[]> {
  const rows = await tx.query<Row>(
    'SELECT dispute_id, trade_id, frozen FROM disputes WHERE payee_id = $1 AND state = $2 AND frozen > 0 ORDER BY dispute_id FOR UPDATE',
    [payeeId, DisputeState.OPEN],
  );
  const taken: Taken[] = [];
  let lacking = amount;
  for (const { dispute_id: id, trade_id: tradeId, frozen } of rows) {
    const part = frozen < lacking ? frozen : lacking;
    if (part === 0n) break;
    await tx.query('UPDATE disputes SET frozen = frozen - $2 WHERE dispute_id = $1', [id, part]);
    const detail = `${formatYuan(part)} yuan of participant ${payeeId}, who had to give so much back`;
    await recordStep(tx, id, { participantId: 0, key: 'give-back', at: now }, 'taken', detail);
    taken.push({ tradeId, amount: part });
    lacking -= part;
  }
  return taken;
}
