// A buyer's bills, and what it owes.
import { type Asked, get } from './api.js';
import { el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { isNothing, yuan } from './money.js';
import { stateTag } from './parts.js';
import type { Me } from './session.js';
import { list } from './table.js';
import { t, valueText } from './words.js';

/** A bill without its parts. */
export interface BillHead {
  readonly billId: number;
  readonly month: string;
  readonly issuedAt: string;
  readonly lineCount: number;
  readonly total: string;
  readonly subsidyClaimed: string;
  readonly subsidyGranted: string;
  readonly paidByBuyer: string;
  readonly refunded: string;
  readonly borneByBuyer: string;
}

interface Balance {
  readonly moneyAvailable: string;
  readonly moneyHeld: string;
  readonly subsidyReserved: string;
  readonly receivable: string;
  readonly receivableDueAt?: string;
}

interface Reminder {
  readonly kind: string;
  readonly amount: string;
  readonly dueAt?: string;
  readonly toldAt: string;
}

export async function billsPage(_of: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const found = await list<BillHead>(
    [
      { head: t('month'), isWhole: true, cell: ({ billId, month }) => link(`/bills/${billId}`, month) },
      { head: t('number'), isNumber: true, cell: ({ billId }) => billId },
      { head: t('issued'), isWhole: true, cell: ({ issuedAt }) => timeText(issuedAt) },
      { head: t('lines'), isNumber: true, cell: ({ lineCount }) => lineCount },
      { head: t('total'), isNumber: true, cell: ({ total }) => yuan(total) },
      { head: t('ofVouchers'), isNumber: true, cell: subsidyText },
      { head: t('paidByBuyer'), isNumber: true, cell: ({ paidByBuyer }) => yuan(paidByBuyer) },
      { head: t('refunded'), isNumber: true, cell: ({ refunded }) => yuan(refunded) },
      { head: t('borne'), isNumber: true, cell: ({ borneByBuyer }) => yuan(borneByBuyer) },
    ],
    { path: '/v1/bills', rowsOf: ({ bills }) => bills as BillHead[] },
    t('noBills'),
  );
  return [el('h1', {}, t('bills')), await owedBy(me), found, el('h2', {}, t('reminders')), await reminders()];
}

/** What a programme has decided, else what it was asked for. */
export const subsidyText = ({ subsidyClaimed, subsidyGranted }: Pick<BillHead, 'subsidyClaimed' | 'subsidyGranted'>): string =>
  isNothing(subsidyGranted) && !isNothing(subsidyClaimed) ? `${yuan(subsidyClaimed)} ${t('undecided')}` : yuan(subsidyGranted);

async function owedBy({ participantId }: Me): Promise<HTMLElement> {
  const [balance, { time }] = await Promise.all([
    get<Balance>(`/v1/participants/${participantId}/balance`),
    get<{ time: string }>('/v1/clock'),
  ]);
  const { receivable, receivableDueAt } = balance;
  const isOverdue = receivableDueAt !== undefined && Date.parse(receivableDueAt) <= Date.parse(time);
  const due = receivableDueAt ? `, ${t('dueOn')} ${timeText(receivableDueAt)} ` : '';
  return facts([
    [t('moneyAvailable'), yuan(balance.moneyAvailable)],
    [t('moneyHeld'), yuan(balance.moneyHeld)],
    [t('subsidyReserved'), yuan(balance.subsidyReserved)],
    [t('owed'), el('span', {}, `${yuan(receivable)}${due}`, isOverdue ? stateTag('OVERDUE') : undefined)],
  ]);
}

/** of what is owed, before and after it falls due. */
async function reminders(): Promise<HTMLElement> {
  const of = (kind: string) =>
    list<Reminder>(
      [
        { head: t('at'), isWhole: true, cell: ({ toldAt }) => timeText(toldAt) },
        { head: t('kind'), cell: ({ kind: is }) => valueText(is) },
        { head: t('owed'), isNumber: true, cell: ({ amount }) => yuan(amount) },
        { head: t('dueOn'), isWhole: true, cell: ({ dueAt }) => timeText(dueAt) },
      ],
      { path: '/v1/notices', asked: { kind }, rowsOf: ({ notices }) => notices as Reminder[] },
      t(kind === 'RECEIVABLE_DUE' ? 'noDueReminders' : 'noOverdueReminders'),
    );
  return el('div', { class: 'stack' }, await of('RECEIVABLE_OVERDUE'), await of('RECEIVABLE_DUE'));
}
