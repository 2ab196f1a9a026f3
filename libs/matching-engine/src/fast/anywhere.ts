import { Preference } from '#domain';
import type { Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import { compareDelivered } from './candidate.js';
import type { Candidate } from './candidate.js';
import type { Candidates } from './candidates.js';
import type { Market } from './market.js';
import { learnInVain, pieceOf, take } from './pieces.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import { Spans } from './spans.js';
import { firstStartOfLease, freeGroups } from './stock.js';
import { Level } from './walk.js';
import type { Wish } from './wish.js';

/** One walk through the candidates: what was taken, what is still asked, and the next that has something once all is taken. */
interface Walk {
  readonly taken: Piece[];
  rest: number;
  next: Piece | null;
}

/** R-12 ANYWHERE: candidates in order, from each as much as it has, until filled. The next that still has something is the runner-up. */
export function matchAnywhere(market: Market, wish: Wish, candidates: Candidates): Piece[] {
  const walk: Walk = { taken: [], rest: wish.rest, next: null };
  candidates.begin(wish);
  if (wish.starts.first === wish.starts.last) walkOneStart(market, wish, candidates, walk);
  else if (candidates.comeInOrder) walkLevels(market, wish, candidates, walk);
  else walkSorted(market, wish, candidates, walk);
  const { next } = walk;
  if (next) {
    for (const piece of walk.taken) {
      piece.next = next.candidate;
      piece.nextStart = next.start;
      piece.decidedBy = decidedBetween(wish, piece, next);
    }
  }
  return walk.taken;
}

function decidedBetween(wish: Wish, a: Piece, b: Piece): TradeChoice['decidedBy'] {
  if (wish.preference === Preference.EARLIEST && a.start !== b.start) return 'start';
  if (a.candidate.key !== b.candidate.key) return 'preference';
  if (compareDelivered(wish, a.candidate, b.candidate) !== 0) return 'price';
  return a.start === b.start ? 'time' : 'start';
}

/** Tries the candidate at the start; true where the walk is over. */
function visit(market: Market, wish: Wish, walk: Walk, candidate: Candidate, start: Slot): boolean {
  const pooled = freeGroups(market, wish, candidate, start, start + wish.duration);
  const piece = pooled === 0 ? null : pieceOf(market, wish, candidate, start, pooled, walk.rest === 0 ? candidate.group : walk.rest);
  if (!piece) {
    learnInVain(market, wish, candidate, start);
    return false;
  }
  if (walk.rest === 0) {
    walk.next = piece;
    return true;
  }
  take(market, wish, piece);
  walk.taken.push(piece);
  walk.rest -= piece.counted;
  return false;
}

function walkOneStart(market: Market, wish: Wish, candidates: Candidates, walk: Walk): void {
  const start = wish.starts.first;
  for (let candidate = candidates.take(); candidate; candidate = candidates.take()) if (visit(market, wish, walk, candidate, start)) return;
}

/** Level by level, of each span by span of starts: what is sold out in a span is ruled out before it is looked at. */
function walkLevels(market: Market, wish: Wish, candidates: Candidates, walk: Walk): void {
  const { starts } = wish;
  const { first, last } = starts;
  const { level, spans } = scratch;
  while (candidates.nextLevel(level)) {
    for (let from = first; from >= 0; from = starts.next(from)) {
      const to = spans.open(market, wish, candidates, level, from);
      starts.narrow(from, to);
      const isOver = walkSpan(market, wish, walk, spans);
      starts.narrow(first, last);
      if (isOver) return;
      from = to + 1;
    }
  }
}

/** Start by start, at each the candidates in order. What is free only shrinks on the way, so a candidate that has nothing before a start never has. */
function walkSpan(market: Market, wish: Wish, walk: Walk, spans: Spans): boolean {
  for (let now = wish.starts.first; now >= 0;) {
    let following = Infinity;
    for (let i = 0; ; i++) {
      const candidate = spans.at(i);
      if (!candidate) break;
      // Before it the candidate has nothing.
      let free = spans.free[i]!;
      if (free <= now) {
        free = firstFree(market, wish, candidate, now);
        if (free < 0) learnInVain(market, wish, candidate, now);
        else if (free === now) {
          if (visit(market, wish, walk, candidate, now)) return true;
          free = now + 1;
        }
        spans.free[i] = free < 0 ? Infinity : free;
      }
      if (free >= 0 && free < following) following = free;
    }
    now = following === Infinity ? -1 : wish.starts.next(following);
  }
  return false;
}

const scratch = { level: new Level(), spans: new Spans() };

/** Of candidates that are level but for start and time the earlier start comes first, then the older offer. For EARLIEST all are level. */
function walkSorted(market: Market, wish: Wish, candidates: Candidates, walk: Walk): void {
  let level: Candidate[] = [];
  for (let candidate = candidates.take(); ; candidate = candidates.take()) {
    if (candidate && (level.length === 0 || isLevel(wish, level[0]!, candidate))) {
      level.push(candidate);
      continue;
    }
    if (level.length > 0 && walkLevel(market, wish, walk, level)) return;
    if (!candidate) return;
    level = [candidate];
  }
}

const isLevel = (wish: Wish, a: Candidate, b: Candidate): boolean =>
  wish.preference === Preference.EARLIEST || (a.key === b.key && compareDelivered(wish, a, b) === 0);

/**
 * Start by start, at each the candidates in order; only starts at which one of them has a group free are visited. What is free only shrinks on the way, so a start found
 * free for a candidate may turn out taken, but none before it was free.
 */
function walkLevel(market: Market, wish: Wish, walk: Walk, level: readonly Candidate[]): boolean {
  // By candidate: the first start that may be free; negative: none.
  const starts = level.map(({ offer }) => firstStartIn(market, wish, offer, wish.starts.first));
  for (;;) {
    let now = Infinity;
    for (const start of starts) if (start >= 0 && start < now) now = start;
    if (now === Infinity) return false;
    for (let i = 0; i < level.length; i++) {
      if (starts[i] !== now) continue;
      const candidate = level[i]!;
      const start = firstFree(market, wish, candidate, now);
      starts[i] = start;
      if (start !== now) continue;
      if (visit(market, wish, walk, candidate, start)) return true;
      starts[i] = firstStartIn(market, wish, candidate.offer, start + 1);
    }
  }
}

/** The first allowed start from the slot on that lies in the offer's window. */
function firstStartIn(market: Market, wish: Wish, offer: number, slot: Slot): Slot {
  const { data } = market.tables.offers;
  const start = wish.starts.next(Math.max(slot, data[offer + Offer.FROM]!));
  return start + wish.duration <= data[offer + Offer.TO]! ? start : -1;
}

/** The first start from `start` on at which both the pool and the offer have a group free. */
export function firstFree(market: Market, wish: Wish, candidate: Candidate, from: Slot): Slot {
  const { offer, pool, lease } = candidate;
  const { data } = market.tables.offers;
  const { duration, perNode } = wish;
  const last = Math.min(wish.starts.last, data[offer + Offer.TO]! - duration);
  const limit = data[offer + Offer.UNITS]! - perNode;
  for (let start = Math.max(from, data[offer + Offer.FROM]!); start >= 0 && start <= last;) {
    const ofPool =
      lease === 0 ? pool.capacity.firstStart(perNode, start, last, duration) : firstStartOfLease(market, wish, candidate, start, last);
    if (ofPool < 0) return -1;
    const ofOffer = market.sold.firstStart(offer, ofPool, last, duration, limit);
    if (ofOffer < 0) return -1;
    start = wish.starts.next(ofOffer);
    if (start === ofPool) return start;
  }
  return -1;
}
