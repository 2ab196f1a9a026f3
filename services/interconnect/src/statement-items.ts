// Rows of what was sold and bought, as either side states it.
import { shanghaiDay } from '#domain';
import type { Tx } from '#platform';
import type { Item, Side } from './core/statement.js';

export interface ItemRow extends Item {
  readonly day: number;
}

interface Row {
  readonly side: Side;
  readonly reservation_id: string;
  readonly day: number;
  readonly ours: bigint;
  readonly theirs: bigint;
}

/** A lease was made of the reservation. @param toSlot before which its window ends */
export async function keepItem(tx: Tx, platform: string, side: Side, reservationId: string, toSlot: number, amount: bigint): Promise<void> {
  const day = shanghaiDay(toSlot - 1);
  await tx.query(
    `insert into statement_items (platform, side, reservation_id, day, ours) values ($1, $2, $3, $4, $5)
     on conflict (platform, side, reservation_id) do update set ours = excluded.ours, day = excluded.day`,
    [platform, side, reservationId, day, amount],
  );
  await markStale(tx, platform, day);
}

/** What was said of the day is not true any more. */
export async function markStale(tx: Tx, platform: string, day: number): Promise<void> {
  await tx.query('update stated_days set is_stale = true where platform = $1 and day = $2 and said_revision > 0', [platform, day]);
}

/** In the order of their ids; those of a netting no more. */
export async function openItems(tx: Tx, platform: string, from: number, through: number): Promise<ItemRow[]> {
  const rows = await tx.query<Row>(
    `select side, reservation_id, day, ours, theirs from statement_items
     where platform = $1 and day between $2 and $3 and netted_through is null order by reservation_id collate "C", side`,
    [platform, from, through],
  );
  return rows.map(({ reservation_id: reservationId, ...row }) => ({ ...row, reservationId }));
}
