import { isWithin, maxOrderId } from '#domain';
import type { Time } from '#domain';
import { rejections } from '../rejection.js';
import type { Market } from './market.js';
import { Bid, bidOfRef, Standing, Memory, memoryOfRef, Offer, offerOfRef, refOf, RefKind } from './records.js';

// R-10a: what is known of order ids. A bid and an open offer are known by their own records, what was refused and closed offers by a short one.

export function rememberBid({ ids, tables: { bids } }: Market, bid: number): void {
  ids.set(bids.data[bid + Bid.ID]!, refOf(bids, bid, RefKind.BID));
}

export function rememberOffer({ ids, tables: { offers } }: Market, offer: number): void {
  ids.set(offers.data[offer + Offer.ID]!, refOf(offers, offer, RefKind.OFFER));
}

/** Of an order that is closed, or never was open. rejection: its place in the list of rejections; -1: it was accepted. */
export function rememberClosed(
  market: Market,
  orderId: number,
  participantId: number,
  isBid: boolean,
  rejection: number,
  closedAt: Time,
): void {
  const { memories } = market.tables;
  const memory = memories.take();
  const { data } = memories;
  data[memory + Memory.ID] = orderId;
  data[memory + Memory.PARTICIPANT_ID] = participantId;
  data[memory + Memory.IS_BID] = isBid ? 1 : 0;
  data[memory + Memory.REJECTION] = rejection;
  data[memory + Memory.CLOSED_AT] = closedAt;
  const ref = refOf(memories, memory, RefKind.MEMORY);
  market.ids.set(orderId, ref);
  noteClosed(market, ref);
}

/** The bid's id is forgotten when its time has come. */
export function rememberClosedBid(market: Market, bid: number, closedAt: Time): void {
  const { bids } = market.tables;
  bids.data[bid + Bid.STATE] = Standing.CLOSED;
  bids.data[bid + Bid.DUE] = closedAt;
  noteClosed(market, refOf(bids, bid, RefKind.BID));
}

function noteClosed(market: Market, ref: number): void {
  if (market.closedCount === market.closed.length) {
    const larger = new Int32Array(2 * market.closed.length);
    for (let i = 0; i < market.closedCount; i++) larger[i] = market.closed[(market.closedFirst + i) & (market.closed.length - 1)]!;
    market.closed = larger;
    market.closedFirst = 0;
  }
  market.closed[(market.closedFirst + market.closedCount++) & (market.closed.length - 1)] = ref;
}

export const closedAtOf = ({ tables }: Market, ref: number): Time =>
  (ref & 3) === RefKind.BID
    ? tables.bids.data[bidOfRef(tables, ref) + Bid.DUE]!
    : tables.memories.data[memoryOfRef(tables, ref) + Memory.CLOSED_AT]!;

/** Who sent the order of a known id. */
function participantOf({ participants, tables }: Market, ref: number): number {
  const kind = ref & 3;
  if (kind === RefKind.MEMORY) return tables.memories.data[memoryOfRef(tables, ref) + Memory.PARTICIPANT_ID]!;
  const place =
    kind === RefKind.BID
      ? tables.bids.data[bidOfRef(tables, ref) + Bid.PARTICIPANT]!
      : tables.offers.data[offerOfRef(tables, ref) + Offer.PARTICIPANT]!;
  return participants.ids[place]!;
}

/** What the id of an order of the participant's own leads to, or -1. */
export function ownOrder(market: Market, orderId: number, participantId: number): number {
  const ref = market.ids.get(orderId);
  return ref >= 0 && participantOf(market, ref) === participantId ? ref : -1;
}

/** R-10a: a known id is answered with its first answer, without its trades. True where the command is answered. */
export function isRepeated(market: Market, orderId: number, participantId: number, asksBid: boolean): boolean {
  const { ids, events } = market;
  if (!isWithin(orderId, 1, maxOrderId)) {
    events.orderRefused(orderId, participantId, asksBid, 'order_id_must_be_of_52_bits', false);
    return true;
  }
  const ref = ids.get(orderId);
  if (ref < 0) return false;
  answerAgain(market, ref, orderId, participantId);
  return true;
}

function answerAgain(market: Market, ref: number, orderId: number, participantId: number): void {
  const { events, tables } = market;
  const memory = memoryOfRef(tables, ref);
  const isBid = memory < 0 ? (ref & 3) === RefKind.BID : tables.memories.data[memory + Memory.IS_BID] === 1;
  const rejection = memory < 0 ? -1 : tables.memories.data[memory + Memory.REJECTION]!;
  if (participantOf(market, ref) !== participantId) {
    events.orderRefused(orderId, participantId, isBid, 'order_id_must_be_its_participants_own', false);
  } else if (rejection >= 0) events.orderRefused(orderId, participantId, isBid, rejections[rejection]!, true);
  else events.orderAccepted(orderId, participantId, isBid, true);
}
