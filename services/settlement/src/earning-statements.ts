import { Injectable } from '@nestjs/common';
import type { EarningStatement, EarningStatementRequest, ProductSum, Tier } from '#contracts';
import { startOfSlot } from '#domain';
import { Clock, Database, ownsOrAbsent } from '#platform';
import type { Call } from '#platform';
import { endOfMonth, startOfMonth } from './core/month.js';
import { suppliesOf } from './core/statement.js';
import { InvoiceTitles } from './invoice-titles.js';
import { mustBeOver } from './period.js';
import { Schedules } from './schedules.js';

interface ProductRow {
  readonly compute_class: number;
  readonly model: string;
  readonly unit: number;
  readonly tier: Tier;
  readonly trades: number;
  readonly amount: string;
}

/** Self-billing: what a payee earned in a month as the exchange counted it, made anew from its earnings and payouts alone each time. */
@Injectable()
export class EarningStatements {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly titles: InvoiceTitles,
    private readonly schedules: Schedules,
  ) {}

  async get({ participantId, month }: EarningStatementRequest, call: Call): Promise<EarningStatement> {
    ownsOrAbsent(call, participantId, `participant ${participantId}`);
    mustBeOver(month, this.clock.now());
    const end = startOfSlot(endOfMonth(month));
    const [sums, [before], [paid], products, schedules, supplier, exchange] = await Promise.all([
      this.db.query<{ kind: string; lines: number; amount: string }>(
        'SELECT kind, count(*)::int4 AS lines, sum(amount) AS amount FROM earnings WHERE participant_id = $1 AND month = $2 GROUP BY kind ORDER BY kind',
        [participantId, month],
      ),
      this.db.query<{ earned: string }>(
        'SELECT coalesce(sum(amount), 0) AS earned FROM earnings WHERE participant_id = $1 AND month < $2',
        [participantId, month],
      ),
      this.paidOut(participantId, month, end),
      this.products(participantId, month),
      this.schedules.published(this.db),
      this.titles.at(this.db, participantId, end),
      this.titles.ofExchange(this.db, end),
    ]);
    const kinds = sums.map(({ kind, lines, amount }) => ({ kind, lines, amount: BigInt(amount) }));
    const earned = kinds.reduce((sum, { amount }) => sum + amount, 0n);
    const opening = BigInt(before!.earned) - BigInt(paid!.before);
    const paidOut = BigInt(paid!.within);
    const tax = schedules.taxAt(end);
    return {
      ...{ participantId, month, supplier, exchange, opening, sums: kinds, earned, paidOut, closing: opening + earned - paidOut },
      ...suppliesOf(kinds, tax),
      ...{ taxBp: tax.taxBp, taxVersion: tax.version, products },
    };
  }

  /** Payouts that were instructed before the month and within it; what came back of them is earned again. */
  private async paidOut(participantId: number, month: string, end: number): Promise<{ before: string; within: string }[]> {
    return this.db.query<{ before: string; within: string }>(
      `SELECT coalesce(sum(amount) FILTER (WHERE instructed_at < $2), 0) AS before, coalesce(sum(amount) FILTER (WHERE instructed_at >= $2), 0) AS within
       FROM payouts WHERE participant_id = $1 AND instructed_at < $3`,
      [participantId, startOfSlot(startOfMonth(month)), end],
    );
  }

  private async products(participantId: number, month: string): Promise<ProductSum[]> {
    const rows = await this.db.query<ProductRow>(
      `SELECT t.compute_class, t.model, t.unit, t.tier, count(DISTINCT t.trade_id)::int4 AS trades, sum(e.amount) AS amount
       FROM earnings e JOIN trades t USING (trade_id) WHERE e.participant_id = $1 AND e.month = $2
       GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      [participantId, month],
    );
    return rows.map(({ compute_class, model, unit, tier, trades, amount }) => ({
      book: { computeClass: compute_class, model, unit, tier },
      trades,
      amount: BigInt(amount),
    }));
  }
}
