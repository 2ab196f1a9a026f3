import type { Precision } from './market.js';

/**
 * what a bid asks, counted. A unit counts 1. A PFLOPS counts a million, since a pool's measure is thousandths of a TFLOPS: a unit of such a pool then counts
 * its measure, and all stays whole.
 */
export const countedPerPflops = 1_000_000;

/** What one of a bid's units (or PFLOPS) counts. */
export const countOfOne = (precision: Precision | null): number => (precision === null ? 1 : countedPerPflops);

/** R-2a: at most this many nodes a pool, units a node and units or PFLOPS an order. */
export const maxNodes = 1_000_000;
export const maxUnitsPerNode = 100_000;
export const maxUnits = 1_000_000;

/** Thousandths of a TFLOPS a unit at most: a unit's price in PFLOPS-hours stays exact in 64 bits. */
export const maxTflopsMilli = 1_000_000_000;
