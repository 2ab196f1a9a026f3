// What a region's operator advertises: what is not taken at home of each kind of card, added up over its pools, entered anew each hour.
import { askFen, modelOf, rfc, slotMs, yuan } from '#demo';
import type { Json, Pool } from '#demo';
import type { Region } from './region.js';

const slotsOfDay = 96;
/** As far ahead as standing offers reach on each day. */
const windowSlots = 88 * slotsOfDay;
/** A partner pays so much more than who buys there, for what the asks of different pools are apart. */
const markup = 1.03;

interface Kind {
  readonly advertId: string;
  readonly pools: readonly Pool[];
  readonly units: number;
}

interface Taken {
  readonly poolId: number;
  readonly buyerId: number;
  readonly from: number;
  readonly to: number;
  readonly units: number;
}

export class Adverts {
  readonly #kinds: readonly Kind[];
  /** What stands advertised: units, and when it was entered. */
  readonly #told = new Map<string, { units: number; slot: number }>();

  constructor(private readonly region: Region) {
    const byKind = Map.groupBy(region.world.pools, (pool) => `${pool.model}-${pool.unitsPerNode}-${pool.region}`);
    this.#kinds = [...byKind].map(([advertId, pools]) => ({
      advertId,
      pools,
      units: pools.reduce((sum, { nodes, unitsPerNode }) => sum + nodes * unitsPerNode, 0),
    }));
  }

  async renew(slot: number): Promise<void> {
    const taken = await this.#taken();
    const partners = new Set(this.region.partners.values());
    for (const kind of this.#kinds) {
      const pools = new Set(kind.pools.map(({ id }) => id));
      const own = taken.filter(({ poolId }) => pools.has(poolId));
      // What partners have of it already is among it: the platform tells each of them less by what the others have.
      const home = own.filter(({ buyerId }) => !partners.has(buyerId));
      await this.#tell(kind, kind.units - peak(home, slot), slot);
    }
  }

  async #taken(): Promise<Taken[]> {
    const leases = await Promise.all(
      ['PENDING', 'CONFIRMED', 'ACTIVE'].map((state) => this.region.list(`/v1/leases?state=${state}`, 'leases')),
    );
    return leases.flat().map((lease) => {
      const { from, to } = lease.delivered as { from: string; to: string };
      return {
        ...{ poolId: Number(lease.poolId), buyerId: Number(lease.buyerId), units: Number(lease.units) },
        ...{ from: Date.parse(from) / slotMs, to: Date.parse(to) / slotMs },
      };
    });
  }

  async #tell({ advertId, pools }: Kind, units: number, slot: number): Promise<void> {
    const told = this.#told.get(advertId);
    if (units <= 0) {
      if (told) await this.region.post(`/v1/interconnect/supply/${advertId}/withdraw`, {});
      this.#told.delete(advertId);
      return;
    }
    if (told?.units === units && slot - told.slot < slotsOfDay) return;
    await this.region.post('/v1/interconnect/supply', { supply: this.#supply(advertId, pools, units, slot) });
    this.#told.set(advertId, { units, slot });
  }

  #supply(advertId: string, pools: readonly Pool[], units: number, slot: number): Json {
    const { model, unitsPerNode, region } = pools[0]!;
    const sites = this.region.division.cast.providers.flatMap(({ sites }) => sites).filter((site) => site.region === region);
    const isCpu = model === 'CPU';
    return {
      ...{ advertId, model, region, units, unitsPerNode, zone: 'DOMESTIC', domestic: modelOf(model).domestic },
      ...{ computeClass: isCpu ? 'GENERAL' : 'INTELLIGENT', unit: isCpu ? 'CORE' : 'CARD' },
      price: yuan(Math.max(...pools.map((pool) => askFen(pool, 'FIRM', markup)))),
      window: { from: rfc(slot + 1), to: rfc(slot + windowSlots) },
      expiresAt: rfc(slot + 2 * slotsOfDay),
      // Of several sites what all of them have.
      greenShareBp: Math.min(...sites.map(({ greenShareBp }) => greenShareBp)),
      pueMilli: Math.max(...sites.map(({ pueMilli }) => pueMilli)),
      securityGrade: Math.min(...sites.map(({ securityGrade }) => securityGrade)),
    };
  }
}

/** The most units that are taken in one slot after the given one. */
function peak(taken: readonly Taken[], slot: number): number {
  const ahead = taken.filter(({ to }) => to > slot + 1);
  const starts = new Set(ahead.map(({ from }) => Math.max(from, slot + 1)));
  const at = (moment: number) => ahead.reduce((sum, { from, to, units }) => sum + (from <= moment && moment < to ? units : 0), 0);
  return Math.max(0, ...[...starts].map(at));
}
