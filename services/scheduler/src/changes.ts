import { Injectable } from '@nestjs/common';
import { BidAnswer, CancelAllResponse, OfferAnswer, OrderChange, type Message } from '#contracts';
import { conflict, Database, type Call } from '#platform';
import { orderChange } from './answer.js';
import type { Asked, Entry, Step } from './entry.js';
import { orderIdOf } from './order-id.js';
import { refusalOf } from './refusal.js';
import { Sequencer, shard } from './sequencer.js';

/** A first answer as it is kept. */
export interface Recorded {
  readonly request_hash: string;
  readonly response: Buffer;
}

type Change = Entry['command'];

/** Changes of orders, each done once for its key (R-10a); its answer is kept with what it did. */
@Injectable()
export class Changes {
  /** By participant and key, until the tables know them: the same call twice at once is one. */
  private readonly underWay = new Map<string, { hash: string; step: Promise<Step> }>();
  /** Those of them that are applied, in the order in which they are told to the tables. */
  private readonly applied: { name: string; sequence: number }[] = [];

  constructor(
    private readonly sequencer: Sequencer,
    private readonly database: Database,
  ) {}

  /** Answers out of the query tables, once they are so far. */
  async change<T>(asked: Asked, command: Change, message: Message<T>, what: 'bid' | 'offer'): Promise<T> {
    await this.sequencer.fence();
    const known = this.known(asked);
    if (!known && (await this.recorded(asked.participantId, [asked.key])).size) return this.firstAnswer(asked, message);
    refuse(await (known ?? this.begin({ command, asked })), what);
    return this.firstAnswer(asked, message);
  }

  /**
   * Answers when the command is durable, whatever the tables know; it is journalled in the turn of the loop in which it is asked.
   * @param recorded what the tables held of such keys when they were asked last
   */
  async order(asked: Asked, command: Change, recorded: ReadonlyMap<string, Recorded>, what: 'bid' | 'offer'): Promise<OrderChange> {
    const before = this.before(asked, recorded);
    if (before) return kept(before.response);
    const step = await (this.known(asked) ?? this.begin({ command, asked }));
    refuse(step, what);
    // Who took part in the same call a moment ago is told of what that call asked.
    const { orderId } = step.entry.command as { orderId: number };
    return orderChange(step, orderId, this.sequencer.market.dictionary, shard);
  }

  /** The same of cancel-all. */
  async all(asked: Asked, recorded: ReadonlyMap<string, Recorded>): Promise<CancelAllResponse> {
    const before = this.before(asked, recorded);
    if (before) return CancelAllResponse.decode(before.response);
    const command = { kind: 'CancelAll', participantId: asked.participantId } as const;
    const step = await (this.known(asked) ?? this.begin({ command, asked }));
    refuse(step, 'bid');
    const orderIds = step.events.flatMap((event) => (event.kind === 'OrderCancelled' ? [event.orderId] : []));
    return { orderIds, sequence: step.sequence, time: step.time };
  }

  /** The first answers to the calls of these keys, by key, whether they placed an order or changed one. */
  async recorded(participantId: number, keys: readonly string[]): Promise<ReadonlyMap<string, Recorded>> {
    // What this process has not begun itself it found in the journal when the market was opened.
    await this.sequencer.projector.passed(this.sequencer.openedAt);
    const ids = new Map(keys.map((key) => [orderIdOf(participantId, key), key]));
    const rows = await this.database.query<Recorded & { key: string; order_id: bigint }>(
      `select key, 0::bigint as order_id, request_hash, response from answer where participant_id = $1 and key = any($2)
       union all select '', bid_id, request_hash, first_answer from bid where bid_id = any($3)
       union all select '', offer_id, request_hash, first_answer from offer where offer_id = any($3)`,
      [participantId, keys, [...ids.keys()]],
    );
    return new Map(rows.map((row) => [row.key || ids.get(Number(row.order_id))!, row]));
  }

  /** @throws Refusal conflict where the key came with another request */
  async firstAnswer<T>(asked: Asked, message: Message<T>): Promise<T> {
    await this.sequencer.fence();
    const row = this.before(asked, await this.recorded(asked.participantId, [asked.key]));
    if (!row) throw reused();
    return message.decode(row.response);
  }

  private before({ key, hash }: Asked, recorded: ReadonlyMap<string, Recorded>): Recorded | undefined {
    const row = recorded.get(key);
    if (row && row.request_hash !== hash) throw reused();
    return row;
  }

  private known(asked: Asked): Promise<Step> | undefined {
    const known = this.underWay.get(nameOf(asked));
    if (known && known.hash !== asked.hash) throw reused();
    return known?.step;
  }

  private begin(entry: Entry): Promise<Step> {
    const asked = entry.asked!;
    const other = this.known(asked);
    if (other) return other;
    const name = nameOf(asked);
    const step = this.sequencer.submitOne(entry);
    this.underWay.set(name, { hash: asked.hash, step });
    step.then(
      ({ sequence }) => this.applied.push({ name, sequence }),
      () => this.underWay.delete(name),
    );
    this.forget();
    return step;
  }

  /** What the tables hold by now. */
  private forget(): void {
    const { sequence } = this.sequencer.projector;
    const behind = this.applied.findIndex((one) => one.sequence > sequence);
    for (const { name } of this.applied.splice(0, behind < 0 ? this.applied.length : behind)) this.underWay.delete(name);
  }
}

/** The pipeline lets no call pass without a key. A cancel is one call, whether a bid, an offer or a stream's order is named. */
export const asks = (call: Call, participantId: number): Asked => ({
  participantId,
  key: call.idempotencyKey!,
  hash: `${nameOfMethod(call.method)} ${call.requestHash!.slice(0, 32)}`,
});

const namesOfMethods = new Map<string, string>();

function nameOfMethod(method: string): string {
  let name = namesOfMethods.get(method);
  if (name === undefined) {
    name = method.slice(method.lastIndexOf('/') + 1).replace(/^Cancel(Bid|Offer)$/, 'CancelOrder');
    namesOfMethods.set(method, name);
  }
  return name;
}

export const reused = () => conflict('idempotency_key_must_not_be_reused', 'this key came with another request before', 'idempotencyKey');

const nameOf = ({ participantId, key }: Asked): string => `${participantId}:${key}`;

function refuse({ events }: Step, what: 'bid' | 'offer'): void {
  for (const event of events)
    if (event.kind === 'ChangeRefused' || event.kind === 'CommandRefused' || event.kind === 'OrderRefused')
      throw refusalOf(event.rejection, what, true);
}

/** The answer of a bid or of an offer; read as the wrong one of the two it has no sequence, and every answer has one. */
function kept(response: Buffer): OrderChange {
  const bid = BidAnswer.decode(response);
  if (bid.sequence) return { orderId: bid.bidId, state: bid.state, trades: bid.trades, sequence: bid.sequence, time: bid.time };
  const { offerId, state, trades, sequence, time } = OfferAnswer.decode(response);
  return { orderId: offerId, state, trades, sequence, time };
}
