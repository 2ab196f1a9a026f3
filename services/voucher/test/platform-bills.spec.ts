// Model vouchers 模型券 and data vouchers 数据券: other platforms' bills by the same clauses; and what others paid for a contract.
import {
  BilledService,
  ClaimState,
  ComputeClass,
  Evidence,
  Exhaustion,
  ParticipantChanged,
  RegistrationState,
  Stacking,
  SubmitPlatformBillRequest,
  SubsidyKind,
  SubsidyTier,
} from '#contracts';
import type { ProgrammeTerms } from '#contracts';
import { operator, type TestCaller } from '#testing';
import { World, buyer, officer, otherAuthority, provider, sister, yuan } from './world.js';

const platform: TestCaller = { participantId: 30, roles: ['partner'] };
const other: TestCaller = { participantId: 31, roles: ['partner'] };
/** Hangs over the month in which the tests run. */
const monthNow = () => new Date(world.exchange.now() + 8 * 3_600_000).toISOString().slice(0, 7);
const hash = (text: string) => Buffer.from(text.padEnd(32, '.')).toString('hex');

let world: World;
let month: string;
let bills = 0;

beforeAll(async () => {
  world = await World.open();
  await world.participant(platform.participantId, 300);
  await world.participant(other.participantId, 301);
  await world.participant(32, 100 + buyer.participantId);
  await world.deposit(buyer.participantId, yuan(10_000));
  month = '2025-12';
});
afterAll(() => world?.exchange.stop());

const coverage = (part: Partial<NonNullable<ProgrammeTerms['coverage']>> = {}) => ({
  classes: [],
  providerIds: [],
  domesticOnly: false,
  services: [BilledService.MODEL],
  platformIds: [platform.participantId, other.participantId, 32],
  ...part,
});
const programme = async (part: Partial<ProgrammeTerms> = {}) =>
  (await world.programme({ kind: SubsidyKind.REIMBURSEMENT, coverage: coverage(), firstDay: world.today - 60, ...part })).programmeId;
const bill = (programmeId: number, part: Partial<SubmitPlatformBillRequest> = {}): SubmitPlatformBillRequest => ({
  ...SubmitPlatformBillRequest.create(),
  programmeId,
  billNumber: `M-${++bills}`,
  buyerId: buyer.participantId,
  month,
  service: BilledService.MODEL,
  contractHash: hash(`contract ${bills}`),
  receiptHash: hash(`receipt ${bills}`),
  lines: [line()],
  ...part,
});
const line = (part: Partial<SubmitPlatformBillRequest['lines'][number]> = {}) => ({
  providerId: provider,
  amount: yuan(100),
  computeClass: ComputeClass.UNSPECIFIED,
  domestic: false,
  greenShareBp: 0,
  usageHash: hash('usage'),
  ...part,
});
const submit = (request: SubmitPlatformBillRequest, caller = platform) => world.voucher(caller).submitPlatformBill(request);
const brokenOf = (claim: { clauses: { rule: string; passed: boolean }[] }) =>
  claim.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule);
const money = async () => (await world.settlement.getBalance({ participantId: buyer.participantId })).moneyAvailable;

it('a model bill is reimbursed: the buyer has its part as money, the programme’s pots show it', async () => {
  const programmeId = await programme({ tiers: [world.tier({ domesticExtraBp: 1_000 })] });
  const before = await money();
  const request = bill(programmeId, { lines: [line(), line({ domestic: true })] });
  const claim = await submit(request);
  // 20 % of 100 and 30 % of another 100.
  expect(claim).toMatchObject({
    ...{ state: ClaimState.GRANTED, base: yuan(200), amount: yuan(50), billId: 0, bidId: 0 },
    ...{ platformId: platform.participantId, platformBill: request.billNumber, service: BilledService.MODEL, month },
  });
  expect(brokenOf(claim)).toEqual([]);
  await world.exchange.advance();
  expect((await money()) - before).toBe(yuan(50));
  expect(await world.balances(programmeId)).toMatchObject({ available: yuan(950), redeemed: yuan(50), held: 0n });
  // Buyer and platform see it, another platform does not.
  for (const caller of [buyer, platform]) expect(await world.voucher(caller).getClaim({ claimId: claim.claimId })).toEqual(claim);
  expect((await world.voucher(platform).listClaims({ programmeId })).claims).toEqual([claim]);
  await expect(world.voucher(other).getClaim({ claimId: claim.claimId })).rejects.toMatchObject({ kind: 'absent' });
  expect((await world.voucher(other).listClaims({})).claims).toEqual([]);
  expect(await world.deadLetters()).toEqual([]);
});

