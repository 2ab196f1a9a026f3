// What clauses say to people: names where the contract has numbers and letters, dates where it counts days.
import { ComputeClass, enums, OrganisationSize } from '#contracts';
import { judgeBid, judgeBuyer, judgeDay } from '../src/core/eligibility.js';
import type { Terms } from '../src/core/terms.js';
import { className, industryName, serviceName, sizeName } from '../src/core/words.js';

const numbersOf = (name: string) => enums[name]!.values.map(({ number }) => number);
const isNamed = /^[a-z ]+ \p{Script=Han}+$/u;

it.each([
  ['size', sizeName, numbersOf('exchange.registry.v1.OrganisationSize')],
  ['class', className, numbersOf('exchange.common.v1.ComputeClass')],
  ['service', serviceName, numbersOf('exchange.voucher.v1.BilledService')],
])('each %s of the contract has a name', (_name, name, numbers) => {
  expect(numbers.length).toBeGreaterThan(2);
  for (const one of numbers) expect(name(one)).toMatch(isNamed);
});

it('each section of GB/T 4754 has a name', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRST'];
  for (const letter of letters) expect(industryName(letter)).toMatch(new RegExp(`^${letter} [a-z, ]+ [\\p{Script=Han}、]+$`, 'u'));
  expect(new Set(letters.map(industryName)).size).toBe(20);
});

it('what was not registered is said to be so', () => {
  expect([sizeName(0), industryName('')]).toEqual(['not registered 未登记', 'not registered 未登记']);
});

it('clauses say names and dates', () => {
  const terms = {
    ...{ firstDay: 20_454, lastDay: 20_818 },
    eligibility: { regions: [], industries: ['C', 'I'], sizes: [OrganisationSize.MICRO, OrganisationSize.SMALL], firstTime: false },
  } as unknown as Terms;
  const buyer = { region: 500103, industry: 'M', size: OrganisationSize.LARGE, ownerGroup: 0 };
  const bid = { classes: [ComputeClass.GENERAL], domesticOnly: false, greenShareBpMin: 0, providersIn: [] };
  const covered = { classes: [ComputeClass.INTELLIGENT], providerIds: [], domesticOnly: false, services: [], platformIds: [] };
  const details = [judgeDay(terms, 20_600), ...judgeBuyer(terms, buyer, true), ...judgeBid(covered, bid)].map(
    ({ rule, detail }) => `${rule}: ${detail}`,
  );
  expect(details).toEqual([
    'bid_must_come_in_the_period: 2026-05-27 of 2026-01-01 to 2026-12-31',
    'buyer_must_be_registered_in_the_region: 500103 of any',
    'buyer_must_be_of_the_industry: M research and technical services 科学研究和技术服务业 of C manufacturing 制造业; I information and software 信息传输、软件和信息技术服务业',
    'buyer_must_be_of_the_size: large 大型 of micro 微型; small 小型',
    'bid_must_keep_to_covered_classes: general 通算 of intelligent 智算',
    'bid_must_keep_to_covered_providers: any of any',
    'bid_must_keep_to_domestic_units: any',
  ]);
});
