import { countOfOne, tradeId } from '#domain';
import { OrderState, type BidAnswer, type Fill, type OfferAnswer, type OrderChange } from '#contracts';
import type { Event, PieceReserved, TradeMade } from '#matching-engine';
import type { Dictionary } from './dictionary.js';
import type { Step } from './entry.js';
import { marksOf } from './marks.js';
import { platformOf } from './remote.js';

/** How an order stands, as far as an answer tells. */
export interface Standing {
  readonly state: OrderState;
  /** Counted; of a bid. */
  readonly filled: number;
  readonly open: number;
  /** Beyond both. */
  readonly reserved: number;
}

/** How a bid stands that this step placed. */
export function placedBid({ entry: { command }, events }: Step): Standing {
  if (command.kind !== 'SubmitBid' && command.kind !== 'ExtendLease') throw new Error('step_must_place_a_bid');
  const marks = marksOf(events);
  let filled = 0;
  let reserved = 0;
  // An extension is filled or ends.
  let open = command.kind === 'SubmitBid' ? command.terms.units * countOfOne(command.terms.precision) : 0;
  for (const event of events) {
    if (event.kind === 'OrderRested' && event.orderId === command.orderId) open = event.rest;
    if (event.kind !== 'TradeMade' && event.kind !== 'PieceReserved') continue;
    if (event.bidId !== command.orderId || marks(event.tradeNumber).standby) continue;
    if (event.kind === 'TradeMade') filled += event.counted;
    else reserved += event.counted;
    open = Math.max(0, open - event.counted);
  }
  const state = stateAfter(events, command.orderId);
  return { state, filled, open: state === OrderState.OPEN ? open : 0, reserved };
}

export function stateAfter(events: readonly Event[], orderId: number): OrderState {
  for (const event of events) {
    if (event.kind === 'OrderFilled' && event.orderId === orderId) return OrderState.FILLED;
    if (event.kind === 'OrderExpired' && event.orderId === orderId) return OrderState.EXPIRED;
    if (event.kind === 'OrderCancelled' && event.orderId === orderId)
      return event.reason === 'ended' ? OrderState.ENDED : OrderState.CANCELLED;
  }
  return OrderState.OPEN;
}

export function bidAnswer(step: Step, bidId: number, standing: Standing, dictionary: Dictionary, shard: number): BidAnswer {
  const trades = fillsOf(step, (trade) => trade.bidId === bidId, dictionary, shard);
  return { bidId, ...standing, trades, sequence: step.sequence, time: step.time };
}

export function offerAnswer(step: Step, offerId: number, state: OrderState, dictionary: Dictionary, shard: number): OfferAnswer {
  const trades = fillsOf(step, (trade) => trade.offerId === offerId, dictionary, shard);
  return { offerId, state, trades, sequence: step.sequence, time: step.time };
}

/** How an order stands that this step changed or took back. */
export function orderChange(step: Step, orderId: number, dictionary: Dictionary, shard: number): OrderChange {
  const trades = fillsOf(step, (trade) => trade.bidId === orderId || trade.offerId === orderId, dictionary, shard);
  return { orderId, state: stateAfter(step.events, orderId), trades, sequence: step.sequence, time: step.time };
}

function fillsOf({ events }: Step, isOf: (trade: TradeMade | PieceReserved) => boolean, dictionary: Dictionary, shard: number): Fill[] {
  if (!events.some(({ kind }) => kind === 'TradeMade' || kind === 'PieceReserved')) return [];
  const marks = marksOf(events);
  return events
    .filter((event) => event.kind === 'TradeMade' || event.kind === 'PieceReserved')
    .filter(isOf)
    .map((trade) => ({
      tradeId: tradeId(shard, trade.tradeNumber),
      book: dictionary.get(trade.bookId)!.book,
      poolId: trade.poolId,
      region: trade.region,
      units: trade.units,
      nodeCount: trade.nodes.length,
      window: { from: trade.from, to: trade.to },
      price: trade.price,
      computeAmount: BigInt(trade.computeAmount),
      transferAmount: BigInt(trade.transferAmount),
      standby: marks(trade.tradeNumber).standby,
      platformId: platformOf(trade.poolId, trade.providerId),
      reserved: trade.kind === 'PieceReserved',
    }));
}
