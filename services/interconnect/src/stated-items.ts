// Rows of what a partner states of a day. `$1` is the platform, `$2` the day, `$3` and `$4` the ids beyond which and up to which a part is.
import type { DayStated } from '#contracts';
import { type Tx, textArray } from '#platform';
import type { Broken } from './core/reservation.js';
import { brokenByRoom } from './core/statement-bounds.js';
import type { Heard } from './plain-lines.js';
import type { ItemRow } from './statement-items.js';

type Part = Pick<DayStated, 'day' | 'revision' | 'fromId' | 'toId'>;

const partOf = (platform: string, { day, fromId, toId }: Part): unknown[] => [platform, day, fromId, toId];
const isOfPart = (id: string): string => `${id} collate "C" > $3 and ($4 = '' or ${id} collate "C" <= $4)`;
/** A part that was heard of a revision as high or higher has the id. `$5` is the revision. */
const statedLater = (id: string): string =>
  `exists (select from heard_parts h where h.platform = $1 and h.day = $2 and h.revision >= $5 and ${id} > h.from_id and (h.to_id = '' or ${id} <= h.to_id))`;

/** A part that was heard lies in this one. */
const isCovered = `(from_id >= $3 and ($4 = '' or to_id <> '' and to_id <= $4))`;

/** Each line is a row. @param from number of the first of its parameters */
const saidLines = (from: number): string =>
  `unnest($${from}::int4[], $${from + 1}::text[], $${from + 2}::text[], $${from + 3}::int8[]) as s (side, id, wire_id, amount)`;
const linesOf = (lines: readonly Heard[]): unknown[] => [
  lines.map(({ side }) => side),
  textArray(lines.map(({ id }) => id)),
  textArray(lines.map(({ wireId }) => wireId)),
  lines.map(({ amount }) => amount),
];

/** What the partner states beyond its bounds; undefined: nothing. */
export async function beyondRoom(tx: Tx, platform: string, stated: Part, lines: readonly Heard[]): Promise<Broken | undefined> {
  const [room] = await tx.query<{ parts: bigint; before: bigint; fresh: bigint }>(
    `select (select count(*) from heard_parts where platform = $1 and day = $2 and not ${isCovered}) as parts,
       (select count(*) from statement_items where platform = $1 and netted_through is null and ours = 0 and theirs <> 0
          and not (day = $2 and ${isOfPart('wire_id')})) as before,
       (select count(distinct (side, id)) from ${saidLines(5)} where amount <> 0 and not exists (select from statement_items i
          where i.platform = $1 and i.side = s.side and i.reservation_id = s.id and (i.ours <> 0 or i.netted_through is not null))) as fresh`,
    [...partOf(platform, stated), ...linesOf(lines)],
  );
  const { parts, before, fresh } = room!;
  return brokenByRoom({ parts: Number(parts), alone: fresh === 0n ? 0 : Number(before + fresh) });
}

/** What newer parts cover, one by itself or all of a revision together, decides nothing any more. */
export async function keepPart(tx: Tx, platform: string, stated: Part): Promise<void> {
  const { day, revision } = stated;
  await tx.query(
    `insert into heard_parts (platform, day, from_id, to_id, revision) values ($1, $2, $3, $4, $5)
     on conflict (platform, day, from_id, to_id) do update set revision = greatest(heard_parts.revision, excluded.revision)`,
    [...partOf(platform, stated), revision],
  );
  await tx.query(
    `with newest as (select from_id, to_id from heard_parts where platform = $1 and day = $2 and revision = $5)
     delete from heard_parts where platform = $1 and day = $2 and (from_id, to_id) <> ($3, $4) and (
       revision <= $5 and ${isCovered}
       or revision < $5 and exists (select from newest where from_id = '')
         and not exists (select from newest n where to_id <> '' and not exists (select from newest where from_id = n.to_id)))`,
    [...partOf(platform, stated), revision],
  );
  await tx.query(
    `insert into stated_days (platform, day, heard_revision) values ($1, $2, $3)
     on conflict (platform, day) do update set heard_revision = greatest(stated_days.heard_revision, excluded.heard_revision)`,
    [platform, day, revision],
  );
}

/**
 * The partner's amounts of what it states; what the part leaves out it has not. Lines that stand for one item here are added up. An item of which this platform
 * knows another day is not moved, and of one that neither has nothing is kept.
 * @param waiting a netting that is proposed and not answered: what is in it the partner may still state otherwise
 */
export async function keepTheirs(tx: Tx, platform: string, stated: Part, lines: readonly Heard[], waiting?: number): Promise<void> {
  const part = [...partOf(platform, stated), stated.revision, waiting ?? null];
  const isOpen = '(i.netted_through is null or i.netted_through = $6::int4)';
  await tx.query(
    `update statement_items i set theirs = 0 where platform = $1 and day = $2 and theirs <> 0 and ${isOpen}
       and ${isOfPart('wire_id')} and not ${statedLater('wire_id')}`,
    part,
  );
  await tx.query(
    `insert into statement_items as i (platform, side, reservation_id, day, theirs)
     select $1, s.side, s.id, $2::int4, sum(s.amount) from ${saidLines(7)}
     where s.amount <> 0 and ${isOfPart('s.wire_id')} and not ${statedLater('s.wire_id')} group by s.side, s.id
     on conflict (platform, side, reservation_id) do update set theirs = excluded.theirs, day = excluded.day
       where ${isOpen} and (i.day = excluded.day or i.ours = 0)`,
    [...part, ...linesOf(lines)],
  );
  await tx.query(
    `delete from statement_items i where platform = $1 and day = $2 and netted_through is null and ours = 0 and theirs = 0 and said_as is null
       and ${isOfPart('wire_id')} and (reservation_id like '%~%'
         or not exists (select from pieces p where p.reservation_id = i.reservation_id)
           and not exists (select from reservations r where r.platform = $1 and r.reservation_id = i.reservation_id))`,
    partOf(platform, stated),
  );
}

/** Of the lines those of items that are of another day here. */
export async function ofAnotherDay(tx: Tx, platform: string, { day }: Part, lines: readonly Heard[]): Promise<ItemRow[]> {
  const rows = await tx.query<Pick<ItemRow, 'side' | 'id'>>(
    `select s.side, s.id from ${saidLines(3)} join statement_items i on i.platform = $1 and i.side = s.side and i.reservation_id = s.id
     where i.day <> $2 and i.ours <> 0`,
    [platform, day, ...linesOf(lines)],
  );
  const named = new Set(rows.map(({ side, id }) => `${side} ${id}`));
  return lines
    .filter(({ side, id }) => named.has(`${side} ${id}`))
    .map(({ side, id, wireId, amount }) => ({ side, id, wireId, day, ours: 0n, theirs: amount }));
}
