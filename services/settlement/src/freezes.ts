import { Injectable } from '@nestjs/common';
import { DisputeState } from '#contracts';
import { formatYuan } from '#domain';
import type { Tx } from '#platform';
import { disputed, income } from './core/account.js';
import { freezable } from './core/dispute.js';
import { recordStep } from './dispute.rows.js';
import type { Actor, DisputeRow } from './dispute.rows.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';

type Frozen = Pick<DisputeRow, 'dispute_id' | 'trade_id' | 'payee_id' | 'to_freeze' | 'frozen'>;

const payoutsLock = `hashtext('payouts')`;

/** Payouts are made one after the other, and nothing is frozen of the income that one is paying. */
export async function lockPayouts(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${payoutsLock})`);
}

/** No payout is made until the transaction ends. Taken before a lease is locked: a payout waits for no lease. */
export async function payoutsStandStill(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock_shared(${payoutsLock})`);
}

/**
 * what a dispute is about is kept from its payee until it is decided: income → disputed, a line of its earnings beside it, so that no payout pays it.
 * What was paid out before is frozen of what comes, before the next payout.
 */
@Injectable()
export class Freezes {
  constructor(
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
  ) {}

  /** Freezes what it can. Payouts stand still, and the dispute's row is locked or new. */
  async freeze(tx: Tx, dispute: Frozen, actor: Actor): Promise<void> {
    const { payee_id: payee, dispute_id: id } = dispute;
    // Who changes somebody's earnings has locked its income: what is read after that is all there is.
    await this.ledger.lockAvailable(tx, [income(payee)]);
    const [row] = await tx.query<{ unpaid: string }>('SELECT coalesce(sum(amount), 0) AS unpaid FROM unpaid WHERE participant_id = $1', [
      payee,
    ]);
    const amount = freezable(dispute.to_freeze, dispute.frozen, BigInt(row!.unpaid));
    if (amount === 0n) return;
    await tx.query('UPDATE disputes SET frozen = frozen + $2 WHERE dispute_id = $1', [id, amount]);
    const step = await recordStep(tx, id, actor, 'frozen', `${formatYuan(amount)} yuan of participant ${payee}`);
    const journal = `dispute/${id}/frozen/${step}`;
    await this.ledger.post(tx, {
      journal,
      cause: actor.key,
      orders: [{ id: journal, kind: 'disputed', phase: 'single', debit: income(payee), credit: disputed(payee), amount }],
    });
    await this.earnings.add(tx, [{ participantId: payee, kind: 'disputed', amount: -amount, tradeId: dispute.trade_id }]);
  }

  /** What earlier payouts left nothing of is frozen before the next one. The caller holds the payouts' lock. */
  async freezeMissing(tx: Tx, actor: Actor): Promise<void> {
    const rows = await tx.query<Frozen>(
      'SELECT dispute_id, trade_id, payee_id, to_freeze, frozen FROM disputes WHERE state = $1 AND frozen < to_freeze ORDER BY dispute_id FOR UPDATE',
      [DisputeState.OPEN],
    );
    for (const row of rows) await this.freeze(tx, row, actor);
  }

  /** All of it is income again. */
  async release(tx: Tx, dispute: Frozen, actor: Actor): Promise<void> {
    const { payee_id: payee, frozen: amount } = dispute;
    if (amount === 0n) return;
    const journal = `dispute/${dispute.dispute_id}/released`;
    await this.ledger.post(tx, {
      journal,
      cause: actor.key,
      orders: [{ id: journal, kind: 'dispute_released', phase: 'single', debit: disputed(payee), credit: income(payee), amount }],
    });
    await this.earnings.add(tx, [{ participantId: payee, kind: 'dispute_released', amount, tradeId: dispute.trade_id }]);
  }
}
