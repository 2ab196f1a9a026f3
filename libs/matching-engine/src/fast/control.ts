import { isPrice, isWithin } from '#domain';
import type { EndSessions, HaltBook, ReopenBook, StartMarket, StopMarket } from '../command.js';
import { booksOfBid, collects } from './halts.js';
import type { Book } from './market.js';
import { cancelWhere, restingWhere } from './orders.js';
import type { Resting } from './orders.js';
import { pass } from './pass.js';
import { Bid, Offer } from './records.js';
import type { Run } from './run.js';
import { trade } from './trading.js';

// the operator's hand on the market, and the end of sessions.

export function haltBook({ market }: Run, { kind, bookId }: HaltBook): void {
  const book = market.bookOf.get(bookId);
  if (!book) return market.events.commandRefused(kind, 'book_must_be_known');
  if (book.halted) return market.events.commandRefused(kind, 'book_must_be_open');
  book.halted = true;
  market.events.bookHalted(bookId, 0, 0, 0);
}

export function reopenBook(run: Run, { kind, bookId, referencePrice }: ReopenBook): void {
  const { market } = run;
  const { events } = market;
  const book = market.bookOf.get(bookId);
  if (referencePrice !== 0 && !isPrice(referencePrice)) return events.commandRefused(kind, 'fact_must_be_within_its_range');
  if (!book) return events.commandRefused(kind, 'book_must_be_known');
  if (!book.halted) return events.commandRefused(kind, 'book_must_be_halted');
  book.halted = false;
  if (referencePrice !== 0) {
    book.indices.clear();
    book.fact = { ...book.fact, referencePrice };
  }
  events.bookReopened(bookId);
  applyCollected(run, book);
}

export function stopMarket({ market }: Run, { kind }: StopMarket): void {
  if (market.stopped) return market.events.commandRefused(kind, 'market_must_be_running');
  market.stopped = true;
  market.events.applied(kind);
}

export function startMarket(run: Run, { kind }: StartMarket): void {
  const { market } = run;
  if (!market.stopped) return market.events.commandRefused(kind, 'market_must_be_stopped');
  market.stopped = false;
  market.events.applied(kind);
  applyCollected(run, null);
}

export function endSessions({ market }: Run, { kind, first, last }: EndSessions): void {
  if (!isWithin(first, 1, last) || !isWithin(last, 1, Number.MAX_SAFE_INTEGER)) {
    return market.events.commandRefused(kind, 'fact_must_be_within_its_range');
  }
  market.events.applied(kind);
  cancelWhere(market, (_owner, sessionId) => sessionId >= first && sessionId <= last, 3);
}

/** What was collected (for the book; null: all), as if it arrived now one after another; then whatever else the reopening lets pass. */
function applyCollected(run: Run, book: Book | null): void {
  const { market } = run;
  const bids = market.tables.bids;
  const collected = restingWhere(market, () => true).filter((order) => isConcerned(run, order, book));
  for (const { bid } of collected) if (bid >= 0) bids.data[bid + Bid.COLLECTED] = 2;
  market.mayCross = true;
  for (const { bid, offer } of collected) {
    if (bid < 0) arrive(run, offer);
    else {
      bids.data[bid + Bid.COLLECTED] = collects(market, bid) ? 1 : 0;
      trade(run, bid);
    }
  }
  market.mayCross = false;
  market.freed.everything = true;
}

function isConcerned({ market }: Run, { bid, offer }: Resting, book: Book | null): boolean {
  const { bids, offers } = market.tables;
  if (bid >= 0) return bids.data[bid + Bid.COLLECTED] === 1 && (!book || booksOfBid(market, bid).includes(book));
  return offers.data[offer + Offer.COLLECTED] === 1 && (!book || offers.data[offer + Offer.BOOK] === book.index);
}

/** An offer that was collected stands in its book now, and the bids that it may fill are matched; unless the book was halted anew. */
function arrive(run: Run, offer: number): void {
  const { market } = run;
  const { data } = market.tables.offers;
  if (market.stopped || market.books[data[offer + Offer.BOOK]!]!.halted) return;
  data[offer + Offer.COLLECTED] = 0;
  market.freed.offer(offer);
  pass(run);
}
