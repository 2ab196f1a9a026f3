import type { Time } from '#domain';

/** So long after its newest probe a measurement counts; then the promise does. It is the median of the probes of as long. */
export const youngMs = 900_000;
/** Fewer probes are chance. */
export const probesLeast = 3;
/** The market is told no oftener of a link, since every telling has it look at all resting bids. */
export const tellMsLeast = 300_000;

/** The medians of a link's probes within `youngMs` of the newest; 0 where none measured it. */
export interface LinkMeasure {
  readonly roundTripUs: number;
  readonly oneWayUs: number;
  readonly megabitsPerSecond: number;
  readonly probes: number;
  /** Else by the link's owner. */
  readonly byOperator: boolean;
  readonly newestAt: Time;
}

/** What was told last; 0: that the promise counts. */
export interface Telling {
  readonly roundTripUs: number;
  readonly byOperator: boolean;
  readonly toldAt: Time;
}

export const isYoung = ({ newestAt }: Pick<LinkMeasure, 'newestAt'>, now: Time): boolean => now - newestAt <= youngMs;

/**
 * the round trip to be told now, 0 for the promise; undefined where what was told stands. A change of a tenth or less is jitter. That nothing is young
 * any more is told at once.
 */
export function tellingOf(told: Telling, measured: LinkMeasure | undefined, now: Time): number | undefined {
  if (!measured || !isYoung(measured, now)) return told.roundTripUs === 0 ? undefined : 0;
  if (measured.probes < probesLeast || now - told.toldAt < tellMsLeast) return undefined;
  const isJitter = measured.byOperator === told.byOperator && 10 * Math.abs(measured.roundTripUs - told.roundTripUs) <= told.roundTripUs;
  return isJitter ? undefined : measured.roundTripUs;
}

/** A probe as it is told. */
export interface Probe {
  readonly roundTripUs: number;
  readonly oneWayUs: number;
  readonly megabitsPerSecond: number;
}

/** What cannot have been measured of a link of so much: the rule that is broken, and its field. */
export function brokenByProbe(
  { roundTripUs, oneWayUs, megabitsPerSecond }: Probe,
  gigabitsPerSecond: number,
): [field: string, rule: string] | null {
  if (oneWayUs > roundTripUs) return ['oneWayUs', 'round_trip_must_not_be_shorter_than_one_way'];
  // A tenth for how it is measured.
  if (megabitsPerSecond > gigabitsPerSecond * 1_100) return ['megabitsPerSecond', 'throughput_must_not_exceed_the_link'];
  return null;
}
