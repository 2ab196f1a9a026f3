import { BillIssued, ClaimState, ComputeClass, type SubsidyForBid, SubsidyKind, Tier, type TradeMade } from '#contracts';
import { type Finding, auditServices, databaseAddress, servicesOf } from '#platform';
import { SettlementModule } from '#settlement';
import { operator } from '#testing';
import { World, buyer, officer, otherAuthority, sister, yuan } from './world.js';

let world: World;

beforeAll(async () => {
  world = await World.open();
  await world.deposit(buyer.participantId, yuan(10_000));
});
afterAll(() => world?.exchange.stop());

const reserved = async (programmeId: number, part: Partial<SubsidyForBid> = {}): Promise<SubsidyForBid> => {
  const bid = world.bid(programmeId, part);
  await world.reserve(bid);
  return bid;
};
const reclaimable = { computeClass: ComputeClass.INTELLIGENT, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
const decidedOf = (programmeId: number) => world.others.decided.filter((event) => event.programmeId === programmeId);
const claims = async (programmeId: number) => (await world.voucher().listClaims({ programmeId })).claims.reverse();
const brokenOf = (claim: { clauses: { rule: string; passed: boolean }[] }) =>
  claim.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule);

/** Every micro-yuan is in its place: R-32's sum, no clearing left, nothing given up. */
async function balanced(programmeId: number, expected: { available: bigint; redeemed: bigint }): Promise<void> {
  const { issued, available, held, redeemed, expired, revoked } = await world.balances(programmeId);
  expect({ available, redeemed, held }).toEqual({ ...expected, held: 0n });
  expect(available + held + redeemed + expired + revoked).toBe(issued);
  const { imbalance, clearing } = await world.settlement.getTrialBalance({});
  expect(imbalance).toBe(0n);
  expect(clearing.filter((account) => account.balance !== 0n)).toEqual([]);
  expect(await world.deadLetters()).toEqual([]);
}

