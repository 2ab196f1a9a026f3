import { LeaseChanged, LeaseState, RemoteLeaseMeasured } from '#contracts';
import { Look } from '#testing';
import { Lowerings } from '../src/lowerings.js';
import { buyer, Desk, nothing, otherBuyer, provider, quarterHour, voucher, yuan } from './market.js';

const P = buyer.participantId;

describe('subsidies', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  const balances = async () => {
    const { issued, available, held, redeemed, expired, revoked } = await desk.ledger.getProgrammeBalances({ programmeId: 1 });
    expect(available + held + redeemed + expired + revoked).toBe(issued);
    return { available, held, redeemed };
  };
  /** The buyer owes 4.8 yuan and has nothing. */
  const owing = async (): Promise<void> => {
    await desk.deposit(P, yuan(11.2));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, 0n, 1);
  };
  const reserve = async (orderId: number, amount: bigint, rateBp = 3000) => {
    const answer = await desk.ledger.reserveSubsidy({ programmeId: 1, orderId, buyerId: P, amount, rateBp });
    await desk.exchange.advance();
    return answer;
  };

  it('R-31 a reservation is of one order, and no buying power; it answers what the programme had', async () => {
    const first = await reserve(77, yuan(30));
    expect(first).toMatchObject({ amount: yuan(30), open: true });
    expect(await reserve(77, yuan(30))).toEqual(first);
    expect(desk.market.free(P)).toBe(0n);
    await expect(reserve(77, yuan(31))).rejects.toMatchObject({ rule: 'reservation_must_not_change' });
    expect(await reserve(78, yuan(5000))).toMatchObject({ amount: yuan(970) });
    expect(await reserve(79, yuan(1))).toMatchObject({ reservationId: 0, amount: 0n });
    await expect(desk.ledger.reserveSubsidy({ programmeId: 2, orderId: 1, buyerId: P, amount: 1n, rateBp: 1 })).rejects.toMatchObject({
      rule: 'programme_must_be_funded',
    });
  });

  it('R-31 a refused bid gives its reservation back, and may reserve anew', async () => {
    await reserve(77, yuan(30));
    await desk.ledger.releaseSubsidy({ orderId: 77 });
    await desk.exchange.advance();
    expect(await balances()).toEqual({ available: yuan(1000), held: 0n, redeemed: 0n });
    expect(desk.market.free(P)).toBe(0n);
    expect(await reserve(77, yuan(40))).toMatchObject({ amount: yuan(40) });
  });

  it('R-32 what nobody holds can expire or be revoked; a movement is made once', async () => {
    await reserve(77, yuan(30));
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
    await expect(desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1) })).rejects.toMatchObject({
      rule: 'transfer_id_must_not_be_reused',
    });
    const ended = await desk.ledger.endProgramme({ programmeId: 1, transferId: 'expired', end: 1 });
    expect(ended).toMatchObject({ issued: yuan(1000), available: 0n, held: yuan(30), expired: yuan(970) });
    await desk.ledger.releaseSubsidy({ orderId: 77 });
    await desk.exchange.advance();
    expect(await desk.ledger.endProgramme({ programmeId: 1, transferId: 'expired', end: 1 })).toMatchObject({ available: yuan(30) });
    expect(await desk.ledger.endProgramme({ programmeId: 1, transferId: 'expired-2', end: 1 })).toMatchObject({
      available: 0n,
      expired: yuan(1000),
    });
  });

  it('R-27, R-33 a trade takes its share of the reservation, the bill decides it, the rest goes back', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(9));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(4.8), held: yuan(4.8), redeemed: 0n });
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({
      moneyHeld: yuan(11.2),
      subsidyHeld: yuan(4.8),
      subsidyReserved: 0n,
    });
    await desk.settle(trade);
    expect(desk.market.settled[0]!.cost).toBe(yuan(16));
    expect(await desk.balanceOf('clearing/subsidy')).toBe(-yuan(4.8));
    const [bill] = await desk.closeMonth();
    expect(bill!.lines).toMatchObject([{ kind: 'compute', amount: yuan(16), subsidy: yuan(4.8), programmeId: 1, bidId: 77 }]);
    await desk.decide(bill!, 77, yuan(4.8), 1);
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(4.8), held: 0n, redeemed: yuan(4.8) });
    expect(await desk.balanceOf('programme/1/owed')).toBe(-yuan(4.8));
    expect(await desk.settlement(buyer).getBill({ billId: bill!.billId })).toMatchObject({
      subsidyClaimed: yuan(4.8),
      subsidyGranted: yuan(4.8),
      paidByBuyer: yuan(11.2),
    });
    expect(desk.market.free(P)).toBe(yuan(100) - yuan(11.2));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29, R-33 a service-level credit lowers the subsidy too: it is a share of what was paid', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade, { up: 0.5 });
    expect(desk.market.settled[0]!.cost).toBe(0n);
    expect(await balances()).toEqual({ available: yuan(1000), held: 0n, redeemed: 0n });
    expect(desk.market.free(P)).toBe(yuan(100));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-31 what a programme refuses the buyer owes, and pays through the engine', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, yuan(1.8), 1);
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(1.8), held: 0n, redeemed: yuan(1.8) });
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({
      moneyAvailable: yuan(100) - yuan(14.2),
      receivable: 0n,
    });
    expect(desk.market.free(P)).toBe(yuan(100) - yuan(14.2));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-28 a debt that buying power does not cover waits, and the next deposit pays it', async () => {
    await desk.deposit(P, yuan(11.2));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, 0n, 1);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyAvailable: 0n, receivable: yuan(4.8) });
    await desk.deposit(P, yuan(5));
    await desk.exchange.advance(4 * quarterHour);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyAvailable: yuan(0.2), receivable: 0n });
    expect(desk.market.free(P)).toBe(yuan(0.2));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-26 a trade holds what the engine says, of the reservation and of the money', async () => {
    await desk.deposit(P, yuan(30));
    await reserve(77, yuan(20), 4000);
    const subsidised = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 5, subsidy: yuan(16) });
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({
      moneyAvailable: yuan(6),
      subsidyReserved: yuan(4),
    });
    await desk.closeOrder(77);
    expect(await balances()).toMatchObject({ held: yuan(16) });
    const other = await desk.trade({ tradeId: 2, bidId: 78, units: 1, price: 6_000_000 });
    expect(desk.market.free(P)).toBe(0n);
    await desk.settle(subsidised);
    await desk.settle(other);
    expect(desk.market.settled).toMatchObject([
      { cost: yuan(40), money: yuan(24) },
      { cost: yuan(6), money: yuan(6) },
    ]);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyAvailable: 0n, receivable: 0n });
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, yuan(16), 1);
    expect(await balances()).toEqual({ available: yuan(984), held: 0n, redeemed: yuan(16) });
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-24 what is placed anew keeps the subsidy of what was lost', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.lose(trade, 1);
    expect(await balances()).toMatchObject({ held: yuan(4.8) });
    const anew = await desk.trade({ tradeId: 2, bidId: 77, programmeId: 1, subsidy: yuan(2.4), window: trade.window, replacesTradeId: 1 });
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyHeld: yuan(11.2), subsidyHeld: yuan(4.8) });
    await desk.settle(trade, { units: 1 });
    await desk.settle(anew);
    const [bill] = await desk.closeMonth();
    expect(bill!.lines.map(({ tradeId, amount, subsidy }) => [tradeId, amount, subsidy])).toEqual([
      [1, yuan(8), yuan(2.4)],
      [2, yuan(8), yuan(2.4)],
    ]);
    await desk.decide(bill!, 77, yuan(4.8), 1);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-10a, R-24 what is placed anew takes of the reservation that its lost trade took of, whatever came under the key since', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await reserve(77, yuan(1));
    await desk.lose(trade, 1);
    await desk.trade({ tradeId: 2, bidId: 77, programmeId: 1, subsidy: yuan(2.4), window: trade.window, replacesTradeId: 1 });
    expect(await desk.exchange.database.query('SELECT cause FROM settlement.dead_letter')).toEqual([]);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyHeld: yuan(11.2), subsidyHeld: yuan(4.8) });
  });

  it('R-28 who owes withdraws only what is left beside it', async () => {
    await desk.deposit(P, yuan(11.2));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, 0n, 1);
    await desk.deposit(P, yuan(3));
    const withdraw = (amount: bigint) => desk.settlement(buyer).requestWithdrawal({ participantId: P, amount });
    await expect(withdraw(yuan(0.01))).rejects.toMatchObject({ rule: 'receivable_must_be_paid_first' });
    await desk.deposit(P, yuan(3));
    await desk.exchange.advance(4 * quarterHour);
    await expect(withdraw(yuan(1.2))).resolves.toBeDefined();
  });

  it('R-28 who owes withdraws no more in several withdrawals than in one', async () => {
    await owing();
    await desk.deposit(P, yuan(6));
    const withdraw = () => desk.settlement(buyer).requestWithdrawal({ participantId: P, amount: yuan(1.2) });
    const asked = await Promise.allSettled([withdraw(), withdraw(), withdraw()]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ rule: 'receivable_must_be_paid_first', field: 'amount' });
    await desk.exchange.advance(4 * quarterHour);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyAvailable: 0n, receivable: 0n });
  });

  it('R-26, R-28 a debt that two transactions would ask for at once is asked for once', async () => {
    await owing();
    await desk.deposit(P, yuan(20));
    const lowerings = desk.exchange.running.get(Lowerings);
    const { database } = desk.exchange;
    // Both have read that it is not asked for when the first may say so.
    const look = new Look(database.url);
    await look.query('BEGIN');
    await look.query('SELECT FROM settlement.debts FOR UPDATE');
    const asked = Promise.all([lowerings.askAgain(0), lowerings.askAgain(0)]);
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE debts%'`;
    while ((await database.query(waiting)).length < 2);
    await look.query('COMMIT');
    await look.close();
    await asked;
    await desk.exchange.advance();
    expect(desk.market.answers).toMatchObject([{ participantId: P, accepted: true, amount: yuan(4.8) }]);
    expect(await desk.settlement(buyer).getBalance({ participantId: P })).toMatchObject({ moneyAvailable: yuan(15.2), receivable: 0n });
    expect(desk.market.free(P)).toBe(yuan(15.2));
  });

  it('R-33 a refund takes back from provider and fee, and gives the programme its share', async () => {
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(4.8));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    const refund = (amount: bigint) => desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount, reason: 'wrong image' });
    await expect(refund(yuan(1))).rejects.toMatchObject({ rule: 'refund_must_follow_the_subsidy_decision' });
    await desk.decide(bill!, 77, yuan(4.8), 1);
    await expect(refund(yuan(16.01))).rejects.toMatchObject({ rule: 'refund_must_not_exceed_the_line' });
    expect(await refund(yuan(4))).toMatchObject({ amount: yuan(4), subsidy: yuan(1.2), subsidyDecided: false });
    await desk.exchange.advance();
    expect(desk.market.refunds).toMatchObject([{ amount: yuan(4), subsidy: yuan(1.2), programmeId: 1, bidId: 77, tradeId: 1 }]);
    expect(await desk.balanceOf('clearing/refund')).toBe(yuan(1.2));
    await desk.clawBack(desk.market.refunds[0]!, yuan(1));
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(3.8), held: 0n, redeemed: yuan(3.8) });
    expect(await desk.balanceOf('programme/1/owed')).toBe(-yuan(3.8));
    expect(await desk.balanceOf('fee')).toBe(yuan(0.36));
    expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(yuan(12) - yuan(0.36));
    expect(desk.market.free(P)).toBe(yuan(100) - yuan(11.2) + yuan(3));
    expect(await desk.settlement(otherBuyer).listRefunds({})).toMatchObject({ refunds: [] });
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-33 a refund follows the decision of a programme that reimburses too, and takes its share back', async () => {
    await desk.deposit(P, yuan(100));
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2 });
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    const refund = () => desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(16), reason: 'all of it' });
    await expect(refund()).rejects.toMatchObject({ rule: 'refund_must_follow_the_subsidy_decision' });
    await desk.reimburse(bill!, 77, 2000, 1);
    expect(desk.market.free(P)).toBe(yuan(87.2));
    expect(await refund()).toMatchObject({ amount: yuan(16), subsidy: yuan(3.2) });
    await desk.exchange.advance();
    await desk.clawBack(desk.market.refunds[0]!, yuan(3.2));
    expect(await balances()).toEqual({ available: yuan(1000), held: 0n, redeemed: 0n });
    expect(desk.market.free(P)).toBe(yuan(100));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-24, R-31 what a partner loses of a subsidised lease is subsidised where it goes on; the partner owes what that costs more, and no subsidy', async () => {
    const partnerId = 5;
    await desk.deposit(P, yuan(100));
    await reserve(77, yuan(19.2));
    const bid = { bidId: 77, programmeId: 1 };
    const abroad = { providerId: partnerId, poolId: 1_000_000_000, platformId: partnerId, reservationId: 1 };
    const lost = await desk.trade({ ...bid, ...abroad, tradeId: 1, units: 8, subsidy: yuan(19.2) });
    await desk.closeOrder(77);
    const { subsidy } = await desk.lose(lost, 4);
    const anew = await desk.trade({ ...bid, tradeId: 2, units: 4, subsidy, replacesTradeId: 1, owedAmount: yuan(6) });
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(19.2), held: yuan(19.2), redeemed: 0n });
    const end = { leaseId: 1, state: LeaseState.ENDED, delivered: lost.window, units: 4, unitSlots: 16, held: yuan(32), reason: 'lost' };
    await desk.market.tell(LeaseChanged, LeaseChanged.create(end));
    const told = (version: number, unitSlotsUp: number) => {
      const measure = { tradeId: 1, version, unitSlots: 16, unitSlotsDue: 16, unitSlotsUp };
      return desk.tellInterconnect(RemoteLeaseMeasured, RemoteLeaseMeasured.create(measure));
    };
    await told(1, 16);
    await desk.settle(anew);
    expect(desk.market.settled.map(({ tradeId, cost }) => [tradeId, cost])).toEqual([
      [1, yuan(32)],
      [2, yuan(32)],
    ]);
    expect(await desk.balanceOf(`partner/${partnerId}/bought`)).toBe(yuan(32 - 6));
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, yuan(19.2), 1);
    expect(await balances()).toEqual({ available: yuan(1000) - yuan(19.2), held: 0n, redeemed: yuan(19.2) });
    expect(desk.market.free(P)).toBe(yuan(100 - 64 + 19.2));
    // Told late that all of it was down, the partner has nothing for it, and the programme and the buyer have back what each of them paid.
    await told(2, 0);
    await desk.exchange.advance(4 * quarterHour);
    expect(await desk.balanceOf(`partner/${partnerId}/bought`)).toBe(-yuan(6));
    expect(desk.market.free(P)).toBe(yuan(100 - 32 + 9.6));
    expect(await desk.balanceOf('clearing/refund')).toBe(yuan(9.6));
  });

  it('R-28 what a provider gives back after its payout is netted from the next', async () => {
    await desk.deposit(P, yuan(100));
    const trade = await desk.trade({ tradeId: 1, units: 2 });
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
    await desk.settlement().confirmPayout({ payoutId: payouts[0]!.payoutId, bankReference: 'B' });
    await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(16), reason: 'all of it' });
    expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(-(yuan(16) - yuan(0.48)));
    expect((await desk.settlement().createPayouts({ month: '2026-01' })).payouts).toEqual([]);
    const next = await desk.trade({ tradeId: 2, units: 4 });
    await desk.settle(next);
    await desk.passFebruary();
    expect(desk.market.overdue).toEqual([{ participantId: provider.participantId, overdue: true }]);
    const second = await desk.settlement().createPayouts({ month: '2026-02' });
    await desk.exchange.advance();
    expect(desk.market.overdue.slice(1)).toEqual([{ participantId: provider.participantId, overdue: false }]);
    expect(second.payouts).toMatchObject([{ amount: yuan(16) - yuan(0.48), lineCount: 3 }]);
    await desk.settlement().confirmPayout({ payoutId: second.payouts[0]!.payoutId, bankReference: 'C' });
    expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(0n);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('is for services alone', async () => {
    const asBuyer = desk.exchange.call((await import('#contracts')).LedgerDefinition, buyer);
    await expect(asBuyer.fundProgramme({ programmeId: 1, transferId: 'x', amount: 1n })).rejects.toMatchObject({ kind: 'forbidden' });
    expect(voucher.roles).toEqual(['service']);
  });
});
