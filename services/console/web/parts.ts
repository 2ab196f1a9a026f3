// Parts that several pages show.
import { Problem, download } from './api.js';
import { type Child, button, el } from './dom.js';
import { said } from './session.js';
import { t, valueText } from './words.js';

const titlesZh: Readonly<Record<number, string>> = {
  400: '请求不符合规则',
  403: '您无权进行此操作',
  404: '不存在',
  409: '当前状态不允许',
  429: '请求过于频繁',
  503: '暂时不可用',
};

/** Refusals by the API's rule and in its own words. */
export function problemBox(error: unknown): HTMLElement {
  const text =
    error instanceof Problem
      ? `${t('refused')}: ${said(error.title, titlesZh[error.status] ?? '')}. ${error.rule} ${error.message}`
      : error instanceof Error
        ? error.message
        : String(error);
  return el('p', { class: 'problem', role: 'alert' }, text);
}

/** A place for the last refusal of something that may be tried again. */
export function problemPlace(): { readonly place: HTMLElement; readonly show: (problem?: unknown) => void } {
  const place = el('div', {});
  return { place, show: (problem) => place.replaceChildren(...(problem === undefined ? [] : [problemBox(problem)])) };
}

export const sourceTag = (source: string): HTMLElement => el('span', { class: `tag ${source.toLowerCase()}` }, valueText(source));

const good = [
  ...['MET', 'KEPT', 'ACTIVE', 'OK', 'COUNTERSIGNED', 'ACKNOWLEDGED', 'VERIFIED'],
  ...['FILLED', 'CONFIRMED', 'RUNNING', 'PAID', 'IN_FORCE'],
];
const bad = [
  ...['MISSED', 'SUSPENDED', 'LEFT', 'SUSPECT', 'LOST', 'DIFFERENT', 'MISSING', 'REFUSED', 'BROKEN'],
  ...['CUT_SHORT', 'RETURNED', 'OVERDUE', 'RECEIVABLE_OVERDUE'],
];

export const stateTag = (state: string): HTMLElement =>
  el('span', { class: `tag ${good.includes(state) ? 'good' : bad.includes(state) ? 'bad' : 'soft'}` }, valueText(state));

/** A name with what belongs to it in small below. */
export const twoLines = (name: Child, below: Child): HTMLElement =>
  el('span', {}, name, el('br'), el('span', { class: 'soft small' }, below));

export function downloads(files: readonly (readonly [path: string, name: string])[]): HTMLElement {
  const bar = el('div', { class: 'bar' });
  const problem = problemPlace();
  bar.append(
    el('span', { class: 'soft' }, t('download')),
    ...files.map(([path, name]) =>
      button(name, () => void download(path, name).then(() => problem.show(), problem.show), { 'data-file': name }),
    ),
  );
  return el('div', {}, bar, problem.place);
}

/** Choices that make the page's address. */
export function choice(
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const select = el(
    'select',
    { 'data-place': `choice ${name}` },
    ...options.map(([value, text]) => el('option', { value, selected: value === chosen ? '' : undefined }, text)),
  );
  select.addEventListener('change', () => choose(select.value));
  return el('label', {}, name, select);
}
