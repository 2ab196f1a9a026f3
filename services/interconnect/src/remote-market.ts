import { Injectable } from '@nestjs/common';
import { bytesOf, RemoteSupply, RemoteSupplyChanged, UnitsBySlot } from '#contracts';
import { firstSellableSlot, type Levels, leastUnits, levelsWithin, levelsWithout, mostUnits, type UnitRange, type Window } from '#domain';
import { At, Clock, Database, Outbox, type Tx, unitsBySlot } from '#platform';
import { cutTo } from './core/left.js';
import { levelsOfSupply } from './shares.js';
import { type Talk, isAble, lockTalk } from './talk.js';

const minute = 60_000;
/** So long no more is sold of an advert than its partner has said was left. */
const cutMs = 10 * minute;

interface PoolRow {
  readonly pool_id: number;
  readonly site_id: number;
  readonly advert_id: string;
  readonly told: Buffer;
}

/** Tells the market what partners advertise, under numbers of sites and pools that it knows it by. */
@Injectable()
export class RemoteMarket {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** Whatever differs of what the market was told of the partner last: new, changed, withdrawn. */
  async tell(tx: Tx, talk: Talk): Promise<void> {
    const heard = new Map((await this.sellable(tx, talk)).map((supply) => [supply.advertId, supply]));
    const pools = await tx.query<PoolRow>(
      'select pool_id, site_id, advert_id, told from remote_pools where platform = $1 and length(told) > 0 order by pool_id',
      [talk.platform],
    );
    for (const pool of pools) {
      const supply = heard.get(pool.advert_id);
      const isSame = supply && pool.told.equals(bytesOf(RemoteSupply, supply));
      if (isSame) heard.delete(pool.advert_id);
      else if (!supply || !isOfPool(RemoteSupply.decode(pool.told), supply)) await this.withdraw(tx, talk, pool);
    }
    for (const supply of heard.values()) await this.offer(tx, talk, supply);
  }

  /**
   * A partner has refused a piece and said what was left of the advert in its window. No more of it is to be sold until the partner advertises it anew, or for a
   * while: what others held for a moment is there again, and of that nobody need say anything.
   */
  async cut(tx: Tx, talk: Talk, advertId: string, window: Window, left: Levels): Promise<void> {
    const now = this.clock.now();
    const [row] = await tx.query<SupplyRow>(`${selectSupply} and advert_id = $3`, [talk.platform, now, advertId]);
    if (!row) return;
    const own = await takenOf(tx, now, 'advert_id = $2 and pieces.platform = $3', advertId, talk.platform);
    const cut = unitsBySlot(cutTo(levelsOfSupply(offeredBy(row)), window, left, own));
    await tx.query('update remote_supply set cut = $3, cut_until = $4 where platform = $1 and advert_id = $2', [
      ...[talk.platform, advertId, bytesOf(UnitsBySlot, cut), now + cutMs],
    ]);
  }

  @At('offer what partners had less of for a while', minute)
  async uncut(now: number): Promise<void> {
    const over = await this.database.query<{ platform: string }>(
      'select distinct platform from remote_supply where cut is not null and cut_until <= $1 order by platform',
      [now],
    );
    for (const { platform } of over)
      await this.database.transaction(async (tx) => {
        const talk = await lockTalk(tx, platform);
        await tx.query('update remote_supply set cut = null where platform = $1 and cut_until <= $2', [platform, now]);
        await this.tell(tx, talk!);
      });
  }

  private async sellable(tx: Tx, talk: Talk): Promise<RemoteSupply[]> {
    if (!isAble(talk)) return [];
    const rows = await tx.query<SupplyRow>(`${selectSupply} order by advert_id`, [talk.platform, this.clock.now()]);
    // What is given away has no price to trade at.
    return rows.map(offeredBy).filter(({ price }) => price > 0);
  }

  private async offer(tx: Tx, talk: Talk, supply: RemoteSupply): Promise<void> {
    const now = this.clock.now();
    const { poolId, siteId } = await poolOf(tx, now, talk.platform, supply);
    await tx.query('update remote_pools set told = $2 where pool_id = $1', [poolId, bytesOf(RemoteSupply, supply)]);
    const { from, to } = supply.window!;
    const ahead = { from: Math.max(from, firstSellableSlot(now)), to };
    const offered = levelsOfSupply(supply);
    const left = levelsWithin(levelsWithout(offered, await takenOf(tx, now, 'pool_id = $2', poolId)), ahead);
    const told = { ...supply, units: leastUnits(left, ahead), poolUnits: mostUnits(offered), unitsBySlot: unitsBySlot(left) };
    await this.publish(tx, talk, { pool_id: poolId, site_id: siteId }, told, left.length === 0);
  }

