// What a document may say beyond rates and caps: one row a clause.
import { parseYuan } from '#domain';
import { Coverage, Eligibility, ProgrammeTerms, SubsidyTier } from '#contracts';
import { type BilledTrade, type ClaimCase, decideClaim } from '../src/core/claim.js';
import { brokenTermOf } from '../src/core/document.js';
import { fundedBy } from '../src/core/funding.js';
import { proRataOf } from '../src/core/pro-rata.js';
import { rateInWords, rateOf, tierOf } from '../src/core/rate.js';
import { type ReservationCase, decideReservation } from '../src/core/reservation.js';
import { Trial, type TriedContract } from '../src/core/trial.js';
import type { Clause, Terms, Tier } from '../src/core/terms.js';

const yuan = (text: string) => parseYuan(text)!;
const today = 20_600;
const tier: Tier = { ...SubsidyTier.create(), rateBp: 2_000, domesticExtraBp: 1_000, greenExtraBp: 500, greenFromBp: 8_000 };
const terms: Terms = {
  ...ProgrammeTerms.create(),
  budget: yuan('1000'),
  firstDay: today - 10,
  lastDay: today + 10,
  kind: 2,
  tiers: [tier],
};
const withTier = (part: Partial<Tier>, more: Partial<Terms> = {}): Terms => ({ ...terms, ...more, tiers: [{ ...tier, ...part }] });
const buyer = { region: 500103, industry: 'I', size: 2, ownerGroup: 7 };
const brokenOf = (clauses: readonly Clause[]) => clauses.filter((clause) => !clause.passed).map((clause) => clause.rule);

describe('R-31: a document that cannot be', () => {
  const table: [name: string, terms: Partial<Terms>, field: string, rule: string][] = [
    ['spends more a year than in all', { budgetPerYear: yuan('1000.01') }, 'budgetPerYear', 'budget_a_year_must_fit_the_budget'],
    ['guarantees and pays pro rata', { kind: 1, exhaustion: 2 }, 'exhaustion', 'pro_rata_must_reimburse'],
    ['shares years pro rata', { exhaustion: 2, budgetPerYear: 1n }, 'budgetPerYear', 'pro_rata_must_share_one_budget'],
    [
      'names a funder twice',
      {
        funders: [
          { name: 'a', parts: 1 },
          { name: 'b', parts: 1 },
          { name: 'a', parts: 2 },
        ],
      },
      'funders[2].name',
      'funder_must_be_named_once',
    ],
    ['asks for evidence twice', { evidence: [1, 2, 1] }, 'evidence[2]', 'evidence_must_be_named_once'],
    [
      'guarantees what platforms bill',
      { kind: 1, coverage: { ...Coverage.create(), platformIds: [5] } },
      'coverage.platformIds',
      'platform_bills_must_be_reimbursed',
    ],
    [
      'covers models that nobody bills',
      { coverage: { ...Coverage.create(), services: [1, 2] } },
      'coverage.services[1]',
      'service_must_have_a_platform',
    ],
    [
      'has a tier within an earlier one',
      {
        tiers: [
          { ...tier, sizes: [1, 2] },
          { ...tier, sizes: [2], industries: ['M'] },
        ],
      },
      'tiers[1]',
      'tier_must_be_reachable',
    ],
    [
      'has a ceiling under its rate',
      { tiers: [{ ...tier, ceilingBp: 1_999 }] },
      'tiers[0].ceilingBp',
      'ceiling_must_not_be_under_the_rate',
    ],
  ];
  it.each(table)('%s', (_name, part, field, rule) => {
    expect(brokenTermOf({ ...terms, ...part }, today)).toMatchObject({ field: `terms.${field}`, rule });
  });

  it.each<[string, Partial<Terms>]>([
    ['all of the budget in a year', { budgetPerYear: yuan('1000') }],
    ['a reimbursement pro rata', { exhaustion: 2 }],
    ['extras above the whole under a ceiling', { tiers: [{ ...tier, rateBp: 9_000, ceilingBp: 10_000 }] }],
    ['models of a platform', { coverage: { ...Coverage.create(), services: [2], platformIds: [5] } }],
    [
      'tiers that overlap',
      {
        tiers: [
          { ...tier, sizes: [1, 2] },
          { ...tier, sizes: [2, 3] },
        ],
      },
    ],
  ])('while these stand: %s', (_name, part) => {
    expect(brokenTermOf({ ...terms, ...part }, today)).toBeNull();
  });
});

