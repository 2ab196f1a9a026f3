import { Injectable } from '@nestjs/common';
import type { ListOffersRequest, ListOffersResponse, Offer } from '#contracts';
import { absent, Database, nextPage, pageOf, type Call } from '#platform';
import { ownsOrder } from './bid.query.js';
import { filter, scope, stateIs } from './filter.js';
import { offerOf, type OfferRow } from './offer.view.js';
import { Shards } from './shards.js';

/** Offers as their providers see them. */
@Injectable()
export class Offers {
  constructor(
    private readonly database: Database,
    private readonly books: Shards,
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
      stateIs(request.state),
      ['pool_id = ?', request.poolId],
      ['client_order_id = ?', request.clientOrderId],
      ['book_id = ?', request.bookId],
      ['(placed_at, sequence, offer_id) < (?, ?, ?)', ...(after ?? [])],
    );
    const found = await this.database.query<OfferRow>(
      `select * from offer ${where} order by placed_at desc, sequence desc, offer_id desc limit ${limit + 1}`,
      params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.placed_at, row.sequence, row.offer_id]);
    return { offers: rows.map((row) => offerOf(row, this.books)), page };
  }
}
