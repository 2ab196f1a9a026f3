import { countOfOne, maxOrderId, Placement, tick, TimeInForce } from '#domain';
import type { Price } from '#domain';
import type { BidTerms } from '../src/command.js';
import type { TieState } from '../src/snapshot.js';
import { reserve } from './keeping.js';
import type { ReclaimedLease } from './leases.js';
import type { Bid, Market } from './market.js';
import { worthOf } from './matching.js';
import type { Run } from './run.js';
import { lastAllowedStart } from './wish.js';

/**
 * the undelivered slots of a reclaimed lease as a new GTC bid with the old time. Null where there is none: the participant is suspended, its buying power
 * covers not even the least price, or the bid's terms, amended since, leave it no start.
 */
export function restOfLease(run: Run, lease: ReclaimedLease): Bid | null {
  const { market } = run;
  const { trade } = lease;
  const parent = trade.bid;
  const { participantId, priority, gbUnits } = parent;
  const one = countOfOne(parent.terms.precision);
  const units = Math.ceil(trade.counted / one);
  const terms = termsOf(market, lease, units);
  if (!market.participants.get(participantId)?.active || terms.limitPrice === 0) return null;
  if (lastAllowedStart(terms, market.firstSellable) === null) return null;
  const orderId = maxOrderId + ++market.lastRest;
  const rest: Bid = {
    orderId,
    participantId,
    sessionId: 0,
    terms,
    priority,
    open: true,
    collected: false,
    filled: units * one - trade.counted,
    gbUnits,
    isRest: true,
    tie: tieOf(market, lease),
    parent,
    reserved: 0,
    subsidy: 0,
    subsidyRateBp: 0,
    due: Infinity,
    choices: [],
    trades: new Set(),
  };
  market.bids.set(orderId, rest);
  market.remembered.set(orderId, { orderId, participantId, isBid: true, rejection: null, closedAt: null });
  reserve(market, rest);
  const { tradeNumber } = trade;
  run.emit({ kind: 'BidContinued', orderId, parentId: parent.orderId, tradeNumber, participantId, terms, rest: trade.counted });
  return rest;
}

function termsOf(market: Market, { trade, from, duration, until }: ReclaimedLease, units: number): BidTerms {
  const { terms, participantId } = trade.bid;
  const rest: BidTerms = {
    ...terms,
    units,
    minUnits: Math.min(terms.minUnits, units),
    durationSlots: duration,
    earliest: Math.max(terms.earliest, from),
    latest: Math.max(terms.latest, until + duration),
    timeInForce: TimeInForce.GTC,
    goodTill: null,
    standby: null,
  };
  const { total, reserved } = market.account(participantId);
  if (worthOf(rest, trade.counted, duration) <= total - reserved) return rest;
  return { ...rest, limitPrice: limitCovered(rest, trade.counted, total - reserved) };
}

/** The highest tick at which so much over the bid's duration is worth no more than the amount; 0 where no tick is. */
const limitCovered = ({ precision, durationSlots }: BidTerms, counted: number, amount: number): Price => {
  const room = 4n * (BigInt(amount) + 1n) * BigInt(countOfOne(precision)) - 1n;
  return Number(room / (BigInt(counted) * BigInt(durationSlots) * BigInt(tick))) * tick;
};

/** Where the bid's other leases are, or those of its other rests, if the placement asks it; else where the bid itself is bound to. */
function tieOf(market: Market, { trade, from }: ReclaimedLease): TieState {
  const parent = trade.bid;
  const { placement } = parent.terms;
  const other = [...market.trades.values()].find(
    (lease) =>
      lease !== trade &&
      !lease.ended &&
      !lease.reserved &&
      lease.to > from &&
      lease.standby === trade.standby &&
      (lease.bid === parent || lease.bid.parent === parent),
  );
  if (!other) return { ...parent.tie };
  return {
    pool: placement === Placement.ONE_POOL ? other.pool.fact.poolId : 0,
    site: placement === Placement.ONE_SITE ? other.pool.site.siteId : 0,
    region: placement === Placement.ONE_REGION ? other.pool.site.region : 0,
  };
}
