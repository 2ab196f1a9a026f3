// Figures, periods, promises of sites and declarations: tables of the rules.
import { ComputeClass, slotAt, startOfShanghaiDay, startOfSlot } from '#domain';
import type { Facts, IndicatorPool, SiteFact } from '../src/core/indicator-facts.js';
import { brokenDeclaration } from '../src/core/indicator-declaration.js';
import { indicatorDefinitions, indicatorOf } from '../src/core/indicator-definitions.js';
import { measure } from '../src/core/indicator-measures.js';
import { periodAt, periodBefore, periodOf } from '../src/core/indicator-period.js';
import { carbonTonnes, coalTonnes, promisesOf } from '../src/core/indicator-site.js';
import { amountOf, amountText, figureOf } from '../src/core/indicator.js';

const at = Date.parse('2026-06-01T00:00:00+08:00');

const site = (part: Partial<SiteFact> = {}): SiteFact => ({
  ...{
    siteId: 1,
    providerId: 10,
    name: 'Shuitu',
    region: 500000,
    district: 500109,
    standardRacks: 3_000,
    occupancyBp: 7_000,
    pueMilli: 1_250,
  },
  ...{ greenShareBp: 6_000, energyMwhPerYear: 90_000, commissionedDay: 0, wueMilli: 0, cueMilli: 0, storageTb: 0, flashTb: 0 },
  ...part,
});
const pool = (part: Partial<IndicatorPool> = {}): IndicatorPool => ({
  ...{ poolId: 1, siteId: 1, providerId: 10, model: 'A100', computeClass: ComputeClass.INTELLIGENT, unitsPerNode: 8, nodeCount: 4 },
  ...{ tflopsFp16Milli: 312_000, tflopsFp32Milli: 19_500, isDomestic: false, isLost: false, lostNodes: 0 },
  ...part,
});
const facts = (part: Partial<Facts> = {}): Facts => ({
  ...{ at, homeRegion: 500000, sites: [site()], pools: [pool()], links: [], participants: [], leases: [] },
  ...part,
});
const link = (part: object = {}) => ({
  ...{
    linkId: 1,
    ownerId: 10,
    fromRegion: 500103,
    toRegion: 500000,
    toSiteId: 1,
    toDistrict: 500109,
    oneWayUs: 900,
    roundTripUs: 1_800,
    isMeasured: false,
  },
  ...part,
});
const person = (part: object = {}) => ({
  ...{ participantId: 1, name: 'someone', isProvider: false, isPartner: false, isPerson: false, region: 500000, firstUse: undefined },
  ...part,
});
const textOf = (id: string, of: Partial<Facts>): string => {
  const definition = indicatorOf(id)!;
  const { amount } = figureOf(definition, measure(id, facts(of))!);
  return amount === undefined ? 'unknown' : amountText(amount, definition.decimals);
};

