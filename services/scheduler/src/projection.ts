import { tradeId, type TradeNumber } from '#domain';
import {
  BidTerms,
  BuyingPowerLowered,
  LeaseState,
  OrderClosed,
  OrderState,
  PieceReserved,
  TradeMade,
  TradeReleased,
  type Message,
} from '#contracts';
import type { BidContinued, BidTerms as Terms, Event, TradeMade as Made } from '#matching-engine';
import type { BidRow } from './bid.view.js';
import type { Dictionary } from './dictionary.js';
import type { Entry, Step } from './entry.js';
import { LeaseLife } from './lease-life.js';
import { marksOf } from './marks.js';
import type { OfferRow } from './offer.view.js';
import { PieceLife } from './piece-life.js';
import type { PieceRow } from './piece.view.js';
import { encodedTerms, Placing } from './placing.js';
import type { Rows, Touched } from './rows.js';
import { bidTerms, contractTerms } from './terms.js';
import type { Tell, Told } from './told.js';
import { TradeTold } from './trade-told.js';

/** The rows that the steps need. An order that they place has none yet, or an older one of its id that it replaces. */
export function touchedBy(steps: readonly Step[], shard: number): Touched {
  const orders = new Set<number>();
  const placed = new Set<number>();
  const trades = new Set<TradeNumber>();
  const extended = new Set<TradeNumber>();
  const decided = new Set<TradeNumber>();
  for (const { entry, events } of steps) {
    if ('tradeNumber' in entry.command) trades.add(entry.command.tradeNumber);
    if (entry.command.kind === 'DecideReservation') decided.add(entry.command.tradeNumber);
    if (entry.command.kind === 'ExtendLease') extended.add(entry.command.tradeNumber);
    for (const event of events) {
      if ('orderId' in event) orders.add(event.orderId);
      if (event.kind === 'OrderAccepted' && !event.repeated) placed.add(event.orderId);
      if (event.kind === 'BidContinued') orders.add(event.parentId);
      if ('tradeNumber' in event) trades.add(event.tradeNumber);
      if (event.kind === 'ReservationEnded') decided.add(event.reservation);
      if (event.kind !== 'TradeMade' && event.kind !== 'PieceReserved') continue;
      orders.add(event.bidId).add(event.offerId);
      if (event.kind === 'TradeMade' && event.replaces) trades.add(event.replaces);
    }
  }
  const idsOf = (numbers: Set<TradeNumber>) => [...numbers].map((number) => tradeId(shard, number));
  return { orderIds: [...orders.difference(placed)], tradeIds: idsOf(trades), extendedIds: idsOf(extended), decidedIds: idsOf(decided) };
}

type Label = Pick<BidRow, 'project' | 'programme_id' | 'client_order_id' | 'image' | 'public_key' | 'terms'>;

/** Carries a step's events into the rows, and says what others have to be told. */
export class Projection {
  readonly told: Told[] = [];
  /** What the last step changed. */
  readonly changed: { readonly orders: Set<number>; readonly trades: Set<number>; readonly leases: Set<number> };
  private readonly leases: LeaseLife;
  private readonly pieces: PieceLife;
  private readonly tradeTold: TradeTold;
  private readonly placing: Placing;
  private marks = marksOf([]);
  /** Of the step that is being applied. */
  private trace: string | undefined;

  constructor(
    private readonly rows: Rows,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
  ) {
    this.placing = new Placing(rows, dictionary, shard);
    const tell: Tell = (message, data, participantId, time) => this.tell(message, data, participantId, time);
    this.leases = new LeaseLife(rows, dictionary, shard, tell);
    this.tradeTold = new TradeTold(dictionary, shard);
    this.pieces = new PieceLife(rows, shard, this.tradeTold, tell, (bid, time) => this.tellClosed(bid, time));
    this.changed = { orders: new Set(), trades: new Set(), leases: this.leases.changed };
  }

  apply(step: Step): void {
    for (const ids of Object.values(this.changed)) ids.clear();
    this.marks = marksOf(step.events);
    this.trace = step.entry.trace;
    this.leases.start(step);
    if (step.entry.command.kind === 'ConfirmLease' && !step.refused) this.leases.confirm(step, step.entry.command);
    for (const event of step.events) this.carry(step, event);
  }

