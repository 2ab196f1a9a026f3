import { isPrice, isWithin } from '#domain';
import type { EndSessions, HaltBook, ReopenBook, StartMarket, StopMarket } from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import { forgetIndex } from './index-price.js';
import { byTime } from './market.js';
import type { Bid, Offer } from './market.js';
import { cancelWhere } from './orders.js';
import { booksOf, collects } from './reach.js';
import type { Run } from './run.js';
import { pass, trade } from './trading.js';

// halted books and what they collect, and the end of sessions.

export function haltBook(run: Run, { kind, bookId }: HaltBook): void {
  const { market } = run;
  if (!market.books.has(bookId)) return refuse(run, kind, 'book_must_be_known');
  if (market.halted.has(bookId)) return refuse(run, kind, 'book_must_be_open');
  market.halted.add(bookId);
  run.emit({ kind: 'BookHalted', bookId, reason: 'operator', price: 0, referencePrice: 0 });
}

export function reopenBook(run: Run, { kind, bookId, referencePrice }: ReopenBook): void {
  const { market } = run;
  const book = market.books.get(bookId);
  if (referencePrice !== 0 && !isPrice(referencePrice)) return refuse(run, kind, 'fact_must_be_within_its_range');
  if (!book) return refuse(run, kind, 'book_must_be_known');
  if (!market.halted.delete(bookId)) return refuse(run, kind, 'book_must_be_halted');
  if (referencePrice !== 0) {
    forgetIndex(market, bookId);
    Object.assign(book, { referencePrice });
  }
  run.emit({ kind: 'BookReopened', bookId });
  applyCollected(run, (order) => ('pool' in order ? order.book === book : booksOf(market, order.terms).includes(book)));
}

export function stopMarket(run: Run, { kind }: StopMarket): void {
  if (run.market.stopped) return refuse(run, kind, 'market_must_be_running');
  run.market.stopped = true;
  run.emit({ kind: 'Applied', command: kind });
}

export function startMarket(run: Run, { kind }: StartMarket): void {
  if (!run.market.stopped) return refuse(run, kind, 'market_must_be_stopped');
  run.market.stopped = false;
  run.emit({ kind: 'Applied', command: kind });
  applyCollected(run, () => true);
}

export function endSessions(run: Run, { kind, first, last }: EndSessions): void {
  if (!isWithin(first, 1, last) || !isWithin(last, 1, Number.MAX_SAFE_INTEGER)) return refuse(run, kind, 'fact_must_be_within_its_range');
  run.emit({ kind: 'Applied', command: kind });
  cancelWhere(run, ({ sessionId }) => sessionId >= first && sessionId <= last, 'disconnected');
}

const refuse = (run: Run, command: 'HaltBook' | 'ReopenBook' | 'StopMarket' | 'StartMarket' | 'EndSessions', rejection: Rejection): void =>
  run.emit({ kind: 'CommandRefused', command, rejection });

/** What was collected, as if it arrived now one after another; then whatever else the reopening lets pass. */
function applyCollected(run: Run, isConcerned: (order: Bid | Offer) => boolean): void {
  const { market } = run;
  const collected = [...market.resting, ...market.offers.values()].filter((order) => order.collected && isConcerned(order)).sort(byTime);
  for (const order of collected) if (!('pool' in order)) run.waiting.add(order);
  for (const order of collected) {
    if ('pool' in order) arrive(run, order);
    else {
      run.waiting.delete(order);
      order.collected = collects(market, order);
      trade(run, order);
    }
  }
  run.freed.everything = true;
}

/** An offer that was collected stands in its book now, and the bids that it may fill are matched; unless the book was halted anew. */
function arrive(run: Run, offer: Offer): void {
  if (run.market.isHalted(offer.book.bookId)) return;
  offer.collected = false;
  run.freed.offers.add(offer);
  pass(run);
}
