import { amountOf, TimeInForce } from '#domain';
import type { Time } from '#domain';
import type { DecideReservation } from '../reservation.js';
import { amendedOffer } from './amending.js';
import { countTrade } from './index-price.js';
import { closeBid, enterLease, offerOfTrade, reserve } from './keeping.js';
import { occupyLease, unbind } from './leases.js';
import { loseMade } from './losses.js';
import type { Market } from './market.js';
import { cancelBid, cancelOffer } from './orders.js';
import { takeSubsidy } from './purse.js';
import { tellTrade } from './recording.js';
import { Bid, isOpen, Offer, Trade } from './records.js';
import { tellRested } from './resting.js';
import type { Run } from './run.js';
import { shareProceeds } from './vacated.js';
import { waits } from './waiting.js';
import { restOf } from './wish.js';

// what becomes of pieces that wait for a word from over the border of the platform.

/** Records of all that is decided together with that piece, by trade number. */
function reservationOf(market: Market, tradeNumber: number): number[] {
  const { reservation } = market.pieces.get(tradeNumber)!;
  const numbers = [...market.pieces].filter(([, each]) => each.reservation === reservation).map(([number]) => number);
  return numbers.sort((a, b) => a - b).map((number) => market.tradeOf.get(number));
}

export function decideReservation(run: Run, { kind, tradeNumber, made, supplyStillThere }: DecideReservation): void {
  const { market } = run;
  if (!market.pieces.has(tradeNumber)) return market.events.commandRefused(kind, 'reservation_must_be_open');
  market.events.applied(kind);
  const pieces = reservationOf(market, tradeNumber);
  if (made) return makeTrades(run, pieces);
  const bid = giveBack(market, pieces, 0, market.time);
  const { trades, bids } = market.tables;
  if (!supplyStillThere) for (const piece of pieces) takeOff(market, piece, trades.data[piece + Trade.UNITS]!);
  const { data } = bids;
  if (!isOpen(data, bid)) return;
  const timeInForce = data[bid + Bid.TIME_IN_FORCE];
  if (timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK) return cancelBid(market, bid, 1);
  unbind(market, bid);
  tellRested(market, bid, restOf(market.tables, bid));
}

/** what a partner reserved here and did not decide in time is given back, and its bid, which is FOK, is over. */
export function lapse(market: Market, reservation: number, at: Time): void {
  const bid = giveBack(market, reservationOf(market, reservation), 1, at);
  const { data } = market.tables.bids;
  if (!isOpen(data, bid)) return;
  closeBid(market, bid, at);
  market.events.orderExpired(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!, true, at);
}

/** The pieces are trades from now on, at what they were reserved for; nodes that are lost meanwhile they lose at once. */
function makeTrades(run: Run, pieces: readonly number[]): void {
  const { market } = run;
  const bid = market.tables.trades.data[pieces[0]! + Trade.BID]!;
  for (const piece of pieces) makeTrade(market, piece);
  const { data } = market.tables.bids;
  reserve(market, bid, data[bid + Bid.RESERVED]!);
  if (isOpen(data, bid) && restOf(market.tables, bid) === 0 && !waits(market, bid)) {
    market.events.orderFilled(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!);
    closeBid(market, bid, market.time);
  }
  loseMade(run, pieces);
}

function makeTrade(market: Market, made: number): void {
  const { bids, trades } = market.tables;
  const { data } = trades;
  const [number, bid] = [data[made + Trade.NUMBER]!, data[made + Trade.BID]!];
  const slots = data[made + Trade.TO]! - data[made + Trade.FROM]!;
  const amount = amountOf(data[made + Trade.PRICE]!, data[made + Trade.UNITS]!, slots);
  const cost = amount + data[made + Trade.TRANSFER]!;
  const money = bids.data[bid + Bid.RESERVED]!;
  const subsidy = takeSubsidy(market.tables, bid, cost, money);
  bids.data[bid + Bid.RESERVED] = money - (cost - subsidy);
  data[made + Trade.HELD] = cost;
  data[made + Trade.SUBSIDY] = subsidy;
  data[made + Trade.SETTLED] = 0;
  enterLease(market, made);
  const book = market.bookOf.get(data[made + Trade.BOOK_ID]!)!;
  const pool = market.pools[data[made + Trade.POOL]!]!;
  countTrade(market, book, pool.site.region, data[made + Trade.UNITS]! * slots, amount);
  tellTrade(market, made, market.pieces.get(number)!);
  market.pieces.delete(number);
  shareProceeds(market, made);
}

/** The units are free again, and the bid, which is answered, lacks them. What it held for them it goes on holding as long as it is open. */
function giveBack(market: Market, pieces: readonly number[], reason: number, due: Time): number {
  const { bids, trades } = market.tables;
  const { data } = trades;
  const bid = data[pieces[0]! + Trade.BID]!;
  const { reservation } = market.pieces.get(data[pieces[0]! + Trade.NUMBER]!)!;
  for (const piece of pieces) {
    const from = Math.max(data[piece + Trade.FROM]!, market.present);
    if (from < data[piece + Trade.TO]!) occupyLease(market, piece, from, data[piece + Trade.TO]!, -1);
    market.freed.pool(market.pools[data[piece + Trade.POOL]!]!);
    bids.data[bid + Bid.FILLED] = bids.data[bid + Bid.FILLED]! - data[piece + Trade.COUNTED]!;
    market.pieces.delete(data[piece + Trade.NUMBER]!);
    // It is dropped when the command is done.
    data[piece + Trade.SETTLED] = 1;
    data[piece + Trade.ENDED] = 1;
    market.over.push(piece);
  }
  market.events.reservationEnded(reservation, reason, due);
  reserve(market, bid, bids.data[bid + Bid.RESERVED]!);
  return bid;
}

/** The partner has so many units of it no more: its offer sells that much less. */
export function takeOff(market: Market, piece: number, gone: number): void {
  const { trades, offers } = market.tables;
  const offer = offerOfTrade(market, piece);
  if (offer < 0 || market.pools[trades.data[piece + Trade.POOL]!]!.platform === 0) return;
  const units = offers.data[offer + Offer.UNITS]! - gone;
  if (units <= 0) return cancelOffer(market, offer, 5);
  market.sold.forget(offer);
  offers.data[offer + Offer.UNITS] = units;
  amendedOffer(market, offer, true, 0);
}
