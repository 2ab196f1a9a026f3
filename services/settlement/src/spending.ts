import { Injectable } from '@nestjs/common';
import { ScheduleKind } from '#contracts';
import type { AccruedIncome, GetAccruedIncomeRequest, GetSpendingRequest, MonthSpending, ProjectSpending, Tier } from '#contracts';
import { slotAt } from '#domain';
import { Clock, Database, ownsOrAbsent } from '#platform';
import type { Call, Tx } from '#platform';
import { budgetsInForce } from './budgets.rows.js';
import { disputed, receivable } from './core/account.js';
import { endOfMonth, startOfMonth } from './core/month.js';
import { forecastOf } from './core/spending.js';
import type { Known } from './core/spending.js';
import { takenBack } from './taken-back.js';

interface Row {
  readonly project: string;
  readonly leases: number;
  readonly delivered: string;
  readonly committed: string;
  readonly accrued: string;
  readonly subsidy: string;
}

/** Part of a window that is over by slot $2, of [from_slot, to_slot). */
const over = 'greatest(0, least($2::int4, to_slot) - from_slot)::numeric / greatest(1, to_slot - from_slot)';

/** By project, leases that end in the slots ($3, $4] of buyer $1, as known at slot $2. */
const spent = `WITH of_month AS (
    SELECT t.project, l.rated, coalesce(e.from_slot, t.from_slot) AS from_slot, coalesce(e.to_slot, t.to_slot) AS to_slot,
      CASE WHEN l.rated THEN (SELECT sum(compute_change + transfer_change - credit_change) FROM ratings r WHERE r.trade_id = t.trade_id)
          - coalesce((SELECT sum(exact) FROM refunds f WHERE f.trade_id = t.trade_id AND f.line > 0), 0)
        ELSE l.held END AS cost,
      CASE WHEN l.rated THEN coalesce((SELECT granted FROM subsidy_grants g WHERE g.trade_id = t.trade_id), (SELECT sum(subsidy) FROM ratings r WHERE r.trade_id = t.trade_id))
          - coalesce((SELECT sum(${takenBack}) FROM refunds f WHERE f.trade_id = t.trade_id), 0)
        ELSE l.held_subsidy END AS subsidy
    FROM trades t JOIN leases l USING (trade_id) LEFT JOIN lease_ends e USING (trade_id)
    WHERE t.buyer_id = $1 AND t.to_slot > $3 AND coalesce(e.to_slot, t.to_slot) > $3 AND coalesce(e.to_slot, t.to_slot) <= $4
  )
  SELECT project, count(*)::int4 AS leases, coalesce(sum(cost) FILTER (WHERE rated), 0)::text AS delivered,
    coalesce(sum(cost) FILTER (WHERE NOT rated), 0)::text AS committed, trunc(coalesce(sum(cost * ${over}), 0))::text AS accrued,
    coalesce(sum(subsidy), 0)::text AS subsidy
  FROM of_month GROUP BY project ORDER BY project`;

interface AccruedRow {
  readonly compute_class: number;
  readonly model: string;
  readonly unit: number;
  readonly tier: Tier;
  readonly leases: number;
  readonly accrued: string;
  readonly committed: string;
  readonly fees: string;
}

/** By product, what leases of provider $1 that are not rated are about to earn, as known at slot $2; the fee is that of the trade's moment, rounded down. */
const accruing = `SELECT compute_class, model, unit, tier, count(*)::int4 AS leases, trunc(sum(compute_amount * ${over}))::text AS accrued,
    sum(compute_amount)::text AS committed, sum(trunc(compute_amount * fee_bp::numeric / 10000))::text AS fees
  FROM trades t JOIN leases l USING (trade_id) CROSS JOIN LATERAL (SELECT fee_bp FROM schedules s
    WHERE s.kind = ${ScheduleKind.FEE} AND s.effective_from <= t.made_at ORDER BY s.effective_from DESC, s.version DESC LIMIT 1) fee
  WHERE t.provider_id = $1 AND NOT l.rated GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

export interface ProjectKnown extends Known {
  readonly project: string;
  readonly leases: number;
  readonly subsidy: bigint;
}

const none = { leases: 0, delivered: 0n, committed: 0n, accrued: 0n, subsidy: 0n };

/** What a buyer's leases of a month come to so far, by project. */
export async function knownOf(reader: Pick<Tx, 'query'>, buyerId: number, month: string, now: number): Promise<ProjectKnown[]> {
  const rows = await reader.query<Row>(spent, [buyerId, slotAt(now), startOfMonth(month), endOfMonth(month)]);
  return rows.map(({ project, leases, delivered, committed, accrued, subsidy }) => ({
    ...{ project, leases, delivered: BigInt(delivered), committed: BigInt(committed), accrued: BigInt(accrued), subsidy: BigInt(subsidy) },
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
      ...{ project: one.project, leases: one.leases, delivered: one.delivered, committed: one.committed, subsidy: one.subsidy, budget },
      forecast: forecastOf(one, slotAt(now), startOfMonth(month), endOfMonth(month)),
    });
    // A budget of '' is of all projects together, not of leases without one.
    const idle = budgets.filter(({ project }) => project && !known.some((one) => one.project === project));
    const projects = [...known, ...idle.map(({ project }) => ({ ...none, project }))]
      .sort((one, other) => (one.project < other.project ? -1 : 1))
      .map((one) => shown(one, one.project ? (budgetOf.get(one.project) ?? 0n) : 0n));
    return { participantId, month, projects, all: shown(sumOf(known), budgetOf.get('') ?? 0n) };
  }

  async accruedIncome({ participantId }: GetAccruedIncomeRequest, call: Call): Promise<AccruedIncome> {
    ownsOrAbsent(call, participantId, `participant ${participantId}`);
    const [[row], products] = await Promise.all([
      this.db.query<Record<'unpaid' | 'disputed' | 'owed', bigint>>(
        `SELECT (SELECT coalesce(sum(amount), 0) FROM unpaid WHERE participant_id = $1)::int8 AS unpaid,
           coalesce((SELECT credits_posted - debits_posted FROM accounts WHERE code = $2), 0)::int8 AS disputed,
           coalesce((SELECT debits_posted - credits_posted FROM accounts WHERE code = $3), 0)::int8 AS owed`,
        [participantId, disputed(participantId), receivable(participantId)],
      ),
      this.db.query<AccruedRow>(accruing, [participantId, slotAt(this.clock.now())]),
    ]);
    const sum = (of: (product: AccruedRow) => string): bigint => products.reduce((total, one) => total + BigInt(of(one)), 0n);
    return {
      ...{ participantId, unpaid: row!.unpaid, disputed: row!.disputed, owed: row!.owed },
      ...{ accrued: sum((one) => one.accrued), committed: sum((one) => one.committed), fees: sum((one) => one.fees) },
      leases: products.reduce((leases, one) => leases + one.leases, 0),
      products: products.map(({ compute_class: computeClass, model, unit, tier, leases, committed }) => ({
        ...{ book: { computeClass, model, unit, tier }, trades: leases, amount: BigInt(committed) },
      })),
    };
  }
}

/** Of all projects together. */
export const sumOf = (known: readonly ProjectKnown[]): ProjectKnown =>
  known.reduce<ProjectKnown>(
    (sum, one) => ({
      ...{ project: '', leases: sum.leases + one.leases, delivered: sum.delivered + one.delivered },
      ...{ committed: sum.committed + one.committed, accrued: sum.accrued + one.accrued, subsidy: sum.subsidy + one.subsidy },
    }),
    { ...none, project: '' },
  );
