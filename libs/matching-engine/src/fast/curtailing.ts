import { isWithin, Tier } from '#domain';
import type { CurtailSite } from '../command.js';
import { cutReclaimed, occupyLease, tellReclaimed } from './leases.js';
import type { Market } from './market.js';
import { byPlace, endOfNotice } from './reclaim.js';
import { leasesOf, Trade } from './records.js';
import type { Run } from './run.js';
import { continueBids } from './trading.js';

/**
 * the grid reclaims the RECLAIMABLE leases of a site. Each lease in the window goes from the window's start on, or from the end of its notice where that is later;
 * one that is over by then stays. Until the window's end nothing RECLAIMABLE of the site is sold.
 */
export function curtailSite(run: Run, { kind, siteId, from, to }: CurtailSite): void {
  const { market } = run;
  const isWindow = isWithin(from, 0, to) && isWithin(to, 0, 2 ** 40);
  if (!isWindow) return market.events.commandRefused(kind, 'fact_must_be_within_its_range');
  if (!market.sites.has(siteId)) return market.events.commandRefused(kind, 'site_must_be_known');
  market.events.applied(kind);
  const curtailment = from < to ? { siteId, from, to } : null;
  if (curtailment) market.curtailments.set(siteId, curtailment);
  else market.curtailments.delete(siteId);
  for (const pool of market.pools) if (pool.site.siteId === siteId) pool.curtailment = curtailment;
  const { data } = market.tables.trades;
  const startOf = (lease: number): number => Math.max(from, endOfNotice(market, lease));
  const going = reclaimableOf(market, siteId)
    .filter((lease) => data[lease + Trade.FROM]! < to && startOf(lease) < Math.min(data[lease + Trade.TO]!, to))
    .sort(byPlace(data));
  const cut = going.map((lease) => {
    const start = startOf(lease);
    occupyLease(market, lease, Math.max(start, data[lease + Trade.FROM]!), data[lease + Trade.TO]!, -1);
    return cutReclaimed(market, lease, start, to, 0);
  });
  for (const lease of cut) tellReclaimed(market, lease);
  continueBids(run, cut);
  market.freed.everything = true;
}

const reclaimableOf = ({ pools, tables }: Market, siteId: number): number[] =>
  pools.flatMap(({ site, index }) => (site.siteId === siteId ? tables.leasesOfPool.all(leasesOf(index, Tier.RECLAIMABLE)) : []));
