// Trials 试算: a programme, or other terms for it, on a year's real bills; two versions by their effect.
import { get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { shortText, timeText } from './format.js';
import { clauseText } from './clauses.js';
import { type Firm, acting, bar, differenceText, firmCell, goTo } from './authorityparts.js';
import { choice, twoLines } from './parts.js';
import { type Programme, isOfficer } from './programme.js';
import type { Me } from './session.js';
import { list, table, whole } from './table.js';
import { type Terms, documentOf } from './terms.js';
import { microYuan, yuan } from './money.js';
import { ta } from './authoritywords.js';
import { t } from './words.js';

interface Trial {
  readonly trialId: number;
  readonly programmeId: number;
  readonly year: number;
  readonly terms: Terms;
  readonly contracts: number;
  readonly granted: number;
  readonly firms: number;
  readonly base: string;
  readonly cost: string;
  readonly forOfficers: number;
  readonly exhaustedOn?: string;
  readonly clauses: readonly { readonly rule: string; readonly contracts: number; readonly base: string }[];
  readonly funded: readonly { readonly name: string; readonly amount: string }[];
  readonly triedBy: string;
  readonly triedAt: string;
  readonly asOf: string;
  readonly inputsHash: string;
}

interface Got {
  readonly buyerId: number;
  readonly contracts: number;
  readonly granted: number;
  readonly base: string;
  readonly amount: string;
  readonly firm?: Firm;
}

interface Compared {
  readonly buyerId: number;
  readonly before: string;
  readonly after: string;
  readonly firm?: Firm;
}

interface Comparison {
  readonly before: Trial;
  readonly after: Trial;
  readonly gained: number;
  readonly lost: number;
  readonly more: number;
  readonly less: number;
}

const count = (of: number): string => shortText(String(of));
const trialPath = ({ programmeId, trialId }: Trial): string => `/programmes/${programmeId}/trials/${trialId}`;
const trialName = ({ trialId }: Trial): string => `${ta('trial')} ${trialId}`;
const programmeTitle = ({ programmeId, terms }: Programme, name: string): HTMLElement =>
  el('h1', {}, link(`/programmes/${programmeId}`, terms.name), ' ', name);

const trialsIn = (programmeId: number) => ({
  path: `/v1/programmes/${programmeId}/trials`,
  rowsOf: ({ trials }: Readonly<Record<string, unknown>>) => trials as Trial[],
});

export async function trialsOf(programme: Programme, me: Me): Promise<Node[]> {
  const shown = await list<Trial>(
    [
      { head: ta('trial'), cell: (trial) => twoLines(link(trialPath(trial), trialName(trial)), trial.terms.name) },
      { head: t('year'), cell: ({ year }) => String(year) },
      { head: ta('cost'), isNumber: true, cell: ({ cost }) => yuan(cost) },
      { head: ta('budget'), isNumber: true, cell: ({ terms }) => yuan(terms.budget) },
      { head: ta('firmsGot'), isNumber: true, cell: ({ firms }) => count(firms) },
      { head: ta('grantedOf'), isNumber: true, cell: ({ granted, contracts }) => `${count(granted)} / ${count(contracts)}` },
      { head: ta('bills'), isWhole: true, cell: ({ asOf }) => timeText(asOf) },
      { head: ta('triedBy'), cell: ({ triedBy, triedAt }) => twoLines(triedBy, timeText(triedAt)) },
    ],
    trialsIn(programme.programmeId),
    ta('noTrials'),
  );
  return [programmeTitle(programme, ta('trials')), ...(isOfficer(programme, me) ? [await tryingOf(programme)] : []), shown];
}

/** Starts one; the page goes to its answer. */
async function tryingOf({ programmeId, terms }: Programme): Promise<HTMLElement> {
  const [{ time }, { trials }] = await Promise.all([
    get<{ time: string }>('/v1/clock'),
    get<{ trials: readonly Trial[] }>(`/v1/programmes/${programmeId}/trials`),
  ]);
  const year = el('input', { name: 'year', type: 'number', min: '2000', max: '9999', required: '', value: timeText(time).slice(0, 4) });
  const asOf = el(
    'select',
    { name: 'asOf' },
    el('option', { value: '' }, ta('now')),
    ...trials.map((trial) => el('option', { value: trial.asOf }, `${ta('asTrial')} ${trial.trialId} (${timeText(trial.asOf)})`)),
  );
  const written = JSON.stringify(terms, undefined, 2);
  const other = el('textarea', { name: 'terms', rows: '14', cols: '80', class: 'hash', spellcheck: 'false' }, written);
  const form = acting({
    name: ta('tryIt'),
    path: `/v1/programmes/${programmeId}/trials`,
    fields: [
      [ta('year'), year],
      [ta('bills'), asOf],
    ],
    body: () => ({
      year: Number(year.value),
      ...(asOf.value ? { asOf: asOf.value } : {}),
      ...(other.value.trim() && other.value !== written ? { terms: termsIn(other.value) } : {}),
    }),
    wait: ta('trying'),
    then: (trial) => goTo(trialPath(trial as Trial), {}),
  });
  return el(
    'section',
    {},
    el('p', { class: 'soft' }, ta('tryNote')),
    form,
    el('details', {}, el('summary', {}, ta('otherTerms')), el('label', {}, ta('documentFile'), other)),
  );
}

function termsIn(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new Error(`${ta('mustBeJson')} ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
}

export async function trialOf(programme: Programme, trialId: string, withTrialId: string | undefined): Promise<Node[]> {
  const [trial, all] = await Promise.all([get<Trial>(`/v1/trials/${trialId}`), whole<Trial>(trialsIn(programme.programmeId))]);
  // What was tried on the same is compared.
  const others = all.filter(({ trialId: id, inputsHash }) => id !== trial.trialId && inputsHash && inputsHash === trial.inputsHash);
  const options = [
    ['', ta('nothing')] as const,
    ...others.map((one) => [String(one.trialId), `${trialName(one)}: ${yuan(one.cost)}`] as const),
  ];
  return [
    programmeTitle(programme, trialName(trial)),
    effectOf(trial),
    el(
      'div',
      { class: 'bar' },
      others.length
        ? choice(ta('compareWith'), options, withTrialId ?? '', (to) => goTo(trialPath(trial), { with: to }))
        : el('p', { class: 'soft' }, ta('noOther')),
    ),
    ...(withTrialId ? await comparisonOf(trial, withTrialId) : []),
    el('h2', {}, ta('refusedOrCut')),
    refusedOf(trial),
    el('h2', {}, ta('whoGets')),
    await firmsOf(trial),
    el('details', {}, el('summary', {}, ta('document')), ...documentOf(trial.terms)),
  ];
}

const costBar = ({ cost, terms }: Trial): HTMLElement =>
  bar([['redeemed', microYuan(cost)]], microYuan(terms.budget), `${ta('cost')} ${yuan(cost)}, ${ta('budget')} ${yuan(terms.budget)}`);

const effectOf = (trial: Trial): HTMLElement =>
  el(
    'div',
    {},
    costBar(trial),
    facts([
      [ta('cost'), `${yuan(trial.cost)} / ${ta('budget')} ${yuan(trial.terms.budget)}`],
      [ta('base'), yuan(trial.base)],
      [ta('firmsGot'), count(trial.firms)],
      [ta('grantedOf'), `${count(trial.granted)} / ${count(trial.contracts)}`],
      [ta('forOfficers'), count(trial.forOfficers)],
      [ta('exhaustedOn'), trial.exhaustedOn ?? ta('lasted')],
      ...trial.funded.map(({ name, amount }) => [`${ta('funder')}: ${name}`, yuan(amount)] as const),
      [ta('year'), trial.year],
      [ta('bills'), timeText(trial.asOf)],
      [ta('triedBy'), `${trial.triedBy}, ${timeText(trial.triedAt)}`],
      [ta('inputs'), el('span', { class: 'hash' }, trial.inputsHash || '–')],
    ]),
  );

const refusedOf = ({ clauses }: Trial): HTMLElement =>
  table(
    [
      { head: ta('clauseOf'), cell: ({ rule }) => twoLines(clauseText(rule), el('span', { class: 'hash' }, rule)) },
      { head: ta('contracts'), isNumber: true, cell: ({ contracts }) => count(contracts) },
      { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
    ],
    clauses,
    ta('nothingRefused'),
  );

const firmsOf = ({ trialId }: Trial): Promise<HTMLElement> =>
  list<Got>(
    [
      { head: ta('firm'), cell: ({ firm, buyerId }) => firmCell(firm, buyerId) },
      { head: ta('subsidy'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
      { head: ta('grantedOf'), isNumber: true, cell: ({ granted, contracts }) => `${count(granted)} / ${count(contracts)}` },
    ],
    { path: `/v1/trials/${trialId}/firms`, rowsOf: ({ firms }) => firms as Got[] },
    ta('nobodyGets'),
  );

async function comparisonOf(trial: Trial, withTrialId: string): Promise<Node[]> {
  const path = `/v1/trials/${trial.trialId}/comparison`;
  const { before, after, gained, lost, more, less } = await get<Comparison>(path, { withTrialId });
  const figure = (name: string, of: (one: Trial) => Child, difference: Child = ''): readonly Child[] => [
    name,
    of(before),
    of(after),
    difference,
  ];
  return [
    el('h2', {}, ta('comparison')),
    columnsOf(before, after, [
      figure(ta('cost'), ({ cost }) => yuan(cost), differenceText(microYuan(after.cost) - microYuan(before.cost))),
      figure(ta('firmsGot'), ({ firms }) => count(firms)),
      figure(ta('grantedOf'), ({ granted, contracts }) => `${count(granted)} / ${count(contracts)}`),
      figure(ta('forOfficers'), ({ forOfficers }) => count(forOfficers)),
      figure(ta('exhaustedOn'), ({ exhaustedOn }) => exhaustedOn ?? ta('lasted')),
    ]),
    el('p', {}, `${ta('gainLose')}: ${[gained, lost, more, less].map(count).join(' · ')}`),
    el('h3', {}, ta('saysOtherwise')),
    otherwise(before, after),
    el('h3', {}, ta('whoseChanges')),
    await list<Compared>(
      [
        { head: ta('firm'), cell: ({ firm, buyerId }) => firmCell(firm, buyerId) },
        { head: trialName(before), isNumber: true, cell: (one) => yuan(one.before) },
        { head: trialName(after), isNumber: true, cell: (one) => yuan(one.after) },
        { head: ta('difference'), isNumber: true, cell: (one) => differenceText(microYuan(one.after) - microYuan(one.before)) },
      ],
      { path, asked: { withTrialId }, rowsOf: ({ firms }) => firms as Compared[] },
      ta('nobodyChanges'),
    ),
  ];
}

const columnsOf = (before: Trial, after: Trial, rows: readonly (readonly Child[])[]): HTMLElement =>
  table<readonly Child[]>(
    [ta('figure'), trialName(before), trialName(after), ta('difference')].map((head, index) => ({
      head,
      isNumber: index > 0,
      cell: (row: readonly Child[]) => row[index],
    })),
    rows,
    '',
  );

/** By the fields of the document, as JSON: what its reader will write. */
function otherwise(before: Trial, after: Trial): HTMLElement {
  const [of, to] = [before.terms, after.terms] as unknown as Record<string, unknown>[] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  // What says nothing is left out, as a writer of documents would.
  const said = (_field: string, value: unknown): unknown =>
    value === 0 || value === false || (Array.isArray(value) && !value.length) ? undefined : value;
  const textOf = (value: unknown): string => JSON.stringify(value, said) ?? '–';
  const fields = [...new Set([...Object.keys(of), ...Object.keys(to)])].filter((field) => textOf(of[field]) !== textOf(to[field]));
  return table(
    [
      { head: t('name'), cell: (field) => el('span', { class: 'hash' }, field) },
      { head: trialName(before), cell: (field) => el('span', { class: 'hash long' }, textOf(of[field])) },
      { head: trialName(after), cell: (field) => el('span', { class: 'hash long' }, textOf(to[field])) },
    ],
    fields,
    ta('saysTheSame'),
  );
}
