import { Injectable } from '@nestjs/common';
import { PoolChanged, PoolHealthChanged, RegistrationState } from '#contracts';
import { Health } from '#domain';
import { At, Database, type EventMeta, On, Outbox, type Tx, conflict, numberArray } from '#platform';
import { type PoolFacts, type Verdict, deadlineAt, judgePool, lostAfterDeadlines, lostAfterMsLeast } from './core/health.js';
import type { RegisteredPool } from './core/telemetry.js';
import { Listening } from './listening.js';

export interface PoolRow {
  readonly pool_id: number;
  readonly provider_id: number;
  readonly state: RegistrationState;
  readonly node_count: number;
  readonly units_per_node: number;
  readonly power_watts_per_unit: number;
  readonly deadline_seconds: number;
  readonly verified_at: bigint | null;
  readonly last_seen_at: bigint;
  readonly contradiction: string;
  readonly operator_health: Health;
  readonly operator_reason: string;
  readonly health: Health;
  readonly reason: string;
  readonly since: bigint;
}

/** Who judged by hand, and why. */
export interface Operator {
  readonly key: string;
  readonly reason: string;
}

export const registeredOf = (row: PoolRow): RegisteredPool => ({
  nodeCount: row.node_count,
  unitsPerNode: row.units_per_node,
  powerWattsPerUnit: row.power_watts_per_unit,
});

/** @param since when it could be heard */
const factsOf = (row: PoolRow, since: number): PoolFacts => ({
  lastSeenAt: Math.max(since, Number(row.last_seen_at)),
  deadlineSeconds: row.deadline_seconds,
  contradiction: row.contradiction,
  operatorHealth: row.operator_health,
  operatorReason: row.operator_reason,
});

