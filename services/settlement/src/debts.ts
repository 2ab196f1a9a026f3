import { Injectable } from '@nestjs/common';
import { Clock } from '#platform';
import type { Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import type { Lowering } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { Ledger } from './ledger.js';

export type DebtCause = 'hold_was_short' | 'subsidy_refused' | 'rounding' | 'adjustment';

/** what a buyer owes beyond its holds. Whoever posted it to the buyer's receivable says so here; money pays it once the engine lowered buying power. */
@Injectable()
export class Debts {
  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
  ) {}

  async owe(tx: Tx, participantId: number, amount: bigint, cause: DebtCause): Promise<void> {
    const [row] = await tx.query<{ debt_id: bigint }>(
      'INSERT INTO debts (participant_id, amount, cause, asked, made_at) VALUES ($1, $2, $3, true, $4) RETURNING debt_id',
      [participantId, amount, cause, this.clock.now()],
    );
    await this.buyingPower.askLower(tx, participantId, amount, 'receivable', Number(row!.debt_id));
  }

  /** The engine's answer. Buying power that was a programme's promise is raised again, and the debt asked for later. */
  async lowered(tx: Tx, { participantId, amount, reference, accepted, cause }: Lowering): Promise<void> {
    const available = accepted ? (await this.ledger.lockAvailable(tx, [money(participantId)])).get(money(participantId))! : 0n;
    if (accepted && available >= amount) {
      const id = `debt/${reference}`;
      await this.ledger.post(tx, {
        journal: id,
        cause,
        orders: [{ id, kind: 'debt_paid', phase: 'single', debit: money(participantId), credit: receivable(participantId), amount }],
      });
      await tx.query('UPDATE debts SET paid_at = $2 WHERE debt_id = $1', [reference, this.clock.now()]);
      return;
    }
    if (accepted) await this.buyingPower.raise(tx, participantId, amount, 'returned');
    await tx.query('UPDATE debts SET asked = false WHERE debt_id = $1', [reference]);
  }

  async askAll(tx: Tx): Promise<void> {
    const rows = await tx.query<{ debt_id: bigint; participant_id: number; amount: bigint }>(
      'UPDATE debts SET asked = true WHERE paid_at IS NULL AND NOT asked RETURNING debt_id, participant_id, amount',
    );
    for (const row of rows) await this.buyingPower.askLower(tx, row.participant_id, row.amount, 'receivable', Number(row.debt_id));
  }
}
