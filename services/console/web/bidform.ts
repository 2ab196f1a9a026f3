// The terms of a bid as a small form asks them.
import { el } from './dom.js';
import { isNothing, yuan } from './money.js';
import { type Book, bookText } from './products.js';
import { regionCodes } from './regions.js';
import { whole } from './table.js';
import { regionText, t, valueText } from './words.js';

interface BookEntry {
  readonly book: Book;
  readonly lastPrice: string;
}

export interface BidForm {
  readonly fields: readonly HTMLElement[];
  /** As the API takes them. */
  readonly terms: () => object;
  readonly project: () => string;
}

const slotMinutes = 15;
/** Times are asked as the exchange tells them: Asia/Shanghai. */
const instantOf = (local: string): Date => new Date(`${local}:00+08:00`);
/** RFC 3339 in UTC, without what is less than a second. */
const text = (time: Date): string => time.toISOString().replace(/\.000Z$/, 'Z');

export async function bidForm(): Promise<BidForm> {
  const books = await whole<BookEntry>({
    path: '/v1/market/books',
    asked: { limit: '1000' },
    rowsOf: ({ books: of }) => of as BookEntry[],
  });
  const products = productsOf(books);
  const product = el('select', { name: 'product' }, ...products.map(([name], at) => el('option', { value: String(at) }, name)));
  const number = (name: string, more: Readonly<Record<string, string>>) => el('input', { type: 'number', name, required: '', ...more });
  const units = number('units', { min: '1', step: '1', value: '1' });
  const hours = number('hours', { min: '0.25', step: '0.25', value: '1' });
  const limitPrice = number('limitPrice', { min: '0.0001', step: '0.0001' });
  const time = (name: string) => el('input', { type: 'datetime-local', name, step: String(slotMinutes * 60) });
  const [earliest, latest] = [time('earliest'), time('latest')];
  const greenShare = el('input', { type: 'number', name: 'greenShare', min: '0', max: '100', step: '0.01' });
  const regions = regionCodes.map((code) => el('option', { value: String(code) }, regionText(code)));
  const region = el('select', { name: 'region' }, el('option', { value: '' }, t('anywhere')), ...regions);
  const allOrNone = el('input', { type: 'checkbox', name: 'allOrNone' });
  const project = el('input', { name: 'project', maxlength: '64' });
  const field = (name: string, of: HTMLElement) => el('label', {}, name, of);
  return {
    fields: [
      field(t('product'), product),
      field(t('units'), units),
      field(t('hours'), hours),
      field(t('limitAsked'), limitPrice),
      field(t('earliestStart'), earliest),
      field(t('latestStart'), latest),
      field(t('greenAsked'), greenShare),
      field(t('region'), region),
      field(t('project'), project),
      field(t('allOrNone'), allOrNone),
    ],
    terms: () => {
      const durationSlots = Math.round(Number(hours.value) * (60 / slotMinutes));
      // The API asks before which slot the lease must end.
      const end = latest.value ? new Date(instantOf(latest.value).getTime() + durationSlots * slotMinutes * 60_000) : undefined;
      const constraints = {
        ...(greenShare.value ? { greenShareBpMin: Math.round(Number(greenShare.value) * 100) } : {}),
        ...(region.value ? { regionsIn: [Number(region.value)] } : {}),
      };
      return {
        ...products[Number(product.value)]?.[1],
        ...{ units: Number(units.value), durationSlots, limitPrice: limitPrice.value, allOrNone: allOrNone.checked, constraints },
        ...(earliest.value ? { earliest: text(instantOf(earliest.value)) } : {}),
        ...(end ? { latest: text(end) } : {}),
      };
    },
    project: () => project.value.trim(),
  };
}

/** Each book, then any of a class and tier. */
function productsOf(books: readonly BookEntry[]): (readonly [name: string, terms: object])[] {
  const kinds = new Map(books.map(({ book: { computeClass, tier } }) => [`${computeClass} ${tier}`, { computeClass, tier }]));
  return [
    ...books.map(({ book, lastPrice }) => [bookName(book, lastPrice), { books: [book] }] as const),
    ...[...kinds.values()].map((floor) => [`${t('anyOf')} ${valueText(floor.computeClass)}, ${valueText(floor.tier)}`, { floor }] as const),
  ];
}

const bookName = (book: Book, lastPrice: string): string =>
  `${bookText(book)} (${valueText(book.computeClass)}, ${valueText(book.unit)}${isNothing(lastPrice) ? '' : `, ${t('lastPrice')} ${yuan(lastPrice)}`})`;
