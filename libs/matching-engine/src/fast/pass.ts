import { Placement } from '#domain';
import { firstFree } from './anywhere.js';
import type { Candidate } from './candidate.js';
import { leafFor } from './leaves.js';
import type { OrderedList } from './leaves.js';
import { setExpiry } from './keeping.js';
import { isListed, openOffers } from './listing.js';
import type { Book, Freed, Market } from './market.js';
import { mayMeet, plainBook, tradePlain } from './plain.js';
import { Bid, isOpen, isResting, Offer, Rare, rareOf } from './records.js';
import { mayReclaim } from './reclaim.js';
import type { Run } from './run.js';
import { trade } from './trading.js';
import type { Wish } from './wish.js';

/** after what was freed, every resting bid that may gain is matched against all candidates: highest limit first (as numbers), then time. */
export function pass(run: Run): void {
  const { market } = run;
  while (!market.freed.isEmpty) {
    const { freed } = market;
    market.freed = market.spare;
    market.spare = freed;
    if (isOneOffer(market, freed)) {
      passOne(run, freed.one);
      freed.clear();
      continue;
    }
    freed.all();
    const near = freed.everything ? [] : offersFreed(market, freed);
    const bids = inOrder(market, bidsNear(market, freed, near));
    const within = new Set(
      freed.everything || !looksFar(market)
        ? []
        : bids.filter((bid) => (market.mayCross || isStandby(market, bid)) && reaches(run, bid, near)),
    );
    // What a reclaim frees of the same pools meanwhile is for the next pass.
    freed.clearPools();
    for (const bid of bids) {
      if (!freed.everything && !within.has(bid) && !mayGain(run, bid, near, freed)) continue;
      trade(run, bid);
      if (isOpen(market.tables.bids.data, bid)) setExpiry(market, bid);
    }
    freed.clear();
  }
}

/** Some bid may gain by what was freed although that has nothing for it: one that asks a standby (R-7a), or one that a halt kept from what stands. */
const looksFar = ({ standbys, mayCross }: Market): boolean => standbys > 0 || mayCross;

/**
 * The usual pass: a new or amended offer, and no resting bid of its class that names a floor or asks for PFLOPS, nor any that looks far. Nor a rest, which may have its parent's limit and time:
 * their order is then that of their ids, which lists do not know.
 */
function isOneOffer(market: Market, { everything, one, pools, bids }: Freed): boolean {
  if (everything || one < 0 || pools.length > 0 || bids.length > 0 || market.pflops.size > 0 || looksFar(market)) return false;
  const book = market.books[market.tables.offers.data[one + Offer.BOOK]!]!;
  return book.bids.rests === 0 && market.floors[book.fact.computeClass]!.size === 0;
}

/**
 * The bids of the offer's book stand in the order of a pass already; once the offer is sold out none can gain. A bid that is filled leaves its list, which moves nothing; only
 * where others came (rests of what was reclaimed, which this pass does not take) the place is looked up again.
 */
function passOne(run: Run, offer: number): void {
  const { market } = run;
  const { leaves } = market;
  const offers = market.tables.offers.data;
  const book = market.books[offers[offer + Offer.BOOK]!]!;
  const list = book.bids;
  const ask = offers[offer + Offer.ASK]!;
  const from = offers[offer + Offer.FROM]!;
  const to = offers[offer + Offer.TO]!;
  const least = offers[offer + Offer.MIN_SLOTS]!;
  const mark = ++market.passes;
  if (hasColumns(book)) {
    const found: number[] = [];
    market.bidColumns.match(book.bidPages!, offer, (bid) => found.push(bid));
    for (const bid of found) {
      if (!isListed(offers, offer) || book.halted || market.stopped) return;
      tryBid(run, bid, offer, mark);
    }
    return;
  }
  let inVain = 0;
  for (let at = 0; at < list.count; at++) {
    const leaf = list.leaves[at]!;
    for (let mask = leaves.inOrder(leaf); mask !== 0; mask &= mask - 1) {
      const place = leaves.firstPlace(leaf, mask);
      if (-leaves.keys[place]! < ask || !isListed(offers, offer) || book.halted || market.stopped) return;
      // No lease of the offer's least length lies in the windows of both.
      if (Math.min(leaves.tos[place]!, to) - Math.max(leaves.froms[place]!, from) < least) continue;
      const { inserts } = list;
      const key = leaves.keys[place]!;
      const rank = leaves.ranks[place]!;
      if (!tryBid(run, leaves.records[place]!, offer, mark) && ++inVain === market.columnsAfter) addColumns(market, book);
      if (list.inserts === inserts) continue;
      at = leafFor(list, key, rank) - 1;
      break;
    }
    // Its last entry has gone, and the leaf with it.
    if (at >= 0 && list.leaves[at] !== leaf) at--;
  }
}

