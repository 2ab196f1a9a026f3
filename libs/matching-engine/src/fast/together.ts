import { amountOf, Placement, Preference } from '#domain';
import type { Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import { firstFree } from './anywhere.js';
import type { Candidate, Candidates } from './candidates.js';
import type { Market } from './market.js';
import { costAtAsk, learnInVain, pieceOf, take } from './pieces.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import { freeGroups, stockOf } from './stock.js';
import type { Wish } from './wish.js';

export interface Fill {
  readonly start: Slot;
  readonly pieces: Piece[];
  counted: number;
  keySum: bigint;
  cost: number;
}

/** Best and second best so far, and the group that gave the best. */
interface Ranking {
  best: Fill | null;
  second: Fill | null;
  group: readonly Candidate[];
}

/** for each group and start the fill that takes candidates in order; of those the best, if it is enough. The second best is the runner-up. */
export function matchTogether(market: Market, wish: Wish, candidates: Candidates): Piece[] {
  if (wish.placement === Placement.ANYWHERE && wish.starts.first === wish.starts.last) return matchOnly(market, wish, candidates);
  const ranking: Ranking = { best: null, second: null, group: [] };
  const turns = new Turns(wish);
  if (comesByGroups(market, wish)) {
    // The first of a group is its best; once that is behind, all that come are.
    candidates.begin(wish);
    for (let first = candidates.take(); first; first = candidates.take()) {
      if (first.pool.grouped === candidates.stamp) continue;
      if (isBehind(wish, leastOf(wish, first), wish.starts.first, ranking.second)) break;
      rankGroup(market, wish, ranking, turns, groupWith(market, wish, candidates, first));
    }
  } else for (const group of groupsOf(wish, candidates)) rankGroup(market, wish, ranking, turns, group);
  const { best } = ranking;
  if (!best) return [];
  rankSuccessor(market, wish, ranking, turns);
  const { second } = ranking;
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

function rankGroup(market: Market, wish: Wish, ranking: Ranking, turns: Turns, whole: readonly Candidate[]): void {
  const { precision, dataGb, preference, placement } = wish;
  if (precision !== 0 || dataGb !== 0 || preference === Preference.EARLIEST || placement === Placement.ANYWHERE) {
    return rankTurns(market, wish, ranking, turns, whole);
  }
  const group = whole.filter((candidate) => firstFree(market, wish, candidate, wish.starts.first) >= 0);
  if (group.length === 0) return;
  turns.mark(market, group);
  for (let i = 0; i < group.length; i++) {
    const least = leastOf(wish, group[i]!);
    if (isBehind(wish, least, wish.starts.first, ranking.second)) return;
    rankTurnsOf(market, wish, ranking, turns, group, i, least);
  }
}

/** The turns of the group at which the candidate `first` is the first that has something: a fill there costs no less than all at its ask. */
function rankTurnsOf(
  market: Market,
  wish: Wish,
  ranking: Ranking,
  turns: Turns,
  group: readonly Candidate[],
  first: number,
  least: Least | null,
): void {
  for (let start = turns.next(wish.starts.first); start >= 0; start = turns.next(start + 1)) {
    const free = firstFree(market, wish, group[first]!, start);
    if (free < 0) return;
    if (free > start) start = turns.next(free);
    if (start < 0 || isBehind(wish, least, start, ranking.second)) return;
    if (turns.isDone(start) || (free < start && firstFree(market, wish, group[first]!, start) !== start)) continue;
    turns.setDone(start);
    rank(wish, ranking, fillAt(market, wish, group, start, first), group);
  }
}

/** Every turn of the group. */
function rankTurns(market: Market, wish: Wish, ranking: Ranking, turns: Turns, group: readonly Candidate[]): void {
  if (group.length === 0) return;
  const least = leastOfAll(wish, group);
  if (isBehind(wish, least, wish.starts.first, ranking.second)) return;
  turns.mark(market, group);
  for (let start = nextTurn(wish, turns, group, wish.starts.first); start >= 0; start = nextTurn(wish, turns, group, start + 1)) {
    if (isBehind(wish, least, start, ranking.second)) break;
    rank(wish, ranking, fillAt(market, wish, group, start), group);
  }
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

/** True where the groups come in the order of their bests, and the offers of one can be found without the others. */
const comesByGroups = (market: Market, { placement, ties, precision, dataGb, pin, starts }: Wish): boolean =>
  (placement === Placement.ONE_POOL || placement === Placement.ONE_SITE) &&
  ties.books.length === 1 &&
  precision === 0 &&
  dataGb === 0 &&
  pin < 0 &&
  starts.first >= market.firstSellable;

/** The group of the candidate, in R-11's order. */
function groupWith(market: Market, wish: Wish, candidates: Candidates, { pool, offer: best }: Candidate): Candidate[] {
  const { offers, offersOfPool } = market.tables;
  const { data } = offers;
  const book = data[best + Offer.BOOK]!;
  const group: Candidate[] = [];
  for (const each of wish.placement === Placement.ONE_POOL ? [pool] : pool.siblings) {
    each.grouped = candidates.stamp;
    const count = offersOfPool.countOf(each.index);
    if (count === 0 || !candidates.testPool(wish, each)) continue;
    for (let i = 0; i < count; i++) {
      const offer = offersOfPool.at(each.index, i);
      const candidate =
        data[offer + Offer.BOOK] === book && data[offer + Offer.ASK]! <= wish.limit
          ? candidates.test(wish, offer)
          : null;
      if (candidate) group.push(candidate);
    }
  }
  return candidates.inOrder(group);
}

/** Less than which no fill of a group can have; null where it is not said. */
export interface Least {
  readonly keySum: bigint;
  readonly cost: number;
}

/** The whole rest at the key and ask of the first candidate that a fill takes. Transfer and PFLOPS are rounded piece by piece, and are not foretold. */
function leastOf(wish: Wish, { key, ask }: Candidate): Least | null {
  if (wish.precision !== 0 || wish.dataGb !== 0) return null;
  return { keySum: BigInt(key) * BigInt(wish.rest), cost: amountOf(ask, wish.rest, wish.duration) };
}

/** At the group's least key and least ask. */
export function leastOfAll(wish: Wish, group: readonly Candidate[]): Least | null {
  if (wish.precision !== 0 || wish.dataGb !== 0) return null;
  let ask = Infinity;
  for (const candidate of group) if (candidate.ask < ask) ask = candidate.ask;
  return { keySum: BigInt(group[0]!.key) * BigInt(wish.rest), cost: amountOf(ask, wish.rest, wish.duration) };
}

/** True where a fill from that start, or from a later one, must come after the second best, which is whole. */
export function isBehind(wish: Wish, least: Least | null, start: Slot, second: Fill | null): boolean {
  if (!least || !second || second.counted < wish.rest) return false;
  if (wish.preference === Preference.EARLIEST && start !== second.start) return start > second.start;
  if (least.keySum !== second.keySum) return least.keySum > second.keySum;
  return least.cost > second.cost || (least.cost === second.cost && start > second.start);
}

/** The one fill there is, where group and start are given: no candidate is looked at beyond the last that it takes. */
function matchOnly(market: Market, wish: Wish, candidates: Candidates): Piece[] {
  candidates.begin(wish);
  const fill = fillOf(market, wish, () => candidates.take(), wish.starts.first);
  if (fill.counted < wish.need) return [];
  for (const piece of fill.pieces) take(market, wish, piece);
  return fill.pieces;
}

function rank(wish: Wish, ranking: Ranking, fill: Fill, group: readonly Candidate[]): void {
  if (fill.counted < wish.need) return;
  if (!ranking.best || difference(wish, fill, ranking.best)[0] < 0) {
    ranking.second = ranking.best;
    ranking.best = fill;
    ranking.group = group;
  } else if (!ranking.second || difference(wish, fill, ranking.second)[0] < 0) ranking.second = fill;
}

/** Between turns fills only get worse, so of the starts that were passed over only the one after the best may be the second best. */
function rankSuccessor(market: Market, wish: Wish, ranking: Ranking, turns: Turns): void {
  const { best, group } = ranking;
  const start = wish.starts.next(best!.start + 1);
  if (start < 0) return;
  turns.mark(market, group);
  if (turns.next(start) !== start) rank(wish, ranking, fillAt(market, wish, group, start), group);
}

export function groupsOf(wish: Wish, candidates: Candidates): Candidate[][] {
  candidates.begin(wish);
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

export function groupId({ placement }: Wish, { pool: { fact, site } }: Candidate): number {
  if (placement === Placement.ANYWHERE) return 0;
  if (placement === Placement.ONE_POOL) return fact.poolId;
  return placement === Placement.ONE_SITE ? site.siteId : site.region;
}

/** Groups that the fill being made left in each stock that it touched. */
const left = new Map<number, number>();

/** Of the group from the candidate `first` on; those before have nothing. */
export function fillAt(market: Market, wish: Wish, group: readonly Candidate[], start: Slot, first = 0): Fill {
  let next = first;
  return fillOf(market, wish, () => group[next++] ?? null, start);
}

function fillOf(market: Market, wish: Wish, next: () => Candidate | null, start: Slot): Fill {
  const { data } = market.tables.offers;
  const end = start + wish.duration;
  const fill: Fill = { start, pieces: [], counted: 0, keySum: 0n, cost: 0 };
  const isOneStart = wish.starts.first === wish.starts.last;
  left.clear();
  while (fill.counted < wish.rest) {
    const candidate = next();
    if (!candidate) break;
    const { pool, offer, lease } = candidate;
    if (start < data[offer + Offer.FROM]! || end > data[offer + Offer.TO]!) continue;
    const stock = stockOf(lease, pool);
    const pooled = left.get(stock) ?? freeGroups(market, wish, candidate, start, end);
    const piece = pooled === 0 ? null : pieceOf(market, wish, candidate, start, pooled, wish.rest - fill.counted);
    left.set(stock, pooled - (piece ? piece.units / wish.perNode : 0));
    if (!piece) {
      if (isOneStart && wish.precision === 0) learnInVain(market, wish, candidate, start);
      continue;
    }
    fill.pieces.push(piece);
    fill.counted += piece.counted;
    fill.keySum += BigInt(candidate.key) * BigInt(piece.counted);
    fill.cost += costAtAsk(wish, candidate, piece.units, piece.counted);
  }
  return fill;
}

/**
 * most units, least key × units, least cost, earliest start, earlier offers in the order taken; EARLIEST: start before key. Negative where a is better, and what
 * decided.
 */
export function difference(wish: Wish, a: Fill, b: Fill): [number, TradeChoice['decidedBy']] {
  if (a.counted !== b.counted) return [b.counted - a.counted, 'units'];
  if (wish.preference === Preference.EARLIEST && a.start !== b.start) return [a.start - b.start, 'start'];
  if (a.keySum !== b.keySum) return [a.keySum < b.keySum ? -1 : 1, 'preference'];
  if (a.cost !== b.cost) return [a.cost - b.cost, 'price'];
  if (a.start !== b.start) return [a.start - b.start, 'start'];
  for (let i = 0; i < Math.min(a.pieces.length, b.pieces.length); i++) {
    const later = a.pieces[i]!.candidate.priority - b.pieces[i]!.candidate.priority;
    if (later !== 0) return [later, 'time'];
  }
  return [a.pieces.length - b.pieces.length, 'time'];
}

/**
 * The starts of a wish at which a group's fill may be better than at the start before: those at which something is sold no more, or an offer's window begins. Where less free
 * may mean a better fill (a PFLOPS bid rounds pool by pool, transfer rounds piece by piece), those too at which something is sold that was not.
 */
export class Turns {
  private readonly marks: Uint8Array;
  private readonly isOne: boolean;
  private readonly seesTaken: boolean;

  constructor(private readonly wish: Wish) {
    const { first, last } = wish.starts;
    this.isOne = first >= last;
    this.marks = new Uint8Array(this.isOne ? 1 : last - first + 1);
    this.seesTaken = wish.precision !== 0 || wish.dataGb !== 0;
  }

  mark(market: Market, group: readonly Candidate[]): void {
    this.marks.fill(0);
    if (this.isOne) return;
    const { starts, duration } = this.wish;
    const { data } = market.tables.offers;
    const [from, to] = [starts.first, starts.last + duration + 1];
    const seen = new Set<number>();
    for (const { offer, pool, lease } of group) {
      this.at(data[offer + Offer.FROM]!);
      if (this.seesTaken) this.at(data[offer + Offer.TO]! - duration + 1);
      market.sold.turns(offer, from, to, this.turn);
      if (lease !== 0) {
        market.resold.turns(lease, from, to, this.turn);
        continue;
      }
      if (seen.has(pool.index)) continue;
      seen.add(pool.index);
      pool.capacity.turns(from, to, this.turn);
      if (pool.curtailment) {
        this.turn(pool.curtailment.from);
        this.at(pool.curtailment.to);
      }
    }
  }

  private readonly turn = (slot: Slot): void => {
    this.at(slot);
    if (this.seesTaken) this.at(slot - this.wish.duration + 1);
  };

  private at(slot: Slot): void {
    const { first, last } = this.wish.starts;
    if (slot >= first && slot <= last) this.marks[slot - first] = 1;
  }

  /** The fill of the group at this start has been ranked. */
  isDone(start: Slot): boolean {
    return this.marks[start - this.wish.starts.first] === 2;
  }

  setDone(start: Slot): void {
    this.marks[start - this.wish.starts.first] = 2;
  }

  /** The first turn from the slot on; -1: none. */
  next(slot: Slot): Slot {
    const { starts } = this.wish;
    for (let start = starts.next(slot); start >= 0; start = starts.next(start + 1)) {
      if (start === starts.first || this.marks[start - starts.first] !== 0 || !starts.allows(start - 1)) return start;
    }
    return -1;
  }
}
