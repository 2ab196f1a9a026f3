import { countOfOne, maxOrderId, Placement, tick, TimeInForce } from '#domain';
import type { Price } from '#domain';
import type { BidTerms } from '../command.js';
import type { TieState } from '../snapshot.js';
import { worthOf } from './amounts.js';
import { firstRest, gbUnitsOf, makeRest, nextRest, tieOfBid } from './family.js';
import { addBid, bidTermsOf, reserve } from './keeping.js';
import { rememberBid } from './known.js';
import type { ReclaimedLease } from './leases.js';
import type { Market } from './market.js';
import { Bid, Rare, rareOf, Trade } from './records.js';
import { lastAllowedStart } from './starts.js';
import { waitsToBeDecided } from './waiting.js';

/**
 * The undelivered slots of a reclaimed lease as a new GTC bid with the old time. -1 where there is none: the participant is suspended, its buying power
 * covers not even the least price, or the bid's terms, amended since, leave it no start.
 */
export function restOfLease(market: Market, lease: ReclaimedLease): number {
  const { trades, bids } = market.tables;
  const parent = trades.data[lease.trade + Trade.BID]!;
  const counted = trades.data[lease.trade + Trade.COUNTED]!;
  const place = bids.data[parent + Bid.PARTICIPANT]!;
  const priority = bids.data[parent + Bid.PRIORITY]!;
  const gbUnits = gbUnitsOf(market.tables, parent);
  const terms = termsOf(market, lease, parent, counted, place);
  if (!market.participants.facts[place]?.active || terms.limitPrice === 0) return -1;
  if (lastAllowedStart(terms, market.firstSellable) < 0) return -1;
  const tie = tieOf(market, lease, parent);
  const orderId = maxOrderId + ++market.lastRest;
  const participantId = market.participants.ids[place]!;
  const rest = addBid(market, orderId, place, 0, priority, terms);
  bids.data[rest + Bid.FILLED] = terms.units * countOfOne(terms.precision) - counted;
  makeRest(market, rest, parent, gbUnits, tie);
  rememberBid(market, rest);
  reserve(market, rest, Infinity);
  market.events.bidContinued(orderId, bids.data[parent]!, trades.data[lease.trade]!, participantId, counted, terms);
  return rest;
}

function termsOf(market: Market, { from, duration, until }: ReclaimedLease, parent: number, counted: number, place: number): BidTerms {
  const terms = bidTermsOf(market, parent);
  const units = Math.ceil(counted / countOfOne(terms.precision));
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
  const left = market.participants.totals[place]! - market.participants.reserved[place]!;
  if (worthOf(terms.precision ?? 0, terms.limitPrice, counted, duration) <= left) return rest;
  return { ...rest, limitPrice: limitCovered(rest, counted, left) };
}

/** The highest tick at which so much over the bid's duration is worth no more than the amount; 0 where no tick is. */
const limitCovered = ({ precision, durationSlots }: BidTerms, counted: number, amount: number): Price => {
  const room = 4n * (BigInt(amount) + 1n) * BigInt(countOfOne(precision)) - 1n;
  return Number(room / (BigInt(counted) * BigInt(durationSlots) * BigInt(tick))) * tick;
};

/** Where the bid's other leases are, or those of its other rests, if the placement asks it; else where the bid itself is bound to. */
function tieOf(market: Market, lease: ReclaimedLease, parent: number): TieState {
  const { tables } = market;
  let other = oldestLease(market, parent, lease, -1);
  for (let rest = firstRest(tables, parent); rest >= 0; rest = nextRest(tables, rest)) {
    other = oldestLease(market, rest, lease, other);
  }
  if (other < 0) return tieOfBid(tables, parent);
  const { fact, site } = market.pools[tables.trades.data[other + Trade.POOL]!]!;
  const placement = tables.rare.data[rareOf(tables, parent) + Rare.PLACEMENT]!;
  return {
    pool: placement === Placement.ONE_POOL ? fact.poolId : 0,
    site: placement === Placement.ONE_SITE ? site.siteId : 0,
    region: placement === Placement.ONE_REGION ? site.region : 0,
  };
}

/** The older of `other` (-1: none) and the bid's first lease that goes on beyond the slot at which this one ends. */
function oldestLease({ tables }: Market, bid: number, { trade, from }: ReclaimedLease, other: number): number {
  const { data } = tables.trades;
  let oldest = other;
  for (let each = tables.bids.data[bid + Bid.FIRST_TRADE]!; each >= 0; each = data[each + Trade.OF_BID_NEXT]!) {
    if (each === trade || data[each + Trade.ENDED] === 1 || data[each + Trade.SETTLED] === waitsToBeDecided) continue;
    if (data[each + Trade.TO]! <= from) continue;
    if (data[each + Trade.STANDBY] !== data[trade + Trade.STANDBY]) continue;
    if (oldest < 0 || data[each]! < data[oldest]!) oldest = each;
  }
  return oldest;
}
