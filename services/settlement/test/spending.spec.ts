// Statements for people: spend by project with a forecast, budgets and their alarms, what a provider is about to earn, reminders of what is owed.
import { NoticeKind, ScheduleKind, SpendingDefinition, Tier } from '#contracts';
import type { Notice } from '#contracts';
import type { TestCaller } from '#testing';
import { reminderAt } from '../src/core/reminder.js';
import { alarmsReached, alarmsRise, forecastOf } from '../src/core/spending.js';
import { buyer, Desk, nothing, otherBuyer, provider, quarterHour, regulator, yuan } from './market.js';

const day = 86_400_000;

describe('the rules of statements', () => {
  const known = { delivered: 60n, committed: 40n, accrued: 80n };
  it.each([
    ['the pace so far', known, 200, 160n],
    ['what is known where it is more', { ...known, accrued: 10n }, 200, 100n],
    ['a month that has not begun', known, 100, 100n],
    ['a month that is over', known, 300, 100n],
    ['its last slot', known, 299, 100n],
  ])('a forecast: %s', (_name, of, now, forecast) => {
    expect(forecastOf(of, now, 100, 300)).toBe(forecast);
  });

  it.each([
    [50n, 100n, [5000, 8000, 10_000], [5000]],
    [49n, 100n, [5000], []],
    [120n, 100n, [5000, 10_000, 12_000, 12_001], [5000, 10_000, 12_000]],
    [50n, 0n, [5000], []],
  ])('%s spent of %s with alarms at %j reaches %j', (spent, budget, alarms, reached) => {
    expect(alarmsReached(spent, budget, alarms)).toEqual(reached);
  });

  it('alarms rise', () => {
    expect([[], [1], [1, 2], [2, 2], [2, 1]].map(alarmsRise)).toEqual([true, true, true, false, false]);
  });

  it.each([
    [-8, undefined],
    [-7, { day: -7, isOverdue: false }],
    [-2, { day: -7, isOverdue: false }],
    [-1, { day: -1, isOverdue: false }],
    [0, { day: 0, isOverdue: true }],
    [6, { day: 0, isOverdue: true }],
    [27, { day: 14, isOverdue: true }],
    [28, { day: 28, isOverdue: true }],
    [55, { day: 28, isOverdue: true }],
    [57, { day: 56, isOverdue: true }],
  ])('R-28 %s days after the due day the reminder is %j', (days, reminder) => {
    expect(reminderAt(100 * day, (100 + days) * day)).toEqual(reminder);
    if (days > 0) expect(reminderAt(100 * day, (100 + days) * day + day - 1)?.day).toBe(reminder?.day);
  });
});

