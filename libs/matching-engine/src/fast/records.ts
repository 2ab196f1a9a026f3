import { everyHour, everyWeekday, Placement, Preference } from '#domain';
import type { Arena } from './arena.js';
import { Bags } from './bags.js';
import { Calendar } from './calendar.js';
import { Links, Table } from './table.js';

// What the records of bids, offers, trades, choices and memories hold, field by field. Nulls are -1 (records), 0 (choices of a list) or Infinity (times).

export const Bid = {
  ID: 0,
  /** Place in the list of participants. */
  PARTICIPANT: 1,
  PRIORITY: 2,
  /** One of Standing. */
  STATE: 3,
  UNITS: 4,
  LIMIT: 5,
  /** Counted units that are filled. */
  FILLED: 6,
  /** Micro-yuan for what it still lacks, of the buyer's money. */
  RESERVED: 7,
  EARLIEST: 8,
  LATEST: 9,
  DURATION: 10,
  /** Place in the list of ties. */
  TIES: 11,
  /** When it falls due, and where it stands in the calendar. Once it is closed, when it closed. */
  DUE: 12,
  DUE_PLACE: 13,
  /** Its leaf in the list of what rests and where it was put there (leaves.ts; of the last list, where it stands in several); -1: it does not rest. */
  LEAF: 14,
  TIME_IN_FORCE: 15,
  FIRST_TRADE: 16,
  LAST_TRADE: 17,
  FIRST_CHOICE: 18,
  LAST_CHOICE: 19,
  /** The pass that took it last. */
  PASS: 20,
  SESSION: 21,
  /** 1: it waits for a halted book; 2: a reopening applies what was collected, and its turn has not come. */
  COLLECTED: 22,
  /** Record of what few bids say or have; 0, which is nobody's own, for all others. */
  RARE: 23,
} as const;

/** FORGOTTEN: only its trades keep it; CLOSED: its id is known (R-10a). */
export const Standing = { FORGOTTEN: 0, CLOSED: 1, OPEN: 2 } as const;

/** What few bids say or have. */
export const Rare = {
  /** 0: units. */
  PRECISION: 0,
  PER_NODE: 1,
  HOURS: 2,
  WEEKDAYS: 3,
  GOOD_TILL: 4,
  ALL_OR_NONE: 5,
  MIN_UNITS: 6,
  PLACEMENT: 7,
  TOGETHER: 8,
  PREFERENCE: 9,
  DATA_GB: 10,
  /** how long before it ends a lease that has begun must be told. */
  NOTICE: 11,
  /** R-7a: where its second fill must not be; 0: it asks none. */
  STANDBY: 12,
  /** what is left of its subsidy, for what it still lacks, and the subsidy's rate in basis points. RESERVED is the buyer's money alone. */
  SUBSIDY: 13,
  SUBSIDY_RATE: 14,
  /** first of its rests; -1: none. */
  FIRST_REST: 15,
  IS_REST: 16,
  /** Of a rest alone, see family.ts. */
  PARENT: 17,
  REST_PREVIOUS: 18,
  REST_NEXT: 19,
  GB_UNITS: 20,
  TIE_POOL: 21,
  TIE_SITE: 22,
  TIE_REGION: 23,
} as const;

/** What a matching asks of an offer stands together, in two lines of memory. */
export const Offer = {
  ID: 0,
  PARTICIPANT: 1,
  PRIORITY: 2,
  /** Places in the lists of pools and of books. */
  POOL: 3,
  BOOK: 4,
  UNITS: 5,
  FROM: 6,
  TO: 7,
  MIN_SLOTS: 8,
  ASK: 9,
  GOOD_TILL: 10,
  COLLECTED: 11,
  /** number of the lease that it resells; 0: none. */
  LEASE: 12,
  /** What it sold: units over one window or, where SOLD_STEPS is not -1, steps. */
  SOLD_UNITS: 13,
  /** Its place in its book's list (the same field as a bid's: leaves.ts), and its place among its pool's; -1: it is in neither. */
  LEAF: 14,
  SOLD_FROM: 15,
  SOLD_TO: 16,
  SOLD_STEPS: 17,
  POOL_PLACE: 18,
  /** Tells it from others that had its record before; 0: it is closed. */
  SERIAL: 19,
  DUE: 20,
  DUE_PLACE: 21,
  SESSION: 22,
} as const;

export const Trade = {
  NUMBER: 0,
  PLACE: 1,
  BID: 2,
  OFFER: 3,
  OFFER_SERIAL: 4,
  OFFER_ID: 5,
  BOOK_ID: 6,
  POOL: 7,
  /** Block of pairs of node and units, and how many. */
  NODES: 8,
  NODE_COUNT: 9,
  UNITS: 10,
  COUNTED: 11,
  FROM: 12,
  TO: 13,
  PRICE: 14,
  TRANSFER: 15,
  HELD: 16,
  /** 1: its cost is settled; 2: it waits to be decided and is no trade yet (R-35, waiting.ts). */
  SETTLED: 17,
  ENDED: 18,
  OF_BID_PREVIOUS: 19,
  OF_BID_NEXT: 20,
  POOL_PLACE: 21,
  DUE: 22,
  DUE_PLACE: 23,
  /** Size class of the block of nodes, which stays when nodes are lost. */
  NODES_CLASS: 24,
  /** where the lease began of which this keeps the place. */
  SINCE: 25,
  /** What of HELD the bid's programme holds. */
  SUBSIDY: 26,
  TIER: 27,
  /** a reclaim takes it, and it is cut next. */
  GOING: 28,
  /** number of the lease that it is a part of, resold; 0: none. */
  WITHIN: 29,
  /** R-7a: of the second fill. */
  STANDBY: 30,
} as const;

