import { demandsOfDataClass } from '#domain';
import { obstacles } from '../explanation.js';
import type { Obstacle } from '../explanation.js';
import type { Link } from './links-index.js';
import type { Pool } from './market.js';
import { roundTrip } from './reach.js';
import type { Wish } from './wish.js';

type Test = (wish: Wish, pool: Pool, link: Link | null) => boolean;

const allows = (inside: readonly number[], outside: readonly number[], value: number): boolean =>
  (inside.length === 0 || inside.includes(value)) && !outside.includes(value);

/** What a pool must pass (R-2a, R-7, R-11a), test by test; where only all together count, reach.ts is faster. */
const testOf: Record<Exclude<Obstacle, 'halted' | 'self_trade' | 'limit'>, Test> = {
  per_node: ({ perNode }, { fact }) => fact.unitsPerNode >= perNode,
  regions: ({ ties: { constraints: c } }, { site }) => allows(c.regionsIn, c.regionsOut, site.region),
  round_trip: ({ ties: { constraints: c, demandRegion } }, { site }, link) => {
    if (c.roundTripUsMax === null) return true;
    const us = roundTrip(demandRegion, site.region, link);
    return us >= 0 && us <= c.roundTripUsMax;
  },
  zone: ({ ties: { constraints: c } }, { site }) => c.zone === null || site.zone === c.zone,
  security_grade: ({ ties: { constraints: c } }, { site }) => site.securityGrade >= c.securityGradeMin,
  data_class: ({ ties: { constraints: c } }, { site }) => {
    if (c.dataClass === null) return true;
    const { securityGrade, zone } = demandsOfDataClass[c.dataClass];
    return site.securityGrade >= securityGrade && (zone === null || site.zone === zone);
  },
  domestic: ({ ties: { constraints: c } }, { fact }) => !c.domesticOnly || fact.domestic,
  memory: ({ ties: { constraints: c } }, { fact }) => fact.memoryGib >= c.memoryGibMin,
  interconnect: ({ ties: { constraints: c } }, { fact }) => c.interconnect === null || fact.interconnect === c.interconnect,
  green_share: ({ ties: { constraints: c } }, { site }) => site.greenShareBp >= c.greenShareBpMin,
  pue: ({ ties: { constraints: c } }, { site }) => c.pueMilliMax === null || site.pueMilli <= c.pueMilliMax,
  providers: ({ ties: { constraints: c } }, { fact }) => allows(c.providersIn, c.providersOut, fact.providerId),
  reliability: ({ ties: { constraints: c } }, { fact }) => fact.reliabilityBp >= c.reliabilityBpMin,
  link: ({ dataGb, ties }, { site }, link) => dataGb === 0 || link !== null || site.region === ties.demandRegion,
  remote: ({ standby, ties }, { platform }) => platform === 0 || (!ties.localOnly && standby === 0),
};

const tests = Object.values(testOf);

/** Places of those in the list of obstacles that offers fail, not pools. */
export const [halted, selfTrade, limit] = (['halted', 'self_trade', 'limit'] as const).map((obstacle) => obstacles.indexOf(obstacle)) as [
  number,
  number,
  number,
];

/** Place in the list of obstacles of the first that the pool fails; -1: none. */
export const firstObstacle = (wish: Wish, pool: Pool, link: Link | null): number => tests.findIndex((test) => !test(wish, pool, link));
