import { Injectable } from '@nestjs/common';
import { OverdueChanged } from '#contracts';
import { At, Clock, Config, Database, Gather, Outbox } from '#platform';
import type { Tx } from '#platform';
import { passedAt } from './entries.js';
import { Ledger } from './ledger.js';

const hour = 3_600_000;
const day = 24 * hour;

/** Receivables that are not paid, by participant, and when the oldest part of each came: payments meet what was owed first. $1: of whom; 0: of all. */
const unpaid = `SELECT participant_id, since FROM (
    SELECT split_part(a.code, '/', 2)::int4 AS participant_id, ${passedAt('a.account_id', 'debits', 'a.credits_posted')} AS since FROM accounts a
    WHERE a.kind = 'participant/*/receivable' AND a.debits_posted > a.credits_posted
      AND ($1::int4 = 0 OR a.code = 'participant/' || $1::text || '/receivable')
  ) owed`;

/** what is owed for longer than its days stops new orders of its debtor until it is paid. The engine hears of it when it begins and when it ends. */
@Injectable()
export class Overdue {
  private readonly grace: number;
  private readonly payers = new Gather<number>(async (tx, participantIds) => {
    await this.ledger.flush(tx);
    for (const id of new Set(participantIds)) await this.tell(tx, id, this.clock.now());
  });

  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    config: Config,
  ) {
    this.grace = config.receivableDays * day;
  }

  @At('overdue', hour)
  async lookAll(now: number): Promise<void> {
    await this.db.transaction((tx) => this.tell(tx, 0, now));
  }

  /** Something was paid: if that was all that was overdue, its debtor may place orders at once. It is looked at when the transaction ends. */
  paid(tx: Tx, participantId: number): void {
    this.payers.add(tx, participantId);
  }

  /** @returns when the oldest part of what the participant owes falls or fell due; undefined where it owes nothing */
  async dueAt(participantId: number): Promise<number | undefined> {
    const [row] = await this.db.query<{ since: bigint }>(unpaid, [participantId]);
    return row && Number(row.since) + this.grace;
  }

  /** Everybody who owes: what, and when the oldest part of it falls or fell due. */
  async debtors(tx: Tx): Promise<{ participantId: number; amount: bigint; dueAt: number }[]> {
    const rows = await tx.query<{ participant_id: number; since: bigint; owed: bigint }>(
      `SELECT u.participant_id, u.since, a.debits_posted - a.credits_posted AS owed
       FROM (${unpaid}) u JOIN accounts a ON a.code = 'participant/' || u.participant_id || '/receivable' ORDER BY 1`,
      [0],
    );
    return rows.map((row) => ({ participantId: row.participant_id, amount: row.owed, dueAt: Number(row.since) + this.grace }));
  }

  private async tell(tx: Tx, participantId: number, now: number): Promise<void> {
    const changed = await tx.query<{ participant_id: number; overdue: boolean }>(
      `WITH unpaid AS (${unpaid}),
         late AS (SELECT participant_id FROM unpaid WHERE since + $3::int8 <= $2::int8),
         begun AS (INSERT INTO overdue (participant_id, told_at) SELECT participant_id, $2::int8 FROM late ON CONFLICT DO NOTHING RETURNING participant_id),
         ended AS (DELETE FROM overdue WHERE participant_id NOT IN (SELECT participant_id FROM late) AND ($1::int4 = 0 OR participant_id = $1) RETURNING participant_id)
       SELECT participant_id, true AS overdue FROM begun UNION ALL SELECT participant_id, false FROM ended ORDER BY participant_id`,
      [participantId, now, this.grace],
    );
    for (const row of changed)
      await this.outbox.publish(
        tx,
        OverdueChanged,
        { participantId: row.participant_id, overdue: row.overdue },
        `participant/${row.participant_id}`,
      );
  }
}
