import { everyHour, everyWeekday, Placement } from '#domain';
import type { BidTerms, Constraints } from './command.js';
import type { Relaxation } from './explanation.js';

/** what a bid may give up, in the order in which it is told: where it is tied by that at all, what of its terms is then otherwise; else null. */
export const relaxing: readonly (readonly [Relaxation, (terms: BidTerms) => Partial<BidTerms> | null])[] = [
  ['per_node', ({ perNode }) => (perNode === 1 ? null : { perNode: 1 })],
  ['regions', without(({ regionsIn, regionsOut }) => regionsIn.length + regionsOut.length > 0, { regionsIn: [], regionsOut: [] })],
  ['round_trip', without(({ roundTripUsMax }) => roundTripUsMax !== null, { roundTripUsMax: null })],
  ['zone', without(({ zone }) => zone !== null, { zone: null })],
  ['security_grade', without(({ securityGradeMin }) => securityGradeMin !== 0, { securityGradeMin: 0 })],
  ['data_class', without(({ dataClass }) => dataClass !== null, { dataClass: null })],
  ['domestic', without(({ domesticOnly }) => domesticOnly, { domesticOnly: false })],
  ['memory', without(({ memoryGibMin }) => memoryGibMin !== 0, { memoryGibMin: 0 })],
  ['interconnect', without(({ interconnect }) => interconnect !== null, { interconnect: null })],
  ['green_share', without(({ greenShareBpMin }) => greenShareBpMin !== 0, { greenShareBpMin: 0 })],
  ['pue', without(({ pueMilliMax }) => pueMilliMax !== null, { pueMilliMax: null })],
  [
    'providers',
    without(({ providersIn, providersOut }) => providersIn.length + providersOut.length > 0, { providersIn: [], providersOut: [] }),
  ],
  ['reliability', without(({ reliabilityBpMin }) => reliabilityBpMin !== 0, { reliabilityBpMin: 0 })],
  ['link', ({ dataGb }) => (dataGb === 0 ? null : { dataGb: 0 })],
  ['remote', ({ localOnly }) => (localOnly ? { localOnly: undefined } : null)],
  ['standby', ({ standby }) => (standby === null ? null : { standby: null })],
  ['hours', ({ hours }) => (hours === everyHour ? null : { hours: everyHour })],
  ['weekdays', ({ weekdays }) => (weekdays === everyWeekday ? null : { weekdays: everyWeekday })],
  ['placement', ({ placement }) => (placement === Placement.ANYWHERE ? null : { placement: Placement.ANYWHERE })],
  ['together', ({ together }) => (together ? { together: false } : null)],
  ['all_or_none', ({ allOrNone }) => (allOrNone ? { allOrNone: false } : null)],
  ['min_units', ({ minUnits }) => (minUnits === 0 ? null : { minUnits: 0 })],
];

function without(isTied: (constraints: Constraints) => boolean, loose: Partial<Constraints>) {
  return ({ constraints }: BidTerms): Partial<BidTerms> | null =>
    isTied(constraints) ? { constraints: { ...constraints, ...loose } } : null;
}
