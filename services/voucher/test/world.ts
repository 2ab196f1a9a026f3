// Vouchers with the real settlement beside them, and the rest of the exchange as both meet it: facts, trades and leases told, and an engine that agrees.
import { Injectable, Module } from '@nestjs/common';
import {
  BillIssued,
  BuyingPowerLowerRequested,
  BuyingPowerLowered,
  ComputeClass,
  LeaseChanged,
  LeaseMeasured,
  LeaseState,
  type Message,
  OrderClosed,
  OrganisationSize,
  ParticipantChanged,
  type Programme,
  ProgrammeTerms,
  RegistrationState,
  SettlementDefinition,
  SubsidyClawedBack,
  SubsidyDecided,
  type SubsidyForBid,
  SubsidyKind,
  SubsidyTier,
  Tier,
  TradeMade,
  TradeReleased,
  TradeSettled,
  VoucherDefinition,
  topicOf,
} from '#contracts';
import { shanghaiDay, slotAt, startOfSlot } from '#domain';
import { Clock, Database, type EventMeta, On, Outbox, type Tx, service } from '#platform';
import { SettlementModule } from '#settlement';
import { type TestCaller, type TestExchange, testExchange } from '#testing';
import { VoucherModule } from '#voucher';

@Injectable()
export class Others {
  readonly decided: SubsidyDecided[] = [];
  readonly clawedBack: SubsidyClawedBack[] = [];
  readonly bills: BillIssued[] = [];
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** As the service that tells such events would: each topic has its own source and count. */
  async tell<T>(message: Message<T>, data: T): Promise<void> {
    const source = `others/${topicOf(message.$type)}`;
    const sequence = (this.counts.get(source) ?? 0) + 1;
    this.counts.set(source, sequence);
    const event = { sequence, data, subject: 'test', time: this.clock.now() };
    await this.database.transaction((tx) => this.outbox.publishAt(tx, source, message, [event]));
  }

  /** as the market, once the engine is done with a trade. */
  @On(TradeSettled)
  async settled({ tradeId }: TradeSettled, _tx: Tx, _meta: EventMeta): Promise<void> {
    await this.tell(TradeReleased, { tradeId });
  }

  @On(BuyingPowerLowerRequested)
  async lower({ participantId, requestId, amount }: BuyingPowerLowerRequested, tx: Tx, _meta: EventMeta): Promise<void> {
    const answer = { participantId, requestId, amount, accepted: true };
    await this.outbox.publish(tx, BuyingPowerLowered, answer, `participant/${participantId}`);
  }

  @On(BillIssued)
  async bill(event: BillIssued, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.bills.push(event);
  }

  @On(SubsidyDecided)
  async decide(event: SubsidyDecided, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.decided.push(event);
  }

  @On(SubsidyClawedBack)
  async clawBack(event: SubsidyClawedBack, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.clawedBack.push(event);
  }
}

@Module({ imports: [service({ name: 'others' })], providers: [Others] })
class OthersModule {}

export const authority: TestCaller = { participantId: 2, roles: ['authority'] };
/** The authority's officers: the same participant, other keys. */
export const officer = (key: string) => ({ caller: { ...authority, name: key } });
export const otherAuthority: TestCaller = { participantId: 3, roles: ['authority'] };
export const market: TestCaller = { participantId: 0, roles: ['service'] };
export const buyer: TestCaller = { participantId: 10, roles: ['buyer'] };
export const provider = 20;
/** Of the buyer's own group. */
export const sister = 21;

const buyers = Array.from({ length: 8 }, (_, index) => buyer.participantId + index);
export const yuan = (amount: number): bigint => BigInt(Math.round(amount * 1e6));

export class World {
  private ids = 1_000;

  private constructor(
    readonly exchange: TestExchange,
    readonly others: Others,
  ) {}

  static async open(): Promise<World> {
    const exchange = await testExchange({ modules: [SettlementModule, VoucherModule, OthersModule] });
    const world = new World(exchange, exchange.running.get(Others));
    for (const participantId of buyers) await world.participant(participantId, 100 + participantId);
    await world.participant(authority.participantId, 1);
    await world.participant(provider, 200);
    await world.participant(sister, 100 + buyer.participantId);
    await exchange.advance();
    return world;
  }

  async participant(participantId: number, ownerGroup: number, part: Partial<ParticipantChanged> = {}): Promise<void> {
    await this.others.tell(
      ParticipantChanged,
      ParticipantChanged.create({
        participantId,
        ownerGroup,
        state: RegistrationState.VERIFIED,
        region: 500103,
        industry: 'I',
        size: OrganisationSize.SMALL,
        ...part,
      }),
    );
  }

  voucher(caller: TestCaller = authority) {
    return this.exchange.call(VoucherDefinition, caller);
  }

  get settlement() {
    return this.exchange.call(SettlementDefinition);
  }

  get today(): number {
    return shanghaiDay(slotAt(this.exchange.now()));
  }

  /** 20 % of what buyers in Chongqing pay, for this day and the 300 after it. */
  terms(part: Partial<ProgrammeTerms> = {}): ProgrammeTerms {
    return {
      ...ProgrammeTerms.create(),
      name: 'Chongqing 2026',
      budget: yuan(1_000),
      firstDay: this.today,
      lastDay: this.today + 300,
      kind: SubsidyKind.GUARANTEE,
      eligibility: { regions: [500000], industries: [], sizes: [], firstTime: false },
      coverage: undefined,
      tiers: [this.tier()],
      officersFrom: 0n,
      ...part,
    };
  }

  tier(part: Partial<ProgrammeTerms['tiers'][number]> = {}): ProgrammeTerms['tiers'][number] {
    return { ...SubsidyTier.create(), rateBp: 2_000, ...part };
  }

