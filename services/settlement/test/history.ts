// Random histories of settlement: what happens until a month's bills, and what comes late.
import fc from 'fast-check';
import { DisputesDefinition, Tier } from '#contracts';
import type { BillIssued, TradeMade } from '#contracts';
import { startOfSlot } from '#domain';
import { buyer, linkOwner, otherBuyer, provider, quarterHour, yuan } from './market.js';
import type { Desk } from './market.js';
import { splitCost } from '../src/core/hold.js';

export const buyers = [buyer.participantId, otherBuyer.participantId];
const who = fc.constantFrom(...buyers);
export const guaranteeing = 1;
export const reimbursing = 2;

export type Step =
  | { do: 'deposit'; who: number; amount: bigint }
  | { do: 'withdraw'; who: number; amount: bigint }
  | { do: 'reserve'; who: number; amount: bigint; rateBp: number }
  | {
      do: 'trade';
      who: number;
      order: number;
      units: number;
      price: number;
      slots: number;
      gb: bigint;
      reclaimable: boolean;
      shared: number;
      resold: boolean;
    }
  | { do: 'lose'; which: number; dearer: number }
  | { do: 'end'; which: number; cut: number; up: number; used: number | undefined }
  | { do: 'close'; which: number }
  | { do: 'correct'; which: number; used: number };

/** After the bill. */
export type Late =
  | Extract<Step, { do: 'correct' }>
  | { do: 'decide'; which: number; share: number }
  | { do: 'refund'; which: number; share: number }
  | { do: 'dispute'; which: number; share: number }
  | { do: 'decide dispute'; which: number; share: number }
  | { do: 'pay out' };

const amount = fc.bigInt(1n, 40_000_000n);
/** What banks move. */
const wholeFen = fc.bigInt(1n, 4_000n).map((fen) => fen * 10_000n);
const share = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const correct = fc.record({ do: fc.constant('correct' as const), which: fc.nat(9), used: share });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deposit' as const), who, amount: wholeFen }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who, amount: wholeFen }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reserve' as const), who, amount, rateBp: fc.integer({ min: 1, max: 10_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('trade' as const),
      who,
      order: fc.nat(5),
      units: fc.integer({ min: 1, max: 4 }),
      price: fc.integer({ min: 1, max: 60_000 }).map((ticks) => ticks * 100),
      slots: fc.integer({ min: 1, max: 8 }),
      gb: fc.bigInt(0n, 900_000n),
      reclaimable: fc.constantFrom(true, true, false),
      shared: fc.constantFrom(0, 0, 1, 0.3),
      resold: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(9),
      cut: fc.nat(8),
      up: fc.double({ min: 0.85, max: 1, noNaN: true }),
      used: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), which: fc.nat(9), dearer: fc.integer({ min: -50, max: 50 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: correct },
);
export const late: fc.Arbitrary<Late> = fc.oneof(
  { weight: 5, arbitrary: correct },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decide' as const), which: fc.nat(9), share }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('refund' as const), which: fc.nat(19), share }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('dispute' as const), which: fc.nat(19), share }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decide dispute' as const), which: fc.nat(9), share }) },
  { weight: 1, arbitrary: fc.constant({ do: 'pay out' as const }) },
);

interface Order {
  readonly id: number;
  readonly who: number;
  readonly programmeId: number;
  readonly rateBp: number;
  /** Of its subsidy. */
  left: bigint;
}

/** One history, played step by step. */
export class Play {
  private readonly open: { trade: TradeMade; units: number }[] = [];
  private readonly orders: Order[] = [];
  private readonly ended: { trade: TradeMade; unitSlots: number; version: number }[] = [];
  private readonly disputes: { disputeId: number; amount: bigint }[] = [];
  private readonly claims: { bill: BillIssued; bidId: number; programmeId: number }[] = [];
  private next = 1;
  private decided = 0;
  private answered = 0;

  constructor(private readonly desk: Desk) {}

