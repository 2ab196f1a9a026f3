import { amountOf } from '#domain';
import type { Time } from '#domain';
import { subsidyShare } from '../subsidy.js';
import { highestPrice, shareOf, transferOf } from './amounts.js';
import { deliveredPrice } from './candidate.js';
import type { Candidate } from './candidate.js';
import { closeBid, reserve } from './keeping.js';
import { cutReclaimed, tellReclaimed } from './leases.js';
import type { ReclaimedLease } from './leases.js';
import type { Market } from './market.js';
import type { Deal } from './recording.js';
import { countTrade } from './index-price.js';
import { plainBook, tradePlain } from './plain.js';
import { takeSubsidy } from './purse.js';
import { decisions, recordPiece, recordTrade } from './recording.js';
import { Bid, isOpen, Offer, Rare, rareOf } from './records.js';
import type { Tables } from './records.js';
import type { Run } from './run.js';
import type { Piece } from './pieces.js';
import { mayReclaim } from './reclaim.js';
import type { Reclaim } from './reclaim.js';
import { restOfLease } from './rests.js';
import { letRest } from './resting.js';
import { piecesOf, takeBoth } from './standby.js';
import { priceOf, reclaimWithinBands, take, wasFirst } from './taking.js';
import { restOf } from './wish.js';
import { shareProceeds } from './vacated.js';
import { waits } from './waiting.js';
import type { Wish } from './wish.js';

/**
 * matches the bid as it stands, reclaims what it still lacks and makes the trades. A bid that is filled is closed, and the rests of what it reclaimed are
 * matched at once; what becomes of its own rest is the caller's. pin: the lease that an extension stays on; -1: none.
 * until: what it gets is reserved till then; 0: it is traded.
 */
export function trade(run: Run, bid: number, pin = -1, until: Time = 0): void {
  const { market, wish, stops } = run;
  const book = pin < 0 ? plainBook(market, bid) : null;
  if (book) return tradePlain(run, bid, book);
  wish.ofBid(market, bid);
  if (pin >= 0) wish.pinTo(market, pin);
  if (until > 0) wish.reserveUntil(until);
  stops.length = 0;
  const rare = rareOf(market.tables, bid);
  if (rare !== 0 && market.tables.rare.data[rare + Rare.STANDBY] !== 0) return tradeBoth(run, bid);
  const pieces = take(market, wish, run.candidates, stops);
  const reclaimed = lacks(wish, pieces) ? reclaimLeft(run, pieces) : null;
  const cut = reclaimed ? inTradeOrder(market, cutAll(market, bid, reclaimed)) : noLeases;
  for (const lease of cut) tellReclaimed(market, lease);
  makeTrades(run, wish, pieces);
  if (reclaimed) for (const piece of reclaimed.pieces) makeTrade(run, wish, piece);
  finish(run, bid, cut);
}

/** R-7a: the same with both fills, or none. */
function tradeBoth(run: Run, bid: number): void {
  const { market, wish } = run;
  const fills = takeBoth(run, () => wish.ofBid(market, bid));
  const cut = fills.flatMap(({ reclaimed }) => (reclaimed ? cutAll(market, bid, reclaimed) : []));
  for (const lease of inTradeOrder(market, cut)) tellReclaimed(market, lease);
  for (const [i, fill] of fills.entries()) {
    wish.isSecond = i === 1;
    for (const piece of piecesOf(fill)) makeTrade(run, wish, piece);
  }
  finish(run, bid, cut);
}

/** What comes after the trades of one bid. */
function finish(run: Run, bid: number, cut: readonly ReclaimedLease[]): void {
  const { market, stops } = run;
  const { data } = market.tables.bids;
  reserve(market, bid, data[bid + Bid.RESERVED]!);
  if (stops.length > 0) halt(run, bid);
  if (restOf(market.tables, bid) === 0 && !waits(market, bid)) {
    market.events.orderFilled(data[bid + Bid.ID]!, market.participants.ids[data[bid + Bid.PARTICIPANT]!]!);
    closeBid(market, bid, market.time);
  }
  if (cut.length > 0) continueBids(run, cut);
}

const noLeases: readonly ReclaimedLease[] = [];

function lacks(wish: Wish, pieces: readonly Piece[]): boolean {
  let { rest } = wish;
  for (const { counted } of pieces) rest -= counted;
  return rest > 0;
}

