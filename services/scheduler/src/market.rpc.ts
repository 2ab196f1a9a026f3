import type { ComputeClass, Tier, Unit } from '#domain';
import {
  BookEntry,
  MarketDefinition,
  type GetDepthRequest,
  type ListBooksRequest,
  type ListMarketTradesRequest,
  type ListShardsResponse,
  type SetBookRequest,
  type WatchMarketRequest,
} from '#contracts';
import { Database, Rpc, type Call, type Implementation } from '#platform';
import { Live } from './live.js';
import { MarketData } from './market.query.js';
import { refusalOf } from './refusal.js';
import { Shards } from './shards.js';
import { Verification } from './verification.js';

@Rpc(MarketDefinition)
export class MarketRpc implements Implementation<typeof MarketDefinition> {
  constructor(
    private readonly shards: Shards,
    private readonly data: MarketData,
    private readonly verification: Verification,
    private readonly live: Live,
    private readonly database: Database,
  ) {}

  async listBooks(request: ListBooksRequest) {
    await this.shards.fence();
    return this.data.books(request);
  }

  async listShards(): Promise<ListShardsResponse> {
    const { all, table } = this.shards;
    return { count: all.length, rules: [...table.rules] };
  }

  setBook(request: SetBookRequest, call: Call) {
    return this.database.answerOnce(call, BookEntry, () => this.define(request));
  }

  async getDepth(request: GetDepthRequest) {
    return this.data.depth(request);
  }

  async listMarketTrades(request: ListMarketTradesRequest) {
    await this.shards.fence();
    return this.data.trades(request);
  }

  watchMarket(request: WatchMarketRequest, call: Call) {
    return this.live.market(call, request);
  }

  getMarketState() {
    return this.verification.state();
  }

  verifyMarket() {
    return this.verification.verify();
  }

  /** The whole of what is set: said twice it changes nothing more. */
  private async define({ book, referencePrice, collarBp, bandBp }: SetBookRequest): Promise<BookEntry> {
    const sequencer = this.shards.of(book!);
    const { dictionary } = sequencer.market;
    const { computeClass, model, unit, tier } = book!;
    const bookId = this.shards.bookId(book!);
    const step = await sequencer.submitOne({
      command: {
        kind: 'DefineBook',
        bookId,
        computeClass: computeClass as ComputeClass,
        modelId: dictionary.modelId(model),
        unit: unit as Unit,
        tier: tier as Tier,
        referencePrice,
        collarBp,
        bandBp,
      },
      model,
    });
    for (const event of step.events) if (event.kind === 'CommandRefused') throw refusalOf(event.rejection, 'offer');
    await this.shards.passed(step);
    return this.data.book(bookId);
  }
}
