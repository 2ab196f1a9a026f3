// Claims 兑付申领: what was asked of a programme, why it was decided so, and what officers should look at before it is paid.
import { type Asked, get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { perCent, timeText } from './format.js';
import { clauseText, comparedText } from './clauses.js';
import { type Firm, acting, approvedText, firmCell, goTo, optionsOf, reasonInput, stateIn, valueIn } from './authorityparts.js';
import { choice, twoLines } from './parts.js';
import type { Me } from './session.js';
import { type Column, list, table } from './table.js';
import { yuan } from './money.js';
import { ta } from './authoritywords.js';
import { t } from './words.js';

interface Found {
  readonly rule: string;
  readonly detail: string;
  readonly evidence: readonly string[];
}

interface Line {
  readonly tradeId: number;
  readonly providerId: number;
  readonly provider?: Firm;
  readonly computeClass: string;
  readonly domestic: boolean;
  readonly greenShareBp: number;
  readonly base: string;
  readonly amount: string;
  readonly refunded: string;
  readonly clawedBack: string;
}

interface Claim {
  readonly claimId: number;
  readonly programmeId: number;
  readonly buyerId: number;
  readonly billId: number;
  readonly month: string;
  readonly bidId?: string;
  readonly state: string;
  readonly base: string;
  readonly amount: string;
  readonly clawedBack: string;
  readonly clauses: readonly Clause[];
  readonly approvedBy: readonly string[];
  readonly decidedAt: string;
  readonly funded: readonly { readonly name: string; readonly amount: string }[];
  readonly platformId: number;
  readonly platformBill: string;
  readonly service: string;
  readonly findings: readonly Found[];
  readonly firm?: Firm;
  readonly lines: readonly Line[];
}

export interface Clause {
  readonly rule: string;
  readonly passed: boolean;
  readonly detail: string;
}

const states = ['WAITING', 'GRANTED', 'REFUSED', 'COLLECTED'];
const rowsOf = ({ claims }: Readonly<Record<string, unknown>>) => claims as Claim[];
const claimLink = ({ claimId }: Claim): HTMLElement => link(`/claims/${claimId}`, `${ta('claim')} ${claimId}`);
const programmeLink = ({ programmeId }: Claim): HTMLElement => link(`/programmes/${programmeId}`, `${t('number')} ${programmeId}`);

export async function claimsPage(_of: readonly string[], { state = '', programmeId }: Asked): Promise<Node[]> {
  const columns: Column<Claim>[] = [
    { head: ta('claim'), cell: claimLink },
    { head: ta('programme'), cell: programmeLink },
    { head: ta('firm'), cell: ({ firm, buyerId }) => firmCell(firm, buyerId) },
    { head: ta('month'), isWhole: true, cell: ({ month }) => month },
    { head: t('state'), cell: (claim) => stateIn(claim.state) },
    { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
    { head: ta('subsidy'), isNumber: true, cell: ({ amount }) => yuan(amount) },
    { head: ta('clawedBack'), isNumber: true, cell: ({ clawedBack }) => yuan(clawedBack) },
    { head: ta('signs'), isNumber: true, cell: ({ findings }) => findings.length || '–' },
    { head: ta('decided'), isWhole: true, cell: ({ decidedAt }) => timeText(decidedAt) },
  ];
  return [
    el('h1', {}, ta('subsidyClaims')),
    el(
      'div',
      { class: 'bar' },
      choice(t('state'), optionsOf(states), state, (to) => goTo('/claims', { state: to, programmeId })),
      ...(programmeId
        ? [
            el('span', {}, `${ta('programme')} `, link(`/programmes/${programmeId}`, `${t('number')} ${programmeId}`)),
            link(state ? `/claims?state=${state}` : '/claims', t('all')),
          ]
        : []),
    ),
    await list(columns, { path: '/v1/claims', asked: { state, programmeId }, rowsOf }, ta('noClaims')),
  ];
}

/** What waits for an officer, with what was found. */
export async function findingsPage(): Promise<Node[]> {
  const columns: Column<Claim>[] = [
    { head: ta('claim'), cell: (claim) => twoLines(claimLink(claim), claim.month) },
    { head: ta('programme'), cell: programmeLink },
    { head: ta('firm'), cell: ({ firm, buyerId }) => firmCell(firm, buyerId) },
    { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
    { head: ta('subsidy'), isNumber: true, cell: ({ amount }) => yuan(amount) },
    {
      head: ta('found'),
      cell: ({ findings }) =>
        findings.length ? el('ul', {}, ...findings.map((found) => el('li', {}, foundText(found)))) : ta('aboveThreshold'),
    },
    { head: ta('approvedBy'), cell: ({ approvedBy }) => approvedText(approvedBy) },
  ];
  return [
    el('h1', {}, ta('claimFindings')),
    el('p', { class: 'soft' }, ta('findingsIntro')),
    await list(columns, { path: '/v1/claims', asked: { state: 'WAITING' }, rowsOf }, ta('noFindings')),
  ];
}

/** In words, and as the API names it. */
const ruleCell = ({ rule }: Clause): HTMLElement =>
  el('div', { class: 'long' }, twoLines(clauseText(rule), el('span', { class: 'hash' }, rule)));

const foundText = ({ rule, detail }: Found): Child => twoLines(el('span', { class: 'bad' }, clauseText(rule)), comparedText(rule, detail));

export async function claimPage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/claims/${id}`;
  const claim = await get<Claim>(path);
  const { claimId, buyerId, state, base, amount, clawedBack, approvedBy, decidedAt, month, firm } = claim;
  return [
    el('h1', {}, `${ta('claim')} ${claimId} `, stateIn(state)),
    facts([
      [ta('programme'), programmeLink(claim)],
      [ta('firm'), firmCell(firm, buyerId)],
      [ta('bill'), billText(claim)],
      ...(claim.bidId ? [[ta('bid'), el('span', { class: 'hash' }, claim.bidId)] as const] : []),
      [ta('month'), month],
      [ta('base'), yuan(base)],
      [ta('subsidy'), yuan(amount)],
      [ta('clawedBack'), yuan(clawedBack)],
      ...claim.funded.map(({ name, amount: part }) => [`${ta('funder')}: ${name}`, yuan(part)] as const),
      [ta('approvedBy'), approvedText(approvedBy)],
      [ta('decided'), timeText(decidedAt)],
    ]),
    el('h2', {}, ta('found')),
    foundOf(claim.findings),
    ...(state === 'WAITING' && me.roles.some((role) => role === 'AUTHORITY' || role === 'OPERATOR') ? officersOf(path) : []),
    el('h2', {}, ta('explained')),
    clausesOf(claim.clauses),
    el('h2', {}, ta('lines')),
    linesOf(claim.lines),
  ];
}

const billText = ({ billId, platformId, platformBill, service }: Claim): string =>
  platformId ? `${platformBill} ${ta('ofPlatform')} ${platformId}, ${valueIn(service)}` : `${t('number')} ${billId}`;

const foundOf = (findings: readonly Found[]): HTMLElement =>
  table(
    [
      {
        head: ta('found'),
        cell: ({ rule }) => twoLines(el('span', { class: 'bad' }, clauseText(rule)), el('span', { class: 'hash' }, rule)),
      },
      { head: ta('detail'), cell: ({ rule, detail }) => comparedText(rule, detail) },
      { head: ta('proof'), cell: ({ evidence }) => el('ul', {}, ...evidence.map((one) => el('li', {}, comparedText('', one)))) },
    ],
    findings,
    ta('noSigns'),
  );

function officersOf(path: string): Node[] {
  const reason = reasonInput(500);
  return [
    acting({ name: ta('approveClaim'), path: `${path}/approve`, body: () => ({}), tick: ta('iHaveSeen') }),
    acting({ name: ta('refuseClaim'), path: `${path}/refuse`, fields: [[ta('reasonOf'), reason]], body: () => ({ reason: reason.value }) }),
  ];
}

const clausesOf = (clauses: readonly Clause[]): HTMLElement =>
  table(
    [
      { head: t('state'), cell: ({ passed }) => el('span', { class: `tag ${passed ? 'good' : 'bad'}` }, ta(passed ? 'held' : 'broken')) },
      { head: ta('clauseOf'), cell: ruleCell },
      { head: ta('compared'), cell: ({ rule, detail }) => el('span', { class: 'long' }, comparedText(rule, detail)) },
    ],
    clauses,
    ta('noLines'),
  );

const linesOf = (lines: readonly Line[]): HTMLElement =>
  table(
    [
      { head: ta('lease'), cell: ({ tradeId }) => String(tradeId) },
      { head: t('provider'), cell: ({ provider, providerId }) => firmCell(provider, providerId) },
      {
        head: ta('classOf'),
        cell: ({ computeClass, domestic }) =>
          [computeClass && computeClass !== 'UNSPECIFIED' ? valueIn(computeClass) : '', domestic ? ta('domestic') : '']
            .filter(Boolean)
            .join(', ') || '–',
      },
      { head: ta('green'), isNumber: true, cell: ({ greenShareBp }) => perCent(greenShareBp) },
      { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
      { head: ta('subsidy'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: ta('refunded'), isNumber: true, cell: ({ refunded }) => yuan(refunded) },
      { head: ta('clawedBack'), isNumber: true, cell: ({ clawedBack }) => yuan(clawedBack) },
    ],
    lines,
    ta('noLines'),
  );
