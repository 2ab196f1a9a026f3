// What a voucher paid of a bill in the end is the same everywhere: the month's spending, the FOCUS rows of all months, the bill and its credit notes.
import { CostExportsDefinition, SpendingDefinition, Tier } from '#contracts';
import type { Bill, BillIssued } from '#contracts';
import { readFocus } from '#testing';
import { firstNotes, noteRows, noteTotals, voucherRows } from '../src/bill-subsidy.paper.js';
import { amountRows, amountTexts } from '../src/paper-texts.js';
import { buyer, Desk, nothing, provider, quarterHour, yuan } from './market.js';

const P = buyer.participantId;

it.each([
  [
    [yuan(465.44), -53_382_000n, 412_058_000n],
    ['465.440', '-53.382', '412.058'],
  ],
  [
    [yuan(1.5), 0n],
    ['1.50', '0.00'],
  ],
  [
    [1n, yuan(2)],
    ['0.000001', '2.000000'],
  ],
  [[], []],
])('amounts of one column have one number of decimals: %s', (amounts, texts) => {
  expect(amountTexts(amounts)).toEqual(texts);
});

describe('what vouchers pay', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.deposit(P, yuan(1000));
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    expect(await desk.leftOver()).toEqual(nothing);
    await desk.stop();
  });

  const spent = async () => {
    const { all } = await desk.exchange.call(SpendingDefinition, buyer).getSpending({ participantId: P, month: '2026-01' });
    return [all!.delivered, all!.subsidy];
  };
  const focus = async (...months: string[]) => {
    const rows = [];
    for (const month of months) {
      let csv = '';
      for await (const { data } of desk.exchange.call(CostExportsDefinition, buyer).exportCosts({ month, participantId: 0 }))
        csv += Buffer.from(data).toString();
      const read = readFocus(csv);
      expect(read.broken).toEqual([]);
      rows.push(...read.rows);
    }
    return rows;
  };
  const micro = (text: string): bigint => BigInt(Math.round(Number(text) * 1e6));
  const sums = async (...months: string[]) => {
    const rows = await focus(...months);
    return ['BilledCost', 'x_Subsidy'].map((name) => rows.reduce((sum, row) => sum + micro(row[name]!), 0n));
  };
  const read = (bill: BillIssued): Promise<Bill> => desk.settlement(buyer).getBill({ billId: bill.billId });
  const refund = async (bill: BillIssued, amount: bigint, taken?: bigint) => {
    const given = await desk.settlement().refundBill({ billId: bill.billId, line: 1, amount, reason: 'slow' });
    await desk.exchange.advance();
    if (taken !== undefined) await desk.clawBack(desk.market.refunds.at(-1)!, taken);
    return given;
  };

  it('R-33 a reimbursement: its grant is a row of its own, and refunds lower it in spending, FOCUS and on the bill', async () => {
    await desk.settle(await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 8 }));
    const [issued] = await desk.closeMonth();
    const bill = issued!;
    await desk.reimburse(bill, 77, 2500, 1);
    expect(await spent()).toEqual([yuan(64), yuan(16)]);
    expect((await focus('2026-02')).map((row) => [row.ChargeCategory, row.BilledCost, row.x_Subsidy, row.InvoiceId])).toEqual([
      ['Credit', '0', '16', String(bill.billId)],
    ]);

    expect(await refund(bill, yuan(6))).toMatchObject({ subsidy: yuan(1.5), toBuyer: yuan(4.5), toProgramme: yuan(1.5) });
    expect(await spent()).toEqual([yuan(58), yuan(14.5)]);
    await desk.clawBack(desk.market.refunds[0]!, yuan(1.5));
    expect(await spent()).toEqual([yuan(58), yuan(14.5)]);
    expect(await sums('2026-01', '2026-02')).toEqual([yuan(58), yuan(14.5)]);
    const seen = await read(bill);
    expect(seen).toMatchObject({
      ...{ total: yuan(64), subsidyGranted: yuan(16), paidByBuyer: yuan(48), refunded: yuan(6) },
      ...{ returnedByCreditNotes: yuan(1.5), returnedByCorrections: 0n, borneByBuyer: yuan(43.5) },
      creditNotes: [{ amount: yuan(6), toBuyer: yuan(4.5), toProgramme: yuan(1.5), programmeId: 1 }],
      subsidies: [{ claimId: 1, programmeId: 1, bidId: 77, claimed: 0n, granted: yuan(16), reimbursed: true, returned: yuan(1.5) }],
    });
    expect((await desk.settlement(buyer).listBills({})).bills).toMatchObject([{ borneByBuyer: yuan(43.5), subsidies: [] }]);
    expect(amountRows(voucherRows(seen))).toEqual([['Voucher reimbursed 算力券返还 · programme 方案 1, claim 申领 1', '-16.00']]);
    expect(voucherRows(seen, new Map([[1, '渝算券']]))[0]![0]).toBe(
      'Voucher reimbursed 算力券返还 · programme 方案 1 渝算券, claim 申领 1',
    );
    const notes = await firstNotes(seen.creditNotes, 1_000);
    expect(noteRows(notes)[0]!.slice(4)).toEqual(['-6.00', '-0.34', '-4.50', '-1.50']);
    expect(noteTotals(seen, notes).map(([, amount]) => amount)).toEqual(['-6.00', '-0.34', '-4.50', '-1.50', '58.00', '-14.50', '43.50']);

    await refund(bill, yuan(58), yuan(14.5));
    expect(await spent()).toEqual([0n, 0n]);
    expect(await sums('2026-01', '2026-02')).toEqual([0n, 0n]);
    expect(await read(bill)).toMatchObject({ borneByBuyer: 0n, returnedByCreditNotes: yuan(16) });
    expect((await desk.settlement(buyer).listRefunds({})).refunds).toMatchObject([
      { subsidyDecided: true, toBuyer: yuan(43.5), toProgramme: yuan(14.5) },
      { subsidyDecided: true, toBuyer: yuan(4.5), toProgramme: yuan(1.5) },
    ]);
  });

  it('R-28, R-33 a guarantee that is granted in part and corrected late adds up too, and the correction bills the difference of the quantity', async () => {
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: P, amount: yuan(4.8), rateBp: 3000 });
    await desk.exchange.advance();
    const book = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8), book });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [issued] = await desk.closeMonth();
    const bill = issued!;
    expect(amountRows(voucherRows(await read(bill)))).toEqual([['Voucher, not decided yet 算力券待核定 · programme 方案 1', '-4.80']]);
    await desk.decide(bill, 77, yuan(4), 1);
    expect(await read(bill)).toMatchObject({
      subsidies: [{ claimed: yuan(4.8), granted: yuan(4), reimbursed: false }],
      paidByBuyer: yuan(12),
    });
    expect(await sums('2026-01', '2026-02')).toEqual([yuan(16), yuan(4)]);

    // Of 8 unit-slots 6 were used: 4 yuan less, of which 1 is the programme's.
    const record = { recordId: 'r', version: 1, leaseId: 1, meterSequence: 1, window: trade.window, unitSlots: 6 };
    await desk.settlement(provider).reportUsage({ records: [record] });
    await desk.exchange.advance(quarterHour);
    await desk.clawBack(desk.market.refunds[0]!, yuan(1));
    expect(await spent()).toEqual([yuan(12), yuan(3)]);
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance();
    expect(await sums('2026-01', '2026-02')).toEqual([yuan(12), yuan(3)]);
    const [first, second] = [await read(bill), await read(desk.market.bills.at(-1)!)];
    expect(
      [first, second].flatMap(({ lines }) =>
        lines.map(({ kind, unitSlots, exactAmount, subsidy }) => [kind, unitSlots, exactAmount, subsidy]),
      ),
    ).toEqual([
      ['compute', 8, yuan(16), yuan(4.8)],
      ['adjustment', -2, -yuan(4), -yuan(1)],
    ]);
    expect(first).toMatchObject({ refunded: 0n, paidByBuyer: yuan(12), borneByBuyer: yuan(12), subsidies: [{ returned: yuan(1) }] });
    expect(second).toMatchObject({ total: -yuan(4), returnedByCorrections: yuan(1), paidByBuyer: -yuan(3), borneByBuyer: -yuan(3) });
    expect(amountRows(voucherRows(second))).toEqual([['Of corrections back to programmes 更正退回发券方', '1.00']]);
  });
});
