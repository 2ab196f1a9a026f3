// A draft tried on the year's real bills before it is approved, and two versions compared by effect.
import { BilledService, OverdueChanged, ParticipantChanged, Stacking, SubsidyKind } from '#contracts';
import type { ProgrammeTerms } from '#contracts';
import { operator } from '#testing';
import { World, buyer, otherAuthority, provider, sister, yuan } from './world.js';

let world: World;
let year: number;
let programmeId: number;

const draft = async (part: Partial<ProgrammeTerms> = {}) =>
  (await world.voucher().createProgramme({ terms: world.terms({ kind: SubsidyKind.REIMBURSEMENT, ...part }) })).programmeId;
const attempt = (part: Partial<ProgrammeTerms> = {}) =>
  world.voucher().tryProgramme({ programmeId, year, terms: world.terms({ kind: SubsidyKind.REIMBURSEMENT, ...part }) });
const firmsOf = async (trialId: number) => (await world.voucher().listTrialFirms({ trialId })).firms;

/** No bid of these bills named a programme. Firms 0, 1 and 2 are billed 300, 200 and 100 yuan in one month, firm 0 another 400 in the next. */
beforeAll(async () => {
  world = await World.open();
  for (const firm of [0, 1, 2]) await world.deposit(buyer.participantId + firm, yuan(2_000));
  const deliver = (firm: number, amount: number, part = {}) =>
    world.deliver({ ...world.bid(0, { buyerId: buyer.participantId + firm, worstCase: yuan(amount) }) }, part);
  await deliver(0, 300);
  await deliver(1, 200, { domestic: true });
  await deliver(2, 100);
  await world.closeMonth();
  await deliver(0, 400);
  await deliver(0, 50, { providerId: sister });
  await world.closeMonth();
  year = Number(world.others.bills[0]!.month.slice(0, 4));
  programmeId = await draft();
});
afterAll(() => world?.exchange.stop());

it('R-31: says what the programme itself would have cost, who would have got it, and what refused the others', async () => {
  const trial = await world.voucher().tryProgramme({ programmeId, year });
  // 20 % of 300 + 400, of 200 and of 100; nothing of the 50 between related parties.
  expect(trial).toMatchObject({
    programmeId,
    year,
    contracts: 5,
    granted: 4,
    firms: 3,
    base: yuan(1_050),
    cost: yuan(200),
    forOfficers: 0,
    exhaustedOn: 0,
    clauses: [{ rule: 'buyer_and_provider_must_not_be_related', contracts: 1, base: yuan(50) }],
    funded: [],
    triedBy: 'test/2',
  });
  expect(await firmsOf(trial.trialId)).toEqual([
    { buyerId: 10, contracts: 3, granted: 2, base: yuan(750), amount: yuan(140) },
    { buyerId: 11, contracts: 1, granted: 1, base: yuan(200), amount: yuan(40) },
    { buyerId: 12, contracts: 1, granted: 1, base: yuan(100), amount: yuan(20) },
  ]);
  expect(await world.voucher().getTrial({ trialId: trial.trialId })).toEqual(trial);
  expect((await world.voucher().listTrials({ programmeId })).trials).toEqual([trial]);
  const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
  expect(steps.at(-1)).toMatchObject({ step: 'tried', detail: expect.stringContaining('200 of 1050 yuan to 3 firms') as string });
});

it('other terms give other effects, and the same again', async () => {
  const terms = {
    budget: yuan(150),
    officersFrom: yuan(50),
    tiers: [world.tier({ domesticExtraBp: 1_000 })],
    funders: [
      { name: 'city', parts: 2 },
      { name: 'district', parts: 1 },
    ],
  };
  const first = await attempt(terms);
  // Bills in their order: 60, then 30 % of 200 = 60, then 20, and of 80 in the second month the 10 that are left.
  expect(first).toMatchObject({
    cost: yuan(150),
    granted: 4,
    forOfficers: 2,
    funded: [
      { name: 'city', amount: 100_000_001n },
      { name: 'district', amount: 49_999_999n },
    ],
  });
  expect(first.clauses.map(({ rule, contracts }) => [rule, contracts])).toEqual([
    ['buyer_and_provider_must_not_be_related', 1],
    ['subsidy_must_fit_the_budget', 1],
  ]);
  const [bill] = world.others.bills.slice(-1);
  const exhausted = new Date(first.exhaustedOn * 86_400_000).toISOString().slice(0, 7);
  expect(exhausted > bill!.month).toBe(true);
  const { trialId: _first, triedAt: _at, ...again } = await attempt(terms);
  expect(first).toMatchObject(again);
});