describe('R-33: a bill', () => {
  it('has a part paid by the programme, explained clause by clause', async () => {
    const { programmeId } = await world.programme();
    const bid = await reserved(programmeId);
    const trade = await world.deliver(bid);
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({
      state: ClaimState.GRANTED,
      buyerId: buyer.participantId,
      bidId: bid.orderId,
      month: world.others.bills.at(-1)!.month,
      base: yuan(100),
      amount: yuan(20),
      clawedBack: 0n,
    });
    expect(brokenOf(claim!)).toEqual([]);
    expect(decidedOf(programmeId)).toMatchObject([
      { claimId: claim!.claimId, amount: yuan(20), reimbursement: false, parts: [{ tradeId: trade.tradeId, amount: yuan(20) }] },
    ]);
    await balanced(programmeId, { available: yuan(980), redeemed: yuan(20) });
  });

  it('between related parties gets nothing, and the buyer owes it', async () => {
    const { programmeId } = await world.programme();
    const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;
    const before = await money();
    await world.deliver(await reserved(programmeId), { providerId: sister });
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({ state: ClaimState.REFUSED, amount: 0n });
    expect(brokenOf(claim!)).toEqual(['buyer_and_provider_must_not_be_related']);
    await world.exchange.advance(900_000);
    await balanced(programmeId, { available: yuan(1_000), redeemed: 0n });
    expect(before - (await money())).toBe(yuan(100));
  });

  it('keeps the caps a bill and a firm a year over all its bids', async () => {
    const { programmeId } = await world.programme({ tiers: [world.tier({ capPerBill: yuan(30), capPerFirmYear: yuan(45) })] });
    for (let trade = 0; trade < 2; trade++) await world.deliver(await reserved(programmeId));
    await world.closeMonth();
    expect((await claims(programmeId)).map((claim) => [claim.amount, ...brokenOf(claim)])).toEqual([
      [yuan(20)],
      [yuan(10), 'subsidy_must_fit_the_reservation'],
    ]);
    const cut = (await claims(programmeId))[1]!.clauses.find(({ rule }) => rule === 'subsidy_must_fit_the_reservation');
    expect(cut!.detail).toBe(
      '10 yuan held for these trades; the promise was cut when the bid asked: subsidy_must_fit_the_cap_a_bill (20 of 30 yuan used before)',
    );
    // 15 yuan of the year are left.
    const next = await world.reserve(world.bid(programmeId));
    expect(next.amount).toBe(yuan(15));
    await world.exchange.advance(900_000);
    const { available, held, redeemed } = await world.balances(programmeId);
    expect({ available, held, redeemed }).toEqual({ available: yuan(955), held: yuan(15), redeemed: yuan(30) });
  });

  it('that is told in parts keeps its caps over all of them, and is looked at beside them', async () => {
    const tiers = [world.tier({ capPerBill: yuan(50) })];
    const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, tiers, officersFrom: yuan(45) });
    const told = world.others.bills.at(-1)!;
    for (const part of [1, 2]) {
      const bid = await reserved(programmeId);
      await world.close(bid);
      const amount = part === 1 ? yuan(200) : yuan(100);
      const line = { ...told.lines[0]!, tradeId: 9_100 + part, bidId: bid.orderId, programmeId, amount, subsidy: 0n };
      await world.others.tell(BillIssued, { ...told, billId: 9_100, lines: [line], part, parts: 2 });
    }
    await world.exchange.advance();
    const [first, second] = await claims(programmeId);
    expect([first!.amount, first!.state, brokenOf(first!)]).toEqual([yuan(40), ClaimState.WAITING, ['claim_must_be_free_of_findings']]);
    expect(first!.findings).toMatchObject([{ rule: 'contracts_must_not_be_split', evidence: [`claim ${second!.claimId} of 10 yuan`] }]);
    expect([second!.amount, second!.state, brokenOf(second!)]).toEqual([
      yuan(10),
      ClaimState.WAITING,
      ['subsidy_must_fit_the_cap_a_bill', 'claim_must_be_free_of_findings'],
    ]);
    expect(second!.findings).toMatchObject([{ rule: 'contracts_must_not_be_split', evidence: [`claim ${first!.claimId} of 40 yuan`] }]);
    expect(await world.deadLetters()).toEqual([]);
  });

  it('of a contract is subsidised once a month, whatever the programme', async () => {
    const first = await world.programme();
    const bid = await reserved(first.programmeId);
    await world.deliver(bid);
    await world.closeMonth();
    // The same month's bill of the same contract, told again under another number.
    const bill = world.others.bills.at(-1);
    await world.others.tell(BillIssued, { ...bill!, billId: bill!.billId + 1_000 });
    await world.exchange.advance();
    const [, second] = await claims(first.programmeId);
    expect(second).toMatchObject({ state: ClaimState.REFUSED, amount: 0n });
    expect(brokenOf(second!)).toEqual(['contract_must_be_subsidised_once_a_period']);
  });

  it('that is refunded gives the programme its share back', async () => {
    const { programmeId } = await world.programme();
    await world.deliver(await reserved(programmeId));
    await world.closeMonth();
    const bill = world.others.bills.at(-1);
    await world.settlement.refundBill({ billId: bill!.billId, line: 1, amount: yuan(40), reason: 'half an hour was unusable' });
    await world.exchange.advance();
    expect(world.others.clawedBack).toMatchObject([{ amount: yuan(8) }]);
    await world.settlement.refundBill({ billId: bill!.billId, line: 1, amount: yuan(60), reason: 'all of it was' });
    await world.exchange.advance();
    expect(world.others.clawedBack.map((event) => event.amount)).toEqual([yuan(8), yuan(12)]);
    expect((await claims(programmeId))[0]).toMatchObject({ amount: yuan(20), clawedBack: yuan(20) });
    await balanced(programmeId, { available: yuan(1_000), redeemed: 0n });
  });
});

