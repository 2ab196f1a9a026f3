import type { UnitsBySlot } from '#contracts';
import { coarserLevels, type Levels, levelsOf } from '#domain';

/** As many ranges as a message may have (UnitsBySlot). */
const rangesMax = 32;

/** Where there are more ranges than a message may have, some slots have less in it than there is. */
export const unitsBySlot = (levels: Levels): UnitsBySlot => ({
  ranges: coarserLevels(levels, rangesMax).map(({ from, to, units }) => ({ window: { from, to }, units })),
});

export const levelsIn = ({ ranges }: UnitsBySlot): Levels =>
  levelsOf(ranges.map(({ window, units }) => ({ from: window!.from, to: window!.to, units })));
