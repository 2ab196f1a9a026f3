import type { Window } from '#domain';

/** The most units that are taken in any one slot. */
export function peakOf(pieces: readonly (Window & { readonly units: number })[]): number {
  const takenAt = (slot: number): number => pieces.reduce((sum, { from, to, units }) => sum + (from <= slot && slot < to ? units : 0), 0);
  return Math.max(0, ...pieces.map(({ from }) => takenAt(from)));
}
