import type { Explanation } from '#matching-engine';
import { Market } from './market.js';
import { read, replayRow, type Row } from './replay.js';

/** How a bid stood after the command of that sequence, which is in the row. */
export interface Question {
  readonly bidId: number;
  readonly sequence: number;
  readonly row: Row;
}

export interface Answer {
  readonly time: number;
  readonly stateHashBefore: string;
  /** Null where the market knew no such bid then. */
  readonly explained: Explanation | null;
  readonly isPflops: boolean;
}

/** First a snapshot (nothing: none), then rows of the journal up to the question's, then the question. */
export type Told = { readonly state: Uint8Array | undefined } | { readonly row: Row } | { readonly question: Question };

/** A market of the past: fed with the journal, and asked. */
export class Past {
  private market = Market.empty();

  take(told: Told): Answer | undefined {
    if ('question' in told) return this.answer(told.question);
    if ('row' in told) replayRow(this.market, told.row, Infinity);
    else this.market = told.state ? read(told.state) : Market.empty();
    return undefined;
  }

  private answer({ bidId, sequence, row }: Question): Answer {
    const { market } = this;
    replayRow(market, row, sequence - 1);
    const stateHashBefore = market.engine.stateHash();
    replayRow(market, row, sequence);
    const { bids } = market.engine.snapshot();
    const isPflops = bids.some(({ orderId, terms }) => orderId === bidId && terms.precision !== null);
    return { time: market.time, stateHashBefore, explained: market.engine.explain(bidId), isPflops };
  }
}
