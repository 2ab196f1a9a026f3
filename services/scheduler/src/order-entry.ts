import { Injectable } from '@nestjs/common';
import {
  CancelOrderRequest,
  SchedulingDefinition,
  type AmendBidRequest,
  type AmendOfferRequest,
  type BidAnswer,
  type CancelAllRequest,
  type EnterOrdersRequest,
  type EnterOrdersResponse,
  type EntryAnswer,
  type Method,
  type OpenSession,
  type OrderChange,
  type OrderEntry,
  type SubmitBidRequest,
} from '#contracts';
import { guard, invalid, isIdempotencyKey, Logger, type Call, type Handler } from '#platform';
import { asks, Changes, type Recorded } from './changes.js';
import { entryRefusal } from './entry-refusal.js';
import { OrderBatch } from './order-batch.js';
import { OrderStream, type Answered } from './order-stream.js';
import { actor, Orders } from './orders.js';
import { Shards } from './shards.js';
import { Sessions } from './sessions.js';
import { bidChanges, offerChanges } from './terms.js';

/** Entries of a stream that may be unanswered before no more are read. */
const window = 4_096;

const { methods, fullName } = SchedulingDefinition;
/** Any own order, for whoever may take back all of them. */
const cancel: Method = { ...methods.cancelAll, name: 'CancelOrder', requestType: CancelOrderRequest };
const actions = ['submitBid', 'submitOffer', 'amendBid', 'amendOffer', 'cancel', 'cancelAll'] as const;
type Action = (typeof actions)[number];
/** One by one, as the unary call is. */
type Handled = Exclude<Action, 'submitOffer'>;
const isChange = (entry: OrderEntry) => entry.submitBid === undefined && entry.submitOffer === undefined;

/** Undefined where it holds none, or more than one. */
function actionOf(entry: OrderEntry): Action | undefined {
  let found: Action | undefined;
  for (const action of actions) {
    if (entry[action] === undefined) continue;
    if (found) return undefined;
    found = action;
  }
  return found;
}

/** orders over one stream; each entry passes what its unary call passes. */
@Injectable()
export class OrderEntries {
  constructor(
    private readonly shards: Shards,
    private readonly sessions: Sessions,
    private readonly orders: Orders,
    private readonly changes: Changes,
    private readonly log: Logger,
  ) {}

  async *enter(requests: AsyncIterable<EnterOrdersRequest>, call: Call): AsyncGenerator<EnterOrdersResponse> {
    const messages = requests[Symbol.asyncIterator]();
    const { value: first } = (await messages.next()) as { value?: EnterOrdersRequest };
    if (!first?.open) throw invalid('open', 'session_must_be_opened_first', 'the first message opens the session');
    const participantId = actor(call, first.open.participantId);
    const sessionId = first.open.cancelOnDisconnect ? this.sessions.begin() : 0;
    const stream = new OrderStream(window, this.entering(call, participantId, sessionId, first.open));
    try {
      yield { opened: { sessionId, window }, answers: [] };
      yield* stream.run(messages, first, call.signal);
    } finally {
      await stream.settled();
      if (sessionId) await this.sessions.end(sessionId);
    }
  }

  /** What to do for the entries of a message. */
  private entering(call: Call, participantId: number, sessionId: number, open: OpenSession) {
    let recorded: ReadonlyMap<string, Recorded> = new Map();
    const handlers = this.handlers(participantId, sessionId, () => recorded);
    return async (message: EnterOrdersRequest) => {
      if (message.open && message.open !== open)
        throw invalid('open', 'session_must_be_opened_once', 'only the first message opens the session');
      await this.shards.untilRoom();
      const keys = message.entries
        .filter(isChange)
        .map(({ idempotencyKey }) => idempotencyKey)
        .filter(isIdempotencyKey);
      if (keys.length) recorded = await this.changes.recorded(participantId, keys);
      return (answered: Answered) => {
        const batch = new OrderBatch(this.shards, this.orders, this.changes, { call, participantId, sessionId, log: this.log }, answered);
        for (const entry of message.entries) this.begin(entry, batch, handlers, call, answered);
        batch.submit();
      };
    };
  }

