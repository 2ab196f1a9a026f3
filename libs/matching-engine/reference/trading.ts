import { amountOf } from '#domain';
import type { Time } from '#domain';
import type { PieceReserved } from '../src/event.js';
import type { TradeChoice } from '../src/explanation.js';
import type { ReservedState } from '../src/snapshot.js';
import { subsidyShare } from '../src/subsidy.js';
import { countTrade } from './index-price.js';
import { addTrade, closeBid, reserve, setExpiry } from './keeping.js';
import { byTime } from './market.js';
import { cutReclaimed } from './leases.js';
import type { ReclaimedLease } from './leases.js';
import type { Bid, LostPart, Market, Offer, Pin, Purse, Trade } from './market.js';
import type { PlacedPiece } from './matching.js';
import { candidatesOf, collects, deliveredPrice, isInBooks, startsTogether, transferOf } from './reach.js';
import type { Wish } from './reach.js';
import type { Reclaim } from './reclaim.js';
import { platformOf, waits } from './waiting.js';
import { restOfLease } from './rests.js';
import { Freed } from './run.js';
import type { Run } from './run.js';
import { shareProceeds } from './vacated.js';
import { highestPrice, piecesOf, priceOf, take, wasFirst } from './taking.js';
import type { Stop, Taking } from './taking.js';
import { expiryOfBid, restOf, wishOf } from './wish.js';

/**
 * matches the bid as it stands, reclaims what it still lacks and makes the trades. A bid that is filled is closed, and the rests of what it reclaimed are
 * matched at once; what becomes of its own rest is the caller's. until: what it gets is reserved till then; 0: it is traded.
 */
export function trade(run: Run, bid: Bid, pin: Pin | null = null, until: Time = 0): void {
  const { market } = run;
  const taking = take(market, pinned(wishOf(bid, market.time, until), pin));
  const fills = taking.standby ? [taking, taking.standby] : [taking];
  const cut = fills.flatMap(({ reclaimed }) => (reclaimed ? cutAll(run, reclaimed) : [])).sort(byTradeNumber);
  for (const { event } of cut) run.emit(event);
  for (const fill of fills) makeTrades(run, fill, fill === taking.standby);
  reserve(market, bid, bid.reserved);
  if (taking.stops.length > 0) halt(run, bid, taking.stops);
  if (restOf(bid) === 0 && !waits(bid)) {
    run.emit({ kind: 'OrderFilled', orderId: bid.orderId, participantId: bid.participantId });
    closeBid(market, bid, market.time);
  }
  continueBids(run, cut);
}

/** an extension stays on its lease's nodes. */
const pinned = (wish: Wish, pin: Pin | null): Wish => (pin ? { ...wish, pool: pin.lease.pool.fact.poolId, pin } : wish);

/** the leases that a reclaim takes end at its start. */
export const cutAll = (run: Run, { wish, start, leases }: Reclaim): ReclaimedLease[] =>
  leases.map((lease) => cutReclaimed(run, lease, start, start + wish.duration, wish.bid.orderId));

/** in trade order. */
export const byTradeNumber = (a: ReclaimedLease, b: ReclaimedLease): number => a.trade.tradeNumber - b.trade.tradeNumber;

/** what was not delivered of reclaimed leases is matched at once as new bids, in trade order. */
export function continueBids(run: Run, leases: readonly ReclaimedLease[]): void {
  for (const lease of leases) {
    const rest = restOfLease(run, lease);
    if (!rest) continue;
    trade(run, rest);
    if (rest.open) letRest(run, rest);
  }
}

export function letRest(run: Run, bid: Bid): void {
  const { market } = run;
  market.resting.add(bid);
  bid.collected = collects(market, bid);
  setExpiry(market, bid);
  tellRested(run, bid);
}

export const tellRested = (run: Run, bid: Bid): void =>
  run.emit({ kind: 'OrderRested', orderId: bid.orderId, participantId: bid.participantId, isBid: true, rest: restOf(bid) });

/** the books halted, and collect what the bid lacks. */
function halt(run: Run, bid: Bid, stops: readonly Stop[]): void {
  bid.collected = true;
  for (const { book, price, reference } of stops)
    run.emit({ kind: 'BookHalted', bookId: book.bookId, reason: 'band', price, referencePrice: reference });
}

/** after what was freed, every resting bid is matched against all candidates: highest limit first (as numbers), then time. */
export function pass(run: Run): void {
  while (!run.freed.isEmpty) {
    const { freed } = run;
    run.freed = new Freed();
    const offers = offersFreed(run.market, freed);
    const bids = [...run.market.resting].filter((bid) => !run.waiting.has(bid) && mayGain(run.market, bid, freed, offers));
    for (const bid of bids.sort((a, b) => b.terms.limitPrice - a.terms.limitPrice || byTime(a, b))) {
      trade(run, bid);
      if (bid.open && expiryOfBid(bid) !== bid.due) setExpiry(run.market, bid);
    }
  }
}