  async take(one: Step): Promise<void> {
    const { desk } = this;
    switch (one.do) {
      case 'deposit':
        return desk.deposit(one.who, one.amount);
      case 'withdraw':
        return this.withdraw(one.who, one.amount);
      case 'reserve':
        return this.reserve(one.who, one.amount, one.rateBp);
      case 'trade':
        return this.trade(one);
      case 'end':
        return this.open.length ? this.end(this.open.splice(one.which % this.open.length, 1)[0]!, one) : undefined;
      case 'lose':
        return this.open.length ? this.lose(this.open[one.which % this.open.length]!, one.dearer) : undefined;
      case 'close':
        return this.orders.length ? desk.closeOrder(this.orders.splice(one.which % this.orders.length, 1)[0]!.id) : undefined;
      case 'correct':
        return this.correct(one);
    }
  }

  /** what is owed comes first, then what is free; whatever is left of it may be withdrawn. */
  private async withdraw(participantId: number, amount: bigint): Promise<void> {
    const { desk } = this;
    const free = desk.market.free(participantId);
    const owed = -(await desk.balanceOf(`participant/${participantId}/receivable`));
    const request = desk.settlement().requestWithdrawal({ participantId, amount });
    if (owed > 0n && free - owed < amount) await expect(request).rejects.toMatchObject({ rule: 'receivable_must_be_paid_first' });
    else if (free < amount) await expect(request).rejects.toMatchObject({ rule: 'money_must_cover_the_withdrawal' });
    else await expect(request).resolves.toMatchObject({ participantId, amount });
    await desk.exchange.advance();
  }

  private async reserve(participantId: number, wanted: bigint, rateBp: number): Promise<void> {
    const id = 500 + this.next++;
    const asked = { programmeId: guaranteeing, orderId: id, buyerId: participantId, amount: wanted, rateBp };
    const { amount } = await this.desk.ledger.reserveSubsidy(asked);
    await this.desk.exchange.advance();
    this.orders.push({ id, who: participantId, programmeId: guaranteeing, rateBp, left: amount });
  }

  private async trade({
    who: buyerId,
    order,
    units,
    price,
    slots,
    gb,
    reclaimable,
    shared,
    resold,
  }: Extract<Step, { do: 'trade' }>): Promise<void> {
    const own = this.orders.filter((known) => known.who === buyerId);
    const none = { id: 9000 + this.next, programmeId: this.next % 2 ? reimbursing : 0, rateBp: 0, left: 0n };
    const of = own[order % Math.max(1, own.length)] ?? none;
    const cost = (BigInt(price) * BigInt(units * slots)) / 4n + gb;
    const byRate = (cost * BigInt(of.rateBp)) / 10_000n;
    const subsidy = byRate < of.left ? byRate : of.left;
    if (cost - subsidy > this.desk.market.free(buyerId)) return;
    of.left -= subsidy;
    const from = this.desk.slot;
    const amount = BigInt(Math.floor(Number(cost - gb) * shared));
    const trade = await this.desk.trade({
      ...{ tradeId: this.next++, bidId: of.id, programmeId: of.programmeId, buyerId, units, price, window: { from, to: from + slots } },
      ...{ subsidy, transferAmount: gb, linkOwnerId: gb > 0n ? linkOwner.participantId : 0 },
      // the other buyer resells what the provider delivers.
      ...(resold ? { providerId: buyers.find((other) => other !== buyerId)!, deliveredById: provider.participantId } : {}),
      // It sells again, in part, what the links' owner gave up.
      proceeds: amount > 0n ? [{ leaseId: 77, participantId: linkOwner.participantId, amount }] : [],
      book: { computeClass: 2, model: 'A100', unit: 1, tier: reclaimable ? Tier.RECLAIMABLE : Tier.FIRM },
    });
    this.open.push({ trade, units });
  }