  /** Orders that stand beside each other go to the market together; what changes one, or asks a programme first, goes alone, in its place. */
  private begin(entry: OrderEntry, batch: OrderBatch, handlers: Record<Handled, Handler>, call: Call, answered: Answered): void {
    const action = actionOf(entry);
    if (action === 'submitBid' && !entry.submitBid!.programmeId)
      return batch.bid(entry.correlation, entry.idempotencyKey, entry.submitBid!);
    if (action === 'submitOffer') return batch.offer(entry.correlation, entry.idempotencyKey, entry.submitOffer!);
    batch.submit();
    void this.answered(entry, action, handlers, call).then((answer) => answered([answer]));
  }

  private handlers(participantId: number, sessionId: number, recorded: () => ReadonlyMap<string, Recorded>): Record<Handled, Handler> {
    const on = <T>(method: Method, handle: (request: T, call: Call) => Promise<unknown>) =>
      guard({ name: `${fullName}/${method.name}`, method, log: this.log }, (request, call) => handle(request as T, call));
    const change = (call: Call, command: Parameters<Changes['order']>[1], what: 'bid' | 'offer') =>
      this.changes.order(asks(call, participantId), command, recorded(), what);
    const forWhom = <T extends { participantId: number }>(request: T): T =>
      request.participantId ? request : { ...request, participantId };
    return {
      submitBid: on<SubmitBidRequest>(methods.submitBid, (request, call) => this.orders.submitBid(call, forWhom(request), sessionId)),
      amendBid: on<AmendBidRequest>(methods.amendBid, async (request, call) => {
        // Whether the bid is in units or in PFLOPS only the tables say.
        if (request.units !== undefined || request.pflops !== undefined) return changed(await this.orders.amendBid(call, request));
        return change(call, { kind: 'AmendBid', orderId: request.bidId, participantId, changes: bidChanges(request, false) }, 'bid');
      }),
      amendOffer: on<AmendOfferRequest>(methods.amendOffer, (request, call) =>
        change(call, { kind: 'AmendOffer', orderId: request.offerId, participantId, changes: offerChanges(request) }, 'offer'),
      ),
      cancel: on<CancelOrderRequest>(cancel, ({ orderId }, call) => change(call, { kind: 'CancelOrder', orderId, participantId }, 'bid')),
      cancelAll: on<CancelAllRequest>(methods.cancelAll, async (request, call) => {
        if (request.participantId && request.participantId !== participantId)
          throw invalid('participantId', 'entry_must_be_for_whom_its_session_is', 'open a session for that participant');
        return this.changes.all(asks(call, participantId), recorded());
      }),
    };
  }

  /** @returns the answer of the entry's call, or its refusal */
  private async answered(
    entry: OrderEntry,
    action: Handled | undefined,
    handlers: Record<Handled, Handler>,
    call: Call,
  ): Promise<EntryAnswer> {
    const { correlation, idempotencyKey } = entry;
    try {
      if (!action) throw invalid('', 'entry_must_hold_one_action', `give one of ${actions.join(', ')}`);
      const answer = await handlers[action](entry[action], { ...call, idempotencyKey: idempotencyKey || undefined });
      return { correlation, [answerOf[action]]: answer };
    } catch (error) {
      return { correlation, refused: entryRefusal(error) };
    }
  }
}

const answerOf = {
  submitBid: 'bid',
  amendBid: 'changed',
  amendOffer: 'changed',
  cancel: 'changed',
  cancelAll: 'cancelled',
} as const satisfies Record<Handled, keyof EntryAnswer>;

const changed = ({ bidId: orderId, state, trades, sequence, time }: BidAnswer): OrderChange => ({ orderId, state, trades, sequence, time });
