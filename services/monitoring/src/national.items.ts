// What is to be reported, written in the transaction that causes it; the sender tells it, and asks until it is answered.
import { bytesOf, NationalItem, NationalItemState, NationalKind } from '#contracts';
import type { Tx } from '#platform';
import { dueAt } from './core/national.js';

/** What is said once, in place of a waiting one of the same id. */
export interface NewItem {
  readonly kind: NationalKind;
  readonly itemId: string;
  /** Of what it is about; empty: of the region. */
  readonly identifier: string;
  /** Identifier of what has to be registered there before; empty: nothing has. */
  readonly needs: string;
  readonly content: Pick<NationalItem, 'registration' | 'resource' | 'monitoring' | 'indicator' | 'fullReport'>;
  /** End of its period, or when the change was made. */
  readonly causedAt: number;
  /** First moment of its period. */
  readonly periodFrom?: number;
  /** Who sends it again, and why. */
  readonly by?: string;
  readonly reason?: string;
}

/** Id of the item that ends a full report. */
export const fullReportId = 'full';

export const encoded = ({ kind, itemId, identifier, content }: NewItem): Buffer =>
  bytesOf(NationalItem, NationalItem.create({ kind, itemId, identifier, ...content }));

/**
 * An item that waits is said as it is now and due as before; one that was refused has been replaced by the new one, and is due as it was.
 * @returns the serial of the last
 */
export async function writeItems(tx: Tx, items: readonly NewItem[]): Promise<number> {
  const first = await takeSerials(tx, items.length);
  const open = await tx.query<{ kind: number; item_id: string; caused_at: bigint; due_at: bigint }>(
    `update national_items i set state = ${NationalItemState.REPLACED} from unnest($1::int4[], $2::text[]) as n (kind, item_id)
     where i.state = ${NationalItemState.REFUSED} and i.kind = n.kind and i.item_id = n.item_id returning i.kind, i.item_id, i.caused_at, i.due_at`,
    [items.map(({ kind }) => kind), items.map(({ itemId }) => itemId)],
  );
  const before = new Map(open.map((row) => [`${row.kind}/${row.item_id}`, row]));
  const dueOf = ({ kind, itemId, causedAt }: NewItem) => before.get(`${kind}/${itemId}`)?.due_at ?? dueAt(kind, causedAt);
  const causeOf = ({ kind, itemId, causedAt }: NewItem) => before.get(`${kind}/${itemId}`)?.caused_at ?? causedAt;
  await tx.query(
    `insert into national_items (serial, kind, item_id, identifier, needs, item, period_from, caused_at, due_at, by, reason)
     select * from unnest($1::int8[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::int8[], $8::int8[], $9::int8[], $10::text[], $11::text[])
     on conflict (kind, item_id) where state = 1
       do update set serial = excluded.serial, needs = excluded.needs, item = excluded.item, by = excluded.by, reason = excluded.reason`,
    [
      items.map((_item, index) => first + index),
      items.map(({ kind }) => kind),
      items.map(({ itemId }) => itemId),
      items.map(({ identifier }) => identifier),
      items.map(({ needs }) => needs),
      items.map(encoded),
      items.map(({ periodFrom }) => periodFrom ?? 0),
      items.map(causeOf),
      items.map(dueOf),
      items.map(({ by }) => by ?? ''),
      items.map(({ reason }) => reason ?? ''),
    ],
  );
  return first + items.length - 1;
}

/** The first of so many; whoever else writes items waits for this transaction. */
export async function takeSerials(tx: Tx, count: number): Promise<number> {
  const [row] = await tx.query<{ serial: bigint }>('update national_node set serial = serial + $1 returning serial', [count]);
  return Number(row!.serial) - count + 1;
}

/** Every provider, site and pool is to be reported anew, also where that is being done. */
export async function beginFullReport(tx: Tx): Promise<void> {
  await tx.query('delete from national_items where kind = $1 and item_id = $2 and state = $3', [
    ...[NationalKind.RESOURCE, fullReportId, NationalItemState.WAITING],
  ]);
  await tx.query('update national_node set full_state = 1, full_from = serial + 1');
}
