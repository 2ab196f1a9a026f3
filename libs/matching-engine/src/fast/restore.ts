import { rejections } from '../rejection.js';
import type { BidState, OfferState, PoolState, ReservedState, Snapshot, TradeState } from '../snapshot.js';
import { sizeClassOf } from './arena.js';
import { placed, pushPlaced } from './capacity.js';
import { makeRest } from './family.js';
import { addOffer } from './keeping-offers.js';
import { addBid, reserve, setExpiry, setResting, setSubsidy } from './keeping.js';
import { rememberBid, rememberClosed, rememberClosedBid, rememberOffer } from './known.js';
import { occupyLease } from './leases.js';
import { Market } from './market.js';
import { Bid, Standing, Choice, isOpen, Offer, offerOfRef, Rare, rareOf, Trade } from './records.js';
import { appendChoice, decisions, enterTrade } from './recording.js';
import { costWaiting, waits, waitsToBeDecided } from './waiting.js';
import { worstCaseOf } from './wish.js';

/** The market as it was. Throws for a snapshot of another format, which is no input of a participant's but a file of the shell's. */
export function marketOf(snapshot: Snapshot): Market {
  if (snapshot.format !== 1) throw new Error(`snapshot_format_must_be_known: ${String(snapshot.format)}`);
  const state = owned(snapshot);
  const { rulesVersion, sequence, lastTrade, lastRest, stopped } = state;
  const market = new Market(state.horizonSlots);
  market.vacated = state.vacated;
  Object.assign(market, { rulesVersion, sequence, lastTrade, lastRest, stopped });
  market.setTime(state.time);
  for (const calendar of [market.tables.leasesDue, market.tables.offersDue, market.tables.bidsDue]) calendar.moveTo(state.time);
  restoreFacts(market, state);
  for (const offer of state.offers) restoreOffer(market, offer);
  const states = [...state.bids, ...state.closedBids];
  const bids = states.map((bid) => restoreBid(market, bid));
  restoreKnown(market, state, new Map(states.map(({ orderId }, i) => [orderId, bids[i]!])));
  states.forEach((bid, i) => {
    if (bid.isRest) makeRest(market, bids[i]!, bids[bid.parent] ?? -1, bid.gbUnits, bid.tie);
  });
  for (const trade of state.trades) restoreTrade(market, trade, bids[trade.bid]!);
  for (const bid of bids) {
    const subsidy = market.tables.rare.data[rareOf(market.tables, bid) + Rare.SUBSIDY]!;
    if (isOpen(market.tables.bids.data, bid)) {
      setResting(market, bid, true);
      reserve(market, bid, worstCaseOf(market, bid) - subsidy);
      setExpiry(market, bid);
    } else if (waits(market, bid)) reserve(market, bid, costWaiting(market, bid) - subsidy);
  }
  return market;
}

/** What the market keeps of a snapshot and changes is its own; orders and trades become records. */
function owned({ offers, bids, closedBids, trades, remembered, ...facts }: Snapshot): Snapshot {
  return { ...(JSON.parse(JSON.stringify(facts)) as typeof facts), offers, bids, closedBids, trades, remembered };
}

function restoreFacts(market: Market, state: Snapshot): void {
  const { participants } = market;
  for (const { second, orders, ...fact } of state.participants) {
    const place = participants.add(fact.participantId);
    participants.setFact(place, fact);
    participants.seconds[place] = second;
    participants.orders[place] = orders;
  }
  for (const { participantId, total, raises } of state.buyingPower) {
    const place = participants.add(participantId);
    participants.hasAccount[place] = true;
    participants.totals[place] = total;
    participants.raises[place] = raises;
  }
  for (const site of state.sites) market.sites.set(site.siteId, site);
  for (const curtailment of state.curtailments) market.curtailments.set(curtailment.siteId, curtailment);
  for (const pool of state.pools) restorePool(market, pool);
  for (const link of state.links) market.links.set(link);
  for (const book of state.books) market.newBook(book);
  for (const bookId of state.halted) market.bookOf.get(bookId)!.halted = true;
  for (const each of state.index) market.bookOf.get(each.bookId)!.indices.set(each.region, each);
}

function restorePool(market: Market, { health, draining, nodeHealth, drainingNodes, ...fact }: PoolState): void {
  const pool = market.newPool(fact, market.sites.get(fact.siteId)!);
  pool.health = health;
  pool.draining = draining;
  pool.setTrades();
  for (const each of nodeHealth) pool.nodeHealth.set(each.node, each.health);
  for (const node of drainingNodes) pool.drainingNodes.add(node);
  for (const node of [...pool.nodeHealth.keys(), ...drainingNodes]) pool.capacity.setUsable(node, false);
}

/** R-10a: bids by order id are the youngest of their id; an older one of the same id is kept by its trades alone. */
function restoreKnown(market: Market, { remembered }: Snapshot, bidOf: ReadonlyMap<number, number>): void {
  for (const { orderId, participantId, isBid, rejection, closedAt } of remembered) {
    const bid = isBid && rejection === null ? bidOf.get(orderId) : undefined;
    if (bid !== undefined) {
      rememberBid(market, bid);
      if (closedAt !== null) rememberClosedBid(market, bid, closedAt);
    } else if (closedAt !== null) {
      // Who sent an order that was refused may have been no number at all: JSON then says null.
      const place = rejection === null ? -1 : rejections.indexOf(rejection);
      rememberClosed(market, orderId, participantId ?? NaN, isBid, place, closedAt);
    }
  }
}

