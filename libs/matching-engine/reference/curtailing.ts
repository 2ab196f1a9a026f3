import { isWithin } from '#domain';
import type { CurtailSite } from '../src/command.js';
import { cutReclaimed } from './leases.js';
import { byPlace, endOfNotice, isReclaimable, occupyFrom } from './reclaim.js';
import type { Run } from './run.js';
import { continueBids } from './trading.js';

/**
 * the grid reclaims the RECLAIMABLE leases of a site. Each lease in the window goes from the window's start on, or from the end of its notice where that is later;
 * one that is over by then stays. Until the window's end nothing RECLAIMABLE of the site is sold.
 */
export function curtailSite(run: Run, { kind, siteId, from, to }: CurtailSite): void {
  const { market } = run;
  const isWindow = isWithin(from, 0, to) && isWithin(to, 0, 2 ** 40);
  const rejection = !isWindow ? 'fact_must_be_within_its_range' : market.sites.has(siteId) ? null : 'site_must_be_known';
  if (rejection) return run.emit({ kind: 'CommandRefused', command: kind, rejection });
  run.emit({ kind: 'Applied', command: kind });
  const curtailment = from < to ? { siteId, from, to } : null;
  if (curtailment) market.curtailments.set(siteId, curtailment);
  else market.curtailments.delete(siteId);
  for (const pool of market.pools.values()) if (pool.site.siteId === siteId) pool.curtailment = curtailment;
  const cut = [...market.trades.values()]
    .filter((lease) => lease.pool.site.siteId === siteId && isReclaimable(market, lease))
    .map((lease) => ({ lease, start: Math.max(from, endOfNotice(market, lease)) }))
    .filter(({ lease, start }) => lease.from < to && start < Math.min(lease.to, to))
    .sort((a, b) => byPlace(a.lease, b.lease))
    .map(({ lease, start }) => {
      occupyFrom(lease, start, -1);
      return cutReclaimed(run, lease, start, to, 0);
    });
  for (const { event } of cut) run.emit(event);
  continueBids(run, cut);
  run.freed.everything = true;
}
