import { slotAt, tradeId } from '#domain';
import { BidAnswer, BidTerms, bytesOf, CancelAllResponse, Explanation, MarketEvent, OfferAnswer, OrderEvent } from '#contracts';
import type { Event } from '#matching-engine';
import type { Outbox, Tx } from '#platform';
import { bidAnswer, offerAnswer, placedBid, stateAfter, type Standing } from './answer.js';
import { bidOf } from './bid.view.js';
import { bookOf, rowOf } from './book.view.js';
import { copyTold, type EventRow } from './copied-rows.js';
import type { Dictionary, Halt } from './dictionary.js';
import type { Step } from './entry.js';
import { explanationOf, summaryOf } from './explanation.js';
import { leaseOf } from './lease.view.js';
import { actionsOf, curtailmentOf, statusOf, type MarketActionRow } from './market-action.js';
import { offerOf } from './offer.view.js';
import { Projection, touchedBy } from './projection.js';
import { lastNotice, noticeOf, noticesOf, type NoticeRow } from './reclaim-notice.js';
import { insert, Rows, upsert } from './rows.js';
import { tradeOf } from './trade.view.js';

/** How far the query tables have come. */
export interface Cursor {
  readonly sequence: number;
  readonly time: number;
  /** Last number given to an event for the other services. */
  readonly published: number;
}

/** Writes what these steps did, tells the other services, and moves the cursor behind them. */
export async function writeSteps(
  tx: Tx,
  outbox: Outbox,
  dictionary: Dictionary,
  shard: number,
  cursor: Cursor,
  steps: readonly Step[],
): Promise<Cursor> {
  const last = steps.at(-1)!;
  const rows = new Rows(shard);
  // Leases start as slots begin; without a new slot none does.
  await rows.load(tx, touchedBy(steps, shard), slotAt(last.time) > slotAt(cursor.time) ? slotAt(last.time) : -1);
  const projection = new Projection(rows, dictionary, shard);
  const writer = new StepsWriter(rows, dictionary, shard, await lastNotice(tx, steps, shard));
  for (const step of steps) {
    projection.apply(step);
    writer.take(step, projection.changed);
  }
  rows.save(tx);
  writer.save(tx);
  let { published } = cursor;
  for (const { message, ...told } of projection.told)
    await outbox.publishAt(tx, `scheduler/${shard}`, message, [{ sequence: ++published, ...told }]);
  // It reaches the disk like any other commit: a standby drops the steps that it sees written, and has none to write again what a crash of the database
  // would take back. Where another process has moved the cursor meanwhile it would become null, which fails the transaction.
  tx.atCommit(
    `insert into projection (shard, sequence, time, published) values ($1, $2, $3, $4)
     on conflict (shard) do update set sequence = case when projection.sequence = $5 then $2::int8 end,
       time = excluded.time, published = excluded.published`,
    [shard, last.sequence, last.time, published, cursor.sequence],
  );
  return { sequence: last.sequence, time: last.time, published };
}

const noOrderEvent = OrderEvent.create();

/** What is kept beside the rows: first answers, explanations, and what live readers are told. */
class StepsWriter {
  private readonly answers: object[] = [];
  private readonly explanations = new Map<number, object>();
  private readonly orderEvents: EventRow[] = [];
  private readonly marketEvents: EventRow[] = [];
  private readonly actions: MarketActionRow[] = [];
  private readonly notices: NoticeRow[] = [];
  private readonly books = new Map<number, object>();
  private readonly lastPrices = new Map<number, number>();

  constructor(
    private readonly rows: Rows,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
    private lastNotice: bigint,
  ) {}

  take(step: Step, changed: Projection['changed']): void {
    this.tellOwners(step, changed, this.notify(step));
    this.tellMarket(step);
    this.keepAnswer(step);
    for (const [bidId, explained] of step.explanations) {
      const explanation = explanationOf(bidId, step.time, explained, this.shard);
      const terms = BidTerms.decode(this.rows.bids.get(bidId)!.terms);
      const body = bytesOf(Explanation, { ...explanation, summary: summaryOf(explanation, terms.pflops > 0) });
      this.explanations.set(bidId, { bid_id: bidId, body });
    }
  }

  save(tx: Tx): void {
    upsert(tx, 'book', 'book_id', [...this.books.values()]);
    if (this.lastPrices.size)
      tx.atCommit('update book set last_price = price from unnest($1::int4[], $2::int8[]) as last(id, price) where book_id = id', [
        [...this.lastPrices.keys()],
        [...this.lastPrices.values()],
      ]);
    upsert(tx, 'answer', 'participant_id, key, shard', this.answers);
    upsert(tx, 'explanation', 'bid_id', [...this.explanations.values()]);
    // Shards number live readers' events one after the other: nothing comes behind what a reader has read up to.
    if (this.orderEvents.length || this.marketEvents.length) tx.atCommit(`select pg_advisory_xact_lock(hashtext('market events'))`, []);
    copyTold(tx, 'order_event', this.orderEvents);
    copyTold(tx, 'market_event', this.marketEvents);
    insert(tx, 'market_action', this.actions);
    insert(tx, 'reclaim_notice', this.notices);
  }

