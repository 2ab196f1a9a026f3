import { Injectable } from '@nestjs/common';
import { BuyingPowerLowered } from '#contracts';
import { At, Clock, Database, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import type { LowerCause, Lowering } from './buying-power.js';
import { Debts } from './debts.js';
import { Holds } from './holds.js';
import { Withdrawals } from './withdrawals.js';

const hour = 3_600_000;

/** hands the engine's answers on to what waits for them, after the holds of trades that came before, and asks again what was refused. */
@Injectable()
export class Lowerings {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly holds: Holds,
    private readonly withdrawals: Withdrawals,
    private readonly debts: Debts,
  ) {}

  @On(BuyingPowerLowered)
  async lowered(event: BuyingPowerLowered, tx: Tx, meta: EventMeta): Promise<void> {
    await this.holds.flush(tx);
    const [row] = await tx.query<{ participant_id: number; amount: bigint; cause: LowerCause; reference: bigint }>(
      `UPDATE lowerings SET state = $2, answered_at = $3 WHERE lowering_id = $1 AND state = 'asked' RETURNING participant_id, amount, cause, reference`,
      [event.requestId, event.accepted ? 'accepted' : 'refused', this.clock.now()],
    );
    if (!row) throw new Error(`lowering_must_be_asked_and_not_answered: ${event.requestId}`);
    const lowering: Lowering = {
      participantId: row.participant_id,
      amount: row.amount,
      reference: Number(row.reference),
      accepted: event.accepted,
      cause: `${meta.source}/${meta.sequence}`,
    };
    if (row.cause === 'withdrawal') await this.withdrawals.lowered(tx, lowering);
    else await this.debts.lowered(tx, lowering);
  }

  @At('ask-again', hour)
  async askAgain(_now: number): Promise<void> {
    await this.db.transaction((tx) => this.debts.askAll(tx));
  }
}