describe('R-34: a claim above its programme’s threshold', () => {
  const waiting = async () => {
    const { programmeId } = await world.programme({ officersFrom: yuan(20) });
    await world.deliver(await reserved(programmeId));
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({ state: ClaimState.WAITING, amount: yuan(20) });
    expect(decidedOf(programmeId)).toEqual([]);
    return { programmeId, claimId: claim!.claimId };
  };

  it('waits for two officers', async () => {
    const { programmeId, claimId } = await waiting();
    await world.voucher().approveClaim({ claimId }, officer('first'));
    await expect(world.voucher().approveClaim({ claimId }, officer('first'))).rejects.toMatchObject({ rule: 'officers_must_be_two' });
    await expect(world.voucher(otherAuthority).approveClaim({ claimId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(world.voucher(buyer).approveClaim({ claimId })).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await world.voucher(operator).approveClaim({ claimId })).toMatchObject({
      state: ClaimState.GRANTED,
      approvedBy: ['first', 'test/1'],
    });
    await world.exchange.advance();
    expect(decidedOf(programmeId)).toMatchObject([{ claimId, amount: yuan(20) }]);
    await expect(world.voucher().refuseClaim({ claimId, reason: 'late' })).rejects.toMatchObject({ rule: 'claim_must_wait_for_officers' });
    await balanced(programmeId, { available: yuan(980), redeemed: yuan(20) });
    const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
    expect(steps.filter((step) => step.claimId === claimId).map((step) => step.step)).toEqual([
      'claim_decided',
      'claim_approved',
      'claim_approved',
    ]);
  });

  it('is refused by one, with a reason', async () => {
    const { programmeId, claimId } = await waiting();
    const refused = await world.voucher().refuseClaim({ claimId, reason: 'the contract was split' });
    expect(refused).toMatchObject({ state: ClaimState.REFUSED, amount: 0n });
    expect(refused.clauses.at(-1)).toEqual({ rule: 'two_officers_must_approve', passed: false, detail: 'the contract was split' });
    await world.exchange.advance(900_000);
    await balanced(programmeId, { available: yuan(1_000), redeemed: 0n });
  });

  it('keeps its programme from ending until it is decided', async () => {
    const { programmeId, claimId } = await waiting();
    await world.voucher().closeProgramme({ programmeId, reason: 'done' });
    await world.exchange.advance(60_000);
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), revoked: 0n });
    await world.voucher().approveClaim({ claimId }, officer('first'));
    await world.voucher().approveClaim({ claimId }, officer('second'));
    await world.exchange.advance(60_000);
    expect(await world.balances(programmeId)).toMatchObject({ available: 0n, held: 0n, redeemed: yuan(20), revoked: yuan(980) });
  });
});