  /** one unit goes; another provider has it at the old price or less, and asks more than that or not. */
  private async lose(lease: { trade: TradeMade; units: number }, dearer: number): Promise<void> {
    if (lease.units === 0) return;
    const { trade } = lease;
    const freed = await this.desk.lose(trade, --lease.units);
    const price = Math.max(100, trade.price + Math.min(0, dearer) * 100);
    if (price > trade.price) return;
    const { bidId, programmeId, buyerId, window, book } = trade;
    const rateBp = this.desk.market.rates.get(bidId) ?? 0;
    const cost = (BigInt(price) * BigInt(window!.to - window!.from)) / 4n;
    const { subsidy } = splitCost(cost, rateBp, freed);
    const owedAmount = BigInt(Math.max(0, dearer)) * 100n * BigInt(window!.to - window!.from);
    const anew = await this.desk.trade({
      ...{ tradeId: this.next++, bidId, programmeId, buyerId, window, book, price, units: 1 },
      ...{ subsidy, providerId: linkOwner.participantId, replacesTradeId: trade.tradeId, owedAmount },
    });
    this.open.push({ trade: anew, units: 1 });
  }

  private async end(
    { trade, units }: { trade: TradeMade; units: number },
    { cut, up, used }: { cut: number; up: number; used: number | undefined },
  ): Promise<void> {
    const { from, to } = trade.window!;
    const delivered = { from, to: Math.max(from, to - (cut > 4 ? 0 : cut)) };
    await this.desk.exchange.advanceTo(Math.max(this.desk.exchange.now(), startOfSlot(to)));
    const lease = { trade, unitSlots: units * (to - from), version: 0 };
    if (used !== undefined) await this.report(lease, used);
    await this.desk.settle(trade, { delivered, up, units });
    this.ended.push(lease);
  }

  private async report(lease: { trade: TradeMade; unitSlots: number; version: number }, used: number): Promise<void> {
    const { tradeId, window, providerId, deliveredById } = lease.trade;
    const unitSlots = Math.floor(lease.unitSlots * used);
    const record = { recordId: `r${tradeId}`, version: ++lease.version, leaseId: tradeId, meterSequence: 1, window, unitSlots };
    await this.desk.settlement({ ...provider, participantId: deliveredById || providerId }).reportUsage({ records: [record] });
  }

  private async correct({ which, used }: Extract<Step, { do: 'correct' }>): Promise<void> {
    const metered = this.ended.filter(({ trade }) => trade.book!.tier === Tier.RECLAIMABLE);
    if (!metered.length) return;
    await this.report(metered[which % metered.length]!, used);
    await this.desk.exchange.advance(quarterHour);
    await this.answerRefunds();
  }

  /** Everything ends: leases, orders, the month. */
  async bill(): Promise<void> {
    for (const lease of this.open.splice(0)) await this.end(lease, { cut: 8, up: 1, used: 0.5 });
    for (const order of this.orders.splice(0)) await this.desk.closeOrder(order.id);
    for (const bill of await this.desk.closeMonth()) {
      const lines = bill.lines.filter((line) => line.programmeId > 0);
      for (const [bidId, of] of Map.groupBy(lines, (line) => line.bidId))
        this.claims.push({ bill, bidId, programmeId: of[0]!.programmeId });
    }
  }

  async takeLate(one: Late): Promise<void> {
    switch (one.do) {
      case 'correct':
        return this.correct(one);
      case 'decide':
        return this.claims.length ? this.decide(this.claims.splice(one.which % this.claims.length, 1)[0]!, one.share) : undefined;
      case 'refund':
        return this.refund(one);
      case 'dispute':
        return this.dispute(one);
      case 'decide dispute':
        return this.disputes.length ? this.decideDispute(one.which % this.disputes.length, one.share) : undefined;
      case 'pay out':
        return this.payOut('2026-01');
    }
  }

  private async decide(
    { bill, bidId, programmeId }: { bill: BillIssued; bidId: number; programmeId: number },
    share: number,
  ): Promise<void> {
    const rateBp = Math.floor(share * 10_000);
    const claimId = ++this.decided;
    if (programmeId === reimbursing) return this.desk.reimburse(bill, bidId, rateBp, claimId);
    const claimed = bill.lines.filter((line) => line.bidId === bidId).reduce((sum, line) => sum + line.subsidy, 0n);
    await this.desk.decide(bill, bidId, (claimed * BigInt(rateBp)) / 10_000n, claimId);
  }

