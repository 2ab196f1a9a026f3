import { startOfSlot } from '#domain';
import type { Time } from '#domain';
import { DueClass } from './due.js';
import type { Due } from './due.js';
import { closeBid, closeOffer, endTrade, forget } from './keeping.js';
import type { Run } from './run.js';
import { expiryOfOffer } from './terms.js';
import { lapse } from './reservations.js';
import { forgetVacated } from './vacated.js';

/** time passes; what fell due happens first, in order. */
export function passTime(run: Run, time: Time): void {
  run.market.time = time;
  for (let due = run.market.due.pop(time); due; due = run.market.due.pop(time)) {
    if (due.class === DueClass.LEASE) endLease(run, due);
    else if (due.class === DueClass.RESERVATION) lapse(run, due.id, due.at);
    else if (due.class === DueClass.OFFER) expireOffer(run, due);
    else expireBid(run, due);
  }
  forget(run.market);
  forgetVacated(run.market);
}

function endLease(run: Run, { at, id }: Due): void {
  const trade = run.market.trades.get(id);
  if (!trade || trade.ended || startOfSlot(trade.to) !== at) return;
  trade.ended = true;
  run.emit({ kind: 'LeaseEnded', tradeNumber: id, due: at });
  endTrade(run.market, trade);
}

function expireOffer(run: Run, { at, id, sequence }: Due): void {
  const offer = run.market.offers.get(id);
  if (!offer || offer.priority !== sequence || expiryOfOffer(offer.terms) !== at) return;
  closeOffer(run.market, offer, at);
  run.emit({ kind: 'OrderExpired', orderId: id, participantId: offer.participantId, isBid: false, due: at });
}

function expireBid(run: Run, { at, id, sequence }: Due): void {
  const bid = run.market.bids.get(id);
  if (!bid?.open || bid.priority !== sequence || bid.due !== at) return;
  closeBid(run.market, bid, at);
  run.emit({ kind: 'OrderExpired', orderId: id, participantId: bid.participantId, isBid: true, due: at });
}
