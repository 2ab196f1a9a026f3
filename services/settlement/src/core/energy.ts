import type { Version } from './schedule.js';

/** Carbon of what the grid gives, by a published schedule. */
export interface CarbonSchedule extends Version {
  readonly carbonMgPerKwh: number;
  /** Who published it, for people. */
  readonly source: string;
}

/** a lease's energy with that of its site's cooling and power: what its units took × PUE, in watt-hours, rounded down. */
export const facilityWh = (unitsWh: bigint, pueMilli: number): bigint => (unitsWh * BigInt(pueMilli)) / 1000n;

/** Milligrams of CO₂ of so much energy, of which a share is green; rounded down. */
export const carbonMg = (wh: bigint, greenShareBp: number, { carbonMgPerKwh }: CarbonSchedule): bigint =>
  (wh * BigInt(10_000 - greenShareBp) * BigInt(carbonMgPerKwh)) / 10_000_000n;