  private carry(step: Step, event: Event): void {
    switch (event.kind) {
      case 'OrderAccepted':
        return event.repeated ? undefined : this.accept(step, event.orderId);
      case 'OrderAmended':
        return this.amend(step.entry);
      case 'TradeMade':
        return this.trade(step, event);
      case 'PieceReserved':
        this.changed.orders.add(event.bidId);
        return this.pieces.reserve(step, event);
      case 'ReservationEnded': {
        const bid = this.pieces.end(step, event);
        if (bid) this.changed.orders.add(Number(bid.bid_id));
        return undefined;
      }
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
        return this.leases.end(event.tradeNumber, event.due);
      case 'LeaseLost':
        return this.leases.lose(step, event);
      case 'LeaseReclaimed':
        return this.leases.reclaim(step, event);
      case 'BidContinued':
        return this.continue(step, event);
      case 'LeaseCutShort':
        return this.leases.cut(step, event);
      case 'TradeReleased':
        return this.release(step, event.tradeNumber);
      case 'BuyingPowerLowered': {
        // What goes to another shard stays in the market.
        if (step.entry.slice) return undefined;
        const { participantId, requestId, accepted, amount } = event;
        return this.tell(BuyingPowerLowered, { participantId, requestId, accepted, amount: BigInt(amount) }, participantId, step.time);
      }
      case 'Applied':
      case 'BookHalted':
      // What stands behind a trade is told with it.
      case 'StandbyMade':
      case 'LeaseResold':
      case 'LeaseExtended':
      case 'ProceedsShared':
      case 'BookReopened':
      case 'BuyingPowerRaised':
      case 'SliceTaken':
      case 'ChangeRefused':
      case 'CommandRefused':
      case 'OrderRefused':
        return undefined;
    }
  }

  // ---- orders

  private accept(step: Step, orderId: number): void {
    this.placing.place(step);
    this.changed.orders.add(orderId);
  }

  /** the undelivered slots of a reclaimed lease are a bid of their own, for the same work. No programme's reservation goes with it. */
  private continue({ sequence, time }: Step, { orderId, parentId, terms, rest }: BidContinued): void {
    const parent = this.rows.bids.get(parentId)!;
    this.rows.bids.set(orderId, {
      ...parent,
      bid_id: BigInt(orderId),
      state: OrderState.OPEN,
      reason: 'reclaimed',
      sequence: BigInt(sequence),
      placed_at: BigInt(time),
      closed_at: 0n,
      request_hash: '',
      first_answer: Buffer.alloc(0),
      terms: this.encoded(terms),
      books: [...terms.books],
      programme_id: 0,
      filled: 0n,
      open: BigInt(rest),
      filled_units: 0,
      reserved: 0n,
    });
    this.changed.orders.add(orderId);
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
    return encodedTerms(contractTerms(terms, this.dictionary));
  }

  private rest(orderId: number, rest: number): void {
    const bid = this.rows.bids.get(orderId);
    if (bid) bid.open = BigInt(rest);
    // What a partner has no more its offer sells no more.
    else this.rows.offers.get(orderId)!.units = rest;
    this.changed.orders.add(orderId);
  }

  private close(step: Step, orderId: number, state: OrderState, reason: string, at: number): void {
    const bid = this.rows.bids.get(orderId);
    const row = bid ?? this.rows.offers.get(orderId)!;
    Object.assign(row, { state, reason, closed_at: BigInt(at) });
    if (bid) bid.open = 0n;
    this.changed.orders.add(orderId);
    // What its pieces would take is not free yet.
    if (bid?.reserved) return;
    this.tellClosed(row, step.time);
  }

  private tellClosed(row: BidRow | OfferRow, time: number): void {
    const isBid = 'bid_id' in row;
    const closed = {
      orderId: Number(isBid ? row.bid_id : row.offer_id),
      participantId: row.participant_id,
      isBid,
      reason: row.reason,
      filledUnits: isBid ? row.filled_units : 0,
      programmeId: isBid ? row.programme_id : 0,
    };
    this.tell(OrderClosed, closed, row.participant_id, time);
  }

