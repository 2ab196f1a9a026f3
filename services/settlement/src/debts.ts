import { Injectable } from '@nestjs/common';
import { Clock } from '#platform';
import type { Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import type { Lowering } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { Ledger } from './ledger.js';
import { Overdue } from './overdue.js';

export type DebtCause = 'subsidy_refused' | 'rounding' | 'adjustment';

/** what a buyer owes beyond its holds. Whoever posted it to the buyer's receivable says so here; money pays it once the engine lowered buying power. */
@Injectable()
export class Debts {
  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
    private readonly overdue: Overdue,
  ) {}

  async owe(tx: Tx, participantId: number, amount: bigint, cause: DebtCause): Promise<void> {
    await tx.query('INSERT INTO debts (participant_id, amount, cause, asked, made_at) VALUES ($1, $2, $3, false, $4)', [
      participantId,
      amount,
      cause,
      this.clock.now(),
    ]);
    await this.ask(tx, participantId);
  }

  /** The engine's answer. A debt that was refused is asked for later. */
  async lowered(tx: Tx, { participantId, amount, reference, accepted, cause }: Lowering): Promise<void> {
    if (!accepted) return void (await tx.query('UPDATE debts SET asked = false WHERE debt_id = $1', [reference]));
    const id = `debt/${reference}`;
    await this.ledger.post(tx, {
      journal: id,
      cause,
      orders: [{ id, kind: 'debt_paid', phase: 'single', debit: money(participantId), credit: receivable(participantId), amount }],
    });
    await tx.query('UPDATE debts SET paid_at = $2 WHERE debt_id = $1', [reference, this.clock.now()]);
    await this.overdue.paid(tx, participantId);
  }

  /** Asks for what debtors can pay by now. */
  async askAll(tx: Tx): Promise<void> {
    const rows = await tx.query<{ participant_id: number }>(
      'SELECT DISTINCT participant_id FROM debts WHERE paid_at IS NULL AND NOT asked ORDER BY participant_id',
    );
    for (const row of rows) await this.ask(tx, row.participant_id);
  }

  /** The oldest debts that the buyer's money covers: more would be asked for in vain. What is available may change until the answer, which looks again. */
  private async ask(tx: Tx, participantId: number): Promise<void> {
    const rows = await tx.query<{ debt_id: bigint; amount: bigint }>(
      `UPDATE debts SET asked = true
       FROM (SELECT debt_id, asked, sum(amount) OVER (ORDER BY asked DESC, debt_id) AS owed FROM debts WHERE participant_id = $1 AND paid_at IS NULL) due,
         accounts purse
       WHERE purse.code = $2 AND due.owed <= purse.credits_posted - purse.debits_posted - purse.debits_pending
         AND debts.debt_id = due.debt_id AND NOT due.asked
       RETURNING debts.debt_id, debts.amount`,
      [participantId, money(participantId)],
    );
    for (const row of rows) await this.buyingPower.askLower(tx, participantId, row.amount, 'receivable', Number(row.debt_id));
  }
}
