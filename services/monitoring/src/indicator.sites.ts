import { Injectable } from '@nestjs/common';
import {
  type GetSiteIndicatorsRequest,
  type ListSiteIndicatorsRequest,
  type ListSiteIndicatorsResponse,
  Plan,
  SiteClass,
  SiteIndicator,
  type SiteMeasure,
  type SitePromise as SitePromiseMessage,
  SitePromiseKind,
  SitePromiseState,
} from '#contracts';
import { slotAt, slotsPerDay } from '#domain';
import { type Call, Clock, Database, absent, has, nextPage, numberAfter, pageOf } from '#platform';
import type { SiteFact } from './core/indicator-facts.js';
import { type SitePromise, carbonTonnes, coalTonnes, machinesWh, promisesOf, siteClassOf, waterTonnes } from './core/indicator-site.js';
import { IndicatorFacts } from './indicator.facts.js';
import { isReportedAlone } from './lease.measure.js';

/** Verified pools of a site. */
interface PoolsRow {
  readonly site_id: number;
  readonly pools: number;
  readonly nodes: number;
  readonly nodes_lost: number;
}

const measuredDays = 30;
const slotsPerYear = 365 * slotsPerDay;

/** Who sees every site; others see their own. */
export const seesAllSites = (call: Call): boolean => has(call, 'operator', 'regulator', 'authority', 'service');

/** Sites as plans look at them. */
@Injectable()
export class SiteIndicatorsQuery {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly facts: IndicatorFacts,
  ) {}

  async list(request: ListSiteIndicatorsRequest, call: Call): Promise<ListSiteIndicatorsResponse> {
    const asked = pageOf(request.page);
    const after = numberAfter(asked, 0);
    const found = (await this.all(call))
      .filter(({ siteId }) => siteId > after)
      .filter(({ region }) => !request.region || region === request.region)
      .filter(({ siteClass }) => !request.siteClass || siteClass === request.siteClass)
      .filter(({ promises }) => !request.promiseState || promises.some(({ state }) => state === request.promiseState))
      .slice(0, asked.limit + 1);
    const { rows, page } = nextPage(found, asked.limit, ({ siteId }) => [siteId]);
    return { sites: rows, page };
  }

  async get({ siteId }: GetSiteIndicatorsRequest, call: Call): Promise<SiteIndicator> {
    const site = (await this.all(call)).find((one) => one.siteId === siteId);
    if (!site) throw absent(`site ${siteId}`);
    return { ...site, measured: await this.measured(site) };
  }

  private async all(call: Call): Promise<SiteIndicator[]> {
    const now = this.clock.now();
    const { sites, homeRegion } = await this.facts.sites();
    const rows = await this.database.query<PoolsRow>(
      `select p.site_id, count(*)::int4 as pools, sum(p.node_count)::int4 as nodes,
         sum(case when judged.health = 4 then p.node_count else coalesce(lost.nodes, 0) end)::int4 as nodes_lost
       from indicator_pools p left join pools judged on judged.pool_id = p.pool_id
       left join (select pool_id, count(*)::int4 as nodes from unwell_nodes where health = 4 group by pool_id) lost on lost.pool_id = p.pool_id
       where p.state = 3 group by p.site_id`,
    );
    const pools = new Map(rows.map((row) => [row.site_id, row]));
    return sites
      .filter(({ providerId }) => seesAllSites(call) || providerId === call.caller.participantId)
      .map((site) => indicatorOf(site, pools.get(site.siteId), promisesOf(site, homeRegion, now)));
  }

  /** Of the days before now, from whichever of points and slot reports a node has. */
  private async measured({ siteId, pueMilli, energyMwhPerYear }: SiteIndicator): Promise<SiteMeasure> {
    const to = slotAt(this.clock.now());
    const from = to - measuredDays * slotsPerDay;
    const [sum] = await this.database.query<{ wh: bigint; reported: bigint; due: bigint }>(
      `select coalesce(floor(sum(watts) / 4), 0)::int8 as wh, coalesce(sum(nodes), 0)::int8 as reported,
         (select coalesce(sum(p.node_count::int8 * greatest(0, $3 - greatest($2, ceil(judged.verified_at / 900000.0)::int4))), 0)::int8
          from indicator_pools p join pools judged on judged.pool_id = p.pool_id where p.site_id = $1 and p.state = 3) as due
       from (
         select power_watts::int8 as watts, 1 as nodes from telemetry
         where pool_id in (select pool_id from indicator_pools where site_id = $1) and slot >= $2 and slot < $3 and ${isReportedAlone}
         union all
         select power_watts, nodes from pool_rollups
         where pool_id in (select pool_id from indicator_pools where site_id = $1) and slot >= $2 and slot < $3
       ) slots`,
      [siteId, from, to],
    );
    const { wh, reported, due } = sum!;
    const yearly = energyMwhPerYear ? machinesWh({ energyMwhPerYear, pueMilli }) : 0n;
    return {
      window: { from, to },
      machinesWh: Number(wh),
      coveredBp: due === 0n ? 0 : Math.min(10_000, Number((reported * 10_000n) / due)),
      registeredMachinesWh: Number((yearly * BigInt(to - from)) / BigInt(slotsPerYear)),
    };
  }
}

function indicatorOf(site: SiteFact, pools: PoolsRow | undefined, promises: readonly SitePromise[]): SiteIndicator {
  const { flashTb: flashStorageTb, standardRacks, ...facts } = site;
  return SiteIndicator.create({
    ...{ ...facts, standardRacks, flashStorageTb },
    siteClass: SiteClass[siteClassOf(standardRacks)],
    ...{ coalTonnesPerYear: coalTonnes(site), carbonTonnesPerYear: carbonTonnes(site), waterTonnesPerYear: waterTonnes(site) },
    ...{ pools: pools?.pools ?? 0, nodes: pools?.nodes ?? 0, nodesLost: pools?.nodes_lost ?? 0 },
    promises: promises.map(promiseMessage),
  });
}

export const promiseMessage = ({ promise, plan, state, ...part }: SitePromise): SitePromiseMessage => ({
  ...part,
  kind: SitePromiseKind[promise],
  plan: Plan[plan],
  state: SitePromiseState[state],
});
