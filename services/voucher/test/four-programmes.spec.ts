// The four programmes, each with figures that were worked by hand from its policy's words. Amounts are yuan.
import { formatYuan, parseYuan } from '#domain';
import type { BilledTrade } from '../src/core/claim.js';
import { fundedBy } from '../src/core/funding.js';
import { Trial, type TriedContract } from '../src/core/trial.js';
import { termsOf } from './documents.js';

const yuan = (text: string) => parseYuan(text)!;
let bills = 0;

/** A firm of the region pays so much for one contract on one bill. */
interface Paid {
  readonly firm?: number;
  readonly contract?: number;
  readonly month?: string;
  readonly base: string;
  readonly domestic?: boolean;
  readonly region?: number;
  readonly industry?: string;
  readonly hasPaid?: boolean;
  readonly trade?: Partial<BilledTrade>;
}

function contractOf(paid: Paid, region: number): TriedContract {
  const { firm = 1, month = '2026-03', industry = 'I', hasPaid = true } = paid;
  const billId = ++bills;
  const trade: BilledTrade = {
    tradeId: billId,
    base: yuan(paid.base),
    lineCount: 1,
    held: 0n,
    providerId: 900,
    providerGroup: 900,
    delivererGroup: 900,
    computeClass: 2,
    domestic: paid.domestic ?? false,
    greenShareBp: 0,
    measured: true,
    ...paid.trade,
  };
  return {
    billId,
    bidId: paid.contract ?? billId,
    month,
    day: 20_500 + Number(month.slice(5)),
    buyerId: firm,
    buyer: { region: paid.region ?? region, industry, size: 3, ownerGroup: firm },
    isNew: true,
    hasPaid,
    elsewhere: 0n,
    trades: [trade],
  };
}

type Row = [name: string, paid: Paid, amount: string, broken: string[]];

/** Rows follow each other under one programme: what one is granted counts against the next. */
function worked(document: string, region: number, rows: readonly Row[]): void {
  const trial = new Trial(termsOf(document));
  for (const [name, paid, amount, broken] of rows) {
    const decision = trial.take(contractOf(paid, region));
    const not = decision.clauses.filter((clause) => !clause.passed).map((clause) => clause.rule);
    expect([name, formatYuan(decision.amount), not]).toEqual([name, amount, broken]);
  }
}

it('Hangzhou: 30 % where domestic chips serve it, else 20 %; 8,000,000 a firm a year', () => {
  worked('hangzhou', 330106, [
    // 10,000,000 × 30 % = 3,000,000; the year stands at 3,000,000.
    ['domestic', { base: '10000000', domestic: true }, '3000000', []],
    // 12,345,678.90 × 20 % = 2,469,135.78; the year stands at 5,469,135.78.
    ['imported', { base: '12345678.90' }, '2469135.78', []],
    // 10,000,000 × 30 % = 3,000,000, but 8,000,000 − 5,469,135.78 = 2,530,864.22 is left.
    ['the rest of the year', { base: '10000000', domestic: true }, '2530864.22', ['subsidy_must_fit_the_cap_a_firm_a_year']],
    ['nothing more', { base: '500' }, '0', ['subsidy_must_fit_the_cap_a_firm_a_year']],
    // Next year begins anew: 1,000 × 20 % = 200.
    ['another year', { base: '1000', month: '2027-01' }, '200', []],
    // Rounded down to a micro-yuan: 0.33 × 30 % = 0.099.
    ['a small one', { firm: 2, base: '0.33', domestic: true }, '0.099', []],
    ['from Ningbo', { firm: 3, base: '1000', region: 330200 }, '0', ['buyer_must_be_registered_in_the_region']],
  ]);
});

it('Hangzhou: a pool of 250,000,000, who comes first', () => {
  // Each of 31 firms pays 40,000,000 for imported cards: 20 % are 8,000,000, its whole year; 31 × 8,000,000 = 248,000,000.
  const firms = Array.from({ length: 31 }, (_, firm): Row => [`firm ${firm}`, { firm, base: '40000000' }, '8000000', []]);
  worked('hangzhou', 330106, [
    ...firms,
    // 250,000,000 − 248,000,000 = 2,000,000 is left of the 3,000,000 that 30 % of 10,000,000 would be.
    ['the last', { firm: 40, base: '10000000', domestic: true }, '2000000', ['subsidy_must_fit_the_budget']],
    ['too late', { firm: 41, base: '10000000' }, '0', ['subsidy_must_fit_the_budget']],
  ]);
});

