import { Injectable } from '@nestjs/common';
import { firstSellableSlot, numberOfTrade, TimeInForce } from '#domain';
import { BidAnswer, Lease, OfferAnswer, type EndLeaseRequest, type ExtendLeaseRequest, type ResellLeaseRequest } from '#contracts';
import { absent, Clock, conflict, Database, mayAct, type Call } from '#platform';
import { bidAnswer, offerAnswer, placedBid, stateAfter } from './answer.js';
import { asks, Changes } from './changes.js';
import { endedEarly } from './lease-life.js';
import { Leases } from './lease.query.js';
import { orderIdOf } from './order-id.js';
import { Orders } from './orders.js';
import { refusalOf } from './refusal.js';
import { Shards } from './shards.js';

/** what a buyer does with a lease of its own. */
@Injectable()
export class OwnLeases {
  constructor(
    private readonly shards: Shards,
    private readonly orders: Orders,
    private readonly changes: Changes,
    private readonly leases: Leases,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal absent for a lease that is not the caller's to sell, else naming the rule or guard that refused the offer */
  async resell(call: Call, request: ResellLeaseRequest): Promise<OfferAnswer> {
    const lease = await this.ofBuyer(call, request.leaseId);
    await this.mustBePaidInFull(request.leaseId);
    const asked = asks(call, lease.buyerId);
    const orderId = orderIdOf(asked.participantId, asked.key);
    const window = request.window ?? {
      from: Math.max(lease.delivered!.from, firstSellableSlot(this.clock.now())),
      to: lease.delivered!.to,
    };
    const terms = {
      units: request.units || lease.units,
      from: window.from,
      to: window.to,
      minSlots: request.minSlots || 1,
      ask: request.ask,
      timeInForce: request.timeInForce || TimeInForce.GTC,
      goodTill: request.goodTill || null,
    };
    const of = { orderId, participantId: asked.participantId, sessionId: 0, tradeNumber: numberOfTrade(request.leaseId) };
    const label = { clientOrderId: request.clientOrderId, project: '', image: '', publicKey: '', programmeId: 0 };
    const to = this.shards.ofTrade(request.leaseId)!;
    const step = await this.shards.placeOne({ to, entry: { command: { kind: 'ResellLease', ...of, terms }, asked, label } });
    if (!step || !this.orders.accepts(step, false)) return this.changes.firstAnswer(asked, OfferAnswer);
    return offerAnswer(step, orderId, stateAfter(step.events, orderId), to.market.dictionary, step.shard);
  }

  /** What runs in the lease goes on in its extension: the same work, for the same project. @throws Refusal as above */
  async extend(call: Call, request: ExtendLeaseRequest): Promise<BidAnswer> {
    const lease = await this.ofBuyer(call, request.leaseId);
    const asked = asks(call, lease.buyerId);
    const orderId = orderIdOf(asked.participantId, asked.key);
    const { durationSlots, limitPrice, clientOrderId } = request;
    const { project, image, publicKey } = lease;
    const of = { orderId, participantId: asked.participantId, sessionId: 0, tradeNumber: numberOfTrade(request.leaseId) };
    const to = this.shards.ofTrade(request.leaseId)!;
    const label = { clientOrderId, project, image, publicKey, programmeId: 0 };
    const command = { kind: 'ExtendLease', ...of, durationSlots, limitPrice } as const;
    const step = await this.shards.placeOne({ to, entry: { command, asked, label } });
    if (!step || !this.orders.accepts(step, true)) return this.changes.firstAnswer(asked, BidAnswer);
    return bidAnswer(step, orderId, placedBid(step), to.market.dictionary, step.shard);
  }

  /** @throws Refusal absent for a lease that is not the caller's, conflict where it is over */
  end(call: Call, { leaseId }: EndLeaseRequest): Promise<Lease> {
    return this.database.answerOnce(call, Lease, async () => {
      const lease = await this.ofBuyer(call, leaseId);
      if (lease.reason === endedEarly) return lease;
      const step = await this.shards.ofTrade(leaseId)!.submitOne({
        command: { kind: 'EndLease', participantId: lease.buyerId, tradeNumber: numberOfTrade(leaseId) },
      });
      for (const event of step.events) if (event.kind === 'CommandRefused') throw refusalOf(event.rejection, 'bid');
      await this.shards.passed(step);
      return this.leases.get(call, leaseId);
    });
  }

  /** a programme pays for what its buyer uses, not for what it sells. */
  private async mustBePaidInFull(leaseId: number): Promise<void> {
    const [trade] = await this.database.query<{ programme_id: number }>('select programme_id from trade where trade_id = $1', [leaseId]);
    if (trade?.programme_id)
      throw conflict('lease_must_be_without_programme_to_be_resold', `programme ${trade.programme_id} pays a part of it`, 'leaseId');
  }

  /** As its buyer sees it, also where the operator acts for the buyer. */
  private async ofBuyer(call: Call, leaseId: number): Promise<Lease> {
    await this.shards.fence();
    const lease = await this.leases.get(call, leaseId);
    if (!mayAct(call, lease.buyerId)) throw absent('lease');
    return lease;
  }
}