it('one call, one claim; one bill, one claim', async () => {
  const programmeId = await programme();
  const request = bill(programmeId);
  const once = { idempotencyKey: 'once' };
  const first = await world.voucher(platform).submitPlatformBill(request, once);
  expect(await world.voucher(platform).submitPlatformBill(request, once)).toEqual(first);
  await expect(submit({ ...request, lines: [line({ amount: yuan(1) })] })).rejects.toMatchObject({ rule: 'platform_bill_must_be_new' });
  await expect(submit(bill(programmeId, { receiptHash: request.receiptHash }), other)).rejects.toMatchObject({
    rule: 'receipt_must_serve_one_bill',
    field: 'receiptHash',
  });
});

it('R-33: a contract is subsidised once a month, over platforms and programmes', async () => {
  const [one, two] = [await programme(), await programme()];
  const contractHash = hash('shared');
  const answers = await Promise.all([
    submit(bill(one, { contractHash })),
    submit(bill(two, { contractHash }), other),
    submit(bill(one, { contractHash }), other),
  ]);
  expect(answers.filter(({ state }) => state === ClaimState.GRANTED)).toHaveLength(1);
  for (const claim of answers.filter(({ amount }) => amount === 0n))
    expect(brokenOf(claim)).toEqual(['contract_must_be_subsidised_once_a_period']);
});

it.each<[string, Partial<ProgrammeTerms>, () => Partial<SubmitPlatformBillRequest>, bigint, string[]]>([
  ['a month outside of the period', {}, () => ({ month: '2020-02' }), 0n, ['bill_must_be_of_the_period']],
  [
    'another region',
    { eligibility: { regions: [510000], industries: [], sizes: [], firstTime: false } },
    () => ({}),
    0n,
    ['buyer_must_be_registered_in_the_region'],
  ],
  ['its receipt and its contract', { evidence: [Evidence.PAYMENT, Evidence.CONTRACT] }, () => ({}), yuan(20), []],
  [
    'a line without usage',
    { evidence: [Evidence.USAGE] },
    () => ({ lines: [line(), line({ usageHash: '' })] }),
    yuan(20),
    ['usage_must_have_been_measured'],
  ],
  [
    'a related provider',
    {},
    () => ({ lines: [line(), line({ providerId: sister })] }),
    yuan(20),
    ['buyer_and_provider_must_not_be_related'],
  ],
  ['money from elsewhere', {}, () => ({ subsidisedElsewhere: yuan(30) }), 0n, ['contract_must_not_be_subsidised_elsewhere']],
  ['money from elsewhere, of the rest', { stacking: Stacking.ON_THE_REST }, () => ({ subsidisedElsewhere: yuan(30) }), yuan(14), []],
  [
    'a cap',
    { tiers: [{ ...SubsidyTier.create(), rateBp: 2_000, capPerFirm: yuan(15) }] },
    () => ({}),
    yuan(15),
    ['subsidy_must_fit_the_cap_a_firm'],
  ],
  ['a small budget', { budget: yuan(5) }, () => ({}), yuan(5), ['subsidy_must_fit_the_budget']],
])('by its clauses: %s', async (_name, terms, part, amount, broken) => {
  const claim = await submit(bill(await programme(terms), part()));
  expect([claim.amount, brokenOf(claim)]).toEqual([amount, broken]);
});

it('a platform of the buyer’s own group is a relative too', async () => {
  const claim = await submit(bill(await programme()), { participantId: 32, roles: ['partner'] });
  expect(brokenOf(claim)).toEqual(['buyer_and_provider_must_not_be_related']);
});

