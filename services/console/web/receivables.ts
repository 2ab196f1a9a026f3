// Receivables 应收 as reminders told them: who owed what and until when, and what is left of it now.
import { type Asked, get } from './api.js';
import { goTo, later } from './authorityparts.js';
import { ta } from './authoritywords.js';
import { el } from './dom.js';
import { timeText } from './format.js';
import { isNothing, yuan } from './money.js';
import { choice, stateTag, twoLines } from './parts.js';
import { list } from './table.js';
import { t, valueText } from './words.js';

interface Reminder {
  readonly participantId: number;
  readonly kind: string;
  readonly amount: string;
  readonly dueAt: string;
  readonly toldAt: string;
}

interface Balance {
  readonly receivable: string;
  readonly receivableDueAt?: string;
}

const kinds = ['RECEIVABLE_OVERDUE', 'RECEIVABLE_DUE'];

export async function receivablesPage(_of: readonly string[], { kind = 'RECEIVABLE_OVERDUE' }: Asked): Promise<Node[]> {
  const balances = new Map<number, Promise<Balance>>();
  /** Asked once of each, however often it was reminded. */
  const balanceOf = (participantId: number): Promise<Balance> => {
    const asked = balances.get(participantId) ?? get<Balance>(`/v1/participants/${participantId}/balance`);
    balances.set(participantId, asked);
    return asked;
  };
  const reminders = await list<Reminder>(
    [
      { head: ta('toldAt'), isWhole: true, cell: ({ toldAt }) => timeText(toldAt) },
      { head: ta('participant'), isNumber: true, cell: ({ participantId }) => participantId },
      { head: t('state'), cell: (reminder) => stateTag(reminder.kind) },
      { head: ta('owedThen'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: ta('dueAt'), isWhole: true, cell: ({ dueAt }) => timeText(dueAt) },
      { head: ta('owesNow'), isNumber: true, cell: ({ participantId }) => later(balanceOf(participantId).then(owedText)) },
    ],
    { path: '/v1/notices', asked: { kind, limit: '20' }, rowsOf: ({ notices }) => notices as Reminder[] },
    ta('noReminders'),
  );
  const options = kinds.map((one) => [one, valueText(one)] as const);
  return [
    el('h1', {}, ta('receivables')),
    el('p', { class: 'soft' }, ta('receivablesIntro')),
    el(
      'div',
      { class: 'bar' },
      choice(t('state'), options, kind, (to) => goTo('/receivables', { kind: to })),
    ),
    reminders,
  ];
}

const owedText = ({ receivable, receivableDueAt }: Balance): HTMLElement | string =>
  isNothing(receivable) ? ta('paidUp') : twoLines(yuan(receivable), `${ta('dueAt')} ${timeText(receivableDueAt)}`);