describe('R-31: bonuses', () => {
  it.each([
    [0, 3_500, '3500 bp (2000 + 1000 domestic + 500 green)'],
    [3_500, 3_500, '3500 bp (2000 + 1000 domestic + 500 green)'],
    [3_200, 3_200, '3200 bp (2000 + 1000 domestic + 500 green, at most 3200)'],
    [2_000, 2_000, '2000 bp (2000 + 1000 domestic + 500 green, at most 2000)'],
  ])('stack up to a ceiling of %i', (ceilingBp, rate, words) => {
    const served = { domestic: true, greenShareBp: 8_000 };
    expect(rateOf({ ...tier, ceilingBp }, served)).toBe(rate);
    expect(rateInWords({ ...tier, ceilingBp }, served)).toBe(words);
  });
});

it('R-31: the kind of applicant is the first tier that names size and industry', () => {
  const tiers = [
    { ...tier, industries: ['M', 'P'], rateBp: 1 },
    { ...tier, sizes: [1, 2], industries: ['I'], rateBp: 2 },
    { ...tier, sizes: [1, 2, 3], rateBp: 3 },
  ];
  const rate = (size: number, industry: string) => tierOf(tiers, size, industry)?.rateBp;
  expect([rate(5, 'P'), rate(2, 'I'), rate(3, 'I'), rate(2, 'C'), rate(5, 'I')]).toEqual([1, 2, 3, 3, undefined]);
});

describe('R-31: funders', () => {
  it.each<[bigint, number[], bigint[]]>([
    [100n, [1, 1], [50n, 50n]],
    [101n, [1, 1], [51n, 50n]],
    [100n, [1, 1, 1], [34n, 33n, 33n]],
    [1n, [1, 9_999], [1n, 0n]],
    [9_000_000_000_000_001n, [7, 3], [6_300_000_000_000_001n, 2_700_000_000_000_000n]],
    [0n, [2, 3], [0n, 0n]],
  ])('%i by %j', (amount, parts, shares) => {
    const funders = parts.map((part, index) => ({ name: `${index}`, parts: part }));
    expect(fundedBy(funders, amount).map((part) => part.amount)).toEqual(shares);
  });
});

describe('R-31: pro rata', () => {
  it.each<[bigint, bigint, bigint, bigint]>([
    // Enough for all.
    [30n, 100n, 100n, 30n],
    // 30 × 70 ÷ 100.
    [30n, 100n, 70n, 21n],
    // 10 × 20 ÷ 30 = 6.67, rounded down.
    [10n, 30n, 20n, 6n],
    [10n, 30n, 0n, 0n],
  ])('%i of %i claimed, %i there', (part, claimed, left, share) => {
    expect(proRataOf(part, claimed, left)).toBe(share);
  });
});

describe('R-31: what a bid is promised', () => {
  const asked: ReservationCase = {
    terms: { ...terms, kind: 1 },
    isApproved: true,
    buyer,
    isNew: false,
    bid: { classes: [2], domesticOnly: false, greenShareBpMin: 0, providersIn: [] },
    worstCase: yuan('1000'),
    promised: 0n,
    usedThisYear: 0n,
    usedByFirm: 0n,
    usedByAllThisYear: 0n,
    today,
  };
  const firstTime = { ...terms, kind: 1, eligibility: { ...Eligibility.create(), firstTime: true } };

  it.each<[string, Partial<ReservationCase>, string | null, string, string[]]>([
    [
      'a firm’s cap in all',
      { terms: withTier({ capPerFirm: yuan('250') }, { kind: 1 }), usedByFirm: yuan('100') },
      null,
      '150',
      ['subsidy_must_fit_the_cap_a_firm'],
    ],
    [
      'the year of all',
      { terms: { ...asked.terms, budgetPerYear: yuan('500') }, usedByAllThisYear: yuan('450') },
      null,
      '50',
      ['subsidy_must_fit_the_budget_a_year'],
    ],
    [
      'extras up to the ceiling',
      { terms: withTier({ ceilingBp: 2_500 }, { kind: 1 }), bid: { ...asked.bid, domesticOnly: true } },
      null,
      '250',
      ['extras_must_fit_the_ceiling'],
    ],
    ['a firm that is not new', { terms: firstTime }, 'buyer_must_be_new', '0', ['buyer_must_be_new']],
    ['a new firm', { terms: firstTime, isNew: true }, null, '200', []],
    [
      'of other services alone',
      { terms: { ...asked.terms, coverage: { ...Coverage.create(), services: [2] } } },
      'programme_must_cover_compute',
      '0',
      ['programme_must_cover_compute'],
    ],
  ])('%s', (_name, part, refusedBy, amount, broken) => {
    const decision = decideReservation({ ...asked, ...part });
    expect([decision.refusedBy?.rule ?? null, decision.amount, brokenOf(decision.clauses)]).toEqual([refusedBy, yuan(amount), broken]);
  });
});

