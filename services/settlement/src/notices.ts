import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Notice } from '#contracts';
import type { ListNoticesRequest, ListNoticesResponse, NoticeKind, WatchNoticesRequest } from '#contracts';
import { Clock, Database, HotState, nextPage, pageOf } from '#platform';
import type { Call, Line, Tx } from '#platform';
import { before, participantAsked } from './list.js';

interface Row {
  readonly sequence: bigint;
  readonly participant_id: number;
  readonly kind: NoticeKind;
  readonly amount: bigint;
  readonly month: string;
  readonly project: string;
  readonly budget: bigint;
  readonly alarm_bp: number;
  readonly due_at: bigint | null;
  readonly dispute_id: bigint;
  readonly payout_account_id: bigint;
  readonly proposed_by: string;
  readonly decided_by: string;
  readonly told_at: bigint;
}

/** What is told once, by what it is about. */
export interface NewNotice {
  readonly participantId: number;
  readonly kind: NoticeKind;
  readonly about: string;
  readonly amount: bigint;
  readonly month?: string;
  readonly project?: string;
  readonly budget?: bigint;
  readonly alarmBp?: number;
  readonly dueAt?: number;
  readonly disputeId?: number;
  readonly payoutAccount?: { readonly id: number; readonly proposedBy: string; readonly decidedBy: string };
}

const pageRows = 500;
/** Looks by itself so often, where nobody tells that there is more. */
const lookMs = 5_000;

/** What participants are told of their money: kept, listed, and followed live from the same table. */
@Injectable()
export class Notices {
  private readonly line: Line;

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly hot: HotState,
  ) {
    this.line = hot.open('notices', () => undefined);
  }

  async tell(tx: Tx, notice: NewNotice): Promise<void> {
    const { participantId, kind, about, amount, month, project, budget, alarmBp, dueAt, disputeId, payoutAccount } = notice;
    // One after the other, so that sequences come to be seen in their order.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('notices'))`);
    const told = await tx.query(
      `INSERT INTO notices (participant_id, kind, about, amount, month, project, budget, alarm_bp, due_at, dispute_id, told_at, payout_account_id, proposed_by, decided_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT ON CONSTRAINT notice_must_be_told_once DO NOTHING RETURNING sequence`,
      [
        ...[participantId, kind, about, amount, month ?? '', project ?? '', budget ?? 0n, alarmBp ?? 0],
        ...[dueAt ?? null, disputeId ?? 0, this.clock.now()],
        ...[payoutAccount?.id ?? 0, payoutAccount?.proposedBy ?? '', payoutAccount?.decidedBy ?? ''],
      ],
    );
    if (told.length) tx.onceCommitted(() => this.line.tell(''));
  }

  async list(request: ListNoticesRequest, call: Call): Promise<ListNoticesResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      'SELECT * FROM notices WHERE ($1::int4 = 0 OR participant_id = $1) AND ($2::int4 = 0 OR kind = $2) AND sequence < $3 ORDER BY sequence DESC LIMIT $4',
      [participantAsked(call, request.participantId), request.kind, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.sequence]);
    return { notices: rows.map(noticeOf), page };
  }

  async *watch(request: WatchNoticesRequest, call: Call): AsyncGenerator<Notice> {
    const participantId = participantAsked(call, request.participantId);
    let { after } = request;
    let more = new AbortController();
    const line = this.hot.open('notices', () => more.abort());
    try {
      while (!call.signal?.aborted) {
        // Renewed before reading, so that what is written meanwhile ends the wait.
        more = new AbortController();
        const rows = await this.db.query<Row>(
          'SELECT * FROM notices WHERE ($1::int4 = 0 OR participant_id = $1) AND sequence > $2 ORDER BY sequence LIMIT $3',
          [participantId, after, pageRows],
        );
        for (const row of rows) {
          after = Number(row.sequence);
          yield noticeOf(row);
        }
        const signal = call.signal ? AbortSignal.any([call.signal, more.signal]) : more.signal;
        // The signal ends the wait, and nothing else can.
        if (!rows.length) await sleep(lookMs, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      line.close();
    }
  }
}

const noticeOf = (row: Row): Notice => ({
  sequence: Number(row.sequence),
  participantId: row.participant_id,
  kind: row.kind,
  amount: row.amount,
  month: row.month,
  project: row.project,
  budget: row.budget,
  alarmBp: row.alarm_bp,
  dueAt: Number(row.due_at ?? 0n),
  disputeId: Number(row.dispute_id),
  toldAt: Number(row.told_at),
  payoutAccountId: Number(row.payout_account_id),
  proposedBy: row.proposed_by,
  decidedBy: row.decided_by,
});
