import { parseYuan } from '#domain';
import { type BilledTrade, type ClaimCase, decideClaim } from '../src/core/claim.js';
import { cancel } from '../src/core/cancellation.js';
import { clawBack } from '../src/core/clawback.js';
import { regionHolds } from '../src/core/eligibility.js';
import { brokenByApproval } from '../src/core/officers.js';
import { rateOf, tierOf } from '../src/core/rate.js';
import { type ReservationCase, decideReservation } from '../src/core/reservation.js';
import { brokenTermOf } from '../src/core/document.js';
import type { Coverage, Terms, Tier } from '../src/core/terms.js';
import { Trial } from '../src/core/trial.js';

const yuan = (text: string) => parseYuan(text)!;
const today = 20_600;
const tier: Tier = {
  sizes: [],
  industries: [],
  rateBp: 2_000,
  domesticExtraBp: 1_000,
  greenExtraBp: 500,
  greenFromBp: 8_000,
  ceilingBp: 0,
  capPerBill: 0n,
  capPerFirmYear: 0n,
  capPerFirm: 0n,
};
const coverage: Coverage = { classes: [], providerIds: [], domesticOnly: false, services: [], platformIds: [] };
const terms: Terms = {
  budget: yuan('1000000'),
  budgetPerYear: 0n,
  firstDay: today - 10,
  lastDay: today + 10,
  kind: 1,
  exhaustion: 0,
  once: 0,
  stacking: 0,
  evidence: [],
  eligibility: { regions: [500000], industries: ['I', 'M'], sizes: [2, 3], firstTime: false },
  coverage: { ...coverage, classes: [2, 3] },
  tiers: [tier],
  funders: [],
  officersFrom: 0n,
};
const withTier = (part: Partial<Tier>, more: Partial<Terms> = {}): Terms => ({ ...terms, ...more, tiers: [{ ...tier, ...part }] });
const buyer = { region: 500103, industry: 'I', size: 2, ownerGroup: 7 };

describe('R-31: terms that cannot be', () => {
  const table: [name: string, terms: Partial<Terms>, field: string, rule: string][] = [
    ['end before they start', { lastDay: today - 11 }, 'terms.lastDay', 'programme_must_end_after_it_starts'],
    ['are over', { firstDay: today - 9, lastDay: today - 1 }, 'terms.lastDay', 'programme_must_not_be_over'],
    ['have a tier that nobody reaches', { tiers: [tier, { ...tier, sizes: [2] }] }, 'terms.tiers[1]', 'tier_must_be_reachable'],
    [
      'reward green from no share',
      { tiers: [{ ...tier, greenFromBp: 0 }] },
      'terms.tiers[0].greenFromBp',
      'green_extra_must_say_from_which_share',
    ],
    ['pay more than all', { tiers: [{ ...tier, rateBp: 8_501 }] }, 'terms.tiers[0].rateBp', 'rate_must_not_pass_the_whole'],
  ];
  it.each(table)('%s', (_name, part, field, rule) => {
    expect(brokenTermOf({ ...terms, ...part }, today)).toMatchObject({ field, rule });
  });

  it('while good ones stand, on their last day too', () => {
    expect(brokenTermOf(terms, today)).toBeNull();
    expect(brokenTermOf(terms, terms.lastDay)).toBeNull();
  });
});

describe('R-31: a region holds what lies under its code', () => {
  it.each([
    [500000, 500103, true],
    [500000, 510100, false],
    [510100, 510104, true],
    [510100, 510700, false],
    [500103, 500103, true],
    [500103, 500104, false],
  ])('%i and %i', (region, place, holds) => {
    expect(regionHolds(region, place)).toBe(holds);
  });
});

