import { Injectable } from '@nestjs/common';
import { Fill, ReservationState, Trade, type ListTradesRequest, type ListTradesResponse } from '#contracts';
import { absent, Database, has, nextPage, pageOf, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { pieceOf, type PieceRow } from './piece.view.js';
import { platformOf } from './remote.js';
import { tradeOf, type TradeRow } from './trade.view.js';
import { Shards } from './shards.js';

/** Trades as their two sides, the operator and the regulator see them. */
@Injectable()
export class Trades {
  constructor(
    private readonly database: Database,
    private readonly books: Shards,
  ) {}

  /** @throws Refusal absent, also for a trade of others */
  async get(call: Call, tradeId: number): Promise<Trade> {
    const [row] = await this.database.query<TradeRow>('select * from trade where trade_id = $1', [tradeId]);
    if (!row || !mayRead(call, row)) throw absent('trade');
    return this.view(call, row);
  }

  async list(call: Call, request: ListTradesRequest): Promise<ListTradesResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['(buyer_id = ? or provider_id = ?)', scope(call, request.participantId)],
      ['bid_id = ?', request.bidId],
      ['offer_id = ?', request.offerId],
      ['book_id = ?', request.bookId],
      ['pool_id = ?', request.poolId],
      ['(made_at, trade_id) < (?, ?)', ...(after ?? [])],
    );
    const found = await this.database.query<TradeRow>(
      `select * from trade ${where} order by made_at desc, trade_id desc limit ${limit + 1}`,
      params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.made_at, row.trade_id]);
    return { trades: rows.map((row) => this.view(call, row)), page };
  }

  /** Fills of these orders, by order id, oldest first. `side` is the column that names the order. */
  async fillsOf(side: 'bid_id' | 'offer_id', orderIds: readonly bigint[]): Promise<Map<bigint, { fill: Fill; sequence: bigint }[]>> {
    const rows = await this.database.query<TradeRow>(`select * from trade where ${side} = any($1) order by trade_id`, [orderIds]);
    const fills = new Map<bigint, { fill: Fill; sequence: bigint }[]>();
    for (const row of rows) {
      const entry = { fill: this.fill(row), sequence: row.sequence };
      const known = fills.get(row[side]);
      if (known) known.push(entry);
      else fills.set(row[side], [entry]);
    }
    return fills;
  }

  /** Pieces of these bids that wait, by bid id, by trade number; `sequence` is the bid's. */
  async waitingOf(bidIds: readonly bigint[]): Promise<Map<bigint, { fill: Fill; sequence: bigint }[]>> {
    if (!bidIds.length) return new Map();
    const rows = await this.database.query<PieceRow>('select * from piece where bid_id = any($1) and state = $2 order by trade_id', [
      bidIds,
      ReservationState.OPEN,
    ]);
    const pieces = rows.map((row) => ({ bidId: row.bid_id, fill: pieceOf(row), sequence: row.bid_sequence }));
    return Map.groupBy(pieces, ({ bidId }) => bidId);
  }

  /** A side sees its own order's id and, where it is the buyer, the project. */
  view(call: Call, row: TradeRow): Trade {
    const all = has(call, 'operator', 'regulator', 'service');
    const buys = all || call.caller.participantId === row.buyer_id;
    const sells = all || call.caller.participantId === row.provider_id;
    return tradeOf(row, this.books, { buys, sells });
  }

  private fill(row: TradeRow): Fill {
    return {
      tradeId: Number(row.trade_id),
      book: this.books.book(row.book_id),
      poolId: row.pool_id,
      region: row.region,
      units: row.units,
      nodeCount: row.nodes.length,
      window: { from: row.from_slot, to: row.to_slot },
      price: Number(row.price),
      computeAmount: row.compute_amount,
      transferAmount: row.transfer_amount,
      standby: row.standby,
      platformId: platformOf(row.pool_id, row.provider_id),
      reserved: false,
    };
  }
}

function mayRead(call: Call, row: { buyer_id: number; provider_id: number }): boolean {
  return has(call, 'operator', 'regulator', 'service') || [row.buyer_id, row.provider_id].includes(call.caller.participantId);
}
