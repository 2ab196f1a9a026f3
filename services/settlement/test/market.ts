// The others, as settlement meets them: an engine that keeps buying power by the numbered deltas, and whoever publishes trades, measures and decisions.
import { Injectable, Module } from '@nestjs/common';
import {
  BillIssued,
  BillRefunded,
  BuyingPowerLowered,
  BuyingPowerLowerRequested,
  BuyingPowerRaised,
  LeaseChanged,
  LeaseMeasured,
  LeaseState,
  LedgerDefinition,
  OrderClosed,
  ParticipantChanged,
  PartnerCompensated,
  SettlementDefinition,
  SubsidyClawedBack,
  SubsidyDecided,
  Tier,
  TradeMade,
  OverdueChanged,
  TradeReleased,
  TradeSettled,
} from '#contracts';
import type { Message } from '#contracts';
import { slotAt, startOfSlot } from '#domain';
import { auditServices, Database, databaseAddress, On, Outbox, service } from '#platform';
import type { Config, EventMeta, Finding, Tx } from '#platform';
import { SettlementModule } from '#settlement';
import { testExchange } from '#testing';
import type { TestCaller, TestExchange } from '#testing';
import { billsAudit } from '../src/audit/bills/bills-audit.js';
import { partnersAudit } from '../src/audit/partners-audit.js';
import { refundsAudit } from '../src/audit/refunds-audit.js';
import { withdrawalsAudit } from '../src/audit/withdrawals-audit.js';
import { splitCost } from '../src/core/hold.js';
import type { Split } from '../src/core/hold.js';

/** Publishes under a service's name: a source keeps to its topic. */
@Injectable()
class Voice {
  constructor(
    private readonly db: Database,
    protected readonly outbox: Outbox,
  ) {}

  /** In one transaction, in order. */
  async tell<T>(message: Message<T>, ...events: T[]): Promise<void> {
    const items = events.map((data) => ({ data, subject: 'test' }));
    await this.db.transaction((tx) => this.outbox.publishAll(tx, message, items));
  }
}

@Injectable()
class Registry extends Voice {}
@Injectable()
class Monitoring extends Voice {}
@Injectable()
class Vouchers extends Voice {}
@Injectable()
class Interconnect extends Voice {}

@Module({ imports: [service({ name: 'registry' })], providers: [Registry] })
class RegistryModule {}
@Module({ imports: [service({ name: 'monitoring' })], providers: [Monitoring] })
class MonitoringModule {}
@Module({ imports: [service({ name: 'voucher' })], providers: [Vouchers] })
class VoucherModule {}
@Module({ imports: [service({ name: 'interconnect' })], providers: [Interconnect] })
class InterconnectModule {}

/** R-26 as the engine does it: what a participant may spend, and what its trades reserve of that. */
@Injectable()
export class Market extends Voice {
  readonly raised: BuyingPowerRaised[] = [];
  readonly settled: TradeSettled[] = [];
  readonly bills: BillIssued[] = [];
  readonly refunds: BillRefunded[] = [];
  readonly overdue: OverdueChanged[] = [];
  readonly answers: BuyingPowerLowered[] = [];
  readonly compensated: PartnerCompensated[] = [];
  private readonly power = new Map<number, bigint>();
  private readonly reserved = new Map<number, bigint>();
  private readonly trades = new Map<number, { buyerId: number; rateBp: number; split: Split }>();
  /** Of reservations, by bid. */
  readonly rates = new Map<number, number>();

  /** a trade that lost units holds less: what it no longer does. */
  hold(tradeId: number, held: bigint): Split {
    const { buyerId, rateBp, split: before } = this.trades.get(tradeId)!;
    const split = splitCost(held, rateBp, before);
    this.reserved.set(buyerId, this.reserved.get(buyerId)! - before.money + split.money);
    this.trades.set(tradeId, { buyerId, rateBp, split });
    return { money: before.money - split.money, subsidy: before.subsidy - split.subsidy };
  }

  free(participantId: number): bigint {
    return (this.power.get(participantId) ?? 0n) - (this.reserved.get(participantId) ?? 0n);
  }

  /** What the engine thinks a participant has in all. */
  has(participantId: number): bigint {
    return this.power.get(participantId) ?? 0n;
  }

  /** In one transaction. */
  async trade(...trades: TradeMade[]): Promise<void> {
    for (const trade of trades) this.take(trade);
    await this.tell(TradeMade, ...trades);
  }