  private async refund(one: Extract<Late, { do: 'refund' }>): Promise<void> {
    const asked = this.partOfALine(one);
    if (!asked) return;
    // A line that its credit took back whole is no charge.
    const rules = [
      ...['line_must_be_a_charge', 'refund_must_not_exceed_the_line', 'refund_must_follow_the_subsidy_decision'],
      'line_must_not_be_in_dispute',
    ];
    await this.desk
      .settlement()
      .refundBill({ ...asked, reason: 'test' })
      .catch((error: { rule?: string }) => expect(rules).toContain(error.rule));
    await this.desk.exchange.advance();
    await this.answerRefunds();
  }

  private async dispute(one: Extract<Late, { do: 'dispute' }>): Promise<void> {
    const asked = this.partOfALine(one);
    if (!asked) return;
    const rules = [
      ...['line_must_be_a_charge', 'line_must_be_disputed_once', 'disputed_amount_must_not_exceed_the_line'],
      'dispute_must_be_opened_in_its_window',
    ];
    await this.desk.exchange
      .call(DisputesDefinition)
      .openDispute({ ...asked, reason: 'test' })
      .then(({ disputeId, amount }) => this.disputes.push({ disputeId, amount }))
      .catch((error: { rule?: string }) => expect(rules).toContain(error.rule));
  }

  /** What corrections took meanwhile cannot be granted any more, and what no programme has decided not yet: then it stays open. */
  private async decideDispute(at: number, share: number): Promise<void> {
    const { disputeId, amount } = this.disputes[at]!;
    const granted = (BigInt(Math.floor(share * 100)) * (amount / 10_000n)) / 100n;
    const rules = ['refund_must_not_exceed_the_line', 'refund_must_follow_the_subsidy_decision', 'line_must_be_a_charge'];
    await this.desk.exchange
      .call(DisputesDefinition)
      .decideDispute({ disputeId, granted: granted * 10_000n, reason: 'test' })
      .then(() => this.disputes.splice(at, 1))
      .catch((error: { rule?: string }) => expect(rules).toContain(error.rule));
    await this.desk.exchange.advance();
    await this.answerRefunds();
  }

  private partOfALine({ which, share }: { which: number; share: number }): { billId: number; line: number; amount: bigint } | undefined {
    const lines = this.desk.market.bills
      .flatMap(({ billId, lines }) => lines.map(({ amount }, at) => ({ billId, line: at + 1, amount })))
      .filter(({ amount }) => amount > 0n);
    if (!lines.length) return undefined;
    const { billId, line, amount: charged } = lines[which % lines.length]!;
    const amount = BigInt(Math.floor((Number(charged) * share) / 10_000)) * 10_000n;
    return amount > 0n ? { billId, line, amount } : undefined;
  }

  /** Of one refund the programme takes its share, of the next a half. */
  private async answerRefunds(): Promise<void> {
    const { refunds } = this.desk.market;
    for (; this.answered < refunds.length; this.answered++) {
      const refunded = refunds[this.answered]!;
      if (refunded.subsidy > 0n) await this.desk.clawBack(refunded, refunded.subsidy / BigInt(1 + (this.answered % 2)));
    }
  }

  private async payOut(month: string): Promise<void> {
    const { payouts } = await this.desk.settlement().createPayouts({ month });
    for (const { payoutId } of payouts) await this.desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
  }

  /** The claims, and the bills of what was corrected late, whose lines may be given back too. */
  async billAgain(): Promise<void> {
    const { desk } = this;
    for (const claim of this.claims.splice(0)) await this.decide(claim, 0.5);
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance(4 * quarterHour);
  }

  /** The disputes, the debts, the payouts. */
  async finish(): Promise<void> {
    const { desk } = this;
    while (this.disputes.length) await this.decideDispute(0, 0);
    for (const participantId of buyers) await desk.deposit(participantId, yuan(1000));
    await desk.exchange.advance(4 * quarterHour);
    await this.answerRefunds();
    // What was given back or released since February was billed is earned in March.
    await desk.exchange.advanceTo(Date.parse('2026-04-01T00:00:00+08:00'));
    await this.payOut('2026-03');
    await desk.exchange.advance(4 * quarterHour);
  }
}
