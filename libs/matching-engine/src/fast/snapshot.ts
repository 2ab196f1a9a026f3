import type { BidState, OfferState, PoolState, RememberedState, Snapshot, TradeState } from '../snapshot.js';
import { rejections } from '../rejection.js';
import type { TradeChoice } from '../explanation.js';
import { gbUnitsOf, parentOf, tieOfBid } from './family.js';
import { bidTermsOf, offerOfTrade } from './keeping.js';
import type { Market, Pool } from './market.js';
import { offerTermsOf } from './orders.js';
import { Bid, Choice, Memory, Offer, Trade } from './records.js';
import type { Table } from './table.js';
import { decisions } from './trading.js';

const sorted = <T>(items: Iterable<T>, key: (item: T) => number): T[] => [...items].sort((a, b) => key(a) - key(b));
const byTime = (a: { priority: number; orderId: number }, b: { priority: number; orderId: number }): number =>
  a.priority - b.priority || a.orderId - b.orderId;

/** The whole state as plain JSON; nothing in it is shared with the market. */
export function snapshotOf(market: Market): Snapshot {
  const bids = recordsOf(market.tables.bids, (data, bid) => data[bid + Bid.KNOWN] === 1 || data[bid + Bid.FIRST_TRADE]! >= 0).map(
    (record) => ({ record, ...bidState(market, record) }),
  );
  const { data } = market.tables.bids;
  const isKept = (bid: number): boolean => data[bid + Bid.OPEN] === 1 || data[bid + Bid.FIRST_TRADE]! >= 0;
  const kept = bids.filter(({ record }) => isKept(record)).sort(byTime);
  const index = new Map(kept.map(({ record }, i) => [record, i]));
  const trades = recordsOf(market.tables.trades, (all, trade) => market.tradeOf.get(all[trade]!) === trade);
  const stateOf = ({ record, ...state }: BidState & { record: number }): BidState => ({
    ...state,
    parent: index.get(parentOf(market, record)) ?? -1,
  });
  const snapshot: Snapshot = {
    format: 1,
    rulesVersion: market.rulesVersion,
    horizonSlots: market.horizonSlots,
    sequence: market.sequence,
    time: market.time,
    lastTrade: market.lastTrade,
    lastRest: market.lastRest,
    ...participantsOf(market),
    sites: sorted(market.sites.values(), (site) => site.siteId),
    pools: sorted(market.pools, (pool) => pool.fact.poolId).map(poolState),
    links: sorted(market.links.all.values(), (link) => link.linkId),
    books: sorted(market.books, (book) => book.fact.bookId).map((book) => book.fact),
    halted: sorted(
      market.books.filter((book) => book.halted).map((book) => book.fact.bookId),
      (bookId) => bookId,
    ),
    stopped: market.stopped,
    curtailments: sorted(market.curtailments.values(), ({ siteId }) => siteId),
    index: market.books.flatMap((book) => [...book.indices.values()]).sort((a, b) => a.bookId - b.bookId || a.region - b.region),
    offers: recordsOf(market.tables.offers, (all, offer) => all[offer + Offer.SERIAL] !== 0)
      .map((offer) => offerState(market, offer))
      .sort(byTime),
    bids: kept.map(stateOf),
    closedBids: bids
      .filter(({ record }) => !isKept(record))
      .sort(byTime)
      .map(stateOf),
    trades: sorted(
      trades.map((trade) => tradeState(market, trade, index.get(market.tables.trades.data[trade + Trade.BID]!)!)),
      ({ tradeNumber }) => tradeNumber,
    ),
    vacated: market.vacated,
    remembered: rememberedOf(market),
  };
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot;
}

function recordsOf(table: Table, isLive: (data: Float64Array, record: number) => boolean): number[] {
  const records: number[] = [];
  for (let record = 0; record < table.length; record += table.stride) if (isLive(table.data, record)) records.push(record);
  return records;
}

function participantsOf({ participants }: Market): Pick<Snapshot, 'participants' | 'buyingPower'> {
  const places = sorted(Array(participants.count).keys(), (place) => participants.ids[place]!);
  return {
    participants: places.flatMap((place) => {
      const fact = participants.facts[place];
      return fact ? [{ ...fact, second: participants.seconds[place]!, orders: participants.orders[place]! }] : [];
    }),
    buyingPower: places
      .filter((place) => participants.hasAccount[place])
      .map((place) => ({
        participantId: participants.ids[place]!,
        total: participants.totals[place]!,
        raises: participants.raises[place]!,
      })),
  };
}

const poolState = (pool: Pool): PoolState => ({
  ...pool.fact,
  health: pool.health,
  draining: pool.draining,
  nodeHealth: sorted(pool.nodeHealth, ([node]) => node).map(([node, health]) => ({ node, health })),
  drainingNodes: sorted(pool.drainingNodes, (node) => node),
});

