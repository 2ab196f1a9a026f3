import { Injectable } from '@nestjs/common';
import { ReportTelemetryRequest, ReportTelemetryResponse } from '#contracts';
import { slotAt } from '#domain';
import { type Call, Clock, Database, type Tx, absent, conflict, has, invalid } from '#platform';
import { type Sample, brokenRuleOf, bySlot, contradictionsOf } from './core/telemetry.js';
import { NodeHealthKeeper } from './node.health.js';
import { PoolHealthKeeper, type PoolRow, registeredOf } from './pool.health.js';

/** What providers report: kept by node and slot, and judged at once. */
@Injectable()
export class Telemetry {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly pools: PoolHealthKeeper,
    private readonly nodes: NodeHealthKeeper,
  ) {}

  async report(request: ReportTelemetryRequest, call: Call): Promise<ReportTelemetryResponse> {
    return this.database.once(call, ReportTelemetryResponse, (tx) => this.keep(tx, request, call));
  }

  async heartbeat(tx: Tx, poolId: number, call: Call): Promise<void> {
    const now = this.clock.now();
    await this.pools.judge(tx, await this.seen(tx, [poolId], call, now), now);
  }

  private async keep(tx: Tx, { sequence, samples }: ReportTelemetryRequest, call: Call): Promise<ReportTelemetryResponse> {
    const now = this.clock.now();
    const rows = await this.seen(tx, [...new Set(samples.map((sample) => sample.poolId))], call, now);
    const registered = new Map(rows.map((row) => [row.pool_id, registeredOf(row)]));
    const broken = brokenRuleOf(samples, registered, slotAt(now));
    if (broken) throw invalid(broken.field, broken.rule, broken.detail);

    const nodeSlotsKept = await insert(tx, sequence, samples);
    const judged = await this.pools.contradicted(tx, rows, contradictionsOf(samples, registered));
    await this.pools.judge(tx, judged, now);
    await this.nodes.judge(tx, samples, now);
    return { nodeSlots: samples.reduce((sum, sample) => sum + sample.to - sample.from, 0), nodeSlotsKept };
  }

  /** Counts the pools as alive now. Those of others are answered as absent. */
  private async seen(tx: Tx, poolIds: readonly number[], call: Call, now: number): Promise<PoolRow[]> {
    const rows = await this.pools.seen(tx, poolIds, now);
    const byId = new Map(rows.map((row) => [row.pool_id, row]));
    for (const id of poolIds) {
      const row = byId.get(id);
      if (!row || !(row.provider_id === call.caller.participantId || has(call, 'service'))) throw absent(`pool ${id}`);
      if (row.verified_at === null) throw conflict('pool_must_have_been_verified', `pool ${id} was never verified`);
    }
    return rows;
  }
}

/** Node-slots that were news: none was kept with the same or a greater sequence. The pools are locked, so nobody else writes telemetry of theirs meanwhile. */
async function insert(tx: Tx, sequence: number, samples: readonly Sample[]): Promise<number> {
  const ordered = [...samples].sort(bySlot);
  const column = (name: keyof Sample) => ordered.map((sample) => sample[name]);
  const nodes = [column('poolId'), column('node'), column('from')];
  const [known] = await tx.query(
    `select from unnest($1::int4[], $2::int4[], $3::int4[]) as sample (pool_id, node, from_slot)
     where exists (select from telemetry where pool_id = sample.pool_id and node = sample.node and slot >= from_slot) limit 1`,
    nodes,
  );
  const [kept] = await tx.query<{ count: bigint }>(known ? overwriting : appending, [
    sequence,
    ...nodes,
    column('to'),
    column('unitsUp'),
    column('utilisationBp'),
    column('powerWatts'),
  ]);
  return Number(kept!.count);
}

const inserting = (onConflict: string) => `with kept as (
    insert into telemetry (pool_id, node, slot, units_up, sequence, utilisation_bp, power_watts)
    select sample.pool_id, sample.node, slot, sample.units_up, $1, sample.utilisation_bp, sample.power_watts
    from unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int2[], $8::int4[])
      as sample (pool_id, node, from_slot, to_slot, units_up, utilisation_bp, power_watts)
    cross join lateral generate_series(sample.from_slot, sample.to_slot - 1) as slot
    ${onConflict}
    returning 1)
  select count(*) from kept`;
/** Nearly all reports go on where the one before ended, and a row costs half where no other of its slot need be looked for. */
const appending = inserting('');
const overwriting = inserting(`on conflict (pool_id, node, slot) do update set units_up = excluded.units_up, sequence = excluded.sequence,
      utilisation_bp = excluded.utilisation_bp, power_watts = excluded.power_watts
    where telemetry.sequence < excluded.sequence`);
