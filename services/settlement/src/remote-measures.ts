import { Injectable } from '@nestjs/common';
import { RemoteLeaseMeasured } from '#contracts';
import { type EventMeta, Gather, On, type Tx } from '#platform';

/** R-36: what leases on partners' platforms got, by what the partners told: rated as any lease, and corrected where they correct it (R-28). */
@Injectable()
export class RemoteMeasures {
  private readonly measures = new Gather<Told>((tx, told) => this.remember(tx, told));

  @On(RemoteLeaseMeasured)
  async measured(measure: RemoteLeaseMeasured, tx: Tx, { time }: EventMeta): Promise<void> {
    this.measures.add(tx, { measure, time });
  }

  private async remember(tx: Tx, told: readonly Told[]): Promise<void> {
    const of = told.map(({ measure }) => measure);
    // Behind whoever rates it now: who has read what was told so far says first that it is rated.
    await tx.query('SELECT FROM leases WHERE trade_id = ANY($1) ORDER BY trade_id FOR UPDATE', [of.map(({ tradeId }) => tradeId)]);
    await tx.query(
      `WITH told AS (SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::bool[], $8::int8[])
         AS t (trade_id, version, unit_slots, unit_slots_due, unit_slots_up, energy_wh, energy_measured, told_at)),
       kept AS (INSERT INTO remote_measurements SELECT * FROM told),
       first AS (INSERT INTO measurements (trade_id, unit_slots_due, unit_slots_up, energy_wh, energy_measured)
         SELECT trade_id, unit_slots_due, unit_slots_up, energy_wh, energy_measured FROM told WHERE version = 1 ON CONFLICT DO NOTHING)
       UPDATE leases l SET due = true FROM told WHERE l.trade_id = told.trade_id AND l.rated AND NOT l.due`,
      [
        of.map(({ tradeId }) => tradeId),
        of.map(({ version }) => version),
        of.map(({ unitSlots }) => unitSlots),
        of.map(({ unitSlotsDue }) => unitSlotsDue),
        of.map(({ unitSlotsUp }) => unitSlotsUp),
        of.map(({ energyWh }) => energyWh),
        of.map(({ energyMeasured }) => energyMeasured),
        told.map(({ time }) => time),
      ],
    );
  }
}

interface Told {
  readonly measure: RemoteLeaseMeasured;
  readonly time: number;
}
