// a month's close: once, whoever asks at once; where it was cut off the next one goes on with the buyers that have no bill yet.
import type { TradeMade } from '#contracts';
import { BillIssue } from '../src/bill-issue.js';
import { buyer, Desk, nothing, otherBuyer, quarterHour, yuan } from './market.js';

describe('the close of a month', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    for (const { participantId } of [buyer, otherBuyer]) await desk.deposit(participantId, yuan(100));
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  const traded = (tradeId: number, of = buyer): Promise<TradeMade> => desk.trade({ tradeId, buyerId: of.participantId, price: 8_002_100 });
  const close = (month: string) => desk.settlement().closeBillingPeriod({ month });
  const billed = async () => {
    const { bills } = await desk.settlement().listBills({});
    return bills.map(({ buyerId, month, total }) => `${buyerId} ${month} ${Number(total) / 1e6}`).sort();
  };

  it('makes one bill for each buyer, whoever closes at once', async () => {
    const trades = [await traded(1), await traded(2, otherBuyer), await traded(3, otherBuyer)];
    for (const trade of trades) await desk.settle(trade);
    await desk.exchange.advanceTo(Date.parse('2026-02-01T00:00:00+08:00'));
    const [one, other] = await Promise.all([close('2026-01'), close('2026-01')]);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ bills: 2, total: yuan(24) });
    await desk.exchange.advance();
    expect(await billed()).toEqual(['3 2026-01 8', '4 2026-01 16']);
    expect(desk.market.bills.map(({ buyerId, lines }) => [buyerId, lines.length])).toEqual([
      [3, 1],
      [4, 2],
    ]);
    // Each line rounded down 0.0021 yuan, which the buyers have again.
    for (const { participantId } of [buyer, otherBuyer])
      expect(desk.market.free(participantId)).toBe(yuan(100) - yuan(participantId === 3 ? 8 : 16));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('tells a bill of many lines in parts', async () => {
    desk.exchange.running.get(BillIssue).linesOfEvent = 2;
    for (const tradeId of [1, 2, 3]) await desk.settle(await traded(tradeId));
    const parts = await desk.closeMonth();
    const of = { billId: parts[0]!.billId, buyerId: 3, total: yuan(24), parts: 2 };
    expect(parts).toMatchObject([
      { ...of, part: 1, lines: [{ tradeId: 1 }, { tradeId: 2 }] },
      { ...of, part: 2, lines: [{ tradeId: 3 }] },
    ]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('goes on where it was cut off: who has a bill of the month gets no other', async () => {
    const [first, late, others] = [await traded(1), await traded(2), await traded(3, otherBuyer)];
    await desk.settle(first);
    await desk.exchange.advanceTo(Date.parse('2026-02-01T00:00:00+08:00'));
    await close('2026-01');
    // As it stands after the first buyers' transaction.
    await desk.exchange.database.query('set session_replication_role = replica; delete from settlement.billing_periods');
    for (const trade of [late, others]) await desk.end(trade);
    await desk.exchange.advance(quarterHour);
    expect(await close('2026-01')).toMatchObject({ bills: 2, total: yuan(16) });
    expect(await billed()).toEqual(['3 2026-01 8', '4 2026-01 8']);
    await desk.passFebruary();
    await close('2026-02');
    await desk.exchange.advance();
    expect(await billed()).toEqual(['3 2026-01 8', '3 2026-02 8', '4 2026-01 8']);
    await desk.exchange.database.query(
      "set session_replication_role = replica; delete from settlement.billing_periods where month = '2026-02'",
    );
    await desk.exchange.advance(4 * quarterHour);
    expect((await desk.settlement().listBillingPeriods({})).periods).toMatchObject([
      { month: '2026-02', bills: 1, total: yuan(8), closedBy: 'close-months' },
      { month: '2026-01', bills: 2 },
    ]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('bills each month’s leases on its own bill, whoever closes two months at once, the later first', async () => {
    const january = await traded(1);
    await desk.exchange.advanceTo(Date.parse('2026-02-01T00:00:00+08:00'));
    const february = await traded(2);
    await desk.exchange.advanceTo(Date.parse('2026-03-01T00:00:00+08:00'));
    // Their measures come late, so that no job has closed either month.
    for (const trade of [january, february]) await desk.end(trade);
    await desk.exchange.advance(quarterHour);
    const [later, earlier] = await Promise.all([close('2026-02'), close('2026-01')]);
    expect([earlier, later]).toMatchObject([
      { month: '2026-01', bills: 1, total: yuan(8) },
      { month: '2026-02', bills: 1, total: yuan(8) },
    ]);
    await desk.exchange.advance();
    expect(await billed()).toEqual(['3 2026-01 8', '3 2026-02 8']);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('owes what rounding up adds, asked of each buyer’s money', async () => {
    const up = [
      await desk.trade({ tradeId: 1, price: 8_007_900 }),
      await desk.trade({ tradeId: 2, price: 8_007_900, buyerId: otherBuyer.participantId }),
    ];
    for (const trade of up) await desk.settle(trade);
    await desk.closeMonth();
    expect(desk.market.answers.map(({ participantId, amount, accepted }) => [participantId, amount, accepted])).toEqual([
      [3, 2_100n, true],
      [4, 2_100n, true],
    ]);
    await desk.exchange.advance();
    for (const { participantId } of [buyer, otherBuyer]) {
      expect(desk.market.has(participantId)).toBe(yuan(100) - yuan(8.01));
      expect(await desk.balanceOf(`participant/${participantId}/receivable`)).toBe(0n);
    }
    expect(await desk.leftOver()).toEqual(nothing);
  });
});
