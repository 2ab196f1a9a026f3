import type { Call, Tx } from '#platform';

export interface Step {
  readonly platform: string;
  /** In the past tense: 'suspended'. */
  readonly step: string;
  readonly reason: string;
  readonly detail: string;
}

/** Each act of the operator is kept in the transaction that does it, in a table that only grows. */
export async function record(tx: Tx, { caller }: Call, at: number, { platform, step, reason, detail }: Step): Promise<void> {
  await tx.query('insert into audit (platform, step, participant_id, key, at, reason, detail) values ($1, $2, $3, $4, $5, $6, $7)', [
    ...[platform, step, caller.participantId, caller.name, at, reason, detail],
  ]);
}
