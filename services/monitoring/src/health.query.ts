import { Injectable } from '@nestjs/common';
import type {
  ListHealthChangesRequest,
  ListHealthChangesResponse,
  ListPoolHealthRequest,
  ListPoolHealthResponse,
  PoolHealth,
} from '#contracts';
import { Health } from '#contracts';
import { type Call, Database, type Tx, absent, has, nextPage, numberAfter, ownsOrAbsent, pageOf } from '#platform';
import { deadlineAt } from './core/health.js';
import type { PoolRow } from './pool.health.js';

interface HealthRow extends PoolRow {
  readonly nodes_suspect: number;
  readonly nodes_lost: number;
}

interface ChangeRow {
  readonly number: bigint;
  readonly pool_id: number;
  readonly nodes: number[];
  readonly health: Health;
  readonly reason: string;
  readonly at: bigint;
  readonly by: string;
}

const healthOfPools = `
  select pools.*, nodes.suspect as nodes_suspect, nodes.lost as nodes_lost
  from pools cross join lateral (
    select count(*) filter (where health = ${Health.SUSPECT})::int4 as suspect, count(*) filter (where health = ${Health.LOST})::int4 as lost
    from unwell_nodes where pool_id = pools.pool_id
  ) nodes`;

/** How pools are judged, and were. */
@Injectable()
export class HealthQuery {
  constructor(private readonly database: Database) {}

  async get(tx: Pick<Tx, 'query'>, poolId: number, call: Call): Promise<PoolHealth> {
    const [row] = await tx.query<HealthRow>(`${healthOfPools} where pool_id = $1`, [poolId]);
    if (!row) throw absent(`pool ${poolId}`);
    ownsOrAbsent(call, row.provider_id, `pool ${poolId}`);
    return toHealth(row);
  }

  async list(request: ListPoolHealthRequest, call: Call): Promise<ListPoolHealthResponse> {
    const asked = pageOf(request.page);
    const own = has(call, 'operator', 'regulator', 'service') ? 0 : call.caller.participantId;
    const found = await this.database.query<HealthRow>(
      `${healthOfPools}
       where ($1 = 0 or pools.health = $1) and ($2 = 0 or provider_id = $2) and ($3 = 0 or provider_id = $3) and pool_id > $4
       order by pool_id limit $5`,
      [request.health, request.providerId, own, numberAfter(asked, 0), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.pool_id]);
    return { pools: rows.map(toHealth), page };
  }

  async changes(request: ListHealthChangesRequest, call: Call): Promise<ListHealthChangesResponse> {
    await this.get(this.database, request.poolId, call);
    const asked = pageOf(request.page);
    const found = await this.database.query<ChangeRow>(
      'select * from health_changes where pool_id = $1 and number < $2 order by number desc limit $3',
      [request.poolId, numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.number]);
    const changes = rows.map((row) => ({
      number: Number(row.number),
      poolId: row.pool_id,
      nodes: row.nodes,
      health: row.health,
      reason: row.reason,
      at: Number(row.at),
      by: row.by,
    }));
    return { changes, page };
  }
}

const toHealth = (row: HealthRow): PoolHealth => ({
  poolId: row.pool_id,
  providerId: row.provider_id,
  health: row.health,
  reason: row.reason,
  since: Number(row.since),
  lastSeenAt: Number(row.last_seen_at),
  deadlineAt: deadlineAt({ lastSeenAt: Number(row.last_seen_at), deadlineSeconds: row.deadline_seconds }),
  nodesSuspect: row.nodes_suspect,
  nodesLost: row.nodes_lost,
});
