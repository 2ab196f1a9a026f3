import {
  ComputeClass,
  countOfOne,
  DataClass,
  everyHour,
  everyWeekday,
  Interconnect,
  isOneOf,
  isPrice,
  isWithin,
  maxTflopsMilli,
  maxUnits,
  maxUnitsPerNode,
  passesWorstCase,
  Placement,
  Precision,
  Preference,
  ResidencyZone,
  slotsPerDay,
  Standby,
  startOfSlot,
  Tier,
  TimeInForce,
} from '#domain';
import type { Price, Slot, Time } from '#domain';
import type { BidTerms, ClassFloor, Constraints, OfferTerms } from '../command.js';
import { noConstraints } from '../command.js';
import type { Rejection } from '../rejection.js';
import type { Book, Market, PoolFact } from './market.js';
import { Trade } from './records.js';
import { lastAllowedStart } from './starts.js';

// What is wrong with an order's terms: the first broken rule in the order of rejection.ts, or null.

const isSlot = (slot: Slot): boolean => isWithin(slot, 0, 2 ** 40);
const isId = (id: number): boolean => isWithin(id, 1, Number.MAX_SAFE_INTEGER);

/** Windows end no later than so many slots after the first that can be sold. */
export const endOfHorizon = (market: Market): Slot => market.firstSellable + market.horizonSlots;

/** and the limits of quantities. */
export function offerFault(
  market: Market,
  terms: OfferTerms,
  participantId: number,
  pool: PoolFact | null,
  book: Book | null,
): Rejection | null {
  const { units, from, to, minSlots, ask, timeInForce, goodTill } = terms;
  if (!pool) return 'pool_must_be_known';
  if (pool.providerId !== participantId) return 'offer_pool_must_be_its_providers';
  if (!book) return 'offer_book_must_be_defined';
  if (!isWithin(units, 1, maxUnits)) return 'offer_units_must_be_within_range';
  if (!isSlot(from) || !isSlot(to) || from >= to) return 'offer_window_must_end_after_it_starts';
  if (to > endOfHorizon(market)) return 'offer_window_must_end_within_the_horizon';
  if (!isWithin(minSlots, 1, Number.MAX_SAFE_INTEGER)) return 'offer_min_slots_must_be_positive';
  if (timeInForce !== TimeInForce.GTC && timeInForce !== TimeInForce.GTD) return 'offer_time_in_force_must_be_gtc_or_gtd';
  if (!isPrice(ask)) return 'price_must_be_on_the_tick_and_within_range';
  if (!hasItsDate(timeInForce, goodTill)) return 'good_till_must_be_given_for_gtd_alone';
  if (isTooDear(ask, units, to - from)) return 'worst_case_must_be_within_safe_integers';
  if (goodTill !== null && goodTill <= market.time) return 'good_till_must_lie_ahead';
  const holds = startOfSlot(to - minSlots) > market.time && to - minSlots >= from;
  return holds ? null : 'offer_window_must_hold_its_shortest_lease';
}

/** only FIRM is the buyer's to sell; the window and the units lie within the lease's. */
export function resaleFault(market: Market, lease: number, terms: OfferTerms): Rejection | null {
  const { data } = market.tables.trades;
  if (data[lease + Trade.TIER] !== Tier.FIRM) return 'lease_must_be_firm_to_be_resold';
  const isWithin =
    terms.from >= data[lease + Trade.FROM]! && terms.to <= data[lease + Trade.TO]! && terms.units <= data[lease + Trade.UNITS]!;
  if (!isWithin) return 'resale_must_lie_within_its_lease';
  const { fact } = market.pools[data[lease + Trade.POOL]!]!;
  return offerFault(market, terms, fact.providerId, fact, market.bookOf.get(data[lease + Trade.BOOK_ID]!)!);
}

/** the same of an offer of which nothing but units and ask is other than it was. */
export function offerQuantitiesFault(units: number, ask: Price, slots: number): Rejection | null {
  if (!isWithin(units, 1, maxUnits)) return 'offer_units_must_be_within_range';
  if (!isPrice(ask)) return 'price_must_be_on_the_tick_and_within_range';
  return isTooDear(ask, units, slots) ? 'worst_case_must_be_within_safe_integers' : null;
}

/** the same as `bidFault` of a bid in units, one a node, of which nothing but units and limit is other than it was. */
export function quantitiesFault(units: number, limit: Price, slots: number, filled: number): Rejection | null {
  if (!isWithin(units, 1, maxUnits)) return 'bid_units_must_be_within_range';
  if (!isPrice(limit)) return 'price_must_be_on_the_tick_and_within_range';
  if (units < filled) return 'bid_units_must_not_fall_below_its_fills';
  return isTooDear(limit, units, slots) ? 'worst_case_must_be_within_safe_integers' : null;
}

