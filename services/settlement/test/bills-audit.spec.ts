// bills and statements computed anew from records: alike where nothing was done, and what was changed is named with the figure that it should be.
import { DisputesDefinition, GreenEnergyDefinition, ScheduleKind, Tier } from '#contracts';
import type { TradeMade } from '#contracts';
import type { Finding } from '#platform';
import { inFen, partUp, taxWithin } from '../src/core/recount/arithmetic.js';
import { creditOf, tariffAt } from '../src/core/recount/tariff.js';
import { buyer, Desk, linkOwner, otherBuyer, provider, quarterHour, yuan } from './market.js';

describe('the arithmetic of the recount', () => {
  it.each([
    ['half to the even fen below', inFen(25_000n), 20_000n],
    ['half to the even fen above', inFen(35_000n), 40_000n],
    ['a negative half to the even fen', inFen(-25_000n), -20_000n],
    ['more than half', inFen(25_001n), 30_000n],
    ['less than half, negative', inFen(-34_999n), -30_000n],
    ['tax within', taxWithin(yuan(8), 600n), 450_000n],
    ['tax within what is given back', taxWithin(-yuan(8), 600n), -450_000n],
    ['a part, rounded up', partUp(10n, 1n, 3n), 4n],
    ['a part of nothing', partUp(10n, 1n, 0n), 0n],
  ])('%s', (_name, computed, expected) => expect(computed).toBe(expected));

  it('R-27, R-29 takes the version in force, and the first tier reached', () => {
    const tariff = (version: number, effectiveFrom: number) => ({ version, effectiveFrom, bp: 0n, tiers: [] });
    const versions = [tariff(1, 0), tariff(3, 10), tariff(2, 10), tariff(4, 20)];
    expect([0, 9, 10, 19, 20].map((at) => tariffAt(versions, at).version)).toEqual([1, 1, 3, 3, 4]);
    expect(tariffAt([], 5)).toMatchObject({ version: 0, bp: 0n });
    const tiers = [
      { availabilityBp: 9_990n, creditBp: 0n },
      { availabilityBp: 9_000n, creditBp: 5_000n },
    ];
    const level = { ...tariff(1, 0), tiers };
    expect([creditOf(level, 10_000n, 9_990n), creditOf(level, 10_000n, 9_989n), creditOf(level, 10n, 8n), creditOf(level, 0n, 0n)]).toEqual(
      [0n, 5_000n, 10_000n, 0n],
    );
  });
});

