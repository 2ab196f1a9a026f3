import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { shardOfTrade } from '#domain';
import { BidTerms, type Book } from '#contracts';
import {
  Clock,
  Config,
  Database,
  Health,
  invalid,
  Journal,
  Leadership,
  Logger,
  Outbox,
  Quiescent,
  SecondThread,
  type Led,
  type Quiet,
} from '#platform';
import type { BookRow } from './book.view.js';
import type { BookNames } from './dictionary.js';
import { Entrance } from './entrance.js';
import type { Entry, NewOrder, Step } from './entry.js';
import { Gathering } from './gathering.js';
import type { Market } from './market.js';
import { Sequencer, type Around } from './sequencer.js';
import { commonFacts, movedFacts, obstacleOf } from './resharding.js';
import { ShardTable, type Product } from './shard-table.js';
import { SnapshotStore } from './snapshot-store.js';
import { Snapshots } from './snapshots.js';

/** An order, and the shard that it is for. */
export interface Bound<E extends NewOrder> {
  readonly to: Sequencer;
  readonly entry: E;
}

/**
 * The market's shards, each with its own engine, journal and writer (decision 0008): which one a book, an order, a pool or a lease is in. With one shard, the default, all
 * of it is that.
 */
@Quiescent()
export class Shards implements OnModuleInit, BeforeApplicationShutdown, Quiet, Led, BookNames {
  readonly table: ShardTable;
  all: readonly Sequencer[] = [];
  gathering!: Gathering;
  /** One shard needs none. */
  private entrance: Entrance | undefined;
  private readonly around: Around;

  constructor(
    journal: Journal,
    private readonly leadership: Leadership,
    private readonly store: SnapshotStore,
    readonly database: Database,
    outbox: Outbox,
    second: SecondThread,
    clock: Clock,
    config: Config,
    log: Logger,
    private readonly health: Health,
  ) {
    this.table = ShardTable.read(config.shards);
    this.around = { journal, leadership, database, outbox, second, clock, config, log };
  }

  /** Those that have a journal go on, also where the table names them no more; a book that is in use stays where it is. */
  async onModuleInit(): Promise<void> {
    const known = (await this.around.journal.shards()).length;
    this.all = Array.from({ length: Math.max(known, this.table.count) }, (_, shard) => this.sequencer(shard));
    this.gathering = new Gathering(this.all, this.around.log);
    this.entrance = this.all.length > 1 ? new Entrance(this.all, this.gathering) : undefined;
    try {
      for (const sequencer of this.all) await sequencer.open();
      await this.leadership.begin(this);
      if (this.leadership.isLeading) await this.fence();
    } catch (cause) {
      await this.beforeApplicationShutdown();
      throw cause;
    }
  }

  async follow(): Promise<void> {
    for (const sequencer of this.all) await sequencer.standBy();
  }

  /** Of all shards: buying power moves between those of one process. */
  async lead(epoch: number): Promise<void> {
    const known = Math.max((await this.around.journal.shards()).length, 1);
    if (known > this.all.length) throw new Error(`shards_must_be_known_at_the_start: there are ${known}, not ${this.all.length}`);
    for (const sequencer of this.all.slice(0, known)) await sequencer.lead(epoch);
    if (this.all.length > 1) await this.settleShards(epoch, known);
  }

  /** Books go where the table has them, and slices of buying power arrive. The query tables say where each book was. */
  private async settleShards(epoch: number, known: number): Promise<void> {
    for (const sequencer of this.all.slice(0, known)) await sequencer.fence();
    const moving = await this.movingBooks();
    for (const sequencer of this.all.slice(known)) await sequencer.lead(epoch, () => commonFacts(this.home.market));
    await this.move(moving);
    await this.gathering.deliverAll();
  }

  private sequencer(shard: number): Sequencer {
    const { journal, second, log } = this.around;
    const sequencer = new Sequencer(shard, new Snapshots(shard, this.store, journal, second, log), this.around);
    this.health.add(shard ? `market, shard ${shard}` : 'market', async () =>
      this.leadership.isLeading ? sequencer.standing : `stands by at command ${sequencer.market.sequence}`,
    );
    return sequencer;
  }

  /** @throws Error naming the books that the table gives to another shard while they are in use */
  private async movingBooks(): Promise<BookRow[]> {
    const rows = await this.database.query<BookRow>('select * from book order by book_id');
    const moving = rows.filter((row) => this.table.shardOf(productOf(row)) !== row.shard);
    const wrong = moving.flatMap((row) => {
      const obstacle = obstacleOf(row.book_id, this.all[row.shard]!.market.engine.snapshot());
      return obstacle === undefined ? [] : [`book ${row.book_id} (${row.model}) is of shard ${row.shard}: ${obstacle}`];
    });
    if (wrong.length) throw new Error(`book_must_be_idle_to_move:\n  ${wrong.join('\n  ')}`);
    return moving;
  }

  /** Both books of a product go together. */
  private async move(books: readonly BookRow[]): Promise<void> {
    for (const ofProduct of Map.groupBy(books, (row) => JSON.stringify([row.shard, productOf(row)])).values()) {
      const [row] = ofProduct as [BookRow];
      const [from, to] = [this.all[row.shard]!, this.of(productOf(row))];
      const ids = ofProduct.map(({ book_id }) => book_id);
      await to.submit(movedFacts(ids, from.market, to.market));
      await to.fence();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.all.map((sequencer) => sequencer.stop()));
    await this.leadership.stop();
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
  place(to: Sequencer, entries: readonly NewOrder[]): Promise<(Step | undefined)[]> {
    return this.entrance ? this.entrance.place(to, entries) : to.submit(entries);
  }

  async placeOne({ to, entry }: Bound<NewOrder>): Promise<Step | undefined> {
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

  /**
   * Resolves once the query tables hold all that other writers journalled: at a new leader, or where the journal was opened again, what was answered before may not be
   * told yet, and who looks for it there must not take it for new.
   */
  async told(): Promise<void> {
    await Promise.all(this.all.map(({ projector, openedAt }) => projector.passed(openedAt)));
  }

  /** Resolves when no shard's query tables are too far behind. */
  async untilRoom(): Promise<void> {
    for (const sequencer of this.all) await sequencer.untilRoom();
  }

  /** Resolves once the query tables hold what the step did. */
  async passed({ shard, sequence }: Step): Promise<void> {
    await this.all[shard]!.projector.passed(sequence);
  }

  /** The same for whom nobody waits. */
  async reached({ shard, sequence }: Step): Promise<void> {
    await this.all[shard]!.projector.reached(sequence);
  }
}

const productOf = (row: BookRow): Product => ({ computeClass: row.compute_class, model: row.model, unit: row.unit });