describe('R-31: the rate of a tier', () => {
  it.each([
    [false, 0, 2_000],
    [true, 0, 3_000],
    [false, 7_999, 2_000],
    [false, 8_000, 2_500],
    [true, 10_000, 3_500],
  ])('domestic %s, green %i', (domestic, greenShareBp, rate) => {
    expect(rateOf(tier, { domestic, greenShareBp })).toBe(rate);
  });

  it('is of the first tier that names the size', () => {
    const tiers = [
      { ...tier, sizes: [1, 2] },
      { ...tier, sizes: [2, 3], rateBp: 1_000 },
    ];
    expect(tierOf(tiers, 2, 'I')!.rateBp).toBe(2_000);
    expect(tierOf(tiers, 3, 'I')!.rateBp).toBe(1_000);
    expect(tierOf(tiers, 5, 'I')).toBeUndefined();
  });
});

describe('R-31: what is reserved with a bid', () => {
  const asked: ReservationCase = {
    terms,
    isApproved: true,
    buyer,
    isNew: true,
    bid: { classes: [2], domesticOnly: false, greenShareBpMin: 0, providersIn: [] },
    worstCase: yuan('1000'),
    promised: 0n,
    usedThisYear: 0n,
    usedByFirm: 0n,
    usedByAllThisYear: 0n,
    today,
  };

  const refusals: [name: string, part: Partial<ReservationCase>, rule: string][] = [
    ['a programme that is not open', { isApproved: false }, 'programme_must_be_approved_and_open'],
    ['a day before its first', { today: terms.firstDay - 1 }, 'bid_must_come_in_the_period'],
    ['a day after its last', { today: terms.lastDay + 1 }, 'bid_must_come_in_the_period'],
    ['a buyer of another region', { buyer: { ...buyer, region: 510104 } }, 'buyer_must_be_registered_in_the_region'],
    ['a buyer of another industry', { buyer: { ...buyer, industry: 'J' } }, 'buyer_must_be_of_the_industry'],
    ['a buyer of another size', { buyer: { ...buyer, size: 5 } }, 'buyer_must_be_of_the_size'],
    ['a buyer without a tier', { terms: withTier({ sizes: [3] }) }, 'programme_must_have_a_tier_for_the_buyer'],
    ['a bid that takes other classes too', { bid: { ...asked.bid, classes: [1, 2] } }, 'bid_must_keep_to_covered_classes'],
    [
      'a bid that takes any provider',
      { terms: { ...terms, coverage: { ...coverage, providerIds: [4] } } },
      'bid_must_keep_to_covered_providers',
    ],
    [
      'a bid that takes other providers too',
      {
        terms: { ...terms, coverage: { ...coverage, providerIds: [4] } },
        bid: { ...asked.bid, providersIn: [4, 5] },
      },
      'bid_must_keep_to_covered_providers',
    ],
    [
      'a bid that takes any chip',
      { terms: { ...terms, coverage: { ...coverage, domesticOnly: true } } },
      'bid_must_keep_to_domestic_units',
    ],
  ];
  it.each(refusals)('refuses %s', (_name, part, rule) => {
    const decision = decideReservation({ ...asked, ...part });
    expect(decision.refusedBy?.rule).toBe(rule);
    expect(decision.amount).toBe(0n);
  });

  const amounts: [name: string, part: Partial<ReservationCase>, rateBp: number, amount: string, cutBy: string[]][] = [
    ['the base rate', {}, 2_000, '200', []],
    ['extras that the bid itself makes sure of', { bid: { ...asked.bid, domesticOnly: true, greenShareBpMin: 8_000 } }, 3_500, '350', []],
    ['rounded down', { worstCase: 9n }, 2_000, '0.000001', []],
    ['the cap a bill', { terms: withTier({ capPerBill: yuan('150') }) }, 2_000, '150', ['subsidy_must_fit_the_cap_a_bill']],
    [
      'what other promises leave of the cap a bill',
      { terms: withTier({ capPerBill: yuan('150') }), promised: yuan('40') },
      2_000,
      '110',
      ['subsidy_must_fit_the_cap_a_bill'],
    ],
    [
      'what the year leaves',
      { terms: withTier({ capPerFirmYear: yuan('500') }), usedThisYear: yuan('420') },
      2_000,
      '80',
      ['subsidy_must_fit_the_cap_a_firm_a_year'],
    ],
    [
      'nothing where the year leaves nothing',
      { terms: withTier({ capPerFirmYear: yuan('500') }), usedThisYear: yuan('600') },
      2_000,
      '0',
      ['subsidy_must_fit_the_cap_a_firm_a_year'],
    ],
    ['nothing for a reimbursement, which pays later', { terms: { ...terms, kind: 2 } }, 2_000, '0', []],
  ];
  it.each(amounts)('holds %s', (_name, part, rateBp, amount, cutBy) => {
    const decision = decideReservation({ ...asked, ...part });
    expect(decision.refusedBy).toBeNull();
    expect(decision).toMatchObject({ rateBp, amount: yuan(amount) });
    expect(decision.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule)).toEqual(cutBy);
  });
});

