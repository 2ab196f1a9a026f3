// A market and those around it: what registry, monitoring and settlement would tell comes from one teller, through the real bus.
import { Injectable, Module, type Type } from '@nestjs/common';
import { slotAt, slotMs } from '#domain';
import {
  BidTerms,
  BuyingPowerLowered,
  BuyingPowerRaised,
  LeaseChanged,
  OrderClosed,
  TradeMade,
  TradeReleased,
  PieceReserved,
  ReservationEnded,
  ReservationsDefinition,
  ComputeClass,
  LeasingDefinition,
  MarketControlDefinition,
  MarketDefinition,
  OrganisationSize,
  ParticipantChanged,
  PoolChanged,
  RegistrationState,
  SchedulingDefinition,
  SiteChanged,
  Tier,
  Unit,
  topicOf,
  type Message,
} from '#contracts';
import { Database, On, Outbox, service, type Config, type EventMeta, type Tx } from '#platform';
import { firstMoment, operator, testExchange, type TestCaller, type TestExchange } from '#testing';
import { SchedulerModule } from '../src/scheduler.module.js';
import type { Sequencer } from '../src/sequencer.js';
import { Shards } from '../src/shards.js';

class Teller {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async tell<T>(message: Message<T>, events: readonly T[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const data of events) await this.outbox.publish(tx, message, data, 'test');
    });
  }
}

/** Each source tells on a topic of its own. */
const tellers = Object.fromEntries(
  (['registry', 'monitoring', 'settlement', 'interconnect'] as const).map((name) => {
    const token = Symbol(name);
    const provide = {
      provide: token,
      inject: [Database, Outbox],
      useFactory: (database: Database, outbox: Outbox) => new Teller(database, outbox),
    };
    class TellerModule {}
    return [name, { token, module: { module: TellerModule, imports: [service({ name })], providers: [provide] } }];
  }),
);

interface Heard {
  readonly type: string;
  readonly event: unknown;
  readonly meta: EventMeta;
}

/** Hears what the market tells. */
@Injectable()
class Listener {
  readonly heard: Heard[] = [];
  @On(TradeMade) async tradeMade(event: TradeMade, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(TradeMade.$type, event, meta);
  }
  @On(LeaseChanged) async leaseChanged(event: LeaseChanged, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(LeaseChanged.$type, event, meta);
  }
  @On(OrderClosed) async orderClosed(event: OrderClosed, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(OrderClosed.$type, event, meta);
  }
  @On(BuyingPowerLowered) async lowered(event: BuyingPowerLowered, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(BuyingPowerLowered.$type, event, meta);
  }
  @On(TradeReleased) async released(event: TradeReleased, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(TradeReleased.$type, event, meta);
  }

  @On(PieceReserved) async pieceReserved(event: PieceReserved, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(PieceReserved.$type, event, meta);
  }
  @On(ReservationEnded) async reservationEnded(event: ReservationEnded, _tx: Tx, meta: EventMeta): Promise<void> {
    this.hear(ReservationEnded.$type, event, meta);
  }

  private hear(type: string, event: unknown, meta: EventMeta): void {
    this.heard.push({ type, event, meta });
  }
}

@Module({ imports: [service({ name: 'listener' })], providers: [Listener] })
class ListenerModule {}

export const providerId = 2;
export const buyerId = 3;
export const otherBuyerId = 4;
export const provider: TestCaller = { participantId: providerId, roles: ['provider'] };
export const buyer: TestCaller = { participantId: buyerId, roles: ['buyer'] };
export const otherBuyer: TestCaller = { participantId: otherBuyerId, roles: ['buyer'] };
export const poolId = 1;
/** Its leases wait for the provider. */
export const slowPoolId = 2;
export const book = { computeClass: ComputeClass.INTELLIGENT, model: 'A100', unit: Unit.CARD, tier: Tier.FIRM };
export const slowBook = { ...book, model: 'H100' };
export const firstSlot = slotAt(firstMoment);
export const yuan = 1_000_000;

/** One A100 for an hour, from the next slot, for at most 10 yuan. */
export const oneHour = (terms: Partial<BidTerms> = {}): BidTerms =>
  BidTerms.create({ books: [book], units: 1, durationSlots: 4, latest: firstSlot + 96, limitPrice: 10 * yuan, ...terms });

export class TestMarket {
  constructor(readonly exchange: TestExchange) {}

  get shards(): Shards {
    return this.exchange.running.get(Shards);
  }

  /** The first shard's. */
  get sequencer(): Sequencer {
    return this.shards.home;
  }

