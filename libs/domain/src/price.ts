import { isWithin } from './ids.js';

/** Micro-yuan a unit-hour (a PFLOPS-hour for a PFLOPS bid): a multiple of 100, so that a slot's price is whole. */
export type Price = number;

export const tick = 100;
export const maxPrice = 9_000_000_000;

export const isPrice = (price: number): boolean => isWithin(price, tick, maxPrice) && price % tick === 0;

/** What units cost for so many slots, in micro-yuan: whole, since the price is on the tick. Exact while the product is an order within its worst case. */
export const amountOf = (price: Price, units: number, slots: number): number => (price / 4) * (units * slots);

/** True where the worst case passes what the engine's safe integers hold. */
export const passesWorstCase = (price: Price, units: number, slots: number): boolean =>
  BigInt(price) * BigInt(units) * BigInt(slots) > 4n * BigInt(maxOrderValue);

/** Micro-yuan an order may be worth at most: its arithmetic then stays in safe integers. */
export const maxOrderValue = 9_000_000_000_000_000;