const trade: BilledTrade = {
  tradeId: 1,
  base: yuan('1000'),
  lineCount: 1,
  held: 0n,
  providerId: 4,
  providerGroup: 9,
  delivererGroup: 9,
  computeClass: 2,
  domestic: false,
  greenShareBp: 0,
  measured: true,
};

describe('R-31, R-33: what a claim is granted', () => {
  const claim: ClaimCase = {
    terms,
    buyer,
    trades: [trade, { ...trade, tradeId: 2, base: yuan('500') }],
    reservedRateBp: 2_000,
    wasClaimed: false,
    shown: { paid: true, contract: true },
    elsewhere: 0n,
    grantedOnBill: 0n,
    grantedInYear: 0n,
    grantedToFirm: 0n,
    grantedToAllInYear: 0n,
    left: yuan('1000'),
  };
  const evidence = { ...terms, evidence: [1, 2, 3] };

  it.each<[string, Partial<ClaimCase>, string[], string[]]>([
    ['all that is shown', { terms: evidence }, ['200', '100'], []],
    ['nothing that is not paid', { terms: evidence, shown: { paid: false, contract: true } }, ['0', '0'], ['fee_must_have_been_paid']],
    ['nothing without its contract', { terms: evidence, shown: { paid: true, contract: false } }, ['0', '0'], ['contract_must_be_shown']],
    [
      'nothing for what nobody measured',
      { terms: evidence, trades: [{ ...trade, measured: false }, claim.trades[1]!] },
      ['0', '100'],
      ['usage_must_have_been_measured'],
    ],
    ['what nobody measured where it is not asked', { trades: [{ ...trade, measured: false }] }, ['200'], []],
    [
      'nothing of a contract that was subsidised for good',
      { terms: { ...terms, once: 2 }, wasClaimed: true },
      ['0', '0'],
      ['contract_must_be_subsidised_once'],
    ],
    [
      'extras up to the ceiling',
      { terms: withTier({ ceilingBp: 2_500 }), trades: [{ ...trade, domestic: true }, claim.trades[1]!] },
      ['250', '100'],
      ['extras_must_fit_the_ceiling'],
    ],
    ['nothing where others paid a part', { elsewhere: 1n }, ['0', '0'], ['contract_must_not_be_subsidised_elsewhere']],
    // 1,500 − 700 = 800: all of it is of the first trade.
    ['of the rest, where that is said', { terms: { ...terms, stacking: 2 }, elsewhere: yuan('700') }, ['160', '0'], []],
    // Others paid 300 of the contract: of the 1,500 that are covered 1,200 are left, also where a trade that no programme pays for comes last.
    [
      'of the rest of what is covered',
      {
        terms: { ...terms, stacking: 2, coverage: { ...Coverage.create(), classes: [2] } },
        elsewhere: yuan('300'),
        trades: [...claim.trades, { ...trade, tradeId: 3, computeClass: 1 }],
      },
      ['200', '40', '0'],
      ['trade_must_be_covered'],
    ],
    [
      'a firm’s cap in all',
      { terms: withTier({ capPerFirm: yuan('250') }), grantedToFirm: yuan('20') },
      ['200', '30'],
      ['subsidy_must_fit_the_cap_a_firm'],
    ],
    [
      'the year of all',
      { terms: { ...terms, budgetPerYear: yuan('900') }, grantedToAllInYear: yuan('750') },
      ['150', '0'],
      ['subsidy_must_fit_the_budget_a_year'],
    ],
    [
      'all of it though the budget has less, where it is shared later',
      { terms: { ...terms, exhaustion: 2 }, left: yuan('1') },
      ['200', '100'],
      [],
    ],
  ])('%s', (_name, part, parts, broken) => {
    const decision = decideClaim({ ...claim, ...part });
    expect(decision.parts).toEqual(parts.map(yuan));
    expect(brokenOf(decision.clauses)).toEqual(broken);
    expect(decision.isCollected).toBe(part.terms?.exhaustion === 2);
  });

  it('says who pays', () => {
    const { clauses } = decideClaim({
      ...claim,
      terms: {
        ...terms,
        funders: [
          { name: 'city', parts: 2 },
          { name: 'district', parts: 1 },
        ],
      },
    });
    expect(clauses.at(-1)).toEqual({ rule: 'funders_pay_by_their_parts', passed: true, detail: 'city 200 yuan, district 100 yuan' });
  });

  it('waits for the period’s end before officers', () => {
    const asksOfficers = { ...terms, exhaustion: 2, officersFrom: 1n };
    expect(decideClaim({ ...claim, terms: asksOfficers })).toMatchObject({ isCollected: true, needsOfficers: false });
  });
});

