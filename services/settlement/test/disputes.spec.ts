// disputes: what may be disputed and until when, what is frozen meanwhile, and how each ends.
import { DisputesDefinition, DisputeState, EvidenceKind, ScheduleKind } from '#contracts';
import { brokenByDispute, decideBy, freezable } from '../src/core/dispute.js';
import type { Asked, BrokenByDispute } from '../src/core/dispute.js';
import { brokenTerms } from '../src/core/schedule-terms.js';
import type { Terms, TermsKind } from '../src/core/schedule-terms.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, regulator, yuan } from './market.js';
import type { TestCaller } from '#testing';

const day = 86_400_000;
const schedule = { version: 1, effectiveFrom: 0, disputeDays: 30, decisionDays: 10 };
const asked: Asked = { isCharge: true, isDisputed: false, issuedAt: 5 * day, now: 6 * day, amount: 100n, left: 100n };

describe('the rules of a dispute', () => {
  it.each<[BrokenByDispute | undefined, Partial<Asked>]>([
    [undefined, {}],
    [undefined, { now: 35 * day - 1 }],
    ['line_must_be_a_charge', { isCharge: false, isDisputed: true, left: 0n, now: 99 * day }],
    ['line_must_be_disputed_once', { isDisputed: true, left: 0n, now: 99 * day }],
    ['dispute_must_be_opened_in_its_window', { now: 35 * day, left: 0n }],
    ['disputed_amount_must_not_exceed_the_line', { amount: 101n }],
  ])('R-29 %s', (rule, given) => {
    expect(brokenByDispute({ ...asked, ...given }, schedule)).toBe(rule);
  });

  it('R-29 lapses its days after it was opened', () => {
    expect(decideBy(6 * day, schedule)).toBe(16 * day);
  });

  it.each([
    [100n, 0n, 250n, 100n],
    [100n, 40n, 250n, 60n],
    [100n, 0n, 30n, 30n],
    [100n, 100n, 30n, 0n],
    [100n, 0n, 0n, 0n],
    [100n, 0n, -5n, 0n],
  ])('R-29 of %s with %s frozen and %s unpaid, %s is frozen', (toFreeze, frozen, unpaid, now) => {
    expect(freezable(toFreeze, frozen, unpaid)).toBe(now);
  });

  const none: Terms = { feeBp: 0, tiers: [], disputeDays: 0, decisionDays: 0, taxBp: 0, carbonMgPerKwh: 0, shortfallPerKwh: 0n };
  const tiers = [{ availabilityBp: 9990, creditBp: 0 }];
  it.each<[string | undefined, TermsKind, Partial<Terms>]>([
    [undefined, 'fee', { feeBp: 300 }],
    [undefined, 'sla', { tiers }],
    [undefined, 'dispute', { disputeDays: 30, decisionDays: 10 }],
    ['tiers_must_fall', 'sla', { feeBp: 1 }],
    ['tiers_must_be_of_a_service_level', 'fee', { tiers }],
    ['tiers_must_be_of_a_service_level', 'dispute', { tiers, feeBp: 1 }],
    ['fee_must_be_of_a_fee_schedule', 'sla', { tiers, feeBp: 1 }],
    ['fee_must_be_of_a_fee_schedule', 'dispute', { feeBp: 1 }],
    [undefined, 'tax', { taxBp: 600 }],
    [undefined, 'shortfall', { shortfallPerKwh: 1n }],
    ['shortfall_must_be_of_a_shortfall_schedule', 'carbon', { shortfallPerKwh: 1n }],
    [undefined, 'carbon', { carbonMgPerKwh: 530_600 }],
    ['carbon_must_be_of_a_carbon_schedule', 'tax', { carbonMgPerKwh: 1 }],
    ['tax_must_be_of_a_tax_schedule', 'dispute', { taxBp: 600 }],
    ['fee_must_be_of_a_fee_schedule', 'tax', { taxBp: 600, feeBp: 1 }],
    ['days_must_be_of_a_dispute_schedule', 'fee', { disputeDays: 1 }],
    ['days_must_be_of_a_dispute_schedule', 'sla', { tiers, decisionDays: 1 }],
    ['days_must_be_positive', 'dispute', { disputeDays: 30 }],
    ['days_must_be_positive', 'dispute', { decisionDays: 30 }],
  ])('%s: a %s schedule', (rule, kind, given) => {
    expect(brokenTerms(kind, { ...none, ...given })?.rule).toBe(rule);
  });
});

