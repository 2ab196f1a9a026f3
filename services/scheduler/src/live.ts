import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MarketEvent, OrderEvent, type Message, type WatchMarketRequest, type WatchOrdersRequest } from '#contracts';
import { Database, HotState, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { Shards } from './shards.js';

const pageRows = 500;
/** Looks by itself so often, where nobody tells that there is more. */
const lookMs = 5_000;

interface EventRow {
  sequence: bigint;
  body: Buffer;
}

/** Live readers: what is kept after their place, then what comes, each from the same durable table, whichever process writes it. */
@Injectable()
export class Live implements OnApplicationBootstrap {
  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
    private readonly hot: HotState,
  ) {}

  /** Who follows the tables, here or in another process, hears when they have grown. */
  onApplicationBootstrap(): void {
    const line = this.hot.open('market', () => undefined);
    for (const { projector } of this.shards.all) projector.watch(() => line.tell(''));
  }

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
    let more = new AbortController();
    const line = this.hot.open('market', () => more.abort());
    try {
      while (!call.signal?.aborted && !this.shards.isEnding) {
        // Renewed before reading, so that what is written meanwhile ends the wait.
        more = new AbortController();
        const rows = await this.database.query<EventRow>(sql, [...params, after]);
        for (const { sequence, body } of rows) {
          after = Number(sequence);
          const event = message.decode(body);
          event.sequence = after;
          yield event;
        }
        const signal = call.signal ? AbortSignal.any([call.signal, more.signal]) : more.signal;
        if (!rows.length) await sleep(lookMs, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      line.close();
    }
  }
}
