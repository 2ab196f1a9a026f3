import { Placement } from '#domain';
import type { Slot } from '#domain';
import type { Candidate } from './candidate.js';
import type { Candidates } from './candidates.js';
import { matchGangs } from './gangs.js';
import { gather } from './gather.js';
import { difference, fillAt, fillOf, leastOfAll, Ranking } from './fills.js';
import type { Market } from './market.js';
import { take } from './pieces.js';
import type { Piece } from './pieces.js';
import { Turns } from './turns.js';
import type { Wish } from './wish.js';

/** for each group and start the fill that takes candidates in order; of those the best, if it is enough. The second best is the runner-up. */
export function matchTogether(market: Market, wish: Wish, candidates: Candidates): Piece[] {
  const ranking = new Ranking(wish);
  candidates.begin(wish);
  if (liesOnOneOfMany(market, wish)) rankGroups(market, wish, ranking, groupsFrom(wish, candidates));
  else if (wish.placement === Placement.ANYWHERE && wish.starts.first === wish.starts.last) {
    // Group and start are given: no candidate is looked at beyond the last that the fill takes.
    ranking.add(
      fillOf(market, wish, () => candidates.take(), wish.starts.first),
      [],
    );
  } else if (comesByGroups(wish, candidates)) matchGangs(market, wish, candidates, ranking);
  else if (isGathered(wish, candidates)) gather(market, wish, candidates, ranking);
  else rankGroups(market, wish, ranking, groupsFrom(wish, candidates));
  return taken(market, wish, ranking);
}

/** where it may lie on several platforms what is of one is a group. A pool and a site are of one anyhow. */
const liesOnOneOfMany = ({ hasRemotes }: Market, { placement, platform }: Wish): boolean =>
  hasRemotes && platform < 0 && (placement === Placement.ANYWHERE || placement === Placement.ONE_REGION);

/** Takes the best. */
function taken(market: Market, wish: Wish, { best, second }: Ranking): Piece[] {
  if (!best) return [];
  const next = second?.pieces[0];
  for (const piece of best.pieces) {
    take(market, wish, piece);
    if (!second || !next) continue;
    piece.next = next.candidate;
    piece.nextStart = second.start;
    piece.decidedBy = difference(wish, best, second)[1];
  }
  return best.pieces;
}

/** True where the groups come in the order of their bests, and the offers of one can be found without the others. */
const comesByGroups = ({ placement, ties, pin }: Wish, candidates: Candidates): boolean =>
  (placement === Placement.ONE_POOL || placement === Placement.ONE_SITE) && ties.books.length === 1 && pin < 0 && candidates.comeInOrder;

/** True where all that can be had is one group, which must give the whole. */
const isGathered = ({ placement, need, rest, pin }: Wish, candidates: Candidates): boolean =>
  placement === Placement.ANYWHERE && need === rest && pin < 0 && candidates.comeInOrder;

/** Every turn of every group, unless it is behind. */
function rankGroups(market: Market, wish: Wish, ranking: Ranking, groups: readonly (readonly Candidate[])[]): void {
  const turns = new Turns(wish);
  for (const group of groups) {
    const least = leastOfAll(wish, group);
    if (ranking.isBehind(least, wish.starts.first)) continue;
    turns.mark(market, group);
    for (let start = nextTurn(wish, turns, group, wish.starts.first); start >= 0; start = nextTurn(wish, turns, group, start + 1)) {
      if (ranking.isBehind(least, start)) break;
      ranking.add(fillAt(market, wish, group, start), group);
    }
  }
  if (!ranking.best) return;
  // Between turns fills only get worse, so of the starts that were passed over only the one after the best may be the second best.
  const start = wish.starts.next(ranking.best.start + 1);
  if (start < 0) return;
  const { group } = ranking;
  turns.mark(market, group);
  if (turns.next(start) !== start) ranking.add(fillAt(market, wish, group, start), group);
}

/** The next turn at which the group may have enough: of one pool, where that has the groups of units that are needed. What is needed is free first where a turn is. */
function nextTurn(wish: Wish, turns: Turns, group: readonly Candidate[], from: Slot): Slot {
  const { pool, group: counted } = group[0]!;
  const start = turns.next(from);
  if (start < 0 || wish.precision !== 0 || group.some((each) => each.pool !== pool || each.lease !== 0)) return start;
  const { starts, duration, perNode, need } = wish;
  const free = pool.capacity.firstStart(perNode, start, starts.last, duration, Math.ceil(need / counted));
  return free <= start ? free : turns.next(free);
}

/** All candidates of the wish by group, each group in R-11's order. */
export function groupsOf(wish: Wish, candidates: Candidates): Candidate[][] {
  candidates.begin(wish);
  return groupsFrom(wish, candidates);
}

function groupsFrom(wish: Wish, candidates: Candidates): Candidate[][] {
  const groups = new Map<number, Candidate[]>();
  for (let candidate = candidates.take(); candidate; candidate = candidates.take()) {
    // an extension is of one offer.
    const id = wish.pin < 0 ? groupId(wish, candidate) : candidate.offer;
    const group = groups.get(id);
    if (group) group.push(candidate);
    else groups.set(id, [candidate]);
  }
  return [...groups.values()];
}

/** What starts together lies on one platform. */
export function groupId({ isTogether, placement }: Wish, { pool: { fact, platform, site } }: Candidate): number {
  if (placement === Placement.ANYWHERE) return isTogether ? platform : 0;
  if (placement === Placement.ONE_POOL) return fact.poolId;
  return placement === Placement.ONE_SITE ? site.siteId : site.region + platform * 2 ** 24;
}
