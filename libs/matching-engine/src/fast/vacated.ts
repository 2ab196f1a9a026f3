import { amountOf, Tier } from '#domain';
import type { Slot } from '#domain';
import type { NodeWindow } from '../snapshot.js';
import type { Market } from './market.js';
import { Bid, leasesOf, Trade } from './records.js';
import { nodesOf } from './stock.js';

// what a buyer gave up of a FIRM lease goes first to that buyer when its provider sells it again. There is little of it: it is in objects.

/** The parts of a lease that are resold and have not ended, by trade number. */
export function partsOf(market: Market, trade: number): number[] {
  const { data } = market.tables.trades;
  const number = data[trade + Trade.NUMBER]!;
  if (!market.resold.has(number)) return [];
  const leases = market.tables.leasesOfPool.all(leasesOf(data[trade + Trade.POOL]!, Tier.FIRM));
  return leases.filter((part) => data[part + Trade.WITHIN] === number).sort((a, b) => data[a]! - data[b]!);
}

/** The lease's nodes from the slot on, but for what was resold of it. */
export function vacate(market: Market, trade: number, from: Slot): void {
  const { trades, bids } = market.tables;
  const { data } = trades;
  const to = data[trade + Trade.TO]!;
  let left: NodeWindow[] = nodesOf(market, trade).map((each) => ({ ...each, from, to }));
  for (const part of partsOf(market, trade)) {
    const window = { from: data[part + Trade.FROM]!, to: data[part + Trade.TO]! };
    for (const each of nodesOf(market, part)) left = take(left, { ...each, ...window });
  }
  market.vacated.push({
    tradeNumber: data[trade]!,
    participantId: market.participants.ids[bids.data[data[trade + Trade.BID]! + Bid.PARTICIPANT]!]!,
    poolId: market.pools[data[trade + Trade.POOL]!]!.fact.poolId,
    price: data[trade + Trade.PRICE]!,
    left,
  });
}

/** A trade of the pool's provider sells vacated nodes first: of the oldest, so much of its price is their buyers', at most what they pay for them. */
export function shareProceeds(market: Market, sold: number): void {
  const { data } = market.tables.trades;
  const { poolId } = market.pools[data[sold + Trade.POOL]!]!.fact;
  const window = { from: data[sold + Trade.FROM]!, to: data[sold + Trade.TO]! };
  let wanted: NodeWindow[] = nodesOf(market, sold).map((each) => ({ ...each, ...window }));
  for (const vacated of market.vacated.filter((each) => each.poolId === poolId)) {
    const taken: NodeWindow[] = [];
    for (const each of wanted) vacated.left = take(vacated.left, each, taken);
    for (const part of taken) wanted = take(wanted, part);
    const price = Math.min(data[sold + Trade.PRICE]!, vacated.price);
    const amount = taken.reduce((sum, { units, from, to }) => sum + amountOf(price, units, to - from), 0);
    if (amount > 0) market.events.proceedsShared(vacated.tradeNumber, data[sold]!, vacated.participantId, amount);
  }
  forgetVacated(market);
}

/** What has passed, or is sold again, is nobody's any more. */
export function forgetVacated(market: Market): void {
  for (const each of market.vacated) each.left = each.left.filter(({ to }) => to > market.firstSellable);
  market.vacated = market.vacated.filter(({ left }) => left.length > 0);
}

/** The windows without those units of a node over a time, as far as they have them; what goes is noted in `taken`. */
function take(windows: readonly NodeWindow[], wanted: NodeWindow, taken: NodeWindow[] = []): NodeWindow[] {
  const i = windows.findIndex(({ node, from, to }) => node === wanted.node && from < wanted.to && wanted.from < to);
  const window = windows[i];
  if (!window) return [...windows];
  const part: NodeWindow = {
    node: wanted.node,
    units: Math.min(window.units, wanted.units),
    from: Math.max(window.from, wanted.from),
    to: Math.min(window.to, wanted.to),
  };
  taken.push(part);
  let left = windows.toSpliced(i, 1, ...without(window, part));
  for (const rest of without(wanted, part)) left = take(left, rest, taken);
  return left;
}

/** The window without a part of its units over a part of its time. */
const without = (window: NodeWindow, { units, from, to }: NodeWindow): NodeWindow[] =>
  [
    { ...window, to: from },
    { ...window, units: window.units - units, from, to },
    { ...window, from: to },
  ].filter((piece) => piece.units > 0 && piece.from < piece.to);