  /** Drafted and submitted by the authority, approved by another of its officers and by the operator. */
  async programme(part: Partial<ProgrammeTerms> = {}): Promise<Programme> {
    const { programmeId } = await this.voucher().createProgramme({ terms: this.terms(part) });
    await this.voucher().submitProgramme({ programmeId });
    await this.voucher().approveProgramme({ programmeId }, officer('second'));
    return this.voucher({ participantId: 1, roles: ['operator'] }).approveProgramme({ programmeId });
  }

  bid(programmeId: number, part: Partial<SubsidyForBid> = {}): SubsidyForBid {
    return {
      orderId: ++this.ids,
      programmeId,
      buyerId: buyer.participantId,
      worstCase: yuan(100),
      classes: [ComputeClass.INTELLIGENT],
      domesticOnly: false,
      greenShareBpMin: 0,
      providersIn: [],
      attempt: 0,
      ...part,
    };
  }

  reserve(bid: SubsidyForBid) {
    return this.voucher(market).reserveSubsidy(bid);
  }

  async deposit(participantId: number, amount: bigint): Promise<void> {
    await this.settlement.recordDeposit({ participantId, amount, bankReference: `receipt ${++this.ids}` });
    await this.exchange.advance();
  }

  /** The bid fills wholly at its limit for an hour from the next slot, is delivered and measured. */
  async deliver(bid: SubsidyForBid, part: Partial<TradeMade> = {}): Promise<TradeMade> {
    const [trade] = await this.deliverAll([{ bid, part }]);
    return trade!;
  }

  /** The same of several at once. */
  async deliverAll(all: readonly { bid: SubsidyForBid; part?: Partial<TradeMade> }[], unitSlotsUp = 4): Promise<TradeMade[]> {
    const trades: TradeMade[] = [];
    for (const { bid, part } of all) trades.push(await this.make(bid, part));
    for (const { bid } of all) await this.tellClosed(bid);
    await this.exchange.advance();
    await this.exchange.advanceTo(startOfSlot(Math.max(...trades.map(({ window }) => window!.to))));
    for (const { tradeId, window, computeAmount } of trades) {
      const ended = { leaseId: tradeId, state: LeaseState.ENDED, units: 1, delivered: window, unitSlots: 4, held: computeAmount };
      await this.others.tell(LeaseChanged, LeaseChanged.create(ended));
      await this.others.tell(LeaseMeasured, LeaseMeasured.create({ leaseId: tradeId, unitSlotsDue: 4, unitSlotsUp, energyMeasured: true }));
    }
    await this.exchange.advance(900_000);
    return trades;
  }

  private async make(bid: SubsidyForBid, part: Partial<TradeMade> = {}): Promise<TradeMade> {
    const from = slotAt(this.exchange.now()) + 1;
    const amount = part.computeAmount ?? bid.worstCase;
    const trade = TradeMade.create({
      tradeId: ++this.ids,
      bidId: bid.orderId,
      buyerId: bid.buyerId,
      providerId: provider,
      poolId: 1,
      siteId: 1,
      region: 500000,
      book: { computeClass: ComputeClass.INTELLIGENT, model: 'A100', unit: 1, tier: Tier.FIRM },
      nodes: [{ node: 0, units: 1 }],
      units: 1,
      window: { from, to: from + 4 },
      price: Number(bid.worstCase),
      computeAmount: amount,
      subsidy: await this.shareOf(bid, amount),
      programmeId: bid.programmeId,
      madeAt: this.exchange.now(),
      ...part,
    });
    await this.others.tell(TradeMade, trade);
    return trade;
  }

  /** What the bid's reservation pays of a trade, as the engine would say. */
  private async shareOf({ orderId }: SubsidyForBid, amount: bigint): Promise<bigint> {
    const [row] = await this.exchange.database.query<{ rate_bp: number; left: bigint }>(
      'SELECT rate_bp, amount - in_trades - released AS left FROM settlement.reservations WHERE order_id = $1 AND open',
      [orderId],
    );
    if (!row) return 0n;
    const byRate = (amount * BigInt(row.rate_bp)) / 10_000n;
    return byRate < row.left ? byRate : row.left;
  }

  /** What its provider says that a delivered RECLAIMABLE lease used, of 4 unit-slots. */
  async used({ tradeId, window }: TradeMade, version: number, unitSlots: number): Promise<void> {
    const record = { recordId: `r${tradeId}`, version, leaseId: tradeId, meterSequence: 1, window, unitSlots };
    await this.exchange.call(SettlementDefinition, { participantId: provider, roles: ['provider'] }).reportUsage({ records: [record] });
  }

  async close(bid: SubsidyForBid): Promise<void> {
    await this.tellClosed(bid);
    await this.exchange.advance();
  }

  private tellClosed({ orderId, buyerId: participantId, programmeId }: SubsidyForBid): Promise<void> {
    return this.others.tell(OrderClosed, OrderClosed.create({ orderId, participantId, programmeId, isBid: true, reason: 'filled' }));
  }

  /** Bills everything of this month. */
  async closeMonth(): Promise<void> {
    const month = monthOf(this.exchange.now());
    await this.exchange.advanceTo(startOfNextMonth(this.exchange.now()));
    await this.settlement.closeBillingPeriod({ month });
    await this.exchange.advance();
  }

  async balances(programmeId: number) {
    return this.voucher().getBalances({ programmeId });
  }

  deadLetters() {
    return this.exchange.database.query(
      'select type, cause from voucher.dead_letter union all select type, cause from settlement.dead_letter',
    );
  }
}

const shanghai = 8 * 3_600_000;
const monthOf = (time: number): string => new Date(time + shanghai).toISOString().slice(0, 7);
const startOfNextMonth = (time: number): number => {
  const local = new Date(time + shanghai);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - shanghai;
};