it('Henan: 20 %, at most 1,000,000 a user and 50,000,000 in all, each a year', () => {
  worked('henan', 410100, [
    // 1,234,567.89 × 20 % = 246,913.578.
    ['a bill', { base: '1234567.89' }, '246913.578', []],
    // 4,000,000 × 20 % = 800,000, but 1,000,000 − 246,913.578 = 753,086.422 is left.
    ['up to the cap', { base: '4000000' }, '753086.422', ['subsidy_must_fit_the_cap_a_firm_a_year']],
    // The year stands at 1,000,000. 48 users with 5,000,000 each get 20 % = 1,000,000: 49,000,000.
    ...Array.from({ length: 48 }, (_, user): Row => [`user ${user}`, { firm: 10 + user, base: '5000000' }, '1000000', []]),
    // 3,500,000 × 20 % = 700,000: 49,700,000.
    ['another', { firm: 100, base: '3500000' }, '700000', []],
    // 50,000,000 − 49,700,000 = 300,000 is left of 1,000,000.
    ['the last of the year', { firm: 101, base: '5000000' }, '300000', ['subsidy_must_fit_the_budget_a_year']],
    ['too late', { firm: 102, base: '100' }, '0', ['subsidy_must_fit_the_budget_a_year']],
    // The next year has 50,000,000 of its own.
    ['next year', { firm: 102, base: '100', month: '2027-01' }, '20', []],
    ['from Hebei', { firm: 103, base: '100', region: 130100 }, '0', ['buyer_must_be_registered_in_the_region']],
  ]);
});

it('Henan: province and city pay 1:1, to the micro-yuan', () => {
  const { funders } = termsOf('henan');
  const split = (amount: bigint) => fundedBy(funders, amount).map((part) => part.amount);
  // 246,913.578 ÷ 2 = 123,456.789.
  expect(split(yuan('246913.578'))).toEqual([yuan('123456.789'), yuan('123456.789')]);
  // 0.000005 ÷ 2 = 0.0000025: the city pays 0.000002, the province, first in the list, the 0.000003 that are left.
  expect(split(5n)).toEqual([3n, 2n]);
});

it('Yangzhou: the fee is paid, buyer and provider are not related, one subsidy a contract', () => {
  worked('yangzhou', 321003, [
    // 250,000 × 20 % = 50,000.
    ['a paid bill', { contract: 7, base: '250000' }, '50000', []],
    ['the same contract in a later month', { contract: 7, base: '250000', month: '2026-04' }, '0', ['contract_must_be_subsidised_once']],
    ['who owes', { base: '250000', hasPaid: false }, '0', ['fee_must_have_been_paid']],
    ['of its own group', { base: '250000', trade: { providerGroup: 1 } }, '0', ['buyer_and_provider_must_not_be_related']],
    ['delivered by its own group', { base: '250000', trade: { delivererGroup: 1 } }, '0', ['buyer_and_provider_must_not_be_related']],
    ['without telemetry', { base: '250000', trade: { measured: false } }, '0', ['usage_must_have_been_measured']],
    // 1,200,000 × 20 % = 240,000, at most 200,000 a bill.
    ['a large bill', { base: '1200000' }, '200000', ['subsidy_must_fit_the_cap_a_bill']],
    ['from Nanjing', { base: '250000', region: 320100 }, '0', ['buyer_must_be_registered_in_the_region']],
  ]);
});

it('Chengdu: 30 %, at most 3,000,000 or 1,500,000 by kind of applicant, 10,000,000 a year', () => {
  worked('chengdu', 510104, [
    // 6,000,000 × 30 % = 1,800,000; a firm has 3,000,000.
    ['a firm', { base: '6000000' }, '1800000', []],
    // 5,000,000 × 30 % = 1,500,000, but 3,000,000 − 1,800,000 = 1,200,000 is left, also in the next year.
    ['up to its cap', { base: '5000000', month: '2026-07' }, '1200000', ['subsidy_must_fit_the_cap_a_firm']],
    // A university (section P) has 1,500,000: of 6,000,000 × 30 % = 1,800,000 it gets that. The year stands at 4,500,000.
    ['a university', { firm: 2, industry: 'P', base: '6000000' }, '1500000', ['subsidy_must_fit_the_cap_a_firm']],
    // A research institute (section M): 1,000,000 × 30 % = 300,000: 4,800,000.
    ['an institute', { firm: 3, industry: 'M', base: '1000000' }, '300000', []],
    // 10,000,000 × 30 % = 3,000,000: 7,800,000.
    ['another firm', { firm: 4, base: '10000000' }, '3000000', []],
    // Of 3,000,000 only 10,000,000 − 7,800,000 = 2,200,000 are left of the year.
    ['the last of the year', { firm: 5, base: '10000000' }, '2200000', ['subsidy_must_fit_the_budget_a_year']],
    ['general compute', { firm: 6, base: '100', trade: { computeClass: 1 } }, '0', ['trade_must_be_covered']],
    // Next year's 10,000,000: the firm that was cut has 3,000,000 − 2,200,000 = 800,000 left.
    ['next year', { firm: 5, base: '10000000', month: '2027-01' }, '800000', ['subsidy_must_fit_the_cap_a_firm']],
    ['from Mianyang', { firm: 7, base: '100', region: 510700 }, '0', ['buyer_must_be_registered_in_the_region']],
  ]);
});
