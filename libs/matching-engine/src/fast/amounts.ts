import { amountOf, countedPerPflops, divideUp, maxPrice, tick } from '#domain';
import type { Link } from './links-index.js';

// Money in micro-yuan, exact in doubles; where a product may pass 2^53 it is made in bigints, which only bids by PFLOPS and dear transfers need.

const safe = Number.MAX_SAFE_INTEGER;

/** Limit × counted × hours, rounded down. precision 0: units. */
export const worthOf = (precision: number, limit: number, counted: number, slots: number): number =>
  precision === 0
    ? amountOf(limit, counted, slots)
    : Number((BigInt(limit / 4) * BigInt(counted) * BigInt(slots)) / BigInt(countedPerPflops));

/** R-11a: what the link charges for so much of a bid of so much in all, rounded up. */
export function transferOf(dataGb: number, link: Link | null, counted: number, total: number): number {
  if (!link || dataGb === 0 || link.pricePerGb === 0) return 0;
  const whole = dataGb * link.pricePerGb * counted;
  if (whole > safe - total) return Number(divideUp(BigInt(dataGb) * BigInt(link.pricePerGb) * BigInt(counted), BigInt(total)));
  return quotientUp(whole, total);
}

/** R-11a: the transfer spread over a bid's unit-hours (or PFLOPS-hours), rounded up. */
export function spreadOf(dataGb: number, link: Link | null, units: number, duration: number): number {
  if (!link || dataGb === 0 || link.pricePerGb === 0) return 0;
  const whole = 4 * dataGb * link.pricePerGb;
  if (whole > safe - units * duration)
    return Number(divideUp(4n * BigInt(dataGb) * BigInt(link.pricePerGb), BigInt(units) * BigInt(duration)));
  return quotientUp(whole, units * duration);
}

/** Of safe integers. */
const quotientUp = (dividend: number, divisor: number): number => {
  const rest = dividend % divisor;
  return (dividend - rest) / divisor + (rest > 0 ? 1 : 0);
};

/** the highest tick at which units over the slots cost no more than the room. */
export function highestPrice(room: number, units: number, slots: number): number {
  if (room < safe / 4) return Math.min(maxPrice, quotientDown(room * 4, units * slots * tick) * tick);
  return Math.min(maxPrice, Number((BigInt(room) * 4n) / BigInt(units * slots * tick)) * tick);
}

const quotientDown = (dividend: number, divisor: number): number => (dividend - (dividend % divisor)) / divisor;

/** floor(amount × part / whole). */
export const shareOf = (amount: number, part: number, whole: number): number => Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