  // ---- trades and leases

  /**
   * What a lease is for: what its bid says or, where it is placed anew or was reserved, what the lost one or the piece was for: the bid's id may be another's by
   * now (R-10a).
   */
  private labelOf(made: Made, piece: PieceRow | undefined): Label {
    const bid = this.rows.bids.get(made.bidId)!;
    if (piece) {
      const { piece: reserved, image, publicKey } = PieceReserved.decode(piece.body);
      const { client_order_id, programme_id } = piece;
      return { terms: bid.terms, project: reserved!.project, programme_id, client_order_id, image, public_key: publicKey };
    }
    if (!made.replaces) return bid;
    const lost = tradeId(this.shard, made.replaces);
    return { ...this.rows.leases.get(lost)!, terms: bid.terms, programme_id: this.rows.trades.get(lost)!.programme_id };
  }

  private trade(step: Step, made: Made): void {
    const id = tradeId(this.shard, made.tradeNumber);
    const piece = this.rows.pieces.get(id);
    const promised = step.promised.get(made.tradeNumber)!;
    const unitSlots = made.units * (made.to - made.from);
    const offer = this.rows.offers.get(made.offerId)!;
    offer.sold_unit_slots += BigInt(unitSlots);
    const marks = this.marks(made.tradeNumber);
    const { standby, resold, extended } = marks;
    if (piece) this.pieces.make(piece, made.units);
    else if (!made.replaces && !standby) {
      const bid = this.rows.bids.get(made.bidId)!;
      bid.filled += BigInt(made.counted);
      bid.open = bid.open > BigInt(made.counted) ? bid.open - BigInt(made.counted) : 0n;
      bid.filled_units += made.units;
    }
    const label = this.labelOf(made, piece);
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
      project: label.project,
      standby,
      resold_lease_id: BigInt(this.tradeTold.idOf(resold?.tradeNumber)),
      extended_lease_id: BigInt(this.tradeTold.idOf(extended?.tradeNumber)),
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
      programme_id: label.programme_id,
    });
    this.rows.leases.set(id, {
      ...shared,
      lease_id: BigInt(id),
      state: promised.confirmBy ? LeaseState.PENDING : LeaseState.CONFIRMED,
      delivered_from: made.from,
      delivered_to: made.to,
      client_order_id: label.client_order_id,
      image: label.image,
      public_key: label.public_key,
      endpoint: '',
      sealed_secret: Buffer.alloc(0),
      confirm_by: BigInt(promised.confirmBy),
      confirmed_at: promised.confirmBy ? 0n : BigInt(step.time),
      held: BigInt(made.computeAmount + made.transferAmount),
      unit_slots: BigInt(unitSlots),
      // the pool's provider delivers what was resold.
      provider_id: resold?.deliveredById ?? made.providerId,
      reason: made.replaces ? `in place of ${tradeId(this.shard, made.replaces)}` : '',
      changed_at: BigInt(step.time),
      reclaimed_by: 0,
      reclaimed_at: 0n,
    });
    this.changed.orders.add(made.bidId).add(made.offerId);
    this.changed.trades.add(id);
    const trade = this.tradeTold.of(step, made, label, marks);
    if (piece) {
      const { piece: reserved, platformId, reservationId } = PieceReserved.decode(piece.body);
      Object.assign(trade, { platformId, reservationId, regionOfDemand: reserved!.regionOfDemand });
    }
    this.tell(TradeMade, trade, made.buyerId, step.time);
    this.leases.told(this.rows.leases.get(id)!, step.time);
    if (piece) this.pieces.made(piece, step.time);
  }

  private release(step: Step, number: TradeNumber): void {
    const id = tradeId(this.shard, number);
    const row = this.rows.trades.get(id)!;
    row.released = true;
    this.changed.trades.add(id);
    this.tell(TradeReleased, { tradeId: id }, row.buyer_id, step.time);
  }

  /** Everything of one participant comes in order. */
  private tell<T extends object>(message: Message<T>, data: T, participantId: number, time: number): void {
    this.told.push({ message: message, data, subject: `participant/${participantId}`, time, traceparent: this.trace });
  }
}
