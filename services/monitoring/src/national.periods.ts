import { Injectable } from '@nestjs/common';
import { NationalKind, NationalMonitoring, type NationalPoolPeriod, RegisteredKind, RegistrationState } from '#contracts';
import { startOfSlot } from '#domain';
import type { Window } from '#domain';
import { At, Config, Database, Logger, type Tx } from '#platform';
import { closedPeriods, poolPeriod } from './core/national.js';
import { isReportedAlone } from './lease.measure.js';
import { type NewItem, writeItems } from './national.items.js';
import { NationalSender } from './national.sender.js';

const hour = 3_600_000;
const writtenAtOnce = 500;

interface PoolRow {
  readonly site: string;
  readonly pool: string;
  readonly node_count: number;
  readonly units_per_node: number;
  readonly verified_at: bigint;
  readonly up: bigint;
  readonly reported: bigint;
  readonly utilisation: bigint;
  readonly energy_wh: bigint;
}

/** Each site's hour is written once its telemetry can no longer change, every one since the last that was. */
@Injectable()
export class NationalPeriods {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly log: Logger,
    private readonly sender: NationalSender,
  ) {}

  @At('close national periods', hour)
  async close(now: number): Promise<void> {
    if (!this.config.nationalUrl) return;
    const [node] = await this.database.query<{ next_slot: number }>('select next_slot from national_node');
    const closed = closedPeriods(node!.next_slot, now);
    for (const period of closed) await this.database.transaction((tx) => this.write(tx, period));
    if (closed.length > 1) this.log.info({ periods: closed.length }, 'periods that were missed are reported to the national node');
  }

  /** Undefined where the site has no verified pool that was there. */
  async itemOf(tx: Pick<Tx, 'query'>, period: Window, site: string): Promise<NewItem | undefined> {
    return (await itemsOf(tx, period, site))[0];
  }

  private async write(tx: Tx, period: Window): Promise<void> {
    const [taken] = await tx.query('update national_node set next_slot = $2 where next_slot = $1 returning 1', [period.from, period.to]);
    if (!taken) return;
    const items = await itemsOf(tx, period);
    for (let from = 0; from < items.length; from += writtenAtOnce) await writeItems(tx, items.slice(from, from + writtenAtOnce));
    tx.onceCommitted(() => this.sender.wake());
  }
}

/** @param site its identifier; all sites where empty */
async function itemsOf(tx: Pick<Tx, 'query'>, period: Window, site = ''): Promise<NewItem[]> {
  const end = startOfSlot(period.to);
  const rows = await tx.query<PoolRow>(
    `select site.identifier as site, known.identifier as pool, p.node_count, p.units_per_node, p.verified_at, sums.*
     from pools p join national_subjects known on known.kind = ${RegisteredKind.POOL} and known.id = p.pool_id
       join national_subjects site on site.kind = ${RegisteredKind.SITE} and site.id = known.owner_id
       cross join lateral (
         select coalesce(sum(up), 0)::int8 as up, coalesce(sum(nodes), 0)::int8 as reported, coalesce(sum(utilisation), 0)::int8 as utilisation,
           coalesce(floor(sum(watts) / 4), 0)::int8 as energy_wh
         from (
           select least(units_up, p.units_per_node) as up, 1 as nodes, utilisation_bp as utilisation, power_watts::int8 as watts
           from telemetry where telemetry.pool_id = p.pool_id and slot >= $1 and slot < $2 and ${isReportedAlone}
           union all
           select units_up, nodes, utilisation_bp, power_watts from pool_rollups where pool_rollups.pool_id = p.pool_id and slot >= $1 and slot < $2
         ) slots) sums
     where p.state = ${RegistrationState.VERIFIED} and p.verified_at < $3 and known.identifier <> '' and site.identifier <> '' and ($4 = '' or site.identifier = $4)
     order by site.id, p.pool_id`,
    [period.from, period.to, end, site],
  );
  return [...Map.groupBy(rows, (row) => row.site)].map(([identifier, pools]) => {
    const from = startOfSlot(period.from);
    const monitoring = NationalMonitoring.create({ from, to: end, pools: pools.map((row) => lineOf(row, period)) });
    const itemId = `${identifier}/${new Date(from).toISOString().replace('.000Z', 'Z')}`;
    return {
      ...{ kind: NationalKind.MONITORING, itemId, identifier, needs: identifier },
      ...{ content: { monitoring }, causedAt: end, periodFrom: from },
    };
  });
}

const lineOf = (row: PoolRow, period: Window): NationalPoolPeriod => ({
  identifier: row.pool,
  ...poolPeriod(
    {
      nodes: row.node_count,
      unitsPerNode: row.units_per_node,
      since: Number(row.verified_at),
      unitSlotsUp: Number(row.up),
      nodeSlotsReported: Number(row.reported),
      utilisation: Number(row.utilisation),
      energyWh: Number(row.energy_wh),
    },
    period,
  ),
});
