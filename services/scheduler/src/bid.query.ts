import { Injectable } from '@nestjs/common';
import type { Bid, ListBidsRequest, ListBidsResponse } from '#contracts';
import { absent, Database, has, nextPage, pageOf, type Call } from '#platform';
import { bidOf, type BidRow } from './bid.view.js';
import { filter, scope, stateIs } from './filter.js';
import { Trades } from './trade.query.js';

/** Bids as their buyers see them. */
@Injectable()
export class Bids {
  constructor(
    private readonly database: Database,
    private readonly trades: Trades,
  ) {}

  /** @throws Refusal absent, also for a bid of others */
  async get(call: Call, bidId: number): Promise<Bid> {
    const [row] = await this.database.query<BidRow>('select * from bid where bid_id = $1', [bidId]);
    if (!row || !ownsOrder(call, row.participant_id)) throw absent('bid');
    return (await this.withFills([row]))[0]!;
  }

  /** Of a bid that is there. */
  async shardOf(bidId: number): Promise<number> {
    const [row] = await this.database.query<{ shard: number }>('select shard from bid where bid_id = $1', [bidId]);
    if (!row) throw absent('bid');
    return row.shard;
  }

  async list(call: Call, request: ListBidsRequest): Promise<ListBidsResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['participant_id = ?', scope(call, request.participantId)],
      stateIs(request.state),
      ['project = ?', request.project],
      ['client_order_id = ?', request.clientOrderId],
      ['books @> array[?::int]', request.bookId],
      // The rest of a lease that a bid reclaimed has that bid's sequence.
      ['(placed_at, sequence, bid_id) < (?, ?, ?)', ...(after ?? [])],
    );
    const order = 'order by placed_at desc, sequence desc, bid_id desc';
    const found = await this.database.query<BidRow>(`select * from bid ${where} ${order} limit ${limit + 1}`, params);
    const { rows, page } = nextPage(found, limit, (row) => [row.placed_at, row.sequence, row.bid_id]);
    return { bids: await this.withFills(rows), page };
  }

  /** An id may be used again a day after its order closed (R-10a): fills of the earlier order are not this one's. */
  private async withFills(rows: BidRow[]): Promise<Bid[]> {
    const fills = await this.trades.fillsOf(
      'bid_id',
      rows.filter((row) => row.filled > 0).map((row) => row.bid_id),
    );
    const waiting = await this.trades.waitingOf(rows.filter((row) => row.reserved > 0).map((row) => row.bid_id));
    return rows.map((row) => {
      const made = (fills.get(row.bid_id) ?? []).filter((entry) => entry.sequence >= row.sequence);
      const reserved = (waiting.get(row.bid_id) ?? []).filter((entry) => entry.sequence === row.sequence);
      return bidOf(
        row,
        [...made, ...reserved].map((entry) => entry.fill),
      );
    });
  }
}

export function ownsOrder(call: Call, participantId: number): boolean {
  return has(call, 'operator', 'regulator', 'service') || call.caller.participantId === participantId;
}