function restoreOffer(
  market: Market,
  { orderId, participantId, sessionId, poolId, tier, lease, terms, priority, collected }: OfferState,
): void {
  const pool = market.poolOf.get(poolId)!;
  const book = market.bookOfPool(pool, tier)!;
  const offer = addOffer(market, orderId, market.participants.placeOf(participantId), sessionId, priority, pool.index, book, terms);
  market.tables.offers.data[offer + Offer.COLLECTED] = collected ? 1 : 0;
  market.tables.offers.data[offer + Offer.LEASE] = lease;
  if (lease !== 0) market.resales++;
  rememberOffer(market, offer);
}

function restoreBid(
  market: Market,
  { orderId, participantId, sessionId, terms, priority, open, collected, filled, subsidy, subsidyRateBp, choices }: BidState,
): number {
  const bid = addBid(market, orderId, market.participants.placeOf(participantId), sessionId, priority, terms);
  const { data } = market.tables.bids;
  data[bid + Bid.STATE] = open ? Standing.OPEN : Standing.FORGOTTEN;
  data[bid + Bid.COLLECTED] = collected ? 1 : 0;
  data[bid + Bid.FILLED] = filled;
  setSubsidy(market, bid, subsidy, subsidyRateBp);
  for (const each of choices) restoreChoice(market, bid, each);
  return bid;
}

function restoreChoice(market: Market, bid: number, each: BidState['choices'][number]): void {
  const choice = market.tables.choices.take();
  const { data } = market.tables.choices;
  data[choice + Choice.NEXT] = -1;
  data[choice + Choice.TRADE] = each.tradeNumber;
  data[choice + Choice.OFFER] = each.offerId;
  data[choice + Choice.START] = each.start;
  data[choice + Choice.DELIVERED] = each.deliveredPrice;
  data[choice + Choice.NEXT_OFFER] = each.runnerUpOfferId;
  data[choice + Choice.NEXT_START] = each.runnerUpStart;
  data[choice + Choice.NEXT_DELIVERED] = each.runnerUpDeliveredPrice;
  data[choice + Choice.DECIDED_BY] = decisions.indexOf(each.decidedBy);
  appendChoice(market.tables, bid, choice);
}

function restoreTrade(market: Market, state: TradeState, bid: number): void {
  const { trades, offers } = market.tables;
  const trade = trades.take();
  const { data } = trades;
  const pool = market.poolOf.get(state.poolId)!;
  const offer = state.offerIsOpen ? offerOfRef(market.tables, market.ids.get(state.offerId)) : -1;
  const units = state.nodes.reduce((sum, each) => sum + each.units, 0);
  data[trade + Trade.NUMBER] = state.tradeNumber;
  data[trade + Trade.PLACE] = state.place;
  data[trade + Trade.BID] = bid;
  data[trade + Trade.OFFER] = offer;
  data[trade + Trade.OFFER_SERIAL] = offer < 0 ? 0 : offers.data[offer + Offer.SERIAL]!;
  data[trade + Trade.OFFER_ID] = state.offerId;
  data[trade + Trade.BOOK_ID] = state.bookId;
  data[trade + Trade.POOL] = pool.index;
  data[trade + Trade.UNITS] = units;
  data[trade + Trade.COUNTED] = state.counted;
  data[trade + Trade.FROM] = state.from;
  data[trade + Trade.TO] = state.to;
  data[trade + Trade.SINCE] = state.since;
  data[trade + Trade.TIER] = market.bookOf.get(state.bookId)!.fact.tier;
  data[trade + Trade.WITHIN] = state.within;
  data[trade + Trade.STANDBY] = state.standby ? 1 : 0;
  data[trade + Trade.PRICE] = state.price;
  data[trade + Trade.TRANSFER] = state.transferAmount;
  data[trade + Trade.HELD] = state.held;
  data[trade + Trade.SUBSIDY] = state.subsidy;
  data[trade + Trade.SETTLED] = state.reserved ? waitsToBeDecided : state.settled ? 1 : 0;
  data[trade + Trade.ENDED] = state.ended ? 1 : 0;
  restoreNodes(market, trade, state);
  if (state.reserved) restorePiece(market, state.tradeNumber, state.reserved);
  enterTrade(market, trade);
  const place = market.tables.bids.data[bid + Bid.PARTICIPANT]!;
  market.participants.reserved[place] = market.participants.reserved[place]! + state.held - state.subsidy;
  if (state.ended) return;
  occupyLease(market, trade, state.from, state.to, 1);
}

function restorePiece(market: Market, tradeNumber: number, reserved: ReservedState): void {
  market.pieces.set(tradeNumber, { ...reserved });
  if (reserved.until > 0 && reserved.reservation === tradeNumber) market.lapses.put(reserved.until, tradeNumber);
}

function restoreNodes({ arena, tables }: Market, trade: number, { nodes }: TradeState): void {
  placed.count = 0;
  for (const { node, units } of nodes) pushPlaced(node, units);
  const sizeClass = sizeClassOf(2 * nodes.length);
  const block = arena.take(sizeClass);
  for (let i = 0; i < 2 * placed.count; i++) arena.words[block + i] = placed.pairs[i]!;
  tables.trades.data[trade + Trade.NODES] = block;
  tables.trades.data[trade + Trade.NODES_CLASS] = sizeClass;
  tables.trades.data[trade + Trade.NODE_COUNT] = nodes.length;
}