  private take(trade: TradeMade): void {
    const { tradeId, buyerId, subsidy } = trade;
    const money = trade.computeAmount + trade.transferAmount - subsidy;
    if (money > this.free(buyerId)) throw new Error('buying_power_must_cover_the_trade');
    this.reserved.set(buyerId, (this.reserved.get(buyerId) ?? 0n) + money);
    this.trades.set(tradeId, { buyerId, rateBp: this.rates.get(trade.bidId) ?? 0, split: { money, subsidy } });
  }

  @On(BuyingPowerRaised)
  async onRaised(event: BuyingPowerRaised, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.raised.push(event);
    this.power.set(event.participantId, (this.power.get(event.participantId) ?? 0n) + event.amount);
  }

  @On(OverdueChanged)
  async onOverdue(event: OverdueChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.overdue.push(event);
  }

  @On(TradeSettled)
  async onSettled(event: TradeSettled, tx: Tx, _meta: EventMeta): Promise<void> {
    this.settled.push(event);
    const { tradeId, buyerId, money } = event;
    const { split } = this.trades.get(tradeId)!;
    if (money > split.money) throw new Error('cost_must_be_within_what_the_trade_holds');
    this.power.set(buyerId, (this.power.get(buyerId) ?? 0n) - money);
    this.reserved.set(buyerId, this.reserved.get(buyerId)! - split.money);
    await this.outbox.publish(tx, TradeReleased, { tradeId }, `participant/${buyerId}`);
  }

  @On(BuyingPowerLowerRequested)
  async onLower({ participantId, requestId, amount }: BuyingPowerLowerRequested, tx: Tx, _meta: EventMeta): Promise<void> {
    const accepted = this.free(participantId) >= amount;
    if (accepted) this.power.set(participantId, this.power.get(participantId)! - amount);
    const answer = { participantId, requestId, accepted, amount };
    this.answers.push(answer);
    await this.outbox.publish(tx, BuyingPowerLowered, answer, `participant/${participantId}`);
  }

  @On(PartnerCompensated)
  async onCompensated(event: PartnerCompensated, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.compensated.push(event);
  }

  @On(BillIssued)
  async onBill(event: BillIssued, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.bills.push(event);
  }

  @On(BillRefunded)
  async onRefund(event: BillRefunded, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.refunds.push(event);
  }
}

@Module({ imports: [service({ name: 'scheduler' })], providers: [Market] })
class MarketModule {}

export const provider: TestCaller = { participantId: 2, roles: ['provider'] };
export const buyer: TestCaller = { participantId: 3, roles: ['buyer'] };
export const otherBuyer: TestCaller = { participantId: 4, roles: ['buyer'] };
export const linkOwner: TestCaller = { participantId: 5, roles: ['provider'] };
export const regulator: TestCaller = { participantId: 6, roles: ['regulator'] };
export const voucher: TestCaller = { participantId: 0, roles: ['service'] };

export const quarterHour = 900_000;
export const yuan = (amount: number): bigint => BigInt(Math.round(amount * 1e6));

let references = 0;

/** What a trade holds for so many unit-slots: their price, and their share of the transfer. */
export const heldFor = (trade: TradeMade, unitSlots: number): bigint => {
  const whole = BigInt(trade.units * (trade.window!.to - trade.window!.from));
  return ((trade.computeAmount + trade.transferAmount) * BigInt(unitSlots)) / whole;
};

/** Settlement with the market around it. */
export class Desk {
  private constructor(
    readonly exchange: TestExchange,
    readonly market: Market,
  ) {}

  static async open(config: Partial<Config> = {}): Promise<Desk> {
    const exchange = await testExchange({
      config,
      modules: [SettlementModule, MarketModule, RegistryModule, MonitoringModule, VoucherModule, InterconnectModule],
    });
    const desk = new Desk(exchange, exchange.running.get(Market));
    await exchange.running
      .get(Registry)
      .tell(ParticipantChanged, ...[2, 3, 4, 5].map((participantId) => ParticipantChanged.create({ participantId })));
    await exchange.advance();
    return desk;
  }

  async tellRegistry(change: ParticipantChanged): Promise<void> {
    await this.exchange.running.get(Registry).tell(ParticipantChanged, change);
    await this.exchange.advance();
  }

  settlement(caller?: TestCaller) {
    return this.exchange.call(SettlementDefinition, caller);
  }

  get ledger() {
    return this.exchange.call(LedgerDefinition, voucher);
  }

  /** The first slot that has not begun. */
  get slot(): number {
    return slotAt(this.exchange.now()) + 1;
  }

  async deposit(participantId: number, amount: bigint): Promise<void> {
    await this.settlement().recordDeposit({ participantId, amount, bankReference: `receipt ${++references}` });
    await this.exchange.advance();
  }

