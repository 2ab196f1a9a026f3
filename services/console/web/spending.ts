// What a buyer's projects cost this month, what they come to by its end, and the budgets that alarm.
import { type Asked, get, put } from './api.js';
import { type Child, el } from './dom.js';
import { perCent, timeText } from './format.js';
import { isNothing, microYuan, shareOf, yuan } from './money.js';
import { lastMonths, monthChoice } from './months.js';
import { onceOnly } from './once.js';
import { problemPlace } from './parts.js';
import type { Me } from './session.js';
import { list, table } from './table.js';
import { t } from './words.js';

interface Spent {
  readonly project: string;
  readonly leases: number;
  readonly delivered: string;
  readonly committed: string;
  readonly forecast: string;
  readonly budget: string;
  readonly subsidy: string;
}

interface Budget {
  readonly project: string;
  readonly amount: string;
  readonly alarmsBp: readonly number[];
  readonly setAt: string;
}

interface Alarm {
  readonly month: string;
  readonly project: string;
  readonly amount: string;
  readonly budget: string;
  readonly alarmBp: number;
  readonly toldAt: string;
}

export async function spendingPage(_of: readonly string[], asked: Asked, me: Me): Promise<Node[]> {
  const months = await lastMonths();
  const month = asked.month ?? months[0];
  const of = `/v1/participants/${me.participantId}`;
  const { projects, all } = await get<{ projects: readonly Spent[]; all: Spent }>(`${of}/spending/${month}`);
  return [
    el('h1', {}, `${t('spending')} ${month}`),
    el(
      'div',
      { class: 'bar' },
      monthChoice(months, month, (to) => {
        location.hash = `/spending?month=${to}`;
      }),
      el('span', { class: 'soft' }, t('spendingMeans')),
    ),
    spentTable(projects, all),
    el('h2', {}, t('budgets')),
    await budgetsOf(of),
    settingBudget(of),
    el('h2', {}, t('budgetAlarms')),
    await alarms(),
  ];
}

/** By project, and all of them in bold. */
function spentTable(projects: readonly Spent[], all: Spent): HTMLElement {
  const strong =
    (of: (spent: Spent) => string) =>
    (spent: Spent): Child =>
      spent === all ? el('strong', {}, of(spent)) : of(spent);
  return table<Spent>(
    [
      { head: t('project'), cell: strong((spent) => (spent === all ? t('allProjects') : projectText(spent.project))) },
      { head: t('leases'), isNumber: true, cell: strong(({ leases }) => String(leases)) },
      { head: t('deliveredCost'), isNumber: true, cell: strong(({ delivered }) => yuan(delivered)) },
      { head: t('committed'), isNumber: true, cell: strong(({ committed }) => yuan(committed)) },
      { head: t('forecast'), isNumber: true, cell: strong(({ forecast }) => yuan(forecast)) },
      { head: t('ofVouchers'), isNumber: true, cell: strong(({ subsidy }) => yuan(subsidy)) },
      { head: t('budget'), isNumber: true, cell: strong(({ budget }) => (isNothing(budget) ? '–' : yuan(budget))) },
      { head: t('budgetUsed'), isNumber: true, cell: usedCell },
    ],
    all.leases || projects.length ? [...projects, all] : [],
    t('noSpending'),
  );
}

const projectText = (project: string): string => project || t('noProject');

/** Delivered and committed of the budget. */
function usedCell({ delivered, committed, budget }: Spent): Child {
  const used = microYuan(delivered) + microYuan(committed);
  return el('span', { class: !isNothing(budget) && used > microYuan(budget) ? 'bad' : undefined }, shareOf(used, budget) || '–');
}

const budgetsOf = (of: string): Promise<HTMLElement> =>
  list<Budget>(
    [
      { head: t('project'), cell: ({ project }) => project || t('allProjects') },
      { head: t('aMonth'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('alarmsAt'), cell: ({ alarmsBp }) => alarmsBp.map(perCent).join(', ') || '–' },
      { head: t('setAt'), isWhole: true, cell: ({ setAt }) => timeText(setAt) },
    ],
    { path: `${of}/budgets`, rowsOf: ({ budgets }) => budgets as Budget[] },
    t('noBudgets'),
  );

/** A new version of a budget, in force at once; an amount of 0 ends it. */
function settingBudget(of: string): HTMLElement {
  const project = el('input', { name: 'project', maxlength: '64' });
  const amount = el('input', { name: 'amount', required: '', inputmode: 'decimal', pattern: '[0-9]+(\\.[0-9]{1,2})?' });
  const alarmsAt = el('input', { name: 'alarms', pattern: '[0-9]+( *, *[0-9]+)*', value: '50, 80, 100' });
  const form = el(
    'form',
    { class: 'bar' },
    el('label', {}, t('projectOrAll'), project),
    el('label', {}, t('aMonthOrNone'), amount),
    el('label', {}, t('alarmsAtShares'), alarmsAt),
    el('button', { type: 'submit' }, t('setBudget')),
  );
  const problem = problemPlace();
  const once = onceOnly();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const alarmsBp = (alarmsAt.value.match(/\d+/g) ?? []).map((share) => Number(share) * 100);
    const budget = { project: project.value.trim(), amount: amount.value, alarmsBp };
    once((key) => put(`${of}/budgets`, budget, key)).then(() => dispatchEvent(new HashChangeEvent('hashchange')), problem.show);
  });
  return el('details', {}, el('summary', {}, t('setBudget')), form, problem.place);
}

const alarms = (): Promise<HTMLElement> =>
  list<Alarm>(
    [
      { head: t('at'), isWhole: true, cell: ({ toldAt }) => timeText(toldAt) },
      { head: t('month'), isWhole: true, cell: ({ month }) => month },
      { head: t('project'), cell: ({ project }) => project || t('allProjects') },
      { head: t('alarmsAt'), isNumber: true, cell: ({ alarmBp }) => perCent(alarmBp) },
      { head: t('spent'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('budget'), isNumber: true, cell: ({ budget }) => yuan(budget) },
    ],
    { path: '/v1/notices', asked: { kind: 'BUDGET_ALARM' }, rowsOf: ({ notices }) => notices as Alarm[] },
    t('noBudgetAlarms'),
  );
