import { Injectable } from '@nestjs/common';
import { BuyingPowerLowerRequested, BuyingPowerRaised } from '#contracts';
import { Clock, Outbox } from '#platform';
import type { Tx } from '#platform';

export type RaiseCause = 'deposit' | 'subsidy' | 'refund';
export type LowerCause = 'withdrawal' | 'receivable';

/** By how much, in micro-yuan. */
export interface Change {
  readonly participantId: number;
  readonly amount: bigint;
}

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

  async raise(tx: Tx, participantId: number, amount: bigint, cause: RaiseCause): Promise<void> {
    await this.raiseAll(tx, [{ participantId, amount }], cause);
  }

  /** Of each participant once. Raises are numbered from 1 for each, without gaps. */
  async raiseAll(tx: Tx, raises: readonly Change[], cause: RaiseCause): Promise<void> {
    if (raises.length === 0) return;
    const rows = await tx.query<{ participant_id: number; number: bigint }>(
      `INSERT INTO buying_power (participant_id, number) SELECT u.id, 1 FROM unnest($1::int4[]) AS u (id) ORDER BY 1
       ON CONFLICT (participant_id) DO UPDATE SET number = buying_power.number + 1 RETURNING participant_id, number`,
      [raises.map(({ participantId }) => participantId)],
    );
    const numbers = new Map(rows.map((row) => [row.participant_id, Number(row.number)]));
    await this.outbox.publishAll(
      tx,
      BuyingPowerRaised,
      raises.map(({ participantId, amount }) => ({
        data: { participantId, number: numbers.get(participantId)!, amount, cause },
        subject: subjectOf(participantId),
      })),
    );
  }

  async askLower(tx: Tx, participantId: number, amount: bigint, cause: LowerCause, reference: number): Promise<void> {
    await this.askLowerAll(tx, [{ participantId, amount, reference }], cause);
  }

  /** Asks the engine. `reference`, one of its own each: the withdrawal or debt that waits for the answer. */
  async askLowerAll(tx: Tx, asked: readonly (Change & { readonly reference: number })[], cause: LowerCause): Promise<void> {
    if (asked.length === 0) return;
    const rows = await tx.query<{ lowering_id: bigint; reference: bigint }>(
      `INSERT INTO lowerings (participant_id, amount, reference, cause, state, asked_at)
       SELECT u.*, $4, 'asked', $5::int8 FROM unnest($1::int4[], $2::int8[], $3::int8[]) AS u RETURNING lowering_id, reference`,
      [
        asked.map(({ participantId }) => participantId),
        asked.map(({ amount }) => amount),
        asked.map(({ reference }) => reference),
        cause,
        this.clock.now(),
      ],
    );
    const ids = new Map(rows.map((row) => [Number(row.reference), String(row.lowering_id)]));
    await this.outbox.publishAll(
      tx,
      BuyingPowerLowerRequested,
      asked.map(({ participantId, amount, reference }) => ({
        data: { participantId, requestId: ids.get(reference)!, amount, cause },
        subject: subjectOf(participantId),
      })),
    );
  }
}

const subjectOf = (participantId: number): string => `participant/${participantId}`;
