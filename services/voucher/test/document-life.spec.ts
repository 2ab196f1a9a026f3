// What documents say, through the service and the real settlement.
import { BillIssued, ClaimState, OverdueChanged, ProgrammeState, SubsidyKind } from '#contracts';
import type { Claim, Exhaustion, ProgrammeTerms } from '#contracts';
import { documentOf, names, termsOf } from './documents.js';
import { World, buyer, market, officer, yuan } from './world.js';

let world: World;
const day = 86_400_000;

beforeAll(async () => {
  world = await World.open();
  for (const id of [0, 1, 2]) await world.deposit(buyer.participantId + id, yuan(100_000));
});
afterAll(() => world?.exchange.stop());

const reimburse = (part: Partial<ProgrammeTerms> = {}) => world.programme({ kind: SubsidyKind.REIMBURSEMENT, ...part });
const claims = async (programmeId: number) => (await world.voucher().listClaims({ programmeId })).claims.reverse();
const brokenOf = (claim: Claim) => claim.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule);
const deliver = async (programmeId: number, amount: number, of = 0, part = {}) => {
  const bid = world.bid(programmeId, { worstCase: yuan(amount), buyerId: buyer.participantId + of });
  await world.reserve(bid);
  return world.deliver(bid, part);
};

it('the four are drafted, approved and read as they were written', async () => {
  for (const name of names) {
    const { programmeId, state, terms } = await world.programme(termsOf(name));
    expect(state).toBe(ProgrammeState.ACTIVE);
    expect(terms).toEqual(termsOf(name));
    expect(await world.balances(programmeId)).toMatchObject({ issued: termsOf(name).budget, held: 0n });
    expect(documentOf(name).name).toBe(terms!.name);
  }
});

it('R-31: funders pay by their parts, of each claim and in all', async () => {
  const { programmeId } = await reimburse({
    funders: [
      { name: 'province', parts: 1 },
      { name: 'city', parts: 1 },
    ],
  });
  // 20 % of 33.333335 yuan: the bill shows 33.33, of which 6.666 are paid: 3.333 each.
  await deliver(programmeId, 33.333335);
  await deliver(programmeId, 100);
  await world.closeMonth();
  const [first, second] = await claims(programmeId);
  expect(first!.funded).toEqual([
    { name: 'province', amount: yuan(3.333) },
    { name: 'city', amount: yuan(3.333) },
  ]);
  expect(second!.clauses.at(-1)).toMatchObject({ rule: 'funders_pay_by_their_parts', detail: 'province 10 yuan, city 10 yuan' });
  const funded = [
    { name: 'province', amount: yuan(13.333) },
    { name: 'city', amount: yuan(13.333) },
  ];
  const year = Number(first!.month.slice(0, 4));
  expect(await world.voucher().getFunding({ programmeId })).toEqual({
    programmeId,
    paid: yuan(26.666),
    funded,
    years: [{ year, paid: yuan(26.666), funded }],
  });
  await expect(world.voucher({ participantId: 3, roles: ['authority'] }).getFunding({ programmeId })).rejects.toMatchObject({
    kind: 'absent',
  });
});

it('R-31: evidence: who owes what is overdue gets nothing, until it has paid', async () => {
  const { programmeId } = await reimburse({ evidence: [1, 2, 3] });
  const overdue = (is: boolean) => world.others.tell(OverdueChanged, { participantId: buyer.participantId, overdue: is });
  await deliver(programmeId, 100);
  await overdue(true);
  await world.closeMonth();
  await overdue(false);
  await deliver(programmeId, 100);
  await world.closeMonth();
  const [owing, paid] = await claims(programmeId);
  expect([owing!.amount, brokenOf(owing!)]).toEqual([0n, ['fee_must_have_been_paid']]);
  expect([paid!.amount, brokenOf(paid!)]).toEqual([yuan(20), []]);
});

