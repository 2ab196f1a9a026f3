// Reports of periods and assessments of years, through the public API.
import { createHash } from 'node:crypto';
import { type Hub, openHub } from './hub.js';

interface Report {
  readonly period: string;
  readonly by: string;
  readonly asOf: string;
  readonly figuresHash: string;
  readonly recordsHash: string;
  readonly records: number;
  readonly indicators: {
    readonly definition: { readonly indicatorId: string; readonly formulaZh: string };
    readonly figure: { readonly text: string; readonly numerator: string };
  }[];
}
interface Assessment {
  readonly report: string;
  readonly lines: {
    readonly plan: string;
    readonly indicatorId: string;
    readonly figure: string;
    readonly aim: string;
    readonly state: string;
    readonly reachedBp: number;
  }[];
  readonly met: number;
  readonly missed: number;
  readonly unknown: number;
}

let hub: Hub;

const until = (text: string) => hub.exchange.advance(Date.parse(text) - hub.exchange.now());
const publish = (period: string) =>
  hub.exchange.http<Report & { rule: string }>('/v1/indicator-reports', { key: hub.keys.operator, body: { period } });
const figureOf = ({ indicators }: Report, id: string) => indicators.find(({ definition }) => definition.indicatorId === id)!.figure;
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

beforeAll(async () => {
  hub = await openHub();
  const site = await hub.site();
  await hub.pool(site);
  await hub.exchange.advance();
});
afterAll(() => hub?.exchange.stop());

it('a month is published two hours after its end, by itself and once, and of the time before the opening nothing is', async () => {
  await until('2026-02-01T01:00:00+08:00');
  const reports = () => hub.read<{ reports: Report[] }>('/v1/indicator-reports');
  expect((await reports()).reports).toEqual([]);
  await until('2026-02-01T03:00:00+08:00');
  await until('2026-02-01T09:00:00+08:00');
  expect((await reports()).reports).toMatchObject([{ period: '2026-01', by: 'exchange', indicators: [] }]);
});

it('a published report stays as it was, whatever is registered after, and its hashes are those of its files', async () => {
  const before = await hub.read<Report>('/v1/indicator-reports/2026-01');
  expect(figureOf(before, 'storage').text).toBe('0.004000');
  await hub.site({ name: 'Another', storageTb: 8_000, flashStorageTb: 0 });
  await hub.exchange.advance();
  expect(await hub.read<Report>('/v1/indicator-reports/2026-01')).toEqual(before);
  const figures = await hub.read<string>('/v1/indicator-reports/2026-01/report.csv');
  expect(figures).toContain('storage,Storage,存储总量,REGISTERED,EB,0.004000,4000,0,1,');
  expect(sha256(figures)).toBe(before.figuresHash);
  const records = await hub.read<string>('/v1/indicator-reports/2026-01/records.csv');
  expect(records.trim().split('\n')).toHaveLength(before.records + 1);
  expect(sha256(records)).toBe(before.recordsHash);
});

it.each(['report.csv', 'records.csv'])(
  '%s begins with the mark of UTF-8 where that is asked for, and is the same file behind it',
  async (name) => {
    const bytesOf = async (query: string) => {
      const answer = await fetch(`${hub.exchange.running.httpAddress}/v1/indicator-reports/2026-01/${name}${query}`, {
        headers: { authorization: `Bearer ${hub.keys.operator}` },
      });
      return Buffer.from(await answer.arrayBuffer());
    };
    const plain = await bytesOf('');
    expect(plain.subarray(0, 3)).not.toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(await bytesOf('?bom=true')).toEqual(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]));
    expect(await bytesOf('?bom=false')).toEqual(plain);
  },
);

it('keeps formulas and notes in both languages', async () => {
  const report = await hub.read<Report>('/v1/indicator-reports/2026-01');
  const { definition } = report.indicators.find(({ definition: { indicatorId } }) => indicatorId === 'schedulable-servers')!;
  expect(definition.formulaZh).toMatch(/^已核验算力中心内/);
  expect(definition).toMatchObject({ numeratorUnitZh: '台', denominatorUnitZh: '' });
  const { records } = await hub.read<{ records: object[] }>('/v1/indicator-reports/2026-01/indicators/schedulable-servers/records');
  expect(records).toMatchObject([{ note: 'pool_is_lost', noteZh: '资源池失联，不计入' }]);
});

it('its records sum to its figures, each of them', async () => {
  const report = await hub.read<Report>('/v1/indicator-reports/2026-01');
  for (const { definition, figure } of report.indicators) {
    const path = `/v1/indicator-reports/2026-01/indicators/${definition.indicatorId}/records`;
    const { records } = await hub.read<{ records: { numerator: string }[] }>(path);
    const sum = records.reduce((total, { numerator }) => total + BigInt(numerator), 0n);
    expect([definition.indicatorId, String(sum)]).toEqual([definition.indicatorId, figure.numerator]);
  }
});

