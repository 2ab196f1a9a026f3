import type { OrderedList } from './leaves.js';
import { setExpiry } from './keeping.js';
import type { Book, Freed, Market } from './market.js';
import { Bid, Offer } from './records.js';
import type { Run } from './run.js';
import { trade } from './trading.js';

/** after what was freed, every resting bid that may gain is matched against all candidates: highest limit first (as numbers), then time. */
export function pass(run: Run): void {
  const { market } = run;
  while (!market.freed.isEmpty) {
    const { freed } = market;
    market.freed = market.spare;
    market.spare = freed;
    if (isOneOffer(market, freed)) {
      passOne(run, freed.offers[0]!);
      freed.clear();
      continue;
    }
    const near = freed.everything ? [] : offersFreed(market, freed);
    for (const bid of inOrder(market, bidsNear(market, freed, near))) {
      const { data } = market.tables.bids;
      if (!freed.everything && !mayGain(run, bid, near, freed)) continue;
      trade(run, bid);
      if (data[bid + Bid.OPEN] === 1) setExpiry(market, bid);
    }
    freed.clear();
  }
}

/** The usual pass: a new or amended offer, and no resting bid of its class that names a floor or asks for PFLOPS. */
function isOneOffer(market: Market, { everything, offers, pools, bids }: Freed): boolean {
  if (everything || offers.length !== 1 || pools.length > 0 || bids.length > 0 || market.pflops.size > 0) return false;
  const { fact } = market.books[market.tables.offers.data[offers[0]! + Offer.BOOK]!]!;
  return market.floors[fact.computeClass]!.size === 0;
}

const near: number[] = [];

/** The bids of the offer's book stand in the order of a pass already; once the offer is sold out none can gain. */
function passOne(run: Run, offer: number): void {
  const { market } = run;
  const { data } = market.tables.bids;
  const offers = market.tables.offers.data;
  const { bids } = market.books[offers[offer + Offer.BOOK]!]!;
  near.length = 0;
  collect(market, bids, offers[offer + Offer.ASK]!);
  for (let i = 0; i < near.length && offers[offer + Offer.LISTED] === 1; i++) {
    const bid = near[i]!;
    if (data[bid + Bid.WAITING] === 1 || !mayGainOf(run, bid, offer)) continue;
    trade(run, bid);
    if (data[bid + Bid.OPEN] === 1) setExpiry(market, bid);
  }
}

function collect({ leaves }: Market, list: OrderedList, ask: number): void {
  for (let i = 0; i < list.count; i++) {
    const leaf = list.leaves[i]!;
    const first = leaves.firstOf(leaf);
    const end = first + leaves.counts[leaf]!;
    for (let place = first; place < end; place++) {
      if (-leaves.keys[place]! < ask) return;
      near.push(leaves.records[place]!);
    }
  }
}

function mayGainOf({ market, wish, candidates }: Run, bid: number, offer: number): boolean {
  if (market.stopped || market.books[market.tables.offers.data[offer + Offer.BOOK]!]!.halted) return false;
  wish.ofBid(market, bid);
  candidates.renew();
  return candidates.test(wish, offer) !== null;
}

/** The open offers of which something was freed. */
function offersFreed(market: Market, freed: Freed): number[] {
  const offers = [...new Set(freed.offers)];
  if (freed.pools.length === 0) return offers;
  const books = new Set(freed.pools.flatMap(({ fact }) => [1, 2].flatMap((tier) => market.bookOfProduct(fact, tier) ?? [])));
  for (const book of books) {
    forEach(market, book.offers, (offer) => {
      if (market.pools[market.tables.offers.data[offer + Offer.POOL]!]!.freed && !freed.offers.includes(offer)) offers.push(offer);
    });
  }
  return offers;
}

function forEach(market: Market, list: OrderedList, visit: (record: number) => void): void {
  const { leaves } = market;
  for (let i = 0; i < list.count; i++) {
    const leaf = list.leaves[i]!;
    const first = leaves.firstOf(leaf);
    for (let place = first; place < first + leaves.counts[leaf]!; place++) visit(leaves.records[place]!);
  }
}

/** Resting bids that something near may fill, each once: those whose limit reaches a freed ask in one of their books, all by PFLOPS, and those that are bound no more. */
function bidsNear(market: Market, freed: Freed, near: readonly number[]): number[] {
  const { tables, leaves } = market;
  const found: number[] = [];
  const mark = ++market.passes;
  const add = (bid: number): void => {
    const { data } = tables.bids;
    if (data[bid + Bid.RESTING] === 0 || data[bid + Bid.WAITING] === 1 || data[bid + Bid.PASS] === mark) return;
    data[bid + Bid.PASS] = mark;
    found.push(bid);
  };
  const addList = (list: OrderedList, ask: number): void => {
    for (let i = 0; i < list.count; i++) {
      const leaf = list.leaves[i]!;
      const first = leaves.firstOf(leaf);
      for (let place = first; place < first + leaves.counts[leaf]!; place++) {
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
    addList(book.bids, ask);
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

/**
 * A bid in units gets nothing from a market that gave it nothing before, unless something within its reach was freed since: groups are all of one size, so what it can
 * get never grows by others' taking. A PFLOPS bid may get more where less is free (R-2 rounds pool by pool), so it is always tried.
 */
function mayGain({ market, wish, candidates }: Run, bid: number, near: readonly number[], freed: Freed): boolean {
  const { data } = market.tables.bids;
  if (data[bid + Bid.PRECISION] !== 0 || freed.bids.includes(bid)) return true;
  wish.ofBid(market, bid);
  candidates.renew();
  const offers = market.tables.offers.data;
  const { books, floor } = wish.ties;
  return near.some((offer) => {
    const { fact, halted } = market.books[offers[offer + Offer.BOOK]!]!;
    if (halted || market.stopped || offers[offer + Offer.LISTED] === 0 || offers[offer + Offer.ASK]! > wish.limit) return false;
    if (
      floor ? floor.computeClass !== fact.computeClass || (floor.tier !== null && floor.tier !== fact.tier) : !books.includes(fact.bookId)
    )
      return false;
    return candidates.test(wish, offer) !== null;
  });
}
