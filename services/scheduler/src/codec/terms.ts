import { everyHour, everyWeekday, Placement, Preference, TimeInForce } from '#domain';
import { noConstraints, type BidTerms, type ClassFloor, type Constraints, type OfferTerms } from '#matching-engine';
import { flag, list, nullable, number, optional, type Field } from './field.js';
import { record, type Shape } from './record.js';

const zero = number(0);
const numbers = list(zero);

const floor: Shape<ClassFloor> = {
  computeClass: number(0),
  tier: nullable(number(0)),
  domesticOnly: flag,
  precision: nullable(number(0)),
  tflopsMilliMin: zero,
  memoryGibMin: zero,
};

const constraints: Shape<Constraints> = {
  regionsIn: numbers,
  regionsOut: numbers,
  roundTripUsMax: nullable(zero),
  zone: nullable(number(0)),
  securityGradeMin: zero,
  dataClass: nullable(number(0)),
  domesticOnly: flag,
  memoryGibMin: zero,
  interconnect: nullable(number(0)),
  greenShareBpMin: zero,
  pueMilliMax: nullable(zero),
  providersIn: numbers,
  providersOut: numbers,
  reliabilityBpMin: zero,
};

export const bidTerms: Shape<BidTerms> = {
  books: numbers,
  floor: nullable(record(floor)),
  units: zero,
  precision: nullable(number(0)),
  perNode: number(1),
  durationSlots: zero,
  earliest: zero,
  latest: zero,
  hours: number(everyHour),
  weekdays: number(everyWeekday),
  limitPrice: zero,
  timeInForce: number(TimeInForce.GTC),
  goodTill: nullable(zero),
  allOrNone: flag,
  minUnits: zero,
  placement: number(Placement.ANYWHERE),
  together: flag,
  constraints: record(constraints, noConstraints),
  standby: nullable(number(0)),
  preference: number(Preference.CHEAPEST),
  demandRegion: zero,
  dataGb: zero,
  noticeSlots: zero,
  localOnly: optional(flag as Field<true>),
};

export const offerTerms: Shape<OfferTerms> = {
  units: zero,
  from: zero,
  to: zero,
  minSlots: number(1),
  ask: zero,
  timeInForce: number(TimeInForce.GTC),
  goodTill: nullable(zero),
};
