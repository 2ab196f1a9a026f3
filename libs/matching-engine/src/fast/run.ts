import { Candidates } from './candidates.js';
import type { Market } from './market.js';
import { Deal } from './recording.js';
import { Taken } from './taken.js';
import type { Stop } from './taking.js';
import { Wish } from './wish.js';

/** What applying commands needs beside the market: scratch that is used again and again. */
export class Run {
  readonly wish = new Wish();
  readonly candidates: Candidates;
  /** of the bid being matched. */
  readonly stops: Stop[] = [];

  /** The trade being made. */
  readonly deal = new Deal();
  /** What a plain bid takes. */
  readonly taken = new Taken();

  constructor(readonly market: Market) {
    this.candidates = new Candidates(market);
  }
}
