import { Candidates } from './candidates.js';
import type { Market } from './market.js';
import type { Stop } from './taking.js';
import { Wish } from './wish.js';

/** What applying commands needs beside the market: scratch that is used again and again. */
export class Run {
  readonly wish = new Wish();
  readonly candidates: Candidates;
  /** of the bid being matched. */
  readonly stops: Stop[] = [];

  constructor(readonly market: Market) {
    this.candidates = new Candidates(market);
  }
}
