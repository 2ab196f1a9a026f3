// GSMA's East/Westbound Interface (OPG.04, E/WBI APIs 1.3): this protocol's supply as zones and flavours, and pools of resources as reservations.
// A zone is a region and a residency zone; a flavour is a whole node. Of supply that it has no words for there is none.
import { ResidencyZone, slotsPerDay, Unit } from '#domain';
import type { Window } from '#domain';
import { type Json, type Unfit, isObject, textOf, unfit, wordOf } from './foreign.js';
import { placeOf } from './place.js';

export interface NodeShape {
  /** "X86_64" or "ARM_64". */
  readonly architecture: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly storageGb: number;
  /** Of a card, and who makes it. */
  readonly cardMemoryGib: number;
  readonly cardVendor: string;
}

export interface NodeSupply {
  readonly advertId: string;
  readonly model: string;
  readonly unit: number;
  readonly zone: number;
  readonly region: number;
  readonly units: number;
  /** At 0 it is shown, and nothing is sold of it: E/WBI cannot show that. */
  readonly price: number;
  readonly unitsPerNode: number;
  readonly node: NodeShape | undefined;
}

const mbPerGib = 1_024;
/** Its OSType knows no other, so that a flavour of ARM could not be said. */
const architecture = 'X86_64';
const cpuArchType = 'ISA_X86_64';
const vendors: Readonly<Record<string, string>> = { NVIDIA: 'GPU_PROVIDER_NVIDIA', AMD: 'GPU_PROVIDER_AMD' };
const unitsOfNode: Readonly<Record<number, number>> = { [Unit.CARD]: 8, [Unit.CORE]: 64, [Unit.NODE]: 1 };

/** E/WBI's identifiers are lower case letters, digits and dashes, 64 at most. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64)
    .replace(/-$/, '');
export const isIdentifier = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$/.test(text);

export const unitsPerNodeOf = ({ unit, unitsPerNode }: Pick<NodeSupply, 'unit' | 'unitsPerNode'>): number =>
  unitsPerNode || unitsOfNode[unit]!;
export const zoneIdOf = ({ region, zone }: Pick<NodeSupply, 'region' | 'zone'>): string =>
  `cn-${region}-${wordOf(ResidencyZone, zone).toLowerCase()}`;

/** What of the supply E/WBI has words for. */
export const sayable = <S extends NodeSupply>(supply: readonly S[]): S[] =>
  supply.filter(
    ({ node, unit, price, units, region, ...rest }) =>
      node?.architecture === architecture &&
      price > 0 &&
      placeOf(region) !== undefined &&
      units >= unitsPerNodeOf({ unit, ...rest }) &&
      (unit !== Unit.CARD || vendors[node.cardVendor] !== undefined),
  );

/** ZoneDetails of each zone that has any of the supply. */
export function zonesOf(supply: readonly NodeSupply[]): Json[] {
  const first = new Map(supply.map((one) => [zoneIdOf(one), one]));
  return [...first]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([zoneId, { region, zone }]) => {
      const { name, geolocation } = placeOf(region)!;
      const details = `GB/T 2260 ${region} (${name}), residency zone ${wordOf(ResidencyZone, zone)}; the geolocation is that of the province's seat of government`;
      return { zoneId, geolocation, geographyDetails: details };
    });
}

const gpusOf = ({ model, unit }: NodeSupply, node: NodeShape, numGPU: number): Json =>
  unit === Unit.CARD
    ? { gpu: [{ gpuVendorType: vendors[node.cardVendor], gpuModeName: model, gpuMemory: node.cardMemoryGib * mbPerGib, numGPU }] }
    : {};

export function flavourOf(supply: NodeSupply): Json {
  const node = supply.node!;
  return {
    flavourId: supply.advertId,
    cpuArchType,
    // What runs is the image that the buyer brings.
    supportedOSTypes: [{ architecture: 'x86_64', distribution: 'OTHER', version: 'OTHER', license: 'NOT_SPECIFIED' }],
    numCPU: node.cores,
    memorySize: node.memoryGib * mbPerGib,
    storageSize: node.storageGb,
    ...gpusOf(supply, node, unitsPerNodeOf(supply)),
  };
}

/** ZoneRegisteredData: nothing is reserved by asking; the limit is all that is advertised, in whole nodes. */
export function zoneDataOf(zoneId: string, supply: readonly NodeSupply[]): Json | undefined {
  const inZone = supply.filter((one) => zoneIdOf(one) === zoneId);
  if (!inZone.length) return undefined;
  return {
    zoneId,
    reservedComputeResources: inZone.map((one) => resourcesOf(one, 0)),
    computeResourceQuotaLimits: inZone.map((one) => resourcesOf(one, Math.floor(one.units / unitsPerNodeOf(one)))),
    flavoursSupported: inZone.map(flavourOf),
  };
}

