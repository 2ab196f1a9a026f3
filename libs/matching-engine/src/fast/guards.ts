import { amountOf, countedPerPflops } from '#domain';
import type { Price } from '#domain';
import type { BidTerms, Subsidy } from '../command.js';
import { subsidyShare } from '../subsidy.js';
import type { Rejection } from '../rejection.js';
import { worthOf } from './amounts.js';
import { isOfProduct } from './market.js';
import type { Book, Market, Pool } from './market.js';
import { liesWithin, referenceIn, referencesOf } from './index-price.js';
import { passesFloor } from './reach.js';

/** counts an order of the participant in its second of command time; refused ones count too. */
export function countOrder(market: Market, place: number): void {
  if (place < 0) return;
  const { participants } = market;
  const { second } = market;
  participants.orders[place] = participants.seconds[place] === second ? participants.orders[place]! + 1 : 1;
  participants.seconds[place] = second;
}

/** R-22 for a bid on these terms that lacks so much, counted; `reserved` is the money that it holds already; isRated: its participant's order rate counts. */
export function bidGuard(
  market: Market,
  place: number,
  terms: BidTerms,
  rest: number,
  subsidy: Subsidy | undefined,
  reserved: number,
  isRated = true,
): Rejection | null {
  const { limitPrice, units, durationSlots } = terms;
  const computeClass = terms.floor?.computeClass ?? market.bookOf.get(terms.books[0]!)!.fact.computeClass;
  const guard = participantGuard(market, place, computeClass, fillsOf(terms) * amountOf(limitPrice, units, durationSlots), isRated);
  if (guard) return guard;
  if (!isInsideCollar(market, terms)) return 'price_must_be_inside_the_collar';
  const worst = worstCaseOfTerms(terms, rest);
  const money = subsidy ? worst - subsidyShare(worst, subsidy.rateBp, subsidy.amount, Infinity) : worst;
  return moneyGuard(market, place, money, reserved);
}

/** buying power covers so much of the buyer's money, of which so much is reserved already. */
export function moneyGuard(
  { participants: { totals, reserved: held } }: Market,
  place: number,
  money: number,
  reserved: number,
): Rejection | null {
  const covered = money <= totals[place]! - held[place]! + reserved;
  return covered ? null : 'buying_power_must_cover_the_worst_case';
}

/** limit × rest × hours; twice with a standby (R-7a). */
export const worstCaseOfTerms = (terms: BidTerms, rest: number): number =>
  fillsOf(terms) * worthOf(terms.precision ?? 0, terms.limitPrice, rest, terms.durationSlots);

/** R-7a: how often the bid is filled. */
const fillsOf = ({ standby }: BidTerms): number => (standby === null ? 1 : 2);

/** R-22 for an offer. */
export function offerGuard(
  market: Market,
  place: number,
  book: Book,
  pool: Pool,
  ask: Price,
  units: number,
  slots: number,
  isRated = true,
): Rejection | null {
  const guard = participantGuard(market, place, book.fact.computeClass, amountOf(ask, units, slots), isRated);
  const { collarBp } = book.fact;
  const isInside = collarBp === 0 || liesWithin(ask, referenceIn(market, book, pool.site.region), collarBp);
  return guard ?? (isInside ? null : 'price_must_be_inside_the_collar');
}

export function participantGuard(market: Market, place: number, computeClass: number, worth: number, isRated: boolean): Rejection | null {
  const { gates, orders, rates, caps } = market.participants;
  if (place < 0 || ((gates[place]! >> computeClass) & 1) === 0) return gateFault(market, place);
  if (isRated && orders[place]! > rates[place]!) return 'participant_must_be_within_its_order_rate';
  return worth > caps[place]! ? 'order_value_must_be_within_the_cap' : null;
}

/** Why it may place no orders of a class. */
function gateFault({ participants }: Market, place: number): Rejection {
  const fact = place < 0 ? null : participants.facts[place]!;
  if (!fact?.active) return 'participant_must_be_active';
  return fact.overdue ? 'participant_must_owe_nothing_overdue' : 'participant_must_be_allowed_the_book';
}

/** In one of the regions of the book. */
const collarHolds = (market: Market, book: Book, price: Price): boolean =>
  book.fact.collarBp === 0 || referencesOf(market, book).some((reference) => liesWithin(price, reference, book.fact.collarBp));

/** A bid is inside where one of its books takes its limit, and where it opens none; a PFLOPS bid's limit is turned into each pool's price. */
function isInsideCollar(market: Market, terms: BidTerms): boolean {
  const { books, floor, precision, limitPrice } = terms;
  if (!floor && precision === null && books.length === 1) return collarHolds(market, market.bookOf.get(books[0]!)!, limitPrice);
  if (!floor && precision === null) return books.some((bookId) => collarHolds(market, market.bookOf.get(bookId)!, limitPrice));
  const open = floor ? booksOfFloor(market, floor) : books.map((bookId) => market.bookOf.get(bookId)!);
  const takes = (book: Book): boolean =>
    precision === null ? collarHolds(market, book, limitPrice) : pflopsCollarHolds(market, terms, book);
  return open.length === 0 || open.some(takes);
}

/** the books with a pool that passes. */
export const booksOfFloor = (market: Market, floor: NonNullable<BidTerms['floor']>): Book[] => {
  const pools = market.pools.filter((pool) => passesFloor(pool, floor));
  return market.books.filter(
    ({ fact }) => (floor.tier === null || fact.tier === floor.tier) && pools.some((pool) => isOfProduct(pool.fact, fact)),
  );
};

function pflopsCollarHolds(market: Market, { precision, limitPrice }: BidTerms, book: Book): boolean {
  const { collarBp } = book.fact;
  if (collarBp === 0 || precision === null) return true;
  const measured = market.pools.filter((pool) => isOfProduct(pool.fact, book.fact) && pool.tflopsMilli(precision) > 0);
  return (
    measured.length === 0 ||
    measured.some((pool) => {
      const reference = BigInt(referenceIn(market, book, pool.site.region)) * BigInt(countedPerPflops);
      const distance = BigInt(limitPrice) * BigInt(pool.tflopsMilli(precision)) - reference;
      return reference === 0n || (distance < 0n ? -distance : distance) * 10_000n <= reference * BigInt(collarBp);
    })
  );
}
