import { Injectable } from '@nestjs/common';
import type { GetPoolAvailabilityRequest, LeaseAvailability, PoolAvailability } from '#contracts';
import { slotAt } from '#domain';
import { type Call, Clock, Database, absent, invalid, mayAct, has, ownsOrAbsent } from '#platform';
import { availabilityBp, judgedWindow } from './core/availability.js';
import { isReportedAlone, measure } from './lease.measure.js';
import type { PoolRow } from './pool.health.js';

/** 400 days. */
const slotsMax = 38_400;

interface SumRow {
  readonly up: bigint;
  readonly reported: bigint;
  readonly utilisation: bigint;
  readonly energy_wh: bigint;
}

interface LeaseRow {
  readonly buyer_id: number;
  readonly provider_id: number;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly measured: boolean;
  readonly due: bigint;
  readonly up: bigint;
  readonly energy_wh: bigint;
  readonly energy_measured: boolean;
}

/** Unit-slots up over due, from telemetry. */
@Injectable()
export class Availability {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async ofPool(request: GetPoolAvailabilityRequest, call: Call): Promise<PoolAvailability> {
    if (request.to <= request.from) throw invalid('to', 'window_must_end_after_it_starts', 'to must be later than from');
    if (request.to - request.from > slotsMax) throw invalid('to', 'window_must_not_exceed_400_days', 'ask for a shorter window');
    const [pool] = await this.database.query<PoolRow>('select * from pools where pool_id = $1', [request.poolId]);
    if (!pool) throw absent(`pool ${request.poolId}`);
    ownsOrAbsent(call, pool.provider_id, `pool ${request.poolId}`);

    const now = this.clock.now();
    const window = judgedWindow(request, Number(pool.verified_at ?? now), now);
    const [sum] = await this.database.query<SumRow>(
      `select coalesce(sum(up), 0)::int8 as up, coalesce(sum(nodes), 0)::int8 as reported, coalesce(sum(utilisation), 0)::int8 as utilisation,
         coalesce(floor(sum(watts) / 4), 0)::int8 as energy_wh
       from (
         select least(units_up, $4) as up, 1 as nodes, utilisation_bp as utilisation, power_watts::int8 as watts
         from telemetry where pool_id = $1 and slot >= $2 and slot < $3 and ${isReportedAlone}
         union all
         select units_up, nodes, utilisation_bp, power_watts from pool_rollups where pool_id = $1 and slot >= $2 and slot < $3
       ) slots`,
      [request.poolId, window.from, window.to, pool.units_per_node],
    );
    const due = BigInt(pool.node_count) * BigInt(pool.units_per_node) * BigInt(window.to - window.from);
    const { up, reported, utilisation, energy_wh: energyWh } = sum!;
    return {
      poolId: pool.pool_id,
      window,
      unitSlotsDue: Number(due),
      unitSlotsUp: Number(up),
      availabilityBp: availabilityBp(up, due),
      nodeSlotsReported: Number(reported),
      utilisationBp: reported === 0n ? 0 : Number(utilisation / reported),
      energyWh: Number(energyWh),
    };
  }

  /** Once it is measured for good, that; before, what telemetry tells of the slots that have passed. */
  async ofLease(leaseId: number, call: Call): Promise<LeaseAvailability> {
    const [lease] = await this.database.query<LeaseRow>(
      `select buyer_id, provider_id, from_slot, to_slot, measured, unit_slots_due as due, unit_slots_up as up, energy_wh, energy_measured
       from leases where lease_id = $1`,
      [leaseId],
    );
    const isParty = lease && (mayAct(call, lease.buyer_id) || mayAct(call, lease.provider_id) || has(call, 'regulator'));
    if (!isParty) throw absent(`lease ${leaseId}`);

    const now = slotAt(this.clock.now());
    const present = lease.measured ? lease : (await measure(this.database, [BigInt(leaseId)], now))[0]!;
    const { due, up, energy_wh: energyWh, energy_measured: energyMeasured } = present;
    return {
      leaseId,
      window: { from: lease.from_slot, to: lease.measured ? lease.to_slot : Math.max(lease.from_slot, Math.min(lease.to_slot, now)) },
      unitSlotsDue: Number(due),
      unitSlotsUp: Number(up),
      availabilityBp: availabilityBp(up, due),
      energyWh: Number(energyWh),
      energyMeasured,
      measured: lease.measured,
    };
  }
}
