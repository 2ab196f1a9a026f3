// One bill: whom it is for, what each line came from, what vouchers pay of it, and what was given back.
import { get } from './api.js';
import { acting, reasonInput } from './authorityparts.js';
import { el, facts, link } from './dom.js';
import { perCent, shortText, timeText } from './format.js';
import { type BillHead, subsidyText } from './bills.js';
import { isNothing, yuan } from './money.js';
import { downloads, twoLines } from './parts.js';
import { type Book, type Span, bookText, spanText } from './products.js';
import { list, table } from './table.js';
import { t, valueText } from './words.js';

interface Title {
  readonly title: string;
  readonly taxNumber: string;
}

interface Bill extends BillHead {
  readonly tax: { readonly tax: string; readonly net: string; readonly taxBp: number };
  readonly seller: Title;
  readonly buyer: Title;
  readonly creditNoteCount: number;
  readonly programmes: readonly Programme[];
}

interface Programme {
  readonly programmeId: number;
  readonly decided: boolean;
  readonly reimbursed: boolean;
  readonly contracts: number;
  readonly claimed: string;
  readonly granted: string;
  readonly returned: string;
}

interface Line {
  readonly line: number;
  readonly kind: string;
  readonly tradeId: number;
  readonly project: string;
  readonly book: Book;
  readonly window: Span;
  readonly unitSlots: number;
  readonly price: string;
  readonly amount: string;
  readonly tax: string;
  readonly subsidy: string;
  readonly refunded: string;
}

interface CreditNote {
  readonly refundId: number;
  readonly line: number;
  readonly amount: string;
  readonly tax: string;
  readonly reason: string;
  readonly issuedAt: string;
  readonly toBuyer: string;
  readonly toProgramme: string;
}

export async function billPage([id]: readonly string[]): Promise<Node[]> {
  const path = `/v1/bills/${id}`;
  const bill = await get<Bill>(path);
  const { month, tax, creditNoteCount, programmes } = bill;
  return [
    el('h1', {}, `${t('bill')} ${month}`),
    downloads([
      [path, `bill-${id}.json`],
      [`${path}/lines.ndjson`, `bill-${id}-lines.ndjson`],
      [`${path}/bill.pdf`, `bill-${id}.pdf`],
      [`/v1/billing-periods/${month}/focus.csv`, `${month}-focus.csv`],
    ]),
    facts([
      [t('number'), bill.billId],
      [t('issued'), timeText(bill.issuedAt)],
      [t('seller'), titleText(bill.seller)],
      [t('buyer'), titleText(bill.buyer)],
      [t('total'), el('strong', {}, yuan(bill.total))],
      [t('taxIncluded'), `${yuan(tax.tax)} (${perCent(tax.taxBp)})`],
      [t('net'), yuan(tax.net)],
      [t('ofVouchers'), subsidyText(bill)],
      [t('paidByBuyer'), yuan(bill.paidByBuyer)],
      [t('refunded'), yuan(bill.refunded)],
      [t('borne'), el('strong', {}, yuan(bill.borneByBuyer))],
    ]),
    el('h2', {}, `${t('lines')} (${bill.lineCount})`),
    await linesOf(path),
    disputing(bill),
    el('h2', {}, t('vouchers')),
    programmesTable(programmes),
    el('h2', {}, `${t('creditNotes')} (${creditNoteCount})`),
    await creditNotesOf(path),
  ];
}

const titleText = ({ title, taxNumber }: Title): string => (taxNumber ? `${title}, ${taxNumber}` : title);

const linesOf = (path: string): Promise<HTMLElement> =>
  list<Line>(
    [
      { head: t('line'), cell: ({ line }) => line },
      { head: t('kind'), cell: ({ kind, project }) => twoLines(valueText(`line_${kind}`), project) },
      { head: t('lease'), cell: ({ tradeId }) => link(`/leases/${tradeId}`, tradeId) },
      { head: t('product'), isWhole: true, cell: ({ book }) => bookText(book) },
      { head: t('window'), isWhole: true, cell: ({ window }) => spanText(window) },
      { head: t('unitHours'), isNumber: true, cell: ({ unitSlots }) => shortText((unitSlots / 4).toFixed(2)) },
      { head: t('price'), isNumber: true, cell: ({ price }) => (isNothing(price) ? '–' : yuan(price)) },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('taxIncluded'), isNumber: true, cell: ({ tax }) => yuan(tax) },
      { head: t('ofVouchers'), isNumber: true, cell: ({ subsidy }) => yuan(subsidy) },
      { head: t('refunded'), isNumber: true, cell: ({ refunded }) => yuan(refunded) },
    ],
    { path: `${path}/lines`, rowsOf: ({ lines }) => lines as Line[] },
    t('noLines'),
  );

/** what of a line was not delivered as billed; on to the dispute that it becomes. */
function disputing({ billId, lineCount }: Bill): HTMLElement {
  const line = el('input', { type: 'number', name: 'line', required: '', min: '1', max: String(lineCount), value: '1' });
  const amount = el('input', { name: 'amount', required: '', inputmode: 'decimal', pattern: '[0-9]+(\\.[0-9]{1,2})?', size: '12' });
  const reason = reasonInput(1_000);
  const form = acting({
    name: t('disputeIt'),
    path: '/v1/disputes',
    fields: [
      [t('line'), line],
      [t('disputedYuan'), amount],
      [t('reason'), reason],
    ],
    body: () => ({ billId, line: Number(line.value), amount: amount.value, reason: reason.value }),
    then: (dispute) => {
      location.hash = `/disputes/${(dispute as { disputeId: number }).disputeId}`;
    },
  });
  return el('details', {}, el('summary', {}, t('disputeLine')), form);
}

const programmesTable = (programmes: readonly Programme[]): HTMLElement =>
  table<Programme>(
    [
      { head: t('programme'), cell: ({ programmeId }) => programmeId },
      { head: t('contracts'), isNumber: true, cell: ({ contracts }) => contracts },
      { head: t('claimed'), isNumber: true, cell: ({ claimed }) => yuan(claimed) },
      { head: t('granted'), isNumber: true, cell: ({ decided, granted }) => (decided ? yuan(granted) : t('undecided')) },
      { head: t('returned'), isNumber: true, cell: ({ returned }) => yuan(returned) },
      { head: t('how'), cell: ({ reimbursed }) => t(reimbursed ? 'reimbursed' : 'deducted') },
    ],
    programmes,
    t('noProgrammes'),
  );

const creditNotesOf = (path: string): Promise<HTMLElement> =>
  list<CreditNote>(
    [
      { head: t('number'), cell: ({ refundId }) => refundId },
      { head: t('issued'), isWhole: true, cell: ({ issuedAt }) => timeText(issuedAt) },
      { head: t('line'), isNumber: true, cell: ({ line }) => line },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('taxIncluded'), isNumber: true, cell: ({ tax }) => yuan(tax) },
      { head: t('toBuyer'), isNumber: true, cell: ({ toBuyer }) => yuan(toBuyer) },
      { head: t('toProgramme'), isNumber: true, cell: ({ toProgramme }) => yuan(toProgramme) },
      { head: t('reason'), cell: ({ reason }) => reason },
    ],
    { path: `${path}/credit-notes`, rowsOf: ({ creditNotes }) => creditNotes as CreditNote[] },
    t('noCreditNotes'),
  );