describe('disputes', () => {
  let desk: Desk;
  let billId: number;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.deposit(buyer.participantId, yuan(100));
    await desk.settle(await desk.trade({ tradeId: 1, units: 2 }));
    billId = (await desk.closeMonth())[0]!.billId;
  });
  afterEach(() => desk.stop());

  const disputes = (caller?: TestCaller) => desk.exchange.call(DisputesDefinition, caller);
  const open = (amount: bigint, line = 1) => disputes(buyer).openDispute({ billId, line, amount, reason: 'half the cards were gone' });
  const frozen = () => desk.balanceOf(`participant/${provider.participantId}/disputed`);
  const income = () => desk.balanceOf(`participant/${provider.participantId}/income`);
  const payOut = async (month: string) => {
    const { payouts } = await desk.settlement().createPayouts({ month });
    for (const { payoutId } of payouts) await desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
    return payouts.map(({ participantId, amount }) => [participantId, amount]);
  };

  it('R-29 freezes the payee’s part, which no payout pays; what is granted is refunded, the rest is released', async () => {
    const opened = await open(yuan(8));
    // Of 8 yuan the fee is 3 %: the exchange gives that back itself.
    expect(opened).toMatchObject({ state: DisputeState.OPEN, frozen: yuan(7.76), payeeId: provider.participantId, buyerId: 3 });
    expect(opened.decideBy - opened.openedAt).toBe(30 * day);
    expect([await frozen(), await income()]).toEqual([yuan(7.76), yuan(7.76)]);
    expect(await payOut('2026-01')).toEqual([[provider.participantId, yuan(7.76)]]);
    await expect(desk.settlement().refundBill({ billId, line: 1, amount: yuan(1), reason: 'past the dispute' })).rejects.toMatchObject({
      rule: 'line_must_not_be_in_dispute',
      field: 'line',
    });

    const { disputeId } = opened;
    await expect(disputes().decideDispute({ disputeId, granted: yuan(8.01), reason: 'more' })).rejects.toMatchObject({
      rule: 'granted_amount_must_not_exceed_the_dispute',
      field: 'granted',
    });
    const decided = await disputes().decideDispute({ disputeId, granted: yuan(3), reason: 'three of eight' });
    expect(decided).toMatchObject({ state: DisputeState.GRANTED, granted: yuan(3), decision: 'three of eight' });
    expect(decided.steps.map(({ step, key, detail }) => [step, key, detail])).toEqual([
      ['opened', 'test/3', '8 yuan: half the cards were gone'],
      ['frozen', 'test/3', '7.76 yuan of participant 2'],
      ['granted', 'test/1', '3 yuan: three of eight'],
    ]);
    const { refunds } = await desk.settlement(buyer).listRefunds({});
    expect(refunds).toMatchObject([{ refundId: decided.refundId, amount: yuan(3), reason: 'three of eight', refundedBy: 'test/1' }]);
    await desk.exchange.advance();
    expect(desk.market.free(buyer.participantId)).toBe(yuan(100) - yuan(13));
    expect([await frozen(), await income()]).toEqual([0n, yuan(7.76) - yuan(2.91)]);
    await expect(disputes().decideDispute({ disputeId, granted: 0n, reason: 'again' })).rejects.toMatchObject({
      rule: 'dispute_must_be_open',
    });
    await desk.passFebruary();
    expect(await payOut('2026-02')).toEqual([[provider.participantId, yuan(4.85)]]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29 what was paid out before is frozen of what comes, before the next payout', async () => {
    await payOut('2026-01');
    const { disputeId, frozen: atOnce } = await open(yuan(16));
    expect(atOnce).toBe(0n);
    await desk.settle(await desk.trade({ tradeId: 2, units: 3 }));
    await desk.passFebruary();
    expect(await payOut('2026-02')).toEqual([[provider.participantId, yuan(24 * 0.97) - yuan(16 * 0.97)]]);
    expect(await disputes(provider).getDispute({ disputeId })).toMatchObject({ frozen: yuan(16 * 0.97), state: DisputeState.OPEN });
    await disputes().decideDispute({ disputeId, granted: yuan(16), reason: 'all of it' });
    expect([await frozen(), await income()]).toEqual([0n, 0n]);
    expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(0n);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29 a refused, a withdrawn and a lapsed dispute release all, and the bill stands', async () => {
    const ends: [DisputeState, (disputeId: number) => Promise<unknown>][] = [
      [DisputeState.REFUSED, (disputeId) => disputes().decideDispute({ disputeId, granted: 0n, reason: 'it was delivered' })],
      [DisputeState.WITHDRAWN, (disputeId) => disputes(buyer).withdrawDispute({ disputeId, reason: 'we agreed' })],
      [DisputeState.LAPSED, () => desk.exchange.advance(31 * day)],
    ];
    for (const [at, [state, end]] of ends.entries()) {
      await desk.settle(await desk.trade({ tradeId: 10 + at }));
      const month = `2026-0${2 + at}`;
      await desk.exchange.advanceTo(Date.parse(`2026-0${3 + at}-01T00:00:00+08:00`));
      await desk.settlement().closeBillingPeriod({ month });
      const { bills } = await desk.settlement(buyer).listBills({ month });
      const before = await income();
      const opened = await disputes(buyer).openDispute({ billId: bills[0]!.billId, line: 1, amount: yuan(8), reason: 'late' });
      expect(opened.frozen).toBe(yuan(7.76));
      await end(opened.disputeId);
      expect(await disputes(buyer).getDispute({ disputeId: opened.disputeId })).toMatchObject({ state, granted: 0n, refundId: 0 });
      expect([await frozen(), await income()]).toEqual([0n, before]);
      expect((await disputes(buyer).listDisputes({ state })).disputes.map(({ disputeId }) => disputeId)).toEqual([opened.disputeId]);
    }
    expect((await desk.settlement(buyer).listRefunds({})).refunds).toEqual([]);
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29, R-33 what is granted of a subsidised line gives the programme its share back', async () => {
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(1000) });
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 77, buyerId: buyer.participantId, amount: yuan(4.8), rateBp: 3000 });
    await desk.exchange.advance();
    const trade = await desk.trade({ tradeId: 5, bidId: 77, programmeId: 1, units: 2, subsidy: yuan(4.8) });
    await desk.closeOrder(77);
    await desk.settle(trade);
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance();
    const bill = desk.market.bills.at(-1)!;
    const { disputeId } = await disputes(buyer).openDispute({ billId: bill.billId, line: 1, amount: yuan(8), reason: 'half of it' });
    await expect(disputes().decideDispute({ disputeId, granted: yuan(8), reason: 'so it was' })).rejects.toMatchObject({
      rule: 'refund_must_follow_the_subsidy_decision',
    });
    await desk.decide(bill, 77, yuan(4.8), 1);
    await disputes().decideDispute({ disputeId, granted: yuan(8), reason: 'so it was' });
    await desk.exchange.advance();
    expect(desk.market.refunds.at(-1)).toMatchObject({ amount: yuan(8), subsidy: yuan(2.4), programmeId: 1 });
    await desk.clawBack(desk.market.refunds.at(-1)!, yuan(2.4));
    expect(await desk.ledger.getProgrammeBalances({ programmeId: 1 })).toMatchObject({ held: 0n, redeemed: yuan(2.4) });
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-29 is opened once a line, in its window, of a charge, by its buyer or the operator', async () => {
    await expect(disputes(otherBuyer).openDispute({ billId, line: 1, amount: yuan(1), reason: 'x' })).rejects.toMatchObject({
      kind: 'absent',
    });
    await expect(open(yuan(1), 9)).rejects.toMatchObject({ kind: 'absent' });
    await expect(open(yuan(16.01))).rejects.toMatchObject({ rule: 'disputed_amount_must_not_exceed_the_line', field: 'amount' });
    const { disputeId } = await disputes().openDispute({ billId, line: 1, amount: yuan(16), reason: 'for the buyer' });
    await expect(open(yuan(1))).rejects.toMatchObject({ rule: 'line_must_be_disputed_once', field: 'line' });
    await expect(disputes(provider).withdrawDispute({ disputeId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(disputes(provider).decideDispute({ disputeId, granted: 0n, reason: 'no' })).rejects.toMatchObject({ kind: 'forbidden' });
    for (const stranger of [otherBuyer, linkOwner])
      await expect(disputes(stranger).getDispute({ disputeId })).rejects.toMatchObject({ kind: 'absent' });

    await desk.settlement().publishSchedule({
      ...{ kind: ScheduleKind.DISPUTE, effectiveFrom: desk.exchange.now() + 1, disputeDays: 2, decisionDays: 5 },
    });
    await desk.exchange.advance(1);
    await desk.settle(await desk.trade({ tradeId: 2 }));
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    await desk.exchange.advance(2 * day);
    const { bills } = await desk.settlement(buyer).listBills({ month: '2026-02' });
    await expect(
      disputes(buyer).openDispute({ billId: bills[0]!.billId, line: 1, amount: yuan(1), reason: 'too late' }),
    ).rejects.toMatchObject({ rule: 'dispute_must_be_opened_in_its_window' });
  });

  it('R-29 evidence is named by its hash, once, by the parties while it is open; the trail shows who, and keys to officers alone', async () => {
    const { disputeId } = await open(yuan(16));
    const telemetry = {
      ...{ disputeId, kind: EvidenceKind.TELEMETRY, sha256: 'a'.repeat(64), mediaType: 'application/json' },
      ...{ location: 's3://evidence/1', note: 'signed by the agent' },
    };
    await disputes(provider).addEvidence(telemetry);
    await expect(disputes(buyer).addEvidence(telemetry)).rejects.toMatchObject({ rule: 'evidence_must_be_new', field: 'sha256' });
    await expect(disputes(otherBuyer).addEvidence({ ...telemetry, sha256: 'b'.repeat(64) })).rejects.toMatchObject({ kind: 'absent' });
    await expect(disputes(buyer).addEvidence({ ...telemetry, sha256: 'B'.repeat(64) })).rejects.toMatchObject({ field: 'sha256' });
    const seen = await disputes(buyer).getDispute({ disputeId });
    expect(seen.evidence).toMatchObject([{ sha256: 'a'.repeat(64), participantId: provider.participantId, note: 'signed by the agent' }]);
    expect(seen.steps.map(({ step, participantId, key }) => [step, participantId, key])).toEqual([
      ['opened', 3, ''],
      ['frozen', 3, ''],
      ['evidence_added', 2, ''],
    ]);
    expect((await disputes(regulator).getDispute({ disputeId })).steps.map(({ key }) => key)).toEqual(['test/3', 'test/3', 'test/2']);
    await disputes(buyer).withdrawDispute({ disputeId });
    await expect(disputes(buyer).addEvidence({ ...telemetry, sha256: 'c'.repeat(64) })).rejects.toMatchObject({
      rule: 'dispute_must_be_open',
    });
    expect((await disputes(provider).listDisputes({ billId })).disputes).toHaveLength(1);
    expect((await disputes(otherBuyer).listDisputes({})).disputes).toEqual([]);
  });
});
