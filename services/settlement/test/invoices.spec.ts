// Invoices: titles and tax numbers, the tax in a bill, credit notes, and the payee's statement; as JSON and on paper.
import { constants, inflateSync } from 'node:zlib';
import { DisputesDefinition, InvoicesDefinition, ParticipantChanged, ScheduleKind } from '#contracts';
import type { FileChunk } from '#contracts';
import { Paper } from '#paper';
import type { TestCaller } from '#testing';
import { billPaper } from '../src/bill.paper.js';
import { suppliesOf } from '../src/core/statement.js';
import { isSocialCreditCode } from '../src/core/tax-number.js';
import { taxCredited, taxIn } from '../src/core/tax.js';
import { exactText, fenText } from '../src/paper-texts.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, yuan } from './market.js';

const schedule = { version: 1, effectiveFrom: 0, taxBp: 600 };

describe('the rules of invoices', () => {
  it.each([
    // The standard's own example, and what one wrong character makes of it.
    ['91350100M000100Y43', true],
    ['91350100M000100Y44', false],
    ['91350100M000100Y34', false],
    ['91350100M000010Y43', false],
    ['91350100m000100y43', false],
    ['91350100I000100Y43', false],
    ['9135O100M000100Y43', false],
    ['91350100M000100Y4', false],
    ['', false],
  ])('GB 32100-2015: %s is one: %s', (text, is) => {
    expect(isSocialCreditCode(text)).toBe(is);
  });

  it('GB 32100-2015: every other character in any place is found out', () => {
    const good = '91350100M000100Y43';
    for (let at = 0; at < good.length; at++)
      for (const other of '0123456789ABCDEFGHJKLMNPQRTUWXY')
        if (other !== good[at]) expect(isSocialCreditCode(good.slice(0, at) + other + good.slice(at + 1))).toBe(false);
  });

  it.each([
    [yuan(106), 600, yuan(6)],
    [yuan(7.33), 600, yuan(0.41)],
    [-yuan(7.33), 600, -yuan(0.41)],
    // 0.005 and 0.015 yuan of tax: half to even.
    [yuan(0.01), 10_000, 0n],
    [yuan(0.03), 10_000, yuan(0.02)],
    [yuan(5), 0, 0n],
  ])('of %s micro-yuan at %s basis points %s is tax', (amount, taxBp, tax) => {
    expect(taxIn(amount, { ...schedule, taxBp })).toBe(tax);
  });

  it.each([
    [yuan(16), Array<bigint>(10).fill(yuan(0.1)), yuan(0.06)],
    [yuan(16), [yuan(1)], yuan(0.06)],
    [yuan(14.67), [yuan(14.67)], yuan(0.83)],
    [yuan(14.67), [yuan(0.01), yuan(7), yuan(7.66)], yuan(0.83)],
  ])('of a line of %s credited in parts of %s the notes have %s of tax together', (line, parts, tax) => {
    const credited = parts.map((_, at) => parts.slice(0, at).reduce((sum, part) => sum + part, 0n));
    const notes = parts.map((amount, at) => taxCredited(line, credited[at]!, amount, schedule));
    expect(notes.reduce((sum, one) => sum + one, 0n)).toBe(tax);
  });

  it('what moves money without a supply is no part of the invoice', () => {
    const sums = [
      ...[
        { kind: 'income', amount: 106_000_000n },
        { kind: 'fee', amount: -3_184_999n },
        { kind: 'sla_credit', amount: -4_999n },
      ],
      ...['disputed', 'dispute_released', 'carried_over', 'returned_payout', 'paid_back'].map((kind) => ({ kind, amount: 77n })),
    ];
    expect(suppliesOf(sums, schedule)).toEqual({ supplied: yuan(106), suppliedTax: yuan(6), fees: yuan(3.18), feesTax: yuan(0.18) });
  });

  it.each([
    [yuan(1234567.5), '1,234,567.50', '1,234,567.500000'],
    [-yuan(0.05), '-0.05', '-0.050000'],
    [0n, '0.00', '0.000000'],
  ])('%s is written %s or %s', (amount, fen, exact) => {
    expect([fenText(amount), exactText(amount)]).toEqual([fen, exact]);
  });
});

