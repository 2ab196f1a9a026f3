// What was acknowledged held against what is there: pure, so that a test can show that it sees what it is there to see.
import type { Acknowledged } from './load.js';

export interface Observed {
  /** Orders of the market's tables, by the client's own name. */
  readonly orders: readonly { readonly once: string; readonly orderId: number }[];
  /** Those that a gateway shows their owner, of the drill's own. */
  readonly shown: ReadonlySet<number>;
  /** The market's. */
  readonly trades: readonly { readonly tradeId: number; readonly orderId: number; readonly amount: bigint }[];
  /** Settlement's, a row for each linked set of pending transfers. */
  readonly holds: readonly { readonly tradeId: number; readonly amount: bigint }[];
  /** Of the trial balance, in micro-yuan. */
  readonly imbalance: bigint;
}

export interface Verdict {
  /** In words, one each. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly imbalance: bigint;
}

/**
 * @param drills of the drill that just ran: these a gateway must show, too
 * @param before acknowledged on this cluster before: what one fault spares the next may take
 */
export function judge(drills: readonly Acknowledged[], before: readonly Acknowledged[], observed: Observed): Verdict {
  const [lost, doubled]: [string[], string[]] = [[], []];
  const orders = grouped(observed.orders, ({ once }) => once);
  const trades = grouped(observed.trades, ({ tradeId }) => tradeId);
  const holds = grouped(observed.holds, ({ tradeId }) => tradeId);
  for (const { once, kind, orderId, tradeIds } of [...before, ...drills]) {
    if (!orders.get(once)?.some((found) => found.orderId === orderId)) lost.push(`${kind} ${once} is not in the market's tables`);
    for (const tradeId of tradeIds)
      if (!trades.get(tradeId)?.some((trade) => trade.orderId === orderId)) lost.push(`trade ${tradeId} of ${once} is not the market's`);
  }
  for (const { once, kind, orderId } of drills) if (!observed.shown.has(orderId)) lost.push(`${kind} ${once} is not shown to its owner`);
  for (const [once, found] of orders) if (found.length > 1) doubled.push(`${once} is ${found.length} orders`);
  // Each bid asks for one card, so one trade fills it.
  for (const [orderId, found] of grouped(observed.trades, (trade) => trade.orderId))
    if (found.length > 1) doubled.push(`order ${orderId} has ${found.length} trades`);
  for (const [tradeId, [trade]] of trades) {
    const of = holds.get(tradeId) ?? [];
    const held = of.reduce((sum, { amount }) => sum + amount, 0n);
    if (held < trade!.amount) lost.push(`trade ${tradeId} holds ${held} of ${trade!.amount}`);
    if (of.length > 1 || held > trade!.amount) doubled.push(`trade ${tradeId} holds ${held} for ${trade!.amount} by ${of.length} sets`);
  }
  for (const tradeId of holds.keys()) if (!trades.has(tradeId)) doubled.push(`trade ${tradeId} is held and was never made`);
  return { lost, doubled, imbalance: observed.imbalance };
}

function grouped<K, T>(all: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const of = key(one);
    const group = groups.get(of);
    if (group) group.push(one);
    else groups.set(of, [one]);
  }
  return groups;
}
