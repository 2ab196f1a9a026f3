import { Inject, Injectable } from '@nestjs/common';
import { DisputeState, DisputesDefinition, ListDisputesRequest, type ListDisputesResponse } from '#contracts';
import { type PoolId, type Slot, slotAt } from '#domain';
import { At, type Client, Clock, Config, Database, clientOf, serviceCall } from '#platform';

const dayMs = 86_400_000;
/** Pools whose rows are looked at by one statement, and rows that one drops. */
const poolsOf = 500;
const rowsOf = 5_000;

/** Slots before these are dropped, each grain by its own. */
interface Grain {
  readonly table: 'node_rollups' | 'telemetry' | 'pool_rollups';
  readonly before: Slot;
}

/** What is old is dropped; what a lease, a bill to come or an open dispute needs is not. */
@Injectable()
export class RollupRetention {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(clientOf(DisputesDefinition)) private readonly disputes: Client<typeof DisputesDefinition>,
  ) {}

  /** Slots from here on are there, node by node. */
  get keptFrom(): Slot {
    return slotAt(this.clock.now() - this.config.rollupDays * dayMs);
  }

  @At('drop old roll-ups', dayMs)
  async drop(now: number): Promise<void> {
    const fine = slotAt(now - this.config.rollupDays * dayMs);
    const coarse = slotAt(now - this.config.poolRollupDays * dayMs);
    const grains: Grain[] = [
      { table: 'node_rollups', before: fine },
      { table: 'telemetry', before: fine },
      { table: 'pool_rollups', before: coarse },
    ];
    const pools = await this.database.query<{ pool_id: PoolId }>('select pool_id from pools order by pool_id');
    let disputed: number[] | undefined;
    for (const grain of grains)
      for (let from = 0; from < pools.length; from += poolsOf) {
        const ids = pools.slice(from, from + poolsOf).map(({ pool_id }) => pool_id);
        if (!(await this.isOld(grain, ids))) continue;
        // Asked where there is something to drop; where nobody answers nothing is dropped today.
        disputed ??= await this.disputedLeases();
        await this.dropOf(grain, ids, disputed);
      }
  }

  private async isOld({ table, before }: Grain, poolIds: readonly PoolId[]): Promise<boolean> {
    const rows = await this.database.query(`select from ${table} where pool_id = any($1::int4[]) and slot < $2 limit 1`, [poolIds, before]);
    return rows.length > 0;
  }

  /** Days count from a lease's end: before that, and until it is measured, billed and can be disputed no more, all of it stays. */
  private async dropOf({ table, before }: Grain, poolIds: readonly PoolId[], disputed: readonly number[]): Promise<void> {
    const holds = await this.database.query<{ pool_id: PoolId; since: Slot }>(
      `select pool_id, min(n.from_slot) as since from lease_nodes n join leases l using (lease_id)
       where n.pool_id = any($1::int4[]) and n.from_slot < $2 and (not l.measured or l.to_slot >= $2 or l.lease_id = any($3::int8[])) group by pool_id`,
      [poolIds, before, disputed],
    );
    const since = new Map(holds.map((hold) => [hold.pool_id, hold.since]));
    const ends = poolIds.map((poolId) => Math.min(before, since.get(poolId) ?? before));
    for (let dropped = rowsOf; dropped === rowsOf;) dropped = await this.dropSome(table, poolIds, ends);
  }

  private async dropSome(table: Grain['table'], poolIds: readonly PoolId[], ends: readonly Slot[]): Promise<number> {
    const rows = await this.database.query(
      `delete from ${table} where ctid = any(array(
         select old.ctid from unnest($1::int4[], $2::int4[]) as kept (pool_id, ends) join ${table} old on old.pool_id = kept.pool_id and old.slot < kept.ends
         limit ${rowsOf})) returning 1`,
      [poolIds, ends],
    );
    return rows.length;
  }

  private async disputedLeases(): Promise<number[]> {
    const found: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const asked = ListDisputesRequest.create({ state: DisputeState.OPEN, page: { cursor, limit: 1_000 } });
      const { disputes, page }: ListDisputesResponse = await this.disputes.listDisputes(asked, serviceCall('monitoring'));
      found.push(...disputes.map(({ tradeId }) => tradeId));
      cursor = page?.nextCursor || undefined;
    }
    return found;
  }
}