it('nothing in a year without bills, and nothing for firms of another region', async () => {
  expect(await world.voucher().tryProgramme({ programmeId, year: year - 1 })).toMatchObject({ contracts: 0, cost: 0n, firms: 0 });
  const elsewhere = await attempt({ eligibility: { regions: [510000], industries: [], sizes: [], firstTime: false } });
  expect(elsewhere).toMatchObject({
    contracts: 5,
    granted: 0,
    clauses: [{ rule: 'buyer_must_be_registered_in_the_region', contracts: 5, base: yuan(1_050) }],
  });
});

it('R-31: two versions are compared by their effect, page by page', async () => {
  const before = await attempt();
  // At most 50 a firm a year: firm 0 has 140, now 50; a tier for domestic units alone pays firm 1 alone more.
  const after = await attempt({ tiers: [world.tier({ capPerFirmYear: yuan(50), domesticExtraBp: 500 })] });
  const compared = await world.voucher().compareTrials({ trialId: after.trialId, withTrialId: before.trialId, page: { limit: 1 } });
  expect(compared).toMatchObject({
    before: { cost: yuan(200) },
    after: { cost: yuan(120) },
    gained: 0,
    lost: 0,
    more: 1,
    less: 1,
    firms: [{ buyerId: 10, before: yuan(140), after: yuan(50) }],
  });
  const next = await world
    .voucher()
    .compareTrials({ trialId: after.trialId, withTrialId: before.trialId, page: { limit: 1, cursor: compared.page!.nextCursor } });
  expect(next).toMatchObject({ firms: [{ buyerId: 11, before: yuan(40), after: yuan(50) }], page: { nextCursor: '' } });

  const none = await attempt({ coverage: { classes: [], providerIds: [sister], domesticOnly: false, services: [], platformIds: [] } });
  expect(await world.voucher().compareTrials({ trialId: none.trialId, withTrialId: before.trialId })).toMatchObject({
    gained: 0,
    lost: 3,
    more: 0,
    less: 0,
  });
  expect(await world.voucher().compareTrials({ trialId: before.trialId, withTrialId: none.trialId })).toMatchObject({ gained: 3, lost: 0 });
  const other = await world.voucher().tryProgramme({ programmeId, year: year - 1 });
  await expect(world.voucher().compareTrials({ trialId: other.trialId, withTrialId: before.trialId })).rejects.toMatchObject({
    rule: 'trials_must_be_of_the_same_inputs',
  });
});

it('R-33: of what was refunded nothing is paid; two versions are tried as of one moment', async () => {
  const before = await attempt();
  await world.exchange.advance(1_000);
  await world.settlement.refundBill({ billId: world.others.bills.at(-1)!.billId, line: 1, amount: yuan(100), reason: 'unusable' });
  await world.participant(11, 100 + sister);
  await world.participant(12, 200);
  await world.others.tell(OverdueChanged, { participantId: 11, overdue: true });
  await world.exchange.advance();
  const now = await attempt({ evidence: [1] });
  // Firm 0's refund takes 20, firm 2 became a relative of the provider (20) and firm 1 owes (40).
  expect(now.cost).toBe(before.cost - yuan(80));
  const compare = (trialId: number) => world.voucher().compareTrials({ trialId, withTrialId: before.trialId });
  await expect(compare(now.trialId)).rejects.toMatchObject({
    rule: 'trials_must_be_of_the_same_inputs',
    message: expect.stringContaining(`as of ${new Date(before.asOf).toISOString()}`) as string,
  });
  const asBefore = (part: Partial<ProgrammeTerms>) =>
    world
      .voucher()
      .tryProgramme({ programmeId, year, asOf: before.asOf, terms: world.terms({ kind: SubsidyKind.REIMBURSEMENT, ...part }) });
  const then = await asBefore({ evidence: [1] });
  expect(then).toMatchObject({ cost: before.cost, asOf: before.asOf, inputsHash: before.inputsHash });
  expect(await compare(then.trialId)).toMatchObject({ gained: 0, lost: 0, more: 0, less: 0 });
  const tomorrow = { programmeId, year, asOf: world.exchange.now() + 1 };
  await expect(world.voucher().tryProgramme(tomorrow)).rejects.toMatchObject({ rule: 'trial_must_not_take_the_future' });
  await world.others.tell(OverdueChanged, { participantId: 11, overdue: false });
  await world.participant(12, 112);
  await world.exchange.advance();
});

