import { Injectable } from '@nestjs/common';
import { Dispute, DisputeState, NoticeKind } from '#contracts';
import type {
  AddEvidenceRequest,
  DecideDisputeRequest,
  GetDisputeRequest,
  ListDisputesRequest,
  ListDisputesResponse,
  OpenDisputeRequest,
  WithdrawDisputeRequest,
} from '#contracts';
import { formatYuan } from '#domain';
import { absent, At, Clock, conflict, Database, has, mayAct, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { feeOfLine, isCharge, isOfPartner, leftOfLine, lockLine, mustBeOfBuyerHere } from './charged-line.js';
import type { ChargedLine } from './charged-line.js';
import { awaitsDecision } from './claims.js';
import { brokenByDispute, decideBy, evidenceMax, takenFromPayee } from './core/dispute.js';
import { actorOf, disputeOf, recordStep, recordTerms, wholeDispute } from './dispute.rows.js';
import type { Actor, DisputeRow } from './dispute.rows.js';
import { Freezes, payoutsStandStill } from './freezes.js';
import { before, participantAsked } from './list.js';
import { Notices } from './notices.js';
import { exchangeId } from './participants.js';
import { Refunds } from './refunds.js';
import { Schedules } from './schedules.js';

const hour = 3_600_000;

/** How a dispute ends. */
interface End {
  readonly state: DisputeState;
  readonly step: 'granted' | 'refused' | 'withdrawn' | 'lapsed';
  readonly detail: string;
  readonly granted?: bigint;
  readonly refundId?: number;
}

/** a buyer disputes a line of a bill; an officer decides; what is granted goes the way of refunds, voucher's share and all. */
@Injectable()
export class Disputes {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly schedules: Schedules,
    private readonly freezes: Freezes,
    private readonly refunds: Refunds,
    private readonly notices: Notices,
  ) {}

  async open(request: OpenDisputeRequest, call: Call): Promise<Dispute> {
    return this.db.once(call, Dispute, async (tx) => {
      const actor = actorOf(call, this.clock.now());
      await payoutsStandStill(tx);
      const line = await lockLine(tx, request.billId, request.line);
      if (!mayAct(call, line.buyer_id)) throw absent(`line ${request.line} of bill ${request.billId}`);
      mustBeOfBuyerHere(line);
      const row = await this.insert(tx, request, line, actor.at);
      await recordTerms(tx, [row.dispute_id]);
      await recordStep(tx, row.dispute_id, actor, 'opened', `${formatYuan(request.amount)} yuan: ${request.reason}`);
      await this.freezes.freeze(tx, row, actor);
      await this.tell(tx, row, actor, NoticeKind.DISPUTE_OPENED, row.amount);
      return this.whole(tx, row.dispute_id, call);
    });
  }

  async addEvidence(request: AddEvidenceRequest, call: Call): Promise<Dispute> {
    return this.db.once(call, Dispute, async (tx) => {
      const actor = actorOf(call, this.clock.now());
      const row = await this.lockOpen(tx, request.disputeId, call, partiesOf);
      const { kind, sha256, mediaType, location, note } = request;
      const [known] = await tx.query<{ pieces: bigint }>(
        'SELECT count(*) AS pieces FROM dispute_evidence WHERE dispute_id = $1 AND participant_id = $2',
        [row.dispute_id, actor.participantId],
      );
      if (known!.pieces >= evidenceMax)
        throw conflict('evidence_of_a_party_must_be_at_most_100', `${evidenceMax} pieces of yours are attached already`, 'disputeId');
      const [added] = await tx.query(
        `INSERT INTO dispute_evidence (dispute_id, sha256, kind, media_type, location, note, participant_id, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING sha256`,
        [row.dispute_id, sha256, kind, mediaType, location, note, actor.participantId, actor.at],
      );
      if (!added) throw conflict('evidence_must_be_new', 'the dispute has it already', 'sha256');
      await recordStep(tx, row.dispute_id, actor, 'evidence_added', sha256);
      return this.whole(tx, row.dispute_id, call);
    });
  }

  async withdraw({ disputeId, reason }: WithdrawDisputeRequest, call: Call): Promise<Dispute> {
    return this.db.once(call, Dispute, async (tx) => {
      const row = await this.lockOpen(tx, disputeId, call, ({ buyer_id }) => [buyer_id]);
      await this.end(tx, row, actorOf(call, this.clock.now()), { state: DisputeState.WITHDRAWN, step: 'withdrawn', detail: reason });
      return this.whole(tx, row.dispute_id, call);
    });
  }

  async decide({ disputeId, granted, reason }: DecideDisputeRequest, call: Call): Promise<Dispute> {
    return this.db.once(call, Dispute, async (tx) => {
      const actor = actorOf(call, this.clock.now());
      await lockLease(tx, disputeId);
      const row = await this.lockOpen(tx, disputeId, call, partiesOf);
      if (granted > row.amount)
        throw conflict('granted_amount_must_not_exceed_the_dispute', `${formatYuan(row.amount)} yuan are disputed`, 'granted');
      if (granted === 0n) await this.end(tx, row, actor, { state: DisputeState.REFUSED, step: 'refused', detail: reason });
      else await this.grant(tx, row, granted, reason, actor);
      return this.whole(tx, row.dispute_id, call);
    });
  }

  /** What nobody decided in time is released: the bill stands as it was measured. Where a programme has not decided nobody could, and none lapses. */
  @At('lapse-disputes', hour)
  async lapseDue(now: number): Promise<void> {
    while (await this.db.transaction((tx) => this.lapseOne(tx, now)));
  }

  private async lapseOne(tx: Tx, now: number): Promise<boolean> {
    const [row] = await tx.query<DisputeRow>(
      `SELECT d.* FROM disputes d JOIN trades t USING (trade_id) WHERE d.state = $1 AND d.decide_by <= $2 AND NOT ${awaitsDecision}
       ORDER BY d.dispute_id LIMIT 1 FOR UPDATE OF d`,
      [DisputeState.OPEN, now],
    );
    if (!row) return false;
    const actor: Actor = { participantId: 0, key: 'lapse-disputes', at: now };
    await this.end(tx, row, actor, { state: DisputeState.LAPSED, step: 'lapsed', detail: 'nobody decided in time' });
    return true;
  }

  async list(request: ListDisputesRequest, call: Call): Promise<ListDisputesResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<DisputeRow>(
      `SELECT * FROM disputes
       WHERE ($1::int4 = 0 OR $1 IN (buyer_id, payee_id, delivered_by_id)) AND ($2::int4 = 0 OR state = $2) AND ($3::int8 = 0 OR bill_id = $3)
         AND ($4::int8 = 0 OR trade_id = $4) AND dispute_id < $5 ORDER BY dispute_id DESC LIMIT $6`,
      [participantAsked(call, request.participantId), request.state, request.billId, request.tradeId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.dispute_id]);
    return { disputes: rows.map((row) => disputeOf(row)), page };
  }

  async get({ disputeId }: GetDisputeRequest, call: Call): Promise<Dispute> {
    return this.whole(this.db, BigInt(disputeId), call);
  }

  private async insert(tx: Tx, request: OpenDisputeRequest, line: ChargedLine, now: number): Promise<DisputeRow> {
    const schedules = await this.schedules.published(tx);
    const terms = schedules.disputeAt(Number(line.issued_at));
    const { amount: most, left } = isCharge(line) ? await leftOfLine(tx, line) : { amount: 0n, left: { exact: 0n, amount: 0n } };
    const asked = {
      isCharge: isCharge(line),
      isDisputed: line.dispute_state !== null,
      issuedAt: Number(line.issued_at),
      now,
      amount: request.amount,
      left: most,
    };
    const broken = brokenByDispute(asked, terms);
    if (broken)
      throw conflict(
        broken,
        `line ${request.line} of bill ${request.billId}`,
        broken === 'disputed_amount_must_not_exceed_the_line' ? 'amount' : 'line',
      );
    const [row] = await tx.query<DisputeRow>(
      `INSERT INTO disputes (bill_id, line, trade_id, buyer_id, payee_id, delivered_by_id, state, amount, to_freeze, reason, opened_at, decide_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *`,
      [
        request.billId,
        request.line,
        line.trade_id,
        line.buyer_id,
        line.payee_id,
        line.delivered_by_id,
        DisputeState.OPEN,
        request.amount,
        isOfPartner(line) ? 0n : takenFromPayee(request.amount, left, feeOfLine(line, schedules)),
        request.reason,
        now,
        decideBy(now, terms),
      ],
    );
    return row!;
  }

  private async grant(tx: Tx, row: DisputeRow, granted: bigint, reason: string, actor: Actor): Promise<void> {
    const request = { billId: Number(row.bill_id), line: row.line, amount: granted, reason };
    const line = await lockLine(tx, request.billId, request.line);
    // First, so that the refund finds it among the payee's income.
    await this.freezes.release(tx, row, actor);
    const refundId = await this.refunds.grant(tx, request, line, actor.key);
    await this.close(tx, row, actor, { state: DisputeState.GRANTED, step: 'granted', detail: reason, granted, refundId });
  }

  private async end(tx: Tx, row: DisputeRow, actor: Actor, end: End): Promise<void> {
    await this.freezes.release(tx, row, actor);
    await this.close(tx, row, actor, end);
  }

  private async close(tx: Tx, row: DisputeRow, actor: Actor, { state, step, detail, granted = 0n, refundId }: End): Promise<void> {
    await tx.query('UPDATE disputes SET state = $2, granted = $3, refund_id = $4, decision = $5, ended_at = $6 WHERE dispute_id = $1', [
      row.dispute_id,
      state,
      granted,
      refundId ?? null,
      detail,
      actor.at,
    ]);
    await recordStep(tx, row.dispute_id, actor, step, granted > 0n ? `${formatYuan(granted)} yuan: ${detail}` : detail);
    await this.tell(tx, row, actor, NoticeKind.DISPUTE_ENDED, granted);
  }

  /** Its parties and the exchange's officers hear of it, but for who did it. */
  private async tell(tx: Tx, row: DisputeRow, actor: Actor, kind: NoticeKind, amount: bigint): Promise<void> {
    const disputeId = Number(row.dispute_id);
    for (const participantId of new Set([...partiesOf(row), exchangeId]))
      if (participantId !== actor.participantId)
        await this.notices.tell(tx, { participantId, kind, about: `dispute/${disputeId}`, amount, disputeId });
  }

  /** @param who of its parties may do it; the operator may for all */
  private async lockOpen(tx: Tx, disputeId: number, call: Call, who: (row: DisputeRow) => number[]): Promise<DisputeRow> {
    const [row] = await tx.query<DisputeRow>('SELECT * FROM disputes WHERE dispute_id = $1 FOR UPDATE', [disputeId]);
    if (!row || !who(row).some((id) => mayAct(call, id))) throw absent(`dispute ${disputeId}`);
    if (row.state !== DisputeState.OPEN) throw conflict('dispute_must_be_open', `it is ${DisputeState[row.state]}`, 'disputeId');
    return row;
  }

  private async whole(reader: Pick<Tx, 'query'>, disputeId: bigint, call: Call): Promise<Dispute> {
    const [row] = await reader.query<DisputeRow>('SELECT * FROM disputes WHERE dispute_id = $1', [disputeId]);
    const seesAll = has(call, 'operator', 'regulator');
    if (!row || !(seesAll || partiesOf(row).some((id) => mayAct(call, id)))) throw absent(`dispute ${disputeId}`);
    return wholeDispute(reader, row, seesAll);
  }
}

/** First of what a decision locks, as refunds and corrections do. */
async function lockLease(tx: Tx, disputeId: number): Promise<void> {
  await tx.query('SELECT 1 FROM leases WHERE trade_id = (SELECT trade_id FROM disputes WHERE dispute_id = $1) FOR UPDATE', [disputeId]);
}

const partiesOf = (row: DisputeRow): number[] => [row.buyer_id, row.payee_id, row.delivered_by_id];
