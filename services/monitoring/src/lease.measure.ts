import { Injectable } from '@nestjs/common';
import { LeaseChanged, LeaseMeasured } from '#contracts';
import { At, Database, type EventMeta, Gather, On, Outbox, type Tx } from '#platform';
import { chunkNodes } from './core/cells.js';
import { type LeaseChange, writeChanges } from './lease.changes.js';

const batch = 1_000;

/** What a lease is due, and what telemetry says it had. */
export interface MeasureRow {
  readonly lease_id: bigint;
  readonly buyer_id: number;
  readonly due: bigint;
  readonly up: bigint;
  readonly energy_wh: bigint;
  readonly energy_measured: boolean;
}

/** Where leases run, and what each got when it is over. */
@Injectable()
export class LeaseMeasure {
  private readonly changes = new Gather<LeaseChange>(writeChanges);

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  @On(LeaseChanged)
  async leaseChanged(lease: LeaseChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    this.changes.add(tx, { lease, time });
  }

  @At('measure-leases', 60_000)
  async measureDue(now: number): Promise<void> {
    for (let count = batch; count === batch;) count = await this.database.transaction((tx) => this.measureBatch(tx, now));
  }

  private async measureBatch(tx: Tx, now: number): Promise<number> {
    const due = await tx.query<{ lease_id: bigint }>(
      'select lease_id from leases where measure_at <= $1 order by measure_at, lease_id limit $2 for update',
      [now, batch],
    );
    if (!due.length) return 0;
    const rows = await measure(
      tx,
      due.map((row) => row.lease_id),
    );
    await tx.query(
      `update leases set measured = true, measure_at = null, unit_slots_due = new.due, unit_slots_up = new.up, energy_wh = new.energy_wh,
         energy_measured = new.energy_measured
       from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::bool[]) as new (lease_id, due, up, energy_wh, energy_measured)
       where leases.lease_id = new.lease_id`,
      [
        rows.map((row) => row.lease_id),
        rows.map((row) => row.due),
        rows.map((row) => row.up),
        rows.map((row) => row.energy_wh),
        rows.map((row) => row.energy_measured),
      ],
    );
    await this.outbox.publishAll(
      tx,
      LeaseMeasured,
      rows.map((row) => ({
        data: {
          leaseId: Number(row.lease_id),
          unitSlotsDue: Number(row.due),
          unitSlotsUp: Number(row.up),
          energyWh: Number(row.energy_wh),
          energyMeasured: row.energy_measured,
          buyerId: row.buyer_id,
        },
        subject: `lease/${row.lease_id}`,
      })),
    );
    return due.length;
  }
}

/** Of a slot in which a pool has points its reports count no more: points tell the same, minute by minute. */
export const isReportedAlone = `not exists (select from pool_rollups where pool_rollups.pool_id = telemetry.pool_id and pool_rollups.slot = telemetry.slot)`;

/**
 * Leases up to a slot (all of their windows by default). A slot without telemetry counts as down, and its energy as registered; a node with fewer
 * units up than the lease has there gives it those. Of a node's power a lease has the share of its units.
 */
export const measure = (tx: Pick<Tx, 'query'>, leaseIds: readonly bigint[], to = 2 ** 31 - 1): Promise<MeasureRow[]> =>
  tx.query<MeasureRow>(
    `select leases.lease_id, leases.buyer_id,
       coalesce(sum(part.units * part.slots), 0)::int8 as due,
       coalesce(sum(got.up), 0)::int8 as up,
       coalesce(floor(sum(got.watts * part.units / part.units_per_node + (part.slots - got.slots) * part.units * part.declared_watts) / 4), 0)::int8
         as energy_wh,
       coalesce(bool_and(got.slots = part.slots), true) as energy_measured
     from leases
     left join lateral (
       select pool_id, node, from_slot, least(to_slot, $2) as to_slot, (least(to_slot, $2) - from_slot)::int8 as slots, units::int8 as units,
         units_per_node::numeric as units_per_node, power_watts_per_unit::int8 as declared_watts
       from lease_nodes join pools using (pool_id) where lease_id = leases.lease_id and from_slot < least(to_slot, $2)
     ) part on true
     left join lateral (
       select count(watts) as slots, coalesce(sum(least(units_up, part.units)), 0) as up, coalesce(sum(watts), 0) as watts
       from (
         select units_up, power_watts::int8 as watts
         from telemetry where pool_id = part.pool_id and node = part.node and slot >= part.from_slot and slot < part.to_slot and ${isReportedAlone}
         union all
         select greatest(units_up[part.node % ${chunkNodes} + 1], 0), nullif(power_watts[part.node % ${chunkNodes} + 1], -1)
         from node_rollups
         where pool_id = part.pool_id and chunk = part.node / ${chunkNodes} and slot >= part.from_slot and slot < part.to_slot
       ) slots
     ) got on true
     where leases.lease_id = any($1::int8[])
     group by leases.lease_id
     order by leases.lease_id`,
    [leaseIds, to],
  );
