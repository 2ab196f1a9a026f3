// An exchange with a day of many nodes' roll-ups and a month of some nodes' in its tables, and pools that are about to send.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { Api, type ExchangeProcess, participant, startExchange } from '#demo';
import { slotAt, slotsPerDay } from '#domain';
import { embeddedPlace, endedWithUs, freePorts, numberArray, startedWithUs } from '#platform';
import { nodesOfPool, storedSlot, unitsOfNode, wattsOfUnit } from './values.js';

export interface Sizes {
  readonly nodesOfDay: number;
  readonly nodesOfMonth: number;
  readonly nodesLive: number;
}

/** First pool of those with a day, of those with a month, of those that send. */
export const poolsFrom = { day: 1_000_001, month: 2_000_001, live: 3_000_001 } as const;
/** 31 days. */
export const slotsOfMonth = 31 * slotsPerDay;
const variants = 16;
const slotsAtOnce = 24;

export interface Fixture {
  readonly exchange: ExchangeProcess;
  /** The provider's key. */
  readonly key: string;
  /** As the superuser. */
  readonly database: pg.Client;
  /** The slot after the last that is stored. */
  readonly slot: number;
}

interface Kept {
  readonly key: string;
  readonly slot: number;
}

/** In this folder; where it was filled before, as it is there. */
export async function openFixture(folder: string, sizes: Sizes, progress: (text: string) => void): Promise<Fixture> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const [exchange] = await startedWithUs(
    () => startExchange({ data, httpPort, grpcPort }),
    (started) => started.stop(),
  );
  const { address } = await embeddedPlace(data);
  const database = new pg.Client({ ...address });
  await database.connect();
  endedWithUs(() => database.end());
  const note = join(folder, 'filled.json');
  const kept = await readFile(note, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { exchange, database, ...(JSON.parse(kept) as Kept) };

  const api = new Api(exchange.address, 'bench');
  const details = { region: 500000, industry: 'I', size: 'LARGE', name: 'provider', roles: ['PROVIDER'] };
  const { id, key } = await participant(api, exchange.key!, details);
  await api.destroy();
  const slot = slotAt(Date.now());
  const pools = (nodes: number): number => Math.ceil(nodes / nodesOfPool);
  await openPools(database, id, poolsFrom.day, pools(sizes.nodesOfDay));
  await openPools(database, id, poolsFrom.month, pools(sizes.nodesOfMonth));
  await openPools(database, id, poolsFrom.live, pools(sizes.nodesLive));
  await fill(database, poolsFrom.month, pools(sizes.nodesOfMonth), slot - slotsOfMonth, slot, progress);
  await fill(database, poolsFrom.day, pools(sizes.nodesOfDay), slot - slotsPerDay, slot, progress);
  await database.query('vacuum analyze monitoring.node_rollups, monitoring.pool_rollups');
  await database.query('checkpoint');
  await writeFile(note, JSON.stringify({ key, slot } satisfies Kept));
  return { exchange, database, key, slot };
}

/** As monitoring keeps verified pools; none of them falls silent. */
async function openPools(database: pg.Client, providerId: number, from: number, count: number): Promise<void> {
  await database.query(
    `insert into monitoring.pools (pool_id, provider_id, state, node_count, units_per_node, power_watts_per_unit, deadline_seconds, verified_at, last_seen_at, since)
     select pool_id, $1, 3, $4, $5, $6, 2000000, 1, (extract(epoch from now()) * 1000)::int8, 1 from generate_series($2::int4, $3::int4) as pool_id`,
    [providerId, from, from + count - 1, nodesOfPool, unitsOfNode, wattsOfUnit],
  );
}

/** Rows as points every 15 s would have left them, of sixteen kinds in turn. */
async function fill(
  database: pg.Client,
  from: number,
  pools: number,
  first: number,
  end: number,
  progress: (text: string) => void,
): Promise<void> {
  await database.query(
    'create temporary table if not exists kinds (kind int4 primary key, units_up int2[], power_watts int4[], cells bytea, sums int8[])',
  );
  await database.query('truncate kinds');
  for (let kind = 0; kind < variants; kind++) {
    const { unitsUp, powerWatts, cells, sums } = storedSlot(kind);
    await database.query('insert into kinds values ($1, $2, $3, $4, $5)', [
      kind,
      numberArray(unitsUp),
      numberArray(powerWatts),
      Buffer.from(cells),
      numberArray(sums),
    ]);
  }
  const last = from + pools - 1;
  for (let slot = first; slot < end; slot += slotsAtOnce) {
    progress(`${pools} pools: slot ${slot - first} of ${end - first}`);
    const window = [from, last, slot, Math.min(end, slot + slotsAtOnce) - 1];
    await database.query(
      `insert into monitoring.node_rollups select pool_id, slot, 0, units_up, power_watts, cells
       from generate_series($3::int4, $4::int4) as slot cross join generate_series($1::int4, $2::int4) as pool_id
       join kinds on kind = (pool_id + slot) % ${variants}`,
      window,
    );
    await database.query(
      `insert into monitoring.pool_rollups select pool_id, slot, 0, sums[1], sums[2], sums[3], sums[4]
       from generate_series($3::int4, $4::int4) as slot cross join generate_series($1::int4, $2::int4) as pool_id
       join kinds on kind = (pool_id + slot) % ${variants}`,
      window,
    );
  }
}
