import { Injectable } from '@nestjs/common';
import { LeaseChanged, LeaseMeasured, TradeMade } from '#contracts';
import { type EventMeta, Gather, On, type Tx } from '#platform';

interface Change {
  readonly lease: LeaseChanged;
  readonly time: number;
}

/** Leases that partners have here, as market and telemetry tell of them. What is told of one may come in any order. */
@Injectable()
export class SoldLeases {
  private readonly trades = new Gather<TradeMade>(keepTrades);
  private readonly changes = new Gather<Change>(keepChanges);
  private readonly measures = new Gather<LeaseMeasured>(keepMeasures);

  @On(TradeMade)
  async tradeMade(trade: TradeMade, tx: Tx, _meta: EventMeta): Promise<void> {
    if (trade.platformId === 0) this.trades.add(tx, trade);
  }

  @On(LeaseChanged)
  async leaseChanged(lease: LeaseChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    this.changes.add(tx, { lease, time });
  }

  @On(LeaseMeasured)
  async leaseMeasured(measure: LeaseMeasured, tx: Tx, _meta: EventMeta): Promise<void> {
    this.measures.add(tx, measure);
  }
}

/** What places lost units anew is of the reservation that lost them. */
async function keepTrades(tx: Tx, trades: readonly TradeMade[]): Promise<void> {
  for (const { tradeId, replacesTradeId } of await ofPartners(tx, trades, ({ buyerId }) => buyerId))
    await tx.query(
      `insert into sold_leases (lease_id, root_id) values ($1, coalesce((select root_id from sold_leases where lease_id = $2), $1))
       on conflict (lease_id) do update set root_id = excluded.root_id, is_due = true`,
      [tradeId, replacesTradeId],
    );
}

/** Of several changes of a lease the newest counts. */
async function keepChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  const kept = await ofPartners(tx, changes, ({ lease }) => lease.buyerId);
  const newest = [...new Map(kept.map((change) => [change.lease.leaseId, change])).values()];
  if (!newest.length) return;
  await tx.query(
    `insert into sold_leases (lease_id, serial, state, from_slot, to_slot, unit_slots, reason, changed_at, units)
     select id, 1, state, "from", "to", slots, reason, at, nullif(units, 0)
     from unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::text[], $7::int8[], $8::int4[]) as n (id, state, "from", "to", slots, reason, at, units)
     on conflict (lease_id) do update set serial = sold_leases.serial + 1, state = excluded.state, from_slot = excluded.from_slot, to_slot = excluded.to_slot,
       unit_slots = excluded.unit_slots, reason = excluded.reason, changed_at = excluded.changed_at, units = excluded.units, is_due = true`,
    [
      newest.map(({ lease }) => lease.leaseId),
      newest.map(({ lease }) => lease.state),
      newest.map(({ lease }) => lease.delivered!.from),
      newest.map(({ lease }) => lease.delivered!.to),
      newest.map(({ lease }) => lease.unitSlots),
      newest.map(({ lease }) => lease.reason),
      newest.map(({ time }) => time),
      newest.map(({ lease }) => lease.units),
    ],
  );
}

/** Measured otherwise than before it is another version: under one a partner takes no two. */
async function keepMeasures(tx: Tx, measures: readonly LeaseMeasured[]): Promise<void> {
  const kept = await ofPartners(tx, measures, ({ buyerId }) => buyerId);
  if (!kept.length) return;
  await tx.query(
    `insert into sold_leases (lease_id, due, up, energy_wh, energy_measured)
     select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::bool[])
     on conflict (lease_id) do update set due = excluded.due, up = excluded.up, energy_wh = excluded.energy_wh, energy_measured = excluded.energy_measured,
       is_due = true, usage_said = sold_leases.usage_said and not ${isMeasuredOtherwise}, usage_version = sold_leases.usage_version + ${isMeasuredOtherwise}::int`,
    [
      kept.map(({ leaseId }) => leaseId),
      kept.map(({ unitSlotsDue }) => unitSlotsDue),
      kept.map(({ unitSlotsUp }) => unitSlotsUp),
      kept.map(({ energyWh }) => energyWh),
      kept.map(({ energyMeasured }) => energyMeasured),
    ],
  );
}

const isMeasuredOtherwise = `(sold_leases.due is not null and (sold_leases.due, sold_leases.up, sold_leases.energy_wh, sold_leases.energy_measured)
  <> (excluded.due, excluded.up, excluded.energy_wh, excluded.energy_measured))`;

/** Those that participants have who stand for partners. */
async function ofPartners<T>(tx: Tx, all: readonly T[], buyerOf: (one: T) => number): Promise<T[]> {
  const rows = await tx.query<{ participant_id: number }>('select participant_id from partners where participant_id = any($1)', [
    [...new Set(all.map(buyerOf))],
  ]);
  const known = new Set(rows.map((row) => row.participant_id));
  return all.filter((one) => known.has(buyerOf(one)));
}
