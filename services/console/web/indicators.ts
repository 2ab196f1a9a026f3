// Every indicator as it stands, and each opened down to its records.
import { type Asked, get } from './api.js';
import { declaring } from './declare.js';
import { type Child, el, facts, link } from './dom.js';
import { shortText, timeText } from './format.js';
import { type Indicator, aimText, figureText, formulaOf, nameOf, sumText } from './indicator.js';
import { choice, sourceTag, twoLines } from './parts.js';
import { type Me, said } from './session.js';
import { type Column, list, table, whole } from './table.js';
import { plans, t, valueText } from './words.js';

interface RecordLine {
  readonly kind: string;
  readonly id: number;
  readonly name: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly note: string;
  readonly noteZh: string;
}

interface Declaration {
  readonly declarationId: number;
  readonly subject: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly day: string;
  readonly evidenceHash: string;
  readonly note: string;
  readonly by: string;
  readonly at: string;
  readonly supersededBy: number;
}

/** @param recordsAt the page of an indicator's records */
export const indicatorColumns = (recordsAt: (indicatorId: string) => string): Column<Indicator>[] => [
  {
    head: t('indicator'),
    cell: ({ definition }) => twoLines(link(recordsAt(definition.indicatorId), nameOf(definition)), definition.indicatorId),
  },
  { head: t('source'), cell: ({ definition }) => sourceTag(definition.source) },
  { head: t('figure'), isNumber: true, cell: ({ definition, figure }) => figureText(figure, definition) },
  { head: t('declaredBeside'), isNumber: true, cell: ({ definition, declared }) => (declared ? figureText(declared, definition) : '') },
  { head: t('aims'), cell: aimsOf },
  {
    head: t('records'),
    isNumber: true,
    cell: ({ definition, figure }) => link(recordsAt(definition.indicatorId), figure.records),
  },
];

/** Of each plan the aim of the year that runs, else its next, else its last. */
function aimsOf({ definition, asOf }: Indicator): Child {
  const year = Number(timeText(asOf).slice(0, 4));
  const byPlan = Map.groupBy(definition.aims, ({ plan }) => plan);
  const lines = [...byPlan.values()].map((of) => of.find((aim) => aim.year >= year) ?? of.at(-1)!);
  return el(
    'span',
    {},
    ...lines.map((aim) =>
      el('div', { class: 'small', title: valueText(aim.plan) }, `${aim.year}: ${aimText(aim.text, aim.strict, definition)}`),
    ),
  );
}

export async function indicatorsPage(_of: readonly string[], asked: Asked): Promise<Node[]> {
  const go = (change: Asked) => {
    const query = Object.entries({ ...asked, ...change }).filter((pair): pair is [string, string] => Boolean(pair[1]));
    location.hash = `/indicators?${new URLSearchParams(query).toString()}`;
  };
  const indicators = await whole<Indicator>({ path: '/v1/indicators', asked, rowsOf: ({ indicators: of }) => of as Indicator[] });
  return [
    el('h1', {}, t('indicators')),
    el(
      'div',
      { class: 'bar' },
      choice(t('plan'), [['', t('all')], ...plans.map((plan) => [plan, valueText(plan)] as const)], asked.plan ?? '', (plan) =>
        go({ plan }),
      ),
      choice(
        t('source'),
        [['', t('all')], ...['MEASURED', 'REGISTERED', 'DECLARED'].map((source) => [source, valueText(source)] as const)],
        asked.source ?? '',
        (source) => go({ source }),
      ),
      ...(indicators[0] ? [el('span', { class: 'soft' }, `${t('asOf')} ${timeText(indicators[0].asOf)}`)] : []),
    ),
    table(
      indicatorColumns((id) => `/indicators/${id}`),
      indicators,
      t('noIndicators'),
    ),
  ];
}

