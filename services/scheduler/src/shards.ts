import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { shardOfTrade } from '#domain';
import { BidTerms, type Book } from '#contracts';
import { Clock, Config, Database, Health, invalid, Journal, Logger, Outbox, Quiescent, SecondThread, type Quiet } from '#platform';
import type { BookNames } from './dictionary.js';
import { Entrance } from './entrance.js';
import type { Entry, OrderEntry, Step } from './entry.js';
import { Gathering } from './gathering.js';
import type { Market } from './market.js';
import { Sequencer } from './sequencer.js';
import { ShardTable, type Product } from './shard-table.js';
import { SnapshotStore } from './snapshot-store.js';
import { Snapshots } from './snapshots.js';

/** An order, and the shard that it is for. */
export interface Bound<E extends OrderEntry> {
  readonly to: Sequencer;
  readonly entry: E;
}

/**
 * The market's shards, each with its own engine, journal and writer (decision 0008): which one a book, an order, a pool or a lease is in. With one shard, the default, all
 * of it is that.
 */
@Quiescent()
export class Shards implements OnModuleInit, BeforeApplicationShutdown, Quiet, BookNames {
  readonly table: ShardTable;
  readonly all: readonly Sequencer[];
  readonly gathering: Gathering;
  /** One shard needs none. */
  private readonly entrance: Entrance | undefined;

  constructor(
    journal: Journal,
    store: SnapshotStore,
    readonly database: Database,
    outbox: Outbox,
    second: SecondThread,
    clock: Clock,
    config: Config,
    log: Logger,
    health: Health,
  ) {
    this.table = ShardTable.read('');
    const around = { journal, database, outbox, second, clock, config, log };
    this.all = Array.from(
      { length: this.table.count },
      (_, shard) => new Sequencer(shard, new Snapshots(shard, store, journal, second, log), around),
    );
    this.gathering = new Gathering(this.all, log);
    this.entrance = this.all.length > 1 ? new Entrance(this.all, this.gathering) : undefined;
    for (const sequencer of this.all)
      health.add(sequencer.shard ? `market, shard ${sequencer.shard}` : 'market', async () => sequencer.standing);
  }

  async onModuleInit(): Promise<void> {
    for (const sequencer of this.all) await sequencer.open();
    await this.gathering.deliverAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.all.map((sequencer) => sequencer.stop()));
  }

  isQuiet(): boolean {
    // Each is asked: who is asked whether it is idle hurries.
    return this.all.map((sequencer) => sequencer.isQuiet()).every(Boolean);
  }

  // ---- which one

  /** Where settlement's numbered raises and lowerings are counted. */
  get home(): Sequencer {
    return this.all[0]!;
  }

  of(product: Product): Sequencer {
    return this.all[this.table.shardOf(product)]!;
  }

  /** Undefined where no such book is open. */
  ofBook(bookId: number): Sequencer | undefined {
    for (const { market } of this.all) {
      const book = market.dictionary.book(bookId);
      if (book) return this.of(book);
    }
    return undefined;
  }

  /** Undefined where no shard knows the pool. */
  ofPool(poolId: number): Sequencer | undefined {
    for (const { market } of this.all) {
      const product = market.dictionary.productOf(poolId);
      if (product) return this.of(product);
    }
    return undefined;
  }

  /** Of a trade or its lease. */
  ofTrade(tradeId: number): Sequencer | undefined {
    return this.all[shardOfTrade(tradeId)];
  }

  /** @throws Refusal invalid where the bid's books, or those that its floor opens, do not lie in one shard */
  ofTerms({ books, floor }: BidTerms): Sequencer {
    if (this.all.length === 1) return this.home;
    const shards = new Set<number | undefined>(books.map((book) => this.table.shardOf(book)));
    if (floor) shards.add(this.table.shardOfClass(floor.computeClass));
    const [shard = 0] = shards;
    if (shards.size > 1 || shards.has(undefined))
      throw invalid('terms.books', 'bid_books_must_lie_in_one_shard', 'these books are in several shards: bid for those of one');
    return this.all[shard]!;
  }

  marketOf({ shard }: Step): Market {
    return this.all[shard]!.market;
  }

  /** Where an order is known, or on its way to; of one that nobody knows, whichever refuses it. */
  ofOrder(orderId: number): Sequencer {
    return this.entrance?.holderOf(orderId) ?? this.home;
  }

  // ---- orders on their way

  /**
   * Submits orders for a shard. What comes back for one whose id another shard knows is undefined (R-10a): nothing was submitted.
   * @throws Refusal as `submit` does
   */
  place(to: Sequencer, entries: readonly OrderEntry[]): Promise<(Step | undefined)[]> {
    return this.entrance ? this.entrance.place(to, entries) : to.submit(entries);
  }

  async placeOne({ to, entry }: Bound<OrderEntry>): Promise<Step | undefined> {
    return (await this.place(to, [entry]))[0];
  }

  /** Submits a change of an order, or a cancel-all. */
  change(to: Sequencer, entry: Entry): Promise<Step> {
    return this.entrance ? this.entrance.change(to, entry) : to.submitOne(entry);
  }

  // ---- all of them

  book(bookId: number): Book | undefined {
    return this.ofBook(bookId)?.market.dictionary.book(bookId);
  }

  /** The book's number, for whoever is about to journal it: no two shards give the same. */
  bookId(book: Book): number {
    const last = Math.max(...this.all.map(({ market }) => market.dictionary.lastBook));
    return this.of(book).market.dictionary.bookId(book, last);
  }

  get isEnding(): boolean {
    return this.home.isEnding;
  }

  /** Resolves once a read sees all that was answered before it (R-10's order, for readers). */
  async fence(): Promise<void> {
    await Promise.all(this.all.map((sequencer) => sequencer.fence()));
  }

  /** Resolves when no shard's query tables are too far behind. */
  async untilRoom(): Promise<void> {
    for (const sequencer of this.all) await sequencer.untilRoom();
  }

  /** Resolves once the query tables hold what the step did. */
  async passed({ shard, sequence }: Step): Promise<void> {
    await this.all[shard]!.projector.passed(sequence);
  }

  /** Resolves after the next batch that any of them writes, after so long, or when the signal is given. */
  async nextBatch(patienceMs: number, signal: AbortSignal | undefined): Promise<void> {
    const done = new AbortController();
    const either = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
    await Promise.race(this.all.map(({ projector }) => projector.nextBatch(patienceMs, either)));
    done.abort();
  }
}
