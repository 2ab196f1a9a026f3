// The month's costs as FOCUS 1.2: by the specification's rules, line by line the bills, and nobody else's.
import { CostExportsDefinition, ParticipantChanged, ScheduleKind, Tier } from '#contracts';
import { focusColumnRules, readFocus } from '#testing';
import type { FocusRow, TestCaller } from '#testing';
import { carbonMg, facilityWh } from '../src/core/energy.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, quarterHour, regulator, yuan } from './market.js';

describe('energy and carbon', () => {
  it.each([
    [1000n, 1200, 1200n],
    [999n, 1001, 999n],
    [0n, 1500, 0n],
  ])('R-30 %s Wh at a PUE of %s thousandths are %s Wh', (wh, pueMilli, facility) => {
    expect(facilityWh(wh, pueMilli)).toBe(facility);
  });

  it.each([
    [1_000n, 0, 530_600n],
    [1_000n, 6_500, 185_710n],
    [1_000n, 10_000, 0n],
    [1n, 0, 530n],
  ])('%s Wh of which %s basis points are green are %s mg of CO₂', (wh, green, mg) => {
    expect(carbonMg(wh, green, { version: 1, effectiveFrom: 0, carbonMgPerKwh: 530_600, source: '' })).toBe(mg);
  });
});

