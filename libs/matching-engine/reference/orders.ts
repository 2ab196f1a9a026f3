import { isWithin, maxOrderId, TimeInForce } from '#domain';
import type { Time } from '#domain';
import type { AmendBid, AmendOffer, BidTerms, CancelAll, CancelOrder, SubmitBid, SubmitOffer } from '../src/command.js';
import { isGuard } from '../src/rejection.js';
import type { Rejection } from '../src/rejection.js';
import type { OrderCancelled } from '../src/event.js';
import { bidGuard, countOrder, offerGuard, worthOfTerms } from './guards.js';
import { closeBid, closeOffer, reserve, setOfferExpiry } from './keeping.js';
import { byTime } from './market.js';
import type { Bid, Offer, Pin } from './market.js';
import { platformOf, waits } from './waiting.js';
import { isSame } from './same.js';
import type { Run } from './run.js';
import { bidFault, offerFault, resaleFault, raiseEarliest, resolveLatest } from './terms.js';
import { letRest, trade } from './trading.js';
import { restOf } from './wish.js';
import { Timeline } from './timeline.js';

type Submission = Pick<SubmitBid, 'orderId' | 'participantId' | 'sessionId' | 'sequence' | 'subsidy'>;

// ---- new orders

export function submitBid(run: Run, command: SubmitBid): void {
  const { market } = run;
  if (isRepeated(run, command, true)) return;
  countOrder(market, command.participantId);
  const asked = resolveLatest(command.terms, market.time);
  const bid = newBid(command, raiseEarliest(asked, market.time, null));
  const fault =
    sessionFault(command.sessionId) ?? bidFault(market, asked, null) ?? subsidyFault(command) ?? reservationFault(command, market.time);
  const rejection = fault ?? bidGuard(market, bid, null);
  if (answer(run, command, true, rejection)) arrive(run, bid, null, command.reserveUntil);
}

/** An accepted bid, matched. */
export function arrive(run: Run, bid: Bid, pin: Pin | null = null, until: Time = 0): void {
  run.market.bids.set(bid.orderId, bid);
  reserve(run.market, bid);
  matchArrived(run, bid, pin, until);
}

export const sessionFault = (sessionId: number): Rejection | null =>
  isWithin(sessionId, 0, Number.MAX_SAFE_INTEGER) ? null : 'session_must_be_within_range';

const subsidyFault = ({ terms, subsidy }: SubmitBid): Rejection | null =>
  !subsidy || (isWithin(subsidy.amount, 1, worthOfTerms(terms)) && isWithin(subsidy.rateBp, 1, 10_000))
    ? null
    : 'subsidy_must_be_within_the_bids_value';

/** what is reserved for a partner's buyer is all or nothing at once, in one fill. */
function reservationFault({ terms, reserveUntil }: SubmitBid, time: Time): Rejection | null {
  if (reserveUntil === undefined) return null;
  if (terms.timeInForce !== TimeInForce.FOK) return 'reservation_must_be_fill_or_kill';
  if (terms.standby !== null) return 'reservation_must_have_no_standby';
  return Number.isSafeInteger(reserveUntil) && reserveUntil > time ? null : 'reservation_must_lapse_ahead';
}

export const newBid = ({ orderId, participantId, sessionId, sequence, subsidy }: Submission, terms: BidTerms): Bid => ({
  orderId,
  participantId,
  sessionId,
  terms,
  priority: sequence,
  open: true,
  collected: false,
  filled: 0,
  gbUnits: terms.units,
  isRest: false,
  tie: { pool: 0, site: 0, region: 0 },
  parent: null,
  reserved: 0,
  subsidy: subsidy?.amount ?? 0,
  subsidyRateBp: subsidy?.rateBp ?? 0,
  due: Infinity,
  choices: [],
  trades: new Set(),
});

