import { amountOf, countedPerPflops, Placement, Preference } from '#domain';
import type { Slot } from '#domain';
import type { BidTerms } from '../src/command.js';
import type { NodeUnits } from '../src/event.js';
import type { TradeChoice } from '../src/explanation.js';
import { freeByNode, groupsFree, groupsOn, occupy, place, stockOf } from './capacity.js';
import type { Market, Pool, Trade } from './market.js';
import { candidatesOf, compareDelivered, holds, startsTogether, transferOf } from './reach.js';
import type { Candidate, Wish } from './reach.js';
import { platformOf } from './waiting.js';

/** A piece of a fill: units of one candidate from one start. */
export interface Piece {
  readonly candidate: Candidate;
  readonly start: Slot;
  readonly units: number;
  readonly counted: number;
}

/** the best that was not taken, and the key that put it behind. */
export interface RunnerUp {
  readonly candidate: Candidate;
  readonly start: Slot;
  readonly decidedBy: TradeChoice['decidedBy'];
}

/** A piece on its nodes; the nodes and the offer are taken until `giveBack`. */
export interface PlacedPiece extends Piece {
  readonly nodes: readonly NodeUnits[];
  readonly runnerUp: RunnerUp | null;
}

/** the fill that the market gives the wish, taken on its nodes; empty where it gives less than the wish needs. */
export function match(market: Market, wish: Wish): PlacedPiece[] {
  if (wish.rest === 0 || wish.starts.length === 0) return [];
  const candidates = candidatesOf(market, wish);
  if (candidates.length === 0) return [];
  return startsTogether(wish.bid.terms) ? matchTogether(wish, candidates) : matchAnywhere(wish, candidates);
}

/** A dry run's end: what was taken is free again. */
export function giveBack(duration: number, pieces: readonly PlacedPiece[]): void {
  for (const { candidate, nodes, start } of pieces) occupy(candidate.offer, nodes, start, start + duration, -1);
}

/** R-12 ANYWHERE: candidates in order, from each as much as it has, until filled. The next that still has something is the runner-up. */
function matchAnywhere(wish: Wish, candidates: Candidate[]): PlacedPiece[] {
  const { terms } = wish.bid;
  const taken: (Piece & { nodes: NodeUnits[] })[] = [];
  let rest = wish.rest;
  let next: Piece | null = null;
  for (const [candidate, start] of inOrder(wish, candidates)) {
    const pooled = groupsOn(freeByNode(candidate.offer, wish.pin, start, start + wish.duration), terms.perNode);
    const piece = pooled === 0 ? null : pieceOf(wish, candidate, start, pooled, rest === 0 ? candidate.group : rest);
    if (!piece) continue;
    if (rest === 0) {
      next = piece;
      break;
    }
    taken.push(settle(wish, piece));
    rest -= piece.counted;
  }
  return taken.map((piece) => ({ ...piece, runnerUp: next && { ...next, decidedBy: decidedBetween(terms, piece, next) } }));
}

function decidedBetween(terms: BidTerms, a: Piece, b: Piece): TradeChoice['decidedBy'] {
  if (terms.preference === Preference.EARLIEST && a.start !== b.start) return 'start';
  if (a.candidate.key !== b.candidate.key) return 'preference';
  if (compareDelivered(terms, a.candidate, b.candidate) !== 0) return 'price';
  return a.start === b.start ? 'time' : 'start';
}

/** key, delivered price, start, time; EARLIEST: start, delivered price, time. */
function* inOrder(wish: Wish, candidates: Candidate[]): Generator<[Candidate, Slot]> {
  const { terms } = wish.bid;
  const ranked = candidates.sort(byKeyPriceTime(terms));
  for (let from = 0, to = 0; from < ranked.length; from = to) {
    for (to = from + 1; to < ranked.length && isLevel(terms, ranked[from]!, ranked[to]!); to++);
    for (const start of wish.starts) {
      for (let i = from; i < to; i++) if (holds(ranked[i]!.offer, start, wish.duration)) yield [ranked[i]!, start];
    }
  }
}

/** True where only start and time decide between the two. For EARLIEST all candidates are level: the start comes first. */
const isLevel = (terms: BidTerms, a: Candidate, b: Candidate): boolean =>
  terms.preference === Preference.EARLIEST || (a.key === b.key && compareDelivered(terms, a, b) === 0);

export const byKeyPriceTime =
  (terms: BidTerms) =>
  (a: Candidate, b: Candidate): number =>
    a.key - b.key || compareDelivered(terms, a, b) || a.offer.priority - b.offer.priority;

export interface Fill {
  readonly start: Slot;
  readonly pieces: readonly Piece[];
  readonly counted: number;
  readonly keySum: bigint;
  readonly cost: number;
}

/** for each group and start the fill that takes candidates in order; of those the best, if it is enough. The second best is the runner-up. */
function matchTogether(wish: Wish, candidates: Candidate[]): PlacedPiece[] {
  const { terms } = wish.bid;
  let best: Fill | null = null;
  let second: Fill | null = null;
  for (const group of groupsOf(wish, candidates.sort(byKeyPriceTime(terms)))) {
    for (const start of wish.starts) {
      const fill = fillAt(wish, group, start);
      if (fill.counted < wish.need) continue;
      if (best === null || difference(terms, fill, best)[0] < 0) {
        second = best;
        best = fill;
      } else if (second === null || difference(terms, fill, second)[0] < 0) second = fill;
    }
  }
  if (best === null) return [];
  const next = second?.pieces[0];
  const runnerUp =
    second && next ? { candidate: next.candidate, start: second.start, decidedBy: difference(terms, best, second)[1] } : null;
  return best.pieces.map((piece) => ({ ...settle(wish, piece), runnerUp }));
}

