// What of an advert one partner is told of.
import {
  largestOf,
  type Levels,
  leastUnits,
  lesserOf,
  levelsOf,
  levelsWithin,
  levelsWithout,
  mostUnits,
  type Slot,
  type UnitRange,
  type Window,
} from '#domain';

/** As the operator has entered it, and as the market has it. */
export interface Entered {
  readonly window: Window;
  /** For all partners together, with what they have of it. */
  readonly units: number;
  /** What the market has on sale, with what partners have of it; undefined: it says nothing of it. */
  readonly there: Levels | undefined;
}

/** As it is told: `units` in each slot of the window, or these levels, of which they are the most. */
export interface Told {
  readonly window: Window;
  readonly units: number;
  readonly levels: Levels | undefined;
}

/** What the partner has already stays among it, since the partner takes that off. @param others what other partners have of it. @param first that can be sold */
export function shareOf({ window, units, there }: Entered, others: readonly UnitRange[], first: Slot): Levels {
  const entered = levelsOf([{ ...window, units }]);
  return levelsWithin(levelsWithout(there ? lesserOf(entered, there) : entered, others), { from: first, to: window.to });
}

/** Undefined where nothing is left of it. */
export function toldBySlot(share: Levels, window: Window, first: Slot): Told | undefined {
  if (share.length === 0) return undefined;
  const units = mostUnits(share);
  const isEven = leastUnits(share, { from: Math.max(window.from, first), to: window.to }) === units;
  return { window, units, levels: isEven ? undefined : share };
}

/**
 * To a partner that knows one number of units: the window of one number that has the most unit-slots. In it the partner takes off the most that it has in any slot,
 * so that is told beside what is left.
 * @param own what the partner has of it
 */
export function toldAsOne(share: Levels, window: Window, own: readonly UnitRange[], first: Slot): Told | undefined {
  const largest = largestOf(levelsWithout(share, own));
  if (!largest) return undefined;
  const from = largest.from === Math.max(window.from, first) ? window.from : largest.from;
  const taken = mostUnits(levelsOf(own.filter((one) => one.to > from && one.from < largest.to)));
  return { window: { from, to: largest.to }, units: largest.units + taken, levels: undefined };
}
