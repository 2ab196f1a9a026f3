import { countOfOne, slotAt, startOfSlot, tradeId, type TradeNumber } from '#domain';
import {
  BidTerms,
  BuyingPowerLowered,
  LeaseChanged,
  LeaseState,
  OrderClosed,
  OrderState,
  TradeMade,
  TradeReleased,
  type Message,
} from '#contracts';
import type { BidTerms as Terms, Event, LeaseCutShort, LeaseLost, TradeMade as Made } from '#matching-engine';
import type { Dictionary } from './dictionary.js';
import type { Entry, Step } from './entry.js';
import type { LeaseRow } from './lease.view.js';
import type { Rows } from './rows.js';
import { bidTerms, contractTerms } from './terms.js';

/** What is told to the other services, numbered by whoever publishes it. */
export interface Told {
  readonly message: Message<unknown>;
  readonly data: object;
  readonly subject: string;
  readonly time: number;
}

/** Order, trade and lease ids that a step's rows need. */
export function touchedBy(steps: readonly Step[], shard: number): { orderIds: number[]; tradeIds: number[] } {
  const orders = new Set<number>();
  const trades = new Set<TradeNumber>();
  for (const { entry, events } of steps) {
    if (entry.command.kind === 'ConfirmLease') trades.add(entry.command.tradeNumber);
    for (const event of events) {
      if ('orderId' in event) orders.add(event.orderId);
      if ('tradeNumber' in event) trades.add(event.tradeNumber);
      if (event.kind !== 'TradeMade') continue;
      orders.add(event.bidId).add(event.offerId);
      if (event.replaces) trades.add(event.replaces);
    }
  }
  return { orderIds: [...orders], tradeIds: [...trades].map((number) => tradeId(shard, number)) };
}

/** Carries a step's events into the rows, and says what others have to be told. */
export class Projection {
  readonly told: Told[] = [];
  /** What the last step changed. */
  readonly changed = { orders: new Set<number>(), trades: new Set<number>(), leases: new Set<number>() };

  constructor(
    private readonly rows: Rows,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
  ) {}

  apply(step: Step): void {
    for (const ids of Object.values(this.changed)) ids.clear();
    this.startLeases(step);
    if (step.entry.command.kind === 'ConfirmLease' && !step.refused) this.confirm(step, step.entry.command);
    for (const event of step.events) this.carry(step, event);
  }

  private carry(step: Step, event: Event): void {
    switch (event.kind) {
      case 'OrderAccepted':
        return event.repeated ? undefined : this.accept(step);
      case 'OrderAmended':
        return this.amend(step.entry);
      case 'TradeMade':
        return this.trade(step, event);
      case 'OrderRested':
        return this.rest(event.orderId, event.rest);
      case 'OrderFilled':
        return this.close(step, event.orderId, OrderState.FILLED, 'filled', step.time);
      case 'OrderExpired':
        return this.close(step, event.orderId, OrderState.EXPIRED, 'expired', event.due);
      case 'OrderCancelled':
        return event.reason === 'ended'
          ? this.close(step, event.orderId, OrderState.ENDED, 'ended', step.time)
          : this.close(step, event.orderId, OrderState.CANCELLED, event.reason === 'asked' ? 'cancelled' : event.reason, step.time);
      case 'LeaseEnded':
        return this.end(event.tradeNumber, event.due);
      case 'LeaseLost':
        return this.lose(step, event);
      case 'LeaseCutShort':
        return this.cut(step, event);
      case 'TradeReleased':
        return this.release(step, event.tradeNumber);
      case 'BuyingPowerLowered': {
        const { participantId, requestId, accepted, amount } = event;
        return this.tell(BuyingPowerLowered, { participantId, requestId, accepted, amount: BigInt(amount) }, participantId, step.time);
      }
      default:
        return undefined;
    }
  }

  // ---- orders

