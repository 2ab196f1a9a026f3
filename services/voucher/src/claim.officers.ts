import { Injectable } from '@nestjs/common';
import { Claim, ClaimState } from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Clock, Database, Outbox, type Tx, absent, conflict, mayAct } from '#platform';
import { actorOf, record } from './audit.js';
import { endWait } from './claim.end.js';
import { type ClaimRow, readClaim, toClaim } from './claim.row.js';
import { brokenByApproval, detailOf, isApproved } from './core/officers.js';

/** claims above a programme's threshold wait for two officers. */
@Injectable()
export class ClaimOfficers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async approve(claimId: number, call: Call): Promise<Claim> {
    return this.database.once(call, Claim, async (tx) => {
      const row = await this.lock(tx, claimId, call);
      const officer = call.caller.name;
      const broken = brokenByApproval({ authors: [], approvals: row.approved_by }, officer);
      if (broken) throw conflict(broken, detailOf(broken, officer));
      const now = this.clock.now();
      await tx.query('insert into claim_approvals (claim_id, key, at) values ($1, $2, $3)', [claimId, officer, now]);
      const approvals = [...row.approved_by, officer];
      await this.record(tx, row, call, 'claim_approved', `officer ${approvals.length} of 2: ${formatYuan(row.amount)} yuan`);
      if (isApproved(approvals))
        await endWait(tx, this.outbox, row, { rule: 'two_officers_must_approve', passed: true, detail: approvals.join(', ') }, now);
      return toClaim(await readClaim(tx, claimId));
    });
  }

  async refuse(claimId: number, reason: string, call: Call): Promise<Claim> {
    return this.database.once(call, Claim, async (tx) => {
      const row = await this.lock(tx, claimId, call);
      await this.record(tx, row, call, 'claim_refused', reason);
      await endWait(tx, this.outbox, row, { rule: 'two_officers_must_approve', passed: false, detail: reason }, this.clock.now());
      return toClaim(await readClaim(tx, claimId));
    });
  }

  private async lock(tx: Tx, claimId: number, call: Call): Promise<ClaimRow> {
    await tx.query('select 1 from claims where claim_id = $1 for update', [claimId]);
    const row = await readClaim(tx, claimId);
    if (!mayAct(call, row.authority_id)) throw absent(`claim ${claimId}`);
    if (row.state !== ClaimState.WAITING) throw conflict('claim_must_wait_for_officers', `it is ${ClaimState[row.state]}`);
    return row;
  }

  private async record(tx: Tx, row: ClaimRow, call: Call, step: string, detail: string): Promise<void> {
    await record(tx, actorOf(call), this.clock.now(), [{ programmeId: row.programme_id, claimId: row.claim_id, step, detail }]);
  }
}
