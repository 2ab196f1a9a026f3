import type { BidTerms, ClassFloor, Constraints } from '../command.js';

// The terms of a bid as numbers, for the event buffer: fields in the order of their types, lists by their length and items, null as 0 or, where 0 is a value, as -1.

/** Pushes the terms' words. */
export function writeTerms(push: (word: number) => void, terms: BidTerms): void {
  const list = (items: readonly number[]): void => {
    push(items.length);
    for (const item of items) push(item);
  };
  list(terms.books);
  push(terms.floor ? 1 : 0);
  if (terms.floor) writeFloor(push, terms.floor);
  push(terms.units);
  push(terms.precision ?? 0);
  push(terms.perNode);
  push(terms.durationSlots);
  push(terms.earliest);
  push(terms.latest);
  push(terms.hours);
  push(terms.weekdays);
  push(terms.limitPrice);
  push(terms.timeInForce);
  push(terms.goodTill ?? -1);
  push(terms.allOrNone ? 1 : 0);
  push(terms.minUnits);
  push(terms.placement);
  push(terms.together ? 1 : 0);
  writeConstraints(push, list, terms.constraints);
  push(terms.standby ?? 0);
  push(terms.preference);
  push(terms.demandRegion);
  push(terms.dataGb);
  push(terms.noticeSlots);
  push(terms.localOnly ? 1 : 0);
}

function writeFloor(push: (word: number) => void, floor: ClassFloor): void {
  push(floor.computeClass);
  push(floor.tier ?? 0);
  push(floor.domesticOnly ? 1 : 0);
  push(floor.precision ?? 0);
  push(floor.tflopsMilliMin);
  push(floor.memoryGibMin);
}

function writeConstraints(push: (word: number) => void, list: (items: readonly number[]) => void, c: Constraints): void {
  list(c.regionsIn);
  list(c.regionsOut);
  push(c.roundTripUsMax ?? -1);
  push(c.zone ?? 0);
  push(c.securityGradeMin);
  push(c.dataClass ?? 0);
  push(c.domesticOnly ? 1 : 0);
  push(c.memoryGibMin);
  push(c.interconnect ?? 0);
  push(c.greenShareBpMin);
  push(c.pueMilliMax ?? -1);
  list(c.providersIn);
  list(c.providersOut);
  push(c.reliabilityBpMin);
}

/** What `writeTerms` pushed. */
export function readTerms(next: () => number): BidTerms {
  const flag = (): boolean => next() === 1;
  const list = (): number[] => Array.from({ length: next() }, next);
  return {
    books: list(),
    floor: flag() ? readFloor(next) : null,
    units: next(),
    precision: orNull<BidTerms['precision']>(next()),
    perNode: next(),
    durationSlots: next(),
    earliest: next(),
    latest: next(),
    hours: next(),
    weekdays: next(),
    limitPrice: next(),
    timeInForce: next() as BidTerms['timeInForce'],
    goodTill: fromMinus(next()),
    allOrNone: flag(),
    minUnits: next(),
    placement: next() as BidTerms['placement'],
    together: flag(),
    constraints: readConstraints(next, list),
    standby: orNull<BidTerms['standby']>(next()),
    preference: next() as BidTerms['preference'],
    demandRegion: next(),
    dataGb: next(),
    noticeSlots: next(),
    ...(flag() && { localOnly: true as const }),
  };
}

const readFloor = (next: () => number): ClassFloor => ({
  computeClass: next() as ClassFloor['computeClass'],
  tier: orNull<ClassFloor['tier']>(next()),
  domesticOnly: next() === 1,
  precision: orNull<ClassFloor['precision']>(next()),
  tflopsMilliMin: next(),
  memoryGibMin: next(),
});

const readConstraints = (next: () => number, list: () => number[]): Constraints => ({
  regionsIn: list(),
  regionsOut: list(),
  roundTripUsMax: fromMinus(next()),
  zone: orNull<Constraints['zone']>(next()),
  securityGradeMin: next(),
  dataClass: orNull<Constraints['dataClass']>(next()),
  domesticOnly: next() === 1,
  memoryGibMin: next(),
  interconnect: orNull<Constraints['interconnect']>(next()),
  greenShareBpMin: next(),
  pueMilliMax: fromMinus(next()),
  providersIn: list(),
  providersOut: list(),
  reliabilityBpMin: next(),
});

const orNull = <T>(word: number): T | null => (word === 0 ? null : (word as T));

const fromMinus = (word: number): number | null => (word < 0 ? null : word);