describe('statements', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.stop());

  const spending = (caller?: TestCaller) => desk.exchange.call(SpendingDefinition, caller);
  const P = buyer.participantId;
  const told = async (caller: TestCaller, kind = NoticeKind.UNSPECIFIED) =>
    (await spending(caller).listNotices({ kind })).notices.toReversed().map((one: Notice) => [one.project, one.alarmBp, one.amount]);

  it('a buyer sees what its projects cost, hold and come to by the month’s end', async () => {
    await desk.deposit(P, yuan(1000));
    // 32 yuan in the first hour of the month; 240 yuan on its last two days.
    await desk.settle(await desk.trade({ tradeId: 1, units: 4, project: 'vision' }));
    const end = Date.parse('2026-02-01T00:00:00+08:00') / quarterHour;
    await desk.trade({ tradeId: 2, units: 1, project: 'language', window: { from: end - 120, to: end } });
    await desk.trade({ tradeId: 3, units: 1, project: 'language', window: { from: end, to: end + 40 } });
    const seen = await spending(buyer).getSpending({ participantId: P, month: '2026-01' });
    expect(seen.projects).toMatchObject([
      { project: 'language', leases: 1, delivered: 0n, committed: yuan(240), forecast: yuan(240) },
      { project: 'vision', leases: 1, delivered: yuan(32), committed: 0n },
    ]);
    // 32 yuan in six slots of 31 days.
    const pace = (yuan(32) * 31n * 96n) / BigInt(Math.floor((desk.exchange.now() - Date.parse('2026-01-01T00:00:00+08:00')) / quarterHour));
    expect(seen.projects[1]!.forecast).toBe(pace);
    expect(seen.all).toMatchObject({ leases: 2, delivered: yuan(32), committed: yuan(240), forecast: pace });
    expect((await spending(buyer).getSpending({ participantId: P, month: '2026-02' })).all).toMatchObject({
      leases: 1,
      committed: yuan(80),
    });
    await expect(spending(otherBuyer).getSpending({ participantId: P, month: '2026-01' })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('a budget alarms once for each share that is reached, of a project or of all, month by month', async () => {
    await desk.deposit(P, yuan(1000));
    await desk.settle(await desk.trade({ tradeId: 1, units: 4, project: 'vision' }));
    const set = (project: string, amount: bigint, alarmsBp: number[]) =>
      spending(buyer).setBudget({ participantId: P, project, amount, alarmsBp });
    await expect(set('', yuan(100), [8000, 5000])).rejects.toMatchObject({ rule: 'budget_alarms_must_rise', field: 'alarmsBp' });
    await set('', yuan(100), [5000, 10_000]);
    await set('vision', yuan(40), [8000, 10_000]);
    expect(await told(buyer)).toEqual([['vision', 8000, yuan(32)]]);
    await desk.trade({ tradeId: 2, units: 4, project: 'language', window: { from: desk.slot, to: desk.slot + 4 } });
    for (let at = 0; at < 5; at++) await desk.exchange.advance(quarterHour);
    expect(await told(buyer, NoticeKind.BUDGET_ALARM)).toEqual([
      ['vision', 8000, yuan(32)],
      ['', 5000, yuan(64)],
    ]);
    expect(await told(otherBuyer)).toEqual([]);
    // Another version alarms anew; none at all is no budget.
    expect(await set('vision', yuan(20), [10_000])).toMatchObject({ version: 2, alarmsBp: [10_000] });
    expect(await told(buyer)).toContainEqual(['vision', 10_000, yuan(32)]);
    await set('vision', 0n, []);
    const { budgets } = await spending(buyer).listBudgets({ participantId: P });
    expect(budgets.map(({ project, version, amount }) => [project, version, amount])).toEqual([['', 1, yuan(100)]]);
    await set('audio', yuan(7), []);
    const { all, projects } = await spending(buyer).getSpending({ participantId: P, month: '2026-01' });
    expect(all).toMatchObject({ budget: yuan(100) });
    // A project that has a budget is shown before anything is spent on it.
    expect(projects.map(({ project, leases, budget }) => [project, leases, budget])).toEqual([
      ['audio', 0, yuan(7)],
      ['language', 1, 0n],
      ['vision', 1, 0n],
    ]);
    await expect(spending(otherBuyer).setBudget({ participantId: P, amount: 1n })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('a provider sees what it is owed, what is frozen, and what its leases are about to earn', async () => {
    await desk.deposit(P, yuan(100));
    await desk.settle(await desk.trade({ tradeId: 1, units: 2 }));
    const trade = await desk.trade({ tradeId: 2, units: 2, window: { from: desk.slot, to: desk.slot + 4 } });
    await desk.exchange.advanceTo((trade.window!.from + 1) * quarterHour);
    expect(await spending(provider).getAccruedIncome({ participantId: provider.participantId })).toMatchObject({
      ...{ unpaid: yuan(15.52), disputed: 0n, accrued: yuan(4), committed: yuan(16), leases: 1, fees: yuan(0.48), owed: 0n },
      products: [{ book: { model: 'A100', tier: Tier.FIRM }, trades: 1, amount: yuan(16) }],
    });
    // The fee is that of the trade's moment; another product stands by itself.
    await desk.settlement().publishSchedule({ kind: ScheduleKind.FEE, effectiveFrom: desk.exchange.now() + 1, feeBp: 1000 });
    await desk.exchange.advance(1);
    await desk.trade({ tradeId: 3, book: { computeClass: 2, model: 'H100', unit: 1, tier: Tier.RECLAIMABLE } });
    const seen = await spending(provider).getAccruedIncome({ participantId: provider.participantId });
    expect(seen).toMatchObject({ committed: yuan(24), leases: 2, fees: yuan(0.48) + yuan(0.8) });
    expect(seen.products.map(({ book, amount }) => [book!.model, amount])).toEqual([
      ['A100', yuan(16)],
      ['H100', yuan(8)],
    ]);
    expect(await spending(otherBuyer).getAccruedIncome({ participantId: otherBuyer.participantId })).toMatchObject({ leases: 0, fees: 0n });
    await expect(spending(buyer).getAccruedIncome({ participantId: provider.participantId })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('R-28 who owes is reminded before it falls due, when it does, and until it is paid', async () => {
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
    await desk.deposit(P, yuan(11.2));
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: P, amount: yuan(4.8), rateBp: 3000 });
    await desk.exchange.advance();
    const trade = await desk.trade({ tradeId: 1, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    const subsidy = async () => (await spending(buyer).getSpending({ participantId: P, month: '2026-01' })).all!.subsidy;
    expect(await subsidy()).toBe(yuan(4.8));
    await desk.settle(trade);
    expect(await subsidy()).toBe(yuan(4.8));
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, yuan(1.8), 1);
    expect(await subsidy()).toBe(yuan(1.8));
    const owed = desk.exchange.now();
    const reminders = async () =>
      (await spending(buyer).listNotices({})).notices
        .toReversed()
        .map(({ kind, amount, dueAt, toldAt }) => [
          ...[NoticeKind[kind], amount, Math.round((toldAt - dueAt) / day), Math.round((dueAt - owed) / day)],
        ]);
    for (let at = 0; at < 24; at++) await desk.exchange.advance(day);
    expect(await reminders()).toEqual([
      ['RECEIVABLE_DUE', yuan(3), -7, 14],
      ['RECEIVABLE_DUE', yuan(3), -1, 14],
      ['RECEIVABLE_OVERDUE', yuan(3), 0, 14],
      ['RECEIVABLE_OVERDUE', yuan(3), 7, 14],
    ]);
    await desk.deposit(P, yuan(10));
    await desk.exchange.advance(day);
    for (let at = 0; at < 8; at++) await desk.exchange.advance(day);
    expect(await reminders()).toHaveLength(4);
    const stop = new AbortController();
    const live: number[] = [];
    for await (const { sequence } of spending(regulator).watchNotices({ after: 0 }, { signal: stop.signal }))
      if (live.push(sequence) === 4) stop.abort();
    expect(live).toEqual([...live].sort((a, b) => a - b));
    expect(await desk.leftOver()).toEqual(nothing);
  });
});