/** True for terms of a bid that say nothing rare, name one book and constrain nothing: of those only the numbers can be wrong, and `usualFault` looks at those alone. */
export const areUsual = (terms: BidTerms): boolean =>
  terms.constraints === noConstraints &&
  terms.floor === null &&
  terms.books.length === 1 &&
  terms.demandRegion === 0 &&
  (terms.timeInForce === TimeInForce.GTC || terms.timeInForce === TimeInForce.IOC) &&
  terms.precision === null &&
  terms.perNode === 1 &&
  terms.hours === everyHour &&
  terms.weekdays === everyWeekday &&
  terms.goodTill === null &&
  !terms.allOrNone &&
  terms.minUnits === 0 &&
  terms.placement === Placement.ANYWHERE &&
  !terms.together &&
  terms.preference === Preference.CHEAPEST &&
  terms.dataGb === 0 &&
  terms.noticeSlots === 0 &&
  terms.standby === null &&
  terms.localOnly === undefined;

/** The same as `bidFault` for a new bid on usual terms, `latest` resolved. */
export function usualFault(market: Market, { books, units, durationSlots, earliest, latest, limitPrice }: BidTerms): Rejection | null {
  if (!market.bookOf.get(books[0]!)) return 'bid_books_must_be_defined';
  if (!isWithin(units, 1, maxUnits)) return 'bid_units_must_be_within_range';
  if (!isWithin(durationSlots, 1, Number.MAX_SAFE_INTEGER)) return 'bid_duration_must_be_positive';
  if (!isSlot(earliest) || !isSlot(latest) || earliest >= latest) return 'bid_window_must_end_after_it_starts';
  if (latest - earliest < durationSlots) return 'bid_window_must_hold_its_duration';
  if (latest > endOfHorizon(market)) return 'bid_window_must_end_within_the_horizon';
  if (!isPrice(limitPrice)) return 'price_must_be_on_the_tick_and_within_range';
  if (isTooDear(limitPrice, units, durationSlots)) return 'worst_case_must_be_within_safe_integers';
  return latest - durationSlots < market.firstSellable ? 'bid_must_have_a_start_ahead' : null;
}

/** R-1 … and the limits of quantities. `standing` is the bid as it stands, for an amend, with what of it is filled. */
export function bidFault(market: Market, terms: BidTerms, standing: BidTerms | null, filled: number): Rejection | null {
  const { units, precision, perNode, durationSlots, earliest, latest } = terms;
  if (standing === null && areUsual(terms)) return usualFault(market, terms);
  const where = booksFault(market, terms);
  if (where) return where;
  if (!isWithin(units, 1, maxUnits) || !isWithin(perNode, 1, maxUnitsPerNode)) return 'bid_units_must_be_within_range';
  if (precision === null && units % perNode !== 0) return 'bid_units_must_be_a_multiple_of_per_node';
  if (!isWithin(terms.minUnits, 0, units)) return 'bid_min_units_must_be_within_its_units';
  if (!isWithin(durationSlots, 1, Number.MAX_SAFE_INTEGER)) return 'bid_duration_must_be_positive';
  if (!isSlot(earliest) || !isSlot(latest) || earliest >= latest) return 'bid_window_must_end_after_it_starts';
  if (latest - earliest < durationSlots) return 'bid_window_must_hold_its_duration';
  if (latest > endOfHorizon(market)) return 'bid_window_must_end_within_the_horizon';
  const choice = choicesFault(terms);
  if (choice) return choice;
  if (!isPrice(terms.limitPrice)) return 'price_must_be_on_the_tick_and_within_range';
  if (!hasItsDate(terms.timeInForce, terms.goodTill)) return 'good_till_must_be_given_for_gtd_alone';
  if (standing && filled > 0 && (precision !== standing.precision || perNode !== standing.perNode)) {
    return 'amend_must_keep_precision_and_per_node_of_what_is_filled';
  }
  if (units * countOfOne(precision) < filled) return 'bid_units_must_not_fall_below_its_fills';
  if (isTooDear(terms.limitPrice, terms.standby === null ? units : 2 * units, durationSlots))
    return 'worst_case_must_be_within_safe_integers';
  if (terms.goodTill !== null && terms.goodTill <= market.time) return 'good_till_must_lie_ahead';
  return lastAllowedStart(terms, market.firstSellable) < 0 ? 'bid_must_have_a_start_ahead' : null;
}

