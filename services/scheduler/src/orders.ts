import { Injectable } from '@nestjs/common';
import {
  BidAnswer,
  CancelAllResponse,
  OfferAnswer,
  type AmendBidRequest,
  type AmendOfferRequest,
  type SubmitBidRequest,
  type SubmitOfferRequest,
} from '#contracts';
import { amountOf, formatYuan, isRemotePool, type Tier } from '#domain';
import type { OrderRefused } from '#matching-engine';
import { absent, mayAct, type Call } from '#platform';
import { bidAnswer, offerAnswer, placedBid, stateAfter } from './answer.js';
import { Bids } from './bid.query.js';
import { asks, Changes } from './changes.js';
import type { BidEntry, OfferEntry, Step } from './entry.js';
import { Offers } from './offer.query.js';
import { orderIdOf } from './order-id.js';
import { refusalOf } from './refusal.js';
import { Shards, type Bound } from './shards.js';
import { Subsidies } from './subsidies.js';
import { bidChanges, bidTerms, offerChanges, offerTerms } from './terms.js';

const noLabel = { clientOrderId: '', project: '', image: '', publicKey: '', programmeId: 0 };

/** From a call to a command and back: placing, changing and taking back orders. */
@Injectable()
export class Orders {
  /** Bids whose subsidy is being reserved, by order id, until the query tables know them. */
  private readonly reserving = new Map<number, Promise<unknown>>();

  constructor(
    private readonly shards: Shards,
    private readonly subsidies: Subsidies,
    private readonly bids: Bids,
    private readonly offers: Offers,
    private readonly changes: Changes,
  ) {}

  /**
   * No database on its way but the journal.
   * @throws Refusal naming the rule or guard that refused the bid
   */
  async submitBid(call: Call, request: SubmitBidRequest, sessionId = 0): Promise<BidAnswer> {
    const bound = this.bid(call, request, sessionId);
    const { programmeId } = request;
    const step = programmeId ? await this.subsidised(bound, programmeId) : await this.shards.placeOne(bound);
    return (step && this.placedBid(step)) ?? this.changes.firstAnswer(bound.entry.asked!, BidAnswer);
  }

  /** @throws Refusal naming the rule or guard that refused the offer */
  async submitOffer(call: Call, request: SubmitOfferRequest, sessionId = 0): Promise<OfferAnswer> {
    const bound = this.offer(call, request, sessionId);
    const step = await this.shards.placeOne(bound);
    return (step && this.placedOffer(step)) ?? this.changes.firstAnswer(bound.entry.asked!, OfferAnswer);
  }

  /**
   * The command that places the bid; its programme is asked elsewhere.
   * @param usual for whom it is where it names nobody; 0: the caller
   * @throws Refusal
   */
  bid(call: Call, request: SubmitBidRequest, sessionId: number, usual = 0): Bound<BidEntry> {
    const asked = asks(call, actor(call, request.participantId || usual));
    const { participantId } = asked;
    const { clientOrderId, project, image, publicKey, programmeId } = request;
    const to = this.shards.ofTerms(request.terms!);
    const terms = bidTerms(request.terms!, to.market.dictionary);
    return {
      to,
      entry: {
        command: { kind: 'SubmitBid', orderId: orderIdOf(participantId, asked.key), participantId, sessionId, terms },
        asked,
        label: { clientOrderId, project, image, publicKey, programmeId },
      },
    };
  }

  /** The same of an offer. @throws Refusal */
  offer(call: Call, request: SubmitOfferRequest, sessionId: number, usual = 0): Bound<OfferEntry> {
    const asked = asks(call, actor(call, request.participantId || usual));
    const { participantId } = asked;
    const { poolId, clientOrderId } = request;
    // What partners advertise is offered by what they say of it alone.
    if (isRemotePool(poolId)) throw refusalOf('pool_must_be_known', 'offer');
    const placed = { orderId: orderIdOf(participantId, asked.key), participantId, sessionId };
    return {
      // A pool that no shard knows is refused by whichever is asked.
      to: this.shards.ofPool(poolId) ?? this.shards.home,
      entry: {
        command: { kind: 'SubmitOffer', ...placed, poolId, tier: request.tier as Tier, terms: offerTerms(request) },
        asked,
        label: { ...noLabel, clientOrderId },
      },
    };
  }

  /** The answer to the bid that the step placed; undefined where its key placed one before. @throws Refusal naming the rule or guard */
  placedBid(step: Step): BidAnswer | undefined {
    if (!this.accepts(step, true)) return undefined;
    const { orderId } = (step.entry as BidEntry).command;
    return bidAnswer(step, orderId, placedBid(step), this.shards.marketOf(step).dictionary, step.shard);
  }

