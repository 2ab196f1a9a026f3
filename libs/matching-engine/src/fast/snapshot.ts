import type { BidState, OfferState, PoolState, RememberedState, Snapshot, TradeState } from '../snapshot.js';
import { rejections } from '../rejection.js';
import type { TradeChoice } from '../explanation.js';
import { gbUnitsOf, isRest, parentOf, tieOfBid } from './family.js';
import { bidTermsOf, offerOfTrade } from './keeping.js';
import { frozen } from './frozen.js';
import { ended, inOrder, mapped, type Steps } from './in-steps.js';
import { closedAtOf } from './known.js';
import type { Market, Pool } from './market.js';
import { offerTermsOf } from './orders.js';
import { Bid, bidOfRef, Standing, Choice, idOfRef, isOpen, Memory, memoryOfRef, Offer, Rare, rareOf, Trade } from './records.js';
import type { Table } from './table.js';
import { decisions } from './recording.js';

const sorted = <T>(items: Iterable<T>, key: (item: T) => number): T[] => [...items].sort((a, b) => key(a) - key(b));

/** The whole state as plain JSON; nothing in it that changes is shared with the market. A million orders are copied once, not by way of a text. */
export const snapshotOf = (market: Market): Snapshot => ended(stateSteps(market, copyOf(factsOf(market))));

/** The same in steps, of the market as it stands now, which may go on in between. */
export const snapshotSteps = (market: Market): Steps<Snapshot> => stateSteps(frozen(market), copyOf(factsOf(market)));

type Facts = Omit<Snapshot, 'offers' | 'bids' | 'closedBids' | 'trades' | 'remembered'>;

const copyOf = (facts: Facts): Facts => JSON.parse(JSON.stringify(facts)) as Facts;

function* stateSteps(market: Market, facts: Facts): Steps<Snapshot> {
  const { bids, offers, trades } = market.tables;
  const known = recordsOf(bids, (data, bid) => data[bid + Bid.STATE] !== Standing.FORGOTTEN || data[bid + Bid.FIRST_TRADE]! >= 0);
  const isKept = (bid: number): boolean => isOpen(bids.data, bid) || bids.data[bid + Bid.FIRST_TRADE]! >= 0;
  const kept = yield* byTime(bids, Bid.PRIORITY, known.filter(isKept));
  const closed = yield* byTime(
    bids,
    Bid.PRIORITY,
    known.filter((bid) => !isKept(bid)),
  );
  const places = new Int32Array(bids.length / bids.stride).fill(-1);
  kept.forEach((bid, place) => (places[bid / bids.stride] = place));
  const stateOf = (bid: number): BidState => {
    const parent = parentOf(market, bid);
    return bidState(market, bid, parent < 0 ? -1 : places[parent / bids.stride]!);
  };
  const open = yield* byTime(
    offers,
    Offer.PRIORITY,
    recordsOf(offers, (data, offer) => data[offer + Offer.SERIAL] !== 0),
  );
  const standing = yield* inOrder(
    recordsOf(trades, (data, trade) => market.tradeOf.get(data[trade]!) === trade),
    (a, b) => trades.data[a + Trade.NUMBER]! - trades.data[b + Trade.NUMBER]!,
  );
  return {
    ...facts,
    offers: yield* mapped(open, (offer) => offerState(market, offer)),
    bids: yield* mapped(kept, stateOf),
    closedBids: yield* mapped(closed, stateOf),
    trades: yield* mapped(standing, (trade) => tradeState(market, trade, places[trades.data[trade + Trade.BID]! / bids.stride]!)),
    remembered: yield* rememberedSteps(market),
  };
}

/** All but what there is an entry of for each order or trade. */
const factsOf = (market: Market): Facts => ({
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
  vacated: market.vacated,
});

/** Records of orders, whose ids stand first, the older first. */
const byTime = ({ data }: Table, priority: number, records: number[]): Steps<number[]> =>
  inOrder(records, (a, b) => data[a + priority]! - data[b + priority]! || data[a]! - data[b]!);

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

function bidState(market: Market, bid: number, parent: number): BidState {
  const { data } = market.tables.bids;
  const rare = rareOf(market.tables, bid);
  const { data: more } = market.tables.rare;
  return {
    orderId: data[bid]!,
    participantId: market.participants.ids[data[bid + Bid.PARTICIPANT]!]!,
    sessionId: data[bid + Bid.SESSION]!,
    terms: bidTermsOf(market, bid),
    priority: data[bid + Bid.PRIORITY]!,
    open: isOpen(data, bid),
    collected: data[bid + Bid.COLLECTED] === 1,
    filled: data[bid + Bid.FILLED]!,
    subsidy: more[rare + Rare.SUBSIDY]!,
    subsidyRateBp: more[rare + Rare.SUBSIDY_RATE]!,
    gbUnits: gbUnitsOf(market.tables, bid),
    isRest: isRest(market.tables, bid),
    tie: tieOfBid(market.tables, bid),
    parent,
    choices: choicesOf(market, bid),
  };
}

export function choicesOf({ tables }: Market, bid: number): TradeChoice[] {
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
  const reserved = market.pieces.get(data[trade + Trade.NUMBER]!);
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
    ...(reserved && { reserved: { ...reserved } }),
  };
}

/** True for the number of a lease that has not ended. */
function isRunning({ tables, tradeOf }: Market, tradeNumber: number): boolean {
  const lease = tradeOf.get(tradeNumber);
  return lease >= 0 && tables.trades.data[lease + Trade.ENDED] === 0;
}

/** Closed orders as they closed, then open ones. */
function* rememberedSteps(market: Market): Steps<RememberedState[]> {
  const { bids, offers } = market.tables;
  const refs = Array.from({ length: market.closedCount }, (_, i) => market.closed[(market.closedFirst + i) & (market.closed.length - 1)]!);
  const closed = yield* mapped(refs, (ref) => closedState(market, ref));
  const open = [
    ...(yield* mapped(recordsOf(bids, isOpen), (bid) => openState(market, bids.data, bid, true))),
    ...(yield* mapped(
      recordsOf(offers, (data, offer) => data[offer + Offer.SERIAL] !== 0),
      (offer) => openState(market, offers.data, offer, false),
    )),
  ];
  return closed.concat(yield* inOrder(open, (a, b) => a.orderId - b.orderId));
}

function closedState(market: Market, ref: number): RememberedState {
  const { bids, memories } = market.tables;
  const closedAt = closedAtOf(market, ref);
  const bid = bidOfRef(market.tables, ref);
  if (bid >= 0) return { ...openState(market, bids.data, bid, true), closedAt };
  const memory = memoryOfRef(market.tables, ref);
  const { data } = memories;
  const rejection = data[memory + Memory.REJECTION]!;
  return {
    orderId: idOfRef(market.tables, ref),
    // Who sent an order that was refused may have been no number at all; JSON has none such.
    participantId: numberOrNull(data[memory + Memory.PARTICIPANT_ID]!) as number,
    isBid: data[memory + Memory.IS_BID] === 1,
    rejection: rejection < 0 ? null : rejections[rejection]!,
    closedAt,
  };
}

/** Of the record of a bid or of an offer, which begin alike. */
const openState = ({ participants }: Market, data: Float64Array, order: number, isBid: boolean): RememberedState => ({
  orderId: data[order + Bid.ID]!,
  participantId: participants.ids[data[order + Bid.PARTICIPANT]!]!,
  isBid,
  rejection: null,
  closedAt: null,
});

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
