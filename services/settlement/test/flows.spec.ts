import { LeaseChanged, LeaseState, PayoutState, ScheduleKind, WithdrawalState } from '#contracts';
import type { TradeMade } from '#contracts';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, quarterHour, regulator, yuan } from './market.js';

describe('flows of money', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  it('R-26 a deposit is money and buying power, numbered without gaps; a receipt counts once', async () => {
    const receipt = { participantId: buyer.participantId, amount: yuan(100), bankReference: 'R1' };
    await desk.settlement().recordDeposit(receipt);
    await expect(desk.settlement().recordDeposit(receipt)).rejects.toMatchObject({ kind: 'conflict', rule: 'bank_reference_must_be_new' });
    for (const bankReference of [' r1', 'R1 '])
      await expect(desk.settlement().recordDeposit({ ...receipt, bankReference })).rejects.toMatchObject({
        rule: 'bank_reference_must_be_new',
      });
    await desk.settlement().recordDeposit({ ...receipt, amount: yuan(20), bankReference: ' caf\u0065\u0301-1' });
    await expect(desk.settlement().recordDeposit({ ...receipt, bankReference: 'CAFÉ-1' })).rejects.toMatchObject({
      rule: 'bank_reference_must_be_new',
    });
    const { deposits } = await desk.settlement(buyer).listDeposits({});
    expect(deposits.map(({ bankReference }) => bankReference)).toEqual([' caf\u0065\u0301-1', 'R1']);
    await desk.exchange.advance();
    expect(desk.market.raised.map(({ number, amount, cause }) => [number, amount, cause])).toEqual([
      [1, yuan(100), 'deposit'],
      [2, yuan(20), 'deposit'],
    ]);
    expect(await desk.settlement(buyer).getBalance({ participantId: buyer.participantId })).toMatchObject({
      moneyAvailable: yuan(120),
      moneyHeld: 0n,
    });
    await expect(desk.settlement(otherBuyer).getBalance({ participantId: buyer.participantId })).rejects.toMatchObject({ kind: 'absent' });
  });

  it.each([1n, 1_000n, 1_005_000n])('R-28 a bank moves whole fen: neither is %s micro-yuan paid in, nor asked back', async (amount) => {
    await desk.deposit(buyer.participantId, yuan(100));
    const { participantId } = buyer;
    for (const moved of [
      desk.settlement().recordDeposit({ participantId, amount, bankReference: 'no fen' }),
      desk.settlement(buyer).requestWithdrawal({ participantId, amount }),
    ])
      await expect(moved).rejects.toMatchObject({
        ...{ kind: 'invalid', field: 'amount' },
        rule: amount < 10_000n ? 'number_must_be_in_range' : 'number_must_be_a_multiple',
      });
    expect(await desk.balanceOf(`participant/${participantId}/money`)).toBe(yuan(100));
  });

  it('R-26 a withdrawal is asked of the engine, then posted or refused', async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    const trade = await desk.trade({ tradeId: 1, units: 8 });
    const withdraw = (amount: bigint) => desk.settlement(buyer).requestWithdrawal({ participantId: buyer.participantId, amount });
    await expect(withdraw(yuan(37))).rejects.toMatchObject({ rule: 'money_must_cover_the_withdrawal' });
    const first = await withdraw(yuan(30));
    const second = await withdraw(yuan(30));
    expect(first.state).toBe(WithdrawalState.REQUESTED);
    await desk.exchange.advance();
    const { withdrawals } = await desk.settlement(buyer).listWithdrawals({});
    expect(withdrawals.map(({ withdrawalId, state, refusedBy }) => [withdrawalId, state, refusedBy])).toEqual([
      [second.withdrawalId, WithdrawalState.REFUSED, 'buying_power_must_cover_the_withdrawal'],
      [first.withdrawalId, WithdrawalState.POSTED, ''],
    ]);
    await desk.settle(trade);
    expect(await desk.balanceOf(`participant/${buyer.participantId}/money`)).toBe(yuan(6));
    expect(desk.market.free(buyer.participantId)).toBe(yuan(6));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-27 a trade holds price and transfer; its rating posts cost, fee and incomes, and clearing returns to zero', async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    const trade = await desk.trade({ tradeId: 7, units: 2, transferAmount: 1_234_567n, linkOwnerId: linkOwner.participantId });
    expect(await desk.settlement(buyer).getBalance({ participantId: buyer.participantId })).toMatchObject({
      moneyAvailable: yuan(84) - 1_234_567n,
      moneyHeld: yuan(16) + 1_234_567n,
    });
    await desk.settle(trade);
    const cost = yuan(16) + 1_234_567n;
    expect(desk.market.settled).toEqual([{ tradeId: 7, buyerId: buyer.participantId, cost, money: cost, subsidyKept: 0n }]);
    expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(yuan(16) - yuan(0.48));
    expect(await desk.balanceOf(`participant/${linkOwner.participantId}/income`)).toBe(1_234_567n);
    expect(await desk.balanceOf('fee')).toBe(yuan(0.48));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29 availability missed is credited to the buyer and paid by the provider', async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    const trade = await desk.trade({ tradeId: 8, units: 10, window: { from: desk.slot, to: desk.slot + 40 }, price: 800_000 });
    await desk.settle(trade, { up: 0.985 });
    expect(desk.market.settled[0]!.cost).toBe(yuan(60));
    expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(yuan(60) - yuan(1.8));
    expect((await desk.settlement().getLedgerSummary({})).slaCredits).toBe(yuan(20));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-27 a month closes into bills of whole fen, payouts pay the whole fen of what was earned', async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    const trade = await desk.trade({ tradeId: 9, price: 7_333_300, transferAmount: 123n, linkOwnerId: linkOwner.participantId });
    await desk.settle(trade);
    await expect(desk.settlement().closeBillingPeriod({ month: '2026-01' })).rejects.toMatchObject({ rule: 'billing_period_must_be_over' });
    const [bill] = await desk.closeMonth();
    expect(bill).toMatchObject({ buyerId: buyer.participantId, month: '2026-01', total: yuan(7.33) });
    expect(bill!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['compute', yuan(7.33)],
      ['transfer', 0n],
    ]);
    const shown = await desk.settlement(buyer).getBill({ billId: bill!.billId });
    expect(shown.lines[0]).toMatchObject({
      tradeId: 9,
      price: 7_333_300,
      unitSlots: 4,
      exactAmount: 7_333_300n,
      rounding: -3_300n,
      amount: yuan(7.33),
      slaVersion: 1,
    });
    expect(shown.lines[1]).toMatchObject({ kind: 'transfer', exactAmount: 123n, rounding: -123n, amount: 0n });
    await expect(desk.settlement(otherBuyer).getBill({ billId: bill!.billId })).rejects.toMatchObject({ kind: 'absent' });
    expect(await desk.balanceOf('rounding')).toBe(-3_423n);
    expect(desk.market.free(buyer.participantId)).toBe(yuan(100) - yuan(7.33));

    for (const month of ['2026-02', '9999-12'])
      await expect(desk.settlement().createPayouts({ month })).rejects.toMatchObject({
        rule: 'billing_period_must_be_over',
        field: 'month',
      });
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
    expect(payouts.map(({ participantId, amount, state }) => [participantId, amount, state])).toEqual([
      [provider.participantId, yuan(7.11), PayoutState.INSTRUCTED],
    ]);
    expect(
      (await desk.settlement(provider).getPayout({ payoutId: payouts[0]!.payoutId })).lines.map(({ kind, amount }) => [kind, amount]),
    ).toEqual([
      ['income', 7_333_300n],
      ['fee', -219_999n],
      ['carried_over', -3_301n],
    ]);
    await desk.settlement().returnPayout({ payoutId: payouts[0]!.payoutId, reason: 'account closed' });
    await desk.passFebruary();
    const again = await desk.settlement().createPayouts({ month: '2026-02' });
    expect(again.payouts.map(({ participantId, amount }) => [participantId, amount])).toEqual([[provider.participantId, yuan(7.11)]]);
    await desk.settlement().confirmPayout({ payoutId: again.payouts[0]!.payoutId, bankReference: 'B2' });
    expect(await desk.leftOver()).toEqual(nothing);
    expect(await desk.settlement().getLedgerSummary({})).toMatchObject({
      deposited: yuan(100),
      billed: yuan(7.33),
      fees: 219_999n,
      paidOut: yuan(7.11),
      held: 0n,
      imbalance: 0n,
      unrated: 0,
    });
  });

  it('R-24 what a lease lost is held no more, its new place is held and paid at the old price; who lost it pays the difference', async () => {
    await desk.deposit(buyer.participantId, yuan(32));
    const lost = await desk.trade({ tradeId: 1, units: 4 });
    // Half of its units go before it begins; they are placed anew with a provider that asks 10.
    const stands = { leaseId: 1, state: LeaseState.ACTIVE, units: 2, delivered: lost.window, unitSlots: 8, held: yuan(16), reason: 'lost' };
    desk.market.hold(1, yuan(16));
    await desk.market.tell(LeaseChanged, LeaseChanged.create(stands));
    const anew = await desk.trade({
      tradeId: 2,
      units: 2,
      providerId: linkOwner.participantId,
      replacesTradeId: 1,
      owedAmount: yuan(4),
      window: lost.window,
    });
    expect(await desk.settlement(buyer).getBalance({ participantId: buyer.participantId })).toMatchObject({
      moneyAvailable: 0n,
      moneyHeld: yuan(32),
    });
    await desk.market.tell(LeaseChanged, LeaseChanged.create({ ...stands, state: LeaseState.ENDED }));
    await desk.measure(8, 8, lost);
    await desk.settle(anew);
    expect(desk.market.settled.map(({ tradeId, cost }) => [tradeId, cost])).toEqual([
      [1, yuan(16)],
      [2, yuan(16)],
    ]);
    expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(yuan(15.52) - yuan(4));
    expect(await desk.balanceOf(`participant/${linkOwner.participantId}/income`)).toBe(yuan(15.52) + yuan(4));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-24, R-27a a lease that never began costs nothing and is free at once', async () => {
    await desk.deposit(buyer.participantId, yuan(32));
    const trade = await desk.trade({ tradeId: 1, units: 4, transferAmount: 5n, price: 7_000_000, linkOwnerId: linkOwner.participantId });
    const delivered = { from: trade.window!.from, to: trade.window!.from };
    desk.market.hold(1, 0n);
    const cut = { leaseId: 1, state: LeaseState.CUT_SHORT, units: 4, delivered, unitSlots: 0, held: 0n, reason: 'not_confirmed' };
    await desk.market.tell(LeaseChanged, LeaseChanged.create(cut));
    await desk.exchange.advance();
    expect(await desk.settlement(buyer).getBalance({ participantId: buyer.participantId })).toMatchObject({
      moneyAvailable: yuan(32),
      moneyHeld: 0n,
    });
    await desk.exchange.advance(quarterHour);
    expect(desk.market.settled).toEqual([{ tradeId: 1, buyerId: buyer.participantId, cost: 0n, money: 0n, subsidyKept: 0n }]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-27, R-29 schedules are published ahead, and a trade keeps the one that it was made under', async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    const before = await desk.trade({ tradeId: 1 });
    const publish = (effectiveFrom: number) => desk.settlement().publishSchedule({ kind: ScheduleKind.FEE, effectiveFrom, feeBp: 1000 });
    await expect(publish(desk.exchange.now())).rejects.toMatchObject({
      rule: 'schedule_must_take_effect_in_the_future',
      field: 'effectiveFrom',
    });
    await expect(
      desk.settlement().publishSchedule({ kind: ScheduleKind.SLA, effectiveFrom: desk.exchange.now() + 1, tiers: [] }),
    ).rejects.toMatchObject({ rule: 'tiers_must_fall' });
    expect(await publish(desk.exchange.now() + 1)).toMatchObject({ version: 2, publishedBy: 'test/1' });
    await desk.exchange.advance(1);
    const after = await desk.trade({ tradeId: 2 });
    await desk.settle(before);
    await desk.settle(after);
    expect(await desk.balanceOf('fee')).toBe(yuan(0.24) + yuan(0.8));
    const { earnings } = await desk.settlement(provider).listEarnings({});
    expect(earnings.filter(({ kind }) => kind === 'fee').map(({ tradeId, feeVersion, feeBp }) => [tradeId, feeVersion, feeBp])).toEqual([
      [2, 2, 1000],
      [1, 1, 300],
    ]);
  });

  it('lists are the caller’s own, page by page', async () => {
    for (let at = 0; at < 5; at++) await desk.deposit(buyer.participantId, yuan(1));
    await desk.deposit(otherBuyer.participantId, yuan(2));
    const first = await desk.settlement(buyer).listTransfers({ page: { cursor: '', limit: 3 } });
    const second = await desk.settlement(buyer).listTransfers({ page: { cursor: first.page!.nextCursor, limit: 3 } });
    expect([...first.transfers, ...second.transfers].map(({ kind, amount, cause }) => [kind, amount, cause])).toEqual(
      Array(5).fill(['deposit', yuan(1), '']),
    );
    expect(second.page!.nextCursor).toBe('');
    await expect(desk.settlement(buyer).listTransfers({ participantId: otherBuyer.participantId })).rejects.toMatchObject({
      kind: 'absent',
    });
    expect((await desk.settlement(regulator).listTransfers({ kind: 'deposit' })).transfers).toHaveLength(6);
    expect((await desk.settlement(buyer).listAccounts({})).accounts.map(({ code }) => code)).toEqual([
      `participant/${buyer.participantId}/money`,
    ]);
    await expect(desk.settlement(buyer).getTrialBalance({})).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(desk.settlement(buyer).recordDeposit({ participantId: 3, amount: 1n, bankReference: 'x' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('R-25 a thousand trades that come together are held, ended, rated and billed together', async () => {
    for (const { participantId } of [buyer, otherBuyer]) await desk.deposit(participantId, yuan(10_000));
    const trades = Array.from({ length: 1000 }, (_, at) =>
      desk.made({
        ...{ tradeId: at + 1, buyerId: at % 2 ? buyer.participantId : otherBuyer.participantId, price: 7_333_300 },
        ...{ transferAmount: 7n, linkOwnerId: linkOwner.participantId },
      }),
    );
    await desk.market.trade(...trades);
    await desk.exchange.advance();
    expect(await desk.settlement().getTrialBalance({})).toMatchObject({ held: 7_333_307_000n, imbalance: 0n });
    const ended = (trade: TradeMade) => ({
      leaseId: trade.tradeId,
      state: LeaseState.ENDED,
      delivered: trade.window,
      unitSlots: 4,
      held: 7_333_307n,
    });
    await desk.market.tell(LeaseChanged, ...trades.map((trade) => LeaseChanged.create(ended(trade))));
    await desk.measure(4, 4, ...trades);
    await desk.exchange.advance();
    await desk.exchange.advance(quarterHour);
    expect(desk.market.settled).toHaveLength(1000);
    const bills = await desk.closeMonth();
    expect(bills.map(({ total, lines }) => [total, lines.length])).toEqual(Array(2).fill([yuan(3665), 1000]));
    expect(await desk.balanceOf('rounding')).toBe(yuan(7330) - 7_333_307_000n);
    expect(await desk.leftOver()).toEqual(nothing);
  });
});
