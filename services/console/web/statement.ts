// Self-billing 自开: what a provider supplied in a month, as the exchange counted it, down to each line.
import { type Asked, get } from './api.js';
import { el, facts } from './dom.js';
import { perCent, timeText } from './format.js';
import { type ProductSum, productsTable } from './income.js';
import { yuan } from './money.js';
import { lastMonths, monthChoice } from './months.js';
import { downloads } from './parts.js';
import type { Me } from './session.js';
import { list, table } from './table.js';
import { t, valueText } from './words.js';

interface Sum {
  readonly kind: string;
  readonly lines: number;
  readonly amount: string;
}

interface Statement {
  readonly opening: string;
  readonly sums: readonly Sum[];
  readonly earned: string;
  readonly paidOut: string;
  readonly closing: string;
  readonly supplied: string;
  readonly suppliedTax: string;
  readonly fees: string;
  readonly feesTax: string;
  readonly taxBp: number;
  readonly products: readonly ProductSum[];
}

interface Earning {
  readonly earningId: number;
  readonly kind: string;
  readonly amount: string;
  readonly tradeId: number;
  readonly payoutId: number;
  readonly earnedAt: string;
}

export async function statementPage([month = '']: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/participants/${me.participantId}/earning-statements/${month}`;
  const [statement, months] = await Promise.all([get<Statement>(path), lastMonths()]);
  const { taxBp } = statement;
  const withTax = (amount: string, tax: string): string => `${yuan(amount)}, ${t('ofItTax')} ${yuan(tax)} (${perCent(taxBp)})`;
  return [
    el('h1', {}, `${t('statement')} ${month}`),
    el(
      'div',
      { class: 'bar' },
      monthChoice(months, month, (to) => {
        location.hash = `/income/${to}`;
      }),
    ),
    downloads([
      [path, `${month}-statement.json`],
      [`${path}/statement.pdf`, `${month}-statement.pdf`],
    ]),
    facts([
      [t('opening'), yuan(statement.opening)],
      [t('earned'), yuan(statement.earned)],
      [t('paidOut'), yuan(statement.paidOut)],
      [t('closing'), el('strong', {}, yuan(statement.closing))],
      [t('supplied'), withTax(statement.supplied, statement.suppliedTax)],
      [t('fees'), withTax(statement.fees, statement.feesTax)],
    ]),
    el('h2', {}, t('byKind')),
    table<Sum>(
      [
        { head: t('kind'), cell: ({ kind }) => valueText(`earning_${kind}`) },
        { head: t('lines'), isNumber: true, cell: ({ lines }) => lines },
        { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      ],
      statement.sums,
      t('noEarnings'),
    ),
    el('h2', {}, t('byProduct')),
    productsTable(statement.products, t('noEarnings')),
    el('h2', {}, t('lines')),
    await earningsOf(month),
  ];
}

const earningsOf = (month: string): Promise<HTMLElement> =>
  list<Earning>(
    [
      { head: t('number'), cell: ({ earningId }) => earningId },
      { head: t('at'), isWhole: true, cell: ({ earnedAt }) => timeText(earnedAt) },
      { head: t('kind'), cell: ({ kind }) => valueText(`earning_${kind}`) },
      { head: t('lease'), isNumber: true, cell: ({ tradeId }) => tradeId || '–' },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('payout'), isNumber: true, cell: ({ payoutId }) => payoutId || t('notYetPaid') },
    ],
    { path: '/v1/earnings', asked: { month }, rowsOf: ({ earnings }) => earnings as Earning[] },
    t('noEarnings'),
  );