function offerState(market: Market, offer: number): OfferState {
  const { data } = market.tables.offers;
  return {
    orderId: data[offer]!,
    participantId: market.participants.ids[data[offer + Offer.PARTICIPANT]!]!,
    sessionId: data[offer + Offer.SESSION]!,
    poolId: market.pools[data[offer + Offer.POOL]!]!.fact.poolId,
    tier: market.books[data[offer + Offer.BOOK]!]!.fact.tier,
    terms: offerTermsOf(market, offer),
    priority: data[offer + Offer.PRIORITY]!,
    lease: data[offer + Offer.LEASE]!,
    collected: data[offer + Offer.COLLECTED] === 1,
  };
}

function bidState(market: Market, bid: number): BidState {
  const { data } = market.tables.bids;
  return {
    orderId: data[bid]!,
    participantId: market.participants.ids[data[bid + Bid.PARTICIPANT]!]!,
    sessionId: data[bid + Bid.SESSION]!,
    terms: bidTermsOf(market, bid),
    priority: data[bid + Bid.PRIORITY]!,
    open: data[bid + Bid.OPEN] === 1,
    collected: data[bid + Bid.COLLECTED] === 1,
    filled: data[bid + Bid.FILLED]!,
    subsidy: data[bid + Bid.SUBSIDY]!,
    subsidyRateBp: data[bid + Bid.SUBSIDY_RATE]!,
    gbUnits: gbUnitsOf(data, bid),
    isRest: data[bid + Bid.IS_REST] === 1,
    tie: tieOfBid(data, bid),
    parent: -1,
    choices: choicesOf(market, bid),
  };
}

function choicesOf({ tables }: Market, bid: number): TradeChoice[] {
  const { data } = tables.choices;
  const choices: TradeChoice[] = [];
  for (let choice = tables.bids.data[bid + Bid.FIRST_CHOICE]!; choice >= 0; choice = data[choice + Choice.NEXT]!) {
    choices.push({
      tradeNumber: data[choice + Choice.TRADE]!,
      offerId: data[choice + Choice.OFFER]!,
      start: data[choice + Choice.START]!,
      deliveredPrice: data[choice + Choice.DELIVERED]!,
      runnerUpOfferId: data[choice + Choice.NEXT_OFFER]!,
      runnerUpStart: data[choice + Choice.NEXT_START]!,
      runnerUpDeliveredPrice: data[choice + Choice.NEXT_DELIVERED]!,
      decidedBy: decisions[data[choice + Choice.DECIDED_BY]!]!,
    });
  }
  return choices;
}

function tradeState(market: Market, trade: number, bid: number): TradeState {
  const { data } = market.tables.trades;
  const { words } = market.arena;
  const nodes = data[trade + Trade.NODES]!;
  return {
    tradeNumber: data[trade + Trade.NUMBER]!,
    bid,
    offerId: data[trade + Trade.OFFER_ID]!,
    offerIsOpen: offerOfTrade(market, trade) >= 0,
    place: data[trade + Trade.PLACE]!,
    bookId: data[trade + Trade.BOOK_ID]!,
    poolId: market.pools[data[trade + Trade.POOL]!]!.fact.poolId,
    nodes: Array.from({ length: data[trade + Trade.NODE_COUNT]! }, (_, i) => ({
      node: words[nodes + 2 * i]!,
      units: words[nodes + 2 * i + 1]!,
    })),
    counted: data[trade + Trade.COUNTED]!,
    from: data[trade + Trade.FROM]!,
    to: data[trade + Trade.TO]!,
    since: data[trade + Trade.SINCE]!,
    price: data[trade + Trade.PRICE]!,
    transferAmount: data[trade + Trade.TRANSFER]!,
    held: data[trade + Trade.HELD]!,
    subsidy: data[trade + Trade.SUBSIDY]!,
    settled: data[trade + Trade.SETTLED] === 1,
    ended: data[trade + Trade.ENDED] === 1,
    within: isRunning(market, data[trade + Trade.WITHIN]!) ? data[trade + Trade.WITHIN]! : 0,
    standby: data[trade + Trade.STANDBY] === 1,
  };
}

/** True for the number of a lease that has not ended. */
function isRunning({ tables, tradeOf }: Market, tradeNumber: number): boolean {
  const lease = tradeOf.get(tradeNumber);
  return lease >= 0 && tables.trades.data[lease + Trade.ENDED] === 0;
}

function rememberedOf(market: Market): RememberedState[] {
  const { data } = market.tables.memories;
  const closed = Array.from(
    { length: market.closedCount },
    (_, i) => market.closed[(market.closedFirst + i) & (market.closed.length - 1)]!,
  );
  const open = recordsOf(
    market.tables.memories,
    (all, memory) => all[memory + Memory.CLOSED_AT] === Infinity && market.memories.get(all[memory]!) === memory,
  );
  return [...closed, ...sorted(open, (memory) => data[memory]!)].map((memory) => {
    const rejection = data[memory + Memory.REJECTION]!;
    const closedAt = data[memory + Memory.CLOSED_AT]!;
    return {
      orderId: data[memory + Memory.ID]!,
      participantId: data[memory + Memory.PARTICIPANT_ID]!,
      isBid: data[memory + Memory.IS_BID] === 1,
      rejection: rejection < 0 ? null : rejections[rejection]!,
      closedAt: closedAt === Infinity ? null : closedAt,
    };
  });
}
