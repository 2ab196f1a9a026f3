import { everyHour, everyWeekday, Placement, Preference, TimeInForce } from '#domain';
import type { ComputeClass, Precision, Tier } from '#domain';
import { BidTerms, type AmendBidRequest, type AmendOfferRequest, type Constraints, type SubmitOfferRequest } from '#contracts';
import { noConstraints, type BidTerms as Terms, type Constraints as Limits, type OfferTerms } from '#matching-engine';
import { invalid } from '#platform';
import type { Dictionary } from './dictionary.js';

// The contract's words and the engine's: 0, '' and nothing on the one side are null, all and the default on the other.

/** @throws Refusal invalid where a book is not open, or both or none of units and PFLOPS are asked */
export function bidTerms(terms: BidTerms, dictionary: Dictionary): Terms {
  if (terms.units > 0 === terms.pflops > 0) throw invalid('terms.units', 'bid_must_ask_units_or_pflops', 'give one of units and pflops');
  if (terms.pflops > 0 && !terms.precision)
    throw invalid('terms.precision', 'bid_by_pflops_must_name_a_precision', 'give the precision at which the PFLOPS count');
  if (terms.books.length > 0 === (terms.floor !== undefined))
    throw invalid('terms.books', 'bid_must_name_books_or_a_floor', 'give one of books and floor');
  return {
    books: terms.books.map((book, index) => {
      const id = dictionary.find(book);
      if (id === undefined) throw invalid(`terms.books[${index}]`, 'bid_books_must_be_defined', 'no such book is open');
      return id;
    }),
    floor: terms.floor
      ? {
          computeClass: terms.floor.computeClass as ComputeClass,
          tier: (terms.floor.tier || null) as Tier | null,
          domesticOnly: terms.floor.domesticOnly,
          precision: (terms.floor.precision || null) as Precision | null,
          tflopsMilliMin: terms.floor.tflopsMilliMin,
          memoryGibMin: terms.floor.memoryGibMin,
        }
      : null,
    units: terms.pflops || terms.units,
    precision: (terms.pflops ? terms.precision : null) as Precision | null,
    perNode: terms.perNode || 1,
    durationSlots: terms.durationSlots,
    earliest: terms.earliest,
    latest: terms.latest,
    hours: maskOf(terms.hours, 0, everyHour),
    weekdays: maskOf(terms.weekdays, 1, everyWeekday),
    limitPrice: terms.limitPrice,
    timeInForce: terms.timeInForce || TimeInForce.GTC,
    goodTill: terms.goodTill || null,
    allOrNone: terms.allOrNone,
    minUnits: terms.minUnits,
    placement: terms.placement || Placement.ANYWHERE,
    together: terms.together,
    constraints: limits(terms.constraints),
    standby: terms.standby || null,
    preference: terms.preference || Preference.CHEAPEST,
    demandRegion: terms.demandRegion,
    dataGb: terms.dataGb,
    noticeSlots: terms.noticeSlots,
    ...(terms.localOnly && { localOnly: true as const }),
  };
}

/** The reverse. */
export function contractTerms(terms: Terms, dictionary: Dictionary): BidTerms {
  const { floor, constraints } = terms;
  return BidTerms.create({
    books: terms.books.map((id) => dictionary.get(id)!.book),
    floor: floor ? { ...floor, tier: floor.tier ?? 0, precision: floor.precision ?? 0 } : undefined,
    units: terms.precision === null ? terms.units : 0,
    pflops: terms.precision === null ? 0 : terms.units,
    precision: terms.precision ?? 0,
    perNode: terms.perNode,
    durationSlots: terms.durationSlots,
    earliest: terms.earliest,
    latest: terms.latest,
    hours: terms.hours === everyHour ? [] : bitsOf(terms.hours, 0),
    weekdays: terms.weekdays === everyWeekday ? [] : bitsOf(terms.weekdays, 1),
    limitPrice: terms.limitPrice,
    timeInForce: terms.timeInForce,
    goodTill: terms.goodTill ?? 0,
    allOrNone: terms.allOrNone,
    minUnits: terms.minUnits,
    placement: terms.placement,
    together: terms.together,
    constraints: {
      ...constraints,
      regionsIn: [...constraints.regionsIn],
      regionsOut: [...constraints.regionsOut],
      providersIn: [...constraints.providersIn],
      providersOut: [...constraints.providersOut],
      roundTripUsMax: constraints.roundTripUsMax ?? 0,
      zone: constraints.zone ?? 0,
      dataClass: constraints.dataClass ?? 0,
      interconnect: constraints.interconnect ?? 0,
      pueMilliMax: constraints.pueMilliMax ?? 0,
    },
    preference: terms.preference,
    demandRegion: terms.demandRegion,
    dataGb: terms.dataGb,
    standby: terms.standby ?? 0,
    noticeSlots: terms.noticeSlots,
    localOnly: terms.localOnly ?? false,
  });
}

