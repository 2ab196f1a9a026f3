import { Injectable } from '@nestjs/common';
import { slotsPerDay, startOfShanghaiDay } from '#domain';
import type {
  BookEntry,
  Depth,
  GetDepthRequest,
  ListBooksRequest,
  ListBooksResponse,
  ListMarketTradesRequest,
  ListMarketTradesResponse,
} from '#contracts';
import { absent, Database, nextPage, pageOf } from '#platform';
import { bookOf, type BookRow } from './book.view.js';
import { filter } from './filter.js';
import { Shards } from './shards.js';
import type { TradeRow } from './trade.view.js';

const levelsMax = 100;

/** What everyone may see. */
@Injectable()
export class MarketData {
  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
  ) {}

  async books(request: ListBooksRequest): Promise<ListBooksResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.database.query<BookRow>('select * from book where book_id > $1 order by book_id limit $2', [
      after?.[0] ?? 0,
      limit + 1,
    ]);
    const { rows, page } = nextPage(found, limit, (row) => [row.book_id]);
    return { books: rows.map((row) => this.entryOf(row)), page };
  }

  /** @throws Refusal absent where the book is not open */
  async book(bookId: number): Promise<BookEntry> {
    const [row] = await this.database.query<BookRow>('select * from book where book_id = $1', [bookId]);
    if (!row) throw absent('book');
    return this.entryOf(row);
  }

  private entryOf(row: BookRow): BookEntry {
    const { market } = this.shards.ofBook(row.book_id)!;
    return bookOf(row, market.dictionary.get(row.book_id)!.halt);
  }

  /** @throws Refusal absent where the book is not open */
  depth({ bookId, day }: GetDepthRequest): Depth {
    const sequencer = this.shards.ofBook(bookId);
    if (!sequencer) throw absent('book');
    const from = day ? startOfShanghaiDay(day) : 0;
    const { bids, offers } = sequencer.market.engine.depth(bookId, from, day ? from + slotsPerDay : Number.MAX_SAFE_INTEGER);
    return { bookId, day, bids: [...bids.slice(0, levelsMax)], offers: [...offers.slice(0, levelsMax)] };
  }

  /** Who traded is told to nobody. */
  async trades(request: ListMarketTradesRequest): Promise<ListMarketTradesResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(['book_id = ?', request.bookId], ['(made_at, trade_id) < (?, ?)', ...(after ?? [])]);
    const found = await this.database.query<TradeRow>(
      `select * from trade ${where} order by made_at desc, trade_id desc limit ${limit + 1}`,
      params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.made_at, row.trade_id]);
    const trades = rows.map((row) => ({
      tradeId: Number(row.trade_id),
      bookId: row.book_id,
      region: row.region,
      units: row.units,
      window: { from: row.from_slot, to: row.to_slot },
      price: Number(row.price),
      madeAt: Number(row.made_at),
    }));
    return { trades, page };
  }
}
