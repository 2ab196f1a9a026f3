import type { RemoteLeasesLost } from '../src/command.js';
import type { NodeUnits } from '../src/event.js';
import type { Rejection } from '../src/rejection.js';
import { unitsOn } from './capacity.js';
import { losePart, placeAnew } from './losses.js';
import type { LostPart, Market, Trade } from './market.js';
import { byPlace } from './reclaim.js';
import { takeOff } from './reservations.js';
import type { Run } from './run.js';
import { platformOf } from './waiting.js';

/** what a partner lost of leases on its platform is placed anew here, and the partner's offers sell that much less. */
export function loseRemote(run: Run, command: RemoteLeasesLost): void {
  const { market } = run;
  const lost = new Map(command.leases.map(({ tradeNumber, left }) => [market.trades.get(tradeNumber), left]));
  const running = [...lost.keys()].filter((trade) => trade !== undefined).filter((trade) => isRunning(market, trade));
  const rejection = fault(command, running);
  if (rejection) return run.emit({ kind: 'CommandRefused', command: command.kind, rejection });
  run.emit({ kind: 'Applied', command: command.kind });
  const parts: LostPart[] = [];
  for (const trade of running.sort(byPlace)) {
    const part = losePart(run, trade, lostOf(trade, lost.get(trade)!), 0);
    if (part) parts.push(part);
  }
  for (const { trade, units } of parts) takeOff(run, trade, units);
  placeAnew(run, parts);
}

const isRunning = ({ firstSellable }: Market, trade: Trade): boolean => !trade.reserved && !trade.ended && trade.to > firstSellable;

function fault({ leases }: RemoteLeasesLost, running: readonly Trade[]): Rejection | null {
  if (!leases.every(({ left }) => Number.isSafeInteger(left) && left >= 0)) return 'fact_must_be_within_its_range';
  if (running.length === 0) return 'lease_must_be_running_or_to_come';
  return running.every(({ pool }) => platformOf(pool) !== 0) ? null : 'lease_must_lie_with_a_partner';
}

/** All but so many units of it, in whole groups (R-2a), on its first nodes. */
function lostOf({ bid, nodes }: Trade, left: number): NodeUnits[] {
  const { perNode } = bid.terms;
  let units = Math.floor(Math.max(0, unitsOn(nodes) - left) / perNode) * perNode;
  const lost: NodeUnits[] = [];
  for (const each of nodes) {
    const here = Math.min(units, each.units);
    units -= here;
    if (here > 0) lost.push({ node: each.node, units: here });
  }
  return lost;
}