export function submitOffer(run: Run, command: SubmitOffer): void {
  const { market } = run;
  const { participantId, sessionId, terms, tier } = command;
  if (isRepeated(run, command, false)) return;
  const pool = market.pools.get(command.poolId);
  // a partner's supply keeps the rate that was agreed for its messages.
  const isRated = !pool || platformOf(pool) === 0;
  if (isRated) countOrder(market, participantId);
  const book = pool && market.bookOf(pool.fact, tier);
  const fault = sessionFault(sessionId) ?? offerFault(market, terms, participantId, pool?.fact, book !== undefined);
  const offer = pool && book && newOffer(command, { pool, book, tier, lease: null });
  if (answer(run, command, false, fault ?? offerGuard(market, offer!, terms, isRated))) offerArrives(run, offer!);
}

export const newOffer = (
  { orderId, participantId, sessionId, sequence, terms }: Submission & Pick<SubmitOffer, 'terms'>,
  of: Pick<Offer, 'pool' | 'book' | 'tier' | 'lease'>,
): Offer => ({ orderId, participantId, sessionId, ...of, terms, priority: sequence, collected: false, sold: new Timeline() });

/** An accepted offer rests. */
export function offerArrives(run: Run, offer: Offer): void {
  run.market.addOffer(offer);
  restOffer(run, offer);
}

/** R-10a: a known id is answered with its first answer, without its trades. True where the command is answered. */
export function isRepeated(run: Run, { orderId, participantId }: Submission, asksBid: boolean): boolean {
  if (!isWithin(orderId, 1, maxOrderId)) {
    run.emit({ kind: 'OrderRefused', orderId, participantId, isBid: asksBid, rejection: 'order_id_must_be_of_52_bits', repeated: false });
    return true;
  }
  const memory = run.market.remembered.get(orderId);
  if (!memory) return false;
  const { isBid } = memory;
  if (memory.participantId !== participantId) {
    run.emit({ kind: 'OrderRefused', orderId, participantId, isBid, rejection: 'order_id_must_be_its_participants_own', repeated: false });
  } else if (memory.rejection) {
    run.emit({ kind: 'OrderRefused', orderId, participantId, isBid, rejection: memory.rejection, repeated: true });
  } else {
    run.emit({ kind: 'OrderAccepted', orderId, participantId, isBid, repeated: true });
  }
  return true;
}

/** Says yes or no to a new order, and remembers it unless a guard refused it (R-10a). True for yes. */
export function answer(run: Run, { orderId, participantId }: Submission, isBid: boolean, rejection: Rejection | null): boolean {
  const { market } = run;
  if (!rejection) {
    run.emit({ kind: 'OrderAccepted', orderId, participantId, isBid, repeated: false });
    market.remembered.set(orderId, { orderId, participantId, isBid, rejection, closedAt: null });
    return true;
  }
  run.emit({ kind: 'OrderRefused', orderId, participantId, isBid, rejection, repeated: false });
  if (!isGuard(rejection)) {
    market.remembered.set(orderId, { orderId, participantId, isBid, rejection, closedAt: market.time });
    market.closed.push({ orderId, closedAt: market.time });
  }
  return false;
}

/** matches the bid; what is left rests unless IOC or FOK. A bid that lacks nothing waits for a partner. */
function matchArrived(run: Run, bid: Bid, pin: Pin | null = null, until: Time = 0): void {
  trade(run, bid, pin, until);
  if (!bid.open) return;
  const { timeInForce } = bid.terms;
  const endsAtOnce = timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK;
  if (endsAtOnce && restOf(bid) > 0) return cancelBid(run, bid, 'ended');
  letRest(run, bid);
}

/** an offer rests, and the pass to come matches the bids that it may fill. A halted book collects it. */
export function restOffer(run: Run, offer: Offer): void {
  setOfferExpiry(run.market, offer);
  offer.collected = run.market.isHalted(offer.book.bookId);
  if (!offer.collected) run.freed.offers.add(offer);
  run.emit({ kind: 'OrderRested', orderId: offer.orderId, participantId: offer.participantId, isBid: false, rest: offer.terms.units });
}

// ---- amends

