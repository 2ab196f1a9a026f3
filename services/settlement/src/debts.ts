import { Injectable } from '@nestjs/common';
import { Clock } from '#platform';
import type { Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import type { Change, Lowering } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import { Overdue } from './overdue.js';

export type DebtCause = 'subsidy_refused' | 'subsidy_clawed_back' | 'rounding' | 'adjustment' | 'given_back';

/**
 * what a buyer owes beyond its holds. Whoever posted it to the buyer's receivable says so here; money pays it once the engine lowered buying power.
 * What a payee had to give back and no earnings cover is such a debt too, as far as it has money: a reseller may never be paid out again.
 */
@Injectable()
export class Debts {
  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
    private readonly overdue: Overdue,
    private readonly earnings: Earnings,
  ) {}

  async owe(tx: Tx, participantId: number, amount: bigint, cause: DebtCause): Promise<void> {
    await this.oweAll(tx, [{ participantId, amount }], cause);
  }

  async oweAll(tx: Tx, owed: readonly Change[], cause: DebtCause): Promise<void> {
    if (owed.length === 0) return;
    const debtors = owed.map(({ participantId }) => participantId);
    await tx.query(
      `INSERT INTO debts (participant_id, amount, cause, asked, made_at)
       SELECT u.*, $3, false, $4::int8 FROM unnest($1::int4[], $2::int8[]) AS u`,
      [debtors, owed.map(({ amount }) => amount), cause, this.clock.now()],
    );
    await this.ask(tx, debtors);
  }

  /** The engine's answer. A debt that was refused is asked for later; one of earnings may be covered by then, and is made anew if not. */
  async lowered(tx: Tx, { participantId, amount, reference, accepted, cause }: Lowering): Promise<void> {
    if (!accepted) {
      await tx.query(`DELETE FROM debts WHERE debt_id = $1 AND cause = 'given_back'`, [reference]);
      return void (await tx.query('UPDATE debts SET asked = false WHERE debt_id = $1', [reference]));
    }
    const id = `debt/${reference}`;
    await this.ledger.post(tx, {
      journal: id,
      cause,
      orders: [{ id, kind: 'debt_paid', phase: 'single', debit: money(participantId), credit: receivable(participantId), amount }],
    });
    const [debt] = await tx.query<{ cause: DebtCause }>('UPDATE debts SET paid_at = $2 WHERE debt_id = $1 RETURNING cause', [
      reference,
      this.clock.now(),
    ]);
    if (debt!.cause === 'given_back') await this.earnings.add(tx, [{ participantId, kind: 'paid_back', amount, tradeId: 0 }]);
    this.overdue.paid(tx, participantId);
  }

  /** What earnings do not cover, and money does. */
  private async takeFromMoney(tx: Tx): Promise<void> {
    const rows = await tx.query<{ participant_id: number; uncovered: string }>(
      'SELECT participant_id, -sum(amount) AS uncovered FROM unpaid GROUP BY participant_id HAVING sum(amount) < 0 ORDER BY participant_id',
    );
    for (const { participant_id: id, uncovered } of rows) {
      const purse = money(id);
      const amounts = [BigInt(uncovered), await this.earnings.owedBy(tx, id), (await this.ledger.lockAvailable(tx, [purse])).get(purse)!];
      const amount = amounts.reduce((least, one) => (one < least ? one : least));
      if (amount > 0n) await this.owe(tx, id, amount, 'given_back');
    }
  }

  /** Asks for what debtors can pay by now. */
  async askAll(tx: Tx): Promise<void> {
    await this.takeFromMoney(tx);
    const rows = await tx.query<{ participant_id: number }>(
      'SELECT DISTINCT participant_id FROM debts WHERE paid_at IS NULL AND NOT asked ORDER BY participant_id',
    );
    await this.ask(
      tx,
      rows.map((row) => row.participant_id),
    );
  }

  /**
   * Of each its oldest debts that its money covers: more would be asked for in vain. What is available may change until the answer, which looks again. Another may
   * ask meanwhile: of the row that is written it counts, after the wait for it, that nobody has.
   */
  private async ask(tx: Tx, debtors: readonly number[]): Promise<void> {
    await this.ledger.flush(tx);
    const rows = await tx.query<{ debt_id: bigint; participant_id: number; amount: bigint }>(
      `UPDATE debts SET asked = true
       FROM (SELECT debt_id, participant_id, asked, sum(amount) OVER (PARTITION BY participant_id ORDER BY asked DESC, debt_id) AS owed
           FROM debts WHERE participant_id = ANY($1) AND paid_at IS NULL) due
         JOIN accounts purse ON purse.code = 'participant/' || due.participant_id || '/money'
       WHERE due.owed <= purse.credits_posted - purse.debits_posted - purse.debits_pending AND debts.debt_id = due.debt_id AND NOT debts.asked
       RETURNING debts.debt_id, debts.participant_id, debts.amount`,
      [debtors],
    );
    rows.sort((one, other) => one.participant_id - other.participant_id || Number(one.debt_id - other.debt_id));
    const asked = rows.map((row) => ({ participantId: row.participant_id, amount: row.amount, reference: Number(row.debt_id) }));
    await this.buyingPower.askLowerAll(tx, asked, 'receivable');
  }
}
