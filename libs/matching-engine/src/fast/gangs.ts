import { Placement } from '#domain';
import type { Slot } from '#domain';
import { firstFree } from './anywhere.js';
import type { Candidate } from './candidate.js';
import type { Candidates } from './candidates.js';
import { fillAt, fillOfOne, leastOf } from './fills.js';
import type { Least, Ranking } from './fills.js';
import type { Market, Pool } from './market.js';
import { learnInVain } from './pieces.js';
import { Offer } from './records.js';
import { Spans } from './spans.js';
import { Turns } from './turns.js';
import { Level } from './walk.js';
import type { Wish } from './wish.js';

// R-12 for ONE_POOL and ONE_SITE: groups come in the order of their best candidates, and of each only starts count at which that has something. Once two fills are whole,
// what would come after the second by the least that it can cost is not looked at.

/** The offers of one pool, or of one site's pools, that pass; and the starts whose fills were ranked. */
interface Group {
  readonly pools: readonly Pool[];
  readonly candidates: readonly Candidate[];
  readonly done: Set<Slot>;
}

const none: never[] = [];
const scratch = { level: new Level(), spans: new Spans() };

export function matchGangs(market: Market, wish: Wish, candidates: Candidates, ranking: Ranking): void {
  if (wish.starts.first === wish.starts.last) return rankOneStart(market, wish, candidates, ranking);
  const search = new Search(market, wish, candidates, ranking);
  search.rankWhole();
  if (!ranking.isWhole && wish.need < wish.rest) search.rankRest();
  search.rankSuccessor();
}

function rankOneStart(market: Market, wish: Wish, candidates: Candidates, ranking: Ranking): void {
  const start = wish.starts.first;
  const short: Candidate[][] = [];
  for (let first = candidates.take(); first; first = candidates.take()) {
    if (ranking.isBehindAt(leastOf(wish, first), start, first)) return;
    const alone = fillOfOne(market, wish, first, start);
    markGroup(wish, first, candidates.stamp);
    if (alone) {
      ranking.add(alone, none);
      continue;
    }
    const pools = poolsOf(wish, first);
    // Of the group's pools those that have something count.
    const having: Pool[] = [];
    let most = 0;
    for (const pool of pools) {
      const here = mostOf(market, wish, pool, first, start, start);
      if (here > 0) having.push(pool);
      else if (pool === first.pool) learnInVain(market, wish, first, start);
      most += here;
    }
    if (most < wish.need) continue;
    const group = offersOf(market, wish, candidates, having, first);
    if (most < wish.rest) short.push(group);
    else ranking.add(fillAt(market, wish, group, start), group);
  }
  for (const group of short) ranking.add(fillAt(market, wish, group, start), group);
}

const poolsOf = ({ placement }: Wish, { pool }: Candidate): readonly Pool[] =>
  placement === Placement.ONE_POOL ? [pool] : pool.siblings.pools;

/** What comes later of its pools is not looked at by itself. */
function markGroup({ placement }: Wish, { pool }: Candidate, stamp: number): void {
  if (placement === Placement.ONE_POOL) pool.grouped = stamp;
  else pool.siblings.grouped = stamp;
}

/** Counted, no less than what the pool has free for a lease from any of the starts [from, to]. */
function mostOf(market: Market, wish: Wish, pool: Pool, { group }: Candidate, from: Slot, to: Slot): number {
  if (market.resales > 0 || to >= from + wish.duration) return wish.rest;
  if (!pool.trades || market.tables.offersOfPool.countOf(pool.index) === 0) return 0;
  return group * pool.capacity.freeGroups(wish.perNode, to, from + wish.duration);
}

/** Those of the first candidate's book, in R-11's order. */
function offersOf(market: Market, wish: Wish, candidates: Candidates, pools: readonly Pool[], { offer: first }: Candidate): Candidate[] {
  const { offers, offersOfPool } = market.tables;
  const { data } = offers;
  const book = data[first + Offer.BOOK]!;
  const group: Candidate[] = [];
  for (const pool of pools) {
    const count = offersOfPool.countOf(pool.index);
    if (count === 0 || !candidates.testPool(wish, pool)) continue;
    for (let i = 0; i < count; i++) {
      const offer = offersOfPool.at(pool.index, i);
      if (data[offer + Offer.BOOK] !== book || data[offer + Offer.ASK]! > wish.limit) continue;
      const candidate = candidates.test(wish, offer);
      if (candidate) group.push(candidate);
    }
  }
  return candidates.inOrder(group);
}

/** The same with a free start: by level and span. */
class Search {
  private readonly groups = new Map<number, Group>();
  private readonly all: { first: Slot; last: Slot };

  constructor(
    private readonly market: Market,
    private readonly wish: Wish,
    private readonly candidates: Candidates,
    private readonly ranking: Ranking,
  ) {
    this.all = { first: wish.starts.first, last: wish.starts.last };
  }