function booksFault(market: Market, { books, floor }: BidTerms): Rejection | null {
  if (books.length > 0 === (floor !== null)) return 'bid_must_name_books_or_a_floor';
  let computeClass = 0;
  let isOfOneClass = true;
  for (const bookId of books) {
    const book = market.bookOf.get(bookId);
    if (!book) return 'bid_books_must_be_defined';
    if (computeClass !== 0 && book.fact.computeClass !== computeClass) isOfOneClass = false;
    ({ computeClass } = book.fact);
  }
  if (!isOfOneClass) return 'bid_books_must_be_of_one_class';
  return floor !== null && !isFloor(floor) ? 'bid_floor_must_be_within_range' : null;
}

function choicesFault(terms: BidTerms): Rejection | null {
  if (!isWithin(terms.hours, 1, everyHour) || !isWithin(terms.weekdays, 1, everyWeekday)) return 'bid_hours_and_weekdays_must_be_given';
  if (!areConstraints(terms.constraints)) return 'bid_constraints_must_be_within_range';
  const { timeInForce, placement, preference, precision } = terms;
  const areKnown =
    isFrom1(timeInForce, TimeInForce.FOK) &&
    isFrom1(placement, Placement.ANYWHERE) &&
    isFrom1(preference, Preference.EARLIEST) &&
    (precision === null || isOneOf(Precision, precision)) &&
    isNullOr(Standby, terms.standby);
  if (!areKnown) return 'bid_choices_must_be_known';
  const isWhole = terms.allOrNone || timeInForce === TimeInForce.FOK || placement === Placement.ONE_POOL;
  if (terms.standby !== null && !isWhole) return 'bid_standby_must_be_all_or_none';
  const needsRegion = terms.constraints.roundTripUsMax !== null || terms.dataGb > 0 || preference === Preference.NEAREST;
  if (!isWithin(terms.demandRegion, needsRegion ? 1 : 0, Number.MAX_SAFE_INTEGER)) return 'bid_demand_region_must_be_given';
  if (!isWithin(terms.dataGb, 0, 1_000_000_000)) return 'bid_data_gb_must_be_within_range';
  return isWithin(terms.noticeSlots, 0, slotsPerDay) ? null : 'bid_notice_must_be_within_range';
}

/** The lists of times in force, placements and preferences are whole: 1 … 4. */
const isFrom1 = (value: number, last: number): boolean => Number.isInteger(value) && value >= 1 && value <= last;

const hasItsDate = (timeInForce: number, goodTill: Time | null): boolean =>
  timeInForce === TimeInForce.GTD ? goodTill !== null && Number.isSafeInteger(goodTill) : goodTill === null;

/** R's worst case; most orders are far from it, where doubles are exact. */
const isTooDear = (price: number, units: number, slots: number): boolean => {
  const worth = price * units * slots;
  return worth > 8e15 && passesWorstCase(price, units, slots);
};

const isFloor = ({ computeClass, tier, tflopsMilliMin, precision, memoryGibMin }: ClassFloor): boolean =>
  isOneOf(ComputeClass, computeClass) &&
  isNullOr(Tier, tier) &&
  isNullOr(Precision, precision) &&
  isWithin(tflopsMilliMin, 0, maxTflopsMilli) &&
  (precision !== null || tflopsMilliMin === 0) &&
  isWithin(memoryGibMin, 0, maxTflopsMilli);

const isNullOr = (list: Readonly<Record<string, number>>, value: number | null): boolean => value === null || isOneOf(list, value);

const areIds = (ids: readonly number[]): boolean => ids.length === 0 || ids.every(isId);

const areConstraints = (c: Constraints): boolean =>
  c === noConstraints ||
  (areIds(c.regionsIn) &&
    areIds(c.regionsOut) &&
    areIds(c.providersIn) &&
    areIds(c.providersOut) &&
    (c.roundTripUsMax === null || isWithin(c.roundTripUsMax, 0, 1_000_000_000)) &&
    isNullOr(ResidencyZone, c.zone) &&
    isNullOr(DataClass, c.dataClass) &&
    isNullOr(Interconnect, c.interconnect) &&
    isWithin(c.securityGradeMin, 0, 5) &&
    isWithin(c.memoryGibMin, 0, maxTflopsMilli) &&
    isWithin(c.greenShareBpMin, 0, 10_000) &&
    (c.pueMilliMax === null || isWithin(c.pueMilliMax, 0, 1_000_000)) &&
    isWithin(c.reliabilityBpMin, 0, 10_000));