/** The offers of which something was freed. */
const offersFreed = (market: Market, freed: Freed): Offer[] =>
  [...market.offers.values()].filter((offer) => freed.offers.has(offer) || freed.pools.has(offer.pool));

/**
 * A bid in units gets nothing from a market that gave it nothing before, unless something within its reach was freed since: groups are all of one size, so what it
 * can get never grows by others' taking. Skipping it changes nothing. A PFLOPS bid may get more where less is free (R-2 rounds pool by pool), so it is never skipped.
 */
function mayGain(market: Market, bid: Bid, freed: Freed, offers: readonly Offer[]): boolean {
  if (freed.everything || freed.bids.has(bid) || bid.terms.precision !== null) return true;
  const near = offers.filter((offer) => offer.terms.ask <= bid.terms.limitPrice && isInBooks(bid.terms, offer));
  return near.length > 0 && candidatesOf(market, wishOf(bid, market.time), near).length > 0;
}

/** pieces on another platform, and those for a partner's buyer, are reserved: what starts together as one reservation, others each as its own. */
function makeTrades(run: Run, fill: Taking, standby: boolean): void {
  const { market } = run;
  const pieces = piecesOf(fill);
  const waiting = pieces.filter(({ candidate }) => fill.wish.until > 0 || platformOf(candidate.pool) !== 0);
  const together = startsTogether(fill.wish.bid.terms);
  let first = 0;
  for (const piece of pieces) {
    if (!waiting.includes(piece)) makeTrade(run, fill.wish, piece, standby);
    else {
      if (first === 0 || !together) first = market.lastTrade + 1;
      reservePiece(run, fill.wish, piece, { reservation: first, pieces: together ? waiting.length : 1 });
    }
  }
}

/** as a trade, but that its bid goes on holding its money, and that it is told when it is decided. */
function reservePiece(run: Run, wish: Wish, piece: PlacedPiece, group: Pick<PieceReserved, 'reservation' | 'pieces'>): void {
  const { market } = run;
  const { bid, until } = wish;
  const { offer, pool, link } = piece.candidate;
  const transferAmount = transferOf(bid, link, piece.counted);
  const price = priceOf(wish, piece);
  const bidWasFirst = wasFirst(bid, offer);
  const linkOwnerId = link && transferAmount > 0 ? link.ownerId : 0;
  const tradeNumber = ++market.lastTrade;
  const reserved = { reservation: group.reservation, until, linkOwnerId, bidWasFirst };
  const made = newTrade(tradeNumber, wish, piece, { price, transferAmount, standby: false, replaces: null }, reserved);
  bid.choices.push(choiceOf(tradeNumber, wish, piece));
  addTrade(market, made);
  bid.filled += piece.counted;
  run.emit({
    kind: 'PieceReserved',
    tradeNumber,
    ...group,
    platform: platformOf(pool),
    until,
    bidId: bid.orderId,
    offerId: offer.orderId,
    buyerId: bid.participantId,
    providerId: offer.participantId,
    bookId: made.bookId,
    poolId: pool.fact.poolId,
    siteId: pool.site.siteId,
    region: pool.site.region,
    nodes: piece.nodes,
    units: piece.units,
    counted: piece.counted,
    from: made.from,
    to: made.to,
    price,
    computeAmount: amountOf(price, piece.units, wish.duration),
    transferAmount,
    linkOwnerId,
    bidWasFirst,
  });
}

/** the trade's price is that of the order with the earlier time. */
function makeTrade(run: Run, wish: Wish, piece: PlacedPiece, standby: boolean): void {
  const { offer, pool, link } = piece.candidate;
  const transferAmount = transferOf(wish.bid, link, piece.counted);
  const price = priceOf(wish, piece);
  record(run, wish, piece, { price, transferAmount, standby, purse: wish.bid, replaces: null, owedAmount: 0 });
  const amount = amountOf(price, piece.units, wish.duration);
  countTrade(run.market, offer.book.bookId, pool.site.region, piece.units * wish.duration, amount);
}

/** the buyer pays its old price and transfer, or less if the new ones are less; what they are more the provider of the lost lease owes. */
export function makeReplacement(run: Run, wish: Wish, piece: PlacedPiece, part: LostPart): void {
  const { candidate, units, counted } = piece;
  const { ask } = candidate.offer.terms;
  const shareOf = (amount: number): number => Number((BigInt(amount) * BigInt(counted)) / BigInt(part.counted));
  const price = Math.min(ask, highestPrice(shareOf(part.computeAmount), units, wish.duration));
  const transfer = transferOf(wish.bid, candidate.link, counted);
  const transferAmount = Math.min(transfer, shareOf(part.transferAmount));
  const owedAmount = amountOf(ask - price, units, wish.duration) + transfer - transferAmount;
  record(run, wish, piece, { price, transferAmount, standby: part.trade.standby, purse: part.purse, replaces: part.trade, owedAmount });
}