  private accept({ sequence, time, entry }: Step): void {
    const { command, label } = entry;
    const placed = {
      state: OrderState.OPEN,
      client_order_id: label!.clientOrderId,
      reason: '',
      sequence: BigInt(sequence),
      placed_at: BigInt(time),
      closed_at: 0n,
    };
    if (command.kind === 'SubmitBid') {
      const { orderId, participantId, terms } = command;
      this.rows.bids.set(orderId, {
        ...placed,
        bid_id: BigInt(orderId),
        participant_id: participantId,
        terms: this.encoded(terms),
        books: [...terms.books],
        project: label!.project,
        image: label!.image,
        public_key: label!.publicKey,
        programme_id: label!.programmeId,
        filled: 0n,
        open: BigInt(terms.units * countOfOne(terms.precision)),
        filled_units: 0,
      });
      this.changed.orders.add(orderId);
    }
    if (command.kind === 'SubmitOffer') {
      const { orderId, participantId, poolId, terms } = command;
      this.rows.offers.set(orderId, {
        ...placed,
        offer_id: BigInt(orderId),
        participant_id: participantId,
        pool_id: poolId,
        book_id: this.dictionary.bookOfPool(poolId, command.tier),
        units: terms.units,
        from_slot: terms.from,
        to_slot: terms.to,
        min_slots: terms.minSlots,
        ask: BigInt(terms.ask),
        time_in_force: terms.timeInForce,
        good_till: BigInt(terms.goodTill ?? 0),
        sold_unit_slots: 0n,
      });
      this.changed.orders.add(orderId);
    }
  }

  private amend({ command }: Entry): void {
    if (command.kind === 'AmendBid') {
      const row = this.rows.bids.get(command.orderId)!;
      const terms = { ...bidTerms(BidTerms.decode(row.terms), this.dictionary), ...command.changes };
      row.terms = this.encoded(terms);
      row.books = [...terms.books];
      this.changed.orders.add(command.orderId);
    }
    if (command.kind === 'AmendOffer') {
      const row = this.rows.offers.get(command.orderId)!;
      const { units, from, to, minSlots, ask, timeInForce, goodTill } = command.changes;
      row.units = units ?? row.units;
      row.from_slot = from ?? row.from_slot;
      row.to_slot = to ?? row.to_slot;
      row.min_slots = minSlots ?? row.min_slots;
      row.ask = ask === undefined ? row.ask : BigInt(ask);
      row.time_in_force = timeInForce ?? row.time_in_force;
      row.good_till = goodTill === undefined ? row.good_till : BigInt(goodTill ?? 0);
      this.changed.orders.add(command.orderId);
    }
  }

  private encoded(terms: Terms): Buffer {
    return Buffer.from(BidTerms.encode(contractTerms(terms, this.dictionary)).finish());
  }

  private rest(orderId: number, rest: number): void {
    const bid = this.rows.bids.get(orderId);
    if (bid) bid.open = BigInt(rest);
    this.changed.orders.add(orderId);
  }

  private close(step: Step, orderId: number, state: OrderState, reason: string, at: number): void {
    const bid = this.rows.bids.get(orderId);
    const row = bid ?? this.rows.offers.get(orderId)!;
    Object.assign(row, { state, reason, closed_at: BigInt(at) });
    if (bid) bid.open = 0n;
    this.changed.orders.add(orderId);
    const closed = {
      orderId,
      participantId: row.participant_id,
      isBid: bid !== undefined,
      reason,
      filledUnits: bid?.filled_units ?? 0,
      programmeId: bid?.programme_id ?? 0,
    };
    this.tell(OrderClosed, closed, row.participant_id, step.time);
  }

  // ---- trades and leases