  /** Each owner hears how its orders, trades and leases stand after the step. */
  private tellOwners({ time }: Step, { orders, trades, leases }: Projection['changed'], notices: readonly NoticeRow[]): void {
    const tell = (participantId: number, what: Partial<OrderEvent>) =>
      this.orderEvents.push({
        of: participantId,
        body: bytesOf(OrderEvent, { ...noOrderEvent, time, participantId, ...what }),
      });
    for (const id of orders) {
      const bid = this.rows.bids.get(id);
      if (bid) tell(bid.participant_id, { bid: bidOf(bid, []) });
      const offer = this.rows.offers.get(id);
      if (offer) tell(offer.participant_id, { offer: offerOf(offer, this.dictionary) });
    }
    for (const id of trades) {
      const trade = this.rows.trades.get(id)!;
      tell(trade.buyer_id, { trade: tradeOf(trade, this.dictionary, { buys: true, sells: false }) });
      tell(trade.provider_id, { trade: tradeOf(trade, this.dictionary, { buys: false, sells: true }) });
    }
    for (const id of leases) {
      const lease = this.rows.leases.get(id)!;
      tell(lease.buyer_id, { lease: leaseOf(lease, this.dictionary, { buys: true, sells: false }) });
      tell(lease.provider_id, { lease: leaseOf(lease, this.dictionary, { buys: false, sells: true }) });
    }
    for (const notice of notices) tell(notice.buyer_id, { notice: noticeOf(notice) });
  }

  /** */
  private notify(step: Step): NoticeRow[] {
    const notices = noticesOf(step, this.rows, this.shard, this.lastNotice);
    this.lastNotice += BigInt(notices.length);
    this.notices.push(...notices);
    return notices;
  }

  private tellMarket(step: Step): void {
    const { time, entry, events } = step;
    for (const event of events) {
      if (event.kind === 'TradeMade') {
        const { bookId, region, units, price, from, to, tradeNumber } = event;
        this.lastPrices.set(bookId, price);
        const trade = { tradeId: tradeId(this.shard, tradeNumber), bookId, region, units, window: { from, to }, price, madeAt: time };
        this.tellReaders(bookId, { time, trade });
      }
      if (event.kind === 'Applied' && entry.command.kind === 'DefineBook') this.tellBook(entry.command.bookId, time);
      if (event.kind === 'BookHalted') this.tellBook(event.bookId, time, { by: event.reason, at: time });
      if (event.kind === 'BookReopened') this.tellBook(event.bookId, time, null);
    }
    for (const action of actionsOf(step)) this.tellAction(action, time);
  }

  /** Its prices as they are by now: what comes after this step in the journal may have changed them again, and is told again. */
  private tellBook(bookId: number, time: number, halt?: Halt | null): void {
    const book = this.dictionary.get(bookId)!;
    this.books.set(bookId, rowOf(book, this.shard));
    this.tellReaders(bookId, { time, book: bookOf(rowOf(book, this.shard), halt === undefined ? book.halt : halt) });
  }

  private tellAction(action: MarketActionRow, time: number): void {
    this.actions.push(action);
    // What is done in every shard is told by the first.
    if (this.shard !== 0) return;
    if (action.site_id) this.tellReaders(0, { time, curtailment: curtailmentOf(action) });
    else if (!action.book_id) this.tellReaders(0, { time, status: statusOf(action) });
  }

  /** 0: readers of every book. */
  private tellReaders(bookId: number, event: Partial<MarketEvent>): void {
    this.marketEvents.push({ of: bookId, body: bytesOf(MarketEvent, MarketEvent.create(event)) });
  }

  /** Only what was done is kept: a refused call may be tried again. An order keeps the first answer to it itself. */
  private keepAnswer(step: Step): void {
    const { asked, command } = step.entry;
    if (!asked) return;
    for (const event of step.events) {
      if (event.kind === 'OrderAccepted' && event.repeated) return;
      if (event.kind === 'OrderAccepted') {
        if (event.isBid) this.rows.bids.get(event.orderId)!.first_answer = this.bidAnswer(step, event.orderId, placedBid(step));
        else this.rows.offers.get(event.orderId)!.first_answer = this.offerAnswer(step, event.orderId);
        return;
      }
      const response = command.kind === 'CancelAll' ? this.cancelAllAnswer(step, event) : this.changeAnswer(step, event);
      if (!response) continue;
      const { participantId, key, hash } = asked;
      this.answers.push({ participant_id: participantId, key, shard: this.shard, request_hash: hash, response, sequence: step.sequence });
      return;
    }
  }

  private cancelAllAnswer(step: Step, event: Event): Uint8Array | undefined {
    if (event.kind !== 'Applied') return undefined;
    const orderIds = step.events.flatMap((other) => (other.kind === 'OrderCancelled' ? [other.orderId] : []));
    return bytesOf(CancelAllResponse, { orderIds, sequence: step.sequence, time: step.time });
  }

  private changeAnswer(step: Step, event: Event): Uint8Array | undefined {
    if (event.kind !== 'OrderAmended' && event.kind !== 'OrderCancelled') return undefined;
    const bid = this.rows.bids.get(event.orderId);
    if (!bid) return this.offerAnswer(step, event.orderId);
    return this.bidAnswer(step, event.orderId, {
      state: bid.state,
      filled: Number(bid.filled),
      open: Number(bid.open),
      reserved: Number(bid.reserved),
    });
  }

  private bidAnswer(step: Step, bidId: number, standing: Standing): Uint8Array {
    return bytesOf(BidAnswer, bidAnswer(step, bidId, standing, this.dictionary, this.shard));
  }

  private offerAnswer(step: Step, offerId: number): Uint8Array {
    return bytesOf(OfferAnswer, offerAnswer(step, offerId, stateAfter(step.events, offerId), this.dictionary, this.shard));
  }
}
