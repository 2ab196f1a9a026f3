import { amountOf } from '#domain';
import type { Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import { transferOf, worthOf } from './amounts.js';
import { sizeClassOf } from './arena.js';
import { placed } from './capacity.js';
import { isCurtailed } from './curtailed.js';
import type { Candidate } from './candidate.js';
import { relist } from './listing.js';
import type { Market } from './market.js';
import { Offer } from './records.js';
import { occupyStock, place } from './stock.js';
import type { Wish } from './wish.js';

/** A piece of a fill: units of one candidate from one start; once taken, on its nodes. */
export interface Piece {
  readonly candidate: Candidate;
  readonly start: Slot;
  readonly units: number;
  readonly counted: number;
  /** Block of pairs of node and units, its size class and how many; -1 before it is taken. */
  nodes: number;
  nodesClass: number;
  nodeCount: number;
  /** the best that was not taken, and the key that put it behind. */
  next: Candidate | null;
  nextStart: Slot;
  decidedBy: TradeChoice['decidedBy'];
}

/** As much of the candidate as it has and the rest asks, given so many groups free in its pool; null where that is nothing. */
export function pieceOf(market: Market, wish: Wish, candidate: Candidate, start: Slot, groupsOfPool: number, rest: number): Piece | null {
  const { data } = market.tables.offers;
  const { perNode, duration } = wish;
  if (candidate.pool.curtailment !== null && isCurtailed(market, candidate.offer, candidate.pool, start, start + duration)) return null;
  const unsold = data[candidate.offer + Offer.UNITS]! - market.sold.peak(candidate.offer, start, start + duration);
  const ofOffer = perNode === 1 ? unsold : Math.floor(unsold / perNode);
  const free = ofOffer < groupsOfPool ? ofOffer : groupsOfPool;
  if (free <= 0) return null;
  const wanted = Math.ceil(rest / candidate.group);
  if (free < wanted) return fitting(wish, candidate, start, free, rest);
  return fitting(wish, candidate, start, wanted, rest) ?? fitting(wish, candidate, start, Math.floor(rest / candidate.group), rest);
}

/**
 * The piece where its cost fits the limit. What a bid in units gets always fits: its delivered price does, transfer rounded up is no more than the spread rounded up, and what
 * the limit leaves above the ask is whole.
 */
function fitting(wish: Wish, candidate: Candidate, start: Slot, groups: number, rest: number): Piece | null {
  const counted = Math.min(groups * candidate.group, rest);
  const units = groups * wish.perNode;
  if (groups === 0) return null;
  if (wish.precision !== 0 && costAtAsk(wish, candidate, units, counted) > worthOf(wish.precision, wish.limit, counted, wish.duration))
    return null;
  return { candidate, start, units, counted, nodes: -1, nodesClass: 0, nodeCount: 0, next: null, nextStart: 0, decidedBy: 'none' };
}

/** Micro-yuan of units at the ask, with the charged transfer. */
export const costAtAsk = (wish: Wish, { ask, link }: Candidate, units: number, counted: number): number =>
  amountOf(ask, units, wish.duration) + transferOf(wish.dataGb, link, counted, wish.gbTotal);

/** The candidate had nothing for the wish at the start: notes what is sold out, so that it is not looked at again in vain. */
export function learnInVain(market: Market, wish: Wish, { offer, pool, lease }: Candidate, start: Slot): void {
  if (wish.precision !== 0 || start < market.firstSellable) return;
  market.soldOut.learn(offer, pool, lease, wish.perNode, start, start + wish.duration);
}

/** Takes the piece's units on nodes and of the offer. */
export function take(market: Market, wish: Wish, piece: Piece): void {
  const { candidate, start, units } = piece;
  const end = start + wish.duration;
  market.taken++;
  place(market, wish, candidate, units / wish.perNode, start, end);
  market.sold.add(candidate.offer, start, end, units);
  keepNodes(market, piece);
}

/** Copies what `placed` tells into a block of its own. */
function keepNodes(market: Market, piece: Piece): void {
  piece.nodeCount = placed.count;
  piece.nodesClass = sizeClassOf(2 * placed.count);
  piece.nodes = market.arena.take(piece.nodesClass);
  const { words } = market.arena;
  for (let i = 0; i < 2 * placed.count; i++) words[piece.nodes + i] = placed.pairs[i]!;
}

/** What was taken is free again, as after a dry run. */
export function giveBack(market: Market, duration: number, pieces: readonly Piece[]): void {
  for (const { candidate, start, units, nodes, nodeCount, nodesClass } of pieces) {
    occupyStock(market, candidate.lease, candidate.pool, market.arena.words, nodes, nodeCount, start, start + duration, -1);
    market.sold.add(candidate.offer, start, start + duration, -units);
    relist(market, candidate.offer);
    market.arena.release(nodes, nodesClass);
  }
}
