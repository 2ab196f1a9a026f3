import { slotAt, startOfSlot } from '#domain';
import type { Time } from '#domain';
import { subsidyShare } from '../src/subsidy.js';
import { DueClass } from './due.js';
import { worstCaseOf } from './guards.js';
import type { Bid, Market, Offer, Trade } from './market.js';
import { costWaiting, setLapse } from './waiting.js';
import { expiryOfOffer } from './terms.js';
import { expiryOfBid } from './wish.js';

// What is kept of orders and trades as they come and go.

/**
 * the bid holds its worst case for what it lacks; once it is closed what its pieces that wait would cost, nothing where there are none. Its subsidy pays its rate of that, and what is more leaves the bid for good.
 * @param moneyAtMost what the buyer sets aside
 */
export function reserve(market: Market, bid: Bid, moneyAtMost = Infinity): void {
  const account = market.account(bid.participantId);
  const worst = bid.open ? worstCaseOf(bid) : costWaiting(bid);
  account.reserved -= bid.reserved;
  bid.subsidy = subsidyShare(worst, bid.subsidyRateBp, bid.subsidy, moneyAtMost);
  bid.reserved = worst - bid.subsidy;
  account.reserved += bid.reserved;
}

/** sets when the bid falls due. */
export function setExpiry(market: Market, bid: Bid): void {
  bid.due = expiryOfBid(bid);
  market.due.push({ at: bid.due, class: DueClass.BID, sequence: bid.priority, id: bid.orderId });
}

export const setOfferExpiry = (market: Market, offer: Offer): void =>
  market.due.push({ at: expiryOfOffer(offer.terms), class: DueClass.OFFER, sequence: offer.priority, id: offer.orderId });

export function closeBid(market: Market, bid: Bid, at: Time): void {
  bid.open = false;
  bid.collected = false;
  market.resting.delete(bid);
  reserve(market, bid);
  closeMemory(market, bid.orderId, at);
}

export function closeOffer(market: Market, offer: Offer, at: Time): void {
  market.removeOffer(offer);
  closeMemory(market, offer.orderId, at);
}

function closeMemory(market: Market, orderId: number, closedAt: Time): void {
  const memory = market.remembered.get(orderId);
  if (!memory) return;
  memory.closedAt = closedAt;
  market.closed.push({ orderId, closedAt });
}

const memoryMs = 24 * 3_600_000;

/** R-10a: an order's id is known until exactly 24 hours after it closed. */
export function forget(market: Market): void {
  const { closed } = market;
  let forgotten = 0;
  for (; forgotten < closed.length && closed[forgotten]!.closedAt + memoryMs <= market.time; forgotten++) {
    const { orderId } = closed[forgotten]!;
    market.remembered.delete(orderId);
    market.bids.delete(orderId);
  }
  if (forgotten > 0) closed.splice(0, forgotten);
}

export function addTrade(market: Market, trade: Trade): void {
  market.trades.set(trade.tradeNumber, trade);
  trade.bid.trades.add(trade);
  if (trade.reserved) return setLapse(market, trade);
  market.due.push({ at: startOfSlot(trade.to), class: DueClass.LEASE, sequence: trade.tradeNumber, id: trade.tradeNumber });
}

/** A trade is forgotten once its lease has ended and its cost is settled. */
export function endTrade(market: Market, trade: Trade): void {
  for (const { node } of trade.nodes) trade.pool.node(node).forgetBefore(slotAt(market.time));
  if (!trade.ended || !trade.settled) return;
  market.trades.delete(trade.tradeNumber);
  trade.bid.trades.delete(trade);
}