describe('the table of indicators', () => {
  it('has an id once, and a way to compute whatever is not declared', () => {
    expect(new Set(indicatorDefinitions.map(({ id }) => id)).size).toBe(indicatorDefinitions.length);
    const wrong = indicatorDefinitions.filter(({ id, source }) => (measure(id, facts()) === undefined) !== (source === 'DECLARED'));
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  // As the plans' own tables have them, row by row.
  it.each([
    [
      'CHONGQING_2025_2027',
      '一、表1',
      [2025, 2026, 2027],
      [
        'intelligent-compute-fp16 30000 50000 110000',
        'interconnected-platforms 1 3 5',
        'compute-network-operators 5 8 10',
        'filed-models 7 10 16',
        'high-quality-data-sets 100 200 400',
        'trusted-data-spaces 10 20 30',
        'ai-scenarios 100 150 200',
        'compute-users 2000 5000 10000',
        'green-compute-share-fp16 50 60 70',
        'pue 1.50 1.40 1.35',
      ],
    ],
    [
      'CHONGQING_2023_2025',
      '一（三）目标指标表',
      [2023, 2024, 2025],
      [
        'compute-fp32 6000 8000 10000',
        'large-intelligent-centres 4 6 8',
        'intelligent-share-fp32 20 30 40',
        'park-edge-coverage 40 70 100',
        'all-optical-nodes 60 70 80',
        'srv6-nodes 60 70 80',
        'otn-coverage 50 65 100',
        'osu-nodes 30 50 70',
        'low-delay-links 65 75 80',
        'storage 20 35 50',
        'flash-share 25 28 30',
        'network-applications 20 40 60',
      ],
    ],
  ] as const)('asks what %s asks in its table', (plan, table, years, rows) => {
    rows.forEach((row, at) => {
      const [id, ...texts] = row.split(' ');
      const definition = indicatorOf(id!)!;
      const aims = definition.aims.filter((aim) => aim.plan === plan && aim.clause === `${table} 序号${at + 1}`);
      expect([id, aims.map(({ year, amount }) => [year, amount])]).toEqual([
        id,
        years.map((year, nth) => [year, amountOf(texts[nth]!, definition.decimals)]),
      ]);
    });
  });
});

describe('a figure', () => {
  const parks = indicatorOf('park-edge-coverage')!;
  const pue = indicatorOf('pue')!;
  const share = (numerator: bigint, denominator: bigint) =>
    ({ kind: 'SITE', id: 1, name: '', numerator, denominator, note: '', noteZh: '' }) as const;

  it.each([
    ['of more is rounded down', parks, [share(2n, 3n)], 6_666n],
    ['of less is rounded up', pue, [share(1_350_001n, 1_000_000n)], 1_351n],
    ['of nothing is unknown', pue, [], undefined],
    ['that nobody declared is unknown', indicatorOf('filed-models')!, [], undefined],
    ['of which nothing was counted is nought', indicatorOf('compute-users')!, [], 0n],
    ['adds its parts before it divides', parks, [share(1n, 1n), share(0n, 3n)], 2_500n],
  ])('%s', (_name, definition, shares, amount) => expect(figureOf(definition, shares).amount).toBe(amount));

  it.each([
    ['1.35', 3, 1_350],
    ['30000', 6, 30_000_000_000],
    ['0', 0, 0],
  ])('%s at %d decimals is %d', (text, decimals, amount) => {
    expect(amountOf(text, decimals)).toBe(amount);
    expect(Number(amountText(amount, decimals))).toBe(Number(text));
  });

  it('refuses an aim of more decimals than the indicator has', () =>
    expect(() => amountOf('1.3555', 3)).toThrow('aim_must_fit_its_decimals'));
});

const home = {
  participants: [person({ participantId: 2, firstUse: slotAt(at) }), person({ participantId: 3, firstUse: 100, isPerson: true })],
};

it.each<[string, string, Partial<Facts>, string]>([
  ['FP16 alone', 'intelligent-compute-fp16', {}, '9.984000'],
  ['FP32 alone', 'intelligent-compute-fp32', {}, '0.624000'],
  ['a LOST pool is no compute', 'compute-fp16', { pools: [pool({ isLost: true })] }, '0.000000'],
  ['nor are LOST nodes', 'compute-fp16', { pools: [pool({ lostNodes: 1 })] }, '7.488000'],
  ['general compute is not intelligent', 'intelligent-compute-fp16', { pools: [pool({ computeClass: ComputeClass.GENERAL })] }, '0.000000'],
  ['but compute', 'compute-fp16', { pools: [pool({ computeClass: ComputeClass.GENERAL })] }, '9.984000'],
  ['half of each', 'intelligent-share-fp16', { pools: [pool(), pool({ poolId: 2, computeClass: ComputeClass.SUPER })] }, '50.00'],
  [
    'green by compute',
    'green-compute-share-fp16',
    { sites: [site(), site({ siteId: 2, greenShareBp: 9_000 })], pools: [pool(), pool({ poolId: 2, siteId: 2, nodeCount: 8 })] },
    '80.00',
  ],
  [
    'PUE by energy',
    'pue',
    { sites: [site({ pueMilli: 1_200, energyMwhPerYear: 120 }), site({ siteId: 2, pueMilli: 1_500, energyMwhPerYear: 300 })] },
    '1.400',
  ],
  ['without energy no PUE', 'pue', { sites: [site({ energyMwhPerYear: 0 })] }, 'unknown'],
  ['small sites are not of the cluster', 'pue-large-sites', { sites: [site({ standardRacks: 2_999 })] }, 'unknown'],
  ['occupancy by racks', 'occupancy', { sites: [site(), site({ siteId: 2, standardRacks: 1_000, occupancyBp: 3_000 })] }, '60.00'],
  ['racks of the cluster', 'racks-large-sites', { sites: [site(), site({ siteId: 2, standardRacks: 2_999 })] }, '3000'],
  [
    'a large centre has 100 PFLOPS at FP32',
    'large-intelligent-centres',
    { pools: [pool({ nodeCount: 641 }), pool({ poolId: 2, nodeCount: 1 })] },
    '1',
  ],
  [
    'pools of a site together',
    'large-intelligent-centres',
    { pools: [pool({ nodeCount: 641 }), pool({ poolId: 2, nodeCount: 1, siteId: 2 })] },
    '0',
  ],
  [
    'new sites within their limit',
    'sites-within-pue-limit',
    { sites: [site({ commissionedDay: 20_500 }), site({ siteId: 2, commissionedDay: 20_500, pueMilli: 1_200 }), site({ siteId: 3 })] },
    '50.00',
  ],
  ['storage', 'storage', { sites: [site({ storageTb: 1_500_000 })] }, '1.500000'],
  ['flash by storage', 'flash-share', { sites: [site({ storageTb: 900, flashTb: 300 }), site({ siteId: 2, storageTb: 300 })] }, '25.00'],
  ['servers', 'schedulable-servers', { pools: [pool({ lostNodes: 1 }), pool({ isLost: true })] }, '3'],
  ['domestic servers', 'domestic-share', { pools: [pool(), pool({ poolId: 2, isDomestic: true, nodeCount: 12 })] }, '75.00'],
  ['metropolitan links have 1 ms', 'low-delay-links', { links: [link(), link({ linkId: 2, oneWayUs: 1_001 })] }, '50.00'],
  ['those of the city 3 ms', 'low-delay-links', { links: [link({ toDistrict: 500101, oneWayUs: 3_000 })] }, '100.00'],
  ['those of elsewhere do not count', 'low-delay-links', { links: [link({ toRegion: 650500 })] }, 'unknown'],
  ['10 ms one way', 'city-10ms-links', { links: [link({ oneWayUs: 10_001 })] }, '0.00'],
  ['Chongqing to Hami', 'hami-35ms-links', { links: [link({ toRegion: 650500, oneWayUs: 35_000 }), link()] }, '100.00'],
  [
    'Beijing, round trip',
    'beijing-1ms-links',
    { links: [link({ fromRegion: 110105, toRegion: 110000, oneWayUs: 600, roundTripUs: 1_001 })] },
    '0.00',
  ],
  ['Beijing to Horinger', 'horinger-5ms-links', { links: [link({ fromRegion: 110000, toRegion: 150123, roundTripUs: 5_000 })] }, '100.00'],
  [
    'platforms outside the province',
    'interconnected-platforms',
    { participants: [person({ isPartner: true }), person({ isPartner: true, region: 650000 })] },
    '1',
  ],
  [
    'operators with something to offer',
    'compute-network-operators',
    { participants: [person({ participantId: 10, isProvider: true }), person({ participantId: 11, isProvider: true })] },
    '1',
  ],
  ['enterprises that use compute', 'compute-users', home, '1'],
  ['users from 2025 on', 'new-compute-users', home, '1'],
  [
    'availability of leases',
    'delivered-availability',
    { leases: [{ leaseId: 1, unitSlotsDue: 100, unitSlotsUp: 99, energyWh: 5 }] },
    '99.00',
  ],
  ['hours of leases', 'delivered-unit-hours', { leases: [{ leaseId: 1, unitSlotsDue: 100, unitSlotsUp: 99, energyWh: 5 }] }, '24.75'],
  ['energy of leases', 'delivered-energy', { leases: [{ leaseId: 1, unitSlotsDue: 100, unitSlotsUp: 99, energyWh: 1_500 }] }, '1.500'],
])('%s: %s', (_name, id, of, text) => expect(textOf(id, of)).toBe(text));

describe('promises of a site', () => {
  const day = (text: string) => Math.floor(Date.parse(`${text}T12:00:00Z`) / 86_400_000);
  const energy = (tonnes: number) => Math.ceil((tonnes * 10_000) / 1_229);

  it.each<[string, Partial<SiteFact>, string, string]>([
    ['an old site of Chongqing', { region: 500000 }, '2026-06-01', ''],
    ['a new one', { region: 500000, commissionedDay: day('2025-01-01') }, '2026-06-01', 'PUE 1200 MISSED, GREEN_SHARE 8000 MISSED'],
    [
      'one that keeps them',
      { region: 500000, commissionedDay: day('2025-01-01'), pueMilli: 1_200, greenShareBp: 8_001 },
      '2026-06-01',
      'PUE 1200 KEPT, GREEN_SHARE 8000 KEPT',
    ],
    [
      '80 % is not beyond 80 %',
      { region: 500000, commissionedDay: day('2025-01-01'), pueMilli: 1_200, greenShareBp: 8_000 },
      '2026-06-01',
      'PUE 1200 KEPT, GREEN_SHARE 8000 MISSED',
    ],
    [
      'one of Hami is held to the hub’s plan',
      { region: 650500, commissionedDay: day('2026-01-01') },
      '2026-06-01',
      'PUE 1200 MISSED, GREEN_SHARE 8000 MISSED',
    ],
    [
      'a new edge site of Chengdu',
      { region: 510100, standardRacks: 99, commissionedDay: day('2024-01-01') },
      '2026-06-01',
      'PUE 1500 KEPT',
    ],
    ['a new large one', { region: 510100, commissionedDay: day('2024-01-01'), pueMilli: 1_251 }, '2026-06-01', 'PUE 1250 MISSED'],
    ['an old one before its day', { region: 510100, pueMilli: 1_501 }, '2025-12-31', 'PUE 1500 NOT_YET_DUE'],
    ['and after', { region: 510100, pueMilli: 1_501 }, '2026-01-01', 'PUE 1500 MISSED'],
    ['a great user of Beijing', { region: 110000, energyMwhPerYear: energy(30_001) }, '2026-06-01', 'PUE 1150 MISSED'],
    [
      '30,000 t are not beyond 30,000 t',
      { region: 110000, energyMwhPerYear: energy(30_000), commissionedDay: day('2024-01-01') },
      '2026-06-01',
      'PUE 1250 KEPT',
    ],
    [
      'an old one of Beijing before its day',
      { region: 110000, energyMwhPerYear: 0, pueMilli: 1_351 },
      '2027-12-31',
      'PUE 1350 NOT_YET_DUE',
    ],
    ['and after', { region: 110000, energyMwhPerYear: 0, pueMilli: 1_351 }, '2028-01-01', 'PUE 1350 MISSED'],
  ])('%s', (_name, part, today, expected) => {
    const found = promisesOf(site(part), 500000, Date.parse(`${today}T12:00:00+08:00`));
    expect(found.map(({ promise, limit, state }) => `${promise} ${limit} ${state}`).join(', ')).toBe(expected);
  });

  it('knows its coal and carbon', () => {
    expect(coalTonnes(site({ energyMwhPerYear: 244_101 }))).toBe(30_000);
    expect(carbonTonnes(site({ energyMwhPerYear: 125_000, pueMilli: 1_250, cueMilli: 600 }))).toBe(60_000);
  });
});

describe('a period', () => {
  it.each([
    ['2026-02', '2026-02-01', '2026-03-01'],
    ['2026-12', '2026-12-01', '2027-01-01'],
    ['2026Q4', '2026-10-01', '2027-01-01'],
    ['2026', '2026-01-01', '2027-01-01'],
  ])('%s is of Asia/Shanghai', (text, from, to) => {
    const { kind, ...period } = periodOf(text)!;
    expect(period).toEqual({ text, from: Date.parse(`${from}T00:00:00+08:00`), to: Date.parse(`${to}T00:00:00+08:00`) });
    expect(periodAt(kind, period.to - 1).text).toBe(text);
    expect(periodBefore(kind, period.to).text).toBe(text);
  });
  it.each(['2026-13', '2026Q5', '26', '2026-1', ''])('%s is none', (text) => expect(periodOf(text)).toBeUndefined());
});

it.each([
  ['a count', 'filed-models', { numerator: 7, denominator: 0, day: 9 }, undefined],
  ['a count of a whole', 'filed-models', { numerator: 7, denominator: 8, day: 9 }, 'sum_must_declare_no_whole'],
  ['a share', 'srv6-nodes', { numerator: 7, denominator: 8, day: 9 }, undefined],
  ['a share of nothing', 'srv6-nodes', { numerator: 0, denominator: 0, day: 9 }, 'ratio_must_declare_its_whole'],
  ['more than all', 'srv6-nodes', { numerator: 9, denominator: 8, day: 9 }, 'part_must_not_exceed_its_whole'],
  ['a PUE', 'pue', { numerator: 13, denominator: 10, day: 9 }, undefined],
  ['tomorrow', 'filed-models', { numerator: 7, denominator: 0, day: 11 }, 'day_must_not_be_in_the_future'],
])('a declaration of %s', (_name, id, declared, rule) => expect(brokenDeclaration(indicatorOf(id)!, declared, 10)?.[1]).toBe(rule));

it('days of limits are what they are called', () => {
  const days = ['2022-01-01', '2024-01-01', '2025-01-01', '2025-12-31', '2027-12-31'].map((text) =>
    Math.floor(Date.parse(text) / 86_400_000),
  );
  expect(days).toEqual([18_993, 19_723, 20_089, 20_453, 21_183]);
  expect(startOfSlot(startOfShanghaiDay(20_089))).toBe(Date.parse('2025-01-01T00:00:00+08:00'));
});
