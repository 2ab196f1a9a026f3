import { Injectable } from '@nestjs/common';
import type { ListOffersRequest, ListOffersResponse, Offer } from '#contracts';
import { absent, Database, nextPage, pageOf, type Call } from '#platform';
import { ownsOrder } from './bid.query.js';
import { Books, type BookNames } from './books.js';
import { filter, scope } from './filter.js';

export interface OfferRow {
  offer_id: bigint;
  participant_id: number;
  pool_id: number;
  book_id: number;
  state: number;
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
}

/** Offers as their providers see them. */
@Injectable()
export class Offers {
  constructor(
    private readonly database: Database,
    private readonly books: Books,
  ) {}

  /** @throws Refusal absent, also for an offer of others */
  async get(call: Call, offerId: number): Promise<Offer> {
    const [row] = await this.database.query<OfferRow>('select * from offer where offer_id = $1', [offerId]);
    if (!row || !ownsOrder(call, row.participant_id)) throw absent('offer');
    return offerOf(row, this.books);
  }

  async list(call: Call, request: ListOffersRequest): Promise<ListOffersResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['participant_id = ?', scope(call, request.participantId)],
      ['state = ?', request.state],
      ['pool_id = ?', request.poolId],
      ['client_order_id = ?', request.clientOrderId],
      ['book_id = ?', request.bookId],
      ['sequence < ?', after?.[0]],
    );
    const found = await this.database.query<OfferRow>(`select * from offer ${where} order by sequence desc limit ${limit + 1}`, params);
    const { rows, page } = nextPage(found, limit, (row) => [row.sequence]);
    return { offers: rows.map((row) => offerOf(row, this.books)), page };
  }
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
  };
}
