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
  type EntryRefusal,
  type Method,
  type OpenSession,
  type OrderChange,
  type OrderEntry,
  type SubmitBidRequest,
  type SubmitOfferRequest,
} from '#contracts';
import { faultStatus, guard, invalid, isIdempotencyKey, Logger, Refusal, statusOf, type Call, type Fault, type Handler } from '#platform';
import { asks, Changes, type Recorded } from './changes.js';
import { OrderStream } from './order-stream.js';
import { actor, Orders } from './orders.js';
import { Sequencer } from './sequencer.js';
import { Sessions } from './sessions.js';
import { bidChanges, offerChanges } from './terms.js';

/** Entries of a stream that may be unanswered. */
const window = 4_096;

const { methods, fullName } = SchedulingDefinition;
/** Any own order, for whoever may take back all of them. */
const cancel: Method = { ...methods.cancelAll, name: 'CancelOrder', requestType: CancelOrderRequest };
const actions = ['submitBid', 'submitOffer', 'amendBid', 'amendOffer', 'cancel', 'cancelAll'] as const;
type Action = (typeof actions)[number];
const isChange = (entry: OrderEntry) => entry.submitBid === undefined && entry.submitOffer === undefined;

/** orders over one stream; each entry passes what its unary call passes. */
@Injectable()
export class OrderEntries {
  constructor(
    private readonly sequencer: Sequencer,
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

  /** What to do for each entry of a message. */
  private entering(call: Call, participantId: number, sessionId: number, open: OpenSession) {
    let recorded: ReadonlyMap<string, Recorded> = new Map();
    const handlers = this.handlers(participantId, sessionId, () => recorded);
    return async (message: EnterOrdersRequest) => {
      if (message.open && message.open !== open)
        throw invalid('open', 'session_must_be_opened_once', 'only the first message opens the session');
      await this.sequencer.untilRoom();
      const keys = message.entries
        .filter(isChange)
        .map(({ idempotencyKey }) => idempotencyKey)
        .filter(isIdempotencyKey);
      if (keys.length) recorded = await this.changes.recorded(participantId, keys);
      return message.entries.map((entry) => () => this.answered(entry, handlers, call));
    };
  }

  private handlers(participantId: number, sessionId: number, recorded: () => ReadonlyMap<string, Recorded>): Record<Action, Handler> {
    const on = <T>(method: Method, handle: (request: T, call: Call) => Promise<unknown>) =>
      guard({ name: `${fullName}/${method.name}`, method, log: this.log }, (request, call) => handle(request as T, call));
    const change = (call: Call, command: Parameters<Changes['order']>[1], what: 'bid' | 'offer') =>
      this.changes.order(asks(call, participantId), command, recorded(), what);
    const forWhom = <T extends { participantId: number }>(request: T): T =>
      request.participantId ? request : { ...request, participantId };
    return {
      submitBid: on<SubmitBidRequest>(methods.submitBid, (request, call) => this.orders.submitBid(call, forWhom(request), sessionId)),
      submitOffer: on<SubmitOfferRequest>(methods.submitOffer, (request, call) =>
        this.orders.submitOffer(call, forWhom(request), sessionId),
      ),
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
  private async answered(entry: OrderEntry, handlers: Record<Action, Handler>, call: Call): Promise<EntryAnswer> {
    const { correlation, idempotencyKey } = entry;
    try {
      const [action, ...more] = actions.filter((one) => entry[one] !== undefined);
      if (!action || more.length) throw invalid('', 'entry_must_hold_one_action', `give one of ${actions.join(', ')}`);
      const answer = await handlers[action](entry[action], { ...call, idempotencyKey: idempotencyKey || undefined });
      return { correlation, [answerOf[action]]: answer };
    } catch (error) {
      return { correlation, refused: refusal(error) };
    }
  }
}

const answerOf = {
  submitBid: 'bid',
  submitOffer: 'offer',
  amendBid: 'changed',
  amendOffer: 'changed',
  cancel: 'changed',
  cancelAll: 'cancelled',
} as const satisfies Record<Action, keyof EntryAnswer>;

const changed = ({ bidId: orderId, state, trades, sequence, time }: BidAnswer): OrderChange => ({ orderId, state, trades, sequence, time });

function refusal(error: unknown): EntryRefusal {
  if (error instanceof Refusal) {
    const { kind, rule, detail, field = '', violations } = error;
    return { code: statusOf[kind].grpc, rule, detail, field, violations: [...violations] };
  }
  // The pipeline lets nothing else through.
  return { code: faultStatus.grpc, rule: '', detail: (error as Fault).message, field: '', violations: [] };
}
