import { amountOf } from '#domain';
import type { Price, Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import type { ReservedState } from '../snapshot.js';
import { enterLease } from './keeping.js';
import type { Market, Pool } from './market.js';
import { Bid, Choice, Offer, Trade } from './records.js';
import type { Tables } from './records.js';
import { waitsToBeDecided } from './waiting.js';

/** What there is to say of a trade that is made. One is used again and again: what a trade does not say is as `plain` left it. */
export class Deal {
  bid = -1;
  offer = -1;
  /** The pool's, at `begin`. */
  pool!: Pool;
  units = 0;
  counted = 0;
  from: Slot = 0;
  to: Slot = 0;
  price: Price = 0;
  /** Block of pairs of node and units. */
  nodes = -1;
  nodesClass = 0;
  nodeCount = 0;
  bidWasFirst = false;
  /** the offer's delivered price, and the best that was not taken (-1: none) and the key (a place in `decisions`) that put it behind. */
  delivered: Price = 0;
  next = -1;
  nextStart: Slot = 0;
  nextDelivered: Price = 0;
  decidedBy = 0;
  transfer = 0;
  linkOwner = 0;
  subsidy = 0;
  /** the number of the trade that it replaces (0: none), what it keeps of that, and what its provider owes. */
  replaces = 0;
  place = 0;
  since: Slot = 0;
  owed = 0;
  /** R-18, R-7a */
  within = 0;
  isSecond = false;

  /** A trade with neither transfer nor subsidy that replaces nothing. */
  plain(): void {
    this.transfer = 0;
    this.linkOwner = 0;
    this.subsidy = 0;
    this.replaces = 0;
    this.owed = 0;
    this.within = 0;
    this.isSecond = false;
  }
}

/** the next trade, and what the buyer holds for it; answers its record. A replacement keeps its trade's place, and its units are filled already. */
export function recordTrade(market: Market, deal: Deal): number {
  const { offers } = market.tables;
  const amount = amountOf(deal.price, deal.units, deal.to - deal.from);
  const made = fillRecord(market, deal, amount + deal.transfer, 0);
  tell(market, deal, market.lastTrade, amount, market.books[offers.data[deal.offer + Offer.BOOK]!]!.fact.bookId);
  return made;
}

/** the same for a piece that waits: it holds nothing. `pieces`: how many are decided together. */
export function recordPiece(market: Market, deal: Deal, reserved: ReservedState, pieces: number): void {
  const amount = amountOf(deal.price, deal.units, deal.to - deal.from);
  deal.subsidy = 0;
  market.pieces.set(market.lastTrade + 1, reserved);
  const piece = fillRecord(market, deal, 0, waitsToBeDecided);
  if (reserved.until > 0 && reserved.reservation === market.lastTrade) market.lapses.put(reserved.until, reserved.reservation);
  tellPiece(market, piece, reserved, pieces, amount);
}

function fillRecord(market: Market, deal: Deal, held: number, settled: number): number {
  const { trades, offers } = market.tables;
  const { offer, units, from, to } = deal;
  const number = ++market.lastTrade;
  const { fact: book } = market.books[offers.data[offer + Offer.BOOK]!]!;
  const isNew = deal.replaces === 0;
  const made = trades.take();
  const { data } = trades;
  data[made + Trade.NUMBER] = number;
  data[made + Trade.PLACE] = isNew ? number : deal.place;
  data[made + Trade.BID] = deal.bid;
  data[made + Trade.OFFER] = offer;
  data[made + Trade.OFFER_SERIAL] = offers.data[offer + Offer.SERIAL]!;
  data[made + Trade.OFFER_ID] = offers.data[offer + Offer.ID]!;
  data[made + Trade.BOOK_ID] = book.bookId;
  data[made + Trade.POOL] = deal.pool.index;
  data[made + Trade.NODES] = deal.nodes;
  data[made + Trade.NODES_CLASS] = deal.nodesClass;
  data[made + Trade.NODE_COUNT] = deal.nodeCount;
  data[made + Trade.UNITS] = units;
  data[made + Trade.COUNTED] = deal.counted;
  data[made + Trade.FROM] = from;
  data[made + Trade.TO] = to;
  data[made + Trade.SINCE] = isNew ? from : deal.since;
  data[made + Trade.TIER] = book.tier;
  data[made + Trade.WITHIN] = deal.within;
  data[made + Trade.STANDBY] = deal.isSecond ? 1 : 0;
  data[made + Trade.PRICE] = deal.price;
  data[made + Trade.TRANSFER] = deal.transfer;
  data[made + Trade.HELD] = held;
  data[made + Trade.SUBSIDY] = deal.subsidy;
  data[made + Trade.SETTLED] = settled;
  data[made + Trade.ENDED] = 0;
  enterTrade(market, made);
  recordChoice(market.tables, deal, number);
  return made;
}

/** Enters a trade whose fields are set into the list of its bid; into its pool's and the calendar unless its lease has ended or it waits. */
export function enterTrade(market: Market, trade: number): void {
  const { bids, trades, tradesOfBid } = market.tables;
  const { data } = trades;
  market.tradeOf.set(data[trade + Trade.NUMBER]!, trade);
  const bid = data[trade + Trade.BID]!;
  tradesOfBid.append(trade, bids.data[bid + Bid.LAST_TRADE]!);
  bids.data[bid + Bid.LAST_TRADE] = trade;
  if (bids.data[bid + Bid.FIRST_TRADE]! < 0) bids.data[bid + Bid.FIRST_TRADE] = trade;
  data[trade + Trade.GOING] = 0;
  if (data[trade + Trade.ENDED] === 0 && data[trade + Trade.SETTLED] !== waitsToBeDecided) enterLease(market, trade);
}

function tell(market: Market, deal: Deal, number: number, amount: number, bookId: number): void {
  const { events, participants, tables } = market;
  const { bids, offers } = tables;
  const { bid, offer, pool } = deal;
  const length = events.tradeMade(deal.nodeCount);
  const { words } = events;
  words[length] = number;
  words[length + 1] = bids.data[bid + Bid.ID]!;
  words[length + 2] = offers.data[offer + Offer.ID]!;
  words[length + 3] = participants.ids[bids.data[bid + Bid.PARTICIPANT]!]!;
  words[length + 4] = participants.ids[offers.data[offer + Offer.PARTICIPANT]!]!;
  words[length + 5] = bookId;
  words[length + 6] = pool.fact.poolId;
  words[length + 7] = pool.site.siteId;
  words[length + 8] = pool.site.region;
  words[length + 9] = deal.units;
  words[length + 10] = deal.counted;
  words[length + 11] = deal.from;
  words[length + 12] = deal.to;
  words[length + 13] = deal.price;
  words[length + 14] = amount;
  words[length + 15] = deal.transfer;
  words[length + 16] = deal.subsidy;
  words[length + 17] = deal.linkOwner;
  words[length + 18] = deal.bidWasFirst ? 1 : 0;
  words[length + 19] = deal.replaces;
  words[length + 20] = deal.owed;
  const { words: nodes } = market.arena;
  for (let i = 0; i < 2 * deal.nodeCount; i++) words[length + 22 + i] = nodes[deal.nodes + i]!;
}

/** The trade that a piece has become. */
export function tellTrade(market: Market, made: number, { linkOwnerId, bidWasFirst }: ReservedState): void {
  const { events, tables } = market;
  const { data } = tables.trades;
  const at = events.tradeMade(data[made + Trade.NODE_COUNT]!);
  const amount = amountOf(data[made + Trade.PRICE]!, data[made + Trade.UNITS]!, data[made + Trade.TO]! - data[made + Trade.FROM]!);
  tellTerms(market, made, at, amount);
  events.words[at + 16] = data[made + Trade.SUBSIDY]!;
  events.words[at + 17] = linkOwnerId;
  events.words[at + 18] = bidWasFirst ? 1 : 0;
  events.words[at + 19] = 0;
  events.words[at + 20] = 0;
  tellNodes(market, made, at + 22);
}

function tellPiece(
  market: Market,
  piece: number,
  { reservation, until, linkOwnerId, bidWasFirst }: ReservedState,
  pieces: number,
  amount: number,
): void {
  const { events, platforms, pools, tables } = market;
  const { data } = tables.trades;
  const at = events.pieceReserved(data[piece + Trade.NODE_COUNT]!);
  const { platform } = pools[data[piece + Trade.POOL]!]!;
  tellTerms(market, piece, at, amount);
  events.words[at + 16] = reservation;
  events.words[at + 17] = pieces;
  events.words[at + 18] = platform === 0 ? 0 : platforms[platform - 1]!;
  events.words[at + 19] = until;
  events.words[at + 20] = linkOwnerId;
  events.words[at + 21] = bidWasFirst ? 1 : 0;
  tellNodes(market, piece, at + 23);
}

/** The sixteen words with which trades and pieces begin; written from `at` on. */
function tellTerms(market: Market, trade: number, at: number, amount: number): void {
  const { events, participants, pools, tables } = market;
  const { words } = events;
  const { data } = tables.trades;
  const pool = pools[data[trade + Trade.POOL]!]!;
  const bid = data[trade + Trade.BID]!;
  words[at] = data[trade + Trade.NUMBER]!;
  words[at + 1] = tables.bids.data[bid + Bid.ID]!;
  words[at + 2] = data[trade + Trade.OFFER_ID]!;
  words[at + 3] = participants.ids[tables.bids.data[bid + Bid.PARTICIPANT]!]!;
  words[at + 4] = pool.fact.providerId;
  words[at + 5] = data[trade + Trade.BOOK_ID]!;
  words[at + 6] = pool.fact.poolId;
  words[at + 7] = pool.site.siteId;
  words[at + 8] = pool.site.region;
  words[at + 9] = data[trade + Trade.UNITS]!;
  words[at + 10] = data[trade + Trade.COUNTED]!;
  words[at + 11] = data[trade + Trade.FROM]!;
  words[at + 12] = data[trade + Trade.TO]!;
  words[at + 13] = data[trade + Trade.PRICE]!;
  words[at + 14] = amount;
  words[at + 15] = data[trade + Trade.TRANSFER]!;
}

function tellNodes({ arena, events, tables }: Market, trade: number, at: number): void {
  const nodes = tables.trades.data[trade + Trade.NODES]!;
  const count = tables.trades.data[trade + Trade.NODE_COUNT]!;
  for (let i = 0; i < 2 * count; i++) events.words[at + i] = arena.words[nodes + i]!;
}

export const decisions: readonly TradeChoice['decidedBy'][] = ['units', 'preference', 'price', 'start', 'time', 'none'];
export const [byPrice, byTime, byNothing] = [decisions.indexOf('price'), decisions.indexOf('time'), decisions.indexOf('none')];

/** what was taken, and what stood next. */
function recordChoice(tables: Tables, deal: Deal, number: number): void {
  const { offers, choices } = tables;
  const { next } = deal;
  const choice = choices.take();
  const { data } = choices;
  data[choice + Choice.NEXT] = -1;
  data[choice + Choice.TRADE] = number;
  data[choice + Choice.OFFER] = offers.data[deal.offer + Offer.ID]!;
  data[choice + Choice.START] = deal.from;
  data[choice + Choice.DELIVERED] = deal.delivered;
  data[choice + Choice.NEXT_OFFER] = next < 0 ? 0 : offers.data[next + Offer.ID]!;
  data[choice + Choice.NEXT_START] = next < 0 ? 0 : deal.nextStart;
  data[choice + Choice.NEXT_DELIVERED] = next < 0 ? 0 : deal.nextDelivered;
  data[choice + Choice.DECIDED_BY] = deal.decidedBy;
  appendChoice(tables, deal.bid, choice);
}

export function appendChoice({ bids, choices }: Tables, bid: number, choice: number): void {
  const last = bids.data[bid + Bid.LAST_CHOICE]!;
  if (last >= 0) choices.data[last + Choice.NEXT] = choice;
  else bids.data[bid + Bid.FIRST_CHOICE] = choice;
  bids.data[bid + Bid.LAST_CHOICE] = choice;
}