export async function indicatorPage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/indicators/${id}`;
  const indicator = await get<Indicator>(path);
  return [
    ...heading(indicator, timeText(indicator.asOf)),
    el('h2', {}, t('aims')),
    table(
      [
        { head: t('plan'), cell: ({ plan }) => valueText(plan) },
        { head: t('clause'), cell: ({ clause }) => clause },
        { head: t('year'), isNumber: true, cell: ({ year }) => year },
        { head: t('aim'), isNumber: true, cell: ({ text, strict }) => aimText(text, strict, indicator.definition) },
      ],
      indicator.definition.aims,
      t('noAims'),
    ),
    el('h2', {}, t('records')),
    await recordsOf(indicator, `${path}/records`),
    ...(await evidenceOf(indicator)),
    ...(me.roles.includes('OPERATOR') ? [declaring(indicator.definition, timeText(indicator.asOf).slice(0, 10))] : []),
  ];
}

/** As it was published: the records of then, and what was declared. */
export async function publishedIndicatorPage([period, id]: readonly string[]): Promise<Node[]> {
  const report = await get<{ indicators: Indicator[]; asOf: string }>(`/v1/indicator-reports/${period}`);
  const indicator = report.indicators.find(({ definition }) => definition.indicatorId === id);
  if (!indicator) return [el('p', { class: 'empty' }, t('noPage'))];
  return [
    ...heading(indicator, timeText(report.asOf)),
    el('p', {}, link(`/reports/${period}`, `${t('reports')} ${period}`)),
    el('h2', {}, t('records')),
    await recordsOf(indicator, `/v1/indicator-reports/${period}/indicators/${id}/records`),
    ...(await evidenceOf(indicator)),
  ];
}

function heading({ definition, figure, declared }: Indicator, asOf: string): Node[] {
  return [
    el('h1', {}, nameOf(definition), ' ', sourceTag(definition.source)),
    facts([
      [t('figure'), el('strong', {}, figureText(figure, definition))],
      ...(declared ? [[t('declaredBeside'), figureText(declared, definition)] as const] : []),
      [t('asOf'), asOf],
      [t('formula'), formulaOf(definition)],
      [t('numerator'), sumText(figure.numerator, definition.numeratorUnit, definition.numeratorUnitZh)],
      ...(definition.denominatorUnit
        ? [[t('denominator'), sumText(figure.denominator, definition.denominatorUnit, definition.denominatorUnitZh)] as const]
        : []),
    ]),
  ];
}

const recordsOf = ({ definition }: Indicator, path: string): Promise<HTMLElement> =>
  list<RecordLine>(
    [
      { head: t('kind'), cell: ({ kind }) => valueText(kind) },
      { head: t('number'), isNumber: true, cell: ({ kind, id }) => (kind === 'SITE' ? link(`/sites/${id}`, id) : id) },
      { head: t('name'), cell: ({ kind, name }) => name || (kind === 'DECLARATION' ? t('whole') : '') },
      { head: t('numerator'), isNumber: true, cell: ({ numerator }) => shortText(numerator) },
      ...(definition.denominatorUnit
        ? [{ head: t('denominator'), isNumber: true, cell: ({ denominator }: RecordLine) => shortText(denominator) }]
        : []),
      { head: t('note'), cell: ({ note, noteZh }) => said(note, noteZh) },
    ],
    { path, rowsOf: ({ records }) => records as RecordLine[] },
    t('noRecords'),
  );

/** What was declared of it, with the document that shows it. */
async function evidenceOf({ definition, declared }: Indicator): Promise<Node[]> {
  if (definition.source !== 'DECLARED' && !declared) return [];
  const columns: Column<Declaration>[] = [
    { head: t('number'), isNumber: true, cell: ({ declarationId }) => declarationId },
    { head: t('subject'), cell: ({ subject }) => subject || t('whole') },
    {
      head: t('figure'),
      isNumber: true,
      cell: ({ numerator, denominator }) => shortText(String(numerator)) + (denominator ? ` / ${shortText(String(denominator))}` : ''),
    },
    { head: t('day'), isWhole: true, cell: ({ day }) => day },
    { head: t('evidence'), cell: ({ evidenceHash, note }) => twoLines(el('span', { class: 'hash' }, evidenceHash), note) },
    { head: t('by'), cell: ({ by, at }) => twoLines(by, timeText(at)) },
    {
      head: t('state'),
      isWhole: true,
      cell: ({ supersededBy }) => (supersededBy ? `${t('superseded')} ${supersededBy}` : t('stands')),
    },
  ];
  const found = await list(
    columns,
    {
      path: '/v1/indicator-declarations',
      asked: { indicatorId: definition.indicatorId },
      rowsOf: ({ declarations }) => declarations as Declaration[],
    },
    t('noDeclarations'),
  );
  return [el('h2', {}, t('declarations')), found];
}
