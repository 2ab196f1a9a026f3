import type { TieState } from '../snapshot.js';
import type { Market } from './market.js';
import { Bid } from './records.js';

// a rest knows the bid whose lease was reclaimed, and that bid its rests. What only rests have is not set in the records of other bids.

type Data = Float64Array;

/** The bid is a rest from now on; parent: -1 where nothing of it is known here any more. */
export function makeRest({ tables }: Market, rest: number, parent: number, gbUnits: number, { pool, site, region }: TieState): void {
  const { data } = tables.bids;
  data[rest + Bid.IS_REST] = 1;
  data[rest + Bid.GB_UNITS] = gbUnits;
  data[rest + Bid.TIE_POOL] = pool;
  data[rest + Bid.TIE_SITE] = site;
  data[rest + Bid.TIE_REGION] = region;
  data[rest + Bid.PARENT] = -1;
  if (parent >= 0) setParent(data, rest, parent);
}

export function setParent(data: Data, rest: number, parent: number): void {
  const first = data[parent + Bid.FIRST_REST]!;
  data[rest + Bid.PARENT] = parent;
  data[rest + Bid.REST_PREVIOUS] = -1;
  data[rest + Bid.REST_NEXT] = first;
  if (first >= 0) data[first + Bid.REST_PREVIOUS] = rest;
  data[parent + Bid.FIRST_REST] = rest;
}

/** Before the record of the bid is released: its rests have no parent any more, and its parent has one rest less. */
export function leaveFamily(data: Data, bid: number): void {
  for (let rest = data[bid + Bid.FIRST_REST]!; rest >= 0; rest = data[rest + Bid.REST_NEXT]!) data[rest + Bid.PARENT] = -1;
  if (data[bid + Bid.IS_REST] === 0 || data[bid + Bid.PARENT]! < 0) return;
  const before = data[bid + Bid.REST_PREVIOUS]!;
  const after = data[bid + Bid.REST_NEXT]!;
  if (before >= 0) data[before + Bid.REST_NEXT] = after;
  else data[data[bid + Bid.PARENT]! + Bid.FIRST_REST] = after;
  if (after >= 0) data[after + Bid.REST_PREVIOUS] = before;
}

/** The bid whose lease was reclaimed for it; -1: it is no rest, or that one is forgotten. */
export const parentOf = ({ tables: { bids } }: Market, bid: number): number =>
  bid >= 0 && bids.data[bid + Bid.IS_REST] === 1 ? bids.data[bid + Bid.PARENT]! : -1;

/** where a rest is bound to; 0s: nowhere. */
export const tieOfBid = (data: Data, bid: number): TieState =>
  data[bid + Bid.IS_REST] === 1
    ? { pool: data[bid + Bid.TIE_POOL]!, site: data[bid + Bid.TIE_SITE]!, region: data[bid + Bid.TIE_REGION]! }
    : { pool: 0, site: 0, region: 0 };

/** R-11a: what the bid's GB are for: its units as they were when the GB were declared. */
export const gbUnitsOf = (data: Data, bid: number): number => data[bid + (data[bid + Bid.IS_REST] === 1 ? Bid.GB_UNITS : Bid.UNITS)]!;
