import { Injectable } from '@nestjs/common';
import { bytesOf, RemoteSupply, RemoteSupplyChanged } from '#contracts';
import { Clock, Outbox, type Tx } from '#platform';
import { peakOf } from './core/peak.js';
import { isAble } from './pieces.js';
import type { Talk } from './talk.js';

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

  private async sellable(tx: Tx, talk: Talk): Promise<RemoteSupply[]> {
    if (!isAble(talk)) return [];
    const rows = await tx.query<{ supply: Buffer }>(
      'select supply from remote_supply where platform = $1 and expires_at > $2 order by advert_id',
      [talk.platform, this.clock.now()],
    );
    // What is given away has no price to trade at.
    return rows.map((row) => RemoteSupply.decode(row.supply)).filter(({ price }) => price > 0);
  }

  private async offer(tx: Tx, talk: Talk, supply: RemoteSupply): Promise<void> {
    const { poolId, siteId } = await poolOf(tx, talk.platform, supply);
    await tx.query('update remote_pools set told = $2 where pool_id = $1', [poolId, bytesOf(RemoteSupply, supply)]);
    const units = supply.units - (await takenOf(tx, poolId, supply));
    await this.publish(
      tx,
      talk,
      { pool_id: poolId, site_id: siteId },
      { ...supply, units: Math.max(0, units), poolUnits: supply.units },
      units <= 0,
    );
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

async function poolOf(tx: Tx, platform: string, supply: RemoteSupply): Promise<{ poolId: number; siteId: number }> {
  const { zone, region, advertId, computeClass, model, domestic, unit, unitsPerNode } = supply;
  const [site] = await tx.query<{ site_id: number }>(
    `with new as (insert into remote_sites (platform, zone, region) values ($1, $2, $3) on conflict do nothing returning site_id)
     select site_id from new union all select site_id from remote_sites where platform = $1 and zone = $2 and region = $3`,
    [platform, zone, region],
  );
  const kind = [site!.site_id, advertId, computeClass, model, domestic, unit, unitsPerNode];
  const [pool] = await tx.query<{ pool_id: number }>(
    `with new as (
       insert into remote_pools (platform, site_id, advert_id, compute_class, model, domestic, unit, units_per_node) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict do nothing returning pool_id)
     select pool_id from new union all select pool_id from remote_pools
     where site_id = $2 and advert_id = $3 and compute_class = $4 and model = $5 and domestic = $6 and unit = $7 and units_per_node = $8`,
    [platform, ...kind],
  );
  return { poolId: pool!.pool_id, siteId: site!.site_id };
}

/** Units of the advert that are this platform's already, at the most in one slot of its window. */
async function takenOf(tx: Tx, poolId: number, { window }: RemoteSupply): Promise<number> {
  const rows = await tx.query<{ units: number; from: number; to: number }>(
    'select units, from_slot as "from", to_slot as "to" from pieces where pool_id = $1 and state < 5 and to_slot > $2 and from_slot < $3',
    [poolId, window!.from, window!.to],
  );
  return peakOf(rows);
}
