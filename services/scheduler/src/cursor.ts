import type { Database } from '#platform';
import type { Cursor } from './steps-writer.js';

/** How far the query tables have come. */
export async function cursorOf(database: Database, shard: number): Promise<Cursor> {
  const [row] = await database.query<{ sequence: bigint; time: bigint; published: bigint }>(
    'select sequence, time, published from projection where shard = $1',
    [shard],
  );
  return { sequence: Number(row?.sequence ?? 0), time: Number(row?.time ?? 0), published: Number(row?.published ?? 0) };
}
