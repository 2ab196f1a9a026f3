import type { Slot } from '#domain';
import { firstFree } from './anywhere.js';
import type { Candidates } from './candidates.js';
import { fillOf, leastOf } from './fills.js';
import type { Least, Ranking } from './fills.js';
import type { Market } from './market.js';
import { learnInVain } from './pieces.js';
import { Spans } from './spans.js';
import { Level } from './walk.js';
import type { Wish } from './wish.js';

const scratch = { level: new Level(), spans: new Spans() };
const none: never[] = [];

/**
 * R-12 for what must start together anywhere, be whole, and may choose its start: all that can be had is one group. By level and span of starts: only starts at which an offer of the
 * level has something can have a fill that costs as little, and once two fills are whole nothing is looked at that must come after the second.
 */
export function gather(market: Market, wish: Wish, candidates: Candidates, ranking: Ranking): void {
  const { first, last } = wish.starts;
  const { level, spans } = scratch;
  const done = new Set<Slot>();
  const { inner } = candidates;
  const rank = (start: Slot): void => {
    if (done.has(start)) return;
    done.add(start);
    wish.starts.narrow(start, start);
    inner.begin(wish);
    ranking.add(
      fillOf(market, wish, () => inner.take(), start),
      none,
    );
  };
  while (candidates.nextLevel(level)) {
    let least: Least | null = null;
    for (let from = first; from >= 0;) {
      if (ranking.isBehind(least, from)) break;
      const to = spans.open(market, wish, candidates, level, from);
      const cheapest = spans.at(0);
      if (cheapest) least = leastOf(wish, cheapest);
      for (let start = from; start >= 0 && start <= to; start++) {
        wish.starts.narrow(start, to);
        start = firstStart(market, wish, spans);
        if (start < 0 || ranking.isBehind(least, start)) break;
        rank(start);
      }
      wish.starts.narrow(first, last);
      from = wish.starts.next(to + 1);
    }
    if (ranking.isBehind(least, first)) break;
  }
  if (!ranking.best) return;
  const successor = wish.starts.next(ranking.best.start + 1);
  if (successor >= 0) rank(successor);
  wish.starts.narrow(first, last);
}

/** The first of the wish's starts at which a candidate of the span has something; -1: none. */
function firstStart(market: Market, wish: Wish, spans: Spans): Slot {
  const { first } = wish.starts;
  let best = Infinity;
  for (let i = 0; ; i++) {
    const candidate = spans.at(i);
    if (!candidate) break;
    if (spans.free[i]! <= first) {
      const free = firstFree(market, wish, candidate, first);
      if (free < 0) learnInVain(market, wish, candidate, first);
      spans.free[i] = free < 0 ? Infinity : free;
    }
    if (spans.free[i] === first) return first;
    best = Math.min(best, spans.free[i]!);
  }
  return best === Infinity ? -1 : best;
}