interface Bargain {
  readonly price: number;
  readonly transferAmount: number;
  readonly standby: boolean;
  readonly purse: Purse;
  readonly replaces: Trade | null;
  readonly owedAmount: number;
}

/** the next trade, and what the buyer holds for it. A replacement keeps its trade's place, and its units are filled already. */
function record(run: Run, wish: Wish, piece: PlacedPiece, bargain: Bargain): void {
  const { market } = run;
  const { price, transferAmount, standby, purse, replaces, owedAmount } = bargain;
  const { bid } = wish;
  const { counted, nodes } = piece;
  const { offer, pool, link } = piece.candidate;
  const tradeNumber = ++market.lastTrade;
  const computeAmount = amountOf(price, piece.units, wish.duration);
  const held = computeAmount + transferAmount;
  const subsidy = subsidyShare(held, bid.subsidyRateBp, purse.subsidy, purse.reserved);
  const made: Trade = { ...newTrade(tradeNumber, wish, piece, bargain, null), held, subsidy };
  bid.choices.push(choiceOf(tradeNumber, wish, piece));
  addTrade(market, made);
  purse.subsidy -= subsidy;
  purse.reserved -= held - subsidy;
  // What the bid held has the trade now; what was lost of a lease was given back before.
  if (replaces) market.account(bid.participantId).reserved += held - subsidy;
  else if (!standby) bid.filled += counted;
  run.emit({
    kind: 'TradeMade',
    tradeNumber,
    bidId: bid.orderId,
    offerId: offer.orderId,
    buyerId: bid.participantId,
    providerId: offer.participantId,
    bookId: made.bookId,
    poolId: pool.fact.poolId,
    siteId: pool.site.siteId,
    region: pool.site.region,
    nodes,
    units: piece.units,
    counted,
    from: made.from,
    to: made.to,
    price,
    computeAmount,
    transferAmount,
    subsidy,
    linkOwnerId: link && transferAmount > 0 ? link.ownerId : 0,
    bidWasFirst: wasFirst(bid, offer),
    replaces: replaces?.tradeNumber ?? 0,
    owedAmount,
  });
  tellLeases(run, wish, offer, made);
}

/** A trade that holds nothing. */
function newTrade(
  tradeNumber: number,
  { bid, duration }: Wish,
  { candidate: { offer, pool }, nodes, counted, start }: PlacedPiece,
  { price, transferAmount, standby, replaces }: Pick<Bargain, 'price' | 'transferAmount' | 'standby' | 'replaces'>,
  reserved: ReservedState | null,
): Trade {
  return {
    tradeNumber,
    place: replaces?.place ?? tradeNumber,
    bid,
    offerId: offer.orderId,
    offer,
    bookId: offer.book.bookId,
    pool,
    standby,
    within: offer.lease,
    resold: new Map(),
    nodes: [...nodes],
    counted,
    from: start,
    to: start + duration,
    since: replaces?.since ?? start,
    price,
    transferAmount,
    held: 0,
    subsidy: 0,
    settled: false,
    ended: false,
    reserved,
  };
}

/** which lease the trade resells or extends, and whose the proceeds are. */
function tellLeases(run: Run, { pin }: Wish, { lease }: Offer, made: Trade): void {
  const byTradeNumber = made.tradeNumber;
  if (made.standby) run.emit({ kind: 'StandbyMade', tradeNumber: made.tradeNumber });
  if (pin) run.emit({ kind: 'LeaseExtended', tradeNumber: pin.lease.tradeNumber, byTradeNumber });
  if (lease) run.emit({ kind: 'LeaseResold', tradeNumber: lease.tradeNumber, byTradeNumber, deliveredById: made.pool.fact.providerId });
  else shareProceeds(run, made);
}

/** what was taken, and what stood next. */
function choiceOf(tradeNumber: number, wish: Wish, { candidate, start, runnerUp }: PlacedPiece): TradeChoice {
  return {
    tradeNumber,
    offerId: candidate.offer.orderId,
    start,
    deliveredPrice: deliveredPrice(wish.bid.terms, candidate),
    runnerUpOfferId: runnerUp?.candidate.offer.orderId ?? 0,
    runnerUpStart: runnerUp?.start ?? 0,
    runnerUpDeliveredPrice: runnerUp ? deliveredPrice(wish.bid.terms, runnerUp.candidate) : 0,
    decidedBy: runnerUp?.decidedBy ?? 'none',
  };
}
