// The market, as the service that speaks with partners meets it: units by model, reservations known by their ids, and what it is told of remote supply.
import { Injectable, Module } from '@nestjs/common';
import {
  ComputeClass,
  type DecideReservationRequest,
  type GetReservationRequest,
  LeaseMeasured,
  type ListOnSaleRequest,
  type ListOnSaleResponse,
  PartnerCompensated,
  PartnerNetted,
  PieceReserved,
  RemoteLeaseMeasured,
  RemoteLeasesLost,
  RemotePieceDecided,
  RemoteSupplyChanged,
  Reservation,
  ReservationEnded,
  ReservationsDefinition,
  ReservationState,
  type ReserveRequest,
  Tier,
  TradeMade,
  Unit,
} from '#contracts';
import type { Message } from '#contracts';
import { amountOf, type Levels, levelsWithin, slotAt } from '#domain';
import {
  Clock,
  Database,
  type EventMeta,
  type Implementation,
  On,
  Outbox,
  Rpc,
  type Tx,
  absent,
  conflict,
  service,
  unitsBySlot,
} from '#platform';
import { firstMoment } from '#testing';

/** What a market by hand is to do instead of answering, once. */
type Fault = 'before' | 'after';

@Rpc(ReservationsDefinition)
@Injectable()
export class MarketByHand implements Implementation<typeof ReservationsDefinition> {
  /** Of any kind. */
  units = 64;
  /** What it says that it has on sale, whatever is asked for; undefined: it has no pool of it, and says nothing. */
  onSale: Levels | undefined;
  /** Called where it was asked for that. */
  looked: () => void = () => undefined;
  readonly supply: RemoteSupplyChanged[] = [];
  readonly decided: RemotePieceDecided[] = [];
  readonly measured: RemoteLeaseMeasured[] = [];
  readonly lost: RemoteLeasesLost[] = [];
  readonly netted: PartnerNetted[] = [];
  readonly made: string[] = [];
  /** It ends before, or after, it has done what it is asked next. */
  fault: Fault | undefined;
  /** The same, of the next decision. */
  decisionFault: Fault | undefined;
  /** Called where it is asked to decide; what it throws is the answer. */
  deciding: () => void = () => undefined;
  /** Called where it is asked to reserve, before it does. */
  reserving: () => Promise<void> = () => Promise.resolve();
  private readonly reservations = new Map<string, Reservation>();
  private trades = 100;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async reserve({ participantId, reservationId, terms, until }: ReserveRequest): Promise<Reservation> {
    await this.reserving();
    this.fail('before');
    const { units } = terms!;
    const isThere = units <= this.units;
    if (!this.reservations.has(reservationId)) {
      if (isThere) this.units -= units;
      const pieces = isThere ? [{ tradeId: (this.trades += 1), units }] : [];
      const state = isThere ? ReservationState.OPEN : ReservationState.UNFILLED;
      this.reservations.set(reservationId, Reservation.create({ participantId, reservationId, state, until, pieces }));
    }
    this.fail('after');
    return this.reservations.get(reservationId)!;
  }

  async decideReservation({ reservationId, commit }: DecideReservationRequest): Promise<Reservation> {
    this.deciding();
    this.failDeciding('before');
    this.fail('before');
    const known = this.get(reservationId);
    const to = commit ? ReservationState.MADE : ReservationState.RELEASED;
    if (known.state !== to) {
      if (known.state !== ReservationState.OPEN) throw conflict('reservation_must_be_open', 'it is not');
      known.state = to;
      if (commit) this.made.push(reservationId);
      else this.units += known.pieces[0]!.units;
    }
    this.failDeciding('after');
    this.fail('after');
    return known;
  }

  async getReservation({ reservationId }: GetReservationRequest): Promise<Reservation> {
    return this.get(reservationId);
  }

