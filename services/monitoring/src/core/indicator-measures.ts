// From facts to each record's part, by indicator. What is counted at FP16 and at FP32 is never added.
import { ComputeClass, startOfShanghaiDay } from '#domain';
import type { Facts, IndicatorPool, LinkFact, ParticipantFact, SiteFact } from './indicator-facts.js';
import {
  type Note,
  delay,
  energyIsNotRegistered,
  noNote,
  nodesLost,
  ofThousandths,
  poolIsLost,
  tflopsAreNotMeasured,
} from './indicator-notes.js';
import type { RecordKind, Share } from './indicator.js';
import { isLarge, machinesWh, promisesOf } from './indicator-site.js';

type Measure = (facts: Facts) => Share[];
type Precision = 'FP16' | 'FP32';

const part = (
  kind: RecordKind,
  id: number,
  name: string,
  numerator: bigint | number,
  denominator: bigint | number = 0,
  note: Note = noNote,
): Share => ({
  ...{ kind, id, name, ...note },
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});

const serversOf = ({ isLost, nodeCount, lostNodes }: IndicatorPool): number => (isLost ? 0 : Math.max(0, nodeCount - lostNodes));

/** Thousandths of a TFLOPS. */
function computeOf(pool: IndicatorPool, precision: Precision): bigint {
  const ofUnit = precision === 'FP16' ? pool.tflopsFp16Milli : pool.tflopsFp32Milli;
  return BigInt(serversOf(pool)) * BigInt(pool.unitsPerNode) * BigInt(ofUnit);
}

function noteOf(pool: IndicatorPool, precision?: Precision): Note {
  if (pool.isLost) return poolIsLost;
  if (precision && !(precision === 'FP16' ? pool.tflopsFp16Milli : pool.tflopsFp32Milli)) return tflopsAreNotMeasured;
  return pool.lostNodes ? nodesLost(pool.lostNodes) : noNote;
}

const isIntelligent = ({ computeClass }: IndicatorPool): boolean => computeClass === ComputeClass.INTELLIGENT;

const compute =
  (precision: Precision, counts: (pool: IndicatorPool) => boolean = () => true): Measure =>
  ({ pools }) =>
    pools.filter(counts).map((pool) => part('POOL', pool.poolId, pool.model, computeOf(pool, precision), 0, noteOf(pool, precision)));

const intelligentShare =
  (precision: Precision): Measure =>
  ({ pools }) =>
    pools.map((pool) => {
      const all = computeOf(pool, precision);
      return part('POOL', pool.poolId, pool.model, isIntelligent(pool) ? all : 0n, all, noteOf(pool, precision));
    });

const greenShare =
  (precision: Precision): Measure =>
  ({ pools, sites }) => {
    const shares = new Map(sites.map((site) => [site.siteId, BigInt(site.greenShareBp)]));
    return pools.map((pool) => {
      const all = computeOf(pool, precision);
      return part('POOL', pool.poolId, pool.model, all * (shares.get(pool.siteId) ?? 0n), all * 10_000n, noteOf(pool, precision));
    });
  };

const ofSites =
  (
    count: (site: SiteFact, facts: Facts) => readonly [numerator: bigint | number, denominator?: bigint | number, note?: Note] | undefined,
  ): Measure =>
  (facts) =>
    facts.sites.flatMap((site) => {
      const counted = count(site, facts);
      return counted ? [part('SITE', site.siteId, site.name, ...counted)] : [];
    });

const pue = (site: SiteFact): readonly [bigint, bigint, Note] =>
  site.energyMwhPerYear ? [BigInt(site.energyMwhPerYear) * 1_000_000n, machinesWh(site), noNote] : [0n, 0n, energyIsNotRegistered];

const occupancy = ({ standardRacks, occupancyBp }: SiteFact): readonly [number, number] => [
  standardRacks * occupancyBp,
  standardRacks * 10_000,
];

/** 100 PFLOPS. */
const largeCentreMilli = 100_000_000n;

const largeCentres: Measure = ({ sites, pools }) => {
  const bySite = Map.groupBy(pools.filter(isIntelligent), ({ siteId }) => siteId);
  return sites
    .filter(({ siteId }) => (bySite.get(siteId) ?? []).reduce((sum, pool) => sum + computeOf(pool, 'FP32'), 0n) >= largeCentreMilli)
    .map((site) => part('SITE', site.siteId, site.name, 1));
};

const provinceOf = (region: number): number => Math.floor(region / 10_000);

/**
 * 主城都市区: the nine districts of the centre and the twelve around it. The plan names the area; which districts it holds is the city's territorial plan.
 */
const metropolitan = new Set([
  500102, 500103, 500104, 500105, 500106, 500107, 500108, 500109, 500110, 500111, 500112, 500113, 500115, 500116, 500117, 500118, 500119,
  500120, 500151, 500152, 500153,
]);

const isMetropolitan = ({ fromRegion, toDistrict }: LinkFact): boolean => metropolitan.has(fromRegion) && metropolitan.has(toDistrict);

const linkName = ({ fromRegion, toRegion, toSiteId }: LinkFact): string =>
  `${fromRegion} → ${toRegion}${toSiteId ? ` (site ${toSiteId})` : ''}`;

/** Links that count, and the delay that each may have. */
const linksWithin =
  (counts: (link: LinkFact, facts: Facts) => boolean, delayOf: (link: LinkFact) => number, mostUs: (link: LinkFact) => number): Measure =>
  (facts) =>
    facts.links
      .filter((link) => counts(link, facts))
      .map((link) =>
        part(
          'LINK',
          link.linkId,
          linkName(link),
          delayOf(link) <= mostUs(link) ? 1 : 0,
          1,
          delay(delayOf(link), mostUs(link), link.isMeasured),
        ),
      );