it('R-33: honours what others paid for a contract, and the services that a document covers', async () => {
  const other = await world.programme({ kind: SubsidyKind.REIMBURSEMENT });
  const bid = world.bid(other.programmeId, { buyerId: 13 });
  await world.deposit(13, yuan(500));
  await world.reserve(bid);
  const before = await attempt({ stacking: Stacking.ON_THE_REST });
  const month = new Date(world.exchange.now() + 8 * 3_600_000).toISOString().slice(0, 7);
  await world.voucher().declareSubsidyElsewhere({ bidId: bid.orderId, month, funder: 'the district', amount: yuan(40) });
  await world.deliver(bid);
  await world.closeMonth();
  // 20 % of 100 − 40.
  expect((await attempt({ stacking: Stacking.ON_THE_REST })).cost).toBe(before.cost + yuan(12));
  const models = { classes: [], providerIds: [], domesticOnly: false, services: [BilledService.MODEL], platformIds: [30] };
  expect(await attempt({ stacking: Stacking.ON_THE_REST, coverage: models })).toMatchObject({
    cost: 0n,
    contracts: 6,
    clauses: [{ rule: 'programme_must_cover_compute', contracts: 6 }],
  });
});

it('tells an authority what firms of its own region alone spend', async () => {
  const elsewhere = { ...otherAuthority, participantId: 4 };
  for (const [participantId, region] of [
    [4, 510100],
    [14, 510104],
  ] as const)
    await world.others.tell(
      ParticipantChanged,
      ParticipantChanged.create({ participantId, ownerGroup: participantId, state: 3, region, industry: 'I', size: 2 }),
    );
  await world.exchange.advance();
  const { programmeId: foreign } = await world
    .voucher(elsewhere)
    .createProgramme({ terms: world.terms({ kind: SubsidyKind.REIMBURSEMENT, eligibility: undefined }) });
  expect(await world.voucher(elsewhere).tryProgramme({ programmeId: foreign, year })).toMatchObject({ contracts: 0, base: 0n, firms: 0 });
  await world.deposit(14, yuan(500));
  await world.deliver({ ...world.bid(0, { buyerId: 14, worstCase: yuan(70) }) });
  await world.closeMonth();
  const { trialId } = await world.voucher(elsewhere).tryProgramme({ programmeId: foreign, year });
  expect((await world.voucher(elsewhere).listTrialFirms({ trialId })).firms).toMatchObject([{ buyerId: 14, base: yuan(70) }]);
  const stranger = { participantId: 99, roles: ['authority'] as const };
  const { programmeId: unknown } = await world.voucher(stranger).createProgramme({ terms: world.terms() });
  await expect(world.voucher(stranger).tryProgramme({ programmeId: unknown, year })).rejects.toMatchObject({
    kind: 'unavailable',
    rule: 'authority_must_be_known_here',
    retryAfterSeconds: 1,
  });
  const before = world.exchange.now() - 1;
  await world.participant(99, 99);
  await world.exchange.advance();
  expect(await world.voucher(stranger).tryProgramme({ programmeId: unknown, year })).toMatchObject({ year });
  await expect(world.voucher(stranger).tryProgramme({ programmeId: unknown, year, asOf: before })).rejects.toMatchObject({
    kind: 'conflict',
    rule: 'authority_must_be_registered',
    field: 'asOf',
  });
});

it('is for the programme’s authority, operator and regulator', async () => {
  const { trialId } = await attempt();
  const others = world.voucher(otherAuthority);
  await expect(others.tryProgramme({ programmeId, year })).rejects.toMatchObject({ kind: 'absent' });
  await expect(others.getTrial({ trialId })).rejects.toMatchObject({ kind: 'absent' });
  await expect(others.listTrialFirms({ trialId })).rejects.toMatchObject({ kind: 'absent' });
  await expect(others.listTrials({ programmeId })).rejects.toMatchObject({ kind: 'absent' });
  for (const caller of [buyer, { participantId: provider, roles: ['provider'] as const }])
    await expect(world.voucher(caller).getTrial({ trialId })).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await world.voucher(operator).getTrial({ trialId })).toMatchObject({ trialId });
  expect(await world.voucher({ participantId: 5, roles: ['regulator'] }).getTrial({ trialId })).toMatchObject({ trialId });
  await expect(attempt({ tiers: [world.tier({ ceilingBp: 1 })] })).rejects.toMatchObject({ field: 'terms.tiers[0].ceilingBp' });
});