/** Keeps how each pool is judged, and tells every change once. */
@Injectable()
export class PoolHealthKeeper {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly listening: Listening,
  ) {}

  /** A pool's clock of silence starts when it is verified, and anew when it is verified again. */
  @On(PoolChanged)
  async poolChanged(pool: PoolChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const verifiedAt = pool.state === RegistrationState.VERIFIED ? meta.time : null;
    const rows = await tx.query<PoolRow>(
      `insert into pools (pool_id, provider_id, state, node_count, units_per_node, power_watts_per_unit, deadline_seconds,
         verified_at, last_seen_at, since)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
       on conflict (pool_id) do update set provider_id = excluded.provider_id, state = excluded.state,
         node_count = excluded.node_count, units_per_node = excluded.units_per_node,
         power_watts_per_unit = excluded.power_watts_per_unit, deadline_seconds = excluded.deadline_seconds,
         verified_at = coalesce(pools.verified_at, excluded.verified_at),
         last_seen_at = case when pools.state <> $10 and excluded.state = $10 then excluded.last_seen_at else pools.last_seen_at end
       returning *`,
      [
        pool.poolId,
        pool.providerId,
        pool.state,
        pool.nodeCount,
        pool.unitsPerNode,
        pool.powerWattsPerUnit,
        pool.heartbeatDeadlineSeconds,
        verifiedAt,
        meta.time,
        RegistrationState.VERIFIED,
      ],
    );
    await this.judge(tx, rows, meta.time);
  }

  /**
   * Every pool whose silence has come to count for more since it was judged last. By its name it comes after leases are measured: what it tells makes the
   * market's time pass, and leases that end by that wait for their telemetry.
   */
  @At('silence', 60_000)
  async judgeSilence(now: number): Promise<void> {
    const since = await this.listening.since();
    await this.database.transaction(async (tx) => {
      const rows = await tx.query<PoolRow>(
        `select * from pools
         where state = ${RegistrationState.VERIFIED} and health <> ${Health.LOST}
           and greatest(last_seen_at, $4) + case health when ${Health.OK} then deadline_seconds * 1000::int8
             else greatest($2 * deadline_seconds * 1000::int8, $3) end < $1
         order by pool_id for update`,
        [now, lostAfterDeadlines, lostAfterMsLeast, since],
      );
      await this.judge(tx, rows, now);
    });
  }

  /** Locks the pools and counts them as seen; answers those that exist. */
  async seen(tx: Tx, poolIds: readonly number[], now: number): Promise<PoolRow[]> {
    return tx.query<PoolRow>(
      'update pools set last_seen_at = greatest(last_seen_at, $2), heard_at = greatest(heard_at, $2) where pool_id = any($1) returning *',
      [poolIds, now],
    );
  }

  async registered(tx: Tx, poolIds: readonly number[]): Promise<PoolRow[]> {
    return tx.query<PoolRow>('select * from pools where pool_id = any($1::int4[])', [numberArray(poolIds)]);
  }

  /** Locks the pools and counts each as seen at its own time. */
  async heard(tx: Tx, times: ReadonlyMap<number, number>): Promise<PoolRow[]> {
    return tx.query<PoolRow>(
      `update pools set last_seen_at = greatest(last_seen_at, heard.at), heard_at = greatest(heard_at, heard.at) from unnest($1::int4[], $2::int8[]) as heard (id, at)
       where pool_id = heard.id returning pools.*`,
      [numberArray([...times.keys()]), numberArray([...times.values()])],
    );
  }

  /** The first contradiction stands until the operator forgives it. Answers the rows as they are then. */
  async contradicted(tx: Tx, rows: readonly PoolRow[], reasons: ReadonlyMap<number, string>): Promise<PoolRow[]> {
    const news = rows.filter((row) => !row.contradiction && reasons.has(row.pool_id));
    if (news.length)
      await tx.query(
        'update pools set contradiction = new.reason from unnest($1::int4[], $2::text[]) as new (pool_id, reason) where pools.pool_id = new.pool_id',
        [news.map((row) => row.pool_id), news.map((row) => reasons.get(row.pool_id)!)],
      );
    return rows.map((row) => ({ ...row, contradiction: row.contradiction || (reasons.get(row.pool_id) ?? '') }));
  }

  /** SUSPECT and LOST stand; OK lifts them and forgives a contradiction. Throws conflict where the pool is not verified. */
  async override(tx: Tx, poolId: number, health: Health, operator: Operator, now: number): Promise<void> {
    const rows = await tx.query<PoolRow>(
      `update pools set operator_health = $2, operator_reason = $3, contradiction = case when $2 = ${Health.OK} then '' else contradiction end,
         forgiven_at = case when $2 = ${Health.OK} then $4 else forgiven_at end
       where pool_id = $1 returning *`,
      [poolId, health, operator.reason, now],
    );
    if (rows[0]?.state !== RegistrationState.VERIFIED)
      throw conflict('pool_must_be_verified', 'nothing is matched on it whatever its health');
    await this.judge(tx, rows, now, operator);
  }

  /** Judges locked rows; what changed is kept, recorded and told. What an operator did is recorded even where it changes nothing. */
  async judge(tx: Tx, rows: readonly PoolRow[], now: number, operator?: Operator): Promise<void> {
    const verified = rows.filter((row) => row.state === RegistrationState.VERIFIED);
    // Of most that are judged something was just heard.
    const since = verified.some((row) => deadlineAt(factsOf(row, 0)) < now) ? await this.listening.since(tx) : 0;
    const judged = verified.map((row) => ({ row, verdict: judgePool(factsOf(row, since), now) }));
    const changed = judged.filter(({ row, verdict }) => verdict.health !== row.health || verdict.reason !== row.reason);
    if (changed.length) await this.keep(tx, changed, now);
    for (const { row, verdict } of operator ? judged : changed)
      await recordChange(tx, {
        poolId: row.pool_id,
        nodes: [],
        health: verdict.health,
        reason: operator ? `operator: ${operator.reason}` : verdict.reason,
        at: now,
        by: operator?.key ?? '',
      });
    await this.outbox.publishAll<PoolHealthChanged>(
      tx,
      PoolHealthChanged,
      changed.map(({ row, verdict }) => ({
        data: { poolId: row.pool_id, health: verdict.health, reason: verdict.reason },
        subject: `pool/${row.pool_id}`,
      })),
    );
  }

  private async keep(tx: Tx, changed: readonly { row: PoolRow; verdict: Verdict }[], now: number): Promise<void> {
    await tx.query(
      `update pools set health = new.health, reason = new.reason, since = case when pools.health = new.health then pools.since else $4 end
       from unnest($1::int4[], $2::int4[], $3::text[]) as new (pool_id, health, reason) where pools.pool_id = new.pool_id`,
      [
        changed.map(({ row }) => row.pool_id),
        changed.map(({ verdict }) => verdict.health),
        changed.map(({ verdict }) => verdict.reason),
        now,
      ],
    );
  }
}

/** One row of the history, which only grows. No nodes: the whole pool. */
export async function recordChange(
  tx: Tx,
  change: { poolId: number; nodes: readonly number[]; health: Health; reason: string; at: number; by: string },
): Promise<void> {
  await tx.query('insert into health_changes (pool_id, nodes, health, reason, at, by) values ($1, $2, $3, $4, $5, $6)', [
    change.poolId,
    change.nodes,
    change.health,
    change.reason,
    change.at,
    change.by,
  ]);
}