  private trade(step: Step, made: Made): void {
    const id = tradeId(this.shard, made.tradeNumber);
    const bid = this.rows.bids.get(made.bidId)!;
    const promised = step.promised.get(made.tradeNumber)!;
    const unitSlots = made.units * (made.to - made.from);
    const offer = this.rows.offers.get(made.offerId)!;
    offer.sold_unit_slots += BigInt(unitSlots);
    if (!made.replaces) {
      bid.filled += BigInt(made.counted);
      bid.open = bid.open > BigInt(made.counted) ? bid.open - BigInt(made.counted) : 0n;
      bid.filled_units += made.units;
    }
    const shared = {
      bid_id: BigInt(made.bidId),
      buyer_id: made.buyerId,
      provider_id: made.providerId,
      pool_id: made.poolId,
      site_id: made.siteId,
      region: made.region,
      book_id: made.bookId,
      nodes: made.nodes.map(({ node, units }): [number, number] => [node, units]),
      units: made.units,
      from_slot: made.from,
      to_slot: made.to,
      project: bid.project,
    };
    this.rows.trades.set(id, {
      ...shared,
      trade_id: BigInt(id),
      offer_id: BigInt(made.offerId),
      counted: BigInt(made.counted),
      price: BigInt(made.price),
      compute_amount: BigInt(made.computeAmount),
      transfer_amount: BigInt(made.transferAmount),
      sequence: BigInt(step.sequence),
      made_at: BigInt(step.time),
      released: false,
    });
    this.rows.leases.set(id, {
      ...shared,
      lease_id: BigInt(id),
      state: promised.confirmBy ? LeaseState.PENDING : LeaseState.CONFIRMED,
      delivered_from: made.from,
      delivered_to: made.to,
      client_order_id: bid.client_order_id,
      image: bid.image,
      public_key: bid.public_key,
      endpoint: '',
      sealed_secret: Buffer.alloc(0),
      confirm_by: BigInt(promised.confirmBy),
      confirmed_at: promised.confirmBy ? 0n : BigInt(step.time),
      held: BigInt(made.computeAmount + made.transferAmount),
      unit_slots: BigInt(unitSlots),
      reason: made.replaces ? `in place of ${tradeId(this.shard, made.replaces)}` : '',
      changed_at: BigInt(step.time),
    });
    this.changed.orders.add(made.bidId).add(made.offerId);
    this.changed.trades.add(id);
    const trade = {
      tradeId: id,
      bidId: made.bidId,
      offerId: made.offerId,
      buyerId: made.buyerId,
      providerId: made.providerId,
      poolId: made.poolId,
      siteId: made.siteId,
      region: made.region,
      book: this.dictionary.get(made.bookId)!.book,
      nodes: made.nodes.map(({ node, units }) => ({ node, units })),
      units: made.units,
      window: { from: made.from, to: made.to },
      price: made.price,
      computeAmount: BigInt(made.computeAmount),
      transferAmount: BigInt(made.transferAmount),
      linkOwnerId: made.linkOwnerId,
      programmeId: bid.programme_id,
      project: bid.project,
      greenShareBp: promised.greenShareBp,
      pueMilli: promised.pueMilli,
      domestic: promised.domestic,
      confirmsAtOnce: promised.confirmBy === 0,
      madeAt: step.time,
      regionOfDemand: BidTerms.decode(bid.terms).demandRegion,
      bidWasFirst: made.bidWasFirst,
      replacesTradeId: made.replaces ? tradeId(this.shard, made.replaces) : 0,
      owedAmount: BigInt(made.owedAmount),
    };
    this.tell(TradeMade, trade, made.buyerId, step.time);
    this.leaseChanged(this.rows.leases.get(id)!, step.time);
  }

  private release(step: Step, number: TradeNumber): void {
    const id = tradeId(this.shard, number);
    const row = this.rows.trades.get(id)!;
    row.released = true;
    this.changed.trades.add(id);
    this.tell(TradeReleased, { tradeId: id }, row.buyer_id, step.time);
  }

  /** A confirmed lease is active from its first slot. */
  private startLeases({ time }: Step): void {
    for (const lease of this.rows.leases.values())
      if (lease.state === LeaseState.CONFIRMED && startOfSlot(lease.delivered_from) <= time) {
        lease.state = LeaseState.ACTIVE;
        this.leaseChanged(lease, startOfSlot(lease.delivered_from));
      }
  }