function resourcesOf(supply: NodeSupply, nodes: number): Json {
  const node = supply.node!;
  return {
    cpuArchType,
    numCPU: String(nodes * node.cores),
    memory: nodes * node.memoryGib * mbPerGib,
    diskStorage: nodes * node.storageGb,
    ...gpusOf(supply, node, nodes * unitsPerNodeOf(supply)),
  };
}

export interface Pool {
  readonly poolId: string;
  readonly poolName: string;
  readonly flavourId: string;
  /** Whole nodes. */
  readonly count: number;
  readonly days: number;
  /** As it was asked for. */
  readonly duration: Json;
}

const daysOf = { numOfDays: 1, numOfMonths: 30, numOfYears: 365 };
const countMax = 100_000;
const daysMax = 36_500;

/** What CreateResourcePools asks for. */
export function poolOf(document: unknown): Pool | Unfit {
  if (!isObject(document) || !isObject(document.resRequest))
    return unfit('resRequest', 'pool_must_be_asked_for', "send E/WBI's resRequest");
  const { poolId, flavours, reserveDuration, ...rest } = document.resRequest;
  const poolName = textOf(rest.poolName);
  if (!isIdentifier(poolId))
    return unfit('resRequest.poolId', 'pool_id_must_be_an_identifier', 'lower case letters, digits and dashes, 64 at most');
  if (poolName === undefined) return unfit('resRequest.poolName', 'pool_name_must_be_given', 'it names the pool');
  const [flavour, ...others] = Array.isArray(flavours) ? (flavours as unknown[]) : [];
  const place = 'resRequest.flavours';
  if (others.length || !isObject(flavour))
    return unfit(place, 'pool_must_be_of_one_flavour', 'several cannot be reserved in one step, all or none');
  const { flavourId, numFlavour } = flavour;
  if (textOf(flavourId) === undefined) return unfit(`${place}[0].flavourId`, 'flavour_must_be_named', 'it is one of flavoursSupported');
  if (!isCount(numFlavour, countMax)) return unfit(`${place}[0].numFlavour`, 'flavours_must_be_counted', `from 1 to ${countMax}`);
  const days = durationOf(reserveDuration);
  if (!isCount(days, daysMax))
    return unfit('resRequest.reserveDuration', 'duration_must_be_given', 'in days, months of 30 and years of 365 days');
  return { poolId, poolName, flavourId: flavourId as string, count: numFlavour, days, duration: reserveDuration as Json };
}

const isCount = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max;

/** Days; NaN where it is none. */
function durationOf(duration: unknown): number {
  if (!isObject(duration)) return NaN;
  return Object.entries(daysOf).reduce((sum, [name, days]) => sum + Number(duration[name] ?? 0) * days, 0);
}

/** "Starting from now": from the first slot that can be sold. */
export const windowOf = ({ days }: Pool, firstSlot: number): Window => ({ from: firstSlot, to: firstSlot + days * slotsPerDay });

/** One of ViewISVResPool's list. @param at RFC 3339, when it was reserved */
export const viewOf = ({ poolId, poolName, flavourId, count, duration }: Pool, at: string): Json => ({
  poolName,
  reservedPoolId: poolId,
  reservedFlavours: [{ flavourId, count }],
  reserveDuration: duration,
  reservationTime: at,
});

export interface Federation {
  readonly platform: string;
  readonly contextId: string;
  readonly zones: readonly Json[];
}

/** FederationResponseData. */
export const federationOf = ({ platform, contextId, zones }: Federation): Json => ({
  partnerOPFederationId: slugOf(platform),
  partnerOPCountryCode: 'CN',
  federationContextId: contextId,
  ...offered(zones),
  platformCaps: [],
});

/** What GetFederationDetails answers. It must name two services that there are not: names that lead nowhere (RFC 2606). */
export const federationDetailsOf = (zones: readonly Json[]): Json => ({
  edgeDiscoveryServiceEndPoint: nowhere,
  lcmServiceEndPoint: nowhere,
  ...offered(zones),
});

const nowhere = { port: 0, fqdn: 'not-offered.invalid' };
/** A list without items is not one in E/WBI. */
const offered = (zones: readonly Json[]): Json => (zones.length ? { offeredAvailabilityZones: zones } : {});
