import { Injectable } from '@nestjs/common';
import { NoticeKind, PayoutAccount, PayoutAccountState } from '#contracts';
import type {
  ApprovePayoutAccountRequest,
  ListPayoutAccountsRequest,
  ListPayoutAccountsResponse,
  ProposePayoutAccountRequest,
  RejectPayoutAccountRequest,
} from '#contracts';
import { absent, Clock, conflict, Database, mayAct, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { brokenByApproval } from './core/payout-account.js';
import { before, participantAsked } from './list.js';
import { Notices } from './notices.js';
import { Participants } from './participants.js';

export interface PayoutAccountRow {
  readonly payout_account_id: bigint;
  readonly participant_id: number;
  readonly version: number;
  readonly state: PayoutAccountState;
  readonly holder: string;
  readonly number: string;
  readonly bank_name: string;
  readonly bank_code: string;
  readonly proposed_by: string;
  readonly proposed_at: bigint;
  readonly decided_by: string | null;
  readonly decided_at: bigint | null;
  readonly reason: string | null;
}

/** Every proposal with what became of it: `payout_accounts` here, named a. */
export const accountRows = `SELECT p.*, d.decided_by, d.decided_at, d.reason,
    CASE WHEN d.payout_account_id IS NULL THEN ${PayoutAccountState.PROPOSED} WHEN NOT d.approved THEN ${PayoutAccountState.REJECTED}
      WHEN d.decision = max(d.decision) FILTER (WHERE d.approved) OVER (PARTITION BY p.participant_id) THEN ${PayoutAccountState.IN_FORCE}
      ELSE ${PayoutAccountState.REPLACED} END AS state
  FROM payout_accounts p LEFT JOIN payout_account_decisions d USING (payout_account_id)`;

/** The bank account to which somebody's payouts go. It changes only with two people: one proposes it, an operator's officer with another key approves it; whose payouts go there is told of each step. */
@Injectable()
export class PayoutAccounts {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly participants: Participants,
    private readonly notices: Notices,
  ) {}

  async propose({ participantId, account }: ProposePayoutAccountRequest, call: Call): Promise<PayoutAccount> {
    if (!mayAct(call, participantId)) throw absent(`participant ${participantId}`);
    const { holder, number, bankName, bankCode } = account!;
    return this.db.once(call, PayoutAccount, async (tx) => {
      await this.participants.mustExist(tx, participantId);
      await lockAccountsOf(tx, participantId);
      const [waiting] = await tx.query(
        'SELECT 1 FROM payout_accounts p LEFT JOIN payout_account_decisions d USING (payout_account_id) WHERE p.participant_id = $1 AND d IS NULL',
        [participantId],
      );
      if (waiting)
        throw conflict('payout_account_must_await_one_approval_at_a_time', 'another proposal waits: reject it first', 'participantId');
      const [row] = await tx.query<{ payout_account_id: bigint }>(
        `INSERT INTO payout_accounts (participant_id, version, holder, number, bank_name, bank_code, proposed_by, proposed_at)
         SELECT $1, count(*)::int4 + 1, $2, $3, $4, $5, $6, $7 FROM payout_accounts WHERE participant_id = $1 RETURNING payout_account_id`,
        [participantId, holder, number, bankName, bankCode, call.caller.name, this.clock.now()],
      );
      return this.told(tx, Number(row!.payout_account_id), NoticeKind.PAYOUT_ACCOUNT_PROPOSED);
    });
  }

  async approve({ payoutAccountId }: ApprovePayoutAccountRequest, call: Call): Promise<PayoutAccount> {
    return this.db.once(call, PayoutAccount, async (tx) => {
      const row = await this.lock(tx, payoutAccountId, call);
      const isProposed = row.state === PayoutAccountState.PROPOSED;
      const broken = brokenByApproval({ isProposed, proposedBy: row.proposed_by, approver: call.caller.name });
      if (broken) throw conflict(broken, `version ${row.version} was proposed by ${row.proposed_by}`, 'payoutAccountId');
      await this.decide(tx, row, true, '', call);
      return this.told(tx, payoutAccountId, NoticeKind.PAYOUT_ACCOUNT_IN_FORCE);
    });
  }

  async reject({ payoutAccountId, reason }: RejectPayoutAccountRequest, call: Call): Promise<PayoutAccount> {
    return this.db.once(call, PayoutAccount, async (tx) => {
      const row = await this.lock(tx, payoutAccountId, call);
      if (row.state !== PayoutAccountState.PROPOSED)
        throw conflict('payout_account_must_be_proposed', `it is ${PayoutAccountState[row.state]}`, 'payoutAccountId');
      await this.decide(tx, row, false, reason, call);
      return this.told(tx, payoutAccountId, NoticeKind.PAYOUT_ACCOUNT_REJECTED);
    });
  }

  async list(request: ListPayoutAccountsRequest, call: Call): Promise<ListPayoutAccountsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<PayoutAccountRow>(
      `SELECT * FROM (${accountRows}) a WHERE ($1::int4 = 0 OR participant_id = $1) AND ($2::int4 = 0 OR state = $2) AND payout_account_id < $3
       ORDER BY payout_account_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.state, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.payout_account_id]);
    return { accounts: rows.map(accountOf), page };
  }

  /** Those of the participants that have an account in force. */
  async inForce(tx: Tx, participantIds: readonly number[]): Promise<Map<number, PayoutAccountRow>> {
    const rows = await tx.query<PayoutAccountRow>(
      `SELECT * FROM (${accountRows} WHERE p.participant_id = ANY($1)) a WHERE state = ${PayoutAccountState.IN_FORCE}`,
      [participantIds],
    );
    return new Map(rows.map((row) => [row.participant_id, row]));
  }

  private async lock(tx: Tx, payoutAccountId: number, call: Call): Promise<PayoutAccountRow> {
    const row = await this.find(tx, payoutAccountId);
    if (!row || !mayAct(call, row.participant_id)) throw absent(`payout account ${payoutAccountId}`);
    await lockAccountsOf(tx, row.participant_id);
    return (await this.find(tx, payoutAccountId))!;
  }

  private async decide(tx: Tx, row: PayoutAccountRow, approved: boolean, reason: string, call: Call): Promise<void> {
    await tx.query(
      'INSERT INTO payout_account_decisions (payout_account_id, approved, decided_by, decided_at, reason) VALUES ($1, $2, $3, $4, $5)',
      [row.payout_account_id, approved, call.caller.name, this.clock.now(), reason],
    );
  }

  private async find(tx: Tx, payoutAccountId: number): Promise<PayoutAccountRow | undefined> {
    const [row] = await tx.query<PayoutAccountRow>(
      `SELECT * FROM (${accountRows} WHERE p.participant_id = (SELECT participant_id FROM payout_accounts WHERE payout_account_id = $1)) a
       WHERE payout_account_id = $1`,
      [payoutAccountId],
    );
    return row;
  }

  /** Whose payouts go there hears of it by whoever's keys it came, its own too. @returns the account as it is now */
  private async told(tx: Tx, payoutAccountId: number, kind: NoticeKind): Promise<PayoutAccount> {
    const account = accountOf((await this.find(tx, payoutAccountId))!);
    const { participantId, proposedBy, decidedBy } = account;
    const payoutAccount = { id: payoutAccountId, proposedBy, decidedBy };
    await this.notices.tell(tx, { participantId, kind, about: `payout account/${payoutAccountId}`, amount: 0n, payoutAccount });
    return account;
  }
}

/** One after the other: a participant's proposals and decisions. */
async function lockAccountsOf(tx: Tx, participantId: number): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('payout accounts'), $1)`, [participantId]);
}

const accountOf = (row: PayoutAccountRow): PayoutAccount => ({
  payoutAccountId: Number(row.payout_account_id),
  participantId: row.participant_id,
  version: row.version,
  state: row.state,
  account: { holder: row.holder, number: row.number, bankName: row.bank_name, bankCode: row.bank_code },
  proposedBy: row.proposed_by,
  proposedAt: Number(row.proposed_at),
  decidedBy: row.decided_by ?? '',
  decidedAt: Number(row.decided_at ?? 0n),
  reason: row.reason ?? '',
});
