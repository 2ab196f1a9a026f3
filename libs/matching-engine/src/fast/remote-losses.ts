import type { Rejection } from '../rejection.js';
import type { RemoteLeasesLost } from '../reservation.js';
import { losePart, placeAnew } from './losses.js';
import type { LostOf, LostPart } from './losses.js';
import type { Market } from './market.js';
import { byPlace } from './reclaim.js';
import { Rare, rareOf, Trade } from './records.js';
import { takeOff } from './reservations.js';
import type { Run } from './run.js';
import { isWaiting } from './waiting.js';

/** what a partner lost of leases on its platform is placed anew here, and the partner's offers sell that much less. */
export function loseRemote(run: Run, command: RemoteLeasesLost): void {
  const { market } = run;
  const { data } = market.tables.trades;
  const left = new Map(command.leases.map((lease) => [market.tradeOf.get(lease.tradeNumber), lease.left]));
  const running = [...left.keys()].filter((trade) => isRunning(market, trade));
  const rejection = fault(market, command, running);
  if (rejection) return market.events.commandRefused(command.kind, rejection);
  market.events.applied(command.kind);
  const parts: LostPart[] = [];
  for (const trade of running.sort(byPlace(data))) {
    const part = losePart(market, trade, lostOf(market, trade, left.get(trade)!), 0);
    if (part) parts.push(part);
  }
  for (const { trade, units } of parts) takeOff(market, trade, units);
  placeAnew(run, parts);
}

function isRunning(market: Market, trade: number): boolean {
  const { data } = market.tables.trades;
  return trade >= 0 && !isWaiting(market, trade) && data[trade + Trade.ENDED] === 0 && data[trade + Trade.TO]! > market.firstSellable;
}

function fault({ pools, tables }: Market, { leases }: RemoteLeasesLost, running: readonly number[]): Rejection | null {
  if (!leases.every(({ left }) => Number.isSafeInteger(left) && left >= 0)) return 'fact_must_be_within_its_range';
  if (running.length === 0) return 'lease_must_be_running_or_to_come';
  const isRemote = (trade: number): boolean => pools[tables.trades.data[trade + Trade.POOL]!]!.platform > 0;
  return running.every(isRemote) ? null : 'lease_must_lie_with_a_partner';
}

/** All but so many units of it, in whole groups (R-2a), on its first nodes. */
function lostOf({ tables }: Market, trade: number, left: number): LostOf {
  const { data } = tables.trades;
  const perNode = tables.rare.data[rareOf(tables, data[trade + Trade.BID]!) + Rare.PER_NODE]!;
  let units = Math.floor(Math.max(0, data[trade + Trade.UNITS]! - left) / perNode) * perNode;
  return (_node, here) => {
    const lost = Math.min(units, here);
    units -= lost;
    return lost;
  };
}
