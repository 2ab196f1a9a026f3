import type { Book, Market } from './market.js';
import { booksOfFloor } from './guards.js';
import { Bid } from './records.js';

// what waits for halted books.

function isAnyHalted({ books }: Market): boolean {
  for (const { halted } of books) if (halted) return true;
  return false;
}

/** True for a bid that waits for one of its books. */
export function collects(market: Market, bid: number): boolean {
  if (!market.stopped && !isAnyHalted(market)) return false;
  return booksOfBid(market, bid).some((book) => market.stopped || book.halted);
}

/** the books that a bid names, or that its floor opens. */
export function booksOfBid(market: Market, bid: number): Book[] {
  const { books, floor } = market.ties.all[market.tables.bids.data[bid + Bid.TIES]!]!;
  return floor ? booksOfFloor(market, floor) : books.map((bookId) => market.bookOf.get(bookId)!);
}
