import type { Offer, OrderState } from '#contracts';
import type { BookNames } from './dictionary.js';
import { platformOf } from './remote.js';

export interface OfferRow {
  offer_id: bigint;
  participant_id: number;
  pool_id: number;
  book_id: number;
  state: OrderState;
  units: number;
  from_slot: number;
  to_slot: number;
  min_slots: number;
  ask: bigint;
  time_in_force: number;
  good_till: bigint;
  client_order_id: string;
  sold_unit_slots: bigint;
  reason: string;
  sequence: bigint;
  placed_at: bigint;
  closed_at: bigint;
  request_hash: string;
  first_answer: Uint8Array;
  lease_id: bigint;
}

export function offerOf(row: OfferRow, books: BookNames): Offer {
  return {
    offerId: Number(row.offer_id),
    participantId: row.participant_id,
    poolId: row.pool_id,
    book: books.book(row.book_id),
    state: row.state,
    units: row.units,
    window: { from: row.from_slot, to: row.to_slot },
    minSlots: row.min_slots,
    ask: Number(row.ask),
    timeInForce: row.time_in_force,
    goodTill: Number(row.good_till),
    clientOrderId: row.client_order_id,
    soldUnitSlots: Number(row.sold_unit_slots),
    reason: row.reason,
    sequence: Number(row.sequence),
    placedAt: Number(row.placed_at),
    closedAt: Number(row.closed_at),
    leaseId: Number(row.lease_id),
    platformId: platformOf(row.pool_id, row.participant_id),
  };
}
