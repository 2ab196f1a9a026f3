// Rows of what was sold and bought, as either side states it.
import { shanghaiDay } from '#domain';
import { Together, type Tx } from '#platform';
import { type Item, Side, positive } from './core/statement.js';
import { itemBefore, itemId } from './core/statement-item.js';

export interface ItemRow extends Item {
  readonly day: number;
  /** By which both sides name it. */
  readonly wireId: string;
}

interface Row {
  readonly side: Side;
  /** The item's. */
  readonly reservation_id: string;
  readonly day: number;
  readonly ours: bigint;
  readonly theirs: bigint;
}

interface NettableRow extends Row {
  readonly netted_through: number | null;
  /** As this side counted last, whatever it took of the partner since; null: not counted yet. */
  readonly counted: bigint | null;
}

interface Made {
  readonly platform: string;
  readonly side: Side;
  readonly reservationId: string;
  /** Before which its window ends. */
  readonly toSlot: number;
  readonly amount: bigint;
}

/** A lease was made of the reservation. */
export const keepItem = (tx: Tx, made: Made): Promise<void> => itemsToKeep.one(tx, made);

const itemsToKeep = new Together<Made, void>(async (tx, all) => {
  const items = all.map((made) => ({ ...made, day: shanghaiDay(made.toSlot - 1) }));
  const writing = tx.query(
    `insert into statement_items (platform, side, reservation_id, day, ours) select * from unnest($1::text[], $2::int4[], $3::text[], $4::int4[], $5::int8[])
     on conflict (platform, side, reservation_id) do update set ours = excluded.ours, day = excluded.day,
       theirs = case when statement_items.day = excluded.day then statement_items.theirs else 0 end`,
    [
      items.map(({ platform }) => platform),
      items.map(({ side }) => side),
      items.map(({ reservationId }) => reservationId),
      items.map(({ day }) => day),
      items.map(({ amount }) => amount),
    ],
  );
  const days = [...Map.groupBy(items, ({ platform, day }) => `${day}/${platform}`).values()].map(([item]) => item!);
  await Promise.all([writing, ...days.map(({ platform, day }) => markStale(tx, platform, day))]);
  return all.map(() => undefined);
});

/** By this side's count the reservation costs so much now. What is netted of it stays as it was netted: then the difference is an adjustment. */
export async function changeItem(tx: Tx, platform: string, side: Side, reservationId: string, amount: bigint): Promise<void> {
  const item = await lockItem(tx, platform, side, reservationId);
  // No lease was made of it.
  if (!item) return;
  await tx.query('update statement_items set counted = $4 where platform = $1 and side = $2 and reservation_id = $3', [
    ...[platform, side, reservationId, amount],
  ]);
  const { day, ours } = item;
  if (item.netted_through === null) return setItem(tx, platform, { side, id: reservationId, day, before: ours, ours: amount });
  // What was netted at the partner's amount stays so until this side counts otherwise than it did then.
  if (amount === (item.counted ?? ours)) return;
  let netted = ours;
  for (let adjustment = 1; ; adjustment += 1) {
    const id = itemId({ reservationId, adjustment });
    const row = await lockItem(tx, platform, side, id);
    if (!row || row.netted_through === null)
      return setItem(tx, platform, { side, id, day, before: row?.ours ?? 0n, ours: amount - netted });
    netted += row.ours;
  }
}

/** What the seller owes for a promise that was broken with the lease is an item of its own, of the same day; more of it joins what is not netted yet. @returns false where there is no item of the reservation */
export async function addCompensation(tx: Tx, platform: string, side: Side, reservationId: string, amount: bigint): Promise<boolean> {
  const item = await lockItem(tx, platform, side, reservationId);
  if (!item) return false;
  for (let compensation = 1; ; compensation += 1) {
    const id = itemId({ reservationId, compensation });
    const row = await lockItem(tx, platform, side, id);
    if (row && row.netted_through !== null) continue;
    const before = row?.ours ?? 0n;
    await setItem(tx, platform, { side, id, day: item.day, before, ours: before - amount });
    return true;
  }
}

