import {
  BidAnswer,
  OfferAnswer,
  SchedulingDefinition,
  type EntryAnswer,
  type EntryRefusal,
  type SubmitBidRequest,
  type SubmitOfferRequest,
} from '#contracts';
import { accepted, failure, type Call, type Guarded, type Logger } from '#platform';
import type { Changes } from './changes.js';
import type { BidEntry, OfferEntry, Step } from './entry.js';
import { entryRefusal } from './entry-refusal.js';
import type { Answered } from './order-stream.js';
import type { Orders } from './orders.js';
import type { Bound, Shards } from './shards.js';

const { methods, fullName } = SchedulingDefinition;
const bidding = { name: `${fullName}/${methods.submitBid.name}`, method: methods.submitBid };
const offering = { name: `${fullName}/${methods.submitOffer.name}`, method: methods.submitOffer };

/** Whose orders come, under which session. */
export interface Stream {
  readonly call: Call;
  readonly participantId: number;
  readonly sessionId: number;
  readonly log: Logger;
}

interface Order {
  readonly correlation: number;
  readonly bound: Bound<BidEntry | OfferEntry>;
}

/**
 * Orders that come together and go together: each is checked as its unary call is, but those of a shard are one submission to it, so one row of its
 * journal and one thing to wait for.
 */
export class OrderBatch {
  private orders: Order[] = [];
  private refused: EntryAnswer[] = [];
  private readonly bidding: Guarded;
  private readonly offering: Guarded;

  constructor(
    private readonly shards: Shards,
    private readonly of: Orders,
    private readonly changes: Changes,
    private readonly stream: Stream,
    private readonly answered: Answered,
  ) {
    this.bidding = { ...bidding, log: stream.log };
    this.offering = { ...offering, log: stream.log };
  }

  bid(correlation: number, key: string, request: SubmitBidRequest): void {
    const { participantId, sessionId } = this.stream;
    try {
      const bound = this.of.bid(this.accepted(this.bidding, key, request), request, sessionId, participantId);
      this.orders.push({ correlation, bound });
    } catch (error) {
      this.refused.push({ correlation, refused: this.refusal(error, this.bidding) });
    }
  }

  offer(correlation: number, key: string, request: SubmitOfferRequest): void {
    const { participantId, sessionId } = this.stream;
    try {
      const bound = this.of.offer(this.accepted(this.offering, key, request), request, sessionId, participantId);
      this.orders.push({ correlation, bound });
    } catch (error) {
      this.refused.push({ correlation, refused: this.refusal(error, this.offering) });
    }
  }

  /** What was taken goes to the market; it is answered when it is durable and applied. What comes next comes after it. */
  submit(): void {
    const { orders, refused } = this;
    this.orders = [];
    this.refused = [];
    if (refused.length) this.answered(refused);
    for (const [to, ofShard] of Map.groupBy(orders, ({ bound }) => bound.to)) {
      const entries = ofShard.map(({ bound }) => bound.entry);
      this.shards.place(to, entries).then(
        (steps) => this.answer(ofShard, steps),
        (error: unknown) => this.answered(ofShard.map(({ correlation }) => ({ correlation, refused: this.refusal(error) }))),
      );
    }
  }

  private accepted(method: Guarded, key: string, request: object): Call {
    const { caller, method: name, signal } = this.stream.call;
    return accepted(method, request, { caller, method: name, idempotencyKey: key || undefined, signal });
  }

  private refusal(error: unknown, method = this.bidding): EntryRefusal {
    return entryRefusal(failure(method, this.stream.call, error, undefined));
  }

  private answer(orders: readonly Order[], steps: readonly (Step | undefined)[]): void {
    const answers: EntryAnswer[] = [];
    orders.forEach((order, index) => {
      const answer = this.answerOf(order, steps[index]);
      if (answer) answers.push(answer);
      else void this.first(order).then((first) => this.answered([first]));
    });
    if (answers.length) this.answered(answers);
  }

  /** Undefined where its key placed an order before. */
  private answerOf({ correlation, bound }: Order, step: Step | undefined): EntryAnswer | undefined {
    try {
      if (!step) return undefined;
      if (bound.entry.command.kind === 'SubmitBid') {
        const bid = this.of.placedBid(step);
        return bid && { correlation, bid };
      }
      const offer = this.of.placedOffer(step);
      return offer && { correlation, offer };
    } catch (error) {
      return { correlation, refused: this.refusal(error) };
    }
  }

  /** What was answered then. */
  private async first({ correlation, bound: { entry } }: Order): Promise<EntryAnswer> {
    try {
      if (entry.command.kind === 'SubmitBid') return { correlation, bid: await this.changes.firstAnswer(entry.asked!, BidAnswer) };
      return { correlation, offer: await this.changes.firstAnswer(entry.asked!, OfferAnswer) };
    } catch (error) {
      return { correlation, refused: this.refusal(error) };
    }
  }
}