it('the operator publishes the last period that is over, and no other', async () => {
  await until('2026-04-01T00:30:00+08:00');
  expect((await publish('2026-02')).body.rule).toBe('published_period_must_be_the_last');
  expect((await publish('2026-04')).body.rule).toBe('published_period_must_be_the_last');
  expect((await publish('2026Q5')).body.rule).toBe('text_must_match_its_pattern');
  const published = await publish('2026Q1');
  expect(published).toMatchObject({ status: 200, body: { period: '2026Q1', kind: 'QUARTER' } });
  expect(figureOf(published.body, 'storage').text).toBe('0.012000');
  expect((await publish('2026Q1')).body.rule).toBe('period_must_be_published_once');
  const { reports } = await hub.read<{ reports: Report[] }>('/v1/indicator-reports?kind=QUARTER');
  expect(reports.map(({ period, by }) => [period, by])).toEqual([['2026Q1', published.body.by]]);
});

it('a year that runs is assessed by what stands, one that is over by its report', async () => {
  const declared = {
    indicatorId: 'filed-models',
    numerator: 10,
    day: '2026-03-01',
    evidenceHash: '0f'.repeat(32),
    note: 'List of the bureau',
  };
  await hub.send('/v1/indicator-declarations', declared);
  const running = await hub.read<Assessment>('/v1/indicator-assessments/2026?plan=CHONGQING_2025_2027');
  expect(running.lines.map(({ indicatorId, figure, aim, state, reachedBp }) => [indicatorId, figure, aim, state, reachedBp])).toEqual([
    ['intelligent-compute-fp16', '0.000000', '50000.000000', 'MISSED', 0],
    ['intelligent-compute-fp32', '0.000000', '50000.000000', 'MISSED', 0],
    ['green-compute-share-fp16', '', '60.00', 'UNKNOWN', 0],
    ['green-compute-share-fp32', '', '60.00', 'UNKNOWN', 0],
    ['pue', '1.250', '1.400', 'MET', 11_200],
    ['interconnected-platforms', '1', '3', 'MISSED', 3_333],
    ['compute-network-operators', '1', '8', 'MISSED', 1_250],
    ['compute-users', '0', '5000', 'MISSED', 0],
    ['filed-models', '10', '10', 'MET', 10_000],
    ['high-quality-data-sets', '', '200', 'UNKNOWN', 0],
    ['trusted-data-spaces', '', '20', 'UNKNOWN', 0],
    ['ai-scenarios', '', '150', 'UNKNOWN', 0],
  ]);
  expect(running).toMatchObject({ report: '', met: 2, missed: 5, unknown: 5 });

  await until('2027-01-01T03:00:00+08:00');
  await hub.send('/v1/indicator-declarations', { ...declared, numerator: 16 });
  const over = await hub.read<Assessment>('/v1/indicator-assessments/2026');
  expect(over.report).toBe('2026');
  expect(over.lines.find(({ indicatorId }) => indicatorId === 'filed-models')).toMatchObject({ figure: '10', state: 'MET' });
  const answers = await Promise.all(
    ['2025', '2028'].map((year) => hub.exchange.http(`/v1/indicator-assessments/${year}`, { key: hub.keys.regulator })),
  );
  expect(answers.map(({ status, body }) => [status, body.rule])).toEqual([
    [404, 'entity_must_exist'],
    [400, 'year_must_have_begun'],
  ]);
});

it('an assessment is drawn, and a year’s report printed', async () => {
  const svg = await hub.exchange.http<string>('/v1/indicator-assessments/2027/chart.svg', { key: hub.keys.authority });
  expect(svg.headers.get('content-type')).toBe('image/svg+xml');
  expect(svg.body).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg.body).toContain('“用算”企业数量');
  const pdf = await hub.exchange.http<string>('/v1/indicator-reports/2026/report.pdf', { key: hub.keys.authority });
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  expect(pdf.body.slice(0, 8)).toMatch(/^%PDF-1\./);
});

it('published reports cannot be changed by the service', async () => {
  const role = `${new URL(hub.exchange.database.url).pathname.slice(1)}_monitoring`;
  const change = (sql: string) => hub.exchange.database.query(`set role ${role}; set search_path to monitoring; ${sql}`);
  await expect(change(`update indicator_reports set figures_csv = ''`)).rejects.toThrow('permission denied');
  await expect(change('delete from indicator_report_records')).rejects.toThrow('permission denied');
});
