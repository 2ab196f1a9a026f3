import { Injectable } from '@nestjs/common';
import { BuyingPowerLowerRequested, BuyingPowerRaised } from '#contracts';
import { Clock, Outbox } from '#platform';
import type { Tx } from '#platform';

export type RaiseCause = 'deposit' | 'subsidy' | 'refund';
export type LowerCause = 'withdrawal' | 'receivable';

/** What asked for less buying power and got its answer. */
export interface Lowering {
  readonly participantId: number;
  readonly amount: bigint;
  /** Of the withdrawal or debt. */
  readonly reference: number;
  readonly accepted: boolean;
  /** The event that answered. */
  readonly cause: string;
}

/**
 * tells the engine by how much buying power changes. It may rise at once; it falls only through the engine, which answers with BuyingPowerLowered,
 * and money leaves after that.
 *
 * engine's copy = money posted, once all that was told is applied.
 */
@Injectable()
export class BuyingPower {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the number of the raise, from 1 for each participant, without gaps */
  async raise(tx: Tx, participantId: number, amount: bigint, cause: RaiseCause): Promise<number> {
    const [row] = await tx.query<{ number: bigint }>(
      `INSERT INTO buying_power (participant_id, number) VALUES ($1, 1)
       ON CONFLICT (participant_id) DO UPDATE SET number = buying_power.number + 1 RETURNING number`,
      [participantId],
    );
    const number = Number(row!.number);
    await this.outbox.publish(tx, BuyingPowerRaised, { participantId, number, amount, cause }, subjectOf(participantId));
    return number;
  }

  /** Asks the engine. @param reference the withdrawal or debt that waits for the answer */
  async askLower(tx: Tx, participantId: number, amount: bigint, cause: LowerCause, reference: number): Promise<void> {
    const [row] = await tx.query<{ lowering_id: bigint }>(
      `INSERT INTO lowerings (participant_id, amount, cause, reference, state, asked_at) VALUES ($1, $2, $3, $4, 'asked', $5) RETURNING lowering_id`,
      [participantId, amount, cause, reference, this.clock.now()],
    );
    await this.outbox.publish(
      tx,
      BuyingPowerLowerRequested,
      { participantId, requestId: String(row!.lowering_id), amount, cause },
      subjectOf(participantId),
    );
  }
}

const subjectOf = (participantId: number): string => `participant/${participantId}`;
