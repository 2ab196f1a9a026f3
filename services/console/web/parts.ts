// Parts that several pages show.
import { Problem, download } from './api.js';
import { type Child, button, el } from './dom.js';
import { t, valueText } from './words.js';

/** Refusals in the API's own words, by rule and detail. */
export function problemBox(error: unknown): HTMLElement {
  const text =
    error instanceof Problem
      ? `${t('refused')}: ${error.title}. ${error.rule} ${error.message}`
      : error instanceof Error
        ? error.message
        : String(error);
  return el('p', { class: 'problem', role: 'alert' }, text);
}

export const sourceTag = (source: string): HTMLElement => el('span', { class: `tag ${source.toLowerCase()}` }, valueText(source));

const good = ['MET', 'KEPT', 'ACTIVE'];
const bad = ['MISSED', 'SUSPENDED', 'LEFT'];

export const stateTag = (state: string): HTMLElement =>
  el('span', { class: `tag ${good.includes(state) ? 'good' : bad.includes(state) ? 'bad' : 'soft'}` }, valueText(state));

/** A name with what belongs to it in small below. */
export const twoLines = (name: Child, below: Child): HTMLElement =>
  el('span', {}, name, el('br'), el('span', { class: 'soft small' }, below));

export function downloads(files: readonly (readonly [path: string, name: string])[]): HTMLElement {
  const bar = el('div', { class: 'bar' });
  bar.append(
    el('span', { class: 'soft' }, t('download')),
    ...files.map(([path, name]) =>
      button(name, () => void download(path, name).catch((problem: unknown) => bar.after(problemBox(problem))), { 'data-file': name }),
    ),
  );
  return bar;
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
    {},
    ...options.map(([value, text]) => el('option', { value, selected: value === chosen ? '' : undefined }, text)),
  );
  select.addEventListener('change', () => choose(select.value));
  return el('label', {}, name, select);
}
