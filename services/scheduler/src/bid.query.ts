import { Injectable } from '@nestjs/common';
import { BidTerms, type Bid, type Fill, type ListBidsRequest, type ListBidsResponse } from '#contracts';
import { absent, Database, has, nextPage, pageOf, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { Trades } from './trade.query.js';

export interface BidRow {
  bid_id: bigint;
  participant_id: number;
  state: number;
  terms: Buffer;
  books: number[];
  client_order_id: string;
  project: string;
  image: string;
  public_key: string;
  programme_id: number;
  filled: bigint;
  open: bigint;
  filled_units: number;
  reason: string;
  sequence: bigint;
  placed_at: bigint;
  closed_at: bigint;
}

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

  async list(call: Call, request: ListBidsRequest): Promise<ListBidsResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['participant_id = ?', scope(call, request.participantId)],
      ['state = ?', request.state],
      ['project = ?', request.project],
      ['client_order_id = ?', request.clientOrderId],
      ['books @> array[?::int]', request.bookId],
      ['sequence < ?', after?.[0]],
    );
    const found = await this.database.query<BidRow>(`select * from bid ${where} order by sequence desc limit ${limit + 1}`, params);
    const { rows, page } = nextPage(found, limit, (row) => [row.sequence]);
    return { bids: await this.withFills(rows), page };
  }

  /** An id may be used again a day after its order closed (R-10a): fills of the earlier order are not this one's. */
  private async withFills(rows: BidRow[]): Promise<Bid[]> {
    const fills = await this.trades.fillsOf(
      'bid_id',
      rows.filter((row) => row.filled > 0).map((row) => row.bid_id),
    );
    return rows.map((row) =>
      bidOf(
        row,
        (fills.get(row.bid_id) ?? []).filter((entry) => entry.sequence >= row.sequence).map((entry) => entry.fill),
      ),
    );
  }
}

export function ownsOrder(call: Call, participantId: number): boolean {
  return has(call, 'operator', 'regulator', 'service') || call.caller.participantId === participantId;
}

export function bidOf(row: BidRow, trades: Fill[]): Bid {
  return {
    bidId: Number(row.bid_id),
    participantId: row.participant_id,
    state: row.state,
    terms: BidTerms.decode(row.terms),
    clientOrderId: row.client_order_id,
    project: row.project,
    image: row.image,
    publicKey: row.public_key,
    programmeId: row.programme_id,
    filled: Number(row.filled),
    open: Number(row.open),
    reason: row.reason,
    sequence: Number(row.sequence),
    placedAt: Number(row.placed_at),
    closedAt: Number(row.closed_at),
    trades,
  };
}
