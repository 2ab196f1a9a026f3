// What plans promise of each site: its PUE by class, age and energy use, and its green share.
import { shanghaiDay, slotAt } from '#domain';
import type { Time } from '#domain';
import type { PlanName } from './indicator.js';
import type { SiteFact } from './indicator-facts.js';

export type SiteClassName = 'EDGE' | 'SMALL' | 'LARGE' | 'VERY_LARGE';

const classes: readonly (readonly [SiteClassName, number])[] = [
  ['VERY_LARGE', 10_000],
  ['LARGE', 3_000],
  ['SMALL', 100],
  ['EDGE', 0],
];

/** By standard racks of 2.5 kW: edge < 100 ≤ small < 3,000 ≤ large < 10,000 ≤ very large (Chengdu, 名词解释 3, 6). */
export const siteClassOf = (standardRacks: number): SiteClassName => classes.find(([, racks]) => standardRacks >= racks)![0];

export const isLarge = ({ standardRacks }: SiteFact): boolean => standardRacks >= 3_000;

/** Tonnes of coal equivalent a year: 0.1229 kg a kWh of electricity (GB/T 2589-2020). Rounded down. */
export const coalTonnes = ({ energyMwhPerYear }: SiteFact): number => Math.floor((energyMwhPerYear * 1_229) / 10_000);

/** Electricity of the machines in a year, in Wh: all of it over PUE. Rounded down. */
export const machinesWh = ({ energyMwhPerYear, pueMilli }: Pick<SiteFact, 'energyMwhPerYear' | 'pueMilli'>): bigint =>
  (BigInt(energyMwhPerYear) * 1_000_000_000n) / BigInt(pueMilli);

/** Tonnes of CO2 a year by its CUE: kilograms a kWh of the machines. Rounded down. */
export const carbonTonnes = (site: SiteFact): number => Number((machinesWh(site) * BigInt(site.cueMilli)) / 1_000_000_000n);

/** Tonnes of water a year by its WUE: litres a kWh of the machines. Rounded down. */
export const waterTonnes = (site: SiteFact): number => Number((machinesWh(site) * BigInt(site.wueMilli)) / 1_000_000_000n);

export type PromiseName = 'PUE' | 'GREEN_SHARE';
export type PromiseState = 'KEPT' | 'NOT_YET_DUE' | 'MISSED';

export interface SitePromise {
  readonly promise: PromiseName;
  readonly plan: PlanName;
  readonly clause: string;
  /** Thousandths of PUE, at most; basis points of the green share, to be passed. */
  readonly limit: number;
  readonly value: number;
  /** Last Shanghai day on which it need not be kept; 0: it is due. */
  readonly graceUntilDay: number;
  readonly state: PromiseState;
}

type Limit = readonly [promise: PromiseName, clause: string, limit: number, graceUntilDay?: number];

/** Days since the Unix epoch. */
const day2022 = 18_993;
const day2024 = 19_723;
const day2025 = 20_089;
const endOf2025 = 20_453;
const endOf2027 = 21_183;

const largeUseTonnes = 30_000;

/** 重庆 2025—2027: of new sites alone. */
function chongqing(site: SiteFact): Limit[] {
  const clause = '二（六）12';
  return site.commissionedDay < day2025
    ? []
    : [
        ['PUE', clause, 1_200],
        ['GREEN_SHARE', clause, 8_000],
      ];
}

/** 成都: the draft bears no date, and is read as of 2022; what is older, or of no class that it names, is of its clause 3. */
function chengdu(site: SiteFact): Limit[] {
  const siteClass = siteClassOf(site.standardRacks);
  const isNew = site.commissionedDay >= day2022;
  if (isNew && siteClass === 'EDGE') return [['PUE', '三（一）2', 1_500]];
  if (isNew && isLarge(site)) return [['PUE', '三（一）1', 1_250]];
  return [['PUE', '三（一）3', 1_500, endOf2025]];
}

/** 北京. */
function beijing(site: SiteFact): Limit[] {
  const clause = '二（四）';
  if (coalTonnes(site) > largeUseTonnes) return [['PUE', clause, 1_150]];
  if (site.commissionedDay >= day2024) return [['PUE', clause, 1_250]];
  return [['PUE', clause, 1_350, endOf2027]];
}

const limitsByPlan: Partial<Record<PlanName, (site: SiteFact) => Limit[]>> = {
  CHONGQING_2025_2027: chongqing,
  CHENGDU_2025: chengdu,
  BEIJING_2024_2027: beijing,
};

/** The plan of the region of a code of GB/T 2260. */
function planOf(region: number): PlanName | undefined {
  if (Math.floor(region / 10_000) === 11) return 'BEIJING_2024_2027';
  if (Math.floor(region / 10_000) === 50) return 'CHONGQING_2025_2027';
  return Math.floor(region / 100) === 5101 ? 'CHENGDU_2025' : undefined;
}

/** A site where no plan is known is held to that of the hub's own region: its plan speaks of the bases that it builds elsewhere. */
export function promisesOf(site: SiteFact, homeRegion: number, now: Time): SitePromise[] {
  const plan = planOf(site.region) ?? planOf(homeRegion);
  if (!plan) return [];
  const today = shanghaiDay(slotAt(now));
  return (limitsByPlan[plan]?.(site) ?? []).map(([promise, clause, limit, graceUntilDay = 0]): SitePromise => {
    const value = promise === 'PUE' ? site.pueMilli : site.greenShareBp;
    const isKept = promise === 'PUE' ? value <= limit : value > limit;
    const state = isKept ? 'KEPT' : today <= graceUntilDay ? 'NOT_YET_DUE' : 'MISSED';
    return { promise, plan, clause, limit, value, graceUntilDay, state };
  });
}