it('R-31: a budget a year is kept over all firms, whoever asks at once', async () => {
  const { programmeId } = await world.programme({ budget: yuan(1_000), budgetPerYear: yuan(100) });
  const bids = Array.from({ length: 24 }, (_, index) => world.bid(programmeId, { buyerId: buyer.participantId + (index % 8) }));
  const answers = await Promise.all(bids.map((bid) => world.reserve(bid)));
  expect(answers.reduce((sum, answer) => sum + answer.amount, 0n)).toBe(yuan(100));
  expect(await world.balances(programmeId)).toMatchObject({ held: yuan(100), available: yuan(900) });
  expect(
    answers
      .filter(({ amount }) => amount === 0n)
      .every(({ clauses }) => clauses.some(({ rule, passed }) => rule === 'subsidy_must_fit_the_budget_a_year' && !passed)),
  ).toBe(true);
  for (const bid of bids) await world.voucher(market).releaseSubsidy({ orderId: bid.orderId });
});

it('R-31: pro rata: claims are collected, and share the budget when the period is over', async () => {
  const exhaustion: Exhaustion = 2;
  const { programmeId } = await reimburse({ budget: yuan(50), exhaustion, lastDay: world.today + 40, officersFrom: yuan(30) });
  // 20 % of 300 and of 100 yuan: 60 and 20 are claimed, 50 are there: 37.5 and 12.5.
  await deliver(programmeId, 300);
  await deliver(programmeId, 100, 1);
  await world.closeMonth();
  expect((await claims(programmeId)).map(({ state, amount }) => [state, amount])).toEqual([
    [ClaimState.COLLECTED, yuan(60)],
    [ClaimState.COLLECTED, yuan(20)],
  ]);
  expect(await world.balances(programmeId)).toMatchObject({ available: yuan(50), redeemed: 0n });
  await world.exchange.advance(41 * day);
  const [large, small] = await claims(programmeId);
  // What is above the threshold now waits for its officers; the other is paid.
  expect([large!.state, large!.amount, brokenOf(large!)]).toEqual([
    ClaimState.WAITING,
    yuan(37.5),
    ['subsidy_must_fit_the_budget_pro_rata'],
  ]);
  expect([small!.state, small!.amount]).toEqual([ClaimState.GRANTED, yuan(12.5)]);
  expect(await world.balances(programmeId)).toMatchObject({ available: yuan(37.5), redeemed: yuan(12.5), expired: 0n });
  for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId: large!.claimId }, officer(key));
  await world.exchange.advance(day);
  expect(await world.balances(programmeId)).toMatchObject({ available: 0n, redeemed: yuan(50), expired: 0n });
  expect(await world.deadLetters()).toEqual([]);
});

it('R-31: pro rata: what comes after the budget was shared gets of the rest alone', async () => {
  const exhaustion: Exhaustion = 2;
  const { programmeId } = await reimburse({ budget: yuan(50), exhaustion, lastDay: world.today + 40, officersFrom: yuan(45) });
  // 20 % of 200 are 40; 20 % of 100 come later, told under another number, when 10 of the 50 are left.
  const late = world.bid(programmeId, { worstCase: yuan(100), buyerId: buyer.participantId + 1 });
  await world.reserve(late);
  await deliver(programmeId, 200);
  await world.closeMonth();
  const bill = world.others.bills.at(-1)!;
  await world.close(late);
  await world.exchange.advance(41 * day);
  expect(await claims(programmeId)).toMatchObject([{ state: ClaimState.GRANTED, amount: yuan(40) }]);
  expect(await world.balances(programmeId)).toMatchObject({ redeemed: yuan(40), available: yuan(10), expired: 0n });

  const lines = [{ ...bill.lines[0]!, tradeId: 88, bidId: late.orderId, amount: yuan(100) }];
  await world.others.tell(BillIssued, { ...bill, billId: 9_100, buyerId: late.buyerId, lines });
  await world.exchange.advance(day);
  const [, second] = await claims(programmeId);
  expect([second!.amount, brokenOf(second!)]).toEqual([yuan(10), ['subsidy_must_fit_the_budget_pro_rata']]);
  expect(second!.clauses.at(-1)!.detail).toBe('20 yuan are claimed in all, 10 yuan are there');
});