const hasColumns = ({ bidPages, shared }: Book): boolean => bidPages !== null && shared === 0;

/** From now on the book's bids have columns. */
function addColumns(market: Market, book: Book): void {
  if (book.bidPages) return;
  const { data } = market.tables.bids;
  book.bidPages = market.bidColumns.pages.list();
  for (const bid of market.leaves.recordsOf(book.bids)) {
    if (market.ties.all[data[bid + Bid.TIES]!]!.books.length === 1) market.bidColumns.insert(book.bidPages, bid);
  }
}

/** False where it was in vain to look. */
function tryBid(run: Run, bid: number, offer: number, mark: number): boolean {
  const { market, wish, candidates } = run;
  const { data } = market.tables.bids;
  if (data[bid + Bid.COLLECTED] === 2 || data[bid + Bid.PASS] === mark) return false;
  data[bid + Bid.PASS] = mark;
  const book = plainBook(market, bid);
  if (book) {
    if (!isWithin(market, bid, offer) || !mayMeet(market, bid, offer)) return false;
    tradePlain(run, bid, book);
  } else {
    if (!reachedBefore(run, bid, [offer])) return false;
    wish.ofBid(market, bid);
    candidates.renew();
    const candidate = candidates.test(wish, offer);
    if (!candidate || !mayGive(market, wish, candidate)) return false;
    trade(run, bid);
  }
  if (isOpen(market.tables.bids.data, bid)) setExpiry(market, bid);
  return true;
}

/** True where the offer's window holds the one of a plain bid. */
function isWithin({ tables }: Market, bid: number, offer: number): boolean {
  const { data: bids } = tables.bids;
  const { data: offers } = tables.offers;
  return offers[offer + Offer.FROM]! <= bids[bid + Bid.EARLIEST]! && bids[bid + Bid.LATEST]! <= offers[offer + Offer.TO]!;
}

/** False where the new candidate has nothing free for the bid, which then gets what it got before: nothing. What may be reclaimed is not looked at. */
function mayGive(market: Market, wish: Wish, candidate: Candidate): boolean {
  if (mayReclaim(market, wish) || wish.starts.areNone) return true;
  const start = firstFree(market, wish, candidate, wish.starts.first);
  // What is resold of the pool's leases stands beside what the pool has itself.
  if (start < 0 || wish.placement !== Placement.ONE_POOL || candidate.lease !== 0 || market.resales > 0) return start >= 0;
  const { starts, duration, perNode, need } = wish;
  return candidate.pool.capacity.firstStart(perNode, start, starts.last, duration, Math.ceil(need / candidate.group)) >= 0;
}

/** The open offers of which something was freed. */
function offersFreed(market: Market, freed: Freed): number[] {
  const offers = [...new Set(freed.offers)];
  if (freed.pools.length === 0) return offers;
  if (looksFar(market)) {
    const { data } = market.tables.offers;
    const isFreed = (offer: number): boolean => market.pools[data[offer + Offer.POOL]!]!.freed;
    return [...new Set([...offers, ...openOffers(market, market.books).filter(isFreed)])];
  }
  const seen = new Set(offers);
  for (const { index } of freed.pools) for (const offer of market.tables.offersOfPool.all(index)) if (!seen.has(offer)) offers.push(offer);
  return offers;
}