  /** Fills that are whole. */
  rankWhole(): void {
    const { market, wish, candidates, ranking } = this;
    const { level, spans } = scratch;
    const { first, last } = this.all;
    while (candidates.nextLevel(level)) {
      let least: Least | null = null;
      for (let from = first; from >= 0;) {
        if (ranking.isBehind(least, from)) break;
        const to = spans.open(market, wish, candidates, level, from);
        wish.starts.narrow(from, to);
        for (let i = 0; ; i++) {
          const candidate = spans.at(i);
          if (!candidate) break;
          least = leastOf(wish, candidate);
          if (ranking.isBehind(least, from)) break;
          this.rankIn(candidate, least, from, to);
        }
        wish.starts.narrow(first, last);
        from = wish.starts.next(to + 1);
      }
      if (ranking.isBehind(least, first)) return;
    }
  }

  /** The turns of the candidate's group from [from, to] at which the candidate has something. */
  private rankIn(candidate: Candidate, least: Least | null, from: Slot, to: Slot): void {
    const { market, wish, ranking } = this;
    const { need, perNode, duration } = wish;
    let most = 0;
    for (const pool of poolsOf(wish, candidate)) if (most < wish.rest) most += mostOf(market, wish, pool, candidate, from, to);
    if (most < wish.rest) return;
    let group: Group | null = null;
    for (let start = from; start >= 0 && start <= to; start = wish.starts.next(start + 1)) {
      if (wish.placement === Placement.ONE_POOL && candidate.lease === 0 && market.resales === 0) {
        start = candidate.pool.capacity.firstStart(perNode, start, to, duration, Math.ceil(need / candidate.group));
        if (start >= 0) start = wish.starts.next(start);
      }
      if (start >= 0) start = firstFree(market, wish, candidate, start);
      if (start < 0 || ranking.isBehindAt(least, start, candidate)) return;
      group ??= this.groupOf(candidate);
      if (group.done.has(start)) continue;
      group.done.add(start);
      ranking.add(fillAt(market, wish, group.candidates, start), group.candidates);
      start = this.turnAfter(group, start, to) - 1;
    }
  }

  /** The next slot up to `to`, or the one behind it, at which something of the group is free again or begins: before it fills only get worse. */
  private turnAfter({ pools, candidates }: Group, start: Slot, to: Slot): Slot {
    const { market } = this;
    const { data } = market.tables.offers;
    let next = to + 1;
    const mark = (slot: Slot): void => {
      if (slot < next) next = slot;
    };
    if (market.resales > 0) return start + 1;
    for (const pool of pools) {
      pool.capacity.turns(start + 1, next, mark);
      if (pool.curtailment) mark(Math.max(start + 1, pool.curtailment.to));
    }
    for (const { offer } of candidates) {
      const from = data[offer + Offer.FROM]!;
      if (from > start) mark(from);
      market.sold.turns(offer, start + 1, next, mark);
    }
    return next;
  }

  private groupOf(candidate: Candidate): Group {
    const { market, wish, candidates } = this;
    const { fact, site } = candidate.pool;
    const id = wish.placement === Placement.ONE_POOL ? fact.poolId : site.siteId;
    const known = this.groups.get(id);
    if (known) return known;
    const pools = poolsOf(wish, candidate);
    const { first, last } = wish.starts;
    wish.starts.narrow(this.all.first, this.all.last);
    const group = { pools, candidates: offersOf(market, wish, candidates, pools, candidate), done: new Set<Slot>() };
    wish.starts.narrow(first, last);
    this.groups.set(id, group);
    return group;
  }

  /** Every turn of every group, of those that give less too. */
  rankRest(): void {
    const { market, wish, candidates, ranking } = this;
    const turns = new Turns(wish);
    const seen = new Set<number>();
    candidates.begin(wish);
    for (let first = candidates.take(); first; first = candidates.take()) {
      const { site } = first.pool;
      if (seen.has(site.siteId)) continue;
      seen.add(site.siteId);
      const group = this.groupOf(first);
      turns.mark(market, group.candidates);
      for (let start = turns.next(this.all.first); start >= 0; start = turns.next(start + 1)) {
        if (group.done.has(start)) continue;
        group.done.add(start);
        ranking.add(fillAt(market, wish, group.candidates, start), group.candidates);
      }
    }
  }

  /** The start after the best may be the second best although it is no turn. */
  rankSuccessor(): void {
    const { market, wish, ranking } = this;
    if (!ranking.best) return;
    const start = wish.starts.next(ranking.best.start + 1);
    const group = this.groupOf(ranking.best.pieces[0]!.candidate);
    if (start >= 0 && !group.done.has(start)) ranking.add(fillAt(market, wish, group.candidates, start), group.candidates);
  }
}