  private async withdraw(tx: Tx, talk: Talk, pool: PoolRow): Promise<void> {
    await tx.query(`update remote_pools set told = '' where pool_id = $1`, [pool.pool_id]);
    await this.publish(tx, talk, pool, RemoteSupply.decode(pool.told), true);
  }

  private async publish(
    tx: Tx,
    { participantId }: Talk,
    { pool_id, site_id }: Pick<PoolRow, 'pool_id' | 'site_id'>,
    supply: RemoteSupply & { readonly poolUnits?: number },
    withdrawn: boolean,
  ): Promise<void> {
    const changed = RemoteSupplyChanged.create({
      ...supply,
      participantId,
      remoteSiteId: site_id,
      remotePoolId: pool_id,
      withdrawn,
    });
    await this.outbox.publish(tx, RemoteSupplyChanged, changed, `pool/${pool_id}`);
  }
}

/** Of what was advertised under the id before; a pool keeps what it is. */
const isOfPool = (before: RemoteSupply, after: RemoteSupply): boolean => fixed.every((name) => before[name] === after[name]);
const fixed = ['computeClass', 'model', 'domestic', 'unit', 'zone', 'region', 'unitsPerNode'] as const;

async function poolOf(tx: Tx, now: number, platform: string, supply: RemoteSupply): Promise<{ poolId: number; siteId: number }> {
  const { zone, region, advertId, computeClass, model, domestic, unit, unitsPerNode } = supply;
  const [site] = await tx.query<{ site_id: number }>(
    `with new as (insert into remote_sites (platform, zone, region) values ($1, $2, $3) on conflict do nothing returning site_id)
     select site_id from new union all select site_id from remote_sites where platform = $1 and zone = $2 and region = $3`,
    [platform, zone, region],
  );
  const siteId = site!.site_id;
  const kind = [siteId, computeClass, model, domestic, unit, unitsPerNode];
  const known = await tx.query<PoolId>(`${poolsOfKind} and advert_id = $7`, [...kind, advertId]);
  // The market forgets no pool, so a partner that names its adverts anew has those that it has left.
  const [pool] = known.length ? known : await renamed(tx, now, kind, advertId);
  if (pool) return { poolId: pool.pool_id, siteId };
  const [made] = await tx.query<PoolId>(
    `insert into remote_pools (site_id, compute_class, model, domestic, unit, units_per_node, advert_id, platform) values ($1, $2, $3, $4, $5, $6, $7, $8) returning pool_id`,
    [...kind, advertId, platform],
  );
  return { poolId: made!.pool_id, siteId };
}

interface PoolId {
  readonly pool_id: number;
}

const poolsOfKind =
  'select pool_id from remote_pools where site_id = $1 and compute_class = $2 and model = $3 and domestic = $4 and unit = $5 and units_per_node = $6';

/** A pool of that kind of which nothing is advertised, asked for or bought, from now on of this advert. */
async function renamed(tx: Tx, now: number, kind: readonly unknown[], advertId: string): Promise<PoolId[]> {
  return tx.query<PoolId>(
    `update remote_pools set advert_id = $7 where pool_id = (${poolsOfKind} and length(told) = 0
       and not exists (select from pieces p where p.pool_id = remote_pools.pool_id and state < 5 and to_slot > $8) order by pool_id limit 1) returning pool_id`,
    [...kind, advertId, firstSellableSlot(now)],
  );
}

/** What of an advert is this platform's already. */
async function takenOf(tx: Tx, now: number, of: string, ...whose: readonly unknown[]): Promise<UnitRange[]> {
  return tx.query<UnitRange>(
    `select units, from_slot as "from", to_slot as "to" from pieces join remote_pools using (pool_id) where state < 5 and to_slot > $1 and ${of}`,
    [firstSellableSlot(now), ...whose],
  );
}

const selectSupply = 'select supply, cut from remote_supply where platform = $1 and expires_at > $2';

interface SupplyRow {
  readonly supply: Buffer;
  readonly cut: Buffer | null;
}

/** What the partner offers by all that it has said. */
function offeredBy({ supply, cut }: SupplyRow): RemoteSupply {
  const offered = RemoteSupply.decode(supply);
  return cut ? { ...offered, unitsBySlot: UnitsBySlot.decode(cut) } : offered;
}
