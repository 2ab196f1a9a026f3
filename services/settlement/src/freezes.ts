import { Injectable } from '@nestjs/common';
import { DisputeState } from '#contracts';
import { formatYuan, roundToFen } from '#domain';
import type { Tx } from '#platform';
import { disputed, income } from './core/account.js';
import { freezable, takenFromPayee } from './core/dispute.js';
import type { FeeSchedule } from './core/fee.js';
import { recordStep, recordTerms } from './dispute.rows.js';
import type { Actor, DisputeRow } from './dispute.rows.js';
import { Earnings, payableAtOnce } from './earnings.js';
import { leftOfTrade } from './left.js';
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

  /**
   * A late correction lowers a trade's price: what its disputes could no longer take of the payee is income again. The trade's lease is locked.
   * @param lowered exact, and in no rating yet
   */
  async ease(tx: Tx, tradeId: bigint, lowered: bigint, fee: FeeSchedule, actor: Actor): Promise<void> {
    const rows = await tx.query<DisputeRow>(
      `SELECT d.* FROM disputes d JOIN bill_lines l USING (bill_id, line) WHERE d.trade_id = $1 AND d.state = $2 AND l.kind <> 'transfer'
       ORDER BY dispute_id FOR UPDATE OF d`,
      [tradeId, DisputeState.OPEN],
    );
    if (rows.length === 0) return;
    const before = await leftOfTrade(tx, tradeId, 'price');
    const left = { exact: before.exact - lowered, amount: before.amount - roundToFen(lowered) };
    for (const row of rows) {
      const toFreeze = takenFromPayee(row.amount, left, fee);
      if (toFreeze >= row.to_freeze) continue;
      const freed = row.frozen > toFreeze ? row.frozen - toFreeze : 0n;
      const step = await recordStep(
        tx,
        row.dispute_id,
        actor,
        'eased',
        `${formatYuan(freed)} yuan: a late correction left less to give back`,
      );
      await this.free(tx, row, freed, `eased/${step}`, actor);
      await tx.query('UPDATE disputes SET to_freeze = $2 WHERE dispute_id = $1', [row.dispute_id, toFreeze]);
      await recordTerms(tx, [row.dispute_id]);
    }
  }

  /** All of it is income again. */
  async release(tx: Tx, dispute: Frozen, actor: Actor): Promise<void> {
    await this.free(tx, dispute, dispute.frozen, 'released', actor);
  }

  private async free(tx: Tx, dispute: Frozen, amount: bigint, part: string, actor: Actor): Promise<void> {
    if (amount === 0n) return;
    const { dispute_id: id, payee_id: payee, trade_id: tradeId } = dispute;
    await tx.query('UPDATE disputes SET frozen = frozen - $2 WHERE dispute_id = $1', [id, amount]);
    const journal = `dispute/${id}/${part}`;
    await this.ledger.post(tx, {
      journal,
      cause: actor.key,
      orders: [{ id: journal, kind: 'dispute_released', phase: 'single', debit: disputed(payee), credit: income(payee), amount }],
    });
    await this.earnings.add(tx, [{ participantId: payee, kind: 'dispute_released', amount, tradeId }], payableAtOnce);
  }
}
