// adjustments and compensations, as who knows none of them is told of them: as items under an id of their own.
import { type DayStated } from '#contracts';
import { type Tx, sha256Hex } from '#platform';
import { type Side, ofPlainLine } from './core/statement.js';
import { lineKindOf, lineKinds, plainId } from './core/statement-item.js';
import { markStale } from './statement-items.js';
import type { Talk } from './talk.js';

interface Row {
  readonly side: Side;
  readonly reservation_id: string;
  readonly day: number;
  readonly theirs: bigint;
  readonly said_as: string | null;
}

/** An item as a statement has it. */
export interface Heard {
  readonly side: Side;
  /** By which the statement names it. */
  readonly wireId: string;
  readonly id: string;
  readonly amount: bigint;
}

/** Settles how what is open is said from now on; what was said otherwise is said anew. */
export async function nameLines(tx: Tx, { platform, capabilities, knownLines }: Talk): Promise<void> {
  const open = await tx.query<Row>(
    `select side, reservation_id, day, theirs, said_as from statement_items
     where platform = $1 and netted_through is null and reservation_id like '%~%' and (ours <> 0 or said_as is not null)`,
    [platform],
  );
  for (const { side, reservation_id: id, day, theirs, said_as: before } of open) {
    const kind = lineKindOf(id)!;
    const hasStated = before === null && theirs !== 0n;
    const saidAs = hasStated || capabilities.includes(kind) || knownLines.includes(kind) ? null : plainId(id, sha256Hex);
    if (saidAs === before) continue;
    await tx.query('update statement_items set said_as = $4 where platform = $1 and side = $2 and reservation_id = $3', [
      ...[platform, side, id, saidAs],
    ]);
    await markStale(tx, platform, day);
  }
}

/** Who states one knows them. */
export async function learnLines(tx: Tx, { platform, knownLines }: Talk, stated: DayStated): Promise<void> {
  const said = {
    adjustment: stated.soldAdjustments.length + stated.boughtAdjustments.length,
    compensation: stated.soldCompensations.length + stated.boughtCompensations.length,
  };
  const fresh = lineKinds.filter((kind) => said[kind] > 0 && !knownLines.includes(kind));
  if (fresh.length)
    await tx.query('update partner_talk set known_lines = known_lines || $2::text[] where platform = $1', [platform, fresh]);
}

/** Of a statement's plain items those that stand for something else here are read as that. */
export async function readPlainLines(tx: Tx, platform: string, day: number, heard: readonly Heard[]): Promise<Heard[]> {
  const rows = await tx.query<{ side: Side; id: string; said_as: string }>(
    'select side, reservation_id as id, said_as from statement_items where platform = $1 and day = $2 and said_as is not null',
    [platform, day],
  );
  const saidAs = new Map(rows.map((row) => [row.said_as, row]));
  return heard.map((line) => {
    const row = saidAs.get(line.wireId);
    return row ? { ...line, side: row.side, id: row.id, amount: ofPlainLine(row.side, line) } : line;
  });
}
