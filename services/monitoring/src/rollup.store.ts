import { Injectable } from '@nestjs/common';
import type { PoolId, Time } from '#domain';
import { type Tx, numberArray, textArray } from '#platform';
import { packCells, unpackCells } from './core/cell-codec.js';
import { type Cells, chunkNodes } from './core/cells.js';
import { contradictionOf, judge } from './core/rollup.js';
import type { NewestUnits } from './core/newest-units.js';
import type { Gathered } from './gathered.js';
import { NodeHealthKeeper } from './node.health.js';
import { PoolHealthKeeper, type PoolRow, registeredOf } from './pool.health.js';

/** Chunks written by one statement; between statements others have their turn. */
const batchOf = 50;

/** Merges what points say into the stored roll-ups, and judges pools and nodes by it. */
@Injectable()
export class RollupStore {
  constructor(
    private readonly pools: PoolHealthKeeper,
    private readonly nodes: NodeHealthKeeper,
  ) {}

  /**
   * Merging is adding and comparing whole numbers, so who merges first, and in how many parts, is nothing.
   * @param known the newest that was heard of each node, in this merge and before
   */
  async merge(tx: Tx, gathered: Gathered, known: NewestUnits, now: Time): Promise<void> {
    return this.mergeAs(tx, gathered, known, now, false);
  }

  /** The same of what another process, or this one in doubt, has left in its log. */
  async mergeLeft(tx: Tx, gathered: Gathered, known: NewestUnits, now: Time): Promise<void> {
    return this.mergeAs(tx, gathered, known, now, true);
  }

  private async mergeAs(tx: Tx, { fold, heard, newest }: Gathered, known: NewestUnits, now: Time, isLeft: boolean): Promise<void> {
    const poolIds = [...heard.keys()].sort((a, b) => a - b);
    await lockMerges(tx, poolIds);
    const registered = new Map((await this.pools.registered(tx, poolIds)).map((row) => [row.pool_id, row]));
    if (isLeft) await this.nodes.forgetDoubted(tx, [...registered.values()], newest);
    const reasons = new Map<PoolId, string>();
    const cells = [...fold.cells()].sort((a, b) => a.poolId - b.poolId || a.slot - b.slot || a.chunk - b.chunk);
    for (let from = 0; from < cells.length; from += batchOf) await mergeBatch(tx, cells.slice(from, from + batchOf), registered, reasons);
    // Only now, so that a heartbeat waits for none of the above.
    const rows = await this.pools.heard(tx, heard);
    await this.pools.judge(tx, await this.pools.contradicted(tx, rows, reasons), now);
    await this.nodes.judgeNewest(tx, rows, newest, known, now);
  }
}

/** In the order of their numbers, by whoever merges. */
async function lockMerges(tx: Tx, poolIds: readonly PoolId[]): Promise<void> {
  const lock = () =>
    tx.query('select from pool_merges where pool_id = any($1::int4[]) order by pool_id for no key update', [numberArray(poolIds)]);
  if ((await lock()).length === poolIds.length) return;
  await tx.query('insert into pool_merges (pool_id) select unnest($1::int4[]) on conflict do nothing', [numberArray(poolIds)]);
  await lock();
}

async function mergeBatch(
  tx: Tx,
  news: readonly Cells[],
  registered: ReadonlyMap<PoolId, PoolRow>,
  reasons: Map<PoolId, string>,
): Promise<void> {
  const known = await stored(tx, news);
  const all = news.map((cells, index) => {
    const before = known.get(index);
    if (!before) return cells;
    before.merge(cells);
    return before;
  });
  for (const [index, { poolId, chunk }] of news.entries()) {
    if (reasons.has(poolId)) continue;
    const reason = contradictionOf(news[index]!, all[index]!, chunk * chunkNodes, registeredOf(registered.get(poolId)!));
    if (reason) reasons.set(poolId, reason);
  }
  const judged = all.map((cells) => judge(cells, registered.get(cells.poolId)!.units_per_node));
  const packed = all.map(packCells);
  const keys = [all.map(({ poolId }) => poolId), all.map(({ slot }) => slot), all.map(({ chunk }) => chunk)].map(numberArray);
  let end = 0;
  const ends = packed.map(({ length }) => (end += length));
  await Promise.all([
    tx.query(
      `insert into node_rollups (pool_id, slot, chunk, units_up, power_watts, cells)
       select pool_id, slot, chunk, units_up::int2[], power_watts::int4[], substring($8::bytea from ends - length + 1 for length)
       from unnest($1::int4[], $2::int4[], $3::int4[], $4::text[], $5::text[], $6::int4[], $7::int4[])
         as new (pool_id, slot, chunk, units_up, power_watts, ends, length)
       on conflict (pool_id, slot, chunk) do update set units_up = excluded.units_up, power_watts = excluded.power_watts, cells = excluded.cells`,
      [
        ...keys,
        textArray(judged.map(({ unitsUp }) => numberArray(unitsUp))),
        textArray(judged.map(({ powerWatts }) => numberArray(powerWatts))),
        numberArray(ends),
        numberArray(packed.map(({ length }) => length)),
        Buffer.concat(packed),
      ],
    ),
    tx.query(
      `insert into pool_rollups (pool_id, slot, chunk, nodes, units_up, utilisation_bp, power_watts)
       select * from unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int8[])
       on conflict (pool_id, slot, chunk) do update set nodes = excluded.nodes, units_up = excluded.units_up,
         utilisation_bp = excluded.utilisation_bp, power_watts = excluded.power_watts`,
      [
        ...keys,
        numberArray(judged.map(({ nodes }) => nodes)),
        numberArray(judged.map(({ unitsUpSum }) => unitsUpSum)),
        numberArray(judged.map(({ utilisationBpSum }) => utilisationBpSum)),
        numberArray(judged.map(({ powerWattsSum }) => powerWattsSum)),
      ],
    ),
  ]);
}

/** Roll-ups that are there, by their places among the news. Their merges are locked, so nobody else writes them meanwhile. */
async function stored(tx: Tx, news: readonly Cells[]): Promise<Map<number, Cells>> {
  const rows = await tx.query<{ place: number; cells: Buffer }>(
    `select new.place, cells from unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) as new (pool_id, slot, chunk, place)
     join node_rollups using (pool_id, slot, chunk)`,
    [
      numberArray(news.map(({ poolId }) => poolId)),
      numberArray(news.map(({ slot }) => slot)),
      numberArray(news.map(({ chunk }) => chunk)),
      numberArray(news.map((_cells, place) => place)),
    ],
  );
  return new Map(
    rows.map(({ place, cells }) => {
      const { poolId, slot, chunk } = news[place]!;
      return [place, unpackCells(cells, poolId, slot, chunk)];
    }),
  );
}