/** Where a netting came to nothing its items take back what came behind them: the partner may never have had it, and knows of none. */
export async function takeBack(tx: Tx, platform: string): Promise<void> {
  const open = await tx.query<Row>(
    `select side, reservation_id, day, ours, theirs from statement_items
     where platform = $1 and netted_through is null and reservation_id like '%~%' and ours <> 0 order by reservation_id, side`,
    [platform],
  );
  for (const { side, reservation_id: id, day, ours } of open) {
    const before = itemBefore(id);
    const item = before === undefined ? undefined : await lockItem(tx, platform, side, before);
    if (!item || item.netted_through !== null) continue;
    await setItem(tx, platform, { side, id, day, before: ours, ours: 0n });
    await setItem(tx, platform, { ...item, id: item.reservation_id, before: item.ours, ours: item.ours + ours });
  }
}

interface Change {
  readonly side: Side;
  readonly id: string;
  readonly day: number;
  readonly before: bigint;
  readonly ours: bigint;
}

/** An item that is not netted has another amount from now on. What a partner owes for it counts against its credit limit; what it has back is netted first. */
export async function setItem(tx: Tx, platform: string, { side, id, day, before, ours }: Change): Promise<void> {
  if (before === ours) return;
  await tx.query(
    `insert into statement_items (platform, side, reservation_id, day, ours) values ($1, $2, $3, $4, $5)
     on conflict (platform, side, reservation_id) do update set ours = excluded.ours`,
    [platform, side, id, day, ours],
  );
  if (side === Side.SOLD)
    await tx.query('update partner_talk set committed = greatest(0, committed + $2) where platform = $1', [
      ...[platform, positive(ours) - positive(before)],
    ]);
  await markStale(tx, platform, day);
}

export const hasItem = async (tx: Tx, platform: string, side: Side, id: string): Promise<boolean> =>
  (await lockItem(tx, platform, side, id)) !== undefined;

async function lockItem(tx: Tx, platform: string, side: Side, id: string): Promise<NettableRow | undefined> {
  const [row] = await tx.query<NettableRow>(
    `select side, reservation_id, day, ours, theirs, netted_through, counted from statement_items
     where platform = $1 and side = $2 and reservation_id = $3 for update`,
    [platform, side, id],
  );
  return row;
}

/** What was said of the day is not true any more. */
export async function markStale(tx: Tx, platform: string, day: number): Promise<void> {
  await tx.query('update stated_days set is_stale = true where platform = $1 and day = $2 and said_revision > 0', [platform, day]);
}

/**
 * In the order of their ids; those of a netting no more.
 * @param waiting a netting that is proposed and not answered, whose items the partner may still state otherwise: they are among them
 */
export async function openItems(tx: Tx, platform: string, from: number, through: number, waiting?: number): Promise<ItemRow[]> {
  const isOpen = waiting === undefined ? 'netted_through is null' : '(netted_through is null or netted_through = $4)';
  const rows = await tx.query<Row & { wire_id: string }>(
    `select side, reservation_id, wire_id, day, ours, theirs from statement_items
     where platform = $1 and day between $2 and $3 and ${isOpen} order by wire_id collate "C", side`,
    [platform, from, through, ...(waiting === undefined ? [] : [waiting])],
  );
  return rows.map(({ reservation_id: id, wire_id: wireId, ...row }) => ({ ...row, id, wireId }));
}

/** The day through which a netting is proposed to the partner that has not answered yet; undefined: none. */
export async function waitingNetting(tx: Tx, platform: string): Promise<number | undefined> {
  const [row] = await tx.query<{ through: number }>('select through from nettings where platform = $1 and agreed_at = 0', [platform]);
  return row?.through;
}
