import { Injectable } from '@nestjs/common';
import { BuyingPowerLowerRequested, BuyingPowerRaised } from '#contracts';
import { Clock, Outbox } from '#platform';
import type { Tx } from '#platform';

export type RaiseCause = 'deposit' | 'subsidy' | 'refund' | 'returned';
export type LowerCause = 'withdrawal' | 'subsidy_released' | 'receivable';

/** What asked for less buying power and got its answer. */
export interface Lowering {
  readonly participantId: number;
  readonly amount: bigint;
  /** Of the withdrawal, reservation or debt. */
  readonly reference: number;
  readonly accepted: boolean;
  /** The event that answered. */
  readonly cause: string;
}

/**
 * tells the engine by how much buying power changes. It may rise at once; it falls only through the engine, which answers with BuyingPowerLowered,
 * and money leaves after that.
 *
 * engine's copy = money posted + reservations not used up − gap, once all that was told is applied.
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

  /** Asks the engine. @param reference the withdrawal, reservation or debt that waits for the answer */
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

  /** A trade cost more than its hold and its reservation covered: the engine took the whole cost, money and reservations only a part. */
  async widenGap(tx: Tx, participantId: number, amount: bigint): Promise<void> {
    await tx.query(
      `INSERT INTO buying_power (participant_id, gap) VALUES ($1, $2)
       ON CONFLICT (participant_id) DO UPDATE SET gap = buying_power.gap + $2`,
      [participantId, amount],
    );
  }

  /** What of the amount the engine has already taken, so that it need not be asked. */
  async useGap(tx: Tx, participantId: number, amount: bigint): Promise<bigint> {
    const [row] = await tx.query<{ gap: bigint }>('SELECT gap FROM buying_power WHERE participant_id = $1 AND gap > 0 FOR UPDATE', [
      participantId,
    ]);
    if (!row) return 0n;
    const used = row.gap < amount ? row.gap : amount;
    await tx.query('UPDATE buying_power SET gap = gap - $2 WHERE participant_id = $1', [participantId, used]);
    return used;
  }
}

const subjectOf = (participantId: number): string => `participant/${participantId}`;