/** What of a bid an amend changes. @throws Refusal invalid where it asks units of a PFLOPS bid or the reverse */
export function bidChanges(request: AmendBidRequest, isPflops: boolean): Partial<Terms> {
  const wrong = isPflops ? 'units' : 'pflops';
  if (request[wrong] !== undefined)
    throw invalid(wrong, 'amend_must_keep_units_or_pflops', `the bid is in ${isPflops ? 'PFLOPS' : 'units'}`);
  return present({
    units: request.units ?? request.pflops,
    limitPrice: request.limitPrice,
    durationSlots: request.durationSlots,
    earliest: request.earliest,
    latest: request.latest,
    minUnits: request.minUnits,
    allOrNone: request.allOrNone,
    timeInForce: request.timeInForce || undefined,
    goodTill: goodTillAfter(request),
    placement: request.placement || undefined,
    preference: request.preference || undefined,
    constraints: request.constraints && limits(request.constraints),
    standby: request.standby || undefined,
    noticeSlots: request.noticeSlots,
  });
}

export const offerTerms = (request: SubmitOfferRequest): OfferTerms => ({
  units: request.units,
  from: request.window!.from,
  to: request.window!.to,
  minSlots: request.minSlots || 1,
  ask: request.ask,
  timeInForce: request.timeInForce || TimeInForce.GTC,
  goodTill: request.goodTill || null,
});

export const offerChanges = (request: AmendOfferRequest): Partial<OfferTerms> =>
  present({
    units: request.units,
    from: request.window?.from,
    to: request.window?.to,
    minSlots: request.minSlots,
    ask: request.ask,
    timeInForce: request.timeInForce || undefined,
    goodTill: goodTillAfter(request),
  });

/** A change away from GTD takes the date with it. */
function goodTillAfter(request: { timeInForce: number; goodTill?: number | undefined }): number | null | undefined {
  if (request.goodTill !== undefined) return request.goodTill;
  return request.timeInForce && request.timeInForce !== TimeInForce.GTD ? null : undefined;
}

function limits(constraints: Constraints | undefined): Limits {
  if (!constraints) return noConstraints;
  return {
    regionsIn: constraints.regionsIn,
    regionsOut: constraints.regionsOut,
    roundTripUsMax: constraints.roundTripUsMax || null,
    zone: constraints.zone || null,
    securityGradeMin: constraints.securityGradeMin,
    dataClass: constraints.dataClass || null,
    domesticOnly: constraints.domesticOnly,
    memoryGibMin: constraints.memoryGibMin,
    interconnect: constraints.interconnect || null,
    greenShareBpMin: constraints.greenShareBpMin,
    pueMilliMax: constraints.pueMilliMax || null,
    providersIn: constraints.providersIn,
    providersOut: constraints.providersOut,
    reliabilityBpMin: constraints.reliabilityBpMin,
  };
}

const present = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

const maskOf = (values: readonly number[], first: number, all: number): number =>
  values.length ? values.reduce((mask, value) => mask | (1 << (value - first)), 0) : all;

const bitsOf = (mask: number, first: number): number[] =>
  Array.from({ length: 24 }, (_, bit) => bit).flatMap((bit) => ((mask >> bit) & 1 ? [bit + first] : []));
