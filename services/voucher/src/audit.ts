import { type Call, type Tx } from '#platform';

export interface Step {
  readonly programmeId: number;
  readonly claimId?: number | bigint;
  /** In the past tense: 'submitted'. */
  readonly step: string;
  readonly detail: string;
}

/** Who took a step: a person's key, or this service where time or an event did. */
export interface Actor {
  readonly participantId: number;
  readonly key: string;
}

export const nobody: Actor = { participantId: 0, key: 'voucher' };
export const actorOf = (call: Call): Actor => ({ participantId: call.caller.participantId, key: call.caller.name });

/** every step is kept, in the transaction that takes it, in a table that only grows. */
export async function record(tx: Tx, actor: Actor, at: number, steps: readonly Step[]): Promise<void> {
  if (!steps.length) return;
  await tx.query(
    `insert into audit (programme_id, claim_id, step, participant_id, key, at, detail)
     select step.programme_id, step.claim_id, step.name, $5, $6, $7, step.detail
     from unnest($1::int4[], $2::int8[], $3::text[], $4::text[]) with ordinality as step (programme_id, claim_id, name, detail, at)
     order by step.at`,
    [
      steps.map((step) => step.programmeId),
      steps.map((step) => step.claimId ?? 0),
      steps.map((step) => step.step),
      steps.map((step) => step.detail),
      actor.participantId,
      actor.key,
      at,
    ],
  );
}
