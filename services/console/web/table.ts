// Tables of records, page by page.
import { type Asked, type Page, get } from './api.js';
import { type Child, button, el } from './dom.js';
import { problemPlace } from './parts.js';
import { t } from './words.js';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Child;
  readonly isNumber?: boolean;
  /** Never broken over lines. */
  readonly isWhole?: boolean;
}

const classOf = ({ isNumber, isWhole }: Column<never>): string | undefined => (isNumber ? 'number' : isWhole ? 'whole' : undefined);

function rowOf<T>(columns: readonly Column<T>[], row: T): HTMLTableRowElement {
  return el('tr', {}, ...columns.map((column) => el('td', { class: classOf(column as Column<never>) }, column.cell(row))));
}

/** @param empty what is said where there is no row */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], empty: string): HTMLElement {
  if (!rows.length) return el('p', { class: 'empty' }, empty);
  const heads = columns.map((column) => el('th', { scope: 'col', class: column.isNumber ? 'number' : undefined }, column.head));
  const body = el('tbody', {}, ...rows.map((row) => rowOf(columns, row)));
  return el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, el('tr', {}, ...heads)), body));
}

export interface Listed<T> {
  readonly path: string;
  readonly asked?: Asked;
  readonly rowsOf: (answer: Answered) => readonly T[];
}
type Answered = { readonly page?: Page } & Readonly<Record<string, unknown>>;

/** The first page, and a way to the next. */
export async function list<T>(columns: readonly Column<T>[], { path, asked = {}, rowsOf }: Listed<T>, empty: string): Promise<HTMLElement> {
  const first = await get<Answered>(path, asked);
  const shown = el('div', {}, table(columns, rowsOf(first), empty));
  const problem = problemPlace();
  shown.append(problem.place);
  const offer = (page: Page | undefined): void => {
    const cursor = page?.nextCursor;
    if (!cursor) return;
    const more = button(t('more'), () => {
      more.disabled = true;
      get<Answered>(path, { ...asked, cursor })
        .then((next) => {
          const rows = rowsOf(next).map((row) => rowOf(columns, row));
          shown.querySelector('tbody')!.append(...rows);
          problem.show();
          more.parentElement!.remove();
          offer(next.page);
          // The keyboard goes on where the new rows begin.
          rows[0]?.querySelector('a')?.focus();
        })
        .catch((reason: unknown) => {
          problem.show(reason);
          more.disabled = false;
        });
    });
    shown.append(el('p', {}, more));
  };
  offer(first.page);
  return shown;
}

/** All of it, for what is joined with something else. */
export async function whole<T>({ path, asked = {}, rowsOf }: Listed<T>): Promise<T[]> {
  const rows: T[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const answered: Answered = await get<Answered>(path, { ...asked, cursor });
    rows.push(...rowsOf(answered));
    cursor = answered.page?.nextCursor || undefined;
  }
  return rows;
}