it('a bill is not taken where programme, platform, service or parties are wrong', async () => {
  const open = await programme();
  const refused = async (request: SubmitPlatformBillRequest, rule: string, caller = platform) =>
    expect(submit(request, caller)).rejects.toMatchObject({ rule });
  await refused(
    bill(await programme({ coverage: coverage({ platformIds: [other.participantId] }) })),
    'platform_must_be_named_by_the_programme',
  );
  await refused(bill(open, { service: BilledService.DATA }), 'service_must_be_covered');
  await refused(
    bill(open, { service: BilledService.COMPUTE, lines: [line({ computeClass: ComputeClass.INTELLIGENT })] }),
    'service_must_be_covered',
  );
  await refused(bill(open, { platformId: other.participantId }), 'platform_bill_must_come_from_its_platform');
  await refused(bill(open, { buyerId: 999 }), 'buyer_must_be_verified');
  await refused(bill(open, { lines: [line(), line({ providerId: 999 })] }), 'provider_must_be_verified');
  await world.others.tell(
    ParticipantChanged,
    ParticipantChanged.create({
      participantId: 33,
      ownerGroup: 33,
      state: RegistrationState.SUSPENDED,
      region: 500103,
      industry: 'I',
      size: 2,
    }),
  );
  await world.exchange.advance();
  await refused(bill(open, { buyerId: 33 }), 'buyer_must_be_verified');
  await refused(bill(open, { lines: [line({ providerId: 33 })] }), 'provider_must_be_verified');
  await refused(bill(await programme({ coverage: coverage({ platformIds: [33] }) })), 'platform_must_be_verified', {
    participantId: 33,
    roles: ['partner'],
  });
  await refused(bill(open, { month: monthNow() }), 'bill_month_must_be_over');
  const compute = await programme({ coverage: coverage({ services: [BilledService.COMPUTE], classes: [ComputeClass.SUPER] }) });
  await refused(bill(compute, { service: BilledService.COMPUTE }), 'compute_line_must_name_its_class');
  const intelligent = await submit(
    bill(compute, { service: BilledService.COMPUTE, lines: [line({ computeClass: ComputeClass.INTELLIGENT })] }),
  );
  expect(brokenOf(intelligent)).toEqual(['trade_must_be_covered']);
  for (const missing of ['receiptHash', 'contractHash'])
    await expect(submit(bill(open, { [missing]: '' }))).rejects.toMatchObject({ kind: 'invalid', field: missing });
  const { programmeId } = await world
    .voucher()
    .createProgramme({ terms: world.terms({ kind: SubsidyKind.REIMBURSEMENT, coverage: coverage(), firstDay: world.today - 60 }) });
  await refused(bill(programmeId), 'programme_must_be_approved_and_open');
  await expect(submit(bill(open), buyer)).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await submit(bill(open, { platformId: platform.participantId }), operator)).toMatchObject({ state: ClaimState.GRANTED });
});

it('R-34: above the threshold it waits for two officers, then it is paid', async () => {
  const programmeId = await programme({ officersFrom: yuan(20) });
  await world.exchange.advance();
  const before = await money();
  const { claimId, state } = await submit(bill(programmeId));
  expect(state).toBe(ClaimState.WAITING);
  for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId }, officer(key));
  await world.exchange.advance();
  expect((await money()) - before).toBe(yuan(20));
  expect(await world.balances(programmeId)).toMatchObject({ redeemed: yuan(20) });
  expect(await world.deadLetters()).toEqual([]);
});

