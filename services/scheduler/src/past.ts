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

/** Where a market of the past has come to. */
export interface Stand {
  readonly sequence: number;
  readonly stateHash: string;
}

/** First the parts of a snapshot and the hash of its state (none: none), then rows of the journal. */
export type Told = { readonly part: Uint8Array } | { readonly stateHash: string } | { readonly row: Row };

/** Then one of these: about a bid, whose row comes with the question, or where it stands. */
export type Asked = { readonly question: Question } | { readonly stand: true };
export type AnswerTo<A extends Asked> = A extends { readonly stand: true } ? Stand : Answer;

/** A market of the past: fed with the journal, and asked. */
export class Past {
  private readonly parts: Uint8Array[] = [];
  private market = Market.empty();

  /** @throws Error where the snapshot is not what its hash says, or cannot be read */
  take(told: Told | Asked): Answer | Stand | undefined {
    if ('question' in told) return this.answer(told.question);
    if ('stand' in told) return { sequence: this.market.sequence, stateHash: this.market.engine.stateHash() };
    if ('part' in told) this.parts.push(told.part);
    else if ('row' in told) replayRow(this.market, told.row, Infinity);
    else this.begin(told.stateHash);
    return undefined;
  }

  private begin(stateHash: string): void {
    this.market = read(Buffer.concat(this.parts.splice(0)), stateHash);
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
