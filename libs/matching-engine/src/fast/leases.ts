import { amountOf, startOfSlot } from '#domain';
import type { Slot } from '#domain';
import { subsidyShare } from '../subsidy.js';
import { buyerOf, endLease, offerOfTrade, setExpiry } from './keeping.js';
import { relist } from './listing.js';
import type { Market } from './market.js';
import { isOpen, Rare, rareOf, Trade } from './records.js';
import { occupyStock } from './stock.js';
import { partsOf } from './vacated.js';

// How leases end before their time, for whatever reason.

/** The trade holds so much less, money and subsidy; micro-yuan that it in fact held. */
export function release(market: Market, trade: number, amount: number): number {
  const { data } = market.tables.trades;
  const held = data[trade + Trade.HELD]!;
  const subsidy = data[trade + Trade.SUBSIDY]!;
  const unheld = Math.min(amount, held);
  const place = buyerOf(market, trade);
  const { rare } = market.tables;
  const rateBp = rare.data[rareOf(market.tables, data[trade + Trade.BID]!) + Rare.SUBSIDY_RATE]!;
  const left = subsidyShare(held - unheld, rateBp, subsidy, held - subsidy);
  data[trade + Trade.HELD] = held - unheld;
  data[trade + Trade.SUBSIDY] = left;
  market.participants.reserved[place] = market.participants.reserved[place]! - unheld + subsidy - left;
  return unheld;
}

/** The trade holds money for the slots before this one alone, with the transfer unless it keeps none. */
export function releaseUndelivered(market: Market, trade: number, from: Slot): number {
  const { data } = market.tables.trades;
  if (from > data[trade + Trade.FROM]!) {
    return release(market, trade, amountOf(data[trade + Trade.PRICE]!, data[trade + Trade.UNITS]!, data[trade + Trade.TO]! - from));
  }
  data[trade + Trade.TRANSFER] = 0;
  return release(market, trade, data[trade + Trade.HELD]!);
}

/** The lease ends at the slot: at once where it never began, else when that slot begins. Its record stays until the command is done. */
export function endAt(market: Market, trade: number, slot: Slot): void {
  const { data } = market.tables.trades;
  data[trade + Trade.TO] = slot;
  market.tables.leasesDue.remove(trade);
  if (market.resales > 0) market.cut.push(data[trade + Trade.NUMBER]!);
  if (slot > data[trade + Trade.FROM]!) market.tables.leasesDue.put(trade, startOfSlot(slot));
  else {
    endLease(market, trade);
    market.over.push(trade);
  }
}

/** a rest stays bound only while a lease of its bid remains. `lease`: the one that was reclaimed. */
export function unbind(market: Market, bid: number, lease = -1): void {
  if (!isOpen(market.tables.bids.data, bid)) return;
  setExpiry(market, bid);
  market.freed.bids.push(bid);
  market.freed.boundBy.push(lease);
}

/** Takes the lease's nodes over the slots, and what its offer sold, or by -1 gives them back. */
export function occupyLease(market: Market, trade: number, from: Slot, to: Slot, sign: 1 | -1): void {
  occupyNodes(market, trade, from, to, sign);
  const offer = offerOfTrade(market, trade);
  if (offer < 0) return;
  market.sold.add(offer, from, to, sign * market.tables.trades.data[trade + Trade.UNITS]!);
  relist(market, offer);
}

/** The same for the nodes alone. */
export function occupyNodes(market: Market, trade: number, from: Slot, to: Slot, sign: 1 | -1): void {
  const { data } = market.tables.trades;
  const pool = market.pools[data[trade + Trade.POOL]!]!;
  const [nodes, count] = [data[trade + Trade.NODES]!, data[trade + Trade.NODE_COUNT]!];
  occupyStock(market, data[trade + Trade.WITHIN]!, pool, market.arena.words, nodes, count, from, to, sign);
}

/** what the lease resold stands on its own, once the lease has given its nodes back: only in the slot under way a node holds both. */
export function detach(market: Market, trade: number): void {
  const { data } = market.tables.trades;
  for (const part of partsOf(market, trade)) {
    const from = Math.max(data[part + Trade.FROM]!, market.present);
    occupyNodes(market, part, from, data[part + Trade.TO]!, -1);
    data[part + Trade.WITHIN] = data[trade + Trade.WITHIN]!;
    occupyNodes(market, part, from, data[part + Trade.TO]!, 1);
  }
}

/** A lease that was reclaimed, and what of it was not delivered. */
export interface ReclaimedLease {
  readonly trade: number;
  readonly from: Slot;
  readonly duration: number;
  /** When the reclaimer is done with the nodes. */
  readonly until: Slot;
  readonly unheld: number;
  /** 0: the grid. */
  readonly byOrderId: number;
}

/** the lease keeps its slots before the start and holds money for those alone, with the transfer unless it keeps none. Its nodes were given back before. */
export function cutReclaimed(market: Market, trade: number, start: Slot, until: Slot, byOrderId: number): ReclaimedLease {
  const { data } = market.tables.trades;
  const from = Math.max(start, data[trade + Trade.FROM]!);
  const duration = data[trade + Trade.TO]! - from;
  const unheld = releaseUndelivered(market, trade, from);
  data[trade + Trade.GOING] = 0;
  market.freed.pool(market.pools[data[trade + Trade.POOL]!]!);
  endAt(market, trade, from);
  unbind(market, data[trade + Trade.BID]!, trade);
  return { trade, from, duration, until, unheld, byOrderId };
}

export function tellReclaimed({ events, tables }: Market, { trade, from, unheld, byOrderId }: ReclaimedLease): void {
  const { data } = tables.trades;
  events.leaseReclaimed(data[trade + Trade.NUMBER]!, data[trade + Trade.UNITS]!, from, unheld, byOrderId);
}
