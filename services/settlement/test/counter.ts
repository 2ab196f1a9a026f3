import { Injectable, Module } from '@nestjs/common';
import { Database, Refusal, service } from '#platform';
import { Books } from '../src/books.js';
import type { TransferOrder } from '../src/core/transfer.js';
import { Ledger } from '../src/ledger.js';
import { Overdue } from '../src/overdue.js';
import { Postings } from '../src/postings.js';
import { Timeouts } from '../src/timeouts.js';

/** Who posts in tests of the ledger alone. */
@Injectable()
export class Counter {
  constructor(
    readonly db: Database,
    readonly ledger: Ledger,
    readonly books: Books,
  ) {}

  /** Posts a set in a transaction of its own; answers the rule that it broke. */
  async post(journal: string, orders: readonly TransferOrder[]): Promise<string | undefined> {
    try {
      await this.db.transaction((tx) => this.ledger.post(tx, { journal, cause: 'test', orders }));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.rule;
      throw error;
    }
  }
}

/** The ledger without the rest of its service. */
@Module({
  imports: [service({ name: 'settlement', migrations: new URL('../migrations/', import.meta.url) })],
  providers: [Ledger, Postings, Books, Timeouts, Overdue, Counter],
})
export class LedgerModule {}