describe('R-33: what a claim is granted', () => {
  const trade: BilledTrade = {
    tradeId: 1,
    base: yuan('1000'),
    lineCount: 1,
    held: yuan('200'),
    providerId: 4,
    providerGroup: 9,
    delivererGroup: 9,
    computeClass: 2,
    domestic: false,
    greenShareBp: 0,
    measured: true,
  };
  const claim: ClaimCase = {
    terms,
    buyer,
    trades: [trade],
    reservedRateBp: 2_000,
    wasClaimed: false,
    shown: { paid: true, contract: true },
    elsewhere: 0n,
    grantedOnBill: 0n,
    grantedInYear: 0n,
    grantedToFirm: 0n,
    grantedToAllInYear: 0n,
    left: 0n,
  };
  const second = { ...trade, tradeId: 2, base: yuan('500'), held: yuan('100') };
  const repaid: Partial<ClaimCase> = { terms: { ...terms, kind: 2 }, left: yuan('1000'), trades: [{ ...trade, held: 0n }] };

  const table: [name: string, part: Partial<ClaimCase>, parts: string[], broken: string[]][] = [
    ['the rate of what was paid', {}, ['200'], []],
    ['each trade its own', { trades: [trade, second] }, ['200', '100'], []],
    ['nothing to a bid that named no programme', { reservedRateBp: null }, ['0'], ['bid_must_have_named_the_programme']],
    ['nothing twice for a contract and month', { wasClaimed: true }, ['0'], ['contract_must_be_subsidised_once_a_period']],
    ['nothing to a size without a tier', { terms: withTier({ sizes: [3] }) }, ['0'], ['programme_must_have_a_tier_for_the_buyer']],
    [
      'nothing for a class that is not covered',
      { trades: [{ ...trade, computeClass: 1 }, second] },
      ['0', '100'],
      ['trade_must_be_covered'],
    ],
    [
      'nothing for a provider that is not covered',
      { terms: { ...terms, coverage: { ...coverage, providerIds: [5] } } },
      ['0'],
      ['trade_must_be_covered'],
    ],
    [
      'nothing for imported chips where domestic ones are asked',
      {
        terms: { ...terms, coverage: { ...coverage, domesticOnly: true } },
        trades: [trade, { ...second, domestic: true }],
      },
      ['0', '100'],
      ['trade_must_be_covered'],
    ],
    [
      'nothing between related parties',
      { trades: [{ ...trade, providerGroup: 7 }, second] },
      ['0', '100'],
      ['buyer_and_provider_must_not_be_related'],
    ],
    [
      'nor where the one who delivers is',
      { trades: [{ ...trade, delivererGroup: 7 }, second] },
      ['0', '100'],
      ['buyer_and_provider_must_not_be_related'],
    ],
    ['no more than was promised, whatever served it', { trades: [{ ...trade, domestic: true, held: yuan('900') }] }, ['200'], []],
    ['no more than is held', { trades: [{ ...trade, held: yuan('120') }] }, ['120'], ['subsidy_must_fit_the_reservation']],
    ['what is held where only rounding differs', { trades: [{ ...trade, held: yuan('200.009999') }] }, ['200.009999'], []],
    ['less where the lease delivered less', { trades: [{ ...trade, base: yuan('700'), lineCount: 2 }] }, ['140'], []],
    [
      'nothing where credits ate it all',
      { trades: [{ ...trade, base: yuan('-3'), held: yuan('-1') }] },
      ['0'],
      ['something_must_have_been_paid'],
    ],
    ['nothing where nothing was paid, by name', { trades: [{ ...trade, base: 0n, held: 0n }] }, ['0'], ['something_must_have_been_paid']],
    ['nothing of less than a micro-yuan, by name', { trades: [{ ...trade, base: 4n, held: 0n }] }, ['0'], ['rate_must_come_to_something']],
    [
      'nothing unpaid beside what is not covered',
      {
        trades: [
          { ...trade, base: 0n, held: 0n },
          { ...second, computeClass: 1 },
        ],
      },
      ['0', '0'],
      ['trade_must_be_covered'],
    ],
    [
      'what the cap a bill leaves, from the first trades',
      { terms: withTier({ capPerBill: yuan('260') }), grantedOnBill: yuan('30'), trades: [trade, second] },
      ['200', '30'],
      ['subsidy_must_fit_the_cap_a_bill'],
    ],
    [
      'what the cap a firm a year leaves',
      { terms: withTier({ capPerFirmYear: yuan('1000') }), grantedInYear: yuan('850'), trades: [trade, second] },
      ['150', '0'],
      ['subsidy_must_fit_the_cap_a_firm_a_year'],
    ],
    ['a reimbursement by what served it', { ...repaid, trades: [{ ...trade, domestic: true, held: 0n }] }, ['300'], []],
    ['a reimbursement no more than the budget has', { ...repaid, left: yuan('60') }, ['60'], ['subsidy_must_fit_the_budget']],
  ];
  it.each(table)('%s', (_name, part, parts, broken) => {
    const decision = decideClaim({ ...claim, ...part });
    expect(decision.parts).toEqual(parts.map(yuan));
    expect(decision.amount).toBe(parts.reduce((sum, each) => sum + yuan(each), 0n));
    expect(decision.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule)).toEqual(broken);
  });

  it('says why its trades hold less than their share', () => {
    const detailOf = (part: Partial<ClaimCase>) =>
      decideClaim({ ...claim, trades: [{ ...trade, held: yuan('120') }], ...part }).clauses.find(
        ({ rule }) => rule === 'subsidy_must_fit_the_reservation',
      )!.detail;
    expect(detailOf({})).toBe('120 yuan held for these trades; its trades took no more of what the bid was promised');
    expect(detailOf({ promiseCutBy: ['subsidy_must_fit_the_cap_a_firm (x)'] })).toContain(
      'cut when the bid asked: subsidy_must_fit_the_cap_a_firm',
    );
  });

  it.each([
    ['0', false],
    ['200.000001', false],
    ['200', true],
    ['100', true],
  ])('R-34: officers from %s yuan', (from, needsOfficers) => {
    expect(decideClaim({ ...claim, terms: { ...terms, officersFrom: yuan(from) } }).needsOfficers).toBe(needsOfficers);
  });
});

