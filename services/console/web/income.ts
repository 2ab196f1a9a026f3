// What a provider earned and is about to earn, its statements, and where and when it is paid.
import { type Asked, get } from './api.js';
import { acting } from './authorityparts.js';
import { el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { isNothing, yuan } from './money.js';
import { lastMonths } from './months.js';
import { stateTag, twoLines } from './parts.js';
import { type Book, bookText } from './products.js';
import type { Me } from './session.js';
import { list, table } from './table.js';
import { t } from './words.js';

interface Accrued {
  readonly unpaid: string;
  readonly disputed: string;
  readonly accrued: string;
  readonly committed: string;
  readonly leases: number;
  readonly fees: string;
  readonly owed: string;
  readonly products: readonly ProductSum[];
}

export interface ProductSum {
  readonly book: Book;
  readonly trades: number;
  readonly amount: string;
}

interface Payout {
  readonly payoutId: number;
  readonly month: string;
  readonly state: string;
  readonly amount: string;
  readonly lineCount: number;
  readonly instructedAt: string;
  readonly endedAt?: string;
  readonly bankReference: string;
  readonly returnedBecause: string;
}

interface PayoutAccount {
  readonly version: number;
  readonly state: string;
  readonly account: { readonly holder: string; readonly number: string; readonly bankName: string };
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly decidedBy: string;
  readonly decidedAt?: string;
  readonly reason: string;
}

export async function incomePage(_of: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const [income, months] = await Promise.all([get<Accrued>(`/v1/participants/${me.participantId}/accrued-income`), lastMonths()]);
  return [
    el('h1', {}, t('income')),
    facts([
      [t('unpaid'), el('strong', {}, yuan(income.unpaid))],
      [t('frozen'), yuan(income.disputed)],
      ...(isNothing(income.owed) ? [] : [[t('toGiveBack'), yuan(income.owed)] as const]),
      [t('accruing'), `${yuan(income.accrued)} / ${yuan(income.committed)}`],
      [t('feesOnIt'), yuan(income.fees)],
      [t('unratedLeases'), income.leases],
    ]),
    productsTable(income.products, t('noCommitted')),
    el('h2', {}, t('monthStatements')),
    el('p', { class: 'bar' }, ...months.map((month) => link(`/income/${month}`, month))),
    el('h2', {}, t('payouts')),
    await payouts(),
    el('h2', {}, t('payoutAccounts')),
    await accounts(),
    proposing(me),
  ];
}

export const productsTable = (products: readonly ProductSum[], empty: string): HTMLElement =>
  table<ProductSum>(
    [
      { head: t('product'), isWhole: true, cell: ({ book }) => bookText(book) },
      { head: t('trades'), isNumber: true, cell: ({ trades }) => trades },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
    ],
    products,
    empty,
  );

const payouts = (): Promise<HTMLElement> =>
  list<Payout>(
    [
      { head: t('number'), cell: ({ payoutId }) => payoutId },
      { head: t('month'), isWhole: true, cell: ({ month }) => month },
      { head: t('state'), cell: ({ state }) => stateTag(state) },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('lines'), isNumber: true, cell: ({ lineCount }) => lineCount },
      { head: t('instructed'), isWhole: true, cell: ({ instructedAt }) => timeText(instructedAt) },
      {
        head: t('ofTheBank'),
        cell: ({ bankReference, returnedBecause, endedAt }) =>
          endedAt ? twoLines(bankReference || returnedBecause, timeText(endedAt)) : '–',
      },
    ],
    { path: '/v1/payouts', rowsOf: ({ payouts: of }) => of as Payout[] },
    t('noPayouts'),
  );

/** Another account counts when an officer of the exchange has approved it. */
function proposing({ participantId }: Me): HTMLElement {
  const text = (name: string, more: Readonly<Record<string, string>>) => el('input', { name, required: '', ...more });
  const holder = text('holder', { maxlength: '70' });
  const number = text('number', { inputmode: 'numeric', pattern: '[0-9]{6,32}', autocomplete: 'off' });
  const bankName = text('bankName', { maxlength: '70' });
  const bankCode = text('bankCode', { inputmode: 'numeric', pattern: '[0-9]{12}' });
  const form = acting({
    name: t('propose'),
    path: `/v1/participants/${participantId}/payout-accounts`,
    fields: [
      [t('holder'), holder],
      [t('account'), number],
      [t('bankName'), bankName],
      [t('bankCode'), bankCode],
    ],
    body: () => ({ account: { holder: holder.value, number: number.value, bankName: bankName.value, bankCode: bankCode.value } }),
  });
  return el('details', {}, el('summary', {}, t('proposeAccount')), el('p', { class: 'soft' }, t('proposeMeans')), form);
}

/** The last four figures tell which it is. */
const masked = (number: string): string => `**** ${number.slice(-4)}`;

const accounts = (): Promise<HTMLElement> =>
  list<PayoutAccount>(
    [
      { head: t('accountVersion'), cell: ({ version }) => version },
      { head: t('state'), cell: ({ state }) => stateTag(state) },
      { head: t('account'), cell: ({ account }) => twoLines(masked(account.number), account.bankName) },
      { head: t('holder'), cell: ({ account }) => account.holder },
      { head: t('proposed'), isWhole: true, cell: ({ proposedAt, proposedBy }) => twoLines(timeText(proposedAt), proposedBy) },
      {
        head: t('decided'),
        isWhole: true,
        cell: ({ decidedAt, decidedBy }) => (decidedAt ? twoLines(timeText(decidedAt), decidedBy) : '–'),
      },
      { head: t('reason'), cell: ({ reason }) => reason },
    ],
    { path: '/v1/payout-accounts', rowsOf: ({ accounts: of }) => of as PayoutAccount[] },
    t('noPayoutAccounts'),
  );