/** R-20; of a bid, linked by NEXT. */
export const Choice = {
  NEXT: 0,
  TRADE: 1,
  OFFER: 2,
  START: 3,
  DELIVERED: 4,
  NEXT_OFFER: 5,
  NEXT_START: 6,
  NEXT_DELIVERED: 7,
  DECIDED_BY: 8,
} as const;

/** R-10a: what is known of an order that was refused, and of an offer that is closed. */
export const Memory = {
  ID: 0,
  /** As it was said, known or not. */
  PARTICIPANT_ID: 1,
  IS_BID: 2,
  /** Place in the list of rejections; -1: accepted. */
  REJECTION: 3,
  CLOSED_AT: 4,
} as const;

export type Tables = ReturnType<typeof tablesOf>;

/** @param orders of each kind for which room is made at once */
export const tablesOf = (arena: Arena, horizonSlots: number, orders: number) => {
  const bids = new Table(24, orders);
  const offers = new Table(24, orders);
  const trades = new Table(31, orders);
  return {
    bids,
    rare: rareTable(),
    offers,
    trades,
    choices: new Table(9, orders),
    memories: new Table(5, orders),
    tradesOfBid: new Links(trades, Trade.OF_BID_PREVIOUS, Trade.OF_BID_NEXT),
    /** By pool's place: offers that stand in their books' lists. */
    offersOfPool: new Bags(arena, offers, Offer.POOL_PLACE),
    /** By `leasesOf`: leases that have not ended. */
    leasesOfPool: new Bags(arena, trades, Trade.POOL_PLACE),
    leasesDue: new Calendar(arena, trades, Trade.DUE, Trade.DUE_PLACE, horizonSlots),
    offersDue: new Calendar(arena, offers, Offer.DUE, Offer.DUE_PLACE, horizonSlots),
    bidsDue: new Calendar(arena, bids, Bid.DUE, Bid.DUE_PLACE, horizonSlots),
  };
};

/** What an id leads to (R-10a) as one number: a record of one of three tables. */
export const RefKind = { BID: 0, OFFER: 1, MEMORY: 2 } as const;

export const refOf = ({ perStride }: Table, record: number, kind: number): number => 4 * ((record * perStride + 0.5) | 0) + kind;

/** The record of a bid that it leads to, or -1; the same for others. */
export const bidOfRef = ({ bids }: Tables, ref: number): number => ((ref & 3) === RefKind.BID && ref >= 0 ? (ref >> 2) * bids.stride : -1);
export const offerOfRef = ({ offers }: Tables, ref: number): number =>
  (ref & 3) === RefKind.OFFER && ref >= 0 ? (ref >> 2) * offers.stride : -1;
export const memoryOfRef = ({ memories }: Tables, ref: number): number =>
  (ref & 3) === RefKind.MEMORY && ref >= 0 ? (ref >> 2) * memories.stride : -1;

/** All three kinds of records begin with their id. */
export function idOfRef({ bids, offers, memories }: Tables, ref: number): number {
  const kind = ref & 3;
  if (kind === RefKind.BID) return bids.data[(ref >> 2) * bids.stride]!;
  return kind === RefKind.OFFER ? offers.data[(ref >> 2) * offers.stride]! : memories.data[(ref >> 2) * memories.stride]!;
}

/** Which bag of `leasesOfPool` is a pool's (by its place) of a tier. */
export const leasesOf = (pool: number, tier: number): number => 4 * pool + tier;

/** With the record 0 of all bids that say nothing rare. */
function rareTable(): Table {
  const rare = new Table(24);
  const { data } = rare;
  const plain = rare.take();
  data[plain + Rare.PER_NODE] = 1;
  data[plain + Rare.HOURS] = everyHour;
  data[plain + Rare.WEEKDAYS] = everyWeekday;
  data[plain + Rare.GOOD_TILL] = Infinity;
  data[plain + Rare.PLACEMENT] = Placement.ANYWHERE;
  data[plain + Rare.PREFERENCE] = Preference.CHEAPEST;
  data[plain + Rare.FIRST_REST] = -1;
  return rare;
}

/** Offset of what the bid says or has that few do. */
export const rareOf = ({ bids }: Tables, bid: number): number => bids.data[bid + Bid.RARE]!;

/** The same, to be written: a record of the bid's own. */
export function ownRare({ bids, rare }: Tables, bid: number): number {
  const known = bids.data[bid + Bid.RARE]!;
  if (known !== 0) return known;
  const own = rare.take();
  rare.data.copyWithin(own, 0, rare.stride);
  bids.data[bid + Bid.RARE] = own;
  return own;
}

export const isOpen = (data: Float64Array, bid: number): boolean => data[bid + Bid.STATE] === Standing.OPEN;

export const isResting = (data: Float64Array, bid: number): boolean => data[bid + Bid.LEAF]! >= 0;
