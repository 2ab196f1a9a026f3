import { match } from './matching.js';
import { giveBack } from './pieces.js';
import type { Piece } from './pieces.js';
import { reclaim, undoReclaim } from './reclaim.js';
import type { Reclaim } from './reclaim.js';
import type { Run } from './run.js';
import { firstOutside, haltFor } from './taking.js';

/** One fill of a bid: what it was matched with, and what it reclaims. */
export interface Filled {
  readonly matched: readonly Piece[];
  readonly reclaimed: Reclaim | null;
}

export const piecesOf = ({ matched, reclaimed }: Filled): readonly Piece[] => (reclaimed ? [...matched, ...reclaimed.pieces] : matched);

/** R-7a: both fills of the bid, or none; `ask` makes the wish what the bid asks. Only what both would have made can lie outside of a band and halt its book. */
export function takeBoth(run: Run, ask: () => void): readonly Filled[] {
  const { market, wish, stops } = run;
  for (;;) {
    ask();
    const first = fill(run);
    const pieces = piecesOf(first);
    if (pieces.length === 0) return [];
    ask();
    wish.keepAway(pieces);
    const second = fill(run);
    const both = [...pieces, ...piecesOf(second)];
    const isBoth = both.length > pieces.length;
    const outside = isBoth ? firstOutside(market, wish, both) : -1;
    if (isBoth && outside < 0) return [first, second];
    undo(run, second);
    undo(run, first);
    if (!isBoth) return [];
    stops.push(haltFor(market, wish, both[outside]!));
  }
}

/** Matched, and reclaimed what it still lacks, whatever the bands. */
export function fill({ market, wish, candidates }: Run): Filled {
  const matched = match(market, wish, candidates);
  wish.leave(matched);
  return { matched, reclaimed: reclaim(market, wish, candidates) };
}

export function undo({ market, wish }: Run, { matched, reclaimed }: Filled): void {
  if (reclaimed) undoReclaim(market, reclaimed);
  giveBack(market, wish.duration, matched);
}
