import {
  ComputeClass,
  countedPerPflops,
  DataClass,
  everyHour,
  everyWeekday,
  firstSellableSlot,
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
import type { Slot, Time } from '#domain';
import type { BidTerms, ClassFloor, Constraints, OfferTerms } from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import { unitsOn } from './capacity.js';
import type { Bid, Market, PoolFact, Trade } from './market.js';
import { fillsOf, isWhole } from './reach.js';
import { lastAllowedStart } from './wish.js';

/** The tests of an order's terms in order of precedence; the first that fails is the answer, null where all pass. */
type Check = readonly [ok: () => boolean, rejection: Rejection];

const firstBroken = (checks: readonly Check[]): Rejection | null => checks.find(([ok]) => !ok())?.[1] ?? null;

const isSlot = (slot: Slot): boolean => isWithin(slot, 0, 2 ** 40);
const isId = (id: number): boolean => isWithin(id, 1, Number.MAX_SAFE_INTEGER);

/** an offer expires once less than minSlots of its window lies after the first sellable slot begins; a GTD offer at its date if that is earlier. */
export const expiryOfOffer = ({ to, minSlots, goodTill }: OfferTerms): Time => Math.min(startOfSlot(to - minSlots), goodTill ?? Infinity);

/** and the limits of quantities. The pool is the provider's own, the book that of pool and tier. */
export function offerFault(
  market: Market,
  terms: OfferTerms,
  participantId: number,
  pool: PoolFact | undefined,
  hasBook: boolean,
): Rejection | null {
  const { units, from, to, minSlots, ask, timeInForce, goodTill } = terms;
  return firstBroken([
    [() => pool !== undefined, 'pool_must_be_known'],
    [() => pool!.providerId === participantId, 'offer_pool_must_be_its_providers'],
    [() => hasBook, 'offer_book_must_be_defined'],
    [() => isWithin(units, 1, maxUnits), 'offer_units_must_be_within_range'],
    [() => isSlot(from) && isSlot(to) && from < to, 'offer_window_must_end_after_it_starts'],
    [() => to <= endOfHorizon(market), 'offer_window_must_end_within_the_horizon'],
    [() => isWithin(minSlots, 1, Number.MAX_SAFE_INTEGER), 'offer_min_slots_must_be_positive'],
    [() => timeInForce === TimeInForce.GTC || timeInForce === TimeInForce.GTD, 'offer_time_in_force_must_be_gtc_or_gtd'],
    [() => isPrice(ask), 'price_must_be_on_the_tick_and_within_range'],
    [() => hasItsDate(timeInForce, goodTill), 'good_till_must_be_given_for_gtd_alone'],
    [() => !passesWorstCase(ask, units, to - from), 'worst_case_must_be_within_safe_integers'],
    [() => goodTill === null || goodTill > market.time, 'good_till_must_lie_ahead'],
    [() => startOfSlot(to - minSlots) > market.time && to - minSlots >= from, 'offer_window_must_hold_its_shortest_lease'],
  ]);
}

/** only FIRM is the buyer's to sell; the window and the units lie within the lease's. */
export function resaleFault(market: Market, lease: Trade, terms: OfferTerms): Rejection | null {
  if (market.books.get(lease.bookId)!.tier !== Tier.FIRM) return 'lease_must_be_firm_to_be_resold';
  const isWithin = terms.from >= lease.from && terms.to <= lease.to && terms.units <= unitsOn(lease.nodes);
  if (!isWithin) return 'resale_must_lie_within_its_lease';
  return offerFault(market, terms, lease.pool.fact.providerId, lease.pool.fact, true);
}

/** R-1 … and the limits of quantities. `standing` is the bid as it stands, for an amend. */
export function bidFault(market: Market, terms: BidTerms, standing: Bid | null): Rejection | null {
  const { books, floor, units, precision, perNode, minUnits, durationSlots, earliest, latest } = terms;
  return firstBroken([
    [() => books.length > 0 !== (floor !== null), 'bid_must_name_books_or_a_floor'],
    [() => books.every((bookId) => market.books.has(bookId)), 'bid_books_must_be_defined'],
    [() => new Set(books.map((bookId) => market.books.get(bookId)!.computeClass)).size <= 1, 'bid_books_must_be_of_one_class'],
    [() => floor === null || isFloor(floor), 'bid_floor_must_be_within_range'],
    [() => isWithin(units, 1, maxUnits) && isWithin(perNode, 1, maxUnitsPerNode), 'bid_units_must_be_within_range'],
    [() => precision !== null || units % perNode === 0, 'bid_units_must_be_a_multiple_of_per_node'],
    [() => isWithin(minUnits, 0, units), 'bid_min_units_must_be_within_its_units'],
    [() => isWithin(durationSlots, 1, Number.MAX_SAFE_INTEGER), 'bid_duration_must_be_positive'],
    [() => isSlot(earliest) && isSlot(latest) && earliest < latest, 'bid_window_must_end_after_it_starts'],
    [() => latest - earliest >= durationSlots, 'bid_window_must_hold_its_duration'],
    [() => latest <= endOfHorizon(market), 'bid_window_must_end_within_the_horizon'],
    [() => isWithin(terms.hours, 1, everyHour) && isWithin(terms.weekdays, 1, everyWeekday), 'bid_hours_and_weekdays_must_be_given'],
    [() => areConstraints(terms.constraints), 'bid_constraints_must_be_within_range'],
    [() => areChoices(terms), 'bid_choices_must_be_known'],
    [() => terms.standby === null || isWhole(terms), 'bid_standby_must_be_all_or_none'],
    [() => isWithin(terms.demandRegion, needsDemandRegion(terms) ? 1 : 0, Number.MAX_SAFE_INTEGER), 'bid_demand_region_must_be_given'],
    [() => isWithin(terms.dataGb, 0, 1_000_000_000), 'bid_data_gb_must_be_within_range'],
    [() => isWithin(terms.noticeSlots, 0, slotsPerDay), 'bid_notice_must_be_within_range'],
    [() => isPrice(terms.limitPrice), 'price_must_be_on_the_tick_and_within_range'],
    [() => hasItsDate(terms.timeInForce, terms.goodTill), 'good_till_must_be_given_for_gtd_alone'],
    [() => keepsWhatIsFilled(terms, standing), 'amend_must_keep_precision_and_per_node_of_what_is_filled'],
    [() => units * (precision === null ? 1 : countedPerPflops) >= (standing?.filled ?? 0), 'bid_units_must_not_fall_below_its_fills'],
    [() => !passesWorstCase(terms.limitPrice, units * fillsOf(terms), durationSlots), 'worst_case_must_be_within_safe_integers'],
    [() => terms.goodTill === null || terms.goodTill > market.time, 'good_till_must_lie_ahead'],
    [() => lastAllowedStart(terms, market.firstSellable) !== null, 'bid_must_have_a_start_ahead'],
  ]);
}

/** Windows end no later than so many slots after the first that can be sold. */
export const endOfHorizon = (market: Market): Slot => market.firstSellable + market.horizonSlots;

/** an earlier `earliest` is raised to the first sellable slot. Of an amend it is the standing one where both have passed: then nothing changed. */
export function raiseEarliest(terms: BidTerms, time: Time, standing: BidTerms | null): BidTerms {
  const first = firstSellableSlot(time);
  if (standing && standing.earliest <= first && terms.earliest <= first) return { ...terms, earliest: standing.earliest };
  return { ...terms, earliest: Math.max(terms.earliest, first) };
}

/** A `latest` of 0 is the earliest possible end, `earliest` being raised as by R-13. */
export const resolveLatest = (terms: BidTerms, time: Time): BidTerms =>
  terms.latest === 0 ? { ...terms, latest: Math.max(terms.earliest, firstSellableSlot(time)) + terms.durationSlots } : terms;

const hasItsDate = (timeInForce: number, goodTill: Time | null): boolean =>
  timeInForce === TimeInForce.GTD ? goodTill !== null && Number.isSafeInteger(goodTill) : goodTill === null;

const needsDemandRegion = ({ constraints, dataGb, preference }: BidTerms): boolean =>
  constraints.roundTripUsMax !== null || dataGb > 0 || preference === Preference.NEAREST;

const keepsWhatIsFilled = (terms: BidTerms, standing: Bid | null): boolean =>
  !standing || standing.filled === 0 || (terms.precision === standing.terms.precision && terms.perNode === standing.terms.perNode);

const isFloor = ({ computeClass, tier, tflopsMilliMin, precision, memoryGibMin }: ClassFloor): boolean =>
  isOneOf(ComputeClass, computeClass) &&
  isNullOr(Tier, tier) &&
  isNullOr(Precision, precision) &&
  isWithin(tflopsMilliMin, 0, maxTflopsMilli) &&
  (precision !== null || tflopsMilliMin === 0) &&
  isWithin(memoryGibMin, 0, maxTflopsMilli);

/** Time in force, placement, preference, precision and standby are of their lists. */
const areChoices = ({ timeInForce, placement, preference, precision, standby }: BidTerms): boolean =>
  isNullOr(Standby, standby) &&
  isOneOf(TimeInForce, timeInForce) &&
  isOneOf(Placement, placement) &&
  isOneOf(Preference, preference) &&
  isNullOr(Precision, precision);

const isNullOr = (list: Readonly<Record<string, number>>, value: number | null): boolean => value === null || isOneOf(list, value);

const areConstraints = (c: Constraints): boolean =>
  [c.regionsIn, c.regionsOut, c.providersIn, c.providersOut].every((ids) => ids.every(isId)) &&
  (c.roundTripUsMax === null || isWithin(c.roundTripUsMax, 0, 1_000_000_000)) &&
  isNullOr(ResidencyZone, c.zone) &&
  isNullOr(DataClass, c.dataClass) &&
  isNullOr(Interconnect, c.interconnect) &&
  isWithin(c.securityGradeMin, 0, 5) &&
  isWithin(c.memoryGibMin, 0, maxTflopsMilli) &&
  isWithin(c.greenShareBpMin, 0, 10_000) &&
  (c.pueMilliMax === null || isWithin(c.pueMilliMax, 0, 1_000_000)) &&
  isWithin(c.reliabilityBpMin, 0, 10_000);
