import { Injectable } from '@nestjs/common';
import type { Book } from '#contracts';
import type { BookNames } from './dictionary.js';
import { Sequencer } from './sequencer.js';

/** The books of the running market. */
@Injectable()
export class Books implements BookNames {
  constructor(private readonly sequencer: Sequencer) {}

  book(bookId: number): Book | undefined {
    return this.sequencer.market.dictionary.book(bookId);
  }
}
