// The tables that hold what the registry said of each thing last.
import { LinkChanged, ParticipantChanged, PoolChanged, SiteChanged } from '#contracts';
import { type EventMeta, On, type Tx } from '#platform';
import { Injectable } from '@nestjs/common';

/** A table, its key, and its columns beside it: the fields of the same names. */
interface Kept<T> {
  readonly table: string;
  readonly key: keyof T & string;
  readonly columns: readonly (keyof T & string)[];
}

export const keptSites: Kept<SiteChanged> = {
  table: 'indicator_sites',
  key: 'siteId',
  columns: [
    ...(['providerId', 'state', 'name', 'region', 'district', 'standardRacks', 'occupancyBp', 'pueMilli', 'greenShareBp'] as const),
    ...(['energyMwhPerYear', 'commissionedDay', 'wueMilli', 'cueMilli', 'storageTb', 'flashStorageTb'] as const),
  ],
};
export const keptPools: Kept<PoolChanged> = {
  table: 'indicator_pools',
  key: 'poolId',
  columns: [
    ...(['siteId', 'providerId', 'state', 'computeClass', 'model', 'unitsPerNode', 'nodeCount'] as const),
    ...(['tflopsFp16Milli', 'tflopsFp32Milli', 'domestic'] as const),
  ],
};
export const keptLinks: Kept<LinkChanged> = {
  table: 'indicator_links',
  key: 'linkId',
  columns: ['ownerId', 'state', 'fromRegion', 'toRegion', 'toSiteId', 'oneWayUs', 'roundTripUs'],
};
export const keptParticipants: Kept<ParticipantChanged> = {
  table: 'indicator_participants',
  key: 'participantId',
  columns: ['state', 'name', 'roles', 'region', 'size'],
};

const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @param ifKnown what becomes of a thing that the table has */
export async function keep<T extends object>(
  tx: Tx,
  { table, key, columns }: Kept<T>,
  thing: T,
  ifKnown: 'replace' | 'leave',
): Promise<void> {
  const fields = [key, ...columns];
  const names = fields.map(columnOf);
  const values = new Map<string, unknown>(Object.entries(thing));
  const replacing = names.slice(1).map((name) => `${name} = excluded.${name}`);
  await tx.query(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_name, at) => `$${at + 1}`).join(', ')})
     on conflict (${names[0]}) do ${ifKnown === 'leave' ? 'nothing' : `update set ${replacing.join(', ')}`}`,
    fields.map((field) => values.get(field)),
  );
}

/** Keeps what the registry tells. */
@Injectable()
export class IndicatorKeeper {
  @On(SiteChanged)
  async siteChanged(site: SiteChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await keep(tx, keptSites, site, 'replace');
  }

  @On(PoolChanged)
  async poolChanged(pool: PoolChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await keep(tx, keptPools, pool, 'replace');
  }

  @On(LinkChanged)
  async linkChanged(link: LinkChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await keep(tx, keptLinks, link, 'replace');
  }

  @On(ParticipantChanged)
  async participantChanged(participant: ParticipantChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    await keep(tx, keptParticipants, participant, 'replace');
    // The operator is told of first, when the exchange opens.
    await tx.query('update indicator_opening set opened_at = $1 where opened_at is null', [time]);
  }
}