  private confirm(
    { time }: Step,
    { tradeNumber, endpoint, sealedSecret }: { tradeNumber: number; endpoint: string; sealedSecret: string },
  ): void {
    const lease = this.leaseOf(tradeNumber);
    const state = slotAt(time) >= lease.delivered_from ? LeaseState.ACTIVE : LeaseState.CONFIRMED;
    Object.assign(lease, { state, endpoint, sealed_secret: Buffer.from(sealedSecret, 'base64'), confirmed_at: BigInt(time) });
    this.leaseChanged(lease, time);
  }

  private end(number: TradeNumber, due: number): void {
    const lease = this.leaseOf(number);
    if (lease.state === LeaseState.CUT_SHORT) return;
    if (lease.state === LeaseState.PENDING) this.stop(lease, lease.delivered_from, 'not_confirmed', due);
    else {
      lease.state = LeaseState.ENDED;
      this.leaseChanged(lease, due);
    }
  }

  private lose({ time, entry }: Step, { tradeNumber, nodes, units, from, unheld }: LeaseLost): void {
    const lease = this.leaseOf(tradeNumber);
    lease.held -= BigInt(unheld);
    const reason = entry.command.kind === 'FailLease' ? 'not_confirmed' : 'lost';
    if (units === lease.units) return this.stop(lease, from, reason, time);
    const lost = new Map(nodes.map((node) => [node.node, node.units]));
    lease.nodes = lease.nodes.map(([node, had]): [number, number] => [node, had - (lost.get(node) ?? 0)]).filter(([, left]) => left > 0);
    lease.units -= units;
    lease.unit_slots -= BigInt(units * (lease.delivered_to - Math.max(from, lease.delivered_from)));
    lease.reason = reason;
    this.leaseChanged(lease, time);
  }

  /** What was lost is gone already; here only the rest of a broken gang ends. */
  private cut({ time }: Step, { tradeNumber, from, reason, unheld }: LeaseCutShort): void {
    const lease = this.leaseOf(tradeNumber);
    lease.held -= BigInt(unheld);
    if (reason === 'gang_broken' && lease.state !== LeaseState.CUT_SHORT) this.stop(lease, from, reason, time);
    else if (unheld) this.leaseChanged(lease, time);
  }

  /** The whole lease ends at a slot. One that its provider never confirmed delivered nothing. */
  private stop(lease: LeaseRow, from: number, reason: string, time: number): void {
    const end = lease.state === LeaseState.PENDING ? lease.delivered_from : Math.max(from, lease.delivered_from);
    lease.unit_slots = lease.state === LeaseState.PENDING ? 0n : lease.unit_slots - BigInt(lease.units * (lease.delivered_to - end));
    Object.assign(lease, { state: LeaseState.CUT_SHORT, delivered_to: end, reason });
    this.leaseChanged(lease, time);
  }

  private leaseOf(number: TradeNumber): LeaseRow {
    return this.rows.leases.get(tradeId(this.shard, number))!;
  }

  private leaseChanged(lease: LeaseRow, time: number): void {
    lease.changed_at = BigInt(time);
    this.changed.leases.add(Number(lease.lease_id));
    const changed = {
      leaseId: Number(lease.lease_id),
      state: lease.state,
      buyerId: lease.buyer_id,
      providerId: lease.provider_id,
      poolId: lease.pool_id,
      nodes: lease.nodes.map(([node, units]) => ({ node, units })),
      units: lease.units,
      delivered: { from: lease.delivered_from, to: lease.delivered_to },
      tier: this.dictionary.get(lease.book_id)!.book.tier,
      reason: lease.reason,
      held: lease.held,
      unitSlots: Number(lease.unit_slots),
    };
    this.tell(LeaseChanged, changed, lease.buyer_id, time);
  }

  /** Everything of one participant comes in order. */
  private tell<T extends object>(message: Message<T>, data: T, participantId: number, time: number): void {
    this.told.push({ message: message as Message<unknown>, data, subject: `participant/${participantId}`, time });
  }
}
