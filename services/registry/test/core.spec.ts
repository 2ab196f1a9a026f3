import fc from 'fast-check';
import { isCreditCode } from '../src/core/credit-code.js';
import { brokenDetail, linkRules, needRules, participantRules, poolRules, siteRules } from '../src/core/details.js';
import { regionalScheme } from '../src/core/identifier.js';
import type { IdentifiedKind } from '../src/core/identifier.js';
import { beginningOfQuarter, quarterAt, quarterBefore, startOfQuarter } from '../src/core/quarter.js';
import { isRegion, liesIn } from '../src/core/region.js';
import { racksOf, siteClassOf } from '../src/core/site-class.js';

describe('classes of sites', () => {
  it.each([
    [1, 'EDGE'],
    [99, 'EDGE'],
    [100, 'SMALL'],
    [2_999, 'SMALL'],
    [3_000, 'LARGE'],
    [9_999, 'LARGE'],
    [10_000, 'VERY_LARGE'],
    [1_000_000, 'VERY_LARGE'],
  ])('%i standard racks: %s', (racks, name) => {
    const siteClass = siteClassOf(racks);
    expect(siteClass).toBe(name);
    const [least, beyond] = racksOf(siteClass);
    expect(racks >= least && racks < beyond).toBe(true);
  });
});

describe('identifiers', () => {
  const kinds: IdentifiedKind[] = ['PARTICIPANT', 'SITE', 'POOL', 'NODE', 'LINK', 'NEED'];
  const identified = fc.record({
    kind: fc.constantFrom(...kinds),
    region: fc.integer({ min: 110_000, max: 829_999 }),
    number: fc.integer({ min: 1, max: 9_999_999_999 }),
  });

  it('has a form that is written down', () => {
    expect(regionalScheme.issue({ kind: 'SITE', region: 500000, number: 12 })).toMatch(/^CX-500000-S-0000000012-[0-9A-Z]$/);
  });

  it('are read as they were issued', () => {
    fc.assert(fc.property(identified, (each) => expect(regionalScheme.parse(regionalScheme.issue(each))).toEqual(each)));
  });

  it('find every single wrong digit', () => {
    fc.assert(
      fc.property(identified, fc.nat(), fc.integer({ min: 1, max: 9 }), (each, at, by) => {
        const text = regionalScheme.issue(each);
        const digits = [...text].flatMap((character, index) => (index < text.length - 1 && /\d/.test(character) ? [index] : []));
        const place = digits[at % digits.length]!;
        const wrong = `${text.slice(0, place)}${(Number(text[place]) + by) % 10}${text.slice(place + 1)}`;
        expect(regionalScheme.parse(wrong)).toBeUndefined();
      }),
    );
  });

  it.each(['', 'CX', 'CX-500000-X-0000000001-0', 'cx-500000-s-0000000012-0', 'CX-500000-S-12-0'])('refuses %j', (text) => {
    expect(regionalScheme.parse(text)).toBeUndefined();
  });
});

describe('quarters in Asia/Shanghai', () => {
  it.each([
    ['2026-01-01T00:00:00+08:00', '2026Q1'],
    ['2025-12-31T23:59:59.999+08:00', '2025Q4'],
    ['2026-03-31T23:59:59+08:00', '2026Q1'],
    ['2026-04-01T00:00:00+08:00', '2026Q2'],
    ['2026-06-30T16:00:00Z', '2026Q3'],
    ['2026-10-01T00:00:00+08:00', '2026Q4'],
    ['2028-02-29T12:00:00+08:00', '2028Q1'],
    ['2000-02-29T12:00:00+08:00', '2000Q1'],
    ['2099-12-31T23:59:59+08:00', '2099Q4'],
  ])('%s lies in %s', (time, quarter) => {
    expect(quarterAt(Date.parse(time))).toBe(quarter);
  });

  it('begin where the calendar says', () => {
    for (let year = 2000; year < 2100; year++)
      for (const [index, month] of ['01', '04', '07', '10'].entries()) {
        const quarter = `${year}Q${index + 1}`;
        expect(beginningOfQuarter(quarter)).toBe(Date.parse(`${year}-${month}-01T00:00:00+08:00`));
        expect(startOfQuarter(quarter)).toBe(Date.parse(`${year}-${month}-01T00:00:00Z`) / 86_400_000);
        expect(quarterAt(beginningOfQuarter(quarter) - 1)).toBe(quarterBefore(quarter));
      }
  });
});

