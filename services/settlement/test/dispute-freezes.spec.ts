// what disputes freeze, seen over time: late corrections, a programme that has not decided, and who is told.
import { setImmediate } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { DisputesDefinition, DisputeState, EvidenceKind, NoticeKind, SpendingDefinition, Tier } from '#contracts';
import type { TradeMade } from '#contracts';
import { Database, HotState } from '#platform';
import type { TestCaller } from '#testing';
import { takenFromPayee } from '../src/core/dispute.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, quarterHour, yuan } from './market.js';

const day = 86_400_000;
const fee = { version: 1, effectiveFrom: 0, feeBp: 300 };

it.each([
  ['a part of the line', 8000n, { exact: 10_000n, amount: 10_000n }, 7760n],
  ['more than is left', 8000n, { exact: 5_000n, amount: 5_000n }, 4850n],
  ['of nothing', 80n, { exact: 0n, amount: 0n }, 0n],
  ['of less than nothing', 80n, { exact: -5n, amount: -5n }, 0n],
])('R-29 giving back %s takes of the payee what the fee does not give', (_name, amount, left, taken) => {
  expect(takenFromPayee(amount, left, fee)).toBe(taken);
});

describe('disputes over time', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.deposit(buyer.participantId, yuan(100));
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  /** What the audit names of a table where somebody who owns the database changes its rows so; then it is as it was. */
  const tampered = async (table: string, change: string): Promise<string[]> => {
    const { database } = desk.exchange;
    const of = `settlement.${table}`;
    await database.query(`create table ${of}_kept as table ${of}`);
    await database.query(`begin; set local session_replication_role = replica; update ${of} set ${change}; commit`);
    const { findings } = await desk.recounted();
    await database.query(`begin; set local session_replication_role = replica; delete from ${of};
      insert into ${of} overriding system value table ${of}_kept; drop table ${of}_kept; commit`);
    return findings.map((one) => `${one.table} ${one.row}: ${one.detail}`);
  };
  const dispute1 = (column: string) => [`disputes 1: ${column}: its refund, its steps or its terms say otherwise`];

  const disputes = (caller?: TestCaller) => desk.exchange.call(DisputesDefinition, caller);
  const book = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
  /** Two cards for an hour, 16 yuan; 15.52 yuan after the fee. */
  const delivered = async (given: Partial<TradeMade> & { tradeId: number }) => {
    const trade = await desk.trade({ book, units: 2, ...given });
    await desk.settle(trade);
    return trade;
  };
  /** A late record: so many of its eight unit-slots were used. */
  const correct = async (trade: TradeMade, unitSlots: number) => {
    const of = { leaseId: trade.tradeId, meterSequence: 1, window: trade.window };
    await desk.settlement(provider).reportUsage({ records: [{ recordId: `r${trade.tradeId}`, version: 1, ...of, unitSlots }] });
    await desk.exchange.advance(quarterHour);
  };
  const dispute = async (line: number, amount: bigint) => {
    const { bills } = await desk.settlement(buyer).listBills({});
    return disputes(buyer).openDispute({ billId: bills[0]!.billId, line, amount, reason: 'half of it was gone' });
  };
  const payeeHas = async () => {
    const { income, disputed, receivable } = await desk.settlement(provider).getBalance({ participantId: provider.participantId });
    return { income, disputed, receivable };
  };
  const stepsOf = async (disputeId: number) =>
    (await disputes().getDispute({ disputeId })).steps.map(({ step, detail }) => `${step}: ${detail}`);
  const payOut = async (month: string) => {
    const { payouts } = await desk.settlement().createPayouts({ month });
    for (const { payoutId } of payouts) await desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
    return payouts.map(({ amount }) => amount);
  };

  it('a correction of the line takes what it gives back out of what is frozen for it, and its payee owes nothing', async () => {
    const trade = await delivered({ tradeId: 1 });
    await desk.closeMonth();
    const { disputeId } = await dispute(1, yuan(16));
    expect(await payeeHas()).toEqual({ income: 0n, disputed: yuan(15.52), receivable: 0n });
    // Four yuan less were delivered: no more than twelve can be granted from now on.
    await correct(trade, 6);
    expect(await payeeHas()).toEqual({ income: 0n, disputed: yuan(11.64), receivable: 0n });
    expect(await disputes(buyer).getDispute({ disputeId })).toMatchObject({ frozen: yuan(11.64) });
    expect((await stepsOf(disputeId)).at(-1)).toBe('eased: 3.88 yuan: a late correction left less to give back');
    for (const column of ['frozen', 'to_freeze', 'decide_by'])
      expect(await tampered('disputes', `${column} = ${column} ${column === 'frozen' ? '-' : '+'} 1`)).toEqual(dispute1(column));
    // What held before it was eased holds no more.
    expect(await tampered('disputes', 'to_freeze = 15520000')).toEqual(dispute1('to_freeze'));
    await desk.exchange.advance(15 * day);
    expect(desk.market.overdue).toEqual([]);
    await disputes().decideDispute({ disputeId, granted: yuan(12), reason: 'all that is left' });
    expect(await payeeHas()).toEqual({ income: 0n, disputed: 0n, receivable: 0n });
    expect(await disputes(buyer).getDispute({ disputeId })).toMatchObject({ state: DisputeState.GRANTED, frozen: 0n });
    expect(await tampered('disputes', 'frozen = 1')).toEqual(dispute1('frozen'));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('a correction of another lease takes of what is frozen what income does not cover; it is frozen again of what comes', async () => {
    await delivered({ tradeId: 1 });
    const other = await delivered({ tradeId: 2 });
    await desk.closeMonth();
    const { disputeId } = await dispute(1, yuan(8));
    expect(await payOut('2026-01')).toEqual([yuan(31.04) - yuan(7.76)]);
    await correct(other, 6);
    expect(await payeeHas()).toEqual({ income: 0n, disputed: yuan(3.88), receivable: 0n });
    expect((await stepsOf(disputeId)).at(-1)).toBe('taken: 3.88 yuan of participant 2, who had to give so much back');
    expect(await tampered('disputes', 'frozen = to_freeze')).toEqual(dispute1('frozen'));
    // The account is among its own, with what moved it.
    const own = desk.settlement(provider);
    expect((await own.listAccounts({})).accounts.find(({ code }) => code === 'participant/2/disputed')).toMatchObject({
      balance: yuan(3.88),
    });
    expect((await own.listTransfers({ kind: 'adjustment' })).transfers).toMatchObject([
      { debitAccount: 'participant/2/disputed', amount: yuan(3.88) },
    ]);
    // What not even that covers is owed.
    await correct(await delivered({ tradeId: 3 }), 8);
    await desk.exchange.advance(15 * day);
    expect(desk.market.overdue).toEqual([]);
    await desk.passFebruary();
    expect(await payOut('2026-02')).toEqual([yuan(15.52) - yuan(3.88)]);
    expect(await disputes(buyer).getDispute({ disputeId })).toMatchObject({ frozen: yuan(7.76), state: DisputeState.OPEN });
    await disputes().decideDispute({ disputeId, granted: 0n, reason: 'it was delivered' });
    expect(await payeeHas()).toEqual({ income: yuan(7.76), disputed: 0n, receivable: 0n });
    // Released, it needs no month to be over; and what was in no payout is in one.
    expect(await payOut('2026-02')).toEqual([yuan(7.76)]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('what neither income nor what is frozen covers is owed', async () => {
    await delivered({ tradeId: 1 });
    const other = await delivered({ tradeId: 2 });
    await desk.closeMonth();
    await dispute(1, yuan(2));
    await payOut('2026-01');
    await correct(other, 6);
    expect(await payeeHas()).toEqual({ income: 0n, disputed: 0n, receivable: yuan(1.94) });
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-33 what a programme is asked back by a late correction is of its rating, and of no other', async () => {
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: buyer.participantId, amount: yuan(4.8), rateBp: 3000 });
    const trade = await delivered({ tradeId: 5, bidId: 77, programmeId: 1, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    const [bill] = await desk.closeMonth();
    await desk.decide(bill!, 77, yuan(4.8), 1);
    // Two corrections, of two yuan each.
    const of = { recordId: 'r5', leaseId: 5, meterSequence: 1, window: trade.window };
    for (const version of [1, 2]) {
      await desk.settlement(provider).reportUsage({ records: [{ ...of, version, unitSlots: 8 - version }] });
      await desk.exchange.advance(quarterHour);
    }
    const refunds = await desk.exchange.database.query(
      'select refund_id::int4, line, revision, amount::int4 from settlement.refunds order by 1',
    );
    expect(refunds).toEqual([2, 3].map((revision, nth) => ({ refund_id: nth + 1, line: 0, revision, amount: 2_000_000 })));
    const refund = (id: number) => `refunds ${id}: revision: the ledger or its rating says otherwise`;
    for (const revision of [0, 1, 4]) expect(await tampered('refunds', `revision = ${revision} where refund_id = 1`)).toEqual([refund(1)]);
    // The other's, of the same amount.
    expect(await tampered('refunds', 'revision = 3 where refund_id = 1')).toEqual([refund(1), refund(2)]);
    expect(await tampered('refunds', 'revision = 5 - revision')).toEqual([refund(2)]);
  });

  it('R-33 a dispute does not lapse before its programme has decided, and an officer then has all of its days', async () => {
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: buyer.participantId, amount: yuan(4.8), rateBp: 3000 });
    await desk.exchange.advance();
    const trade = await desk.trade({ tradeId: 5, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    const [bill] = await desk.closeMonth();
    const { disputeId } = await dispute(1, yuan(8));
    await desk.exchange.advance(40 * day);
    expect(await disputes(buyer).getDispute({ disputeId })).toMatchObject({ state: DisputeState.OPEN, frozen: yuan(7.76) });
    await desk.decide(bill!, 77, yuan(4.8), 1);
    const { decideBy } = await disputes(buyer).getDispute({ disputeId });
    expect(Math.round((decideBy - desk.exchange.now()) / day)).toBe(30);
    expect(await tampered('disputes', `decide_by = opened_at + ${30 * day}`)).toEqual(dispute1('decide_by'));
    await desk.exchange.advance(29 * day);
    await disputes().decideDispute({ disputeId, granted: yuan(8), reason: 'so it was' });
    await desk.exchange.advance();
    await desk.clawBack(desk.market.refunds.at(-1)!, yuan(2.4));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('a party attaches at most a hundred pieces of evidence, which takes nothing from the others', async () => {
    await delivered({ tradeId: 1 });
    await desk.closeMonth();
    const { disputeId } = await dispute(1, yuan(8));
    const attach = (caller: TestCaller, at: number) =>
      disputes(caller).addEvidence({
        ...{ disputeId, kind: EvidenceKind.DOCUMENT, sha256: `${caller.participantId}${at}`.padStart(64, '0') },
        ...{ mediaType: 'text/plain', location: 'here' },
      });
    for (let at = 0; at < 100; at++) await attach(buyer, at);
    await expect(attach(buyer, 100)).rejects.toMatchObject({ rule: 'evidence_of_a_party_must_be_at_most_100' });
    expect((await attach(provider, 0)).evidence).toHaveLength(101);
  });

  it('payee, deliverer and officers are told of a dispute, and all but who ended it of its end', async () => {
    // The link owner resells what the provider delivers.
    await delivered({ tradeId: 1, providerId: linkOwner.participantId, deliveredById: provider.participantId });
    await desk.closeMonth();
    const told = async (caller?: TestCaller, participantId = caller?.participantId ?? 1) =>
      (await desk.exchange.call(SpendingDefinition, caller).listNotices({ participantId })).notices
        .toReversed()
        .map(({ kind, amount, disputeId }) => [NoticeKind[kind], amount, disputeId]);
    const { disputeId } = await dispute(1, yuan(8));
    const opened = ['DISPUTE_OPENED', yuan(8), disputeId];
    for (const caller of [linkOwner, provider, undefined]) expect(await told(caller)).toEqual([opened]);
    for (const caller of [buyer, otherBuyer]) expect(await told(caller)).toEqual([]);
    await disputes().decideDispute({ disputeId, granted: yuan(3), reason: 'three of eight' });
    const ended = ['DISPUTE_ENDED', yuan(3), disputeId];
    for (const caller of [linkOwner, provider]) expect(await told(caller)).toEqual([opened, ended]);
    expect(await told(buyer)).toEqual([ended]);
    expect(await told()).toEqual([opened]);
  });

  it('who follows notices looks when there is one, and not at each step of the market', async () => {
    const hot = desk.exchange.running.get<HotState>(HotState);
    const heard: string[] = [];
    hot.open('notices', (message) => heard.push(`notices ${message}`));
    hot.open('market', (message) => heard.push(`market ${message}`));
    const asked = jest.spyOn(Database.prototype, 'query');
    const looks = () => asked.mock.calls.filter(([sql]) => sql.includes('FROM notices')).length;
    const spending = desk.exchange.call(SpendingDefinition, buyer);
    const stop = new AbortController();
    const live = spending.watchNotices({}, { signal: stop.signal })[Symbol.asyncIterator]();
    const first = live.next();
    while (looks() < 1) await setImmediate();
    for (let at = 0; at < 20; at++) {
      hot.open('market', () => undefined).tell('');
      await setImmediate();
    }
    // One, where its own time to look has come.
    expect(looks()).toBeLessThanOrEqual(2);

    heard.length = 0;
    await spending.setBudget({ participantId: buyer.participantId, project: 'p', amount: yuan(1), alarmsBp: [5000] });
    await desk.trade({ tradeId: 1, book, units: 2 });
    for (let at = 0; at < 9; at++) await desk.exchange.advance(quarterHour);
    expect((await first).value).toMatchObject({ kind: NoticeKind.BUDGET_ALARM });
    // Told in the first hour; the looks after it find that it was.
    expect(heard).toEqual(['notices ']);
    stop.abort();
    asked.mockRestore();
  });
});
