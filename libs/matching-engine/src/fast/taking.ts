import type { Price } from '#domain';
import { highestPrice, transferOf, worthOf } from './amounts.js';
import type { Candidates } from './candidates.js';
import { liesWithin, referenceIn } from './index-price.js';
import type { Book, Market } from './market.js';
import { match } from './matching.js';
import { giveBack } from './pieces.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import { reclaim, undoReclaim } from './reclaim.js';
import type { Reclaim } from './reclaim.js';
import type { Wish } from './wish.js';

/** a fill that lay outside of its book's band and was not made. */
export interface Stop {
  readonly book: Book;
  readonly price: Price;
  readonly reference: Price;
}

/**
 * what the market gives the wish within the bands of its books; stops are pushed. A fill with a piece outside is not made, nor is what comes after it: the piece's
 * book halts, and what is lacking is matched in the books that are left. What starts together is one fill; of an ANYWHERE bid each piece is.
 */
export function take(market: Market, wish: Wish, candidates: Candidates, stops: Stop[]): Piece[] {
  let found = match(market, wish, candidates);
  let outside = firstOutside(market, wish, found);
  if (outside < 0) return found;
  const pieces: Piece[] = [];
  const { rest } = wish;
  for (; outside >= 0; outside = firstOutside(market, wish, found)) {
    const stop = haltFor(market, wish, found[outside]!);
    const made = wish.isTogether ? 0 : outside;
    giveBack(market, wish.duration, found.slice(made));
    for (const piece of found.slice(0, made)) {
      pieces.push(piece);
      wish.rest -= piece.counted;
    }
    stops.push(stop);
    found = match(market, wish, candidates);
  }
  wish.rest = rest;
  return [...pieces, ...found];
}

/** what the wish reclaims within the bands. A reclaim's fill starts together. */
export function reclaimWithinBands(market: Market, wish: Wish, candidates: Candidates, stops: Stop[]): Reclaim | null {
  for (;;) {
    const found = reclaim(market, wish, candidates);
    const outside = found ? firstOutside(market, wish, found.pieces) : -1;
    if (!found || outside < 0) return found;
    stops.push(haltFor(market, wish, found.pieces[outside]!));
    undoReclaim(market, found);
  }
}

export function firstOutside(market: Market, wish: Wish, pieces: readonly Piece[]): number {
  for (let i = 0; i < pieces.length; i++) if (stopOf(market, wish, pieces[i]!)) return i;
  return -1;
}

/** The book of a piece that lies outside of its band is halted. */
export function haltFor(market: Market, wish: Wish, piece: Piece): Stop {
  const stop = stopOf(market, wish, piece)!;
  stop.book.halted = true;
  return stop;
}

function stopOf(market: Market, wish: Wish, piece: Piece): Stop | null {
  const { offer, pool } = piece.candidate;
  const book = market.books[market.tables.offers.data[offer + Offer.BOOK]!]!;
  if (book.fact.bandBp === 0) return null;
  const reference = referenceIn(market, book, pool.site.region);
  const price = priceOf(wish, piece);
  return liesWithin(price, reference, book.fact.bandBp) ? null : { book, price, reference };
}

/** the price of the order with the earlier time; R-17: a reclaimed rest pays the ask. */
export const priceOf = (wish: Wish, { candidate, units, counted }: Piece): Price =>
  !wish.isRest && wasFirst(wish.priority, candidate.priority)
    ? highestPrice(
        worthOf(wish.precision, wish.limit, counted, wish.duration) - transferOf(wish.dataGb, candidate.link, counted, wish.gbTotal),
        units,
        wish.duration,
      )
    : candidate.ask;

/** True where the bid has the earlier time. */
export const wasFirst = (bidsPriority: number, offersPriority: number): boolean => bidsPriority < offersPriority;