describe('R-33: a bill that its platform cancels', () => {
  const available = async () => {
    await world.exchange.advance();
    return money();
  };
  const cancel = (claimId: number, lines: { line: number; amount: bigint }[] = []) =>
    world.voucher().cancelPlatformBill({ claimId, reason: 'the platform paid it back', lines });

  it('gives its subsidy back, line by line and then whole; the buyer owes it', async () => {
    const programmeId = await programme({ coverage: coverage({ providerIds: [provider] }) });
    const before = await available();
    const { claimId } = await submit(bill(programmeId, { lines: [line(), line({ providerId: 12 })] }));
    expect((await available()) - before).toBe(yuan(20));
    // Of the second line, which is not covered, nothing was paid.
    await cancel(claimId, [
      { line: 1, amount: yuan(25) },
      { line: 2, amount: yuan(100) },
    ]);
    expect((await available()) - before).toBe(yuan(15));
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(985), redeemed: yuan(15) });
    await expect(cancel(claimId, [{ line: 1, amount: yuan(76) }])).rejects.toMatchObject({ rule: 'refund_must_not_exceed_the_line' });
    const key = { idempotencyKey: 'cancel-once' };
    const request = { claimId, reason: 'cancelled' };
    const first = await world.voucher().cancelPlatformBill(request, key);
    expect(await world.voucher().cancelPlatformBill(request, key)).toEqual(first);
    expect(first).toMatchObject({ state: ClaimState.GRANTED, amount: yuan(20), clawedBack: yuan(20) });
    expect(await available()).toBe(before);
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), redeemed: 0n });
    await expect(cancel(claimId)).rejects.toMatchObject({ rule: 'bill_must_have_something_left' });
    const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
    expect(steps.filter(({ step }) => step === 'claim_clawed_back').map(({ detail }) => detail)).toEqual([
      '5 yuan, as 125 yuan of the bill were paid back: the platform paid it back',
      '15 yuan, as 75 yuan of the bill were paid back: cancelled',
    ]);
    const { imbalance, clearing } = await world.settlement.getTrialBalance({});
    expect([imbalance, clearing.filter(({ balance }) => balance !== 0n)]).toEqual([0n, []]);
    expect(await world.deadLetters()).toEqual([]);
  });

  it('leaves its contract to be billed anew for its month once all of it is cancelled', async () => {
    const programmeId = await programme();
    const contractHash = hash('billed anew');
    const { claimId } = await submit(bill(programmeId, { contractHash }));
    await cancel(claimId, [{ line: 1, amount: yuan(99.99) }]);
    expect(brokenOf(await submit(bill(programmeId, { contractHash })))).toEqual(['contract_must_be_subsidised_once_a_period']);
    await cancel(claimId);
    expect(await submit(bill(programmeId, { contractHash }), other)).toMatchObject({ amount: yuan(20) });
    expect(brokenOf(await submit(bill(programmeId, { contractHash })))).toEqual(['contract_must_be_subsidised_once_a_period']);
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), redeemed: yuan(20) });
    expect(await world.deadLetters()).toEqual([]);
  });

  it('has its subsidy granted to the next at once: the ledger hears of both in their order', async () => {
    const programmeId = await programme({ budget: yuan(20) });
    let { claimId } = await submit(bill(programmeId));
    for (const buyerId of [11, 12, 13, 11, 12, 13]) {
      expect((await submit(bill(programmeId, { buyerId }))).amount).toBe(0n);
      await cancel(claimId);
      const next = await submit(bill(programmeId, { buyerId }));
      expect(next.amount).toBe(yuan(20));
      claimId = next.claimId;
    }
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ available: 0n, redeemed: yuan(20) });
    expect(await world.deadLetters()).toEqual([]);
  });

  it('leaves a debt where the buyer has no money', async () => {
    const programmeId = await programme();
    const { claimId } = await submit(bill(programmeId, { buyerId: 14 }));
    await world.exchange.advance();
    await world.settlement.requestWithdrawal({ participantId: 14, amount: yuan(20) });
    await world.exchange.advance();
    await cancel(claimId);
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), redeemed: 0n });
    expect(await world.settlement.getBalance({ participantId: 14 })).toMatchObject({ moneyAvailable: 0n, receivable: yuan(20) });
  });

  it('is refused while it waits, by the officers of its programme alone', async () => {
    const programmeId = await programme({ officersFrom: yuan(1) });
    const { claimId } = await submit(bill(programmeId));
    await expect(cancel(claimId, [{ line: 1, amount: 1n }])).rejects.toMatchObject({ rule: 'claim_must_be_granted' });
    await expect(world.voucher(otherAuthority).cancelPlatformBill({ claimId, reason: 'x' })).rejects.toMatchObject({ kind: 'absent' });
    for (const caller of [platform, buyer])
      await expect(world.voucher(caller).cancelPlatformBill({ claimId, reason: 'x' })).rejects.toMatchObject({ kind: 'forbidden' });
    const claim = await cancel(claimId);
    expect(claim).toMatchObject({ state: ClaimState.REFUSED, amount: 0n });
    expect(claim.clauses.at(-1)).toMatchObject({ rule: 'bill_must_not_be_cancelled', passed: false });
    await expect(cancel(claimId)).rejects.toMatchObject({ rule: 'claim_must_not_be_refused' });
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), redeemed: 0n });
    expect(await world.deadLetters()).toEqual([]);
  });
});

