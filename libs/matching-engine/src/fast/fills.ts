import { amountOf, Preference } from '#domain';
import type { Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import type { Candidate } from './candidate.js';
import type { Market } from './market.js';
import { costAtAsk, learnInVain, pieceOf } from './pieces.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import { freeGroups } from './stock.js';
import type { Wish } from './wish.js';

/** What one group gives a wish from one start. */
export interface Fill {
  readonly start: Slot;
  readonly pieces: Piece[];
  counted: number;
  keySum: bigint;
  cost: number;
}

/** Less than which no fill of a group can have; null where it is not said. */
export interface Least {
  readonly keySum: bigint;
  readonly cost: number;
}

/** Best and second best of the fills that give enough; the second best is the runner-up. */
export class Ranking {
  best: Fill | null = null;
  second: Fill | null = null;
  /** The group that gave the best. */
  group: readonly Candidate[] = [];

  constructor(private readonly wish: Wish) {}

  add(fill: Fill, group: readonly Candidate[]): void {
    const { wish } = this;
    if (fill.counted < wish.need) return;
    if (!this.best || difference(wish, fill, this.best)[0] < 0) {
      this.second = this.best;
      this.best = fill;
      this.group = group;
    } else if (!this.second || difference(wish, fill, this.second)[0] < 0) this.second = fill;
  }

  /** The second best is all that the wish asks. */
  get isWhole(): boolean {
    return this.second !== null && this.second.counted === this.wish.rest;
  }

  /** True where a fill of at least that from that start, or from a later one, must come after the second best. */
  isBehind(least: Least | null, start: Slot): boolean {
    return isBehind(this.wish, least, start, this.second);
  }

  /** The same of a fill from that very start whose first piece is of the candidate, or of one that comes after it. */
  isBehindAt(least: Least | null, start: Slot, first: Candidate): boolean {
    const { second } = this;
    if (this.isBehind(least, start)) return true;
    if (!least || !second || second.counted < this.wish.rest || start !== second.start) return false;
    if (least.keySum !== second.keySum || least.cost !== second.cost) return false;
    const { candidate } = second.pieces[0]!;
    return candidate.key === first.key && candidate.ask === first.ask && candidate.priority < first.priority;
  }
}

const sumOf = (key: number, counted: number): bigint => (key === 0 ? 0n : BigInt(key) * BigInt(counted));

/** The whole rest at the key and ask of the first candidate that a fill takes. Transfer and PFLOPS are rounded piece by piece, and are not foretold. */
export const leastOf = (wish: Wish, { key, ask }: Candidate): Least | null =>
  wish.precision !== 0 || wish.dataGb !== 0 ? null : { keySum: sumOf(key, wish.rest), cost: amountOf(ask, wish.rest, wish.duration) };

/** At the group's least key and least ask. */
export function leastOfAll(wish: Wish, group: readonly Candidate[]): Least | null {
  if (wish.precision !== 0 || wish.dataGb !== 0) return null;
  let ask = Infinity;
  for (const candidate of group) if (candidate.ask < ask) ask = candidate.ask;
  return { keySum: sumOf(group[0]!.key, wish.rest), cost: amountOf(ask, wish.rest, wish.duration) };
}

/** True where a fill from that start, or from a later one, must come after the other, which is whole. */
export function isBehind(wish: Wish, least: Least | null, start: Slot, second: Fill | null): boolean {
  if (!least || !second || second.counted < wish.rest) return false;
  if (wish.preference === Preference.EARLIEST && start !== second.start) return start > second.start;
  if (least.keySum !== second.keySum) return least.keySum > second.keySum;
  return least.cost > second.cost || (least.cost === second.cost && start > second.start);
}

/** Of the group from the candidate `first` on; those before have nothing. */
export function fillAt(market: Market, wish: Wish, group: readonly Candidate[], start: Slot, first = 0): Fill {
  let next = first;
  return fillOf(market, wish, () => group[next++] ?? null, start);
}

/** The fill of what the candidate alone gives, if that is the whole rest; else null. Of a group's candidates it must be the first. */
export function fillOfOne(market: Market, wish: Wish, candidate: Candidate, start: Slot): Fill | null {
  const pooled = freeGroups(market, wish, candidate, start, start + wish.duration);
  const piece = pooled === 0 ? null : pieceOf(market, wish, candidate, start, pooled, wish.rest);
  if (!piece || piece.counted < wish.rest) return null;
  const { units, counted } = piece;
  return { start, pieces: [piece], counted, keySum: sumOf(candidate.key, counted), cost: costAtAsk(wish, candidate, units, counted) };
}

/** Groups that the fill being made left in each lease that is resold. */
const leftOfLeases = new Map<number, number>();

/** The fill that takes candidates in the order in which they come. */
export function fillOf(market: Market, wish: Wish, next: () => Candidate | null, start: Slot): Fill {
  const { data } = market.tables.offers;
  const end = start + wish.duration;
  const fill: Fill = { start, pieces: [], counted: 0, keySum: 0n, cost: 0 };
  const isOneStart = wish.starts.first === wish.starts.last;
  const number = ++market.fills;
  leftOfLeases.clear();
  while (fill.counted < wish.rest) {
    const candidate = next();
    if (!candidate) break;
    const { pool, offer, lease } = candidate;
    if (start < data[offer + Offer.FROM]! || end > data[offer + Offer.TO]!) continue;
    const known = lease !== 0 ? leftOfLeases.get(lease) : pool.filling === number ? pool.left : undefined;
    const pooled = known ?? freeGroups(market, wish, candidate, start, end);
    const piece = pooled === 0 ? null : pieceOf(market, wish, candidate, start, pooled, wish.rest - fill.counted);
    const left = pooled - (piece ? piece.units / wish.perNode : 0);
    if (lease !== 0) leftOfLeases.set(lease, left);
    else {
      pool.filling = number;
      pool.left = left;
    }
    if (!piece) {
      if (isOneStart && wish.tier === 0) learnInVain(market, wish, candidate, start);
      continue;
    }
    fill.pieces.push(piece);
    fill.counted += piece.counted;
    fill.keySum += sumOf(candidate.key, piece.counted);
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