  /** The same of an offer. */
  placedOffer(step: Step): OfferAnswer | undefined {
    if (!this.accepts(step, false)) return undefined;
    const { orderId } = (step.entry as OfferEntry).command;
    return offerAnswer(step, orderId, stateAfter(step.events, orderId), this.shards.marketOf(step).dictionary, step.shard);
  }

  async amendBid(call: Call, request: AmendBidRequest): Promise<BidAnswer> {
    await this.shards.fence();
    const { participantId, terms } = await this.bids.get(call, request.bidId);
    const changes = bidChanges(request, terms!.pflops > 0);
    const command = { kind: 'AmendBid', orderId: request.bidId, participantId, changes } as const;
    return this.changes.change(asks(call, mine(call, participantId, 'bid')), command, BidAnswer, 'bid');
  }

  async amendOffer(call: Call, request: AmendOfferRequest): Promise<OfferAnswer> {
    await this.shards.fence();
    const { participantId } = await this.offers.get(call, request.offerId);
    const command = { kind: 'AmendOffer', orderId: request.offerId, participantId, changes: offerChanges(request) } as const;
    return this.changes.change(asks(call, mine(call, participantId, 'offer')), command, OfferAnswer, 'offer');
  }

  async cancelBid(call: Call, bidId: number): Promise<BidAnswer> {
    await this.shards.fence();
    const { participantId } = await this.bids.get(call, bidId);
    const command = { kind: 'CancelOrder', orderId: bidId, participantId } as const;
    return this.changes.change(asks(call, mine(call, participantId, 'bid')), command, BidAnswer, 'bid');
  }

  async cancelOffer(call: Call, offerId: number): Promise<OfferAnswer> {
    await this.shards.fence();
    const { participantId } = await this.offers.get(call, offerId);
    const command = { kind: 'CancelOrder', orderId: offerId, participantId } as const;
    return this.changes.change(asks(call, mine(call, participantId, 'offer')), command, OfferAnswer, 'offer');
  }

  async cancelAll(call: Call, participantId: number): Promise<CancelAllResponse> {
    const asked = asks(call, actor(call, participantId));
    return this.changes.all(asked);
  }

  /**
   * A bid that is there already must not reserve anew: its reservation may be spent or given back. So the same call at the same time waits for
   * the first.
   */
  private async subsidised(bid: Bound<BidEntry>, programmeId: number): Promise<Step | undefined> {
    const { orderId } = bid.entry.command;
    for (let other = this.reserving.get(orderId); other; other = this.reserving.get(orderId)) await other;
    const step = this.subsidies.place(bid, programmeId);
    const forget = () => this.reserving.delete(orderId);
    const projected = step.then((placed) => placed && this.shards.reached(placed)).then(forget, forget);
    this.reserving.set(orderId, projected);
    return step;
  }

  /** True for an order that this step placed, false for one that was placed before under the same key (R-10a). */
  accepts(step: Step, isBid: boolean): boolean {
    const { entry, events } = step;
    const what = isBid ? 'bid' : 'offer';
    // An extension has its terms at the top of its request, as an amend has.
    const isFlat = entry.command.kind === 'ExtendLease';
    for (const event of events) {
      if (event.kind === 'CommandRefused') throw refusalOf(event.rejection, what);
      if (event.kind === 'OrderRefused') throw refusalOf(event.rejection, what, isFlat, this.more(step, event));
      if (event.kind === 'OrderAccepted') return !event.repeated;
    }
    throw new Error('order_must_be_answered');
  }

  /** Whether a refused order's key came with the same request is not known, so what is answered says whose refusal it is (R-10a). */
  private more(step: Step, { rejection, repeated }: OrderRefused): string {
    const { command } = step.entry;
    if (repeated) return ': so the first order of this Idempotency-Key was refused; another order needs a key of its own';
    if (rejection !== 'buying_power_must_cover_the_worst_case' || command.kind !== 'SubmitBid') return '';
    const { subsidy, terms } = command;
    const worst = amountOf(terms.limitPrice, terms.units, terms.durationSlots) * (terms.standby ? 2 : 1);
    const free = this.shards.gathering.freeOf(command.participantId);
    const yuan = (money: number) => formatYuan(BigInt(money));
    return `: the bid needs ${yuan(worst - (subsidy?.amount ?? 0))} yuan, ${yuan(free)} are free now`;
  }
}

/** Who places the order: the caller, or for the operator whoever it names. */
export function actor(call: Call, participantId: number): number {
  const acting = participantId || call.caller.participantId;
  if (!mayAct(call, acting)) throw absent('participant');
  return acting;
}

function mine(call: Call, participantId: number, what: string): number {
  if (!mayAct(call, participantId)) throw absent(what);
  return participantId;
}
