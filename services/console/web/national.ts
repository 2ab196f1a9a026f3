// What is reported to the national node: what waits and why, how complete and timely it is, what was refused.
import { type Asked, get, newIdempotencyKey, post } from './api.js';
import { el, facts } from './dom.js';
import { perCent, shortText, timeText } from './format.js';
import { choice, problemPlace, stateTag, twoLines } from './parts.js';
import type { Me } from './session.js';
import { type Column, list, table } from './table.js';
import { t, valueText } from './words.js';

interface Lane {
  /** Left out: asking what flows back. */
  readonly kind?: string;
  readonly current: boolean;
  readonly waiting: number;
  readonly held: number;
  readonly oldest?: string;
  readonly attempts: number;
  readonly lastFailure: string;
  readonly nextAt?: string;
}

interface Connection {
  readonly configured: boolean;
  readonly url: string;
  readonly heardAt?: string;
  readonly serial: number;
  readonly receipts: number;
  readonly fullReport: boolean;
  readonly closedTo?: string;
  readonly lanes: readonly Lane[];
}

interface Day {
  readonly day: string;
  readonly kind: string;
  readonly due: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly completenessBp: number;
  readonly timelinessBp: number;
  readonly delayP50Seconds: number;
}

interface Item {
  readonly serial: number;
  readonly kind: string;
  readonly itemId: string;
  readonly state: string;
  readonly causedAt: string;
  readonly dueAt: string;
  readonly acknowledgedAt?: string;
  readonly attempts: number;
  readonly rule: string;
  readonly detail: string;
}

const states = ['REFUSED', 'WAITING', 'ACKNOWLEDGED'];

export async function nationalPage(_of: readonly string[], { state = 'REFUSED' }: Asked, me: Me): Promise<Node[]> {
  const connection = await get<Connection>('/v1/national/connection');
  const heading = el('h1', {}, t('national'));
  if (!connection.configured) return [heading, el('p', { class: 'empty' }, t('notConnected'))];
  const { days } = await get<{ days: Day[] }>('/v1/national/days');
  const go = (to: string) => {
    location.hash = `/national?state=${to}`;
  };
  const options = states.map((one) => [one, valueText(one)] as const);
  return [
    heading,
    facts([
      [t('address'), connection.url],
      [t('lastHeard'), connection.heardAt ? timeText(connection.heardAt) : t('never')],
      [t('taken'), `${shortText(String(connection.receipts))} / ${shortText(String(connection.serial))}`],
      [t('hoursTo'), connection.closedTo ? timeText(connection.closedTo) : '–'],
      ...(connection.fullReport ? [[t('fullReport'), t('underWay')] as const] : []),
    ]),
    el('h2', {}, t('waits')),
    table(
      laneColumns(),
      connection.lanes.filter(({ waiting, lastFailure }) => waiting > 0 || lastFailure),
      t('nothingWaits'),
    ),
    el('h2', {}, t('completeness')),
    table(dayColumns(), days, t('noDays')),
    el('h2', {}, t('reported')),
    el('div', { class: 'bar' }, choice(t('state'), options, state, go)),
    await list(
      itemColumns(me.roles.includes('OPERATOR')),
      { path: '/v1/national/items', asked: { state }, rowsOf: ({ items }) => items as Item[] },
      t('noReported'),
    ),
  ];
}

const laneColumns = (): Column<Lane>[] => [
  {
    head: t('kind'),
    cell: ({ kind, current }) => (kind ? twoLines(valueText(kind), t(current ? 'inTime' : 'backFill')) : t('asking')),
  },
  { head: t('waiting'), isNumber: true, cell: ({ waiting, held }) => (held ? twoLines(waiting, `${t('held')} ${held}`) : waiting) },
  { head: t('oldest'), isWhole: true, cell: ({ oldest }) => timeText(oldest) },
  { head: t('attempts'), isNumber: true, cell: ({ attempts }) => attempts },
  { head: t('reason'), cell: ({ lastFailure }) => lastFailure },
  { head: t('nextTime'), isWhole: true, cell: ({ nextAt }) => timeText(nextAt) },
];

const dayColumns = (): Column<Day>[] => [
  { head: t('dueDay'), isWhole: true, cell: ({ day }) => day },
  { head: t('kind'), cell: ({ kind }) => valueText(kind) },
  { head: t('due'), isNumber: true, cell: ({ due }) => shortText(String(due)) },
  { head: t('taken'), isNumber: true, cell: ({ acknowledged }) => shortText(String(acknowledged)) },
  { head: t('refusedCount'), isNumber: true, cell: ({ refused }) => refused },
  { head: t('completeShare'), isNumber: true, cell: ({ completenessBp }) => perCent(completenessBp) },
  { head: t('timelyShare'), isNumber: true, cell: ({ timelinessBp }) => perCent(timelinessBp) },
  { head: t('delayMinutes'), isNumber: true, cell: ({ delayP50Seconds }) => shortText(String(Math.round(delayP50Seconds / 60))) },
];

const itemColumns = (isOperator: boolean): Column<Item>[] => [
  { head: t('number'), isNumber: true, cell: ({ serial }) => serial },
  { head: t('kind'), cell: ({ kind, itemId }) => twoLines(valueText(kind), itemId) },
  { head: t('state'), cell: ({ state }) => stateTag(state) },
  { head: t('at'), isWhole: true, cell: ({ causedAt }) => timeText(causedAt) },
  { head: t('dueBy'), isWhole: true, cell: ({ dueAt }) => timeText(dueAt) },
  { head: t('reason'), cell: ({ rule, detail }) => (rule ? twoLines(rule, detail) : '') },
  ...(isOperator ? [{ head: '', cell: (item: Item) => (item.state === 'REFUSED' ? resending(item) : '') }] : []),
];

/** Made anew of what is registered now, with a reason. */
function resending({ serial }: Item): HTMLElement {
  const reason = el('input', {
    name: 'reason',
    required: '',
    maxlength: '400',
    size: '16',
    'aria-label': t('reason'),
    placeholder: t('reason'),
  });
  const problem = problemPlace();
  const form = el('form', {}, reason, el('button', { type: 'submit' }, t('sendAgain')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    post(`/v1/national/items/${serial}/resend`, { reason: reason.value }, newIdempotencyKey()).then(
      () => dispatchEvent(new HashChangeEvent('hashchange')),
      problem.show,
    );
  });
  return el('div', {}, form, problem.place);
}
