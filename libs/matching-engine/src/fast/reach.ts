import { demandsOfDataClass } from '#domain';
import type { Region } from '#domain';
import type { ClassFloor } from '../command.js';
import type { Link } from './links-index.js';
import type { Pool } from './market.js';
import type { Ties } from './ties.js';

// Which pools pass what a bid asks.

/** the floor is tested pool by pool. */
export const passesFloor = (pool: Pool, floor: ClassFloor): boolean =>
  pool.fact.computeClass === floor.computeClass &&
  (!floor.domesticOnly || pool.fact.domestic) &&
  (floor.precision === null || pool.tflopsMilli(floor.precision) >= floor.tflopsMilliMin) &&
  pool.fact.memoryGib >= floor.memoryGibMin;

/** true where every constraint passes; which would fail first is of no matter here. */
export function passesConstraints({ constraints: c, demandRegion }: Ties, { fact, site }: Pool, link: Link | null): boolean {
  if (c.domesticOnly && !fact.domestic) return false;
  if (fact.memoryGib < c.memoryGibMin || site.securityGrade < c.securityGradeMin) return false;
  if (site.greenShareBp < c.greenShareBpMin || fact.reliabilityBp < c.reliabilityBpMin) return false;
  if (c.pueMilliMax !== null && site.pueMilli > c.pueMilliMax) return false;
  if (c.interconnect !== null && fact.interconnect !== c.interconnect) return false;
  if (c.zone !== null && site.zone !== c.zone) return false;
  if (c.dataClass !== null) {
    const { securityGrade, zone } = demandsOfDataClass[c.dataClass];
    if (site.securityGrade < securityGrade || (zone !== null && site.zone !== zone)) return false;
  }
  if (!allows(c.regionsIn, c.regionsOut, site.region) || !allows(c.providersIn, c.providersOut, fact.providerId)) return false;
  if (c.roundTripUsMax === null) return true;
  const us = roundTrip(demandRegion, site.region, link);
  return us >= 0 && us <= c.roundTripUsMax;
}

/** R-11a: µs there and back; within one region without a link 0, elsewhere without a link -1. */
export const roundTrip = (demandRegion: Region, region: Region, link: Link | null): number =>
  link ? link.roundTripUs : demandRegion !== 0 && region === demandRegion ? 0 : -1;

const allows = (inside: readonly number[], outside: readonly number[], value: number): boolean =>
  (inside.length === 0 || inside.includes(value)) && !outside.includes(value);
