import { DisputeState } from '#contracts';
import type { Dispute, DisputeStep, DisputeEvidence, EvidenceKind } from '#contracts';
import type { Call, Tx } from '#platform';

export interface DisputeRow {
  readonly dispute_id: bigint;
  readonly bill_id: bigint;
  readonly line: number;
  readonly trade_id: bigint;
  readonly buyer_id: number;
  readonly payee_id: number;
  readonly delivered_by_id: number;
  readonly state: DisputeState;
  readonly amount: bigint;
  readonly to_freeze: bigint;
  readonly frozen: bigint;
  readonly granted: bigint;
  readonly refund_id: bigint | null;
  readonly reason: string;
  readonly decision: string;
  readonly opened_at: bigint;
  readonly decide_by: bigint;
  readonly ended_at: bigint | null;
}

interface EvidenceRow {
  readonly sha256: string;
  readonly kind: EvidenceKind;
  readonly media_type: string;
  readonly location: string;
  readonly note: string;
  readonly participant_id: number;
  readonly added_at: bigint;
}

interface StepRow {
  readonly step: string;
  readonly participant_id: number;
  readonly key: string;
  readonly at: bigint;
  readonly detail: string;
}

/** Who takes a step, and when; participant 0 is the exchange itself. */
export interface Actor {
  readonly participantId: number;
  readonly key: string;
  readonly at: number;
}

export const actorOf = ({ caller }: Call, at: number): Actor => ({ participantId: caller.participantId, key: caller.name, at });

/** nothing was granted before the programmes decided these bids on these bills: from then on there are all of a dispute's days. */
export async function countDaysAnew(tx: Tx, decided: readonly { billId: number; bidId: number }[], now: number): Promise<void> {
  const counted = await tx.query<{ dispute_id: bigint }>(
    `UPDATE disputes SET decide_by = greatest(decide_by, $3::int8 + decide_by - opened_at)
     WHERE state = ${DisputeState.OPEN} AND trade_id IN (SELECT b.trade_id FROM unnest($1::int8[], $2::int8[]) AS u (bill_id, bid_id)
       JOIN bill_lines b ON b.bill_id = u.bill_id JOIN trades t ON t.trade_id = b.trade_id AND t.bid_id = u.bid_id) RETURNING dispute_id`,
    [decided.map(({ billId }) => billId), decided.map(({ bidId }) => bidId), now],
  );
  await recordTerms(
    tx,
    counted.map((row) => row.dispute_id),
  );
}

/** What is frozen at most and until when it must be decided, as the disputes' rows have it now. They are locked or new. */
export async function recordTerms(tx: Tx, disputeIds: readonly bigint[]): Promise<void> {
  if (disputeIds.length === 0) return;
  await tx.query(
    `INSERT INTO dispute_terms (dispute_id, number, to_freeze, decide_by)
     SELECT dispute_id, (SELECT count(*)::int4 + 1 FROM dispute_terms t WHERE t.dispute_id = d.dispute_id), to_freeze, decide_by
     FROM disputes d WHERE dispute_id = ANY($1::int8[])`,
    [disputeIds],
  );
}

/** The dispute's row is locked or new. @returns the step's number, from 1 */
export async function recordStep(tx: Tx, disputeId: bigint, actor: Actor, step: string, detail: string): Promise<number> {
  const [row] = await tx.query<{ number: number }>(
    `INSERT INTO dispute_steps (dispute_id, number, step, participant_id, key, at, detail)
     SELECT $1, count(*)::int4 + 1, $2, $3, $4, $5, $6 FROM dispute_steps WHERE dispute_id = $1 RETURNING number`,
    [disputeId, step, actor.participantId, actor.key, actor.at, detail],
  );
  return row!.number;
}

export const disputeOf = (row: DisputeRow, evidence: DisputeEvidence[] = [], steps: DisputeStep[] = []): Dispute => ({
  disputeId: Number(row.dispute_id),
  billId: Number(row.bill_id),
  line: row.line,
  tradeId: Number(row.trade_id),
  buyerId: row.buyer_id,
  payeeId: row.payee_id,
  deliveredById: row.delivered_by_id,
  state: row.state,
  amount: row.amount,
  frozen: row.frozen,
  granted: row.granted,
  refundId: Number(row.refund_id ?? 0n),
  reason: row.reason,
  decision: row.decision,
  openedAt: Number(row.opened_at),
  decideBy: Number(row.decide_by),
  endedAt: Number(row.ended_at ?? 0n),
  evidence,
  steps,
});

/** With its evidence and steps. @param seesKeys whose key took a step is for the operator and the regulator */
export async function wholeDispute(reader: Pick<Tx, 'query'>, row: DisputeRow, seesKeys: boolean): Promise<Dispute> {
  const [evidence, steps] = await Promise.all([
    reader.query<EvidenceRow>('SELECT * FROM dispute_evidence WHERE dispute_id = $1 ORDER BY added_at, sha256', [row.dispute_id]),
    reader.query<StepRow>('SELECT * FROM dispute_steps WHERE dispute_id = $1 ORDER BY number', [row.dispute_id]),
  ]);
  return disputeOf(
    row,
    evidence.map(evidenceOf),
    steps.map((step) => stepOf(step, seesKeys)),
  );
}

const evidenceOf = (row: EvidenceRow): DisputeEvidence => ({
  kind: row.kind,
  sha256: row.sha256,
  mediaType: row.media_type,
  location: row.location,
  note: row.note,
  participantId: row.participant_id,
  addedAt: Number(row.added_at),
});

const stepOf = (row: StepRow, seesKeys: boolean): DisputeStep => ({
  step: row.step,
  participantId: row.participant_id,
  key: seesKeys ? row.key : '',
  at: Number(row.at),
  detail: row.detail,
});
