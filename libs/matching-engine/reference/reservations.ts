import { slotAt, startOfSlot, TimeInForce } from '#domain';
import type { Time } from '#domain';
import type { DecideReservation, ReservationEnded } from '../src/reservation.js';
import { subsidyShare } from '../src/subsidy.js';
import { occupyLease, unitsOn } from './capacity.js';
import { DueClass } from './due.js';
import { countTrade } from './index-price.js';
import { closeBid, reserve } from './keeping.js';
import { unbind } from './leases.js';
import { loseWhatIsLost } from './losses.js';
import type { Market, Trade } from './market.js';
import { cancelBid, cancelOffer, restOffer } from './orders.js';
import type { Run } from './run.js';
import { tellRested } from './trading.js';
import { shareProceeds } from './vacated.js';
import { computeOf, platformOf, waits } from './waiting.js';
import { restOf } from './wish.js';

// pieces that wait for a word from over the border of the platform, and what becomes of them.

/** All that is decided together with that piece. */
function reservationOf(market: Market, { reserved }: Trade): Trade[] {
  const all = [...market.trades.values()].filter((each) => each.reserved?.reservation === reserved!.reservation);
  return all.sort((a, b) => a.tradeNumber - b.tradeNumber);
}

export function decideReservation(run: Run, { kind, tradeNumber, made, supplyStillThere }: DecideReservation): void {
  const { market } = run;
  const piece = market.trades.get(tradeNumber);
  if (!piece?.reserved) return run.emit({ kind: 'CommandRefused', command: kind, rejection: 'reservation_must_be_open' });
  run.emit({ kind: 'Applied', command: kind });
  const pieces = reservationOf(market, piece);
  if (made) return makeTrades(run, pieces);
  giveBack(run, pieces, 'returned', market.time);
  if (!supplyStillThere) for (const each of pieces) takeOff(run, each, unitsOn(each.nodes));
  const { bid } = piece;
  if (!bid.open) return;
  const { timeInForce } = bid.terms;
  if (timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK) return cancelBid(run, bid, 'ended');
  unbind(run, bid);
  tellRested(run, bid);
}

/** what a partner reserved here and did not decide in time is given back, and its bid, which is FOK, is over. */
export function lapse(run: Run, reservation: number, at: Time): void {
  const { market } = run;
  const first = market.trades.get(reservation);
  if (!first?.reserved) return;
  giveBack(run, reservationOf(market, first), 'lapsed', at);
  const { bid } = first;
  if (!bid.open) return;
  closeBid(market, bid, at);
  run.emit({ kind: 'OrderExpired', orderId: bid.orderId, participantId: bid.participantId, isBid: true, due: at });
}

/** The pieces are trades from now on, at what they were reserved for; nodes that are lost meanwhile they lose at once. */
function makeTrades(run: Run, pieces: readonly Trade[]): void {
  const { market } = run;
  const { bid } = pieces[0]!;
  for (const piece of pieces) makeTrade(run, piece);
  reserve(market, bid, bid.reserved);
  if (bid.open && restOf(bid) === 0 && !waits(bid)) {
    run.emit({ kind: 'OrderFilled', orderId: bid.orderId, participantId: bid.participantId });
    closeBid(market, bid, market.time);
  }
  loseWhatIsLost(run, pieces);
}

function makeTrade(run: Run, made: Trade): void {
  const { market } = run;
  const { bid, pool, price, transferAmount, tradeNumber, nodes } = made;
  const { linkOwnerId, bidWasFirst } = made.reserved!;
  const computeAmount = computeOf(made);
  made.held = computeAmount + transferAmount;
  made.subsidy = subsidyShare(made.held, bid.subsidyRateBp, bid.subsidy, bid.reserved);
  bid.subsidy -= made.subsidy;
  bid.reserved -= made.held - made.subsidy;
  made.reserved = null;
  market.due.push({ at: startOfSlot(made.to), class: DueClass.LEASE, sequence: tradeNumber, id: tradeNumber });
  const units = unitsOn(nodes);
  countTrade(market, made.bookId, pool.site.region, units * (made.to - made.from), computeAmount);
  run.emit({
    kind: 'TradeMade',
    tradeNumber,
    bidId: bid.orderId,
    offerId: made.offerId,
    buyerId: bid.participantId,
    providerId: pool.fact.providerId,
    bookId: made.bookId,
    poolId: pool.fact.poolId,
    siteId: pool.site.siteId,
    region: pool.site.region,
    nodes,
    units,
    counted: made.counted,
    from: made.from,
    to: made.to,
    price,
    computeAmount,
    transferAmount,
    subsidy: made.subsidy,
    linkOwnerId,
    bidWasFirst,
    replaces: 0,
    owedAmount: 0,
  });
  shareProceeds(run, made);
}

/** The units are free again, and the bid lacks them. What it held for them it goes on holding as long as it is open. */
function giveBack(run: Run, pieces: readonly Trade[], reason: ReservationEnded['reason'], due: Time): void {
  const { market } = run;
  const { bid, reserved } = pieces[0]!;
  for (const piece of pieces) {
    occupyLease(piece, piece.nodes, Math.max(piece.from, slotAt(market.time)), piece.to, -1);
    run.freed.pools.add(piece.pool);
    market.trades.delete(piece.tradeNumber);
    bid.trades.delete(piece);
    bid.filled -= piece.counted;
  }
  run.emit({ kind: 'ReservationEnded', reservation: reserved!.reservation, reason, due });
  reserve(market, bid, bid.reserved);
}

/** The partner has so many units of it no more: its offer sells that much less. */
export function takeOff(run: Run, { offer, pool }: Trade, gone: number): void {
  if (!offer || platformOf(pool) === 0 || run.market.offers.get(offer.orderId) !== offer) return;
  const { orderId, participantId, terms } = offer;
  const units = terms.units - gone;
  if (units <= 0) return cancelOffer(run, offer, 'supply_gone');
  offer.terms = { ...terms, units };
  run.emit({ kind: 'OrderAmended', orderId, participantId, isBid: false, keepsTime: true });
  restOffer(run, offer);
}
