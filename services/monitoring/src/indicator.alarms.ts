import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ListSiteAlarmsRequest, type ListSiteAlarmsResponse, type SiteAlarm, SitePromiseKind, SitePromiseState } from '#contracts';
import { At, type Call, Database, Gauges, type Observations, int4Array, nextPage, numberAfter, pageOf, textArray } from '#platform';
import { promisesOf } from './core/indicator-site.js';
import { IndicatorFacts } from './indicator.facts.js';
import { promiseMessage, seesAllSites } from './indicator.sites.js';

interface AlarmRow {
  readonly alarm_id: bigint;
  readonly site_id: number;
  readonly provider_id: number;
  readonly site_name: string;
  readonly kind: SitePromiseKind;
  readonly plan: number;
  readonly clause: string;
  readonly limit: number;
  readonly value: number;
  readonly grace_until_day: number;
  readonly raised_at: bigint;
  readonly cleared_at: bigint | null;
}

const hourMs = 3_600_000;
const kinds = [SitePromiseKind.PUE, SitePromiseKind.GREEN_SHARE];

/** Raises an alarm where a site misses what a plan promises of it, and clears it when it keeps that, or is no longer verified. */
@Injectable()
export class SiteAlarms implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly gauges: Gauges,
    private readonly facts: IndicatorFacts,
  ) {}

  onApplicationBootstrap(): void {
    this.gauges.add('exchange.site.promises.missed', '{site}', 'Sites that miss what a plan promises of them', () => this.missed());
  }

  @At('site promises', hourMs)
  async judge(now: number): Promise<void> {
    const { sites, homeRegion } = await this.facts.sites();
    const missed = sites.flatMap((site) =>
      promisesOf(site, homeRegion, now)
        .map(promiseMessage)
        .filter(({ state }) => state === SitePromiseState.MISSED)
        .map((promise) => ({ siteId: site.siteId, ...promise })),
    );
    const siteIds = int4Array(missed.map(({ siteId }) => siteId));
    const missedKinds = int4Array(missed.map(({ kind }) => kind));
    await this.database.transaction(async (tx) => {
      await tx.query(
        `update site_alarms set cleared_at = $3 where cleared_at is null
           and (site_id, kind) not in (select * from unnest($1::int4[], $2::int4[]))`,
        [siteIds, missedKinds, now],
      );
      await tx.query(
        `insert into site_alarms (site_id, kind, plan, clause, "limit", value, grace_until_day, raised_at)
         select *, $8 from unnest($1::int4[], $2::int4[], $3::int4[], $4::text[], $5::int4[], $6::int4[], $7::int4[])
         on conflict (site_id, kind) where cleared_at is null do nothing`,
        [
          siteIds,
          missedKinds,
          int4Array(missed.map(({ plan }) => plan)),
          textArray(missed.map(({ clause }) => clause)),
          int4Array(missed.map(({ limit }) => limit)),
          int4Array(missed.map(({ value }) => value)),
          int4Array(missed.map(({ graceUntilDay }) => graceUntilDay)),
          now,
        ],
      );
    });
  }

  async list(request: ListSiteAlarmsRequest, call: Call): Promise<ListSiteAlarmsResponse> {
    const asked = pageOf(request.page);
    const own = seesAllSites(call) ? 0 : call.caller.participantId;
    const found = await this.database.query<AlarmRow>(
      `select a.*, s.provider_id, s.name as site_name from site_alarms a join indicator_sites s on s.site_id = a.site_id
       where ($1 = 0 or a.site_id = $1) and (not $2 or cleared_at is null) and ($3 = 0 or s.provider_id = $3) and alarm_id < $4
       order by alarm_id desc limit $5`,
      [request.siteId, request.standing, own, numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.alarm_id]);
    return { alarms: rows.map(alarmOf), page };
  }

  private async missed(): Promise<Observations> {
    const rows = await this.database.query<{ kind: SitePromiseKind; sites: number }>(
      'select kind, count(*)::int4 as sites from site_alarms where cleared_at is null group by kind',
    );
    return kinds.map((kind) => [
      rows.find((row) => row.kind === kind)?.sites ?? 0,
      { 'exchange.promise': SitePromiseKind[kind].toLowerCase() },
    ]);
  }
}

const alarmOf = (row: AlarmRow): SiteAlarm => ({
  alarmId: Number(row.alarm_id),
  siteId: row.site_id,
  providerId: row.provider_id,
  siteName: row.site_name,
  promise: {
    ...{ kind: row.kind, plan: row.plan, clause: row.clause, limit: row.limit, value: row.value },
    ...{ graceUntilDay: row.grace_until_day, state: SitePromiseState.MISSED },
  },
  raisedAt: Number(row.raised_at),
  clearedAt: Number(row.cleared_at ?? 0),
});
