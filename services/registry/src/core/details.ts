// What the details of each kind must obey beyond their single fields, and what stays once they are verified.
import { Unit } from '#domain';
import { isCreditCode } from './credit-code.js';
import { isRegion, liesIn } from './region.js';

/** One rule: the field that is named, the rule's name, whether the details keep it. */
export type DetailRule<D> = readonly [field: keyof D & string, rule: string, keeps: (details: D) => boolean];

interface ParticipantFacts {
  readonly region: number;
  readonly industry: string;
  readonly creditCode: string;
  readonly isPerson: boolean;
  readonly roles: readonly number[];
}

export const participantRules: readonly DetailRule<ParticipantFacts>[] = [
  ['roles', 'roles_must_differ', ({ roles }) => new Set(roles).size === roles.length],
  ['region', 'region_must_be_an_administrative_code', ({ region }) => isRegion(region)],
  ['industry', 'organisation_must_name_its_industry', ({ isPerson, industry }) => isPerson || industry !== ''],
  ['creditCode', 'person_must_have_no_credit_code', ({ isPerson, creditCode }) => !isPerson || creditCode === ''],
  ['creditCode', 'credit_code_must_be_of_gb_32100', ({ creditCode }) => creditCode === '' || isCreditCode(creditCode)],
];

interface PlaceFacts {
  readonly region: number;
  readonly district: number;
}

const placeRules: readonly DetailRule<PlaceFacts>[] = [
  ['region', 'region_must_be_an_administrative_code', ({ region }) => isRegion(region)],
  ['district', 'district_must_lie_in_its_region', ({ region, district }) => district === 0 || liesIn(district, region)],
];

interface SiteFacts extends PlaceFacts {
  readonly storageTb: number;
  readonly flashStorageTb: number;
}

export const siteRules: readonly DetailRule<SiteFacts>[] = [
  ...placeRules,
  ['flashStorageTb', 'flash_storage_must_not_exceed_storage', ({ storageTb, flashStorageTb }) => flashStorageTb <= storageTb],
];

interface PoolFacts {
  readonly unit: number;
  readonly unitsPerNode: number;
}

export const poolRules: readonly DetailRule<PoolFacts>[] = [
  ['unitsPerNode', 'node_that_is_the_unit_must_count_one', ({ unit, unitsPerNode }) => unit !== Unit.NODE || unitsPerNode === 1],
];

interface LinkFacts {
  readonly fromRegion: number;
  readonly toRegion: number;
  readonly toSiteId: number;
  readonly oneWayUs: number;
  readonly roundTripUs: number;
}

export const linkRules: readonly DetailRule<LinkFacts>[] = [
  ['fromRegion', 'region_must_be_an_administrative_code', ({ fromRegion }) => isRegion(fromRegion)],
  ['toRegion', 'region_must_be_an_administrative_code', ({ toRegion }) => isRegion(toRegion)],
  ['roundTripUs', 'round_trip_must_not_be_shorter_than_one_way', ({ oneWayUs, roundTripUs }) => roundTripUs >= oneWayUs],
];

interface NeedFacts extends PlaceFacts {
  readonly units: number;
  readonly unit: number;
  readonly petaflopsMilli: number;
  readonly precision: number;
  readonly fromDay: number;
  readonly toDay: number;
}

export const needRules: readonly DetailRule<NeedFacts>[] = [
  ...placeRules,
  ['units', 'need_must_be_in_units_or_in_petaflops', ({ units, petaflopsMilli }) => units > 0 !== petaflopsMilli > 0],
  ['unit', 'need_in_units_must_name_the_unit', ({ units, unit }) => units > 0 === unit > 0],
  ['precision', 'need_in_petaflops_must_name_the_precision', ({ petaflopsMilli, precision }) => petaflopsMilli > 0 === precision > 0],
  ['toDay', 'need_must_end_after_it_begins', ({ fromDay, toDay }) => toDay > fromDay],
];

/** The first rule that the details break. */
export const brokenDetail = <D>(rules: readonly DetailRule<D>[], details: D): DetailRule<D> | undefined =>
  rules.find(([, , keeps]) => !keeps(details));

/** Fields whose change would make another thing of what was verified, and trades of it wrong. */
export const keptOnceVerified = {
  participant: [],
  site: ['region'],
  pool: ['siteId', 'computeClass', 'model', 'unit', 'unitsPerNode'],
  link: ['fromRegion', 'toRegion', 'toSiteId'],
  need: [],
} as const;
