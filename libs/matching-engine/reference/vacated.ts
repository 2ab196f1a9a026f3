import { amountOf } from '#domain';
import type { Slot } from '#domain';
import type { NodeWindow, VacatedState } from '../src/snapshot.js';
import type { Market, Trade } from './market.js';
import type { Run } from './run.js';

// what a buyer gave up of a FIRM lease goes first to that buyer when its provider sells it again.

/** The lease's nodes from the slot on, but for what was resold of it. */
export function vacate(market: Market, lease: Trade, from: Slot): void {
  const { tradeNumber, bid, pool, price, nodes, to } = lease;
  let left: NodeWindow[] = nodes.map(({ node, units }) => ({ node, units, from, to }));
  const parts = [...market.trades.values()].filter((part) => part.within === lease && !part.ended);
  for (const part of parts) for (const { node, units } of part.nodes) left = take(left, { node, units, from: part.from, to: part.to });
  market.vacated.push({ tradeNumber, participantId: bid.participantId, poolId: pool.fact.poolId, price, left });
}

/** A trade of the pool's provider sells vacated nodes first: of the oldest, so much of its price is their buyers', at most what they pay for them. */
export function shareProceeds(run: Run, sold: Trade): void {
  let wanted: NodeWindow[] = sold.nodes.map(({ node, units }) => ({ node, units, from: sold.from, to: sold.to }));
  for (const vacated of run.market.vacated.filter(({ poolId }) => poolId === sold.pool.fact.poolId)) {
    const taken: NodeWindow[] = [];
    for (const window of wanted) vacated.left = take(vacated.left, window, taken);
    for (const part of taken) wanted = take(wanted, part);
    const price = Math.min(sold.price, vacated.price);
    const amount = taken.reduce((sum, { units, from, to }) => sum + amountOf(price, units, to - from), 0);
    if (amount > 0) tell(run, vacated, sold, amount);
  }
  forgetVacated(run.market);
}

function tell(run: Run, { tradeNumber, participantId }: VacatedState, sold: Trade, amount: number): void {
  run.emit({ kind: 'ProceedsShared', tradeNumber, byTradeNumber: sold.tradeNumber, participantId, amount });
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