describe('costs as FOCUS 1.2', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    for (const { participantId } of [buyer, otherBuyer]) await desk.deposit(participantId, yuan(100));
  });
  afterEach(() => desk.stop());

  const read = async (month: string, caller?: TestCaller, participantId = 0) => {
    let csv = '';
    for await (const { data } of desk.exchange.call(CostExportsDefinition, caller).exportCosts({ month, participantId }))
      csv += Buffer.from(data).toString();
    const { rows, broken } = readFocus(csv);
    expect(broken).toEqual([]);
    return rows;
  };
  const micro = (text: string) => BigInt(Math.round(Number(text) * 1e6));
  const billed = (rows: readonly FocusRow[]) => rows.reduce((sum, row) => sum + micro(row.BilledCost!), 0n);

  it('has a row for each line of a bill, keeps the rules, and adds up to the bill', async () => {
    const trade = await desk.trade({
      ...{ tradeId: 1, units: 2, price: 7_333_300, transferAmount: 1_234_567n, linkOwnerId: linkOwner.participantId, project: '视觉, "A"' },
      ...{ greenShareBp: 6500, pueMilli: 1200 },
    });
    await desk.settle(trade, { up: 0.95 });
    const other = await desk.trade({ tradeId: 2, buyerId: otherBuyer.participantId, region: 0, project: '' });
    await desk.settle(other);
    const bills = await desk.closeMonth();
    const rows = await read('2026-01', buyer);
    expect(rows.map((row) => [row.ChargeCategory, row.PricingQuantity, row.PricingUnit, row.ListCost, row.BilledCost])).toEqual([
      ['Usage', '2', 'Card-Hours', '14.6666', '14.67'],
      ['Usage', '1', 'Transfers', '1.234567', '1.23'],
      ['Credit', '', '', '-14.67', '-14.67'],
    ]);
    // The table is no rubber stamp.
    const file = (change: Partial<FocusRow>, drop?: string) => {
      const names = [...new Set([...Object.keys(rows[0]!), ...Object.keys(change)])].filter((name) => name !== drop);
      const line = names.map((name) => `"${({ ...rows[0], ...change }[name] ?? '').replaceAll('"', '""')}"`);
      return readFocus(`${names.join(',')}\n${line.join(',')}\n`).broken;
    };
    expect(file({})).toEqual([]);
    expect(file({}, 'PublisherName')).toEqual(['mandatory column PublisherName must be there']);
    expect(file({ ListCost: '14.67' })).toEqual(['row 1: ListCost must be ListUnitPrice × PricingQuantity: 14.67']);
    expect(file({ ChargeCategory: 'Tax' })).toHaveLength(6);
    expect(file({ BilledCost: '1,000' })).toEqual(['row 1: BilledCost is no Decimal: 1,000']);
    expect(file({ ServiceSubcategory: 'Other (Networking)' })).toEqual([
      'row 1: ServiceSubcategory must be one of Compute: Other (Networking)',
    ]);
    expect(file({ Tags: '{"of": 1}', SkuPriceDetails: '{}', BillingAccountType: 'buyer' })).toEqual([]);
    expect(file({ Tags: '{of: 1}' })).toEqual(['row 1: Tags is no Json: {of: 1}']);
    expect(file({ CapacityReservationId: 'r', CapacityReservationStatus: 'Half' })).toEqual([
      'row 1: CapacityReservationStatus must be one of its values: Half',
    ]);
    expect(file({ CommitmentDiscountUnit: 'Hours' })).toEqual(['row 1: CommitmentDiscountUnit must be null']);
    expect(file({ x_greenShare: '1' })).toEqual(['column x_greenShare must be known or begin with x_']);
    expect(focusColumnRules).toHaveLength(57);
    expect(file({ ChargePeriodEnd: rows[0]!.ChargePeriodStart })).toEqual(['row 1: ChargePeriodEnd must be after its start']);
    expect(rows[0]).toMatchObject({
      ...{ BillingAccountId: '3', InvoiceId: String(bills[0]!.billId), SkuId: 'INTELLIGENT/A100/CARD/FIRM', RegionId: '500000' },
      ...{ BillingPeriodStart: '2025-12-31T16:00:00Z', BillingPeriodEnd: '2026-01-31T16:00:00Z', SubAccountName: '视觉, "A"' },
      ...{ x_GreenShare: '0.65', x_EnergyKwh: '0', x_CarbonKgCO2e: '0', x_TaxIncluded: '0.83' },
    });
    expect(billed(rows)).toBe(bills.find(({ buyerId }) => buyerId === buyer.participantId)!.total);
    const all = await read('2026-01', regulator);
    expect(billed(all)).toBe(bills.reduce((sum, { total }) => sum + total, 0n));
    expect(await read('2026-01', undefined, otherBuyer.participantId)).toEqual(all.filter((row) => row.BillingAccountId === '4'));
    await expect(read('2026-01', buyer, otherBuyer.participantId)).rejects.toMatchObject({ kind: 'absent' });
    expect(await read('2026-01', provider)).toEqual([]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('a refund and a late correction are corrections in the month in which they are made', async () => {
    const book = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
    const trade = await desk.trade({ tradeId: 1, book, units: 2 });
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(2), reason: 'slow' });
    const record = { recordId: 'r', version: 1, leaseId: 1, meterSequence: 1, window: trade.window, unitSlots: 6 };
    await desk.settlement(provider).reportUsage({ records: [record] });
    await desk.exchange.advance(quarterHour);
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    expect(billed(await read('2026-01', buyer))).toBe(yuan(16));
    const rows = await read('2026-02', buyer);
    expect(rows.map((row) => [row.ChargeCategory, row.ChargeClass, row.BilledCost, row.InvoiceId])).toEqual([
      ['Adjustment', 'Correction', '-4', String(bill!.billId + 1)],
      ['Adjustment', 'Correction', '-2', String(bill!.billId)],
    ]);
  });

  it('energy is the units’ × PUE, carbon by the factor in force when the trade was made', async () => {
    const trade = await desk.trade({ tradeId: 1, greenShareBp: 5000, pueMilli: 1250 });
    await desk.settlement().publishSchedule({ kind: ScheduleKind.CARBON, effectiveFrom: desk.exchange.now() + 1, carbonMgPerKwh: 1 });
    await desk.settle(trade, { energyWh: 4_000 });
    await desk.closeMonth();
    expect(await read('2026-01', buyer)).toMatchObject([{ x_EnergyKwh: '5', x_CarbonKgCO2e: '1.3265', x_GreenShare: '0.5' }]);
  });

  it('energy of what was resold stands once, with who used it; each pays for its own lease', async () => {
    const green = { greenShareBp: 5000, pueMilli: 1000, units: 2 };
    await desk.settle(await desk.trade({ tradeId: 1, ...green }), { energyWh: 10_000 });
    const resale = { buyerId: otherBuyer.participantId, providerId: buyer.participantId, deliveredById: provider.participantId };
    await desk.settle(await desk.trade({ tradeId: 2, ...green, units: 1, ...resale, resoldLeaseId: 1 }), { energyWh: 4_000 });
    const bills = await desk.closeMonth();
    const rows = await read('2026-01', regulator);
    expect(rows.map((row) => [row.ResourceId, row.BilledCost, row.x_EnergyKwh, row.x_CarbonKgCO2e])).toEqual([
      ['lease/1', '16', '6', '1.5918'],
      ['lease/2', '8', '4', '1.0612'],
    ]);
    expect(billed(rows)).toBe(bills.reduce((sum, { total }) => sum + total, 0n));
  });

  it('a text that a spreadsheet would take for a formula is marked as text; figures stay figures', async () => {
    await desk.tellRegistry(ParticipantChanged.create({ participantId: buyer.participantId, name: '@SUM(A1:A9)' }));
    await desk.tellRegistry(ParticipantChanged.create({ participantId: provider.participantId, name: '-2+3' }));
    await desk.tellRegistry(ParticipantChanged.create({ participantId: 1, name: '+86 exchange' }));
    await desk.settle(await desk.trade({ tradeId: 1, project: '=HYPERLINK("http://evil")' }), { up: 0.95 });
    await desk.closeMonth();
    const rows = await read('2026-01', buyer);
    const texts = { BillingAccountName: "'@SUM(A1:A9)", PublisherName: "'-2+3", ProviderName: "'+86 exchange" };
    expect(rows).toMatchObject([
      { ...texts, InvoiceIssuerName: "'+86 exchange", SubAccountName: `'=HYPERLINK("http://evil")`, BilledCost: '8' },
      { ...texts, ChargeCategory: 'Credit', BilledCost: '-8', x_TaxIncluded: '-0.45' },
    ]);
  });

  it('the tax in refunds of a line adds up to that of one', async () => {
    await desk.settle(await desk.trade({ tradeId: 1, units: 2 }));
    const [bill] = await desk.closeMonth();
    for (let at = 0; at < 10; at++)
      await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(0.1), reason: 'slow' });
    await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(15), reason: 'all of it' });
    const rows = await read('2026-02', buyer);
    const taxes = rows.map((row) => micro(row.x_TaxIncluded!));
    // Of 16 yuan 0.91 is tax, of the 15 that are left after ten times 0.10 it is 0.85.
    expect(taxes.slice(0, 10).reduce((sum, tax) => sum + tax, 0n)).toBe(-yuan(0.06));
    expect(taxes.reduce((sum, tax) => sum + tax, 0n)).toBe(-yuan(0.91));
  });
});
