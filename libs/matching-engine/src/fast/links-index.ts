import type { Region, SiteId } from '#domain';
import type { SetLink, SetSite } from '../command.js';
import type { Fact } from '../snapshot.js';

export type Link = Fact<SetLink>;

interface LinksFrom {
  readonly toSite: Map<SiteId, Link>;
  readonly toRegion: Map<Region, Link>;
}

/** R-11a: which link counts between a demand region and a site. */
export class LinkIndex {
  readonly all = new Map<number, Link>();
  /** Grows with every link that is set. */
  version = 0;
  private from: Map<Region, LinksFrom> | null = null;

  set(link: Link): void {
    this.all.set(link.linkId, link);
    this.version++;
    this.from = null;
  }

  /** A site's link comes before its region's. */
  to(demandRegion: Region, site: Fact<SetSite>): Link | null {
    if (demandRegion === 0) return null;
    const from = this.linksFrom(demandRegion);
    return from?.toSite.get(site.siteId) ?? from?.toRegion.get(site.region) ?? null;
  }

  /** True where a site there may have a link of its own. */
  hasSiteLinks(demandRegion: Region): boolean {
    return (this.linksFrom(demandRegion)?.toSite.size ?? 0) > 0;
  }

  toRegion(demandRegion: Region, region: Region): Link | null {
    return this.linksFrom(demandRegion)?.toRegion.get(region) ?? null;
  }

  private linksFrom(demandRegion: Region): LinksFrom | undefined {
    return (this.from ??= indexOf(this.all)).get(demandRegion);
  }
}

/** Of several links with the same ends the cheapest counts, then the shortest, then the oldest. */
function indexOf(all: ReadonlyMap<number, Link>): Map<Region, LinksFrom> {
  const active = [...all.values()].filter((link) => link.active);
  active.sort((a, b) => a.pricePerGb - b.pricePerGb || a.roundTripUs - b.roundTripUs || a.linkId - b.linkId);
  const index = new Map<Region, LinksFrom>();
  for (const link of active) {
    let from = index.get(link.fromRegion);
    if (!from) index.set(link.fromRegion, (from = { toSite: new Map(), toRegion: new Map() }));
    if (link.toSiteId !== 0 && !from.toSite.has(link.toSiteId)) from.toSite.set(link.toSiteId, link);
    if (link.toSiteId === 0 && !from.toRegion.has(link.toRegion)) from.toRegion.set(link.toRegion, link);
  }
  return index;
}