describe('the recount of bills', () => {
  let desk: Desk;
  const reclaimable = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
  const report = async (trade: TradeMade, version: number, unitSlots: number): Promise<void> => {
    const record = { recordId: `r${trade.tradeId}`, version, leaseId: trade.tradeId, meterSequence: 1, window: trade.window, unitSlots };
    await desk.settlement(provider).reportUsage({ records: [record] });
    await desk.exchange.advance(quarterHour);
  };
  const metered = async (tradeId: number, used: number, more: Partial<TradeMade> = {}): Promise<TradeMade> => {
    const trade = await desk.trade({ tradeId, book: reclaimable, units: 8, price: 1_234_500, ...more });
    await desk.passWindow(trade);
    await report(trade, 1, used);
    await desk.settle(trade);
    return trade;
  };

  /** Two buyers' January and February: fees and credits of two versions, transfers, corrections, refunds, a voucher, green energy, payouts that come back. */
  beforeAll(async () => {
    desk = await Desk.open();
    for (const { participantId } of [buyer, otherBuyer]) await desk.deposit(participantId, yuan(1_000));
    const soon = desk.exchange.now() + 12 * 3_600_000;
    const nothingElse = { tiers: [], feeBp: 0, disputeDays: 0, decisionDays: 0, taxBp: 0, carbonMgPerKwh: 0, shortfallPerKwh: 0n };
    await desk.settlement().publishSchedule({ ...nothingElse, kind: ScheduleKind.FEE, effectiveFrom: soon, feeBp: 450 });
    const firm = await desk.trade({ tradeId: 1, units: 3, transferAmount: 1_234_567n, linkOwnerId: linkOwner.participantId });
    await desk.settle(firm, { up: 0.98 });
    await metered(2, 13);
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(100) });
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: buyer.participantId, amount: yuan(4), rateBp: 3_333 });
    await desk.exchange.advance();
    const voucher = await metered(3, 29, { bidId: 77, programmeId: 1, subsidy: yuan(3) });
    await desk.closeOrder(77);
    await desk.exchange.advanceTo(Math.max(desk.exchange.now(), soon));
    const green = await desk.trade({ tradeId: 4, buyerId: otherBuyer.participantId, greenShareBp: 5_000, pueMilli: 1_250 });
    await desk.settle(green, { up: 0.97, energyWh: 10_000 });
    const corrected = await metered(5, 10, { buyerId: otherBuyer.participantId });
    const bills = await desk.closeMonth();
    const [bill] = bills.filter(({ buyerId }) => buyerId === buyer.participantId);
    const claimed = bill!.lines.filter(({ bidId }) => bidId === 77).reduce((sum, { subsidy }) => sum + subsidy, 0n);
    await desk.decide(bill!, 77, claimed, 1);
    await report(corrected, 2, 17);
    await report(voucher, 2, 21);
    for (const asked of desk.market.refunds.splice(0)) if (asked.subsidy > 0n) await desk.clawBack(asked, asked.subsidy);
    await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(7.31), reason: 'poor' });
    await desk.settlement().refundBill({ billId: bill!.billId, line: 1, amount: yuan(0.1), reason: 'poor' });
    await desk.exchange.call(GreenEnergyDefinition).closeGreenPeriod({ month: '2026-01' });
    const disputes = desk.exchange.call(DisputesDefinition, buyer);
    const open = (line: number) => disputes.openDispute({ billId: bill!.billId, line, amount: yuan(1), reason: 'gone' });
    const [{ disputeId }] = [await open(4), await open(5)];
    await disputes.withdrawDispute({ disputeId, reason: 'it was ours' });
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
    await desk.settlement().returnPayout({ payoutId: payouts[0]!.payoutId, reason: 'account closed' });
    await metered(6, 32);
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance();
    await metered(7, 4);
  }, 120_000);
  afterAll(() => desk?.stop());

  it('finds nothing where nothing was done, and says how much it looked at', async () => {
    expect(await desk.recounted()).toEqual({
      findings: [],
      counts: {
        ...{ bills: 4, lines: 11, 'credit notes': 2, leases: 7, months: 2, 'green leases': 1, statements: 5, 'statement lines': 16 },
        ...{ refunds: 3, disputes: 2 },
      },
    });
  });

  /** Changes one thing as the database's owner, looks, and puts it back. */
  async function tampered(set: string, back: string): Promise<Finding[]> {
    const { database } = desk.exchange;
    const owner = 'set session_replication_role = replica; ';
    await database.query(owner + set);
    try {
      return (await desk.recounted()).findings;
    } finally {
      await database.query(owner + back);
    }
  }
  const set = (table: string, column: string, where: string, by: string, back: string): [string, string] => [
    `update settlement.${table} set ${column} = ${by} where ${where}`,
    `update settlement.${table} set ${column} = ${back} where ${where}`,
  ];

  it.each<[string, [string, string], Partial<Record<keyof Finding, unknown>>[]]>([
    [
      'a usage record: the line that it makes, the rating, and the statement of who was paid',
      set('usage_records', 'unit_slots', "record_id = 'r2'", '12', '13'),
      [
        {
          table: 'bill_lines',
          row: '1, 4',
          stored: expect.stringContaining('amount 4010000'),
          computed: expect.stringContaining('amount 3700000'),
        },
        {
          table: 'ratings',
          row: '2',
          stored: expect.stringContaining('unit_slots 13'),
          computed: expect.stringContaining('unit_slots 12'),
        },
        { table: 'bills', row: '1' },
        { table: 'billing_periods', row: '2026-01' },
        { table: 'statements', row: '2, 2026-01, income' },
      ],
    ],
    [
      'a lease’s price',
      set('trades', 'price', 'trade_id = 1', 'price + 400', 'price - 400'),
      [
        { table: 'bill_lines', row: '1, 1', detail: expect.stringContaining('price 8000400') },
        { table: 'ratings', row: '1' },
        { table: 'statements', row: '2, 2026-01, sla_credit' },
      ],
    ],
    [
      'a fee version: what each payee was charged',
      set('schedules', 'fee_bp', '(kind, version) = (1, 2)', '451', '450'),
      [
        { table: 'ratings', stored: expect.stringContaining('fee 138'), detail: expect.stringContaining('fee version 2') },
        { table: 'statements', row: '2, 2026-01, fee' },
      ],
    ],
    [
      'a service level: the credit on the bill',
      set(
        'schedules',
        'tiers',
        '(kind, version) = (2, 1)',
        `'[[9990, 0], [9900, 1000], [9500, 2500], [9000, 5100]]'`,
        `'[[9990, 0], [9900, 1000], [9500, 2500], [9000, 5000]]'`,
      ),
      [
        {
          table: 'bill_lines',
          row: '1, 3',
          stored: expect.stringContaining('amount -12000000'),
          computed: expect.stringContaining('amount -12240000'),
        },
      ],
    ],
    [
      'a line of a bill',
      set('bill_lines', 'amount', '(bill_id, line) = (1, 4)', 'amount + 10000', 'amount - 10000'),
      [
        {
          table: 'bill_lines',
          row: '1, 4',
          stored: expect.stringContaining('amount 4020000'),
          computed: expect.stringContaining('amount 4010000'),
        },
      ],
    ],
    [
      'a line of which parts were given back: the tax that each credit note takes back',
      set('bill_lines', 'amount', '(bill_id, line) = (1, 1)', 'amount + 50000', 'amount - 50000'),
      [
        { table: 'bill_lines', row: '1, 1' },
        { table: 'refunds', stored: 'tax 410000', computed: 'tax 420000', detail: expect.stringContaining('bill 1, line 1') },
        { table: 'refunds', stored: 'tax 10000', computed: 'tax 0' },
      ],
    ],
    [
      'a bill’s total',
      set('bills', 'total', 'bill_id = 2', 'total - 10000', 'total + 10000'),
      [{ table: 'bills', row: '2', stored: expect.stringContaining('total ') }],
    ],
    [
      'a month’s total',
      set('billing_periods', 'total', "month = '2026-02'", 'total + 1', 'total - 1'),
      [{ table: 'billing_periods', row: '2026-02' }],
    ],
    [
      'a line of a statement',
      set('earnings', 'amount', "trade_id = 1 and kind = 'transfer'", 'amount + 1', 'amount - 1'),
      [{ table: 'earnings' }, { table: 'statements', row: '5, 2026-01, transfer', stored: 'amount 1234568', computed: 'amount 1234567' }],
    ],
    [
      'a line of a statement, to another month',
      set('earnings', 'month', "trade_id = 1 and kind = 'transfer'", "'2026-02'", "'2026-01'"),
      [{ table: 'earnings', stored: 'month 2026-02', computed: 'month 2026-01' }],
    ],
    [
      'a refund',
      set('refunds', 'exact', 'line > 0', 'exact - 1', 'exact + 1'),
      [{ table: 'refunds', stored: expect.stringContaining('exact') }],
    ],
    [
      'a programme’s grant: what it has of what is given back',
      set('subsidy_grants', 'granted', 'true', 'granted - 10000', 'granted + 10000'),
      [{ table: 'refunds', stored: expect.stringContaining('subsidy') }],
    ],
    [
      'what a lease’s hold set aside of a voucher',
      set('transfers', 'amount', "transfer_id = 'trade/3/hold/1/subsidy'", '1', '3000000'),
      [{ table: 'bill_lines', row: '1, 5', stored: expect.stringContaining('subsidy') }],
    ],
    [
      'the energy of a lease: what its broken promise costs',
      set('measurements', 'energy_wh', 'trade_id = 4', '9000', '10000'),
      [
        { table: 'green_leases', row: '4' },
        { table: 'statements', row: '2, 2026-02, green_shortfall' },
      ],
    ],
    [
      'a payout that came back',
      set('earnings', 'amount', "kind = 'returned_payout'", 'amount + 10000', 'amount - 10000'),
      [{ table: 'statements', row: '2, 2026-02, returned_payout' }],
    ],
    [
      'what a dispute froze',
      set('earnings', 'amount', "kind = 'disputed' and trade_id = 2", 'amount + 10000', 'amount - 10000'),
      [{ table: 'statements', row: '2, 2026-02, disputed' }],
    ],
    [
      'a rating that waits for its bill',
      set('ratings', 'compute', 'trade_id = 7', 'compute + 1', 'compute - 1'),
      [{ table: 'ratings', stored: expect.stringContaining('compute ') }],
    ],
  ])('names %s', async (_name, [change, back], expected) => {
    const findings = await tampered(change, back);
    for (const one of expected) expect(findings).toContainEqual(expect.objectContaining(one));
    expect((await desk.recounted()).findings).toEqual([]);
  });

  /** Takes rows out, looks, and puts them back. */
  async function without(table: string, where: string): Promise<Finding[]> {
    const of = `settlement.${table}`;
    return tampered(
      `create table settlement.kept as select * from ${of} where ${where}; delete from ${of} where ${where}`,
      `insert into ${of} overriding system value table settlement.kept; drop table settlement.kept`,
    );
  }

  it.each<[string, string, string, Partial<Record<keyof Finding, unknown>>[]]>([
    [
      'the only line of a lease',
      'bill_lines',
      '(bill_id, line) = (1, 4)',
      [
        { table: 'bill_lines', wrong: 'missing', stored: 'none', computed: expect.stringContaining('lease 2, compute, amount 4010000') },
        { table: 'ratings', row: '2', wrong: 'missing' },
      ],
    ],
    [
      'a lease’s credit',
      'bill_lines',
      '(bill_id, line) = (1, 3)',
      [{ table: 'bill_lines', row: '1, 3', wrong: 'missing', computed: expect.stringContaining('sla_credit, amount -12000000') }],
    ],
    ['a bill', 'bills', 'bill_id = 2', [{ table: 'bills', row: '2', wrong: 'missing' }]],
    ['a usage record', 'usage_records', "record_id = 'r2'", [{ table: 'bill_lines', row: '1, 4' }]],
    [
      'a rating',
      'ratings',
      'trade_id = 2',
      [
        { table: 'ratings', row: 'lease 2', wrong: 'missing' },
        { table: 'bill_lines', row: '1, 4', computed: 'none' },
      ],
    ],
    ['a line of a statement', 'earnings', "trade_id = 6 and kind = 'fee'", [{ table: 'earnings', wrong: 'missing', stored: 'none' }]],
  ])('names what is missing: %s', async (_name, table, where, expected) => {
    const findings = await without(table, where);
    for (const one of expected) expect(findings).toContainEqual(expect.objectContaining(one));
    expect((await desk.recounted()).findings).toEqual([]);
  });

  it('names two lines that changed places, and a correction that nobody rated', async () => {
    const swap = `update settlement.bill_lines set line = case line when 4 then 105 else 104 end where bill_id = 1 and line in (4, 5);
      update settlement.bill_lines set line = line - 100 where bill_id = 1 and line > 100`;
    const swapped = await tampered(swap, swap);
    expect(swapped.map(({ table, row, wrong }) => `${table} ${row} ${wrong}`)).toEqual([
      'bill_lines 1, 5 figures_differ',
      'bill_lines 1, 4 figures_differ',
    ]);
    const late = await tampered(
      `insert into settlement.usage_records (provider_id, record_id, version, trade_id, meter_sequence, from_slot, to_slot, unit_slots, reported_at)
       select provider_id, record_id, 9, trade_id, meter_sequence, from_slot, to_slot, 1, reported_at from settlement.usage_records where record_id = 'r6'`,
      'delete from settlement.usage_records where version = 9',
    );
    expect(late).toMatchObject([
      { table: 'ratings', row: 'lease 6', wrong: 'missing', detail: expect.stringContaining('say 1 unit-slots') as string },
    ]);
  });
});
