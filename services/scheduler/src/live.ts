import { Injectable } from '@nestjs/common';
import { MarketEvent, OrderEvent, type Message, type WatchMarketRequest, type WatchOrdersRequest } from '#contracts';
import { Database, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { Shards } from './shards.js';

const pageRows = 500;
/** Wakes by itself now and then, so that a reader that went away is noticed. */
const patienceMs = 15_000;

interface EventRow {
  sequence: bigint;
  body: Buffer;
}

/** Live readers: what is kept after their place, then what comes, each from the same durable table. */
@Injectable()
export class Live {
  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
  ) {}

  orders(call: Call, request: WatchOrdersRequest): AsyncIterable<OrderEvent> {
    const { where, params } = filter(['participant_id = ?', scope(call, request.participantId)]);
    return this.follow(call, OrderEvent, `order_event ${where}`, params, request.after);
  }

  market(call: Call, request: WatchMarketRequest): AsyncIterable<MarketEvent> {
    const { where, params } = filter(['(book_id = ? or book_id = 0)', request.bookId]);
    return this.follow(call, MarketEvent, `market_event ${where}`, params, request.after);
  }

  private async *follow<T extends { sequence: number }>(
    call: Call,
    message: Message<T>,
    from: string,
    params: unknown[],
    after: number,
  ): AsyncIterable<T> {
    const sql = `select sequence, body from ${from}${params.length ? ' and' : ' where'} sequence > $${params.length + 1} order by sequence limit ${pageRows}`;
    while (!call.signal?.aborted && !this.shards.isEnding) {
      // Asked before reading, so that what is written meanwhile ends the wait.
      const next = this.shards.nextBatch(patienceMs, call.signal);
      const rows = await this.database.query<EventRow>(sql, [...params, after]);
      for (const { sequence, body } of rows) {
        after = Number(sequence);
        const event = message.decode(body);
        event.sequence = after;
        yield event;
      }
      if (!rows.length) await next;
    }
  }
}
