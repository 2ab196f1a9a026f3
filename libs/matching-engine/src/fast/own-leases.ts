import { everyHour, everyWeekday, Placement, Preference, Tier, TimeInForce } from '#domain';
import type { BidTerms, EndLease, ExtendLease, ResellLease } from '../command.js';
import { noConstraints } from '../command.js';
import type { Rejection } from '../rejection.js';
import { bidFault, resaleFault } from './faults.js';
import { bidGuard, countOrder, offerGuard } from './guards.js';
import { addOffer } from './keeping-offers.js';
import { addBid, buyerOf, reserve } from './keeping.js';
import { isRepeated, rememberBid, rememberOffer } from './known.js';
import { detach, endAt, occupyLease, releaseUndelivered, unbind } from './leases.js';
import type { Market } from './market.js';
import { cancelOffer, matchArrived, refuse, rested, sessionFault } from './orders.js';
import { Offer, Rare, rareOf, Trade } from './records.js';
import type { Run } from './run.js';
import { vacate } from './vacated.js';
import { isWaiting } from './waiting.js';

// what a buyer does with a lease of its own.

/** The rest of a FIRM lease, or of a part of it, as an offer in the lease's book. */
export function resellLease({ market }: Run, { orderId, participantId, sessionId, tradeNumber, terms, sequence }: ResellLease): void {
  if (isRepeated(market, orderId, participantId, false)) return;
  const place = market.participants.placeOf(participantId);
  countOrder(market, place);
  const lease = market.tradeOf.get(tradeNumber);
  const fault = ownershipFault(market, lease, participantId) ?? sessionFault(sessionId) ?? resaleFault(market, lease, terms);
  if (fault) return refuse(market, orderId, participantId, false, fault);
  const { data } = market.tables.trades;
  const pool = market.pools[data[lease + Trade.POOL]!]!;
  const book = market.bookOf.get(data[lease + Trade.BOOK_ID]!)!;
  const guard = offerGuard(market, place, book, pool, terms.ask, terms.units, terms.to - terms.from);
  if (guard) return refuse(market, orderId, participantId, false, guard);
  market.events.orderAccepted(orderId, participantId, false, false);
  const offer = addOffer(market, orderId, place, sessionId, sequence, pool.index, book, terms);
  market.tables.offers.data[offer + Offer.LEASE] = tradeNumber;
  market.resales++;
  rememberOffer(market, offer);
  rested(market, offer, participantId);
}

/** So many slots more on the same nodes, from one offer, or nothing. */
export function extendLease(run: Run, command: ExtendLease): void {
  const { market } = run;
  const { orderId, participantId, sessionId, tradeNumber, sequence } = command;
  if (isRepeated(market, orderId, participantId, true)) return;
  const place = market.participants.placeOf(participantId);
  countOrder(market, place);
  const lease = market.tradeOf.get(tradeNumber);
  const ownership = ownershipFault(market, lease, participantId) ?? sessionFault(sessionId);
  if (ownership) return refuse(market, orderId, participantId, true, ownership);
  const terms = extensionTerms(market, lease, command);
  const rejection = bidFault(market, terms, null, 0) ?? bidGuard(market, place, terms, terms.units, undefined, 0);
  if (rejection) return refuse(market, orderId, participantId, true, rejection);
  market.events.orderAccepted(orderId, participantId, true, false);
  const bid = addBid(market, orderId, place, sessionId, sequence, terms);
  rememberBid(market, bid);
  reserve(market, bid, Infinity);
  matchArrived(run, bid, lease);
}

function extensionTerms({ tables }: Market, lease: number, { durationSlots, limitPrice }: ExtendLease): BidTerms {
  const { data } = tables.trades;
  const bid = data[lease + Trade.BID]!;
  const to = data[lease + Trade.TO]!;
  return {
    books: [data[lease + Trade.BOOK_ID]!],
    floor: null,
    units: data[lease + Trade.UNITS]!,
    precision: null,
    perNode: tables.rare.data[rareOf(tables, bid) + Rare.PER_NODE]!,
    durationSlots,
    earliest: to,
    latest: to + durationSlots,
    hours: everyHour,
    weekdays: everyWeekday,
    limitPrice,
    timeInForce: TimeInForce.FOK,
    goodTill: null,
    allOrNone: false,
    minUnits: 0,
    placement: Placement.ONE_POOL,
    together: false,
    constraints: noConstraints,
    standby: null,
    preference: Preference.CHEAPEST,
    demandRegion: 0,
    dataGb: 0,
    noticeSlots: tables.rare.data[rareOf(tables, bid) + Rare.NOTICE]!,
  };
}

/** The lease ends with the first sellable slot. FIRM pays its window, and gets first what its provider sells of it again; RECLAIMABLE pays what was delivered. */
export function endLease({ market }: Run, { kind, participantId, tradeNumber }: EndLease): void {
  const lease = market.tradeOf.get(tradeNumber);
  const { data } = market.tables.trades;
  const isOver = lease >= 0 && data[lease + Trade.TO]! <= market.firstSellable;
  const fault = isOver ? 'lease_must_be_running_or_to_come' : ownershipFault(market, lease, participantId);
  if (fault) return market.events.commandRefused(kind, fault);
  market.events.applied(kind);
  const from = Math.max(data[lease + Trade.FROM]!, market.firstSellable);
  const isFirm = data[lease + Trade.TIER] === Tier.FIRM;
  if (isFirm) vacate(market, lease, from);
  occupyLease(market, lease, from, data[lease + Trade.TO]!, -1);
  detach(market, lease);
  market.freed.pool(market.pools[data[lease + Trade.POOL]!]!);
  const unheld = isFirm ? 0 : releaseUndelivered(market, lease, from);
  endAt(market, lease, from);
  market.events.leaseCutShort(tradeNumber, data[lease + Trade.UNITS]!, from, 2, unheld);
  unbind(market, data[lease + Trade.BID]!);
}

function ownershipFault(market: Market, lease: number, participantId: number): Rejection | null {
  const { data } = market.tables.trades;
  if (lease < 0 || isWaiting(market, lease) || data[lease + Trade.ENDED] === 1 || data[lease + Trade.TO]! < market.firstSellable) {
    return 'lease_must_be_running_or_to_come';
  }
  if (market.participants.ids[buyerOf(market, lease)] !== participantId) return 'lease_must_be_its_buyers_own';
  return market.pools[data[lease + Trade.POOL]!]!.platform === 0 ? null : 'lease_must_lie_on_this_platform';
}

/** What resells a lease that ended before its time is withdrawn, by time. */
export function withdrawResales(market: Market): void {
  const { offers } = market.tables;
  const { data } = offers;
  const withdrawn: number[] = [];
  for (let offer = 0; offer < offers.length; offer += offers.stride) {
    if (data[offer + Offer.SERIAL] !== 0 && market.cut.includes(data[offer + Offer.LEASE]!)) withdrawn.push(offer);
  }
  withdrawn.sort((a, b) => data[a + Offer.PRIORITY]! - data[b + Offer.PRIORITY]! || data[a]! - data[b]!);
  for (const offer of withdrawn) cancelOffer(market, offer, 4);
  market.cut.length = 0;
}