describe('codes', () => {
  it.each([
    ['91110000600037341L', true],
    ['91350100M000100Y43', true],
    ['91350100M000100Y44', false],
    ['91350100M000100Y4', false],
    ['91350100I000100Y43', false],
    ['', false],
  ])('credit code %s: %s', (code, good) => expect(isCreditCode(code)).toBe(good));

  it.each([
    [500000, true],
    [110000, true],
    [650500, true],
    [820000, true],
    [160000, false],
    [550000, false],
    [50, false],
    [5_000_000, false],
  ])('region %i: %s', (code, good) => expect(isRegion(code)).toBe(good));

  it.each([
    [500103, 500000, true],
    [510104, 510100, true],
    [510100, 510000, true],
    [510104, 510104, true],
    [510200, 510100, false],
    [510105, 510104, false],
    [510000, 510100, false],
  ])('%i lies in %i: %s', (district, region, inside) => expect(liesIn(district, region)).toBe(inside));
});

describe('details beyond single fields', () => {
  const person = { region: 500000, industry: '', creditCode: '', isPerson: true, roles: [2] };
  const firm = { ...person, industry: 'I', creditCode: '91350100M000100Y43', isPerson: false };
  const place = { region: 500000, district: 500103 };
  const way = { fromRegion: 500000, toRegion: 650500, toSiteId: 0, oneWayUs: 17_000, roundTripUs: 35_000 };
  const units = { ...place, units: 8, unit: 1, petaflopsMilli: 0, precision: 0, fromDay: 20_000, toDay: 20_001 };
  const petaflops = { ...units, units: 0, unit: 0, petaflopsMilli: 500, precision: 1 };

  it.each([
    ['a person', brokenDetail(participantRules, person), undefined],
    ['a firm', brokenDetail(participantRules, firm), undefined],
    ['a role twice', brokenDetail(participantRules, { ...firm, roles: [1, 1] }), 'roles_must_differ'],
    ['no such region', brokenDetail(participantRules, { ...firm, region: 990000 }), 'region_must_be_an_administrative_code'],
    ['a firm of no industry', brokenDetail(participantRules, { ...firm, industry: '' }), 'organisation_must_name_its_industry'],
    ['a person with a code', brokenDetail(participantRules, { ...firm, isPerson: true }), 'person_must_have_no_credit_code'],
    ['a wrong code', brokenDetail(participantRules, { ...firm, creditCode: '91350100M000100Y44' }), 'credit_code_must_be_of_gb_32100'],
    ['a site', brokenDetail(siteRules, { ...place, storageTb: 0, flashStorageTb: 0 }), undefined],
    [
      'a site of more flash than storage',
      brokenDetail(siteRules, { ...place, storageTb: 10, flashStorageTb: 11 }),
      'flash_storage_must_not_exceed_storage',
    ],
    [
      'a site elsewhere',
      brokenDetail(siteRules, { ...place, district: 510104, storageTb: 0, flashStorageTb: 0 }),
      'district_must_lie_in_its_region',
    ],
    ['a node of cards', brokenDetail(poolRules, { unit: 1, unitsPerNode: 8 }), undefined],
    ['a node of nodes', brokenDetail(poolRules, { unit: 3, unitsPerNode: 2 }), 'node_that_is_the_unit_must_count_one'],
    ['a link', brokenDetail(linkRules, way), undefined],
    ['a link from nowhere', brokenDetail(linkRules, { ...way, fromRegion: 1 }), 'region_must_be_an_administrative_code'],
    ['a link too quick', brokenDetail(linkRules, { ...way, roundTripUs: 16_999 }), 'round_trip_must_not_be_shorter_than_one_way'],
    ['a need in units', brokenDetail(needRules, units), undefined],
    ['a need in PFLOPS', brokenDetail(needRules, petaflops), undefined],
    ['a need in both', brokenDetail(needRules, { ...units, petaflopsMilli: 1, precision: 1 }), 'need_must_be_in_units_or_in_petaflops'],
    ['a need in neither', brokenDetail(needRules, { ...units, units: 0 }), 'need_must_be_in_units_or_in_petaflops'],
    ['units of nothing', brokenDetail(needRules, { ...units, unit: 0 }), 'need_in_units_must_name_the_unit'],
    ['PFLOPS of nothing', brokenDetail(needRules, { ...petaflops, precision: 0 }), 'need_in_petaflops_must_name_the_precision'],
    ['a need of no days', brokenDetail(needRules, { ...units, toDay: 20_000 }), 'need_must_end_after_it_begins'],
  ])('%s', (_name, broken, rule) => {
    expect((broken as readonly unknown[] | undefined)?.[1]).toBe(rule);
  });
});
