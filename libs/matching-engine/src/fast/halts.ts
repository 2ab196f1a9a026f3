import type { Book, Market } from './market.js';
import { booksOfFloor } from './guards.js';
import { Bid } from './records.js';

// what waits for halted books.

/** True for a bid that waits for one of its books. */
export function collects(market: Market, bid: number): boolean {
  if (!market.stopped && !market.books.some((book) => book.halted)) return false;
  return booksOfBid(market, bid).some((book) => market.stopped || book.halted);
}

/** the books that a bid names, or that its floor opens. */
export function booksOfBid(market: Market, bid: number): Book[] {
  const { books, floor } = market.ties.all[market.tables.bids.data[bid + Bid.TIES]!]!;
  return floor ? booksOfFloor(market, floor) : books.map((bookId) => market.bookOf.get(bookId)!);
}
