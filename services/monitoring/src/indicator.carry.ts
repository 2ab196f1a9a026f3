import { Inject, Injectable } from '@nestjs/common';
import {
  LinkChanged,
  ListLinksRequest,
  ListParticipantsRequest,
  ListPoolsRequest,
  ListSitesRequest,
  type PageInfo,
  type PageRequest,
  ParticipantChanged,
  PoolChanged,
  RegistryDefinition,
  SiteChanged,
} from '#contracts';
import { type Client, clientOf, Database, serviceCall } from '#platform';
import { keep, keptLinks, keptParticipants, keptPools, keptSites } from './indicator.kept.js';

const pageLimit = 1_000;

/** Where the registry was heard before there was anybody to keep what indicators need, it is asked for that once. */
@Injectable()
export class IndicatorCarry {
  constructor(
    private readonly database: Database,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

  /**
   * What was told since the tables are there stands.
   * @throws Refusal unavailable where the registry must be asked and does not answer
   */
  async once(): Promise<void> {
    const [opening] = await this.database.query<{ carried: boolean }>('select carried from indicator_opening');
    if (opening!.carried) return;
    const [participants, sites, pools, links] = [await this.participants(), await this.sites(), await this.pools(), await this.links()];
    await this.database.transaction(async (tx) => {
      for (const participant of participants) await keep(tx, keptParticipants, participant, 'leave');
      for (const site of sites) await keep(tx, keptSites, site, 'leave');
      for (const pool of pools) await keep(tx, keptPools, pool, 'leave');
      for (const link of links) await keep(tx, keptLinks, link, 'leave');
      await tx.query('update indicator_opening set carried = true');
    });
  }

  private async participants(): Promise<ParticipantChanged[]> {
    const found = await all(async (page) => {
      const { participants, page: next } = await this.registry.listParticipants(ListParticipantsRequest.create({ page }), call);
      return [participants, next];
    });
    return found.map(({ participantId, state, details }) => ParticipantChanged.create({ ...details, participantId, state }));
  }

  private async sites(): Promise<SiteChanged[]> {
    const found = await all(async (page) => {
      const { sites, page: next } = await this.registry.listSites(ListSitesRequest.create({ page }), call);
      return [sites, next];
    });
    return found.map(({ siteId, providerId, state, details }) => SiteChanged.create({ ...details, siteId, providerId, state }));
  }

  private async pools(): Promise<PoolChanged[]> {
    const found = await all(async (page) => {
      const { pools, page: next } = await this.registry.listPools(ListPoolsRequest.create({ page }), call);
      return [pools, next];
    });
    return found.map(({ poolId, providerId, state, nodeCount, details }) =>
      PoolChanged.create({ ...details, poolId, providerId, state, nodeCount }),
    );
  }

  private async links(): Promise<LinkChanged[]> {
    const found = await all(async (page) => {
      const { links, page: next } = await this.registry.listLinks(ListLinksRequest.create({ page }), call);
      return [links, next];
    });
    return found.map(({ linkId, ownerId, state, details }) => LinkChanged.create({ ...details, linkId, ownerId, state }));
  }
}

const call = serviceCall('monitoring');

async function all<T>(ask: (page: PageRequest) => Promise<readonly [things: T[], next: PageInfo | undefined]>): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const [things, next]: readonly [T[], PageInfo | undefined] = await ask({ cursor, limit: pageLimit });
    found.push(...things);
    cursor = next?.nextCursor || undefined;
  }
  return found;
}
