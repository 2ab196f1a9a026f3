import { type Time, slotAt, startOfSlot } from '#domain';
import type { Tx } from '#platform';
import { unpackCells } from './core/cell-codec.js';
import { type Cells, chunkNodes } from './core/cells.js';
import { Metric } from './core/metric.js';
import { metricsOf } from './core/node-numbers.js';

const minuteMs = 60_000;

interface At {
  readonly pool_id: number;
  readonly node: number;
  readonly at: Time;
}

/**
 * Those of whose units no roll-up holds a point of a later minute, or where `by` says so of the same one: several processes hear of a node, and which of them
 * merges first is chance.
 */
export async function notOvertaken<T extends At>(tx: Tx, rows: readonly T[], by: 'later' | 'beside'): Promise<T[]> {
  if (rows.length === 0) return [];
  const byChunk = Map.groupBy(rows, ({ pool_id, node }) => `${pool_id} ${chunkOf(node)}`);
  const places = [...byChunk.values()].map((of) => ({ ...of[0]!, slot: Math.min(...of.map(({ at }) => slotAt(at))) }));
  const stored = await tx.query<{ pool_id: number; slot: number; chunk: number; cells: Buffer }>(
    `select r.pool_id, r.slot, r.chunk, r.cells from unnest($1::int4[], $2::int4[], $3::int4[]) as place (pool_id, chunk, slot)
     join node_rollups r on r.pool_id = place.pool_id and r.chunk = place.chunk and r.slot >= place.slot`,
    [places.map(({ pool_id }) => pool_id), places.map(({ node }) => chunkOf(node)), places.map(({ slot }) => slot)],
  );
  const overtaken = new Set<T>();
  for (const { pool_id, slot, chunk, cells: bytes } of stored) {
    const cells = unpackCells(bytes, pool_id, slot, chunk);
    for (const row of byChunk.get(`${pool_id} ${chunk}`)!) if (isOvertaken(cells, row, by === 'later' ? 1 : 0)) overtaken.add(row);
  }
  return rows.filter((row) => !overtaken.has(row));
}

const chunkOf = (node: number): number => Math.floor(node / chunkNodes);

function isOvertaken(cells: Cells, { node, at }: At, minutesAfter: 0 | 1): boolean {
  const units = metricsOf(cells, node % chunkNodes).find(({ metric }) => metric === Metric.UNITS_UP);
  if (!units || cells.slot < slotAt(at)) return false;
  const minute = Math.floor((at - startOfSlot(cells.slot)) / minuteMs);
  return cells.slot > slotAt(at) || units.minutes >>> (minute + minutesAfter) !== 0;
}
