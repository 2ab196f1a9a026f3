import { Injectable } from '@nestjs/common';
import { RemoteLeasesLost, RemoteLeaseState } from '#contracts';
import { firstSellableSlot } from '#domain';
import { Clock, Outbox, Together, type Tx } from '#platform';
import { type LeaseTold, spread, unitsLeft } from './core/loss.js';
import { PieceState } from './core/piece.js';

interface Piece {
  readonly reservation_id: string;
  readonly state: PieceState;
  readonly units: number;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly units_left: number | null;
}

interface Row {
  readonly reservation_id: string;
  readonly committed: number | null;
  /** Null or 0: no state is told. */
  readonly state: number | null;
  readonly units: number | null;
  readonly from_slot: number | null;
  readonly to_slot: number | null;
  readonly unit_slots: bigint | null;
}

/** what partners tell that leases lost, and what they placed anew themselves does not make up for, the market here places anew. */
@Injectable()
export class LostLeases {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** Where fewer units are left than the market was told of last. Units never come back. */
  async tell(tx: Tx, reservationId: string): Promise<void> {
    const [piece, leases] = await Promise.all([pieces.one(tx, reservationId), toldLeases.one(tx, reservationId)]);
    // The slots that the partner still says that it delivered are not lost.
    const from = Math.max(
      firstSellableSlot(this.clock.now()),
      piece!.from_slot,
      ...leases.map(({ state }) => (state?.isOver ? state.to : 0)),
    );
    if (piece!.state !== PieceState.MADE || from >= piece!.to_slot) return;
    const before = piece!.units_left ?? piece!.units;
    const left = unitsLeft(leases);
    if (left >= before) return;
    await tx.query('update pieces set units_left = $2 where reservation_id = $1', [reservationId, left]);
    const trades = await tx.query<{ trade_id: bigint; units: number }>(
      'select trade_id, units from piece_trades where reservation_id = $1 order by trade_id',
      [reservationId],
    );
    const units = trades.map((trade) => trade.units);
    const [had, kept] = [spread(before, units), spread(left, units)];
    await tx.query(
      `update piece_trades t set lost_unit_slots = t.lost_unit_slots + l.units::int8 * $3 from unnest($1::int8[], $2::int4[]) as l (trade_id, units)
       where t.trade_id = l.trade_id`,
      [trades.map(({ trade_id: id }) => id), had.map((of, at) => of - kept[at]!), piece!.to_slot - from],
    );
    const told = RemoteLeasesLost.create({ leases: trades.map(({ trade_id: id }, at) => ({ tradeId: Number(id), unitsLeft: kept[at]! })) });
    await this.outbox.publish(tx, RemoteLeasesLost, told, `trade/${trades[0]!.trade_id}`);
  }
}

const pieces = new Together<string, Piece | undefined>(async (tx, ids) => {
  const rows = await tx.query<Piece>(
    `select p.* from unnest($1::text[]) as asked (id) cross join lateral (
       select reservation_id, state, units, from_slot, to_slot, units_left from pieces where reservation_id = asked.id for update) p`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.reservation_id, row]));
  return ids.map((id) => byId.get(id));
});

/** Leases that the commit named, and all that were told. */
const toldLeases = new Together<string, LeaseTold[]>(async (tx, ids) => {
  const rows = await tx.query<Row>(
    `select asked.id as reservation_id, l.* from unnest($1::text[]) as asked (id) cross join lateral (
       select p.units as committed, h.state, h.units, h.from_slot, h.to_slot, h.unit_slots
       from (select * from piece_leases where reservation_id = asked.id) p
       full join (select * from heard_leases where reservation_id = asked.id) h using (platform, lease_id)) l`,
    [ids],
  );
  const byId = Map.groupBy(rows, ({ reservation_id: id }) => id);
  return ids.map((id) => (byId.get(id) ?? []).map(leaseTold));
});

const leaseTold = ({ committed, state, units, from_slot: from, to_slot: to, unit_slots: unitSlots }: Row): LeaseTold => ({
  ...{ committed: committed ?? undefined, units: units ?? undefined },
  state: state ? { isOver: state >= Number(RemoteLeaseState.ENDED), from: from!, to: to!, unitSlots: Number(unitSlots) } : undefined,
});
