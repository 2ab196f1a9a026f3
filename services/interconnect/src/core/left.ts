// What of a partner's advert may still be sold here.
import { type Levels, lesserOf, levelsOf, levelsWithin, levelsWithout, type UnitRange, type Window } from '#domain';

/** What the partner offers, with what this platform has of it already, after it has said what was left in a window beyond that. */
export function cutTo(offered: Levels, window: Window, left: Levels, own: readonly UnitRange[]): Levels {
  const inside = levelsWithin(offered, window);
  const most = levelsWithin(levelsOf([...left, ...own]), window);
  return levelsOf([...levelsWithout(offered, inside), ...lesserOf(inside, most)]);
}
