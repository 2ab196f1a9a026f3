import type { Time } from '#domain';
import { closeOffer } from './keeping-offers.js';
import { closeBid, dropTrade, endLease, forget } from './keeping.js';
import type { Market } from './market.js';
import { Bid, Offer, Trade } from './records.js';
import { lapse } from './reservations.js';
import { forgetVacated } from './vacated.js';

/** time passes; what fell due happens first, in order. */
export function passTime(market: Market, time: Time): void {
  const { leasesDue, offersDue, bidsDue } = market.tables;
  const moves = time !== market.time;
  if (moves) market.setTime(time);
  const isAnyLapsed = market.lapses.next <= time;
  if (isAnyLapsed) lapseReservations(market, time);
  const isAnyDue = leasesDue.isDue(time) || offersDue.isDue(time) || bidsDue.isDue(time);
  if (isAnyDue) fallDue(market, time);
  else if (moves) {
    leasesDue.moveTo(time);
    offersDue.moveTo(time);
    bidsDue.moveTo(time);
  }
  // Else nothing closed before the present time that was not looked at then.
  if (moves || isAnyDue || isAnyLapsed) forget(market);
  if (market.vacated.length > 0) forgetVacated(market);
}

/** each comes behind what fell due before it, and before whatever else falls due at its instant. */
function lapseReservations(market: Market, time: Time): void {
  for (let at = market.lapses.next; at <= time; at = market.lapses.next) {
    fallDue(market, at - 1);
    const reservation = market.lapses.take();
    if (market.pieces.has(reservation)) lapse(market, reservation, at);
  }
}

/** By due time, then lease ends, then offers, then bids, then by sequence (of a lease: its trade's number). */
function fallDue(market: Market, time: Time): void {
  const { trades, offers, bids, leasesDue, offersDue, bidsDue } = market.tables;
  const [leases, expiring, lapsing]: [number[], number[], number[]] = [[], [], []];
  leasesDue.take(time, leases);
  offersDue.take(time, expiring);
  bidsDue.take(time, lapsing);
  const inOrder = (records: number[], data: Float64Array, due: number, sequence: number): number[] =>
    records.sort((a, b) => data[a + due]! - data[b + due]! || data[a + sequence]! - data[b + sequence]! || data[a]! - data[b]!);
  inOrder(leases, trades.data, Trade.DUE, Trade.NUMBER);
  inOrder(expiring, offers.data, Offer.DUE, Offer.PRIORITY);
  inOrder(lapsing, bids.data, Bid.DUE, Bid.PRIORITY);
  for (let l = 0, o = 0, b = 0; ;) {
    const lease = l < leases.length ? trades.data[leases[l]! + Trade.DUE]! : Infinity;
    const offer = o < expiring.length ? offers.data[expiring[o]! + Offer.DUE]! : Infinity;
    const bid = b < lapsing.length ? bids.data[lapsing[b]! + Bid.DUE]! : Infinity;
    if (lease <= offer && lease <= bid) {
      if (lease === Infinity) return;
      lapseLease(market, leases[l++]!, lease);
    } else if (offer <= bid) lapseOffer(market, expiring[o++]!, offer);
    else lapseBid(market, lapsing[b++]!, bid);
  }
}

function lapseLease(market: Market, trade: number, at: Time): void {
  market.events.leaseEnded(market.tables.trades.data[trade + Trade.NUMBER]!, at);
  endLease(market, trade);
  dropTrade(market, trade);
}

function lapseOffer(market: Market, offer: number, at: Time): void {
  const { data } = market.tables.offers;
  market.events.orderExpired(data[offer + Offer.ID]!, market.participants.ids[data[offer + Offer.PARTICIPANT]!]!, false, at);
  closeOffer(market, offer, at, true);
}

function lapseBid(market: Market, bid: number, at: Time): void {
  const { data } = market.tables.bids;
  data[bid + Bid.DUE] = -1;
  closeBid(market, bid, at);
  market.events.orderExpired(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!, true, at);
}