describe('R-31: usage that comes after its lease was rated, for the same bill', () => {
  /** Telemetry saw nothing of it, so that it is rated at nothing. */
  const rated = async () => {
    const { programmeId } = await world.programme();
    const [trade] = await world.deliverAll([{ bid: await reserved(programmeId), part: { book: reclaimable } }], 0);
    return { programmeId, trade: trade! };
  };
  const say = async (trade: TradeMade, version: number, unitSlots: number) => {
    await world.used(trade, version, unitSlots);
    await world.exchange.advance(3_600_000);
  };
  const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;

  it('is guaranteed as what came before it', async () => {
    const before = await money();
    const { programmeId, trade } = await rated();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20) });
    await say(trade, 1, 2);
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20) });
    await world.closeMonth();
    expect(world.others.bills.at(-1)!.lines).toMatchObject([
      { kind: 'compute', amount: 0n, subsidy: 0n },
      { kind: 'adjustment', amount: yuan(50), subsidy: yuan(10) },
    ]);
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({ state: ClaimState.GRANTED, base: yuan(50), amount: yuan(10) });
    expect(brokenOf(claim!)).toEqual([]);
    await world.exchange.advance(3_600_000);
    expect(before - (await money())).toBe(yuan(40));
    await balanced(programmeId, { available: yuan(990), redeemed: yuan(10) });
  });

  it('and what a correction took away it pays again', async () => {
    const { programmeId, trade } = await rated();
    for (const [at, unitSlots] of [4, 1, 3].entries()) await say(trade, at + 1, unitSlots);
    await world.closeMonth();
    expect(world.others.bills.at(-1)!.lines.map(({ amount, subsidy }) => [amount, subsidy])).toEqual([
      [0n, 0n],
      [yuan(100), yuan(20)],
      [yuan(-75), yuan(-15)],
      [yuan(50), yuan(10)],
    ]);
    expect(await claims(programmeId)).toMatchObject([{ state: ClaimState.GRANTED, base: yuan(75), amount: yuan(15) }]);
    await world.exchange.advance(3_600_000);
    await balanced(programmeId, { available: yuan(985), redeemed: yuan(15) });
  });

  it('goes back with the bill where none came, and is promised to nobody else until then', async () => {
    const { programmeId } = await world.programme({ tiers: [world.tier({ capPerFirm: yuan(30) })] });
    await world.deliverAll([{ bid: await reserved(programmeId), part: { book: reclaimable } }], 0);
    expect(await world.reserve(world.bid(programmeId, { buyerId: buyer.participantId }))).toMatchObject({ amount: yuan(10) });
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect([claim!.state, claim!.base, brokenOf(claim!)]).toEqual([ClaimState.REFUSED, 0n, ['something_must_have_been_paid']]);
    // Of the open bid.
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(990), held: yuan(10), redeemed: 0n });
  });

  it('R-28: recomputes from its records alone', async () => {
    const findings: Finding[] = [];
    const settlement = servicesOf([SettlementModule]);
    const address = databaseAddress(world.exchange.database.url);
    await auditServices(
      address,
      settlement,
      { keys: [], roots: [] },
      (one) => findings.push(one),
      () => undefined,
    );
    expect(findings).toEqual([]);
  });
});

describe('R-31: a programme that reimburses', () => {
  it('pays a share of the paid bill back as money, and takes it back with a refund', async () => {
    const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, budget: yuan(30) });
    const bid = world.bid(programmeId);
    expect(await world.reserve(bid)).toMatchObject({ amount: 0n });
    const second = await reserved(programmeId);
    await world.deliver(bid);
    await world.deliver(second);
    const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;
    const before = await money();
    await world.closeMonth();
    expect((await claims(programmeId)).map((claim) => [claim.amount, ...brokenOf(claim)])).toEqual([
      [yuan(20)],
      [yuan(10), 'subsidy_must_fit_the_budget'],
    ]);
    expect((await money()) - before).toBe(yuan(30));
    await balanced(programmeId, { available: 0n, redeemed: yuan(30) });

    const bill = world.others.bills.at(-1);
    await world.settlement.refundBill({ billId: bill!.billId, line: 1, amount: yuan(100), reason: 'never reachable' });
    await world.exchange.advance();
    expect((await money()) - before).toBe(yuan(110));
    await balanced(programmeId, { available: yuan(20), redeemed: yuan(10) });
  });
});

