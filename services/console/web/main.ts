// The console: pages by the address's part behind the #, each for the roles that the API gives it to.
import { type Asked, Problem, get } from './api.js';
import { button, el, link } from './dom.js';
import { indicatorPage, indicatorsPage, publishedIndicatorPage } from './indicators.js';
import { partnerPage, partnersPage } from './partners.js';
import { problemBox } from './parts.js';
import { assessmentPage, reportPage, reportsPage } from './reports.js';
import { type Me, key, language, said, signIn, signOut, speak } from './session.js';
import { sitePage, sitesPage } from './sites.js';
import { type Word, t } from './words.js';

type Show = (of: readonly string[], asked: Asked, me: Me) => Promise<Node[]>;

interface Section {
  readonly path: string;
  readonly word: Word;
  readonly roles: readonly string[];
  /** By how many parts the address has behind the section's. */
  readonly pages: readonly Show[];
}

const officers = ['AUTHORITY', 'OPERATOR', 'REGULATOR'];
const sections: readonly Section[] = [
  { path: 'indicators', word: 'indicators', roles: officers, pages: [indicatorsPage, indicatorPage] },
  { path: 'reports', word: 'reports', roles: officers, pages: [reportsPage, reportPage, publishedIndicatorPage] },
  { path: 'assessment', word: 'assessment', roles: officers, pages: [assessmentPage, assessmentPage] },
  { path: 'sites', word: 'sites', roles: ['PROVIDER', ...officers], pages: [sitesPage, sitePage] },
  { path: 'partners', word: 'partners', roles: ['OPERATOR', 'REGULATOR'], pages: [partnersPage, partnerPage] },
];

const head = document.querySelector<HTMLElement>('#head')!;
const main = document.querySelector<HTMLElement>('#main')!;
/** Counts what was asked to be shown: an answer that comes after the reader has gone on is not shown. */
let shown = 0;

addEventListener('hashchange', () => void show());
void show();

async function show(): Promise<void> {
  const turn = ++shown;
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  document.title = t('exchange');
  if (!key()) return welcome();
  main.replaceChildren(el('p', { class: 'waits', role: 'status' }, t('loading')));
  const nodes = await pageOf().catch((error: unknown): Node[] => {
    if (!(error instanceof Problem) || error.status !== 401) return [problemBox(error)];
    signOut();
    return [signInForm(t('keyRefused'))];
  });
  if (turn !== shown) return;
  main.replaceChildren(...nodes);
  main.dataset.shown = location.hash;
}

async function pageOf(): Promise<Node[]> {
  const me = await get<Me>('/v1/me');
  const mine = sections.filter(({ roles }) => roles.some((role) => me.roles.includes(role)));
  const [path = '', query] = location.hash.slice('#/'.length).split('?');
  const [first = '', ...of] = path.split('/').filter(Boolean);
  const section = first ? mine.find((one) => one.path === first) : mine[0];
  heading(me, mine, section);
  if (!mine.length) return [el('p', { class: 'empty' }, t('nothingForRole'))];
  const page = section?.pages[of.length];
  if (!section || !page) return [el('p', { class: 'empty' }, t('noPage'))];
  document.title = `${t(section.word)} · ${t('exchange')}`;
  return page(of, Object.fromEntries(new URLSearchParams(query)), me);
}

function heading(me: Me | undefined, mine: readonly Section[], open: Section | undefined): void {
  const links = mine.map((section) => {
    const anchor = link(`/${section.path}`, t(section.word));
    if (section === open) anchor.setAttribute('aria-current', 'page');
    return anchor;
  });
  const other = said('zh', 'en') as 'zh' | 'en';
  head.replaceChildren(
    el('strong', {}, t('exchange')),
    el('nav', {}, ...links),
    ...(me ? [el('span', { class: 'soft' }, me.name)] : []),
    button(
      said('中文', 'English'),
      () => {
        speak(other);
        void show();
      },
      { id: 'language', lang: said('zh-CN', 'en') },
    ),
    ...(me
      ? [
          button(t('signOut'), () => {
            signOut();
            void show();
          }),
        ]
      : []),
  );
}

function welcome(): void {
  main.replaceChildren(signInForm());
}

function signInForm(refused?: string): HTMLElement {
  heading(undefined, [], undefined);
  const input = el('input', { type: 'password', name: 'key', required: '', autocomplete: 'off', size: '40' });
  const form = el(
    'form',
    { class: 'sign-in' },
    el('h1', {}, t('exchange')),
    ...(refused ? [el('p', { class: 'problem', role: 'alert' }, refused)] : []),
    el('label', {}, t('key'), input),
    el('span', { class: 'soft small' }, t('keyHint')),
    el('button', { type: 'submit', class: 'main' }, t('signIn')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    signIn(input.value.trim());
    void show();
  });
  return form;
}