function reclaimLeft({ market, wish, candidates, stops }: Run, pieces: readonly Piece[]): Reclaim | null {
  if (!mayReclaim(market, wish)) return null;
  wish.leave(pieces);
  return reclaimWithinBands(market, wish, candidates, stops);
}

/** the leases that a reclaim takes for the bid end at its start; oldest first. */
export function cutAll(market: Market, bid: number, { start, duration, leases }: Reclaim): ReclaimedLease[] {
  const orderId = market.tables.bids.data[bid]!;
  return leases.map((lease) => cutReclaimed(market, lease, start, start + duration, orderId));
}

export function inTradeOrder({ tables: { trades } }: Market, leases: ReclaimedLease[]): ReclaimedLease[] {
  return leases.sort((a, b) => trades.data[a.trade]! - trades.data[b.trade]!);
}

/** what was not delivered of reclaimed leases is matched at once as new bids, one after another. */
export function continueBids(run: Run, leases: readonly ReclaimedLease[]): void {
  const { market } = run;
  for (const lease of leases) {
    const rest = restOfLease(market, lease);
    if (rest < 0) continue;
    trade(run, rest);
    if (isOpen(market.tables.bids.data, rest)) letRest(market, rest);
  }
}

/** the books halted, and collect what the bid lacks. */
function halt({ market, stops }: Run, bid: number): void {
  market.tables.bids.data[bid + Bid.COLLECTED] = 1;
  for (const { book, price, reference } of stops) market.events.bookHalted(book.fact.bookId, 1, price, reference);
}

/** pieces on another platform, and those for a partner's buyer, are reserved: what starts together as one reservation, others each as its own. */
function makeTrades(run: Run, wish: Wish, pieces: readonly Piece[]): void {
  const { market } = run;
  if (!market.hasRemotes && wish.until === 0) {
    for (const piece of pieces) makeTrade(run, wish, piece);
    return;
  }
  const waiting = pieces.filter(({ candidate }) => wish.until > 0 || candidate.pool.platform > 0);
  let first = 0;
  for (const piece of pieces) {
    if (!waiting.includes(piece)) makeTrade(run, wish, piece);
    else {
      if (first === 0 || !wish.isTogether) first = market.lastTrade + 1;
      reservePiece(run, wish, piece, first, wish.isTogether ? waiting.length : 1);
    }
  }
}

/** as a trade, but that its bid goes on holding its money, and that it is told when it is decided. */
function reservePiece({ market, deal }: Run, wish: Wish, piece: Piece, reservation: number, pieces: number): void {
  const { link } = piece.candidate;
  const transfer = transferOf(wish.dataGb, link, piece.counted, wish.gbTotal);
  const { data } = market.tables.bids;
  data[wish.bid + Bid.FILLED] = data[wish.bid + Bid.FILLED]! + piece.counted;
  describe(deal, wish, piece, { price: priceOf(wish, piece), transfer, subsidy: 0, replaces: 0, place: 0, since: 0, owed: 0 });
  const { linkOwner, bidWasFirst } = deal;
  recordPiece(market, deal, { reservation, until: wish.until, linkOwnerId: linkOwner, bidWasFirst }, pieces);
}

/** the trade's price is that of the order with the earlier time. */
function makeTrade(run: Run, wish: Wish, piece: Piece): void {
  const { market } = run;
  const { offer, pool, link } = piece.candidate;
  const transfer = transferOf(wish.dataGb, link, piece.counted, wish.gbTotal);
  const price = priceOf(wish, piece);
  const { data } = market.tables.bids;
  const cost = amountOf(price, piece.units, wish.duration) + transfer;
  const money = data[wish.bid + Bid.RESERVED]!;
  const subsidy = takeSubsidy(market.tables, wish.bid, cost, money);
  // What the bid held has the trade now.
  data[wish.bid + Bid.RESERVED] = money - (cost - subsidy);
  if (!wish.isSecond) data[wish.bid + Bid.FILLED] = data[wish.bid + Bid.FILLED]! + piece.counted;
  record(run, wish, piece, { price, transfer, subsidy, replaces: 0, place: 0, since: 0, owed: 0 });
  const book = market.books[market.tables.offers.data[offer + Offer.BOOK]!]!;
  countTrade(market, book, pool.site.region, piece.units * wish.duration, amountOf(price, piece.units, wish.duration));
}

