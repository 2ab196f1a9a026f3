import { Links, Table } from './table.js';
import { Calendar } from './calendar.js';

// What the records of bids, offers, trades, choices and memories hold, field by field. Nulls are -1 (records), 0 (choices of a list) or Infinity (times).

export const Bid = {
  ID: 0,
  /** Place in the list of participants. */
  PARTICIPANT: 1,
  PRIORITY: 2,
  OPEN: 3,
  /** Its id is known (R-10a); else only its trades keep it. */
  KNOWN: 4,
  RESTING: 5,
  /** Counted units that are filled. */
  FILLED: 6,
  /** Micro-yuan for what it still lacks, of the buyer's money. */
  RESERVED: 7,
  UNITS: 8,
  /** 0: units. */
  PRECISION: 9,
  PER_NODE: 10,
  DURATION: 11,
  EARLIEST: 12,
  LATEST: 13,
  HOURS: 14,
  WEEKDAYS: 15,
  LIMIT: 16,
  TIME_IN_FORCE: 17,
  GOOD_TILL: 18,
  ALL_OR_NONE: 19,
  MIN_UNITS: 20,
  PLACEMENT: 21,
  TOGETHER: 22,
  PREFERENCE: 23,
  DATA_GB: 24,
  /** Place in the list of ties. */
  TIES: 25,
  FIRST_TRADE: 26,
  LAST_TRADE: 27,
  FIRST_CHOICE: 28,
  LAST_CHOICE: 29,
  DUE: 30,
  DUE_PREVIOUS: 31,
  DUE_NEXT: 32,
  /** The pass that took it last. */
  PASS: 33,
  SESSION: 34,
  /** it waits for a halted book; and, while a reopening applies what was collected, its turn has not come. */
  COLLECTED: 35,
  WAITING: 36,
  MEMORY: 37,
  /** what is left of its subsidy, for what it still lacks, and the subsidy's rate in basis points. RESERVED is the buyer's money alone. */
  SUBSIDY: 38,
  SUBSIDY_RATE: 39,
  /** how long before it ends a lease that has begun must be told. */
  NOTICE: 40,
  /** first of its rests; -1: none. */
  FIRST_REST: 41,
  IS_REST: 42,
  /** Of a rest alone, see family.ts. */
  PARENT: 43,
  REST_PREVIOUS: 44,
  REST_NEXT: 45,
  GB_UNITS: 46,
  TIE_POOL: 47,
  TIE_SITE: 48,
  TIE_REGION: 49,
  /** R-7a: where its second fill must not be; 0: it asks none. */
  STANDBY: 50,
} as const;

export const Offer = {
  ID: 0,
  PARTICIPANT: 1,
  PRIORITY: 2,
  /** Tells it from others that had its record before. */
  SERIAL: 3,
  /** Places in the lists of pools and of books. */
  POOL: 4,
  BOOK: 5,
  UNITS: 6,
  FROM: 7,
  TO: 8,
  MIN_SLOTS: 9,
  ASK: 10,
  GOOD_TILL: 11,
  /** What it sold: units over one window or, where SOLD_STEPS is not -1, steps. */
  SOLD_UNITS: 12,
  SOLD_FROM: 13,
  SOLD_TO: 14,
  SOLD_STEPS: 15,
  DUE: 16,
  DUE_PREVIOUS: 17,
  DUE_NEXT: 18,
  SESSION: 19,
  COLLECTED: 20,
  /** It stands in its book's list, and in its pool's. */
  LISTED: 21,
  MEMORY: 22,
  /** number of the lease that it resells; 0: none. */
  LEASE: 23,
  OF_POOL_PREVIOUS: 24,
  OF_POOL_NEXT: 25,
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
  SETTLED: 17,
  ENDED: 18,
  OF_BID_PREVIOUS: 19,
  OF_BID_NEXT: 20,
  OF_POOL_PREVIOUS: 21,
  OF_POOL_NEXT: 22,
  DUE: 23,
  DUE_PREVIOUS: 24,
  DUE_NEXT: 25,
  /** Size class of the block of nodes, which stays when nodes are lost. */
  NODES_CLASS: 26,
  /** where the lease began of which this keeps the place. */
  SINCE: 27,
  /** What of HELD the bid's programme holds. */
  SUBSIDY: 28,
  TIER: 29,
  /** a reclaim takes it, and it is cut next. */
  GOING: 30,
  /** number of the lease that it is a part of, resold; 0: none. */
  WITHIN: 31,
  /** R-7a: of the second fill. */
  STANDBY: 32,
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

/** R-10a. */
export const Memory = {
  ID: 0,
  /** As it was said, known or not. */
  PARTICIPANT_ID: 1,
  IS_BID: 2,
  /** Place in the list of rejections; -1: accepted. */
  REJECTION: 3,
  /** Infinity while the order is open. */
  CLOSED_AT: 4,
  /** The bid; the offer while it is open; else -1. */
  ORDER: 5,
} as const;

export const tablesOf = (horizonSlots: number, orders: number) => {
  const bids = new Table(52, orders);
  const offers = new Table(26, orders);
  const trades = new Table(34, orders);
  return {
    bids,
    offers,
    trades,
    choices: new Table(10, orders),
    memories: new Table(6, orders),
    tradesOfBid: new Links(trades, Trade.OF_BID_PREVIOUS, Trade.OF_BID_NEXT),
    offersOfPool: new Links(offers, Offer.OF_POOL_PREVIOUS, Offer.OF_POOL_NEXT),
    tradesOfPool: new Links(trades, Trade.OF_POOL_PREVIOUS, Trade.OF_POOL_NEXT),
    leasesDue: new Calendar(trades, Trade.DUE, Trade.DUE_PREVIOUS, Trade.DUE_NEXT, horizonSlots),
    offersDue: new Calendar(offers, Offer.DUE, Offer.DUE_PREVIOUS, Offer.DUE_NEXT, horizonSlots),
    bidsDue: new Calendar(bids, Bid.DUE, Bid.DUE_PREVIOUS, Bid.DUE_NEXT, horizonSlots),
  };
};
