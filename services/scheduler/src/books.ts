import { Injectable } from '@nestjs/common';
import type { Book } from '#contracts';
import { Sequencer } from './sequencer.js';

/** Whoever knows books by their numbers. */
export interface BookNames {
  book(bookId: number): Book | undefined;
}

/** The books of the running market. */
@Injectable()
export class Books implements BookNames {
  constructor(private readonly sequencer: Sequencer) {}

  book(bookId: number): Book | undefined {
    return this.sequencer.market.dictionary.book(bookId);
  }
}