/** what one fill may be made of: it lies on one platform. An extension is of one offer. */
export function groupsOf({ bid: { terms }, pin }: Wish, candidates: Candidate[]): Candidate[][] {
  if (pin) return candidates.map((candidate) => [candidate]);
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const id = groupId(terms, candidate.pool);
    const group = groups.get(id);
    if (group) group.push(candidate);
    else groups.set(id, [candidate]);
  }
  return [...groups.values()];
}

function groupId({ placement }: BidTerms, { fact, site }: Pool): string {
  const platform = platformOf({ site });
  if (placement === Placement.ANYWHERE) return `${platform}`;
  if (placement === Placement.ONE_POOL) return `${platform} ${fact.poolId}`;
  return `${platform} ${placement === Placement.ONE_SITE ? site.siteId : site.region}`;
}

export function fillAt(wish: Wish, candidates: readonly Candidate[], start: Slot): Fill {
  const { terms } = wish.bid;
  const end = start + wish.duration;
  const groupsLeft = new Map<Pool | Trade, number>();
  const pieces: Piece[] = [];
  let counted = 0;
  let keySum = 0n;
  let cost = 0;
  for (const candidate of candidates) {
    if (counted === wish.rest) break;
    const { offer } = candidate;
    const stock = stockOf(offer);
    if (!holds(offer, start, wish.duration)) continue;
    const pooled = groupsLeft.get(stock) ?? groupsOn(freeByNode(offer, wish.pin, start, end), terms.perNode);
    const piece = pooled === 0 ? null : pieceOf(wish, candidate, start, pooled, wish.rest - counted);
    groupsLeft.set(stock, pooled - (piece ? piece.units / terms.perNode : 0));
    if (!piece) continue;
    pieces.push(piece);
    counted += piece.counted;
    keySum += BigInt(candidate.key) * BigInt(piece.counted);
    cost += costAtAsk(wish, candidate, piece.units, piece.counted);
  }
  return { start, pieces, counted, keySum, cost };
}

/**
 * most units, least key × units, least cost, earliest start, earlier offers in the order taken; EARLIEST: start before key. Negative where a is better, and what
 * decided.
 */
export function difference(terms: BidTerms, a: Fill, b: Fill): [number, TradeChoice['decidedBy']] {
  if (a.counted !== b.counted) return [b.counted - a.counted, 'units'];
  if (terms.preference === Preference.EARLIEST && a.start !== b.start) return [a.start - b.start, 'start'];
  if (a.keySum !== b.keySum) return [a.keySum < b.keySum ? -1 : 1, 'preference'];
  if (a.cost !== b.cost) return [a.cost - b.cost, 'price'];
  if (a.start !== b.start) return [a.start - b.start, 'start'];
  for (let i = 0; i < Math.min(a.pieces.length, b.pieces.length); i++) {
    const later = a.pieces[i]!.candidate.offer.priority - b.pieces[i]!.candidate.offer.priority;
    if (later !== 0) return [later, 'time'];
  }
  return [a.pieces.length - b.pieces.length, 'time'];
}

/** As much of the candidate as it has and the rest asks, given so many groups free in its pool; null where that is nothing. */
function pieceOf(wish: Wish, candidate: Candidate, start: Slot, groupsOfPool: number, rest: number): Piece | null {
  const { terms } = wish.bid;
  const { perNode } = terms;
  const free = groupsFree(candidate.offer, groupsOfPool, perNode, start, start + wish.duration);
  const wanted = Math.ceil(rest / candidate.group);
  const fits = (groups: number): Piece | null => {
    const counted = Math.min(groups * candidate.group, rest);
    if (groups === 0 || costAtAsk(wish, candidate, groups * perNode, counted) > limitOf(wish, counted)) return null;
    return { candidate, start, units: groups * perNode, counted };
  };
  if (free < wanted) return fits(free);
  return fits(wanted) ?? fits(Math.floor(rest / candidate.group));
}

/** Micro-yuan of units at the ask, with the charged transfer. */
export const costAtAsk = (wish: Wish, { offer, link }: Candidate, units: number, counted: number): number =>
  amountOf(offer.terms.ask, units, wish.duration) + transferOf(wish.bid, link, counted);

/** Micro-yuan that the limit allows for so much, rounded down. */
export const limitOf = (wish: Wish, counted: number): number => worthOf(wish.bid.terms, counted, wish.duration);

/** Limit × counted × hours, rounded down. */
export const worthOf = ({ limitPrice, precision }: BidTerms, counted: number, slots: number): number =>
  precision === null
    ? amountOf(limitPrice, counted, slots)
    : Number((BigInt(limitPrice / 4) * BigInt(counted) * BigInt(slots)) / BigInt(countedPerPflops));

export function settle(wish: Wish, piece: Piece): Piece & { nodes: NodeUnits[] } {
  const { perNode } = wish.bid.terms;
  const { candidate, start, units } = piece;
  const end = start + wish.duration;
  const nodes = place(freeByNode(candidate.offer, wish.pin, start, end), perNode, units / perNode);
  occupy(candidate.offer, nodes, start, end, 1);
  return { ...piece, nodes };
}
