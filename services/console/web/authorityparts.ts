// Parts that the pages for authorities and officers share.
import { post } from './api.js';
import { type Child, el } from './dom.js';
import { yuan } from './money.js';
import { onceOnly } from './once.js';
import { problemBox, problemPlace, twoLines } from './parts.js';
import { said } from './session.js';
import { authorityValues, ta } from './authoritywords.js';
import { t, valueText } from './words.js';

/** What a value is called of programmes and claims; else as elsewhere. */
export const valueIn = (value: string): string => (authorityValues[value] ? said(...authorityValues[value]) : valueText(value));

/** A firm by its registration, as the API tells it to those who may know. */
export interface Firm {
  readonly name: string;
  readonly creditCode: string;
}

/** With its sign, of micro-yuan. */
export function differenceText(micro: bigint): string {
  const digits = String(micro < 0n ? -micro : micro).padStart(7, '0');
  const text = yuan(`${digits.slice(0, -6)}.${digits.slice(-6)}`);
  return micro > 0n ? `+${text}` : micro < 0n ? `−${text}` : text;
}

/** In basis points, to the nearest; 0 of nothing. */
export const shareBp = (part: bigint, whole: bigint): number => (whole > 0n ? Number((part * 20_000n + whole) / (whole * 2n)) : 0);

export const firmCell = (firm: Firm | undefined, participantId: number): Child => {
  const number = `${ta('buyerNumber')} ${participantId}`;
  return firm?.name ? twoLines(firm.name, [firm.creditCode, number].filter(Boolean).join(', ')) : number;
};

const good = ['ACTIVE', 'APPROVED', 'GRANTED'];
const bad = ['REFUSED', 'CLOSED'];

export const stateIn = (state: string): HTMLElement =>
  el('span', { class: `tag ${good.includes(state) ? 'good' : bad.includes(state) ? 'bad' : 'soft'}` }, valueIn(state));

/** Parts of a whole beside each other; what is said of it for those who do not see it. */
export function bar(parts: readonly (readonly [name: string, part: bigint])[], whole: bigint, label: string): HTMLElement {
  const drawn = parts.map(([name, part]) => {
    const piece = el('span', { class: name });
    // Set by script: the page's policy allows no style in an attribute.
    piece.style.width = `${shareBp(part, whole) / 100}%`;
    return piece;
  });
  return el('div', { class: 'meter', role: 'img', 'aria-label': label, title: label }, ...drawn);
}

/** A bar with its figures below. */
export const figured = (drawn: HTMLElement, figures: string): HTMLElement =>
  el('div', {}, drawn, el('span', { class: 'soft small' }, figures));

/** What comes later than the table that it stands in. */
export function later(shown: Promise<Child>): HTMLElement {
  const place = el('div', { class: 'waiting' }, '…');
  const fill = (child: Child): void => {
    place.replaceChildren(...(child === undefined ? [] : [child instanceof Node ? child : String(child)]));
    place.classList.remove('waiting');
  };
  shown.then(fill, (error: unknown) => fill(problemBox(error)));
  return place;
}

/** To the reader's own disk, of what the page has. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const anchor = el('a', { href: url, download: name });
  anchor.click();
  // Some browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export interface Act {
  readonly name: string;
  readonly path: string;
  /** What is sent, of what the form has. */
  readonly fields?: readonly (readonly [label: string, input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement])[];
  readonly body: () => object;
  /** What the reader must tick before. */
  readonly tick?: string;
  /** What is done with the answer; drawn anew where nothing is said. */
  readonly then?: (answer: unknown) => void;
  readonly wait?: string;
}

/** A form that does one thing; a second click on it does it once, a refusal stands under it in the API's words. */
export function acting({ name, path, fields = [], body, tick, then, wait }: Act): HTMLElement {
  const send = el('button', { type: 'submit' }, name);
  const form = el(
    'form',
    { class: 'bar', 'data-act': path.slice(path.lastIndexOf('/') + 1) },
    ...fields.map(([label, input]) => el('label', {}, label, input)),
    ...(tick ? [el('label', { class: 'tick' }, el('input', { type: 'checkbox', required: '' }), tick)] : []),
    send,
  );
  const problem = problemPlace();
  const once = onceOnly();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    problem.place.replaceChildren(...(wait ? [el('p', { class: 'waits', role: 'status' }, wait)] : []));
    const done = async (): Promise<void> => {
      const asked = body();
      const answer = await once((idempotencyKey) => post<unknown>(path, asked, idempotencyKey));
      if (then) then(answer);
      else dispatchEvent(new HashChangeEvent('hashchange'));
    };
    done().catch((error: unknown) => {
      problem.show(error);
      send.disabled = false;
    });
  });
  return el('div', {}, form, problem.place);
}

export const reasonInput = (maxlength: number): HTMLInputElement =>
  el('input', { name: 'reason', required: '', maxlength: String(maxlength), size: '40' });

/** Who did it, as steps tell it. */
export const byText = (participantId: number, key: string): string =>
  [key, participantId ? `${ta('buyerNumber')} ${participantId}` : key ? '' : ta('theExchange')].filter(Boolean).join(', ');

/** by which keys, of the two that it takes. */
export const approvedText = (approvedBy: readonly string[]): string =>
  approvedBy.length ? `${approvedBy.join(', ')} (${approvedBy.length} / 2)` : ta('nobodyYet');

/** Choices of a value of an enum, with "all" first. */
export const optionsOf = (values: readonly string[]): (readonly [value: string, text: string])[] => [
  ['', t('all')],
  ...values.map((value) => [value, valueIn(value)] as const),
];

/** Goes to a page with what is asked of it; what is empty is left out. */
export function goTo(path: string, asked: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
  location.hash = query ? `${path}?${query}` : path;
}
