import type { TieState } from '../snapshot.js';
import type { Market } from './market.js';
import { Bid, ownRare, Rare, rareOf } from './records.js';
import type { Tables } from './records.js';

// a rest knows the bid whose lease was reclaimed, and that bid its rests. What only rests have is not set in the records of other bids.

export const isRest = (tables: Tables, bid: number): boolean => tables.rare.data[rareOf(tables, bid) + Rare.IS_REST] === 1;

/** The bid is a rest from now on; parent: -1 where nothing of it is known here any more. */
export function makeRest({ tables }: Market, rest: number, parent: number, gbUnits: number, { pool, site, region }: TieState): void {
  const own = ownRare(tables, rest);
  const { data } = tables.rare;
  data[own + Rare.IS_REST] = 1;
  data[own + Rare.GB_UNITS] = gbUnits;
  data[own + Rare.TIE_POOL] = pool;
  data[own + Rare.TIE_SITE] = site;
  data[own + Rare.TIE_REGION] = region;
  data[own + Rare.PARENT] = -1;
  if (parent >= 0) setParent(tables, rest, parent);
}

function setParent(tables: Tables, rest: number, parent: number): void {
  const own = ownRare(tables, rest);
  const ofParent = ownRare(tables, parent);
  const { data } = tables.rare;
  const first = data[ofParent + Rare.FIRST_REST]!;
  data[own + Rare.PARENT] = parent;
  data[own + Rare.REST_PREVIOUS] = -1;
  data[own + Rare.REST_NEXT] = first;
  if (first >= 0) data[rareOf(tables, first) + Rare.REST_PREVIOUS] = rest;
  data[ofParent + Rare.FIRST_REST] = rest;
}

/** The first rest of the bid, and the one after a rest; -1: none. */
export const firstRest = (tables: Tables, bid: number): number => tables.rare.data[rareOf(tables, bid) + Rare.FIRST_REST]!;
export const nextRest = (tables: Tables, rest: number): number => tables.rare.data[rareOf(tables, rest) + Rare.REST_NEXT]!;

/** Before the record of the bid is released: its rests have no parent any more, and its parent has one rest less. */
export function leaveFamily(tables: Tables, bid: number): void {
  const { data } = tables.rare;
  for (let rest = firstRest(tables, bid); rest >= 0; rest = nextRest(tables, rest)) data[rareOf(tables, rest) + Rare.PARENT] = -1;
  const own = rareOf(tables, bid);
  if (data[own + Rare.IS_REST] === 0 || data[own + Rare.PARENT]! < 0) return;
  const before = data[own + Rare.REST_PREVIOUS]!;
  const after = data[own + Rare.REST_NEXT]!;
  if (before >= 0) data[rareOf(tables, before) + Rare.REST_NEXT] = after;
  else data[rareOf(tables, data[own + Rare.PARENT]!) + Rare.FIRST_REST] = after;
  if (after >= 0) data[rareOf(tables, after) + Rare.REST_PREVIOUS] = before;
}

/** The bid whose lease was reclaimed for it; -1: it is no rest, or that one is forgotten. */
export const parentOf = ({ tables }: Market, bid: number): number =>
  bid >= 0 && isRest(tables, bid) ? tables.rare.data[rareOf(tables, bid) + Rare.PARENT]! : -1;

/** where a rest is bound to; 0s: nowhere. */
export function tieOfBid(tables: Tables, bid: number): TieState {
  if (!isRest(tables, bid)) return { pool: 0, site: 0, region: 0 };
  const own = rareOf(tables, bid);
  const { data } = tables.rare;
  return { pool: data[own + Rare.TIE_POOL]!, site: data[own + Rare.TIE_SITE]!, region: data[own + Rare.TIE_REGION]! };
}

/** R-11a: what the bid's GB are for: its units as they were when the GB were declared. */
export const gbUnitsOf = (tables: Tables, bid: number): number =>
  isRest(tables, bid) ? tables.rare.data[rareOf(tables, bid) + Rare.GB_UNITS]! : tables.bids.data[bid + Bid.UNITS]!;
