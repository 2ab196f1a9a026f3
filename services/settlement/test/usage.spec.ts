import { Tier } from '#contracts';
import type { TradeMade, UsageReport } from '#contracts';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, quarterHour, yuan } from './market.js';

const P = buyer.participantId;

describe('R-28 usage of leases', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.deposit(P, yuan(100));
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  const reclaimable = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
  const said = (trade: TradeMade, unitSlots: number, more: Partial<UsageReport> = {}): UsageReport => ({
    recordId: `r${trade.tradeId}`,
    version: 1,
    leaseId: trade.tradeId,
    meterSequence: 1,
    window: trade.window,
    unitSlots,
    ...more,
  });
  const report = (...records: UsageReport[]) => desk.settlement(provider).reportUsage({ records });

  it('a RECLAIMABLE lease pays what its provider recorded; what it did not use is free again', async () => {
    const trade = await desk.trade({ tradeId: 1, book: reclaimable, units: 2 });
    await desk.passWindow(trade);
    expect(await report(said(trade, 3))).toEqual({ recorded: 1, duplicates: 0 });
    expect(await report(said(trade, 3))).toEqual({ recorded: 0, duplicates: 1 });
    await expect(report(said(trade, 4))).rejects.toMatchObject({
      kind: 'conflict',
      rule: 'usage_record_must_not_change',
      field: 'records[0].recordId',
    });
    await desk.settle(trade);
    expect(desk.market.settled).toEqual([{ tradeId: 1, buyerId: P, cost: yuan(6), money: yuan(6), subsidyKept: 0n }]);
    expect(desk.market.free(P)).toBe(yuan(94));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('records of others’ leases are absent, and one bad record refuses the call', async () => {
    const trade = await desk.trade({ tradeId: 1, book: reclaimable });
    await desk.passWindow(trade);
    await expect(desk.settlement(linkOwner).reportUsage({ records: [said(trade, 1)] })).rejects.toMatchObject({
      kind: 'absent',
      rule: 'entity_must_exist',
    });
    const beyond = said(trade, 5, { recordId: 'x', meterSequence: 2 });
    await expect(report(said(trade, 1), beyond)).rejects.toMatchObject({
      kind: 'invalid',
      violations: [{ field: 'records[1].unitSlots', rule: 'usage_must_not_exceed_the_units' }],
    });
    expect((await desk.settlement(provider).listUsage({})).records).toEqual([]);
    await report(said(trade, 1));
    expect((await desk.settlement(buyer).listUsage({ leaseId: 1 })).records).toMatchObject([
      { recordId: 'r1', unitSlots: 1, superseded: false },
    ]);
    expect((await desk.settlement(otherBuyer).listUsage({})).records).toEqual([]);
  });

  it('a late correction upwards is an adjustment of the next bill, owed beyond the hold', async () => {
    const trade = await desk.trade({ tradeId: 1, book: reclaimable });
    await desk.passWindow(trade);
    await report(said(trade, 2));
    await desk.settle(trade);
    const [first] = await desk.closeMonth();
    expect(first!.total).toBe(yuan(4));
    await report(said(trade, 3, { version: 2 }));
    await desk.exchange.advance(quarterHour);
    expect(await desk.balanceOf(`participant/${P}/receivable`)).toBe(0n);
    expect(desk.market.free(P)).toBe(yuan(94));
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance();
    const second = desk.market.bills.at(-1)!;
    expect(second.lines).toMatchObject([{ kind: 'adjustment', amount: yuan(2), tradeId: 1 }]);
    const { lines } = await desk.settlement(buyer).getBill({ billId: second.billId });
    // The line says by how much the quantity changed, as its amount does.
    expect(lines[0]).toMatchObject({ rating: 2, unitSlots: 1, usage: [{ recordId: 'r1', version: 2, unitSlots: 3 }] });
    expect((await desk.settlement(buyer).getBill({ billId: first!.billId })).lines[0]!.usage).toEqual([
      { recordId: 'r1', version: 1, unitSlots: 2 },
    ]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('a late correction downwards gives back, also from a provider that was paid out', async () => {
    const trade = await desk.trade({ tradeId: 1, book: reclaimable });
    await desk.passWindow(trade);
    await report(said(trade, 4));
    await desk.settle(trade);
    await desk.closeMonth();
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
    await desk.settlement().confirmPayout({ payoutId: payouts[0]!.payoutId, bankReference: 'B' });
    await report(said(trade, 1, { version: 2 }));
    await desk.exchange.advance(quarterHour);
    expect(desk.market.free(P)).toBe(yuan(98));
    expect(await desk.balanceOf('fee')).toBe(yuan(0.06));
    expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(-yuan(5.82));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-33 a correction downwards of a subsidised lease lowers the claim, or asks the programme to take its share back', async () => {
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(100) });
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: P, amount: yuan(4), rateBp: 5000 });
    await desk.exchange.advance();
    const trade = await desk.trade({ tradeId: 1, book: reclaimable, bidId: 77, programmeId: 1, subsidy: yuan(4) });
    await desk.closeOrder(77);
    await desk.passWindow(trade);
    await report(said(trade, 4));
    await desk.settle(trade);
    await report(said(trade, 3, { version: 2 }));
    await desk.exchange.advance(quarterHour);
    const [bill] = await desk.closeMonth();
    expect(bill!.lines).toMatchObject([
      { kind: 'compute', amount: yuan(8), subsidy: yuan(4) },
      { kind: 'adjustment', amount: -yuan(2), subsidy: -yuan(1) },
    ]);
    await report(said(trade, 2, { version: 3 }));
    await desk.exchange.advance(quarterHour);
    expect(desk.market.refunds).toEqual([]);
    await desk.decide(bill!, 77, yuan(3), 1);
    await desk.exchange.advance(quarterHour);
    expect(desk.market.refunds).toMatchObject([{ billId: bill!.billId, tradeId: 1, amount: yuan(2), subsidy: yuan(1), bidId: 77 }]);
    await desk.clawBack(desk.market.refunds[0]!, yuan(1));
    expect(await desk.ledger.getProgrammeBalances({ programmeId: 1 })).toMatchObject({
      available: yuan(98),
      held: 0n,
      redeemed: yuan(2),
    });
    expect(desk.market.free(P)).toBe(yuan(98));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  describe('R-24, R-28 the compensation of what was lost follows its corrections', () => {
    /** One lost all of its lease at 2.00; another has it, who asks 8.00: 16 of the buyer, 48 of the loser for 32 unit-slots. */
    const placedAnew = async (used: number): Promise<TradeMade> => {
      const window = { from: desk.slot, to: desk.slot + 4 };
      const lost = await desk.trade({ tradeId: 1, book: reclaimable, units: 8, price: 2_000_000, window });
      await desk.lose(lost, 0);
      const replaces = { replacesTradeId: 1, owedAmount: yuan(48), providerId: linkOwner.participantId };
      const anew = await desk.trade({ tradeId: 2, book: reclaimable, units: 8, price: 2_000_000, window, ...replaces });
      await desk.passWindow(anew);
      await correct(anew, 1, used);
      await desk.end(lost, { delivered: { from: window.from, to: window.from }, units: 0 });
      await desk.settle(anew);
      return anew;
    };
    const correct = async (trade: TradeMade, version: number, used: number): Promise<void> => {
      await desk.settlement(linkOwner).reportUsage({ records: [said(trade, used, { version })] });
      await desk.exchange.advance(quarterHour);
    };
    const expectOwed = async (loser: { income: number; owes: number }, other: { income: number; owes: number }): Promise<void> => {
      for (const [{ participantId }, expected] of [
        [provider, loser],
        [linkOwner, other],
      ] as const) {
        expect(await desk.balanceOf(`participant/${participantId}/income`)).toBe(yuan(expected.income));
        expect(await desk.balanceOf(`participant/${participantId}/receivable`)).toBe(-yuan(expected.owes));
      }
      expect(await desk.leftOver()).toEqual(nothing);
    };

    it('downwards, also after the payout', async () => {
      const anew = await placedAnew(32);
      await expectOwed({ income: 0, owes: 48 }, { income: 63.52, owes: 0 });
      await correct(anew, 2, 16);
      await expectOwed({ income: 0, owes: 24 }, { income: 31.76, owes: 0 });
      await desk.closeMonth();
      const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
      expect(payouts.map(({ participantId, amount }) => [participantId, amount])).toEqual([[linkOwner.participantId, yuan(31.76)]]);
      await desk.settlement().confirmPayout({ payoutId: payouts[0]!.payoutId, bankReference: 'B' });
      await correct(anew, 3, 0);
      await expectOwed({ income: 0, owes: 0 }, { income: 0, owes: 31.76 });
    });

    it('upwards from nothing', async () => {
      const anew = await placedAnew(0);
      await expectOwed({ income: 0, owes: 0 }, { income: 0, owes: 0 });
      await correct(anew, 2, 32);
      await expectOwed({ income: 0, owes: 48 }, { income: 63.52, owes: 0 });
    });
  });

  describe('R-28, R-33 a refund and a late correction give the same money back once', () => {
    let version: number;
    let trade: TradeMade;
    let billId: number;

    /** 32 unit-slots for 80 yuan, billed for those that were used; a fifth is a programme's where one is named. */
    const billed = async (programmeId = 0, unitSlots = 32): Promise<void> => {
      const subsidy = programmeId > 0 ? yuan(16) : 0n;
      trade = await desk.trade({ tradeId: 1, book: reclaimable, units: 8, price: 10_000_000, bidId: 77, programmeId, subsidy });
      if (programmeId > 0) await desk.closeOrder(77);
      await desk.passWindow(trade);
      version = 0;
      await correct(unitSlots);
      await desk.settle(trade);
      const [bill] = await desk.closeMonth();
      billId = bill!.billId;
      if (programmeId > 0) await desk.decide(bill!, 77, yuan(unitSlots / 2), 1);
    };
    const correct = async (unitSlots: number): Promise<void> => {
      await report(said(trade, unitSlots, { version: ++version }));
      await desk.exchange.advance(4 * quarterHour);
    };
    const refund = async (amount: number): Promise<void> => {
      await desk.settlement().refundBill({ billId, line: 1, amount: yuan(amount), reason: 'test' });
      await desk.exchange.advance();
    };
    const clawBackAll = async (): Promise<void> => {
      for (const asked of desk.market.refunds.splice(0)) if (asked.subsidy > 0n) await desk.clawBack(asked, asked.subsidy);
    };
    /** So much is still paid for the trade, and every hand has its part of just that. */
    const expectPaid = async (left: number, ofProgramme = 0): Promise<void> => {
      expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(yuan(left * 0.97));
      expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(0n);
      expect(await desk.balanceOf('fee')).toBe(yuan(left * 0.03));
      expect(await desk.balanceOf(`participant/${P}/receivable`)).toBe(0n);
      expect(desk.market.free(P)).toBe(yuan(100 - left + ofProgramme));
      expect(await desk.leftOver()).toEqual(nothing);
    };

    it('the refund first', async () => {
      await billed();
      await refund(80);
      await expectPaid(0);
      await correct(0);
      await expectPaid(0);
    });

    it('the correction first', async () => {
      await billed();
      await correct(0);
      await expect(refund(0.01)).rejects.toMatchObject({ rule: 'refund_must_not_exceed_the_line' });
      await expectPaid(0);
    });

    it('in parts: refunds stand, and corrections move what they left', async () => {
      await billed();
      await refund(30);
      await correct(16);
      await expectPaid(10);
      await expect(refund(10.01)).rejects.toMatchObject({ rule: 'refund_must_not_exceed_the_line' });
      await correct(4);
      await expectPaid(0);
      await correct(32);
      await expectPaid(50);
      await refund(50);
      await expectPaid(0);
    });

    it('under a programme, what a correction added in a later bill is its buyer’s alone', async () => {
      await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(100) });
      await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: P, amount: yuan(16), rateBp: 2000 });
      await desk.exchange.advance();
      await billed(1, 16);
      await expectPaid(40, 8);
      await correct(32);
      await desk.passFebruary();
      await desk.settlement().closeBillingPeriod({ month: '2026-02' });
      await desk.exchange.advance();
      await expectPaid(80, 8);
      billId = desk.market.bills.at(-1)!.billId;
      await refund(40);
      expect(desk.market.refunds).toMatchObject([{ amount: yuan(40), subsidy: 0n, programmeId: 0 }]);
      await expectPaid(40, 8);
    });

    it.each(['refund', 'correction'])('under a programme that guarantees, the %s first', async (first) => {
      await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(100) });
      await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: P, amount: yuan(16), rateBp: 2000 });
      await desk.exchange.advance();
      await billed(1);
      await expectPaid(80, 16);
      if (first === 'refund') await refund(60);
      else await correct(8);
      await clawBackAll();
      await expectPaid(20, 4);
      if (first === 'refund') await correct(16);
      else {
        await expect(refund(20.01)).rejects.toMatchObject({ rule: 'refund_must_not_exceed_the_line' });
        await refund(20);
      }
      await clawBackAll();
      await expectPaid(0);
      expect(await desk.ledger.getProgrammeBalances({ programmeId: 1 })).toMatchObject({ available: yuan(100), held: 0n, redeemed: 0n });
    });
  });
});
