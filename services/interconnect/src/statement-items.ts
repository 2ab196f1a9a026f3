// Rows of what was sold and bought, as either side states it.
import { shanghaiDay } from '#domain';
import type { Tx } from '#platform';
import { type Item, Side } from './core/statement.js';

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

/** Its amount is another from now on; what is netted stays as it was netted. What a partner owes for it counts against its credit limit. */
export async function changeItem(tx: Tx, platform: string, side: Side, reservationId: string, amount: bigint): Promise<void> {
  const [before] = await tx.query<{ day: number; ours: bigint }>(
    `select day, ours from statement_items where platform = $1 and side = $2 and reservation_id = $3 and netted_through is null for update`,
    [platform, side, reservationId],
  );
  if (!before || before.ours === amount) return;
  await tx.query('update statement_items set ours = $4 where platform = $1 and side = $2 and reservation_id = $3', [
    ...[platform, side, reservationId, amount],
  ]);
  if (side === Side.SOLD)
    await tx.query('update partner_talk set committed = greatest(0, committed + $2) where platform = $1', [platform, amount - before.ours]);
  await markStale(tx, platform, before.day);
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