  get database(): Database {
    return this.shards.database;
  }

  async tell<T>(message: Message<T>, ...events: T[]): Promise<void> {
    await this.exchange.running.get<Teller>(tellers[topicOf(message.$type)]!.token).tell(message, events);
    await this.exchange.advance();
  }

  scheduling(caller: TestCaller) {
    return this.exchange.call(SchedulingDefinition, caller);
  }

  market(caller: TestCaller = operator) {
    return this.exchange.call(MarketDefinition, caller);
  }

  control(caller: TestCaller) {
    return this.exchange.call(MarketControlDefinition, caller);
  }

  leasing(caller: TestCaller) {
    return this.exchange.call(LeasingDefinition, caller);
  }

  reservations(caller: TestCaller) {
    return this.exchange.call(ReservationsDefinition, caller);
  }

  /** Units of a pool at 2 yuan an hour, for the whole day. */
  async offer(units: number, ask = 2 * yuan, pool = poolId) {
    const window = { from: firstSlot + 1, to: firstSlot + 97 };
    return this.scheduling(provider).submitOffer({ poolId: pool, tier: Tier.FIRM, units, window, ask });
  }

  /** What the market told of this kind, in order. */
  told<T>(message: Message<T>): T[] {
    return this.heard.filter(({ type }) => type === message.$type).map(({ event }) => event as T);
  }

  toldSequences(source: string): number[] {
    return this.heard.filter(({ meta }) => meta.source === source).map(({ meta }) => meta.sequence);
  }

  private get heard(): Heard[] {
    return this.exchange.running.get(Listener).heard;
  }

  async hash(): Promise<string> {
    return (await this.market().getMarketState({})).stateHash;
  }

  async slots(count: number): Promise<void> {
    await this.exchange.advance(count * slotMs);
  }
}

export const operatorState = (market: TestMarket) => market.market().getMarketState({});

/** A provider with two pools of 32 cards, of which one confirms its leases at once and one does not, and two buyers with a thousand yuan each. */
export async function testMarket(config: Partial<Config> = {}, told: (keyof typeof tellers)[] = []): Promise<TestMarket> {
  const market = await openMarket(['registry', 'monitoring', 'settlement', ...told], [], config);
  await market.tell(BuyingPowerRaised, raise(buyerId), raise(otherBuyerId));
  return market;
}

/** The same with real services beside it instead of their tellers, and nobody with money yet. */
export async function openMarket(told: (keyof typeof tellers)[], beside: Type[], config: Partial<Config> = {}): Promise<TestMarket> {
  const modules = [...told.map((name) => tellers[name]!.module), ...beside, SchedulerModule, ListenerModule];
  const market = new TestMarket(await testExchange({ modules, config }));
  await market.tell(ParticipantChanged, participant(providerId), participant(buyerId), participant(otherBuyerId));
  await market.tell(SiteChanged, site);
  await market.tell(PoolChanged, pool(poolId, book.model, true), pool(slowPoolId, slowBook.model, false));
  return market;
}

export const participant = (participantId: number, more: Partial<ParticipantChanged> = {}): ParticipantChanged =>
  ParticipantChanged.create({
    participantId,
    name: `participant ${participantId}`,
    state: RegistrationState.VERIFIED,
    ownerGroup: participantId,
    region: 500000,
    industry: 'I',
    size: OrganisationSize.SMALL,
    orderRatePerSecond: 1_000_000,
    orderValueCap: 1_000_000_000_000n,
    ...more,
  });

export const site = SiteChanged.create({
  siteId: 1,
  providerId,
  name: 'site 1',
  state: RegistrationState.VERIFIED,
  region: 500000,
  zone: 1,
  securityGrade: 3,
  greenShareBp: 6_000,
  pueMilli: 1_250,
});

export const pool = (id: number, model: string, confirmsAtOnce: boolean): PoolChanged =>
  PoolChanged.create({
    poolId: id,
    siteId: 1,
    providerId,
    state: RegistrationState.VERIFIED,
    computeClass: book.computeClass,
    model,
    unit: book.unit,
    unitsPerNode: 8,
    nodeCount: 4,
    memoryGibPerUnit: 80,
    interconnect: 4,
    tflopsFp16Milli: 312_000,
    tflopsFp32Milli: 19_500,
    reliabilityBp: 9_900,
    confirmsAtOnce,
  });

export const raise = (participantId: number, number = 1): BuyingPowerRaised =>
  BuyingPowerRaised.create({ participantId, number, amount: 1_000_000_000n, cause: 'deposit' });
