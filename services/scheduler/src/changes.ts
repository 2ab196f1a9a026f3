import { Injectable } from '@nestjs/common';
import { BidAnswer, CancelAllResponse, OfferAnswer, OrderChange, type Message } from '#contracts';
import { conflict, Database, type Call } from '#platform';
import { orderChange } from './answer.js';
import type { Asked, Entry, Step } from './entry.js';
import { orderIdOf } from './order-id.js';
import { refusalOf } from './refusal.js';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

/** A first answer as it is kept. */
interface Kept {
  readonly shard: number;
  readonly request_hash: string;
  readonly response: Buffer;
}

/** What is kept of a key: one answer, or of cancel-all one for each shard. */
export type Recorded = readonly Kept[];

type Change = Extract<Entry['command'], { kind: 'AmendBid' | 'AmendOffer' | 'CancelOrder' }>;

/** Changes of orders, each done once for its key (R-10a); its answer is kept with what it did. */
@Injectable()
export class Changes {
  /** By participant and key, until the tables know them: the same call twice at once is one. Its steps by shard. */
  private readonly underWay = new Map<string, { hash: string; steps: Map<number, Promise<Step>> }>();
  /** Those of them that are applied, by shard, in the order in which they are told to the tables. */
  private readonly applied = new Map<number, { name: string; sequence: number }[]>();

  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
  ) {}

  /** Answers out of the query tables, once they are so far. */
  async change<T>(asked: Asked, command: Change, message: Message<T>, what: 'bid' | 'offer'): Promise<T> {
    await this.shards.fence();
    const to = this.shards.ofOrder(command.orderId);
    const known = this.known(asked, to);
    if (!known && (await this.recorded(asked.participantId, [asked.key])).size) return this.firstAnswer(asked, message);
    refuse(await (known ?? this.begin({ command, asked }, to)), what);
    return this.firstAnswer(asked, message);
  }

  /**
   * Answers when the command is durable, whatever the tables know; it is journalled in the turn of the loop in which it is asked.
   * @param recorded what the tables held of such keys when they were asked last
   */
  async order(asked: Asked, command: Change, recorded: ReadonlyMap<string, Recorded>, what: 'bid' | 'offer'): Promise<OrderChange> {
    const [before] = this.before(asked, recorded);
    if (before) return kept(before.response);
    const to = this.shards.ofOrder(command.orderId);
    const step = await (this.known(asked, to) ?? this.begin({ command, asked }, to));
    refuse(step, what);
    // Who took part in the same call a moment ago is told of what that call asked.
    const { orderId } = step.entry.command as { orderId: number };
    return orderChange(step, orderId, to.market.dictionary, step.shard);
  }

  /** Cancel-all: a command for each shard that has not done it yet, and one answer of all of them. Its sequence is that of the first. */
  async all(asked: Asked, recorded?: ReadonlyMap<string, Recorded>): Promise<CancelAllResponse> {
    if (!recorded) await this.shards.fence();
    const before = this.before(asked, recorded ?? (await this.recorded(asked.participantId, [asked.key])));
    const command = { kind: 'CancelAll', participantId: asked.participantId } as const;
    const answers = await Promise.all(
      this.shards.all.map(async (to): Promise<CancelAllResponse> => {
        const done = before.find(({ shard }) => shard === to.shard);
        if (done) return CancelAllResponse.decode(done.response);
        const step = await (this.known(asked, to) ?? this.begin({ command, asked }, to));
        refuse(step, 'bid');
        const orderIds = step.events.flatMap((event) => (event.kind === 'OrderCancelled' ? [event.orderId] : []));
        return { orderIds, sequence: step.sequence, time: step.time };
      }),
    );
    return { ...answers[0]!, orderIds: answers.flatMap(({ orderIds }) => orderIds) };
  }

  /** The first answers to the calls of these keys, by key, whether they placed an order or changed one. */
  async recorded(participantId: number, keys: readonly string[]): Promise<ReadonlyMap<string, Recorded>> {
    // What this process has not begun itself it found in the journals when the market was opened.
    for (const { projector, openedAt } of this.shards.all) await projector.passed(openedAt);
    const ids = new Map(keys.map((key) => [orderIdOf(participantId, key), key]));
    const rows = await this.database.query<Kept & { key: string; order_id: bigint }>(
      `select key, 0::bigint as order_id, shard, request_hash, response from answer where participant_id = $1 and key = any($2)
       union all select '', bid_id, 0, request_hash, first_answer from bid where bid_id = any($3)
       union all select '', offer_id, 0, request_hash, first_answer from offer where offer_id = any($3)`,
      [participantId, keys, [...ids.keys()]],
    );
    return Map.groupBy(rows, (row) => row.key || ids.get(Number(row.order_id))!);
  }

  /** @throws Refusal conflict where the key came with another request */
  async firstAnswer<T>(asked: Asked, message: Message<T>): Promise<T> {
    await this.shards.fence();
    const [row] = this.before(asked, await this.recorded(asked.participantId, [asked.key]));
    if (!row) throw reused();
    return message.decode(row.response);
  }

  private before({ key, hash }: Asked, recorded: ReadonlyMap<string, Recorded>): Recorded {
    const rows = recorded.get(key) ?? [];
    if (rows.some((row) => row.request_hash !== hash)) throw reused();
    return rows;
  }

  private known(asked: Asked, { shard }: Sequencer): Promise<Step> | undefined {
    const known = this.underWay.get(nameOf(asked));
    if (known && known.hash !== asked.hash) throw reused();
    return known?.steps.get(shard);
  }

  private begin(entry: Entry, to: Sequencer): Promise<Step> {
    const asked = entry.asked!;
    const other = this.known(asked, to);
    if (other) return other;
    const name = nameOf(asked);
    const { shard } = to;
    const step = this.shards.change(to, entry);
    const call = this.underWay.get(name) ?? { hash: asked.hash, steps: new Map<number, Promise<Step>>() };
    this.underWay.set(name, call);
    call.steps.set(shard, step);
    step.then(
      ({ sequence }) => this.appliedIn(shard).push({ name, sequence }),
      () => this.forget(name, shard),
    );
    this.forgetProjected(to);
    return step;
  }

  private appliedIn(shard: number): { name: string; sequence: number }[] {
    const applied = this.applied.get(shard) ?? [];
    this.applied.set(shard, applied);
    return applied;
  }

  /** What the tables hold by now. */
  private forgetProjected({ shard, projector }: Sequencer): void {
    const applied = this.appliedIn(shard);
    const behind = applied.findIndex((one) => one.sequence > projector.sequence);
    for (const { name } of applied.splice(0, behind < 0 ? applied.length : behind)) this.forget(name, shard);
  }

  private forget(name: string, shard: number): void {
    const call = this.underWay.get(name);
    call?.steps.delete(shard);
    if (call?.steps.size === 0) this.underWay.delete(name);
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