const isAtHome = ({ fromRegion, toRegion }: LinkFact, { homeRegion }: Facts): boolean =>
  provinceOf(fromRegion) === provinceOf(homeRegion) && provinceOf(toRegion) === provinceOf(homeRegion);
const oneWay = ({ oneWayUs }: LinkFact): number => oneWayUs;
const roundTrip = ({ roundTripUs }: LinkFact): number => roundTripUs;

const ofParticipants =
  (counts: (participant: ParticipantFact, facts: Facts) => boolean): Measure =>
  (facts) =>
    facts.participants
      .filter((participant) => counts(participant, facts))
      .map(({ participantId, name }) => part('PARTICIPANT', participantId, name, 1));

const supplies: Measure = (facts) => {
  const owners = new Set([...facts.pools.map(({ providerId }) => providerId), ...facts.links.map(({ ownerId }) => ownerId)]);
  return ofParticipants(({ isProvider, participantId }) => isProvider && owners.has(participantId))(facts);
};

const startOf2025 = startOfShanghaiDay(20_089);

const uses = ({ firstUse, region }: ParticipantFact, { homeRegion }: Facts): boolean =>
  firstUse !== undefined && provinceOf(region) === provinceOf(homeRegion);

const ofLeases =
  (count: (lease: Facts['leases'][number]) => readonly [number, number?]): Measure =>
  ({ leases }) =>
    leases.map((lease) => part('LEASE', lease.leaseId, `lease ${lease.leaseId}`, ...count(lease)));

const measures: Readonly<Record<string, Measure>> = {
  'intelligent-compute-fp16': compute('FP16', isIntelligent),
  'intelligent-compute-fp32': compute('FP32', isIntelligent),
  'compute-fp16': compute('FP16'),
  'compute-fp32': compute('FP32'),
  'intelligent-share-fp16': intelligentShare('FP16'),
  'intelligent-share-fp32': intelligentShare('FP32'),
  'green-compute-share-fp16': greenShare('FP16'),
  'green-compute-share-fp32': greenShare('FP32'),
  pue: ofSites(pue),
  'pue-large-sites': ofSites((site) => (isLarge(site) ? pue(site) : undefined)),
  occupancy: ofSites(occupancy),
  'occupancy-large-sites': ofSites((site) => (isLarge(site) ? occupancy(site) : undefined)),
  'racks-large-sites': ofSites((site) => (isLarge(site) ? [site.standardRacks] : undefined)),
  'large-intelligent-centres': largeCentres,
  'sites-within-pue-limit': ofSites((site, { homeRegion, at }) => {
    const limit = promisesOf(site, homeRegion, at).find(({ promise }) => promise === 'PUE');
    return limit && [limit.value <= limit.limit ? 1 : 0, 1, ofThousandths(limit.value, limit.limit)];
  }),
  storage: ofSites(({ storageTb }) => [storageTb]),
  'flash-share': ofSites(({ flashTb, storageTb }) => [flashTb, storageTb]),
  'schedulable-servers': ({ pools }) => pools.map((pool) => part('POOL', pool.poolId, pool.model, serversOf(pool), 0, noteOf(pool))),
  'domestic-share': ({ pools }) =>
    pools.map((pool) => part('POOL', pool.poolId, pool.model, pool.isDomestic ? pool.nodeCount : 0, pool.nodeCount)),
  'low-delay-links': linksWithin(isAtHome, oneWay, (link) => (isMetropolitan(link) ? 1_000 : 3_000)),
  'city-10ms-links': linksWithin(isAtHome, oneWay, () => 10_000),
  'hami-35ms-links': linksWithin(
    ({ fromRegion, toRegion }) => provinceOf(fromRegion) === 50 && Math.floor(toRegion / 100) === 6505,
    oneWay,
    () => 35_000,
  ),
  'beijing-1ms-links': linksWithin(
    ({ fromRegion, toRegion }) => provinceOf(fromRegion) === 11 && provinceOf(toRegion) === 11,
    roundTrip,
    () => 1_000,
  ),
  'horinger-5ms-links': linksWithin(
    ({ fromRegion, toRegion }) => provinceOf(fromRegion) === 11 && Math.floor(toRegion / 100) === 1501,
    roundTrip,
    () => 5_000,
  ),
  'interconnected-platforms': ofParticipants(
    ({ isPartner, region }, { homeRegion }) => isPartner && provinceOf(region) !== provinceOf(homeRegion),
  ),
  'compute-network-operators': supplies,
  'compute-users': ofParticipants((participant, facts) => uses(participant, facts) && !participant.isPerson),
  'new-compute-users': ofParticipants((participant, facts) => uses(participant, facts) && participant.firstUse! >= startOf2025),
  'delivered-availability': ofLeases(({ unitSlotsUp, unitSlotsDue }) => [unitSlotsUp, unitSlotsDue]),
  'delivered-unit-hours': ofLeases(({ unitSlotsUp }) => [unitSlotsUp * 25]),
  'delivered-energy': ofLeases(({ energyWh }) => [energyWh]),
};

/** Parts of a figure by kind and id. Undefined where the indicator is not one that is computed. */
export const measure = (indicatorId: string, facts: Facts): Share[] | undefined => measures[indicatorId]?.(facts);
