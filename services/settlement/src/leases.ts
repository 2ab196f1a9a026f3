import { Injectable } from '@nestjs/common';
import { LeaseChanged, LeaseMeasured, LeaseState } from '#contracts';
import { Gather, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { Holds } from './holds.js';

/** R-27a, R-29: how a lease ended and what it got: the facts that it is rated from, once both are known. */
@Injectable()
export class Leases {
  private readonly ends = new Gather<LeaseChanged>((tx, ends) => this.rememberEnds(tx, ends));
  private readonly measures = new Gather<LeaseMeasured>((tx, measures) => this.rememberMeasures(tx, measures));

  constructor(private readonly holds: Holds) {}

  /** A change that names no reason lost nothing, so its hold stands. */
  @On(LeaseChanged)
  async changed(event: LeaseChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { leaseId, state, held, reason } = event;
    if (reason !== '') await this.holds.shrink(tx, leaseId, held, `${meta.source}/${meta.sequence}`);
    if (state === LeaseState.ENDED || state === LeaseState.CUT_SHORT) this.ends.add(tx, event);
  }

  @On(LeaseMeasured)
  async measured(event: LeaseMeasured, tx: Tx, _meta: EventMeta): Promise<void> {
    this.measures.add(tx, event);
  }

  private async rememberEnds(tx: Tx, ends: readonly LeaseChanged[]): Promise<void> {
    await this.holds.flush(tx);
    const windows = ends.map(({ leaseId, delivered }) => {
      if (!delivered) throw new Error(`lease_must_have_a_window: ${leaseId}`);
      return delivered;
    });
    await tx.query(
      `WITH ended AS (
         INSERT INTO lease_ends (trade_id, state, from_slot, to_slot, unit_slots, held)
         SELECT * FROM unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::int8[])
       )
       UPDATE leases SET due = true WHERE trade_id = ANY($1)`,
      [
        ends.map(({ leaseId }) => leaseId),
        ends.map(({ state }) => state),
        windows.map(({ from }) => from),
        windows.map(({ to }) => to),
        ends.map(({ unitSlots }) => unitSlots),
        ends.map(({ held }) => held),
      ],
    );
  }

  private async rememberMeasures(tx: Tx, measures: readonly LeaseMeasured[]): Promise<void> {
    await tx.query(
      `INSERT INTO measurements (trade_id, unit_slots_due, unit_slots_up, energy_wh, energy_measured)
       SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::bool[])`,
      [
        measures.map(({ leaseId }) => leaseId),
        measures.map(({ unitSlotsDue }) => unitSlotsDue),
        measures.map(({ unitSlotsUp }) => unitSlotsUp),
        measures.map(({ energyWh }) => energyWh),
        measures.map(({ energyMeasured }) => energyMeasured),
      ],
    );
  }
}
