import { Injectable } from '@nestjs/common';
import { Schedule, ScheduleKind } from '#contracts';
import type { ListSchedulesRequest, ListSchedulesResponse, PublishScheduleRequest } from '#contracts';
import { Clock, Database, invalid, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import type { DisputeSchedule } from './core/dispute.js';
import type { CarbonSchedule } from './core/energy.js';
import type { FeeSchedule } from './core/fee.js';
import type { ShortfallSchedule } from './core/green.js';
import { inForce } from './core/schedule.js';
import { brokenTerms } from './core/schedule-terms.js';
import type { TermsKind } from './core/schedule-terms.js';
import type { SlaSchedule } from './core/sla.js';
import type { TaxSchedule } from './core/tax.js';

interface Row {
  kind: ScheduleKind;
  version: number;
  effective_from: bigint;
  fee_bp: number;
  tiers: [availabilityBp: number, creditBp: number][];
  published_at: bigint;
  published_by: string;
  dispute_days: number;
  decision_days: number;
  tax_bp: number;
  carbon_mg_per_kwh: number;
  shortfall_per_kwh: bigint;
  source: string;
}

export interface Published {
  feeAt(madeAt: number): FeeSchedule;
  slaAt(madeAt: number): SlaSchedule;
  disputeAt(issuedAt: number): DisputeSchedule;
  taxAt(issuedAt: number): TaxSchedule;
  carbonAt(madeAt: number): CarbonSchedule;
  carbon(version: number): CarbonSchedule;
  shortfallAt(madeAt: number): ShortfallSchedule;
}

const termsKind: Readonly<Record<number, TermsKind>> = {
  [ScheduleKind.FEE]: 'fee',
  [ScheduleKind.SLA]: 'sla',
  [ScheduleKind.DISPUTE]: 'dispute',
  [ScheduleKind.TAX]: 'tax',
  [ScheduleKind.CARBON]: 'carbon',
  [ScheduleKind.SHORTFALL]: 'shortfall',
};

/**
 * the fee, the service-level credits, the terms of disputes, the tax rate, the grid's carbon and the price of a green shortfall, published
 * ahead and never changed; a trade goes by what was in force when it was made, a bill is disputed and taxed by what was when it was issued.
 */
@Injectable()
export class Schedules {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async published(tx: Pick<Tx, 'query'>): Promise<Published> {
    const rows = await tx.query<Row>('SELECT * FROM schedules');
    const versions = Map.groupBy(
      rows.map((row) => ({ kind: row.kind, ...versionOf(row) })),
      ({ kind }) => kind,
    );
    const at = (kind: ScheduleKind) => (time: number) => inForce(versions.get(kind) ?? [], time);
    return {
      feeAt: at(ScheduleKind.FEE),
      slaAt: at(ScheduleKind.SLA),
      disputeAt: at(ScheduleKind.DISPUTE),
      taxAt: at(ScheduleKind.TAX),
      carbonAt: at(ScheduleKind.CARBON),
      carbon: (version) => versions.get(ScheduleKind.CARBON)!.find((one) => one.version === version)!,
      shortfallAt: at(ScheduleKind.SHORTFALL),
    };
  }

  async publish(request: PublishScheduleRequest, call: Call): Promise<Schedule> {
    const { kind, effectiveFrom, feeBp, tiers, disputeDays, decisionDays, taxBp, carbonMgPerKwh, shortfallPerKwh, source } = request;
    const broken = brokenTerms(termsKind[kind]!, request);
    if (broken) throw invalid(broken.field, broken.rule, broken.detail);
    return this.db.once(call, Schedule, async (tx) => {
      const now = this.clock.now();
      if (effectiveFrom <= now)
        throw invalid('effectiveFrom', 'schedule_must_take_effect_in_the_future', 'trades made already keep their schedule');
      await tx.query('SELECT pg_advisory_xact_lock($1)', [kind]);
      const [row] = await tx.query<Row>(
        `INSERT INTO schedules (kind, version, effective_from, fee_bp, tiers, published_at, published_by, dispute_days, decision_days, tax_bp, carbon_mg_per_kwh, shortfall_per_kwh, source)
         SELECT $1, max(version) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM schedules WHERE kind = $1 RETURNING *`,
        [
          kind,
          effectiveFrom,
          feeBp,
          JSON.stringify(tiers.map((tier) => [tier.availabilityBp, tier.creditBp])),
          now,
          call.caller.name,
          disputeDays,
          decisionDays,
          taxBp,
          carbonMgPerKwh,
          shortfallPerKwh,
          source,
        ],
      );
      return scheduleOf(row!);
    });
  }

  async list(request: ListSchedulesRequest): Promise<ListSchedulesResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT * FROM schedules WHERE ($1::int4 = 0 OR kind = $1) AND (kind, version) > ($2::int4, $3::int4) ORDER BY kind, version LIMIT $4`,
      [request.kind, Number(after?.[0] ?? 0), Number(after?.[1] ?? 0), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.kind, row.version]);
    return { schedules: rows.map(scheduleOf), page };
  }
}

const tierOf = ([availabilityBp, creditBp]: [number, number]) => ({ availabilityBp, creditBp });

const versionOf = (row: Row): FeeSchedule & SlaSchedule & DisputeSchedule & TaxSchedule & CarbonSchedule & ShortfallSchedule => ({
  version: row.version,
  effectiveFrom: Number(row.effective_from),
  feeBp: row.fee_bp,
  tiers: row.tiers.map(tierOf),
  disputeDays: row.dispute_days,
  decisionDays: row.decision_days,
  taxBp: row.tax_bp,
  carbonMgPerKwh: row.carbon_mg_per_kwh,
  shortfallPerKwh: row.shortfall_per_kwh,
  source: row.source,
});

const scheduleOf = (row: Row): Schedule => ({
  ...versionOf(row),
  kind: row.kind,
  tiers: row.tiers.map(tierOf),
  publishedAt: Number(row.published_at),
  publishedBy: row.published_by,
});