it('a trial counts each contract that gets nothing under what refused it', () => {
  const trial = new Trial(terms);
  const contract = { bidId: 1, month: '2025-01', day: today, buyerId: 5, buyer, isNew: true, hasPaid: true, elsewhere: 0n };
  const trade = { tradeId: 1, lineCount: 1, held: 0n, providerId: 4, providerGroup: 9, delivererGroup: 9, computeClass: 2 };
  for (const [at, base] of [yuan('100'), 0n, 4n].entries())
    trial.take({ ...contract, billId: at, bidId: at, trades: [{ ...trade, base, domestic: false, greenShareBp: 0, measured: true }] });
  const { contracts, granted, clauses } = trial.result();
  expect({ contracts, granted }).toEqual({ contracts: 3, granted: 1 });
  expect(clauses).toEqual([
    { rule: 'rate_must_come_to_something', contracts: 1, base: 4n },
    { rule: 'something_must_have_been_paid', contracts: 1, base: 0n },
  ]);
});

describe('R-33: what a refund claws back', () => {
  const paid = { base: 1_000n, amount: 333n, refunded: 0n, clawedBack: 0n };
  it.each([
    ['its share', paid, 500n, 400n, 167n],
    ['all of it with all of the bill', paid, 1_000n, 400n, 333n],
    ['the rest where parts went before', { ...paid, refunded: 500n, clawedBack: 167n }, 500n, 400n, 166n],
    ['never more than is aside', paid, 500n, 100n, 100n],
    ['nothing of a claim that was refused', { ...paid, amount: 0n }, 500n, 400n, 0n],
    ['nothing beyond the whole', { ...paid, refunded: 1_000n, clawedBack: 333n }, 500n, 400n, 0n],
  ])('%s', (_name, trade, refund, aside, amount) => {
    expect(clawBack(trade, refund, aside)).toBe(amount);
  });
});

