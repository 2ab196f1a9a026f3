import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { shardOfTrade } from '#domain';
import { BidTerms, type Book } from '#contracts';
import { Clock, Config, Database, Health, invalid, Journal, Logger, Outbox, Quiescent, SecondThread, type Quiet } from '#platform';
import type { BookNames } from './dictionary.js';
import type { OrderEntry, Step } from './entry.js';
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
  /** Ids of orders that are on their way to a journal, and how many calls bring them. */
  private readonly claims = new Map<number, { readonly shard: number; readonly calls: number }>();

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
    for (const sequencer of this.all)
      health.add(sequencer.shard ? `market, shard ${sequencer.shard}` : 'market', async () => sequencer.standing);
  }

  async onModuleInit(): Promise<void> {
    for (const sequencer of this.all) await sequencer.open();
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
    return this.all.length === 1 ? this.home : (this.holderOf(orderId) ?? this.home);
  }

  private holderOf(orderId: number): Sequencer | undefined {
    const claim = this.claims.get(orderId);
    return claim ? this.all[claim.shard] : this.all.find(({ market }) => market.engine.knows(orderId));
  }

  // ---- orders on their way

  /**
   * Submits orders for a shard. What comes back for one whose id another shard knows is undefined (R-10a): nothing was submitted.
   * @throws Refusal as `submit` does
   */
  async place(to: Sequencer, entries: readonly OrderEntry[]): Promise<(Step | undefined)[]> {
    if (this.all.length === 1) return to.submit(entries);
    const mine = entries.map((entry) => this.claim(to, entry.command.orderId));
    const submitted = entries.filter((_, index) => mine[index]);
    try {
      const steps = submitted.length ? await to.submit(submitted) : [];
      let next = 0;
      return mine.map((isMine) => (isMine ? steps[next++] : undefined));
    } finally {
      for (const { command } of submitted) this.release(command.orderId);
    }
  }

  async placeOne({ to, entry }: Bound<OrderEntry>): Promise<Step | undefined> {
    return (await this.place(to, [entry]))[0];
  }

  /** Until its engine knows it, an id belongs to the shard that it was sent to first. False where that is another. */
  private claim(to: Sequencer, orderId: number): boolean {
    if ((this.holderOf(orderId) ?? to) !== to) return false;
    const claim = this.claims.get(orderId) ?? { shard: to.shard, calls: 0 };
    this.claims.set(orderId, { ...claim, calls: claim.calls + 1 });
    return true;
  }

  private release(orderId: number): void {
    const claim = this.claims.get(orderId)!;
    if (claim.calls === 1) this.claims.delete(orderId);
    else this.claims.set(orderId, { ...claim, calls: claim.calls - 1 });
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
