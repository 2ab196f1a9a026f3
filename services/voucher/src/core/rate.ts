import type { Clause, Industry, Size, Tier } from './terms.js';

/** What earns the extra rates. */
export interface Served {
  readonly domestic: boolean;
  readonly greenShareBp: number;
}

/** The first tier that names the buyer's size and industry, or does not ask. */
export const tierOf = (tiers: readonly Tier[], size: Size, industry: Industry): Tier | undefined =>
  tiers.find(
    (tier) =>
      (tier.sizes.length === 0 || tier.sizes.includes(size)) && (tier.industries.length === 0 || tier.industries.includes(industry)),
  );

const extrasOf = (tier: Tier, served: Served): readonly { name: string; bp: number }[] => [
  { name: 'domestic', bp: served.domestic ? tier.domesticExtraBp : 0 },
  { name: 'green', bp: tier.greenFromBp > 0 && served.greenShareBp >= tier.greenFromBp ? tier.greenExtraBp : 0 },
];

/** Basis points of what was paid, before the ceiling. */
export const uncappedRateOf = (tier: Tier, served: Served): number => extrasOf(tier, served).reduce((sum, { bp }) => sum + bp, tier.rateBp);

/** basis points of what was paid. */
export const rateOf = (tier: Tier, served: Served): number =>
  Math.min(uncappedRateOf(tier, served), tier.ceilingBp || Number.MAX_SAFE_INTEGER);

/** "3000 bp (2000 + 1000 domestic)": a rate and what it is made of. */
export function rateInWords(tier: Tier, served: Served): string {
  const extras = extrasOf(tier, served).filter(({ bp }) => bp > 0);
  const made = [`${tier.rateBp}`, ...extras.map(({ name, bp }) => `${bp} ${name}`)].join(' + ');
  const rate = rateOf(tier, served);
  const cut = rate < uncappedRateOf(tier, served) ? `, at most ${tier.ceilingBp}` : '';
  return extras.length ? `${rate} bp (${made}${cut})` : `${rate} bp`;
}

/** Whether the ceiling takes something away; nothing where there is none. */
export const ceilingClause = (tier: Tier, served: readonly Served[]): Clause[] =>
  tier.ceilingBp === 0
    ? []
    : [
        {
          rule: 'extras_must_fit_the_ceiling',
          passed: served.every((one) => uncappedRateOf(tier, one) <= tier.ceilingBp),
          detail: `rate and extras are at most ${tier.ceilingBp} bp`,
        },
      ];
