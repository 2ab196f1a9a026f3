import { amountOf, slotAt, startOfSlot } from '#domain';
import type { OrderId, Slot } from '#domain';
import type { LeaseReclaimed } from '../src/event.js';
import { subsidyShare } from '../src/subsidy.js';
import { occupyNodes, unitsOn } from './capacity.js';
import { DueClass } from './due.js';
import { endTrade, setExpiry } from './keeping.js';
import type { Bid, Market, Trade } from './market.js';
import type { Run } from './run.js';

// How leases end before their time, for whatever reason.

/** The trade holds so much less, money and subsidy; micro-yuan that it in fact held. */
export function release(run: Run, trade: Trade, amount: number): number {
  const { held, subsidy, bid } = trade;
  const unheld = Math.min(amount, held);
  trade.held -= unheld;
  trade.subsidy = subsidyShare(trade.held, bid.subsidyRateBp, subsidy, held - subsidy);
  run.market.account(bid.participantId).reserved -= unheld - (subsidy - trade.subsidy);
  return unheld;
}

/** The trade holds money for the slots before this one alone, with the transfer unless it keeps none. */
export function releaseUndelivered(run: Run, trade: Trade, from: Slot): number {
  if (from > trade.from) return release(run, trade, amountOf(trade.price, unitsOn(trade.nodes), trade.to - from));
  trade.transferAmount = 0;
  return release(run, trade, trade.held);
}

/** The lease ends at the slot: at once where it never began, else when that slot begins. */
export function endAt(run: Run, trade: Trade, slot: Slot): void {
  const { market } = run;
  trade.to = slot;
  run.endedLeases.add(trade);
  if (slot > trade.from)
    market.due.push({ at: startOfSlot(slot), class: DueClass.LEASE, sequence: trade.tradeNumber, id: trade.tradeNumber });
  else {
    trade.ended = true;
    endTrade(market, trade);
  }
}

/** before the lease gives its nodes back, what it resold stands on its own; in the slot under way both hold their nodes, so that nothing is free there. */
export function detach(market: Market, trade: Trade): void {
  for (const part of market.trades.values()) {
    if (part.within !== trade || part.ended) continue;
    const from = Math.max(part.from, slotAt(market.time));
    occupyNodes(part.pool, trade, part.nodes, from, part.to, -1);
    part.within = trade.within;
    occupyNodes(part.pool, part.within, part.nodes, from, part.to, 1);
  }
}

/** a rest stays bound only while a lease of its bid remains. */
export function unbind(run: Run, bid: Bid): void {
  if (!bid.open) return;
  setExpiry(run.market, bid);
  run.freed.bids.add(bid);
}

/** A lease that was reclaimed, and what of it was not delivered. */
export interface ReclaimedLease {
  readonly trade: Trade;
  readonly from: Slot;
  readonly duration: number;
  /** When the reclaimer is done with the nodes. */
  readonly until: Slot;
  readonly event: LeaseReclaimed;
}

/** the lease keeps its slots before the start and holds money for those alone, with the transfer unless it keeps none. Its nodes were given back before; the event is the caller's to tell. */
export function cutReclaimed(run: Run, trade: Trade, start: Slot, until: Slot, byOrderId: OrderId): ReclaimedLease {
  const from = Math.max(start, trade.from);
  const duration = trade.to - from;
  const units = unitsOn(trade.nodes);
  const unheld = releaseUndelivered(run, trade, from);
  run.freed.pools.add(trade.pool);
  endAt(run, trade, from);
  unbind(run, trade.bid);
  const event = { kind: 'LeaseReclaimed', tradeNumber: trade.tradeNumber, units, from, unheld, byOrderId } as const;
  return { trade, from, duration, until, event };
}