describe('invoices', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.tellRegistry(ParticipantChanged.create({ participantId: 1, name: 'the exchange 交易中心' }));
    await desk.deposit(buyer.participantId, yuan(100));
  });
  afterEach(() => desk.stop());

  const invoices = (caller?: TestCaller) => desk.exchange.call(InvoicesDefinition, caller);
  const title = { title: '嘉陵机器人有限公司', taxNumber: '91350100M000100Y43', contact: '重庆市北碚区 023-1', bank: '工商银行 622202' };
  const setTitle = (caller: TestCaller, given: Partial<typeof title> = {}) =>
    invoices(caller).setInvoiceTitle({ participantId: caller.participantId, ...title, ...given });
  const bytesOf = async (chunks: AsyncIterable<FileChunk>): Promise<Buffer> => {
    const all: Uint8Array[] = [];
    for await (const { data } of chunks) all.push(data);
    return Buffer.concat(all);
  };
  const billed = async () => {
    await desk.settle(
      await desk.trade({ tradeId: 1, units: 2, price: 7_333_300, transferAmount: yuan(2), linkOwnerId: linkOwner.participantId }),
    );
    return (await desk.closeMonth())[0]!.billId;
  };

  it('a bill names who it is for as was set when it was issued, and tells the tax of each line; lines and tax add up', async () => {
    await setTitle(buyer, { title: 'old' });
    await desk.exchange.advance(1);
    await setTitle(buyer);
    const billId = await billed();
    await desk.exchange.advance(1);
    await setTitle(buyer, { title: 'new' });
    const bill = await desk.settlement(buyer).getBill({ billId });
    expect(bill.buyer).toMatchObject({ ...title, version: 2 });
    expect(bill.seller).toMatchObject({ participantId: 1, title: 'the exchange 交易中心', version: 0, taxNumber: '' });
    expect(bill.lines.map(({ kind, amount, tax }) => [kind, amount, tax])).toEqual([
      ['compute', yuan(14.67), yuan(0.83)],
      ['transfer', yuan(2), yuan(0.11)],
    ]);
    expect(bill.tax).toEqual({ tax: yuan(0.94), net: yuan(15.73), taxBp: 600, taxVersion: 1 });
    expect(bill.total).toBe(yuan(16.67));
    // A list says nothing of tax rather than nought.
    expect((await desk.settlement(buyer).listBills({})).bills[0]!.tax).toBeUndefined();

    await desk.settlement().refundBill({ billId, line: 2, amount: yuan(1), reason: 'half the transfer' });
    const { disputeId } = await desk.exchange
      .call(DisputesDefinition, buyer)
      .openDispute({ billId, line: 1, amount: yuan(3), reason: 'slow' });
    await desk.exchange.call(DisputesDefinition).decideDispute({ disputeId, granted: yuan(3), reason: 'it was slow' });
    expect(await desk.settlement(buyer).getBill({ billId })).toMatchObject({
      refunded: yuan(4),
      creditNotes: [
        { line: 2, amount: yuan(1), tax: yuan(0.05), reason: 'half the transfer' },
        { line: 1, amount: yuan(3), tax: yuan(0.17), reason: 'it was slow' },
      ],
    });
  });

  it('a bill keeps the rate that was in force when it was issued', async () => {
    const billId = await billed();
    await desk.settlement().publishSchedule({ kind: ScheduleKind.TAX, effectiveFrom: desk.exchange.now() + 1, taxBp: 1300 });
    await desk.exchange.advance(1);
    expect((await desk.settlement(buyer).getBill({ billId })).tax).toMatchObject({ taxBp: 600, taxVersion: 1 });
    await desk.settle(await desk.trade({ tradeId: 2, units: 2 }));
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    const { bills } = await desk.settlement(buyer).listBills({ month: '2026-02' });
    expect((await desk.settlement(buyer).getBill({ billId: bills[0]!.billId })).tax).toEqual({
      ...{ tax: yuan(1.84), net: yuan(14.16), taxBp: 1300, taxVersion: 2 },
    });
  });

  it('titles are one’s own, versioned, with a tax number that checks; a bill from before the first keeps its name', async () => {
    const billId = await billed();
    expect((await desk.settlement(buyer).getBill({ billId })).buyer).toMatchObject({ title: 'participant 3', version: 0 });
    for (const [field, text] of [
      ['title', 'two\nlines'],
      ['taxNumber', '91350100M\u0007000100Y4'],
      ['contact', 'right \u202eot tfel'],
    ])
      await expect(setTitle(buyer, { [field!]: text })).rejects.toMatchObject({ rule: 'text_must_be_printable', field });
    await expect(desk.settlement().refundBill({ billId, line: 1, amount: yuan(1), reason: 'a\tb' })).rejects.toMatchObject({
      ...{ rule: 'text_must_be_printable', field: 'reason' },
    });
    await expect(setTitle(buyer, { taxNumber: '91350100M000100Y44' })).rejects.toMatchObject({
      rule: 'tax_number_must_be_a_unified_social_credit_code',
      field: 'taxNumber',
    });
    await desk.exchange.advance(1);
    await setTitle(buyer, { title: 'a person', taxNumber: '' });
    await setTitle(buyer);
    const later = { participantId: buyer.participantId, name: 'renamed' };
    await desk.tellRegistry(ParticipantChanged.create(later));
    await desk.tellRegistry(ParticipantChanged.create({ participantId: 1, name: 'another exchange' }));
    expect(await desk.settlement(buyer).getBill({ billId })).toMatchObject({
      buyer: { title: 'participant 3', version: 0 },
      seller: { title: 'the exchange 交易中心' },
    });
    await desk.passFebruary();
    expect(await invoices(provider).getEarningStatement({ participantId: 2, month: '2026-01' })).toMatchObject({
      ...{ supplier: { title: 'participant 2' }, exchange: { title: 'the exchange 交易中心' } },
    });
    expect((await invoices(provider).getEarningStatement({ participantId: 2, month: '2026-02' })).exchange).toMatchObject({
      title: 'another exchange',
    });
    const first = await invoices(buyer).listInvoiceTitles({ participantId: 3, page: { cursor: '', limit: 1 } });
    expect(first.titles.map(({ version }) => version)).toEqual([2]);
    const second = await invoices(buyer).listInvoiceTitles({ participantId: 3, page: { cursor: first.page!.nextCursor, limit: 1 } });
    expect(second.titles.map(({ version }) => version)).toEqual([1]);
    for (const call of [
      invoices(otherBuyer).listInvoiceTitles({ participantId: 3 }),
      invoices(otherBuyer).setInvoiceTitle({ participantId: 3, title: 'mine' }),
      invoices(otherBuyer).getEarningStatement({ participantId: 2, month: '2026-01' }),
      bytesOf(invoices(otherBuyer).exportBill({ billId })),
    ])
      await expect(call).rejects.toMatchObject({ kind: 'absent' });
  });

  it('a statement adds up from opening to closing, month by month, whatever came between', async () => {
    const statement = (month: string) => invoices(provider).getEarningStatement({ participantId: provider.participantId, month });
    const billId = await billed();
    expect(await statement('2026-01')).toMatchObject({
      ...{ opening: 0n, earned: 14_226_602n, paidOut: 0n, closing: 14_226_602n },
      ...{ supplied: yuan(14.67), suppliedTax: yuan(0.83), fees: yuan(0.44), feesTax: yuan(0.02), taxBp: 600 },
      sums: [
        { kind: 'fee', lines: 1, amount: -439_998n },
        { kind: 'income', lines: 1, amount: 14_666_600n },
      ],
      products: [{ trades: 1, amount: 14_226_602n, book: { model: 'A100' } }],
    });
    await expect(statement('2026-02')).rejects.toMatchObject({ rule: 'billing_period_must_be_over' });
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01', participantId: provider.participantId });
    await desk.settlement().returnPayout({ payoutId: payouts[0]!.payoutId, reason: 'closed' });
    await desk.settlement().refundBill({ billId, line: 1, amount: yuan(1), reason: 'x' });
    await desk.passFebruary();
    const february = await statement('2026-02');
    const income = await desk.balanceOf(`participant/${provider.participantId}/income`);
    expect(february).toMatchObject({ opening: 14_226_602n, paidOut: yuan(14.22), closing: income });
    expect(february.sums.map(({ kind }) => kind)).toEqual(['carried_over', 'refund', 'returned_payout']);
    expect(february.opening + february.earned - february.paidOut).toBe(income);
  });

  it('bill and statement are PDFs with what they show of their font in them', async () => {
    await setTitle(buyer);
    const billId = await billed();
    const pdf = (await bytesOf(invoices(buyer).exportBill({ billId }))).toString('latin1');
    expect([pdf.slice(0, 5), pdf.trimEnd().slice(-5)]).toEqual(['%PDF-', '%%EOF']);
    expect(pdf).toMatch(/\/FontName \/[A-Z]{6}\+NotoSansHans-Regular/);
    expect(pagesOf(pdf)).toBe(1);
    expect(pdf.length).toBeLessThan(300_000);
    const of = { participantId: provider.participantId, month: '2026-01' };
    const statement = await bytesOf(invoices(provider).exportEarningStatement(of));
    expect(pagesOf(statement.toString('latin1'))).toBe(1);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('an amount is never broken over two lines, however large', async () => {
    const texts = async (amount: string): Promise<number> => {
      const paper = new Paper('x', 0);
      await paper.table([{ head: 'A', width: 40, align: 'right' }], [[amount]]);
      const pdf = await bytesOf(paper.chunks());
      const streams = [...pdf.toString('latin1').matchAll(/FlateDecode\s*>>\s*stream\r?\n([^]*?)\r?\nendstream/g)];
      const shown = streams.map(([, bytes]) =>
        inflateSync(Buffer.from(bytes!, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'),
      );
      return shown.join('').match(/\] TJ/g)!.length;
    };
    expect(await texts('123,456,789,012.34')).toBe(await texts('1.00'));
    expect(await texts('12 34 56 78 90 12 34')).toBeGreaterThan(await texts('1.00'));
  });

  it('a bill takes the pages that its lines need, and past a thousand lines one for the rest', async () => {
    const billId = await billed();
    const bill = await desk.settlement(buyer).getBill({ billId });
    const pages = async (lines: number): Promise<number> => {
      const many = Array.from({ length: lines }, (_, at) => ({ ...bill.lines[0]!, line: at + 1, project: `项目 ${at}` }));
      const document = { bill, lines: many, creditNotes: [], names: new Map<number, string>(), carbonFactors: () => [] };
      return pagesOf((await bytesOf(billPaper(document))).toString('latin1'));
    };
    expect(await pages(100)).toBeGreaterThan(2);
    expect(await pages(1_001)).toBe(await pages(5_000));
  });
});

const pagesOf = (pdf: string): number => Number(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)?.[1]);
