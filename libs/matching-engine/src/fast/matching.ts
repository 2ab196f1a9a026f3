import { matchAnywhere } from './anywhere.js';
import { Candidates } from './candidates.js';
import { relist } from './listing.js';
import type { Market } from './market.js';
import type { Piece } from './pieces.js';
import { matchTogether } from './together.js';
import type { Wish } from './wish.js';

/** the fill that the market gives the wish, taken on its nodes; empty where it gives less than the wish needs. */
export function match(market: Market, wish: Wish, candidates: Candidates): Piece[] {
  if (wish.rest === 0 || wish.starts.areNone) return [];
  const pieces = wish.isTogether ? matchTogether(market, wish, candidates) : matchAnywhere(market, wish, candidates);
  for (const { candidate } of pieces) relist(market, candidate.offer);
  return pieces;
}