  async listOnSale({ kinds }: ListOnSaleRequest): Promise<ListOnSaleResponse> {
    const { onSale } = this;
    this.looked();
    return {
      onSale: kinds.map(({ window }) => ({ known: onSale !== undefined, units: unitsBySlot(levelsWithin(onSale ?? [], window!)) })),
    };
  }

  forget(): void {
    this.reservations.clear();
  }

  /** A bid has taken units of the pool that the market was told of last. @param number of the trade that it would be */
  async take(number: number, units: number, change: Partial<PieceReserved> = {}): Promise<void> {
    const pool = this.supply.at(-1)!;
    const { from } = pool.window!;
    const piece = TradeMade.create({
      ...{ tradeId: number, buyerId: 12, providerId: pool.participantId, poolId: pool.remotePoolId, siteId: pool.remoteSiteId },
      ...{ book: { computeClass: ComputeClass.INTELLIGENT, model: pool.model, unit: Unit.CARD, tier: Tier.FIRM } },
      ...{
        units,
        window: { from, to: from + 8 },
        price: pool.price,
        computeAmount: BigInt(amountOf(pool.price, units, 8)),
        domestic: pool.domestic,
      },
    });
    const told = PieceReserved.create({ piece, platformId: pool.participantId, reservationId: number, pieces: 1, perNode: 8, ...change });
    await this.tell(PieceReserved, told);
  }

  async end(number: number, partnerId: number): Promise<void> {
    await this.tell(ReservationEnded, ReservationEnded.create({ reservationId: number, platformId: partnerId, tradeIds: [number] }));
  }

  async tell<T>(message: Message<T>, event: T): Promise<void> {
    await this.database.transaction((tx) => this.outbox.publish(tx, message, event, 'test'));
  }

  @On(RemoteSupplyChanged)
  async supplyChanged(event: RemoteSupplyChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.supply.push(event);
  }

  @On(RemotePieceDecided)
  async pieceDecided(event: RemotePieceDecided, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.decided.push(event);
  }

  @On(PartnerNetted)
  async partnerNetted(event: PartnerNetted, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.netted.push(event);
  }

  @On(RemoteLeasesLost)
  async leasesLost(event: RemoteLeasesLost, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.lost.push(event);
  }

  @On(RemoteLeaseMeasured)
  async leaseMeasured(event: RemoteLeaseMeasured, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.measured.push(event);
  }

  private get(reservationId: string): Reservation {
    const known = this.reservations.get(reservationId);
    if (!known) throw absent(`reservation ${reservationId}`);
    const hasLapsed = known.state === ReservationState.OPEN && known.until < this.clock.now();
    if (hasLapsed) known.state = ReservationState.LAPSED;
    return known;
  }

  private failDeciding(when: Fault): void {
    if (this.decisionFault !== when) return;
    this.decisionFault = undefined;
    throw new Error('the market has ended');
  }

  private fail(when: Fault): void {
    if (this.fault !== when) return;
    this.fault = undefined;
    throw new Error('the market has ended');
  }
}

@Module({ imports: [service({ name: 'scheduler' })], providers: [MarketByHand] })
export class MarketByHandModule {}

/** Says what leases got. */
@Injectable()
export class MonitoringByHand {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async tell(measure: LeaseMeasured): Promise<void> {
    await this.database.transaction((tx) => this.outbox.publish(tx, LeaseMeasured, measure, 'test'));
  }
}

@Module({ imports: [service({ name: 'monitoring' })], providers: [MonitoringByHand] })
export class MonitoringByHandModule {}

/** Says what was settled of green energy. */
@Injectable()
export class SettlementByHand {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async tell(compensated: PartnerCompensated): Promise<void> {
    await this.database.transaction((tx) => this.outbox.publish(tx, PartnerCompensated, compensated, 'test'));
  }
}

@Module({ imports: [service({ name: 'settlement' })], providers: [SettlementByHand] })
export class SettlementByHandModule {}

/** A window of two hours in that of `supplyOf`. */
export const window = { from: slotAt(firstMoment) + 96, to: slotAt(firstMoment) + 104 };
