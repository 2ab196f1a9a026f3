import { Health } from '#domain';
import type { BidState, OfferState, PoolState, Snapshot, TradeState } from '../src/snapshot.js';
import { occupyLease } from './capacity.js';
import { worstCaseOf } from './guards.js';
import { Hash, writeCanonical } from '../src/canonical-hash.js';
import { keyOfIndex } from './index-price.js';
import { addTrade, reserve, setExpiry, setOfferExpiry } from './keeping.js';
import { byTime, Market, Pool } from './market.js';
import type { Account, Bid, Offer, Trade } from './market.js';
import { costWaiting, waits } from './waiting.js';
import { Timeline } from './timeline.js';

const sorted = <T>(items: Iterable<T>, key: (item: T) => number): T[] => [...items].sort((a, b) => key(a) - key(b));

/** The whole state as plain JSON; nothing in it is shared with the market. */
export function snapshotOf(market: Market): Snapshot {
  const known = [...market.bids.values()];
  const ofTrades = [...market.trades.values()].map((trade) => trade.bid);
  const kept = [...new Set([...known.filter((bid) => bid.open), ...ofTrades])].sort(byTime);
  const index = new Map(kept.map((bid, i) => [bid, i]));
  return structuredCloneOf({
    format: 1,
    rulesVersion: market.rulesVersion,
    horizonSlots: market.horizonSlots,
    sequence: market.sequence,
    time: market.time,
    lastTrade: market.lastTrade,
    lastRest: market.lastRest,
    participants: sorted(market.participants.values(), (participant) => participant.participantId),
    buyingPower: sorted(market.accounts.values(), (account) => account.participantId).map(({ participantId, total, raises }) => ({
      participantId,
      total,
      raises,
    })),
    sites: sorted(market.sites.values(), (site) => site.siteId),
    pools: sorted(market.pools.values(), (pool) => pool.fact.poolId).map(poolState),
    links: sorted(market.links.values(), (link) => link.linkId),
    books: sorted(market.books.values(), (book) => book.bookId),
    halted: sorted(market.halted, (bookId) => bookId),
    stopped: market.stopped,
    curtailments: sorted(market.curtailments.values(), ({ siteId }) => siteId),
    index: [...market.index.values()].sort((a, b) => a.bookId - b.bookId || a.region - b.region),
    offers: [...market.offers.values()].sort(byTime).map(offerState),
    bids: kept.map((bid) => bidState(bid, index)),
    closedBids: known
      .filter((bid) => !index.has(bid))
      .sort(byTime)
      .map((bid) => bidState(bid, index)),
    trades: sorted(market.trades.values(), (trade) => trade.tradeNumber).map((trade) => tradeState(market, trade, index.get(trade.bid)!)),
    vacated: market.vacated,
    remembered: [
      ...market.closed.map(({ orderId }) => market.remembered.get(orderId)!),
      ...sorted(
        [...market.remembered.values()].filter((memory) => memory.closedAt === null),
        (memory) => memory.orderId,
      ),
    ],
  });
}

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** List items are copied one by one: a large market's text would be longer than a string may be. */
const structuredCloneOf = (snapshot: Snapshot): Snapshot =>
  Object.fromEntries(
    Object.entries(snapshot).map(([key, value]: [string, unknown]) => [key, Array.isArray(value) ? value.map(copyOf) : copyOf(value)]),
  ) as unknown as Snapshot;

const poolState = (pool: Pool): PoolState => ({
  ...pool.fact,
  health: pool.health,
  draining: pool.draining,
  nodeHealth: sorted(pool.nodeHealth, ([node]) => node).map(([node, health]) => ({ node, health })),
  drainingNodes: sorted(pool.drainingNodes, (node) => node),
});

const offerState = ({ orderId, participantId, sessionId, pool, lease, tier, terms, priority, collected }: Offer): OfferState => ({
  orderId,
  participantId,
  sessionId,
  poolId: pool.fact.poolId,
  tier,
  terms,
  priority,
  lease: lease?.tradeNumber ?? 0,
  collected,
});

const bidState = ({ reserved: _reserved, due: _due, trades: _trades, parent, ...bid }: Bid, index: ReadonlyMap<Bid, number>): BidState => ({
  ...bid,
  parent: (parent && index.get(parent)) ?? -1,
});

const tradeState = (
  market: Market,
  { bid: _bid, resold: _resold, within, pool, offer, reserved, ...trade }: Trade,
  bid: number,
): TradeState => ({
  ...trade,
  ...(reserved && { reserved }),
  bid,
  offerIsOpen: market.offers.get(trade.offerId) === offer,
  within: within && !within.ended ? within.tradeNumber : 0,
  poolId: pool.fact.poolId,
});

/**
 * equal states hash alike, however they came about. Left out: sequence numbers (orders stand in the order of their times instead), what only explanations read,
 * and what follows from the rest (capacity, reservations, due times).
 */
