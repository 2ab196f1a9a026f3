// The console: pages by the address's part behind the #, each for the roles that the API gives it to.
import { type Asked, get, signedOut } from './api.js';
import { bidPage, bidsPage } from './bids.js';
import { billPage } from './bill.js';
import { billsPage } from './bills.js';
import { claimPage, claimsPage, findingsPage } from './claims.js';
import { disputePage, disputesPage } from './disputes.js';
import { button, el, link } from './dom.js';
import { indicatorPage, indicatorsPage, publishedIndicatorPage } from './indicators.js';
import { incomePage } from './income.js';
import { leasePage, leasesPage } from './leases.js';
import { linkPage, linksPage } from './links.js';
import { nationalPage } from './national.js';
import { partnerPage, partnersPage } from './partners.js';
import { problemBox } from './parts.js';
import { poolPage, poolsPage } from './pools.js';
import { partPage, programmePage, programmesPage } from './programmes.js';
import { receivablesPage } from './receivables.js';
import { assessmentPage, reportPage, reportsPage } from './reports.js';
import { placePage } from './place.js';
import { keepPlace, toPlace } from './places.js';
import { type Me, key, language, said, signIn, signOut, speak } from './session.js';
import { sitePage, sitesPage } from './sites.js';
import { spendingPage } from './spending.js';
import { statementPage } from './statement.js';
import { type Word, t } from './words.js';

type Show = (of: readonly string[], asked: Asked, me: Me) => Promise<Node[]>;

interface Section {
  readonly path: string;
  readonly word: Word;
  /** Under which name it stands in the head, for who has pages of several. */
  readonly group: Word;
  readonly roles: readonly string[];
  /** By how many parts the address has behind the section's. */
  readonly pages: readonly Show[];
}

const watchers = ['PROVIDER', 'OPERATOR', 'REGULATOR'];
const officers = ['AUTHORITY', 'OPERATOR', 'REGULATOR'];
const sections: readonly Section[] = [
  { path: 'indicators', word: 'indicators', group: 'hub', roles: officers, pages: [indicatorsPage, indicatorPage] },
  { path: 'reports', word: 'reports', group: 'hub', roles: officers, pages: [reportsPage, reportPage, publishedIndicatorPage] },
  { path: 'assessment', word: 'assessment', group: 'hub', roles: officers, pages: [assessmentPage, assessmentPage] },
  { path: 'sites', word: 'sites', group: 'hub', roles: ['PROVIDER', ...officers], pages: [sitesPage, sitePage] },
  { path: 'pools', word: 'pools', group: 'hub', roles: watchers, pages: [poolsPage, poolPage] },
  { path: 'links', word: 'links', group: 'hub', roles: watchers, pages: [linksPage, linkPage] },
  { path: 'national', word: 'national', group: 'hub', roles: ['OPERATOR', 'REGULATOR'], pages: [nationalPage] },
  { path: 'partners', word: 'partners', group: 'hub', roles: ['OPERATOR', 'REGULATOR'], pages: [partnersPage, partnerPage] },
  { path: 'bids', word: 'bids', group: 'trading', roles: ['BUYER'], pages: [bidsPage, bidPage] },
  { path: 'leases', word: 'leases', group: 'trading', roles: ['BUYER'], pages: [leasesPage, leasePage] },
  { path: 'place', word: 'placeBid', group: 'trading', roles: ['BUYER'], pages: [placePage] },
  { path: 'spending', word: 'spending', group: 'money', roles: ['BUYER'], pages: [spendingPage] },
  { path: 'bills', word: 'bills', group: 'money', roles: ['BUYER'], pages: [billsPage, billPage] },
  { path: 'income', word: 'income', group: 'money', roles: ['PROVIDER'], pages: [incomePage, statementPage] },
  {
    path: 'disputes',
    word: 'disputes',
    group: 'money',
    roles: ['BUYER', 'PROVIDER', 'OPERATOR', 'REGULATOR'],
    pages: [disputesPage, disputePage],
  },
  { path: 'receivables', word: 'receivables', group: 'money', roles: ['OPERATOR', 'REGULATOR'], pages: [receivablesPage] },
  {
    path: 'programmes',
    word: 'programmes',
    group: 'vouchers',
    roles: officers,
    pages: [programmesPage, programmePage, partPage, partPage],
  },
  { path: 'claims', word: 'subsidyClaims', group: 'vouchers', roles: officers, pages: [claimsPage, claimPage] },
  { path: 'findings', word: 'claimFindings', group: 'vouchers', roles: officers, pages: [findingsPage] },
];

const head = document.querySelector<HTMLElement>('#head')!;
const main = document.querySelector<HTMLElement>('#main')!;
/** Counts what was asked to be shown: an answer that comes after the reader has gone on is not shown. */
let shown = 0;

addEventListener('hashchange', () => void show());
addEventListener(signedOut, () => askForKey(t('keyRefused')));
void show();

async function show(): Promise<void> {
  keepPlace();
  const turn = ++shown;
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  document.title = t('exchange');
  if (!key()) return askForKey();
  // Who cannot be shown a page can leave, and read why in his own language.
  if (!head.querySelector('nav a')) heading(undefined, [], undefined);
  main.replaceChildren(el('p', { class: 'waits', role: 'status' }, t('loading')));
  const nodes = await pageOf().catch((error: unknown): Node[] => [problemBox(error), button(t('again'), () => void show())]);
  if (turn !== shown) return;
  main.replaceChildren(...nodes);
  main.dataset.shown = location.hash;
  toPlace(main);
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
  const linkTo = (section: Section): HTMLElement => {
    const anchor = link(`/${section.path}`, t(section.word));
    anchor.dataset.place = `section ${section.path}`;
    if (section === open) anchor.setAttribute('aria-current', 'page');
    return anchor;
  };
  const byGroup = [...Map.groupBy(mine, ({ group }) => group)];
  const groups = byGroup.map(([group, of]) =>
    el(
      'div',
      { role: 'group', 'aria-label': t(group) },
      byGroup.length > 1 ? el('span', { class: 'soft small' }, t(group)) : undefined,
      ...of.map(linkTo),
    ),
  );
  const other = said('zh', 'en') as 'zh' | 'en';
  head.replaceChildren(
    el('strong', {}, t('exchange')),
    el('nav', {}, ...groups),
    ...(me ? [el('span', { class: 'soft' }, me.name)] : []),
    button(
      said('中文', 'English'),
      () => {
        speak(other);
        void show();
      },
      { id: 'language', lang: said('zh-CN', 'en'), 'data-place': 'language' },
    ),
    ...(key()
      ? [
          button(t('signOut'), () => {
            signOut();
            void show();
          }),
        ]
      : []),
  );
}

/** @param refused why the key that was given is none */
function askForKey(refused?: string): void {
  // What is still being asked for is not shown.
  ++shown;
  heading(undefined, [], undefined);
  const form = signInForm(refused);
  main.replaceChildren(form);
  delete main.dataset.shown;
  if (!toPlace()) form.querySelector('input')!.focus();
}

/** What a header may carry: no key of the exchange has anything else. */
const isKeyLike = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

function signInForm(refused?: string): HTMLElement {
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
    const given = input.value.trim();
    if (!isKeyLike(given)) return askForKey(t('keyRefused'));
    signIn(given);
    void show();
  });
  return form;
}
