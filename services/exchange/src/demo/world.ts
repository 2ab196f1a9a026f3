// Registers everything that plays: participants with their keys, sites, pools with their nodes, links, voucher programmes, money.
import type { Api } from './client.js';
import { buyers, links, linksFrom, modelOf, providers } from './cast.js';
import type { BuyerCast, LinkCast, ProviderCast } from './cast.js';
import { buyersOfAll, registerAll, registerOwn, regionsOfAll } from './programmes.js';
import type { PlayedProgramme } from './programmes.js';
import { participant, verified } from './registering.js';
import type { NodeGroup } from './trace.js';

export interface Pool {
  readonly id: number;
  readonly provider: Provider;
  readonly region: number;
  readonly model: string;
  readonly unitsPerNode: number;
  readonly nodes: number;
}

export interface Provider {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly factor: number;
  readonly confirmsAtOnce: boolean;
}

export interface Buyer {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly region: number;
  readonly size: string;
}

export interface World {
  readonly operator: string;
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  readonly buyers: readonly Buyer[];
  /** The one that always plays is the first. */
  readonly programmes: readonly PlayedProgramme[];
}

/** Seconds of silence after which a pool stops matching; the demo reports every hour, and every twelve in the long tail. */
const heartbeatDeadlineSeconds = 13 * 3600;

async function registerProviders(api: Api, operator: string, groups: readonly NodeGroup[], some: readonly ProviderCast[]) {
  const made: { provider: Provider; sites: { id: number; region: number }[] }[] = [];
  for (const cast of some) {
    const account = await participant(api, operator, {
      name: cast.name,
      roles: ['PROVIDER'],
      region: cast.region,
      industry: 'I',
      size: 'LARGE',
    });
    const provider = { ...account, name: cast.name, factor: cast.factor, confirmsAtOnce: cast.confirmsAtOnce };
    const sites = [];
    for (const { name, region, racks, occupancyBp, pueMilli, greenShareBp, securityGrade } of cast.sites) {
      const details = { name, region, zone: 'DOMESTIC', securityGrade, standardRacks: racks, occupancyBp, pueMilli, greenShareBp };
      const { siteId } = await api.post(provider.key, '/v1/sites', { details });
      await verified(api, operator, `/v1/sites/${Number(siteId)}`);
      sites.push({ id: Number(siteId), region });
    }
    made.push({ provider, sites });
  }
  const places = made.flatMap(({ provider, sites }) => sites.map((site) => ({ provider, site })));
  const pools: Pool[] = [];
  // Each group's nodes are dealt out over the sites, beginning at another site for each group.
  for (const [index, group] of groups.entries()) {
    const dealt = places.map((place, at) => ({
      ...place,
      serials: group.serials.filter((_, node) => (node + index * 2) % places.length === at),
    }));
    for (const { provider, site, serials } of dealt.filter((share) => share.serials.length > 0))
      pools.push(await registerPool(api, operator, provider, site, group, serials));
  }
  return { providers: made.map(({ provider }) => provider), pools };
}

async function registerPool(
  api: Api,
  operator: string,
  provider: Provider,
  site: { id: number; region: number },
  group: NodeGroup,
  serials: readonly string[],
): Promise<Pool> {
  const model = modelOf(group.model);
  const cpu = group.model === 'CPU';
  const details = {
    siteId: site.id,
    name: `${group.model} ×${group.unitsPerNode}`,
    computeClass: cpu ? 'GENERAL' : 'INTELLIGENT',
    model: group.model,
    unit: cpu ? 'CORE' : 'CARD',
    unitsPerNode: group.unitsPerNode,
    memoryGibPerUnit: cpu ? Math.max(1, Math.floor(group.memoryGib / group.unitsPerNode)) : model.memoryGib,
    interconnect: group.unitsPerNode >= 8 && !cpu ? 'NVLINK' : 'ETHERNET',
    tflopsFp16Milli: Math.round(model.tflopsFp16 * 1000),
    tflopsFp32Milli: Math.round(model.tflopsFp32 * 1000),
    domestic: model.domestic,
    reliabilityBp: 9900,
    confirmsAtOnce: provider.confirmsAtOnce,
    heartbeatDeadlineSeconds,
    powerWattsPerUnit: model.watts,
  };
  const { poolId } = await api.post(provider.key, '/v1/pools', { details });
  const id = Number(poolId);
  await api.bulk(
    provider.key,
    `/v1/pools/${id}/nodes`,
    serials.map((serial) => ({ serial })),
  );
  await verified(api, operator, `/v1/pools/${id}`);
  return { id, provider, region: site.region, model: group.model, unitsPerNode: group.unitsPerNode, nodes: serials.length };
}

async function registerLinks(api: Api, operator: string, owner: Provider, some: readonly LinkCast[]) {
  for (const { from, to, roundTripUs, gigabits, pricePerGb } of some) {
    const details = { fromRegion: from, toRegion: to, oneWayUs: roundTripUs / 2, roundTripUs, gigabitsPerSecond: gigabits, pricePerGb };
    const { linkId } = await api.post(operator, '/v1/links', { ownerId: owner.id, details });
    await verified(api, operator, `/v1/links/${Number(linkId)}`);
  }
}

async function registerBuyers(api: Api, operator: string, some: readonly BuyerCast[]): Promise<Buyer[]> {
  const made: Buyer[] = [];
  for (const { name, region, industry, size, deposit } of some) {
    const account = await participant(api, operator, { name, roles: ['BUYER'], region, industry, size, orderRatePerSecond: 10_000 });
    await api.post(operator, '/v1/deposits', { participantId: account.id, amount: deposit, bankReference: `demo ${account.id}` });
    made.push({ ...account, name, region, size });
  }
  return made;
}

export interface Cast {
  readonly providers: readonly ProviderCast[];
  readonly links: readonly LinkCast[];
  readonly buyers: readonly BuyerCast[];
}

/** A world without voucher programmes. @param operator the operator's key */
export async function buildMarket(api: Api, operator: string, groups: readonly NodeGroup[], cast: Cast): Promise<World> {
  const { providers: made, pools } = await registerProviders(api, operator, groups, cast.providers);
  await registerLinks(api, operator, made[0]!, cast.links);
  return { operator, providers: made, pools, buyers: await registerBuyers(api, operator, cast.buyers), programmes: [] };
}

/**
 * Builds the world; every call is the public API's.
 * @param operator the operator's key
 * @param from and to the voucher programmes' period
 * @param all the four programmes that are shipped as documents play too, with buyers of theirs
 */
export async function build(api: Api, operator: string, groups: readonly NodeGroup[], from: Date, to: Date, all: boolean): Promise<World> {
  const { providers: made, pools } = await registerProviders(api, operator, groups, providers);
  await registerLinks(api, operator, made[0]!, all ? [...links, ...linksFrom(regionsOfAll)] : links);
  const own = await registerOwn(api, operator, from, to);
  const programmes = [own, ...(all ? await registerAll(api, operator, from, to) : [])];
  const played = await registerBuyers(api, operator, all ? [...buyers, ...buyersOfAll] : buyers);
  return { operator, providers: made, pools, buyers: played, programmes };
}