  /** One card at 8 yuan an hour for an hour from the next slot, unless told otherwise. */
  made(given: Partial<TradeMade> & { tradeId: number }): TradeMade {
    const trade = TradeMade.create({
      bidId: given.tradeId + 1000,
      offerId: 1,
      buyerId: buyer.participantId,
      providerId: provider.participantId,
      poolId: 1,
      siteId: 1,
      region: 500000,
      book: { computeClass: 2, model: 'A100', unit: 1, tier: Tier.FIRM },
      nodes: [{ node: 0, units: given.units ?? 1 }],
      units: 1,
      window: { from: this.slot, to: this.slot + 4 },
      price: 8_000_000,
      madeAt: this.exchange.now(),
      project: 'p',
      ...given,
    });
    const slots = trade.window!.to - trade.window!.from;
    if (given.computeAmount === undefined) trade.computeAmount = (BigInt(trade.price) * BigInt(trade.units * slots)) / 4n;
    return trade;
  }

  /** In the market and held. */
  async trade(given: Partial<TradeMade> & { tradeId: number }): Promise<TradeMade> {
    const trade = this.made(given);
    const [reservation] = await this.exchange.database.query<{ rate_bp: number }>(
      'SELECT rate_bp FROM settlement.reservations WHERE order_id = $1 ORDER BY reservation_id DESC LIMIT 1',
      [trade.bidId],
    );
    if (reservation) this.market.rates.set(trade.bidId, reservation.rate_bp);
    await this.market.trade(trade);
    await this.exchange.advance();
    return trade;
  }

  /** the lease goes on with so many of its units; what is placed anew is told with it. */
  async lose(trade: TradeMade, units: number): Promise<Split> {
    const { from, to } = trade.window!;
    const held = heldFor(trade, units * (to - from));
    const freed = this.market.hold(trade.tradeId, held);
    const stands = {
      leaseId: trade.tradeId,
      state: LeaseState.ACTIVE,
      delivered: trade.window,
      units,
      unitSlots: units * (to - from),
      held,
      reason: 'lost',
    };
    await this.market.tell(LeaseChanged, LeaseChanged.create(stands));
    return freed;
  }

  /** The lease ends (cut short where `delivered` ends before its window) and is measured. @param up share of its unit-slots that were up */
  async end(
    trade: TradeMade,
    {
      delivered = trade.window!,
      up = 1,
      units = trade.units,
      energyWh = 0,
    }: { delivered?: { from: number; to: number }; up?: number; units?: number; energyWh?: number } = {},
  ): Promise<void> {
    const due = units * (delivered.to - delivered.from);
    const end = LeaseChanged.create({
      leaseId: trade.tradeId,
      state: delivered.to < trade.window!.to ? LeaseState.CUT_SHORT : LeaseState.ENDED,
      delivered,
      units,
      unitSlots: due,
      held: heldFor(trade, due),
      reason: units < trade.units || delivered.to < trade.window!.to ? 'lost' : '',
    });
    this.market.hold(trade.tradeId, end.held);
    await this.market.tell(LeaseChanged, end);
    await this.tellMeasures({
      leaseId: trade.tradeId,
      unitSlotsDue: due,
      unitSlotsUp: Math.floor(due * up),
      energyWh,
      energyMeasured: true,
      buyerId: trade.buyerId,
    });
    await this.exchange.advance();
  }

  async measure(unitSlotsDue: number, unitSlotsUp: number, ...trades: TradeMade[]): Promise<void> {
    const of = { unitSlotsDue, unitSlotsUp, energyWh: 0, energyMeasured: true };
    await this.tellMeasures(...trades.map(({ tradeId, buyerId }) => ({ leaseId: tradeId, buyerId, ...of })));
  }

  /** By the service that speaks with partners. */
  async tellInterconnect<T>(message: Message<T>, event: T): Promise<void> {
    await this.exchange.running.get(Interconnect).tell(message, event);
    await this.exchange.advance();
  }

  private async tellMeasures(...measures: LeaseMeasured[]): Promise<void> {
    await this.exchange.running.get(Monitoring).tell(LeaseMeasured, ...measures);
  }

  /** Lets the clock pass the end of a window, and the jobs after it. */
  async passWindow(trade: TradeMade): Promise<void> {
    await this.exchange.advanceTo(Math.max(this.exchange.now(), startOfSlot(trade.window!.to)));
    await this.exchange.advance(quarterHour);
  }

  async settle(trade: TradeMade, how: Parameters<Desk['end']>[1] = {}): Promise<void> {
    await this.end(trade, how);
    await this.passWindow(trade);
  }