/** Resting bids that something near may fill, each once: those whose limit reaches a freed ask in one of their books, all by PFLOPS, and those that are bound no more. */
function bidsNear(market: Market, freed: Freed, near: readonly number[]): number[] {
  const { tables, leaves } = market;
  const found: number[] = [];
  const mark = ++market.passes;
  const add = (bid: number): void => {
    const { data } = tables.bids;
    if (!isResting(data, bid) || data[bid + Bid.COLLECTED] === 2 || data[bid + Bid.PASS] === mark) return;
    data[bid + Bid.PASS] = mark;
    found.push(bid);
  };
  const addList = (list: OrderedList, ask: number): void => {
    for (let i = 0; i < list.count; i++) {
      const leaf = list.leaves[i]!;
      for (let mask = leaves.inOrder(leaf); mask !== 0; mask &= mask - 1) {
        const place = leaves.firstPlace(leaf, mask);
        if (-leaves.keys[place]! < ask) return;
        add(leaves.records[place]!);
      }
    }
  };
  freed.bids.forEach(add);
  addList(market.pflops, 0);
  if (freed.everything) {
    for (const book of market.books) addList(book.bids, 0);
    for (const list of market.floors) addList(list, 0);
    return found;
  }
  const lowest = new Map<Book, number>();
  for (const offer of near) {
    const book = market.books[tables.offers.data[offer + Offer.BOOK]!]!;
    lowest.set(book, Math.min(lowest.get(book) ?? Infinity, tables.offers.data[offer + Offer.ASK]!));
  }
  for (const [book, ask] of lowest) {
    if (hasColumns(book)) {
      for (const offer of near)
        if (market.books[tables.offers.data[offer + Offer.BOOK]!] === book) market.bidColumns.match(book.bidPages!, offer, add);
    } else addList(book.bids, ask);
    addList(market.floors[book.fact.computeClass]!, ask);
  }
  return found;
}

const inOrder = (market: Market, bids: number[]): number[] => {
  const { data } = market.tables.bids;
  return bids.length < 2
    ? bids
    : bids.sort(
        (a, b) => data[b + Bid.LIMIT]! - data[a + Bid.LIMIT]! || data[a + Bid.PRIORITY]! - data[b + Bid.PRIORITY]! || data[a]! - data[b]!,
      );
};

/** R-7a */
const isStandby = ({ tables }: Market, bid: number): boolean => tables.rare.data[rareOf(tables, bid) + Rare.STANDBY] !== 0;

/**
 * True where something freed is within reach of a bid, sold out or not. One that asks a standby may, where others take what its first fill would be of, have that
 * elsewhere and find a second; one that a halt kept from what stands gains by that. So what is free of what was freed does not tell whether they gain.
 */
function reaches(run: Run, bid: number, near: readonly number[]): boolean {
  run.wish.ofBid(run.market, bid);
  return isInReach(run, near);
}

/**
 * False for a bid that a reclaim of this pass unbound and for which, where it was bound before, nothing was freed: it gains by what this pass freed, and that is
 * for the next.
 */
function reachedBefore(run: Run, bid: number, near: readonly number[]): boolean {
  const { market, wish } = run;
  const { bids, boundBy } = market.freed;
  const leases = bids.length > 0 ? boundBy.filter((lease, i) => lease >= 0 && bids[i] === bid) : [];
  if (leases.length === 0) return true;
  wish.ofBid(market, bid);
  wish.bindBefore(market, bid, leases);
  return isInReach(run, near);
}

function isInReach({ market, wish, candidates }: Run, near: readonly number[]): boolean {
  const offers = market.tables.offers.data;
  candidates.renew();
  const books = candidates.booksOf(wish);
  return near.some((offer) => {
    const book = market.books[offers[offer + Offer.BOOK]!]!;
    if (offers[offer + Offer.SERIAL] === 0 || book.halted || market.stopped || !books.includes(book)) return false;
    return candidates.test(wish, offer) !== null;
  });
}

/**
 * A bid in units gets nothing from a market that gave it nothing before, unless something within its reach was freed since: groups are all of one size, so what it can
 * get never grows by others' taking. A PFLOPS bid may get more where less is free (R-2 rounds pool by pool), so it is always tried.
 */
function mayGain(run: Run, bid: number, near: readonly number[], freed: Freed): boolean {
  const { market, wish, candidates } = run;
  const { tables } = market;
  if (tables.rare.data[rareOf(tables, bid) + Rare.PRECISION] !== 0 || freed.bids.includes(bid)) return true;
  if (!reachedBefore(run, bid, near)) return false;
  wish.ofBid(market, bid);
  candidates.renew();
  const offers = market.tables.offers.data;
  const { books, floor } = wish.ties;
  return near.some((offer) => {
    const { fact, halted } = market.books[offers[offer + Offer.BOOK]!]!;
    if (halted || market.stopped || !isListed(offers, offer) || offers[offer + Offer.ASK]! > wish.limit) return false;
    if (
      floor ? floor.computeClass !== fact.computeClass || (floor.tier !== null && floor.tier !== fact.tier) : !books.includes(fact.bookId)
    )
      return false;
    const candidate = candidates.test(wish, offer);
    return candidate !== null && mayGive(market, wish, candidate);
  });
}
