import { amountOf, startOfSlot, Tier } from '#domain';
import type { Price, Slot } from '#domain';
import type { TradeChoice } from '../explanation.js';
import type { Market, Pool } from './market.js';
import { Bid, Choice, leasesOf, Offer, Trade } from './records.js';
import type { Tables } from './records.js';

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
  const { trades, offers } = market.tables;
  const { offer, units, from, to } = deal;
  const number = ++market.lastTrade;
  const amount = amountOf(deal.price, units, to - from);
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
  data[made + Trade.HELD] = amount + deal.transfer;
  data[made + Trade.SUBSIDY] = deal.subsidy;
  data[made + Trade.SETTLED] = 0;
  data[made + Trade.ENDED] = 0;
  enterTrade(market, made);
  recordChoice(market.tables, deal, number);
  tell(market, deal, number, amount, book.bookId);
  return made;
}

/** Enters a trade whose fields are set into the lists of its bid and pool, and into the calendar. */
export function enterTrade(market: Market, trade: number): void {
  const { bids, leasesDue, leasesOfPool, trades, tradesOfBid } = market.tables;
  const { data } = trades;
  market.tradeOf.set(data[trade + Trade.NUMBER]!, trade);
  const bid = data[trade + Trade.BID]!;
  tradesOfBid.append(trade, bids.data[bid + Bid.LAST_TRADE]!);
  bids.data[bid + Bid.LAST_TRADE] = trade;
  if (bids.data[bid + Bid.FIRST_TRADE]! < 0) bids.data[bid + Bid.FIRST_TRADE] = trade;
  data[trade + Trade.GOING] = 0;
  if (data[trade + Trade.ENDED] === 1) return;
  const tier = data[trade + Trade.TIER]!;
  leasesOfPool.put(leasesOf(data[trade + Trade.POOL]!, tier), trade);
  if (tier === Tier.RECLAIMABLE) market.reclaimable++;
  leasesDue.put(trade, startOfSlot(data[trade + Trade.TO]!));
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
