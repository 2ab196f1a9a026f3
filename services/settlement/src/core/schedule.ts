import type { Time } from '#domain';

/** A published version of a schedule: it counts for trades made from `effectiveFrom` until the next version's. */
export interface Version {
  readonly version: number;
  readonly effectiveFrom: Time;
}

/** The version in force at an instant: of those that have begun the newest published. */
export function inForce<V extends Version>(versions: readonly V[], at: Time): V {
  const begun = versions.filter((version) => version.effectiveFrom <= at);
  const newest = begun.reduce<V | undefined>(
    (best, next) =>
      !best || next.effectiveFrom > best.effectiveFrom || (next.effectiveFrom === best.effectiveFrom && next.version > best.version)
        ? next
        : best,
    undefined,
  );
  if (!newest) throw new Error('schedule_must_be_in_force_from_the_beginning');
  return newest;
}