const rateOf = (tables: Tables, bid: number): number => tables.rare.data[rareOf(tables, bid) + Rare.SUBSIDY_RATE]!;

/** Of a lease that was lost: what the buyer held for what is now placed anew. */
export interface Replaced {
  readonly tradeNumber: number;
  readonly place: number;
  readonly since: number;
  readonly counted: number;
  readonly computeAmount: number;
  readonly transferAmount: number;
  /** What is left of that, the buyer's money and its programme's. */
  money: number;
  subsidy: number;
}

/** the buyer pays its old price and transfer, or less if the new ones are less; what they are more the provider of the lost lease owes. */
export function makeReplacement(run: Run, wish: Wish, piece: Piece, old: Replaced): void {
  const { ask, link } = piece.candidate;
  const { units, counted } = piece;
  const price = Math.min(ask, highestPrice(shareOf(old.computeAmount, counted, old.counted), units, wish.duration));
  const full = transferOf(wish.dataGb, link, counted, wish.gbTotal);
  const transfer = Math.min(full, shareOf(old.transferAmount, counted, old.counted));
  const owed = amountOf(ask - price, units, wish.duration) + full - transfer;
  const cost = amountOf(price, units, wish.duration) + transfer;
  const subsidy = subsidyShare(cost, rateOf(run.market.tables, wish.bid), old.subsidy, old.money);
  old.subsidy -= subsidy;
  old.money -= cost - subsidy;
  const { reserved } = run.market.participants;
  reserved[wish.participant] = reserved[wish.participant]! + cost - subsidy;
  record(run, wish, piece, { price, transfer, subsidy, replaces: old.tradeNumber, place: old.place, since: old.since, owed });
}

interface Bargain {
  readonly price: number;
  readonly transfer: number;
  readonly subsidy: number;
  /** 0: a plain trade. */
  readonly replaces: number;
  readonly place: number;
  readonly since: number;
  readonly owed: number;
}

function record({ market, deal }: Run, wish: Wish, piece: Piece, bargain: Bargain): void {
  const { candidate } = piece;
  describe(deal, wish, piece, bargain);
  const made = recordTrade(market, deal);
  if (wish.isSecond) market.events.standbyMade(market.lastTrade);
  if (candidate.lease !== 0 || wish.pin >= 0 || market.vacated.length > 0) tellLeases(market, wish, candidate, made);
}

function describe(deal: Deal, wish: Wish, piece: Piece, bargain: Bargain): void {
  const { candidate, next, start } = piece;
  const { lease, link, pool } = candidate;
  deal.bid = wish.bid;
  deal.offer = candidate.offer;
  deal.pool = pool;
  deal.units = piece.units;
  deal.counted = piece.counted;
  deal.from = start;
  deal.to = start + wish.duration;
  deal.nodes = piece.nodes;
  deal.nodesClass = piece.nodesClass;
  deal.nodeCount = piece.nodeCount;
  deal.bidWasFirst = wasFirst(wish.priority, candidate.priority);
  deal.delivered = deliveredPrice(wish, candidate);
  deal.next = next ? next.offer : -1;
  deal.nextStart = piece.nextStart;
  deal.nextDelivered = next ? deliveredPrice(wish, next) : 0;
  deal.decidedBy = decisions.indexOf(piece.decidedBy);
  deal.price = bargain.price;
  deal.transfer = bargain.transfer;
  deal.linkOwner = link && bargain.transfer > 0 ? link.ownerId : 0;
  deal.subsidy = bargain.subsidy;
  deal.replaces = bargain.replaces;
  deal.place = bargain.place;
  deal.since = bargain.since;
  deal.owed = bargain.owed;
  deal.within = lease;
  deal.isSecond = wish.isSecond;
}

/** which lease the trade resells or extends, and whose the proceeds are. */
function tellLeases(market: Market, { pin }: Wish, { lease, pool }: Candidate, made: number): void {
  const { data } = market.tables.trades;
  if (pin >= 0) market.events.leaseExtended(data[pin]!, data[made]!);
  if (lease !== 0) market.events.leaseResold(lease, data[made]!, pool.fact.providerId);
  else shareProceeds(market, made);
}