describe('R-33: a reimbursement that waits for officers', () => {
  const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;
  const waiting = async (part: Partial<TradeMade> = {}) => {
    const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, officersFrom: yuan(0.01) });
    const trade = await world.deliver(await reserved(programmeId), part);
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({ state: ClaimState.WAITING, amount: yuan(20) });
    const approve = async () => {
      for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId: claim!.claimId }, officer(key));
    };
    return { programmeId, trade, approve, billId: world.others.bills.at(-1)!.billId };
  };

  it('is decided before its bill is refunded, and falls with the refund', async () => {
    const { programmeId, approve, billId } = await waiting();
    const refund = () => world.settlement.refundBill({ billId, line: 1, amount: yuan(25), reason: 'a quarter was unusable' });
    await expect(refund()).rejects.toMatchObject({ rule: 'refund_must_follow_the_subsidy_decision' });
    await approve();
    await world.exchange.advance();
    expect(await refund()).toMatchObject({ subsidy: yuan(5) });
    await world.exchange.advance();
    expect((await claims(programmeId))[0]).toMatchObject({ state: ClaimState.GRANTED, amount: yuan(20), clawedBack: yuan(5) });
    await balanced(programmeId, { available: yuan(985), redeemed: yuan(15) });
  });

  it('is decided before its usage is corrected, and falls with the correction', async () => {
    const before = await money();
    const { programmeId, trade, approve } = await waiting({ book: reclaimable });
    await world.used(trade, 1, 0);
    await world.exchange.advance(3_600_000);
    expect(before - (await money())).toBe(yuan(100));
    await approve();
    await world.exchange.advance(3_600_000);
    expect(await money()).toBe(before);
    expect((await claims(programmeId))[0]).toMatchObject({ state: ClaimState.GRANTED, amount: yuan(20), clawedBack: yuan(20) });
    await balanced(programmeId, { available: yuan(1_000), redeemed: 0n });
  });
});

it('R-33: what a late correction adds is in a later bill, and no programme pays of it', async () => {
  const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT });
  const trade = await world.deliver(await reserved(programmeId), { book: reclaimable });
  await world.used(trade, 1, 2);
  await world.exchange.advance(3_600_000);
  await world.closeMonth();
  await world.used(trade, 2, 4);
  await world.exchange.advance(3_600_000);
  await world.closeMonth();
  expect(world.others.bills.at(-1)!.lines).toMatchObject([{ kind: 'adjustment', amount: yuan(50), programmeId: 0 }]);
  expect(await claims(programmeId)).toMatchObject([{ base: yuan(50), amount: yuan(10) }]);
  await balanced(programmeId, { available: yuan(990), redeemed: yuan(10) });
});

it('R-33: what a late correction added goes back to its buyer alone, as no programme paid of it', async () => {
  const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;
  const before = await money();
  const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT });
  const trade = await world.deliver(await reserved(programmeId), { book: reclaimable });
  await world.used(trade, 1, 2);
  await world.exchange.advance(3_600_000);
  await world.closeMonth();
  await world.used(trade, 2, 4);
  await world.exchange.advance(3_600_000);
  await world.closeMonth();
  const { billId } = world.others.bills.at(-1)!;
  const refund = { billId, line: 1, amount: yuan(50), reason: 'the meter was wrong' };
  expect(await world.settlement.refundBill(refund)).toMatchObject({ subsidy: 0n, subsidyDecided: true });
  await world.exchange.advance();
  // Half an hour at 100 yuan an hour, of which the programme paid 20 %.
  expect(before - (await money())).toBe(yuan(40));
  expect(await claims(programmeId)).toMatchObject([{ base: yuan(50), amount: yuan(10), clawedBack: 0n }]);
  await balanced(programmeId, { available: yuan(990), redeemed: yuan(10) });
});

it('claims are seen by their buyer and their authority', async () => {
  const { programmeId } = await world.programme();
  await world.deliver(await reserved(programmeId));
  await world.closeMonth();
  const [claim] = await claims(programmeId);
  const { claimId } = claim!;
  // But for what officers were shown.
  const seen = { ...claim!, findings: [], clauses: claim!.clauses.filter(({ rule }) => rule !== 'claim_must_be_free_of_findings') };
  expect(await world.voucher(buyer).getClaim({ claimId })).toEqual(seen);
  expect((await world.voucher(buyer).listClaims({ state: ClaimState.GRANTED, billId: claim!.billId })).claims).toEqual([seen]);
  const stranger = { participantId: 11, roles: ['buyer'] as const };
  await expect(world.voucher(stranger).getClaim({ claimId })).rejects.toMatchObject({ kind: 'absent' });
  expect((await world.voucher(stranger).listClaims({})).claims).toEqual([]);
  expect((await world.voucher(otherAuthority).listClaims({})).claims).toEqual([]);
});
