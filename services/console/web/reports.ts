// Published reports, and a year against the plans.
import { type Asked, Problem, blob, get } from './api.js';
import { el, facts, link } from './dom.js';
import { perCent, timeText } from './format.js';
import { type Indicator, type Named, aimText, nameOf, withUnit } from './indicator.js';
import { indicatorColumns } from './indicators.js';
import { choice, downloads, sourceTag, stateTag, twoLines } from './parts.js';
import { list, table, whole } from './table.js';
import { plans, t, valueText } from './words.js';

interface Report {
  readonly period: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly asOf: string;
  readonly by: string;
  readonly figuresHash: string;
  readonly recordsHash: string;
  readonly records: number;
  readonly indicators: readonly Indicator[];
}

interface Line extends Named {
  readonly plan: string;
  readonly clause: string;
  readonly figure: string;
  readonly aim: string;
  readonly strict: boolean;
  readonly state: string;
  readonly reachedBp: number;
}

interface Assessment {
  readonly year: number;
  readonly asOf: string;
  /** Empty while the year runs. */
  readonly report: string;
  readonly lines: readonly Line[];
  readonly met: number;
  readonly missed: number;
  readonly unknown: number;
}

export async function reportsPage(): Promise<Node[]> {
  const reports = await list<Report>(
    [
      { head: t('period'), cell: ({ period }) => link(`/reports/${period}`, period) },
      { head: t('kind'), cell: ({ kind }) => valueText(kind) },
      { head: t('asOf'), isWhole: true, cell: ({ asOf }) => timeText(asOf) },
      { head: t('publishedBy'), cell: ({ by }) => by },
      { head: t('records'), isNumber: true, cell: ({ records }) => records },
    ],
    { path: '/v1/indicator-reports', rowsOf: ({ reports: of }) => of as Report[] },
    t('noReports'),
  );
  return [el('h1', {}, t('reports')), reports];
}

export async function reportPage([period]: readonly string[]): Promise<Node[]> {
  const path = `/v1/indicator-reports/${period}`;
  const { asOf, from, to, by, figuresHash, recordsHash, indicators, kind } = await get<Report>(path);
  const files = ['report.csv', 'records.csv', 'report.xlsx', 'report.pdf'].map((name) => [`${path}/${name}`, `${period}-${name}`] as const);
  return [
    el('h1', {}, `${t('reports')} ${period}`),
    downloads([[path, `${period}-report.json`], ...files]),
    facts([
      [t('period'), `${timeText(from)} – ${timeText(to)}`],
      [t('asOf'), timeText(asOf)],
      [t('publishedBy'), by],
      ['report.csv', el('span', { class: 'hash' }, figuresHash)],
      ['records.csv', el('span', { class: 'hash' }, recordsHash)],
      ...(kind === 'YEAR' ? [[t('assessment'), link(`/assessment/${period}`, period)] as const] : []),
    ]),
    table(
      indicatorColumns((id) => `/reports/${period}/${id}`),
      indicators,
      t('noIndicators'),
    ),
  ];
}

export async function assessmentPage([given]: readonly string[], { plan }: Asked): Promise<Node[]> {
  const thisYear = await runningYear();
  const year = Number(given ?? thisYear);
  const reports = await whole<Report>({
    path: '/v1/indicator-reports',
    asked: { kind: 'YEAR' },
    rowsOf: ({ reports: of }) => of as Report[],
  });
  // The year that runs, those of which there is a report, and the one that was asked for.
  const years = [...new Set([thisYear, ...reports.map(({ period }) => Number(period)), year])].sort((a, b) => b - a).map(String);
  const go = (to: string, of: string | undefined) => {
    location.hash = `/assessment/${to}${of ? `?plan=${of}` : ''}`;
  };
  const head = [
    el('h1', {}, `${t('assessment')} ${year}`),
    el(
      'div',
      { class: 'bar' },
      choice(
        t('year'),
        years.map((one) => [one, one] as const),
        String(year),
        (one) => go(one, plan),
      ),
      choice(t('plan'), [['', t('all')], ...plans.map((one) => [one, valueText(one)] as const)], plan ?? '', (one) =>
        go(String(year), one),
      ),
    ),
  ];
  const query = plan ? `?plan=${plan}` : '';
  const path = `/v1/indicator-assessments/${year}`;
  const found = await get<Assessment>(path + query).catch((problem: unknown) => {
    // Of a year before the exchange opened there is none.
    if (problem instanceof Problem && problem.status === 404) return undefined;
    throw problem;
  });
  return found ? [...head, ...(await assessmentOf(found, path, query))] : [...head, el('p', { class: 'empty' }, t('noReports'))];
}

async function assessmentOf({ year, asOf, report, lines, met, missed, unknown }: Assessment, path: string, query: string): Promise<Node[]> {
  const isOver = Boolean(report);
  const stateOf = (state: string): string => (state === 'MISSED' && !isOver ? 'NOT_YET_MET' : state);
  const counts = [
    ['MET', met],
    [stateOf('MISSED'), missed],
    ['UNKNOWN', unknown],
  ] as const;
  const chart = URL.createObjectURL(await blob(`${path}/chart.svg${query}`));
  const picture = el('img', { class: 'chart', src: chart, alt: `${t('assessment')} ${year}` });
  picture.addEventListener('load', () => URL.revokeObjectURL(chart));
  return [
    el('p', { class: 'bar' }, ...counts.flatMap(([state, count]) => [el('strong', {}, count), stateTag(state)])),
    el('p', { class: 'soft' }, isOver ? `${t('byReport')} ${report}` : t('yearRuns'), `; ${t('asOf')} ${timeText(asOf)}`),
    downloads([
      [path + query, `${year}-assessment.json`],
      [`${path}/chart.svg${query}`, `${year}-chart.svg`],
      ...(isOver ? ['report.xlsx', 'report.pdf'].map((name) => [`/v1/indicator-reports/${year}/${name}`, `${year}-${name}`] as const) : []),
    ]),
    table<Line>(
      [
        { head: t('indicator'), cell: (line) => twoLines(link(`/indicators/${line.indicatorId}`, nameOf(line)), line.indicatorId) },
        { head: t('plan'), cell: ({ plan, clause }) => twoLines(valueText(plan), clause) },
        { head: t('source'), cell: ({ source }) => sourceTag(source) },
        { head: t('figure'), isNumber: true, cell: (line) => (line.figure ? withUnit(line.figure, line) : '–') },
        { head: t('aim'), isNumber: true, cell: (line) => aimText(line.aim, line.strict, line) },
        { head: t('reached'), isNumber: true, cell: ({ figure, reachedBp }) => (figure ? perCent(reachedBp) : '–') },
        { head: t('verdict'), cell: ({ state }) => stateTag(stateOf(state)) },
      ],
      lines,
      t('noAims'),
    ),
    el('h2', {}, t('chart')),
    picture,
  ];
}

/** By the exchange's clock, which need not be the reader's. */
async function runningYear(): Promise<number> {
  const { asOf } = await get<{ asOf: string }>('/v1/indicators/pue');
  return Number(timeText(asOf).slice(0, 4));
}
