import { Preference } from '#domain';
import type { Region } from '#domain';
import { missingLinkUs } from './candidate.js';
import type { Market } from './market.js';
import { roundTrip } from './reach.js';
import type { Wish } from './wish.js';

/** Offers of one key: those with one of these columns (regions, by their bits), or with this one (a green share). */
export interface Tier {
  readonly key: number;
  bits: number;
}

/** What has been found for one demand region, and when: links and regions change it, which is seldom. */
interface Known {
  readonly tiers: readonly Tier[];
  readonly links: number;
  readonly regions: number;
}

/** The keys of GREENEST and NEAREST in order, where columns tell them; none where they do not. */
export class Tiers {
  private green: readonly Tier[] = [];
  private readonly near = new Map<Region, Known>();

  constructor(private readonly market: Market) {}

  of({ preference, ties }: Wish): readonly Tier[] {
    return preference === Preference.GREENEST ? this.byGreen() : this.byDistance(ties.demandRegion);
  }

  private byGreen(): readonly Tier[] {
    const { greenShares } = this.market.columns;
    if (!greenShares.areApart) return [];
    if (this.green.length !== greenShares.seen.size) {
      this.green = [...greenShares.seen].map(([share, bits]) => ({ key: -share, bits })).sort((a, b) => a.key - b.key);
    }
    return this.green;
  }

  private byDistance(demandRegion: Region): readonly Tier[] {
    const { columns, links } = this.market;
    const { seen, areApart } = columns.regions;
    const known = this.near.get(demandRegion);
    if (known && known.links === links.version && known.regions === seen.size) return known.tiers;
    const tiers: Tier[] = [];
    if (areApart && !links.hasSiteLinks(demandRegion)) {
      for (const [region, column] of seen) {
        const us = roundTrip(demandRegion, region, links.toRegion(demandRegion, region));
        const key = us < 0 ? missingLinkUs : us;
        const level = tiers.find((each) => each.key === key);
        if (level) level.bits |= 1 << column;
        else tiers.push({ key, bits: 1 << column });
      }
    }
    tiers.sort((a, b) => a.key - b.key);
    this.near.set(demandRegion, { tiers, links: links.version, regions: seen.size });
    return tiers;
  }
}