export function hashOf(market: Market): string {
  const { format: _format, sequence: _sequence, closedBids: _closed, offers, bids, trades, ...rest } = snapshotOf(market);
  const hash = new Hash();
  writeCanonical(hash, rest);
  writeCanonical(hash, orderOfTimes(offers, bids));
  writeCanonical(
    hash,
    offers.map(({ priority: _priority, ...offer }) => offer),
  );
  writeCanonical(
    hash,
    bids.map(({ priority: _priority, choices: _choices, ...bid }) => bid),
  );
  writeCanonical(hash, trades);
  return hash.digest();
}

/** R-15 asks who came first of an offer and a bid: their ids, in one list. */
const orderOfTimes = (offers: readonly OfferState[], bids: readonly BidState[]): number[] =>
  [...offers, ...bids].sort(byTime).map((order) => order.orderId);

/** The market as it was. Throws for a snapshot of another format, which is no input of a participant's but a file of the shell's. */
export function marketOf(snapshot: Snapshot): Market {
  if (snapshot.format !== 1) throw new Error(`snapshot_format_must_be_known: ${String(snapshot.format)}`);
  const { rulesVersion, horizonSlots, sequence, time, lastTrade, lastRest, stopped, ...state } = structuredCloneOf(snapshot);
  const market = new Market(horizonSlots);
  Object.assign(market, { rulesVersion, sequence, time, lastTrade, lastRest, stopped });
  for (const participant of state.participants) market.participants.set(participant.participantId, participant);
  for (const account of state.buyingPower) market.accounts.set(account.participantId, { ...account, reserved: 0 } satisfies Account);
  for (const site of state.sites) market.sites.set(site.siteId, site);
  for (const curtailment of state.curtailments) market.curtailments.set(curtailment.siteId, curtailment);
  for (const pool of state.pools) market.pools.set(pool.poolId, poolOf(market, pool));
  for (const link of state.links) market.setLink(link);
  for (const book of state.books) market.books.set(book.bookId, book);
  for (const bookId of state.halted) market.halted.add(bookId);
  for (const each of state.index) market.index.set(keyOfIndex(each.bookId, each.region), each);
  for (const memory of state.remembered) {
    market.remembered.set(memory.orderId, memory);
    if (memory.closedAt !== null) market.closed.push({ orderId: memory.orderId, closedAt: memory.closedAt });
  }
  for (const offer of state.offers) restoreOffer(market, offer);
  const bids = bidsOf([...state.bids, ...state.closedBids]);
  for (const bid of bids) {
    // The id of a bid that only its leases keep may have been refused, or an offer's, since.
    const memory = market.remembered.get(bid.orderId);
    if (memory?.isBid && memory.rejection === null) market.bids.set(bid.orderId, bid);
  }
  for (const trade of state.trades) restoreTrade(market, trade, bids[trade.bid]!);
  for (const { orderId, lease } of state.offers)
    if (lease !== 0) Object.assign(market.offers.get(orderId)!, { lease: market.trades.get(lease) });
  market.vacated = state.vacated;
  for (const bid of bids) {
    if (bid.open) {
      market.resting.add(bid);
      reserve(market, bid, worstCaseOf(bid) - bid.subsidy);
      setExpiry(market, bid);
    } else if (waits(bid)) reserve(market, bid, costWaiting(bid) - bid.subsidy);
  }
  return market;
}

function bidsOf(states: readonly BidState[]): Bid[] {
  const bids = states.map((bid): Mutable<Bid> => ({ ...bid, parent: null, reserved: 0, due: Infinity, trades: new Set() }));
  states.forEach(({ parent }, i) => (bids[i]!.parent = bids[parent] ?? null));
  return bids;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function poolOf(market: Market, { health, draining, nodeHealth, drainingNodes, ...fact }: PoolState): Pool {
  const pool = new Pool(fact, market.sites.get(fact.siteId)!);
  pool.health = health;
  pool.draining = draining;
  pool.curtailment = market.curtailments.get(fact.siteId) ?? null;
  for (const each of nodeHealth) if (each.health !== Health.OK) pool.nodeHealth.set(each.node, each.health);
  for (const node of drainingNodes) pool.drainingNodes.add(node);
  return pool;
}

/** What it resells is told when the trades are there. */
function restoreOffer(market: Market, { poolId, lease: _lease, ...state }: OfferState): void {
  const pool = market.pools.get(poolId)!;
  const offer: Offer = { ...state, pool, book: market.bookOf(pool.fact, state.tier)!, lease: null, sold: new Timeline() };
  market.addOffer(offer);
  setOfferExpiry(market, offer);
}

function restoreTrade(
  market: Market,
  { bid: _bid, offerIsOpen, poolId, within: withinNumber, reserved, ...state }: TradeState,
  bid: Bid,
): void {
  const offer = offerIsOpen ? market.offers.get(state.offerId)! : null;
  const within = market.trades.get(withinNumber) ?? null;
  const trade: Trade = { ...state, bid, offer, pool: market.pools.get(poolId)!, within, resold: new Map(), reserved: reserved ?? null };
  addTrade(market, trade);
  market.account(bid.participantId).reserved += trade.held - trade.subsidy;
  if (!trade.ended) occupyLease(trade, trade.nodes, trade.from, trade.to, 1);
}