describe('R-33: what is cancelled of another platform’s bill', () => {
  // Of 100 a programme paid 20, of 50 nothing, as it does not cover them; 10 of the 100 were paid back before, and 2 taken back.
  const lines = new Map([
    [1, { base: 100n, amount: 20n, refunded: 10n, clawedBack: 2n }],
    [2, { base: 50n, amount: 0n, refunded: 0n, clawedBack: 0n }],
  ]);
  it.each([
    [
      'all that is left',
      [],
      [
        [1, 90n, 18n],
        [2, 50n, 0n],
      ],
      null,
    ],
    ['a part of a line', [{ line: 1, amount: 40n }], [[1, 40n, 8n]], null],
    ['what nothing was paid for', [{ line: 2, amount: 50n }], [[2, 50n, 0n]], null],
    ['another line', [{ line: 3, amount: 1n }], [], 'line_must_be_of_the_bill'],
    [
      'a line twice',
      [
        { line: 1, amount: 1n },
        { line: 1, amount: 1n },
      ],
      [],
      'line_must_be_named_once',
    ],
    ['more than is left', [{ line: 1, amount: 91n }], [], 'refund_must_not_exceed_the_line'],
  ])('%s', (_name, asked, parts, rule) => {
    const cancelled = cancel(lines, asked);
    expect(cancelled.parts.map(({ line, amount, clawedBack }) => [line, amount, clawedBack])).toEqual(parts);
    expect(cancelled.broken?.rule ?? null).toBe(rule);
  });

  it('nothing twice', () => {
    const all = new Map([[1, { base: 100n, amount: 20n, refunded: 100n, clawedBack: 20n }]]);
    expect(cancel(all, []).broken).toMatchObject({ rule: 'bill_must_have_something_left' });
  });
});

describe('R-34: two officers', () => {
  it.each([
    ['a first who is no author', ['a', 'b'], [], 'c', null],
    ['two who are no authors', ['a', 'b'], ['c'], 'd', null],
    ['the same twice', ['a', 'a'], ['b'], 'b', 'officers_must_be_two'],
    ['who drafted it', ['a', 'b'], [], 'a', 'officer_must_not_have_drafted_or_submitted'],
    ['who submitted it', ['a', 'b'], [], 'b', 'officer_must_not_have_drafted_or_submitted'],
    ['an author after one who is not', ['a', 'b'], ['c'], 'a', 'officer_must_not_have_drafted_or_submitted'],
  ])('%s', (_name, authors, approvals, officer, broken) => {
    expect(brokenByApproval({ authors, approvals }, officer)).toBe(broken);
  });
});
