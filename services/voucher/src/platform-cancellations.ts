import { Injectable } from '@nestjs/common';
import { type CancelPlatformBillRequest, Claim, ClaimState, SubsidyClawedBack } from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Clock, Database, Outbox, type Tx, absent, conflict, mayAct } from '#platform';
import { actorOf, record } from './audit.js';
import { endWait } from './claim.end.js';
import { type ClaimRow, readClaim, toClaim } from './claim.row.js';
import { takeBack } from './claw-backs.js';
import { cancel } from './core/cancellation.js';
import type { ClaimedTrade } from './core/clawback.js';

interface LineRow {
  readonly trade_id: bigint;
  readonly base: bigint;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly clawed_back: bigint;
}

/** what another platform cancels of a bill after its subsidy was decided. Who pays is not known to the exchange's ledger, so an officer says it. */
@Injectable()
export class PlatformCancellations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async cancel({ claimId, reason, lines }: CancelPlatformBillRequest, call: Call): Promise<Claim> {
    return this.database.once(call, Claim, async (tx) => {
      const row = await this.lock(tx, claimId, call);
      if (row.bill_id >= 0n)
        throw conflict('claim_must_be_of_another_platform', 'bills of the exchange are refunded line by line', 'claimId');
      if (row.state === ClaimState.REFUSED) throw conflict('claim_must_not_be_refused', 'nothing of it was granted', 'claimId');
      if (row.state === ClaimState.GRANTED) await this.giveBack(tx, row, lines, reason, call);
      else if (lines.length) throw conflict('claim_must_be_granted', 'while it waits the bill can be cancelled as a whole alone', 'lines');
      else await this.refuse(tx, row, reason, call);
      return toClaim(await readClaim(tx, claimId));
    });
  }

  /** The programme before the claim, as where its budget is shared out. */
  private async lock(tx: Tx, claimId: number, call: Call): Promise<ClaimRow> {
    const { programme_id: programmeId, authority_id: authorityId } = await readClaim(tx, claimId);
    if (!mayAct(call, authorityId)) throw absent(`claim ${claimId}`);
    await tx.query('select 1 from programmes where programme_id = $1 for update', [programmeId]);
    await tx.query('select 1 from claims where claim_id = $1 for update', [claimId]);
    return readClaim(tx, claimId);
  }

  private async refuse(tx: Tx, row: ClaimRow, reason: string, call: Call): Promise<void> {
    const now = this.clock.now();
    await record(tx, actorOf(call), now, [
      { programmeId: row.programme_id, claimId: row.claim_id, step: 'claim_cancelled', detail: reason },
    ]);
    await endWait(tx, this.outbox, row, { rule: 'bill_must_not_be_cancelled', passed: false, detail: reason }, now);
  }

  private async giveBack(tx: Tx, row: ClaimRow, asked: CancelPlatformBillRequest['lines'], reason: string, call: Call): Promise<void> {
    const { claim_id: claimId, programme_id: programmeId, bill_id: billId, buyer_id: buyerId } = row;
    const { parts, broken } = cancel(await linesOf(tx, claimId), asked);
    if (broken) throw conflict(broken.rule, broken.detail, broken.field);
    const refunded = parts.reduce((sum, part) => sum + part.amount, 0n);
    const amount = parts.reduce((sum, part) => sum + part.clawedBack, 0n);
    const now = this.clock.now();
    const [cancelled] = await tx.query<{ cancellation_id: bigint }>(
      `insert into platform_cancellations (claim_id, refunded, clawed_back, reason, participant_id, key, at) values ($1, $2, $3, $4, $5, $6, $7)
       returning cancellation_id`,
      [claimId, refunded, amount, reason, call.caller.participantId, call.caller.name, now],
    );
    const cancellationId = Number(cancelled!.cancellation_id);
    const taken = parts.map((part) => ({ tradeId: part.line, refunded: part.amount, clawedBack: part.clawedBack }));
    await takeBack(tx, { claimId, programmeId, parts: taken }, { refundId: 0, cancellationId }, now);
    const detail = `${formatYuan(amount)} yuan, as ${formatYuan(refunded)} yuan of the bill were paid back: ${reason}`;
    await record(tx, actorOf(call), now, [{ programmeId, claimId, step: 'claim_clawed_back', detail }]);
    if (amount === 0n) return;
    const told = { claimId: Number(claimId), billId: Number(billId), buyerId, programmeId, amount, reason };
    await this.outbox.publish(tx, SubsidyClawedBack, { ...told, refundId: 0, cancellationId }, `participant/${buyerId}`);
  }
}

async function linesOf(tx: Tx, claimId: bigint): Promise<Map<number, ClaimedTrade>> {
  const rows = await tx.query<LineRow>('select * from claim_trades where claim_id = $1 order by trade_id', [claimId]);
  return new Map(rows.map(({ trade_id: line, clawed_back: clawedBack, ...row }) => [Number(line), { ...row, clawedBack }]));
}
