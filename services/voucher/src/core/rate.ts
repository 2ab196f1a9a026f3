import type { Size, Tier } from './terms.js';

/** What earns the extra rates. */
export interface Served {
  readonly domestic: boolean;
  readonly greenShareBp: number;
}

/** The first tier that names the buyer's size, or names none. */
export const tierOf = (tiers: readonly Tier[], size: Size): Tier | undefined =>
  tiers.find((tier) => tier.sizes.length === 0 || tier.sizes.includes(size));

/** basis points of what was paid. */
export const rateOf = (tier: Tier, served: Served): number =>
  tier.rateBp +
  (served.domestic ? tier.domesticExtraBp : 0) +
  (tier.greenFromBp > 0 && served.greenShareBp >= tier.greenFromBp ? tier.greenExtraBp : 0);