export function amendBid(run: Run, { orderId, participantId, changes, sequence }: AmendBid): void {
  const { market } = run;
  countOrder(market, participantId);
  const bid = market.bids.get(orderId);
  if (!bid?.open || bid.participantId !== participantId) return refuseChange(run, orderId, participantId, 'order_must_be_open');
  if (waits(bid)) return refuseChange(run, orderId, participantId, 'bid_must_not_wait_for_a_partner');
  const asked = resolveLatest(changed(bid.terms, changes), market.time);
  const terms = raiseEarliest(asked, market.time, bid.terms);
  const rejection = bidFault(market, asked, bid) ?? bidGuard(market, { ...bid, terms }, bid);
  if (rejection) return refuseChange(run, orderId, participantId, rejection);
  const keepsTime = terms.units <= bid.terms.units && isSame({ ...terms, units: 0 }, { ...bid.terms, units: 0 });
  bid.terms = terms;
  bid.gbUnits = terms.units;
  if (!keepsTime) bid.priority = sequence;
  market.resting.delete(bid);
  reserve(market, bid);
  run.emit({ kind: 'OrderAmended', orderId, participantId, isBid: true, keepsTime });
  matchArrived(run, bid);
}

export function amendOffer(run: Run, { orderId, participantId, changes, sequence }: AmendOffer): void {
  const { market } = run;
  countOrder(market, participantId);
  const offer = market.offers.get(orderId);
  if (!offer || offer.participantId !== participantId) return refuseChange(run, orderId, participantId, 'order_must_be_open');
  const terms = changed(offer.terms, changes);
  const { lease, pool } = offer;
  const fault = lease ? resaleFault(market, lease, terms) : offerFault(market, terms, participantId, pool.fact, true);
  const rejection = fault ?? offerGuard(market, offer, terms);
  if (rejection) return refuseChange(run, orderId, participantId, rejection);
  const keepsTime = terms.units <= offer.terms.units && isSame({ ...terms, units: 0 }, { ...offer.terms, units: 0 });
  offer.terms = terms;
  if (!keepsTime) offer.priority = sequence;
  run.emit({ kind: 'OrderAmended', orderId, participantId, isBid: false, keepsTime });
  restOffer(run, offer);
}

/** What is present and defined is changed. */
const changed = <T extends object>(terms: T, changes: Partial<T>): T => ({
  ...terms,
  ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
});

const refuseChange = (run: Run, orderId: number, participantId: number, rejection: Rejection): void =>
  run.emit({ kind: 'ChangeRefused', orderId, participantId, rejection });

// ---- cancels: what rests goes, trades stand

export function cancelOrder(run: Run, { orderId, participantId }: CancelOrder): void {
  const { market } = run;
  const offer = market.offers.get(orderId);
  const bid = market.bids.get(orderId);
  if (offer?.participantId === participantId) cancelOffer(run, offer, 'asked');
  else if (bid?.open && bid.participantId === participantId) cancelBid(run, bid, 'asked');
  else refuseChange(run, orderId, participantId, 'order_must_be_open');
}

export function cancelAll(run: Run, { kind, participantId }: CancelAll): void {
  run.emit({ kind: 'Applied', command: kind });
  cancelWhere(run, (order) => order.participantId === participantId, 'asked');
}

/** Every such resting order, bids and offers together, by time. */
export function cancelWhere(run: Run, goes: (order: Bid | Offer) => boolean, reason: OrderCancelled['reason']): void {
  const { market } = run;
  for (const order of [...market.resting, ...market.offers.values()].filter(goes).sort(byTime)) {
    if ('pool' in order) cancelOffer(run, order, reason);
    else cancelBid(run, order, reason);
  }
}

export function cancelBid(run: Run, bid: Bid, reason: OrderCancelled['reason']): void {
  closeBid(run.market, bid, run.market.time);
  run.emit({ kind: 'OrderCancelled', orderId: bid.orderId, participantId: bid.participantId, isBid: true, reason });
}

export function cancelOffer(run: Run, offer: Offer, reason: OrderCancelled['reason']): void {
  closeOffer(run.market, offer, run.market.time);
  run.emit({ kind: 'OrderCancelled', orderId: offer.orderId, participantId: offer.participantId, isBid: false, reason });
}
