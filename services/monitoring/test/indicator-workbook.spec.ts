// A report for people: as a workbook by the public API, and as drawings.
import { AimState, type AssessmentLine, IndicatorAssessment, IndicatorSource, Plan } from '#contracts';
import { svgOf } from '#paper';
import { indicatorDefinitions } from '../src/core/indicator-definitions.js';
import { unitZhOf } from '../src/core/indicator-units.js';
import { chartOf } from '../src/indicator.chart.js';
import { type Hub, openHub } from './hub.js';
import { type ReadBook, readWorkbook } from './workbook.js';

let hub: Hub;
let month: ReadBook;
let year: ReadBook;

const until = (text: string) => hub.exchange.advance(Date.parse(text) - hub.exchange.now());
const bytesOf = async (path: string): Promise<Buffer> => {
  const answer = await fetch(`${hub.exchange.running.httpAddress}${path}`, { headers: { authorization: `Bearer ${hub.keys.authority}` } });
  expect(answer.headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  return Buffer.from(await answer.arrayBuffer());
};
/** Texts of an indicator's row, by the Chinese of the column's head. */
function rowOf({ sheets, formats }: ReadBook, sheet: number, indicator: string): Record<string, string> {
  const { cells } = sheets[sheet]!;
  const heads = [...cells].filter(([place]) => /^[A-Z]1$/.test(place));
  const [place] = [...cells].find(([at, { value }]) => value === indicator && /^[L-P]\d+$/.test(at))!;
  const row = place.replace(/\D/g, '');
  const told = heads.flatMap(([at, { value }]): [string, string][] => {
    const cell = cells.get(at.replace('1', row));
    return cell ? [[value.split(' ')[0]!, cell.isNumber ? `${cell.value} as ${formats[cell.style]}` : cell.value]] : [];
  });
  return Object.fromEntries(told);
}

beforeAll(async () => {
  hub = await openHub();
  await hub.pool(await hub.site(), {}, 40);
  const declared = { day: '2026-01-01', evidenceHash: '0f'.repeat(32), note: 'List of the bureau' };
  await hub.send('/v1/indicator-declarations', { ...declared, indicatorId: 'filed-models', numerator: 10 });
  await hub.send('/v1/indicator-declarations', { ...declared, indicatorId: 'compute-users', numerator: 2_100 });
  await until('2026-02-01T03:00:00+08:00');
  await until('2026-02-01T09:00:00+08:00');
  await until('2027-01-01T03:00:00+08:00');
  month = readWorkbook(await bytesOf('/v1/indicator-reports/2026-01/report.xlsx'));
  year = readWorkbook(await bytesOf('/v1/indicator-reports/2026/report.xlsx'));
});
afterAll(() => hub?.exchange.stop());

describe('the workbook', () => {
  it('has a row for each indicator and one for each aim, under heads that stay', () => {
    expect(year.sheets.map(({ name, frozenAt }) => [name, frozenAt])).toEqual([
      ['指标 Indicators', 'B2'],
      ['目标 Aims', 'B2'],
      ['说明 About', 'B2'],
    ]);
    const ids = [...year.sheets[0]!.cells].filter(([place]) => /^P\d+$/.test(place)).map(([, { value }]) => value);
    expect(ids).toEqual(['指标标识 Identifier', ...indicatorDefinitions.map(({ id }) => id)]);
    const aims = indicatorDefinitions.flatMap(({ id, aims: of }) => of.filter((aim) => aim.year === 2026).map(() => id));
    expect(aims.length).toBeGreaterThan(10);
    const told = [...year.sheets[1]!.cells].filter(([place]) => /^L\d+$/.test(place)).map(([, { value }]) => value);
    expect(told.slice(1).sort()).toEqual(aims.sort());
  });

  it('tells of a counted figure its source, unit, formula, numbers and how it stands against its aim', () => {
    const row = rowOf(month, 0, 'intelligent-compute-fp16');
    expect(row).toMatchObject({
      ...{ 指标: '调度智算规模（FP16）', 数据来源: 'measured 监测', 数值: '99.840000 as #,##0.000000', 单位: 'PFLOPS' },
      ...{ 期间: 'as of 时点 2026-02-01 03:00', '2026年目标': '≥ 50,000 PFLOPS (Chongqing 2025–2027)', 评估: 'not yet met 尚未达标' },
      ...{ 分子: '99840000 as #,##0', 记录数: '1 as #,##0' },
    });
    expect(row['计算口径']).toMatch(/^已核验算力中心内[^\n]*\nSum over verified pools/);
    expect(rowOf(month, 0, 'pue')).toMatchObject({ 数据来源: 'registered 登记核验', 数值: '1.250 as #,##0.000', 评估: 'met 达标' });
    expect(rowOf(month, 0, 'delivered-energy')['期间']).toBe('2026-01');
  });

  it('says what is declared, what is declared beside a measure, and what nobody knows', () => {
    expect(rowOf(year, 0, 'filed-models')).toMatchObject({
      数据来源: 'declared 申报',
      数值: '10 as #,##0',
      单位: '个 models',
      评估: 'met 达标',
    });
    expect(rowOf(year, 0, 'compute-users')).toMatchObject({ 数值: '0 as #,##0', 另行申报: '2100 as #,##0', 评估: 'missed 未达标' });
    expect(rowOf(year, 0, 'ai-scenarios')).toMatchObject({ 数值: 'no figure 无数据', 评估: 'no figure 无数据' });
  });

  it('tells each aim by clause, in numbers', () => {
    expect(rowOf(year, 1, 'pue')).toMatchObject({
      ...{ 文件: '重庆市建设新型能源算力枢纽实施方案（2025—2027年）', 条款: '一、表1 序号10', 要求: '≤' },
      ...{ 数值: '1.250 as #,##0.000', 目标: '1.400 as #,##0.000', 完成: '112.00 as #,##0.00', 评估: 'met 达标' },
    });
  });

  it('is for those who read the report', async () => {
    const path = '/v1/indicator-reports/2026/report.xlsx';
    const statuses = await Promise.all(['provider', 'buyer'].map((role) => hub.exchange.http(path, { key: hub.keys[role as 'buyer'] })));
    expect(statuses.map(({ status }) => status)).toEqual([403, 403]);
    expect((await hub.exchange.http('/v1/indicator-reports/2025/report.xlsx', { key: hub.keys.regulator })).status).toBe(404);
  });
});

describe('the chart', () => {
  const line = (part: Partial<AssessmentLine>): AssessmentLine => ({
    ...{
      plan: Plan.YUZHONG_2025_2027,
      clause: '',
      indicatorId: 'core-industry',
      name: 'Core compute industry',
      nameZh: '算力核心产业规模',
    },
    ...{ source: IndicatorSource.DECLARED, unit: '100 million yuan', unitZh: '亿元', figure: '130', aim: '260', strict: true },
    ...{ lessIsBetter: false, state: AimState.MISSED, reachedBp: 5_000, decimals: 0, ...part },
  });
  const drawn = (part: Partial<IndicatorAssessment>): string => {
    const assessment = IndicatorAssessment.create({ year: 2027, asOf: Date.parse('2027-07-01T00:00:00+08:00'), ...part });
    return svgOf(chartOf(assessment), 'title');
  };

  it('says of which year and moment it is, and of each bar where its figure comes from, in what unit, and of which aim', () => {
    const svg = drawn({ lines: [line({})], missed: 1 });
    for (const text of ['for 2027 年度目标评估', '2027-07-01 00:00', '本年尚未结束', '1 not yet met 尚未达标']) expect(svg).toContain(text);
    for (const text of ['declared 申报', '130 亿元 100 million yuan', '50 % of 目标 &gt; 260 亿元 100 million yuan'])
      expect(svg).toContain(text);
    expect(drawn({ lines: [line({})], report: '2027', missed: 1 })).toContain('1 missed 未达标');
  });

  it('is a picture also of a year for which no plan asks anything', () => {
    expect(drawn({ year: 2028 })).toMatch(/width="760" height="60"[^]*本年无规划目标/);
  });
});

it('each unit has its Chinese', () => {
  for (const { unit, numeratorUnit, denominatorUnit } of indicatorDefinitions)
    expect([unit, numeratorUnit, denominatorUnit].map(unitZhOf)).not.toContain(undefined);
  expect(() => unitZhOf('furlongs')).toThrow('unit_must_have_a_chinese_name');
});