  async closeOrder(orderId: number): Promise<void> {
    await this.market.tell(OrderClosed, OrderClosed.create({ orderId, participantId: 3, isBid: true, reason: 'filled', programmeId: 1 }));
    await this.exchange.advance();
  }

  /** The programme's decision, its parts by trade in the order of the lines. */
  async decide(bill: BillIssued, bidId: number, amount: bigint, claimId: number): Promise<void> {
    const claimed = new Map<number, bigint>();
    for (const line of bill.lines) if (line.bidId === bidId) claimed.set(line.tradeId, (claimed.get(line.tradeId) ?? 0n) + line.subsidy);
    let left = amount;
    const parts = [...claimed].map(([tradeId, most]) => {
      const part = most < left ? most : left;
      left -= part;
      return { tradeId, amount: part };
    });
    const decision = SubsidyDecided.create({ claimId, billId: bill.billId, buyerId: bill.buyerId, programmeId: 1, bidId, amount, parts });
    await this.exchange.running.get(Vouchers).tell(SubsidyDecided, decision);
    await this.exchange.advance();
  }

  /** The decision of a programme that pays back a share of paid bills. */
  async reimburse(bill: BillIssued, bidId: number, rateBp: number, claimId: number): Promise<void> {
    const lines = bill.lines.filter((line) => line.bidId === bidId && line.programmeId > 0);
    const parts = [...Map.groupBy(lines, (line) => line.tradeId)].map(([tradeId, of]) => {
      const base = of.reduce((sum, line) => sum + line.amount, 0n);
      return { tradeId, amount: base > 0n ? (base * BigInt(rateBp)) / 10_000n : 0n };
    });
    const amount = parts.reduce((sum, part) => sum + part.amount, 0n);
    const { billId, buyerId } = bill;
    const { programmeId } = lines[0]!;
    const decision = SubsidyDecided.create({ claimId, billId, buyerId, programmeId, bidId, amount, reimbursement: true, parts });
    await this.exchange.running.get(Vouchers).tell(SubsidyDecided, decision);
    await this.exchange.advance();
  }

  async clawBack(refund: BillRefunded, amount: bigint): Promise<void> {
    const { refundId, billId, buyerId, programmeId } = refund;
    await this.exchange.running
      .get(Vouchers)
      .tell(SubsidyClawedBack, SubsidyClawedBack.create({ claimId: 1, billId, buyerId, programmeId, amount, refundId }));
    await this.exchange.advance();
  }

  /** Closes January and answers the bills. */
  async closeMonth(): Promise<BillIssued[]> {
    const before = this.market.bills.length;
    await this.exchange.advanceTo(Math.max(this.exchange.now(), Date.parse('2026-02-01T00:00:00+08:00')));
    await this.settlement().closeBillingPeriod({ month: '2026-01' });
    await this.exchange.advance();
    return this.market.bills.slice(before);
  }

  async passFebruary(): Promise<void> {
    await this.exchange.advanceTo(Math.max(this.exchange.now(), Date.parse('2026-03-01T00:00:00+08:00')));
    await this.exchange.advance();
  }

  async balanceOf(code: string): Promise<bigint> {
    const { accounts } = await this.settlement().listAccounts({ prefix: code });
    return accounts.find((account) => account.code === code)?.balance ?? 0n;
  }

  /** Debits of a row less credits, held, clearing: what must be nothing once all is settled. */
  async leftOver(): Promise<{ imbalance: bigint; held: bigint; clearing: bigint[]; programmeHeld: bigint; deadLetters: unknown[] }> {
    const { imbalance, held, clearing } = await this.settlement().getTrialBalance({});
    const deadLetters = await this.exchange.database.query('SELECT type, cause FROM settlement.dead_letter');
    return {
      imbalance,
      held,
      clearing: clearing.map(({ balance }) => balance).filter((balance) => balance !== 0n),
      programmeHeld: await this.balanceOf('programme/1/held'),
      deadLetters,
    };
  }

  /** each bill and statement computed anew from its records: what is not as it was. */
  async recounted(): Promise<{ findings: Finding[]; counts: Readonly<Record<string, number>> }> {
    const findings: Finding[] = [];
    const { counts } = await auditServices(
      databaseAddress(this.exchange.database.url),
      [{ name: 'settlement', audits: [billsAudit, partnersAudit, refundsAudit, withdrawalsAudit] }],
      { keys: [], roots: [] },
      (one) => findings.push(one),
      () => undefined,
    );
    return { findings, counts };
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
  }
}

export const nothing = { imbalance: 0n, held: 0n, clearing: [], programmeHeld: 0n, deadLetters: [] };