it('R-33: what others pay for a bid is declared before its bill is decided, and nobody talks away what another said', async () => {
  const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, stacking: Stacking.ON_THE_REST });
  const bid = world.bid(programmeId);
  await world.reserve(bid);
  const said = { bidId: bid.orderId, month: monthNow(), funder: 'the district', amount: yuan(70) };
  await world.voucher(buyer).declareSubsidyElsewhere(said);
  await world.voucher().declareSubsidyElsewhere({ ...said, amount: yuan(40) });
  // The buyer takes its word back; the authority's stands.
  await world.voucher(buyer).declareSubsidyElsewhere({ ...said, amount: 0n });
  for (const caller of [otherAuthority, { participantId: 11, roles: ['buyer'] as const }])
    await expect(world.voucher(caller).declareSubsidyElsewhere(said)).rejects.toMatchObject({ kind: 'absent' });
  await world.deliver(bid);
  await world.closeMonth();
  const [claim] = (await world.voucher().listClaims({ programmeId })).claims;
  // 20 % of 100 − 40.
  expect([claim!.base, claim!.amount]).toEqual([yuan(100), yuan(12)]);
  await expect(world.voucher(buyer).declareSubsidyElsewhere(said)).rejects.toMatchObject({ rule: 'claim_must_not_be_decided' });
  const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
  expect(
    steps
      .filter(({ step }) => step === 'subsidy_elsewhere_declared')
      .map(({ participantId, detail }) => [participantId, detail.replace(/ for bid .* in /, ' in ')]),
  ).toEqual([
    [buyer.participantId, `the district pays 70 yuan in ${said.month}`],
    [2, `the district pays 40 yuan in ${said.month}`],
    [buyer.participantId, `the district pays 0 yuan in ${said.month}, not 70`],
  ]);
});

describe('sums of what anybody says pass 64 bits', () => {
  const most = 9_000_000_000_000_000n;

  it('a bill is decided, however much others are said to pay for it', async () => {
    const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, stacking: Stacking.ON_THE_REST });
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    const said = { bidId: bid.orderId, month: monthNow(), funder: 'the district', amount: most };
    await world.voucher(buyer).declareSubsidyElsewhere(said);
    // As the same call says it, for as many funders.
    await world.exchange.database.query(
      `insert into voucher.subsidies_elsewhere (bid_id, month, funder, amount, participant_id, key, at)
       select bid_id, month, 'funder ' || nth, amount, participant_id, key, at from voucher.subsidies_elsewhere, generate_series(1, 1100) nth where bid_id = $1`,
      [bid.orderId],
    );
    await world.deliver(bid);
    await world.closeMonth();
    const { claims } = await world.voucher().listClaims({ programmeId });
    expect(claims).toMatchObject([{ state: ClaimState.REFUSED, base: yuan(100), amount: 0n }]);
    expect(await world.deadLetters()).toEqual([]);
  });

  it('claims of a budget that is shared out are decided, however much is collected', async () => {
    const tiers = [world.tier({ rateBp: 10_000 })];
    const services = [BilledService.MODEL, BilledService.COMPUTE];
    const programmeId = await programme({ exhaustion: Exhaustion.PRO_RATA, tiers, coverage: coverage({ services }) });
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    await expect(submit(bill(programmeId, { lines: [line({ amount: most }), line()] }))).rejects.toMatchObject({
      rule: 'bill_must_fit_the_highest_value',
      field: 'lines',
    });
    for (let at = 0; at < 2; at++) await submit(bill(programmeId, { lines: [line({ amount: most })] }));
    // As a thousand of them each.
    await world.exchange.database.query('update voucher.claims set base = base * 1000, amount = amount * 1000 where programme_id = $1', [
      programmeId,
    ]);
    await world.deliver(bid);
    await world.closeMonth();
    expect(await world.deadLetters()).toEqual([]);
    const [claim] = (await world.voucher().listClaims({ programmeId })).claims;
    expect(claim).toMatchObject({ state: ClaimState.COLLECTED, amount: yuan(100) });
  });
});
