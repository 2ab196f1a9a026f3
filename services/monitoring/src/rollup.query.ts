import { Inject, Injectable } from '@nestjs/common';
import {
  type ListNodeRollupsRequest,
  type ListNodeRollupsResponse,
  type ListPoolRollupsRequest,
  type ListPoolRollupsResponse,
  ListPoolsRequest,
  type ListPoolsResponse,
  type ListSiteRollupsRequest,
  type ListSiteRollupsResponse,
  RegistryDefinition,
} from '#contracts';
import { type Call, type Client, Database, absent, clientOf, invalid, nextPage, numberAfter, ownsOrAbsent, pageOf } from '#platform';
import { unpackCells } from './core/cell-codec.js';
import { chunkNodes } from './core/cells.js';
import { metricsOf } from './core/node-numbers.js';

interface PoolRollupRow {
  readonly slot: number;
  readonly nodes: number;
  readonly units_up: number;
  readonly utilisation_bp: bigint;
  readonly energy_wh: bigint;
}

type Listed = Pick<ListPoolRollupsRequest, 'from' | 'to' | 'page'>;

/** What points say of pools, sites and nodes, slot by slot. */
@Injectable()
export class RollupQuery {
  constructor(
    private readonly database: Database,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

  async ofPool(request: ListPoolRollupsRequest, call: Call): Promise<ListPoolRollupsResponse> {
    await this.mustSee(request, call);
    return this.ofPools([request.poolId], request);
  }

  /** The registry says which pools are the site's, and whether the caller may see them. */
  async ofSite(request: ListSiteRollupsRequest, call: Call): Promise<ListSiteRollupsResponse> {
    mustHoldTime(request);
    await this.registry.getSite({ id: request.siteId }, call);
    const poolIds: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const asked = ListPoolsRequest.create({ siteId: request.siteId, page: { cursor, limit: 1_000 } });
      const { pools, page }: ListPoolsResponse = await this.registry.listPools(asked, call);
      poolIds.push(...pools.map(({ poolId }) => poolId));
      cursor = page?.nextCursor || undefined;
    }
    return this.ofPools(poolIds, request);
  }

  async ofNode(request: ListNodeRollupsRequest, call: Call): Promise<ListNodeRollupsResponse> {
    await this.mustSee(request, call);
    const asked = pageOf(request.page);
    const chunk = Math.floor(request.node / chunkNodes);
    const found = await this.database.query<{ slot: number; cells: Buffer }>(
      'select slot, cells from node_rollups where pool_id = $1 and chunk = $2 and slot > $3 and slot < $4 order by slot limit $5',
      [request.poolId, chunk, numberAfter(asked, request.from - 1), request.to, asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.slot]);
    const rollups = rows.map(({ slot, cells }) => ({
      slot,
      metrics: metricsOf(unpackCells(cells, request.poolId, slot, chunk), request.node - chunk * chunkNodes),
    }));
    return { rollups: rollups.filter(({ metrics }) => metrics.length > 0), page };
  }

  private async ofPools(poolIds: readonly number[], { from, to, page: request }: Listed): Promise<ListPoolRollupsResponse> {
    const asked = pageOf(request);
    const found = await this.database.query<PoolRollupRow>(
      `select slot, sum(nodes)::int4 as nodes, sum(units_up)::int4 as units_up, sum(utilisation_bp)::int8 as utilisation_bp,
         floor(sum(power_watts) / 4)::int8 as energy_wh
       from pool_rollups where pool_id = any($1::int4[]) and slot > $2 and slot < $3 group by slot order by slot limit $4`,
      [poolIds, numberAfter(asked, from - 1), to, asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.slot]);
    const rollups = rows.map(({ slot, nodes, units_up: unitsUp, utilisation_bp: utilisationBp, energy_wh: energyWh }) => ({
      ...{ slot, nodes, unitsUp, energyWh: Number(energyWh) },
      utilisationBp: nodes === 0 ? 0 : Math.floor(Number(utilisationBp) / nodes),
    }));
    return { rollups, page };
  }

  private async mustSee({ poolId, ...window }: { poolId: number; from: number; to: number }, call: Call): Promise<void> {
    mustHoldTime(window);
    const [pool] = await this.database.query<{ provider_id: number }>('select provider_id from pools where pool_id = $1', [poolId]);
    if (!pool) throw absent(`pool ${poolId}`);
    ownsOrAbsent(call, pool.provider_id, `pool ${poolId}`);
  }
}

function mustHoldTime({ from, to }: { from: number; to: number }): void {
  if (to <= from) throw invalid('to', 'window_must_end_after_it_starts', 'to must be later than from');
}
