import { maxPrice, tick } from '#domain';
import type { Price } from '#domain';
import { liesWithin, referenceIn } from './index-price.js';
import type { Bid, Book, Market, Offer } from './market.js';
import { giveBack, limitOf, match } from './matching.js';
import type { PlacedPiece } from './matching.js';
import { reclaim, undoReclaim } from './reclaim.js';
import type { Reclaim } from './reclaim.js';
import { startsTogether, transferOf } from './reach.js';
import type { Wish } from './reach.js';
import { leftOf, standbyOf } from './wish.js';

/** What a bid gets of the market, taken on its nodes and with its books halted until `undo`. */
export interface Taking {
  readonly wish: Wish;
  readonly pieces: readonly PlacedPiece[];
  /** what it reclaims then; null where that is nothing. */
  readonly reclaimed: Reclaim | null;
  /** R-7a: the second fill; null where the bid asks none, or got none. */
  readonly standby: Taking | null;
  /** the fills that lay outside of their bands and were not made. */
  readonly stops: readonly Stop[];
}

export interface Stop {
  readonly book: Book;
  readonly price: Price;
  readonly reference: Price;
}

/** What the market gives the wish. */
export const take = (market: Market, wish: Wish): Taking =>
  wish.bid.terms.standby === null ? takeOnce(market, wish) : takeBoth(market, wish);

/** R-7a: both fills or none. Only what both would have made can lie outside of a band and halt its book. */
function takeBoth(market: Market, wish: Wish): Taking {
  const stops: Stop[] = [];
  for (;;) {
    const first = fill(market, wish);
    const pieces = piecesOf(first);
    const standby = fill(market, standbyOf(wish, pieces));
    const both = piecesOf(standby).length > 0;
    const outside = [...pieces, ...piecesOf(standby)].find((piece) => stopOf(market, wish, piece) !== null);
    if (both && !outside) return { ...first, standby, stops };
    undoFill(standby);
    undoFill(first);
    if (!both || !outside) return { wish, pieces: [], reclaimed: null, standby: null, stops };
    halt(market, wish, outside, stops);
  }
}

/** Matched, and reclaimed what it still lacks, whatever the bands. */
function fill(market: Market, wish: Wish): Taking {
  const pieces = match(market, wish);
  return { wish, pieces, reclaimed: reclaim(market, leftOf(wish, pieces)), standby: null, stops: [] };
}

/** All that was taken for one fill. */
export const piecesOf = ({ pieces, reclaimed }: Taking): PlacedPiece[] => [...pieces, ...(reclaimed?.pieces ?? [])];

/** what the market gives the wish within the bands of its books, and what it then reclaims of what it still lacks. */
function takeOnce(market: Market, wish: Wish): Taking {
  const stops: Stop[] = [];
  const pieces = matchWithinBands(market, wish, stops);
  return { wish, pieces, reclaimed: reclaimWithinBands(market, leftOf(wish, pieces), stops), standby: null, stops };
}

export function undo(market: Market, taking: Taking): void {
  if (taking.standby) undoFill(taking.standby);
  undoFill(taking);
  for (const { book } of taking.stops) market.halted.delete(book.bookId);
}

function undoFill({ wish, pieces, reclaimed }: Taking): void {
  if (reclaimed) undoReclaim(reclaimed);
  giveBack(wish.duration, pieces);
}

/**
 * a fill with a piece outside its band is not made, nor is what comes after it: the piece's book halts, and what is lacking is matched in the books that are left.
 * What starts together is one fill; of an ANYWHERE bid each piece is.
 */
function matchWithinBands(market: Market, wish: Wish, stops: Stop[]): PlacedPiece[] {
  const pieces: PlacedPiece[] = [];
  for (let left = wish; ; left = { ...left, rest: wish.rest - countedOf(pieces) }) {
    const found = match(market, left);
    const outside = found.findIndex((piece) => stopOf(market, wish, piece) !== null);
    if (outside < 0) return [...pieces, ...found];
    halt(market, wish, found[outside]!, stops);
    const made = startsTogether(wish.bid.terms) ? 0 : outside;
    giveBack(wish.duration, found.slice(made));
    pieces.push(...found.slice(0, made));
  }
}

/** a reclaim's fill starts together. */
function reclaimWithinBands(market: Market, wish: Wish, stops: Stop[]): Reclaim | null {
  for (;;) {
    const found = reclaim(market, wish);
    const outside = found?.pieces.find((piece) => stopOf(market, wish, piece) !== null);
    if (!found || !outside) return found;
    halt(market, wish, outside, stops);
    undoReclaim(found);
  }
}

function halt(market: Market, wish: Wish, piece: PlacedPiece, stops: Stop[]): void {
  const stop = stopOf(market, wish, piece)!;
  stops.push(stop);
  market.halted.add(stop.book.bookId);
}

export const countedOf = (pieces: readonly PlacedPiece[]): number => pieces.reduce((sum, { counted }) => sum + counted, 0);

function stopOf(market: Market, wish: Wish, piece: PlacedPiece): Stop | null {
  const { book, pool } = piece.candidate.offer;
  const reference = referenceIn(market, book, pool.site.region);
  const price = priceOf(wish, piece);
  return liesWithin(price, reference, book.bandBp) ? null : { book, price, reference };
}

/** the price of the order with the earlier time; R-17: a reclaimed rest pays the ask. */
export const priceOf = (wish: Wish, { candidate, units, counted }: PlacedPiece): Price =>
  wasFirst(wish.bid, candidate.offer) && !wish.bid.isRest
    ? highestPrice(limitOf(wish, counted) - transferOf(wish.bid, candidate.link, counted), units, wish.duration)
    : candidate.offer.terms.ask;

export const wasFirst = (bid: Bid, offer: Offer): boolean => bid.priority < offer.priority;

/** the highest tick at which units over the slots cost no more than the room. */
export const highestPrice = (room: number, units: number, slots: number): Price =>
  Math.min(maxPrice, Number((BigInt(room) * 4n) / BigInt(units * slots * tick)) * tick);
