import { everyHour, everyWeekday, Placement, Preference, Tier, TimeInForce } from '#domain';
import type { EndLease, ExtendLease, ResellLease } from '../src/command.js';
import { noConstraints } from '../src/command.js';
import type { BidTerms } from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import { occupyLease, unitsOn } from './capacity.js';
import { bidGuard, countOrder, offerGuard } from './guards.js';
import { detach, endAt, releaseUndelivered, unbind } from './leases.js';
import { byTime } from './market.js';
import type { Market, Offer, Trade } from './market.js';
import { platformOf } from './waiting.js';
import { answer, arrive, cancelOffer, isRepeated, newBid, newOffer, offerArrives, sessionFault } from './orders.js';
import type { Run } from './run.js';
import { bidFault, resaleFault } from './terms.js';
import { vacate } from './vacated.js';

// what a buyer does with a lease of its own.

/** The rest of a FIRM lease, or of a part of it, as an offer in the lease's book. */
export function resellLease(run: Run, command: ResellLease): void {
  const { market } = run;
  const { participantId, sessionId, tradeNumber, terms } = command;
  if (isRepeated(run, command, false)) return;
  countOrder(market, participantId);
  const lease = market.trades.get(tradeNumber);
  const fault = ownershipFault(market, lease, participantId) ?? sessionFault(sessionId) ?? resaleFault(market, lease!, terms);
  const offer = lease && newOffer(command, { pool: lease.pool, book: market.books.get(lease.bookId)!, tier: Tier.FIRM, lease });
  if (answer(run, command, false, fault ?? offerGuard(market, offer!, terms))) offerArrives(run, offer!);
}

/** So many slots more on the same nodes, from one offer, or nothing. */
export function extendLease(run: Run, command: ExtendLease): void {
  const { market } = run;
  const { participantId, sessionId, tradeNumber } = command;
  if (isRepeated(run, command, true)) return;
  countOrder(market, participantId);
  const lease = market.trades.get(tradeNumber);
  const ownership = ownershipFault(market, lease, participantId) ?? sessionFault(sessionId);
  const bid = lease && newBid(command, extensionTerms(lease, command));
  const fault = ownership ?? bidFault(market, bid!.terms, null);
  if (answer(run, command, true, fault ?? bidGuard(market, bid!, null))) arrive(run, bid!, { lease: lease!, nodes: lease!.nodes });
}

const extensionTerms = ({ bid, bookId, nodes, to }: Trade, { durationSlots, limitPrice }: ExtendLease): BidTerms => ({
  books: [bookId],
  floor: null,
  units: unitsOn(nodes),
  precision: null,
  perNode: bid.terms.perNode,
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
  noticeSlots: bid.terms.noticeSlots,
});

/** The lease ends with the first sellable slot. FIRM pays its window, and gets first what its provider sells of it again; RECLAIMABLE pays what was delivered. */
export function endLease(run: Run, { kind, participantId, tradeNumber }: EndLease): void {
  const { market } = run;
  const lease = market.trades.get(tradeNumber);
  const isOver = lease !== undefined && lease.to <= market.firstSellable;
  const fault = isOver ? 'lease_must_be_running_or_to_come' : ownershipFault(market, lease, participantId);
  if (fault || !lease) return run.emit({ kind: 'CommandRefused', command: kind, rejection: fault! });
  run.emit({ kind: 'Applied', command: kind });
  const from = Math.max(lease.from, market.firstSellable);
  const units = unitsOn(lease.nodes);
  const { to } = lease;
  const isFirm = market.books.get(lease.bookId)!.tier === Tier.FIRM;
  if (isFirm) vacate(market, lease, from);
  detach(market, lease);
  occupyLease(lease, lease.nodes, from, to, -1);
  run.freed.pools.add(lease.pool);
  const unheld = isFirm ? 0 : releaseUndelivered(run, lease, from);
  endAt(run, lease, from);
  run.emit({ kind: 'LeaseCutShort', tradeNumber, units, from, reason: 'ended_early', unheld });
  unbind(run, lease.bid);
}

function ownershipFault(market: Market, lease: Trade | undefined, participantId: number): Rejection | null {
  if (!lease || lease.reserved || lease.ended || lease.to < market.firstSellable) return 'lease_must_be_running_or_to_come';
  if (lease.bid.participantId !== participantId) return 'lease_must_be_its_buyers_own';
  return platformOf(lease.pool) === 0 ? null : 'lease_must_lie_on_this_platform';
}

/** What resells a lease that ended before its time is withdrawn, by time. */
export function withdrawResales(run: Run): void {
  const isOver = ({ lease }: Offer): boolean => lease !== null && run.endedLeases.has(lease);
  for (const offer of [...run.market.offers.values()].filter(isOver).sort(byTime)) cancelOffer(run, offer, 'lease_ended');
}
