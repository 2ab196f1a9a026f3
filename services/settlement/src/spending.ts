import { Injectable } from '@nestjs/common';
import type { AccruedIncome, GetAccruedIncomeRequest, GetSpendingRequest, MonthSpending, ProjectSpending } from '#contracts';
import { DisputeState } from '#contracts';
import { slotAt } from '#domain';
import { Clock, Database, ownsOrAbsent } from '#platform';
import type { Call, Tx } from '#platform';
import { budgetsInForce } from './budgets.rows.js';
import { endOfMonth, startOfMonth } from './core/month.js';
import { forecastOf } from './core/spending.js';
import type { Known } from './core/spending.js';

interface Row {
  readonly project: string;
  readonly leases: number;
  readonly delivered: string;
  readonly committed: string;
  readonly accrued: string;
}

/** Part of a window that is over by slot $2, of [from_slot, to_slot). */
const over = 'greatest(0, least($2::int4, to_slot) - from_slot)::numeric / greatest(1, to_slot - from_slot)';

/** By project, leases that end in the slots ($3, $4] of buyer $1, as known at slot $2. */
const spent = `WITH of_month AS (
    SELECT t.project, l.rated, coalesce(e.from_slot, t.from_slot) AS from_slot, coalesce(e.to_slot, t.to_slot) AS to_slot,
      CASE WHEN l.rated THEN (SELECT sum(compute_change + transfer_change - credit_change) FROM ratings r WHERE r.trade_id = t.trade_id)
          - coalesce((SELECT sum(exact) FROM refunds f WHERE f.trade_id = t.trade_id AND f.line > 0), 0)
        ELSE l.held END AS cost
    FROM trades t JOIN leases l USING (trade_id) LEFT JOIN lease_ends e USING (trade_id)
    WHERE t.buyer_id = $1 AND t.to_slot > $3 AND coalesce(e.to_slot, t.to_slot) > $3 AND coalesce(e.to_slot, t.to_slot) <= $4
  )
  SELECT project, count(*)::int4 AS leases, coalesce(sum(cost) FILTER (WHERE rated), 0)::text AS delivered,
    coalesce(sum(cost) FILTER (WHERE NOT rated), 0)::text AS committed, trunc(coalesce(sum(cost * ${over}), 0))::text AS accrued
  FROM of_month GROUP BY project ORDER BY project`;

export interface ProjectKnown extends Known {
  readonly project: string;
  readonly leases: number;
}

/** What a buyer's leases of a month come to so far, by project. */
export async function knownOf(reader: Pick<Tx, 'query'>, buyerId: number, month: string, now: number): Promise<ProjectKnown[]> {
  const rows = await reader.query<Row>(spent, [buyerId, slotAt(now), startOfMonth(month), endOfMonth(month)]);
  return rows.map(({ project, leases, delivered, committed, accrued }) => ({
    ...{ project, leases, delivered: BigInt(delivered), committed: BigInt(committed), accrued: BigInt(accrued) },
  }));
}

/** What a buyer spends and a provider is about to earn, as it stands now. */
@Injectable()
export class SpendingStatements {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async spending({ participantId, month }: GetSpendingRequest, call: Call): Promise<MonthSpending> {
    ownsOrAbsent(call, participantId, `participant ${participantId}`);
    const now = this.clock.now();
    const [known, budgets] = await Promise.all([knownOf(this.db, participantId, month, now), budgetsInForce(this.db, participantId)]);
    const budgetOf = new Map(budgets.map(({ project, amount }) => [project, amount]));
    const shown = (one: ProjectKnown, budget: bigint): ProjectSpending => ({
      ...{ project: one.project, leases: one.leases, delivered: one.delivered, committed: one.committed, budget },
      forecast: forecastOf(one, slotAt(now), startOfMonth(month), endOfMonth(month)),
    });
    // A budget of '' is of all projects together, not of leases without one.
    const projects = known.map((one) => shown(one, one.project ? (budgetOf.get(one.project) ?? 0n) : 0n));
    return { participantId, month, projects, all: shown(sumOf(known), budgetOf.get('') ?? 0n) };
  }

  async accruedIncome({ participantId }: GetAccruedIncomeRequest, call: Call): Promise<AccruedIncome> {
    ownsOrAbsent(call, participantId, `participant ${participantId}`);
    const [row] = await this.db.query<Record<'unpaid' | 'disputed' | 'accrued' | 'committed', string> & { leases: number }>(
      `SELECT (SELECT coalesce(sum(amount), 0) FROM unpaid WHERE participant_id = $1)::text AS unpaid,
         (SELECT coalesce(sum(frozen), 0) FROM disputes WHERE payee_id = $1 AND state = ${DisputeState.OPEN})::text AS disputed,
         trunc(coalesce(sum(compute_amount * ${over}), 0))::text AS accrued, coalesce(sum(compute_amount), 0)::text AS committed, count(*)::int4 AS leases
       FROM trades t JOIN leases l USING (trade_id) WHERE t.provider_id = $1 AND NOT l.rated`,
      [participantId, slotAt(this.clock.now())],
    );
    const of = (name: 'unpaid' | 'disputed' | 'accrued' | 'committed'): bigint => BigInt(row![name]);
    return {
      ...{ participantId, unpaid: of('unpaid'), disputed: of('disputed'), accrued: of('accrued') },
      ...{ committed: of('committed'), leases: row!.leases },
    };
  }
}

/** Of all projects together. */
export const sumOf = (known: readonly ProjectKnown[]): ProjectKnown =>
  known.reduce<ProjectKnown>(
    (sum, one) => ({
      ...{ project: '', leases: sum.leases + one.leases, delivered: sum.delivered + one.delivered },
      ...{ committed: sum.committed + one.committed, accrued: sum.accrued + one.accrued },
    }),
    { project: '', leases: 0, delivered: 0n, committed: 0n, accrued: 0n },
  );
