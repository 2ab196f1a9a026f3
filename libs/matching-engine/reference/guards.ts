import { amountOf, countedPerPflops } from '#domain';
import type { BidTerms, OfferTerms } from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import { subsidyShare } from '../src/subsidy.js';
import { liesWithin, referenceIn, referencesOf } from './index-price.js';
import { classOf, isOfProduct } from './market.js';
import type { Bid, Book, Market, Offer } from './market.js';
import { worthOf } from './matching.js';
import { booksOf, fillsOf } from './reach.js';
import { countedWaiting } from './waiting.js';
import { restOf } from './wish.js';

/** counts an order of the participant in its second of command time; refused ones count too. */
export function countOrder(market: Market, participantId: number): void {
  const participant = market.participants.get(participantId);
  if (!participant) return;
  const second = Math.floor(market.time / 1000);
  participant.orders = participant.second === second ? participant.orders + 1 : 1;
  participant.second = second;
}

/** R-22 for a bid: `bid` with the terms asked for; `standing` reserves already what its amend may use. `rated` is false for a dry run. */
export function bidGuard(market: Market, bid: Bid, standing: Pick<Bid, 'reserved'> | null, rated = true): Rejection | null {
  const { terms, participantId } = bid;
  const guard = participantGuard(market, participantId, classOf(market, terms), worthOfTerms(terms), rated);
  if (guard) return guard;
  if (!isInsideCollar(market, terms)) return 'price_must_be_inside_the_collar';
  const { total, reserved } = market.accounts.get(participantId) ?? { total: 0, reserved: 0 };
  const worst = worstCaseOf(bid);
  const subsidy = subsidyShare(worst, bid.subsidyRateBp, bid.subsidy, Infinity);
  const covered = worst - subsidy <= total - reserved + (standing?.reserved ?? 0);
  return covered ? null : 'buying_power_must_cover_the_worst_case';
}

/** R-22 for an offer. */
export function offerGuard(
  market: Market,
  { participantId, book, pool }: Pick<Offer, 'participantId' | 'book' | 'pool'>,
  terms: OfferTerms,
  rated = true,
): Rejection | null {
  const guard = participantGuard(market, participantId, book.computeClass, amountOf(terms.ask, terms.units, terms.to - terms.from), rated);
  const inside = liesWithin(terms.ask, referenceIn(market, book, pool.site.region), book.collarBp);
  return guard ?? (inside ? null : 'price_must_be_inside_the_collar');
}

/** limit × rest × hours; twice with a standby (R-7a). What waits for a partner is still lacking. */
export const worstCaseOf = (bid: Bid): number =>
  fillsOf(bid.terms) * worthOf(bid.terms, restOf(bid) + countedWaiting(bid), bid.terms.durationSlots);

export const worthOfTerms = (terms: BidTerms): number => fillsOf(terms) * amountOf(terms.limitPrice, terms.units, terms.durationSlots);

function participantGuard(
  market: Market,
  participantId: number,
  computeClass: number | null,
  worth: number,
  rated: boolean,
): Rejection | null {
  const participant = market.participants.get(participantId);
  if (!participant?.active) return 'participant_must_be_active';
  if (participant.overdue) return 'participant_must_owe_nothing_overdue';
  const { tradableClasses } = participant;
  if (tradableClasses.length > 0 && !tradableClasses.some((allowed) => allowed === computeClass))
    return 'participant_must_be_allowed_the_book';
  if (rated && participant.orders > participant.ordersPerSecond) return 'participant_must_be_within_its_order_rate';
  return worth > participant.orderValueCap ? 'order_value_must_be_within_the_cap' : null;
}

/** A bid is inside where one of its books takes its limit in one of its regions; a PFLOPS bid's limit is turned into each pool's price. */
function isInsideCollar(market: Market, terms: BidTerms): boolean {
  const books = booksOf(market, terms);
  return (
    books.length === 0 ||
    books.some((book) => (terms.precision === null ? unitCollarHolds(market, terms, book) : pflopsCollarHolds(market, terms, book)))
  );
}

const unitCollarHolds = (market: Market, { limitPrice }: BidTerms, book: Book): boolean =>
  referencesOf(market, book).some((reference) => liesWithin(limitPrice, reference, book.collarBp));

function pflopsCollarHolds(market: Market, { precision, limitPrice }: BidTerms, book: Book): boolean {
  const { collarBp } = book;
  if (collarBp === 0 || precision === null) return true;
  const measured = [...market.pools.values()].filter((pool) => isOfProduct(pool.fact, book) && pool.tflopsMilli(precision) > 0);
  return (
    measured.length === 0 ||
    measured.some((pool) => {
      const reference = BigInt(referenceIn(market, book, pool.site.region)) * BigInt(countedPerPflops);
      const distance = BigInt(limitPrice) * BigInt(pool.tflopsMilli(precision)) - reference;
      return reference === 0n || (distance < 0n ? -distance : distance) * 10_000n <= reference * BigInt(collarBp);
    })
  );
}
