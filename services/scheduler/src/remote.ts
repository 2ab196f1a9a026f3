import { isRemotePool, maxUnits, Unit } from '#domain';

/** The partner on whose platform the pool lies, who is its provider; 0: it lies here. */
export const platformOf = (poolId: number, providerId: number): number => (isRemotePool(poolId) ? providerId : 0);

/** Units of a node where the partner says none. */
const unitsOfNode = { [Unit.CARD]: 8, [Unit.CORE]: 64, [Unit.NODE]: 1 } as const;

export interface RemotePool {
  readonly unit: number;
  /** Of a node; 0: the usual. */
  readonly unitsPerNode: number;
  /** That can still be sold. */
  readonly units: number;
  /** With those that were sold; 0: not told. */
  readonly poolUnits: number;
}

export const unitsPerNodeOf = ({ unit, unitsPerNode }: Pick<RemotePool, 'unit' | 'unitsPerNode'>): number =>
  unitsPerNode || unitsOfNode[unit as Unit];

/** What was sold stands on nodes, too: the pool has room for all that is advertised. */
export const nodesOf = (pool: RemotePool): number => Math.ceil(Math.min(pool.poolUnits || pool.units, maxUnits) / unitsPerNodeOf(pool));

/** Names the order of one layer of what an advertisement offers: the number of units of an offer is one for all of its slots. */
export const keyOfLayer = (advertisement: string, layer: number): string => (layer === 0 ? advertisement : `${advertisement}+${layer}`);

/** True where the order goes beside those before it, and not in their place. */
export const isFurtherLayer = (key: string): boolean => /\+\d+$/.test(key);
