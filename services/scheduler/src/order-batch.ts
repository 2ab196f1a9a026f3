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
  /** Undefined where its key placed an order before. */
  readonly answer: (step: Step) => Partial<EntryAnswer> | undefined;
  /** What was answered then. */
  readonly first: () => Promise<Partial<EntryAnswer>>;
}

/**
 * Orders that come together and go together: each is checked as its unary call is, but those of a shard are one submission to it, so one row of its
 * journal and one thing to wait for.
 */
export class OrderBatch {
  private orders: Order[] = [];
  private refused: EntryAnswer[] = [];

  constructor(
    private readonly shards: Shards,
    private readonly of: Orders,
    private readonly changes: Changes,
    private readonly stream: Stream,
    private readonly answered: Answered,
  ) {}

  bid(correlation: number, key: string, request: SubmitBidRequest): void {
    this.take(bidding, correlation, key, request, (asking, call) => {
      const bound = this.of.bid(call, asking, this.stream.sessionId);
      const answer = (step: Step) => {
        const bid = this.of.placedBid(step);
        return bid && { bid };
      };
      return { correlation, bound, answer, first: async () => ({ bid: await this.changes.firstAnswer(bound.entry.asked!, BidAnswer) }) };
    });
  }

  offer(correlation: number, key: string, request: SubmitOfferRequest): void {
    this.take(offering, correlation, key, request, (asking, call) => {
      const bound = this.of.offer(call, asking, this.stream.sessionId);
      const answer = (step: Step) => {
        const offer = this.of.placedOffer(step);
        return offer && { offer };
      };
      return {
        correlation,
        bound,
        answer,
        first: async () => ({ offer: await this.changes.firstAnswer(bound.entry.asked!, OfferAnswer) }),
      };
    });
  }

  /** What was taken goes to the market; it is answered when it is durable and applied. What comes next comes after it. */
  submit(): void {
    const { orders, refused } = this;
    this.orders = [];
    this.refused = [];
    if (refused.length) this.answered(refused);
    for (const [to, ofShard] of Map.groupBy(orders, ({ bound }) => bound.to))
      this.shards
        .place(
          to,
          ofShard.map(({ bound }) => bound.entry),
        )
        .then(
          (steps) => this.answer(ofShard, steps),
          (error: unknown) => this.answered(ofShard.map(({ correlation }) => ({ correlation, refused: this.refusal(error) }))),
        );
  }

  private take<T extends { participantId: number }>(
    method: Omit<Guarded, 'log'>,
    correlation: number,
    key: string,
    request: T,
    order: (request: T, call: Call) => Order,
  ): void {
    const { call, participantId, log } = this.stream;
    try {
      const asking = accepted({ ...method, log }, request, { ...call, idempotencyKey: key || undefined });
      this.orders.push(order(request.participantId ? request : { ...request, participantId }, asking));
    } catch (error) {
      this.refused.push({ correlation, refused: this.refusal(error, method) });
    }
  }

  private refusal(error: unknown, method: Omit<Guarded, 'log'> = bidding): EntryRefusal {
    const { call, log } = this.stream;
    return entryRefusal(failure({ ...method, log }, call, error, undefined));
  }

  private answer(orders: readonly Order[], steps: readonly (Step | undefined)[]): void {
    const answers: EntryAnswer[] = [];
    orders.forEach(({ correlation, answer, first }, index) => {
      try {
        const step = steps[index];
        const found = step && answer(step);
        if (found) answers.push({ correlation, ...found });
        else
          void first().then(
            (then) => this.answered([{ correlation, ...then }]),
            (error: unknown) => this.answered([{ correlation, refused: this.refusal(error) }]),
          );
      } catch (error) {
        answers.push({ correlation, refused: this.refusal(error) });
      }
    });
    if (answers.length) this.answered(answers);
  }
}