describe('R-31: a trial', () => {
  const contract = (billId: number, buyerId: number, base: string, part: Partial<TriedContract> = {}): TriedContract => ({
    billId,
    bidId: billId,
    month: '2026-03',
    day: 20_550 + billId,
    buyerId,
    buyer: { ...buyer, ownerGroup: buyerId },
    isNew: true,
    hasPaid: true,
    elsewhere: 0n,
    trades: [{ ...trade, tradeId: billId, base: yuan(base) }],
    ...part,
  });
  const run = (some: Partial<Terms>, contracts: readonly TriedContract[]) => {
    const trial = new Trial({ ...terms, ...some });
    for (const each of contracts) trial.take(each);
    return trial.result();
  };
  // 20 % each: 600 and 300 of a budget of 1,000, then 200 of which 100 are left.
  const three = [contract(1, 10, '3000'), contract(2, 11, '1500'), contract(3, 10, '1000')];

  it('adds up who would have got it, and when it was used up', () => {
    const funders = [
      { name: 'a', parts: 1 },
      { name: 'b', parts: 1 },
    ];
    expect(run({ officersFrom: yuan('300'), funders }, three)).toEqual({
      contracts: 3,
      granted: 3,
      base: yuan('5500'),
      cost: yuan('1000'),
      forOfficers: 2,
      exhaustedOn: 20_553,
      firms: [
        { buyerId: 10, base: yuan('4000'), amount: yuan('700'), contracts: 2, granted: 2 },
        { buyerId: 11, base: yuan('1500'), amount: yuan('300'), contracts: 1, granted: 1 },
      ],
      clauses: [{ rule: 'subsidy_must_fit_the_budget', contracts: 1, base: yuan('1000') }],
      funded: [
        { name: 'a', amount: yuan('500') },
        { name: 'b', amount: yuan('500') },
      ],
    });
  });

  it('pays pro rata at its end', () => {
    // 1,100 are claimed: 600 × 1,000 ÷ 1,100 = 545.454545, 300 give 272.727272, 200 give 181.818181.
    const { cost, firms, exhaustedOn } = run({ exhaustion: 2 }, three);
    expect(firms.map(({ amount }) => amount)).toEqual([yuan('727.272726'), yuan('272.727272')]);
    expect([cost, exhaustedOn]).toEqual([yuan('999.999998'), 20_553]);
  });

  it('counts what each clause refuses', () => {
    const { clauses, exhaustedOn } = run({ eligibility: { ...Eligibility.create(), regions: [510000] } }, three);
    expect(clauses).toEqual([{ rule: 'buyer_must_be_registered_in_the_region', contracts: 3, base: yuan('5500') }]);
    expect(exhaustedOn).toBeNull();
  });

  it('pays of what others left, and for compute alone where that is covered', () => {
    const shared = [contract(1, 10, '100', { elsewhere: yuan('40') }), contract(2, 10, '100')];
    expect(run({ stacking: 2 }, shared)).toMatchObject({ cost: yuan('32'), clauses: [] });
    expect(run({}, shared)).toMatchObject({
      cost: yuan('20'),
      clauses: [{ rule: 'contract_must_not_be_subsidised_elsewhere', contracts: 1 }],
    });
    const models = { ...Coverage.create(), services: [2], platformIds: [30] };
    expect(run({ stacking: 2, coverage: models }, shared)).toMatchObject({
      cost: 0n,
      clauses: [{ rule: 'programme_must_cover_compute', contracts: 2 }],
    });
  });

  it('pays a contract once a month, or once for good', () => {
    const months = ['2026-03', '2026-04'].map((month, index) => contract(index + 1, 10, '100', { bidId: 5, month }));
    expect(run({}, months).cost).toBe(yuan('40'));
    expect(run({ once: 2 }, months)).toMatchObject({ cost: yuan('20'), clauses: [{ rule: 'contract_must_be_subsidised_once' }] });
    expect(run({}, [months[0]!, { ...months[0]!, billId: 9 }]).cost).toBe(yuan('20'));
  });
});
