import type { Window } from '#domain';

/** The most units that are taken in any one slot. */
export function peakOf(pieces: readonly (Window & { readonly units: number })[]): number {
  const changes = new Map<number, number>();
  const change = (slot: number, units: number) => changes.set(slot, (changes.get(slot) ?? 0) + units);
  for (const { from, to, units } of pieces) {
    change(from, units);
    change(to, -units);
  }
  let [taken, most] = [0, 0];
  for (const [, units] of [...changes].sort(([one], [other]) => one - other)) {
    taken += units;
    most = Math.max(most, taken);
  }
  return most;
}
