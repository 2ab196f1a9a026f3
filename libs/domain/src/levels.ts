import type { Slot, Window } from './slot.js';

/** So many units in each slot of [from, to). */
export interface UnitRange extends Window {
  readonly units: number;
}

/** Units by slot: ranges that ascend, do not overlap, have units, and differ from the one that they touch. A slot in none of them has 0. */
export type Levels = readonly UnitRange[];

/** Added up slot by slot; what would be below 0 is 0. */
export function levelsOf(parts: readonly UnitRange[]): Levels {
  const changes = new Map<Slot, number>();
  const change = (slot: Slot, by: number): void => void changes.set(slot, (changes.get(slot) ?? 0) + by);
  for (const { from, to, units } of parts) {
    if (from >= to) continue;
    change(from, units);
    change(to, -units);
  }
  const steps = [...changes].filter(([, by]) => by !== 0).sort(([one], [other]) => one - other);
  const levels: UnitRange[] = [];
  let units = 0;
  for (const [i, [from, by]] of steps.entries()) {
    units += by;
    const to = steps[i + 1]?.[0] ?? from;
    const before = levels.at(-1);
    if (units <= 0) continue;
    if (before?.to === from && before.units === units) levels[levels.length - 1] = { ...before, to };
    else levels.push({ from, to, units });
  }
  return levels;
}

export const levelsWithout = (levels: Levels, taken: readonly UnitRange[]): Levels =>
  levelsOf([...levels, ...taken.map((one) => ({ ...one, units: -one.units }))]);

/** In each slot the lesser of the two. */
export const lesserOf = (one: Levels, other: Levels): Levels => levelsWithout(one, levelsWithout(one, other));

export const levelsWithin = (levels: Levels, { from, to }: Window): Levels =>
  levels.map((one) => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) })).filter((one) => one.from < one.to);

export const mostUnits = (levels: Levels): number => levels.reduce((most, { units }) => Math.max(most, units), 0);

/** Over all slots of the window, which is not empty. */
export function leastUnits(levels: Levels, window: Window): number {
  const inside = levelsWithin(levels, window);
  const covered = inside.reduce((sum, { from, to }) => sum + to - from, 0);
  return covered < window.to - window.from ? 0 : Math.min(...inside.map(({ units }) => units));
}

/** No slot has more than before, and there are no more ranges than that: what loses the fewest unit-slots is cut down first. */
export function coarserLevels(levels: Levels, rangesMax: number): Levels {
  let left = levels;
  while (left.length > rangesMax) {
    const cuts = left.flatMap((_, at) => cutOf(left, at) ?? []).sort((one, other) => one.loss - other.loss || one.at - other.at);
    const chosen = new Map<number, number>();
    for (const { at, units } of cuts) {
      if (left.length - chosen.size === rangesMax) break;
      // What is beside it is judged anew once it is cut.
      if (!chosen.has(at - 1) && !chosen.has(at + 1)) chosen.set(at, units);
    }
    left = levelsOf(left.map((range, at) => ({ ...range, units: chosen.get(at) ?? range.units })));
  }
  return left;
}

/** The range brought down to the higher of what it touches, and so made one with it; undefined where it touches more on both sides. */
function cutOf(levels: Levels, at: number): { at: number; units: number; loss: number } | undefined {
  const { from, to, units } = levels[at]!;
  const [before, after] = [levels[at - 1], levels[at + 1]];
  const beside = [before?.to === from ? before.units : 0, after?.from === to ? after.units : 0].filter((level) => level < units);
  if (beside.length === 0) return undefined;
  const level = Math.max(...beside);
  return { at, units: level, loss: (units - level) * (to - from) };
}

export interface Layer extends UnitRange {
  /** The least that all layers together have over its window. */
  readonly level: number;
}

/**
 * The same as windows of one number of units each that add up to it, the wide beneath the narrow: whatever window is asked for, the layers that hold all of it
 * have together the least units that there are in it.
 */
export function layersOf(levels: Levels): Layer[] {
  const layers: Layer[] = [];
  const open: { from: Slot; units: number }[] = [];
  let level = 0;
  const lower = (to: Slot, until: number): void => {
    while (level > until) {
      const top = open.at(-1)!;
      const units = Math.min(top.units, level - until);
      layers.push({ from: top.from, to, units, level });
      top.units -= units;
      level -= units;
      if (top.units === 0) open.pop();
    }
  };
  for (const [at, { from, to, units }] of levels.entries()) {
    if (units > level) {
      open.push({ from, units: units - level });
      level = units;
    }
    const after = levels[at + 1];
    lower(to, after?.from === to ? after.units : 0);
  }
  return layers.sort((one, other) => one.from - other.from || other.to - one.to);
}

/** The window of one number of units that has the most unit-slots; undefined where there are none. Of equals the earlier. */
export function largestOf(levels: Levels): UnitRange | undefined {
  const all = layersOf(levels).map(({ from, to, level }) => ({ from, to, units: level }));
  const sizeOf = ({ from, to, units }: UnitRange): number => (to - from) * units;
  return all.reduce<UnitRange | undefined>((best, one) => (best && sizeOf(best) >= sizeOf(one) ? best : one), undefined);
}
