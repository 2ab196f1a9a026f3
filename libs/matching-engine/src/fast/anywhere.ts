import { Preference } from '#domain';
import type { Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import { compareDelivered } from './candidates.js';
import type { Candidate, Candidates } from './candidates.js';
import type { Market } from './market.js';
import { learnInVain, pieceOf, take } from './pieces.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import { firstStartOfLease, freeGroups } from './stock.js';
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
  if (wish.starts.first === wish.starts.last) walkOneStart(market, wish, candidates, walk);
  else if (wish.preference === Preference.EARLIEST) walkStarts(market, wish, candidates, walk);
  else walkLevels(market, wish, candidates, walk);
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
  candidates.begin(wish);
  for (let candidate = candidates.take(); candidate; candidate = candidates.take()) if (visit(market, wish, walk, candidate, start)) return;
}

/** EARLIEST puts the start first: the first start alone, then ever more together, since most bids need no more than the first. */
function walkStarts(market: Market, wish: Wish, candidates: Candidates, walk: Walk): void {
  const { starts } = wish;
  const { first: all, last } = starts;
  let first = all;
  for (let count = 1; first >= 0 && walk.next === null; count *= 4) {
    starts.narrow(first, Math.min(last, first + count - 1));
    if (starts.first === starts.last) walkOneStart(market, wish, candidates, walk);
    else walkLevels(market, wish, candidates, walk);
    const { last: done } = starts;
    starts.narrow(all, last);
    first = starts.next(done + 1);
  }
}

/** Of candidates that are level but for start and time the earlier start comes first, then the older offer. For EARLIEST all are level. */
function walkLevels(market: Market, wish: Wish, candidates: Candidates, walk: Walk): void {
  candidates.begin(wish);
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
