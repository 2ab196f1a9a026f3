import { least, most, partDown } from './arithmetic.js';

/** A lease's green energy, in watt-hours, and what is short of the promise costs a kilowatt-hour. */
export interface GreenFacts {
  readonly energyWh: bigint;
  readonly pueMilli: bigint;
  readonly shareBp: bigint;
  /** By the certificates used for it. */
  readonly coveredWh: bigint;
  readonly perKwh: bigint;
  /** Who buys delivers it. */
  readonly isOwn: boolean;
}

export interface CountedGreen {
  readonly promisedWh: bigint;
  readonly coveredWh: bigint;
  readonly compensation: bigint;
}

/** of its energy with cooling the promised share; what no certificate covers is compensated. */
export function shortfallOf({ energyWh, pueMilli, shareBp, coveredWh, perKwh, isOwn }: GreenFacts): CountedGreen {
  const promisedWh = partDown(shareBp, partDown(pueMilli, energyWh, 1_000n), 10_000n);
  const missing = most(0n, promisedWh - least(coveredWh, promisedWh));
  return { promisedWh, coveredWh, compensation: isOwn ? 0n : partDown(missing, perKwh, 1_000n) };
}
