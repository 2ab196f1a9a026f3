import { Injectable } from '@nestjs/common';
import { LeaseChanged, LeaseMeasured, LeaseState } from '#contracts';
import { On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { Holds } from './holds.js';

/** R-27a, R-29: how a lease ended and what it got: the facts that it is rated from, once both are known. */
@Injectable()
export class Leases {
  constructor(private readonly holds: Holds) {}

  @On(LeaseChanged)
  async changed({ leaseId, state, delivered, held, unitSlots }: LeaseChanged, tx: Tx, meta: EventMeta): Promise<void> {
    if (!delivered) throw new Error(`lease_must_have_a_window: ${leaseId}`);
    await this.holds.shrink(tx, leaseId, held, `${meta.source}/${meta.sequence}`);
    if (state !== LeaseState.ENDED && state !== LeaseState.CUT_SHORT) return;
    await tx.query(
      `WITH ended AS (INSERT INTO lease_ends (trade_id, state, from_slot, to_slot, unit_slots, held) VALUES ($1, $2, $3, $4, $5, $6))
       UPDATE leases SET due = true WHERE trade_id = $1`,
      [leaseId, state, delivered.from, delivered.to, unitSlots, held],
    );
  }

  @On(LeaseMeasured)
  async measured(event: LeaseMeasured, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      `INSERT INTO measurements (trade_id, unit_slots_due, unit_slots_up, energy_wh, energy_measured) VALUES ($1, $2, $3, $4, $5)`,
      [event.leaseId, event.unitSlotsDue, event.unitSlotsUp, event.energyWh, event.energyMeasured],
    );
  }
}
