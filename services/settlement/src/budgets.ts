import { Injectable } from '@nestjs/common';
import { Budget, NoticeKind } from '#contracts';
import type { ListBudgetsRequest, ListBudgetsResponse, SetBudgetRequest } from '#contracts';
import { absent, At, Clock, Database, invalid, mayAct, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { budgetsInForce } from './budgets.rows.js';
import type { BudgetRow } from './budgets.rows.js';
import { monthOf } from './core/month.js';
import { alarmsReached, alarmsRise } from './core/spending.js';
import { Notices } from './notices.js';
import { knownOf, sumOf } from './spending.js';

const hour = 3_600_000;

/** A buyer's monthly budgets: each share of one that delivered and committed leases reach is told once a month. */
@Injectable()
export class Budgets {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly notices: Notices,
  ) {}

  async set({ participantId, project, amount, alarmsBp }: SetBudgetRequest, call: Call): Promise<Budget> {
    if (!mayAct(call, participantId)) throw absent(`participant ${participantId}`);
    if (!alarmsRise(alarmsBp)) throw invalid('alarmsBp', 'budget_alarms_must_rise', 'each alarm must be above the one before');
    return this.db.once(call, Budget, async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('budgets'), $1)`, [participantId]);
      const [row] = await tx.query<BudgetRow>(
        `INSERT INTO budgets (participant_id, project, version, amount, alarms_bp, set_at, set_by)
         SELECT $1, $2, count(*)::int4 + 1, $3, $4::int4[], $5, $6 FROM budgets WHERE participant_id = $1 AND project = $2 RETURNING *`,
        [participantId, project, amount, alarmsBp, this.clock.now(), call.caller.name],
      );
      await this.alarm(tx, participantId, [row!]);
      return budgetOf(row!);
    });
  }

  async list(request: ListBudgetsRequest, call: Call): Promise<ListBudgetsResponse> {
    ownsOrAbsent(call, request.participantId, `participant ${request.participantId}`);
    const { limit, after } = pageOf(request.page);
    const all = await budgetsInForce(this.db, request.participantId);
    const found = after ? all.filter(({ project }) => project > after[0]!) : all;
    const { rows, page } = nextPage(found.slice(0, limit + 1), limit, (row) => [row.project]);
    return { budgets: rows.map(budgetOf), page };
  }

  @At('budget-alarms', hour)
  async alarmAll(_now: number): Promise<void> {
    const all = await budgetsInForce(this.db, 0);
    for (const [participantId, budgets] of Map.groupBy(all, (row) => row.participant_id))
      await this.db.transaction((tx) => this.alarm(tx, participantId, budgets));
  }

  private async alarm(tx: Tx, participantId: number, budgets: readonly BudgetRow[]): Promise<void> {
    const now = this.clock.now();
    const month = monthOf(now);
    const known = await knownOf(tx, participantId, month, now);
    for (const { project, version, amount: budget, alarms_bp: alarms } of budgets) {
      const { delivered, committed } = sumOf(project ? known.filter((one) => one.project === project) : known);
      const amount = delivered + committed;
      for (const alarmBp of alarmsReached(amount, budget, alarms))
        await this.notices.tell(tx, {
          ...{ participantId, kind: NoticeKind.BUDGET_ALARM, about: `budget/${month}/${version}/${alarmBp}/${project}` },
          ...{ amount, month, project, budget, alarmBp },
        });
    }
  }
}

const budgetOf = (row: BudgetRow): Budget => ({
  project: row.project,
  version: row.version,
  amount: row.amount,
  alarmsBp: row.alarms_bp,
  setAt: Number(row.set_at),
});
