// Voucher programmes 算力券方案: what each promises, who approved it, and where its budget stands.
import { type Asked, get } from './api.js';
import { burnOf } from './burn.js';
import { button, el, facts, link } from './dom.js';
import { perCent, timeText } from './format.js';
import {
  acting,
  approvedText,
  bar,
  byText,
  figured,
  goTo,
  later,
  optionsOf,
  reasonInput,
  save,
  shareBp,
  stateIn,
  valueIn,
} from './authorityparts.js';
import { choice, downloads, twoLines } from './parts.js';
import type { Me } from './session.js';
import { type Column, list, table } from './table.js';
import { type Programme, isIssued, isOfficer, seesMoneyOf } from './programme.js';
import { documentOf, fundersOf } from './terms.js';
import { trialOf, trialsOf } from './trials.js';
import { microYuan, yuan } from './money.js';
import { ta } from './authoritywords.js';
import { t } from './words.js';

interface Balances {
  readonly issued: string;
  readonly available: string;
  readonly held: string;
  readonly redeemed: string;
  readonly expired: string;
  readonly revoked: string;
}

interface Funding {
  readonly paid: string;
  readonly funded: readonly { readonly name: string; readonly amount: string }[];
}

interface Step {
  readonly claimId: number;
  readonly step: string;
  readonly participantId: number;
  readonly key: string;
  readonly at: string;
  readonly detail: string;
}

const states = ['DRAFT', 'SUBMITTED', 'APPROVED', 'ACTIVE', 'EXPIRED', 'CLOSED'];

export async function programmesPage(_of: readonly string[], { state = '', whose = '' }: Asked, me: Me): Promise<Node[]> {
  const isAuthority = !me.roles.includes('OPERATOR') && !me.roles.includes('REGULATOR');
  const authorityId = isAuthority && !whose ? String(me.participantId) : undefined;
  const columns: Column<Programme>[] = [
    {
      head: ta('programme'),
      cell: ({ programmeId, authorityId: of, terms }) =>
        twoLines(link(`/programmes/${programmeId}`, terms.name), `${t('number')} ${programmeId}, ${ta('authority')} ${of}`),
    },
    { head: t('state'), cell: (programme) => stateIn(programme.state) },
    { head: ta('days'), isWhole: true, cell: ({ terms }) => `${terms.firstDay} – ${terms.lastDay}` },
    { head: ta('budget'), isNumber: true, cell: ({ terms }) => yuan(terms.budget) },
    { head: ta('standing'), cell: (programme) => (seesMoneyOf(programme, me) ? standingOf(programme) : '–') },
    { head: ta('funders'), cell: ({ terms }) => fundersOf(terms) },
  ];
  const go = (changed: Asked) => goTo('/programmes', { state, whose, ...changed });
  const own = [['', ta('own')] as const, ['all', t('all')] as const];
  return [
    el('h1', {}, ta('programmes')),
    el(
      'div',
      { class: 'bar' },
      choice(t('state'), optionsOf(states), state, (to) => go({ state: to })),
      ...(isAuthority ? [choice(ta('whose'), own, whose, (to) => go({ whose: to }))] : []),
    ),
    await list(
      columns,
      { path: '/v1/programmes', asked: { state, authorityId, limit: '20' }, rowsOf: ({ programmes }) => programmes as Programme[] },
      ta('noProgrammes'),
    ),
  ];
}

const balancesOf = (programmeId: number): Promise<Balances> => get<Balances>(`/v1/programmes/${programmeId}/balances`);

const barOf = ({ issued, available, held, redeemed }: Balances): HTMLElement => {
  const whole = microYuan(issued);
  const label = `${ta('redeemed')} ${yuan(redeemed)}, ${ta('reserved')} ${yuan(held)}, ${ta('available')} ${yuan(available)}`;
  return bar(
    [
      ['redeemed', microYuan(redeemed)],
      ['held', microYuan(held)],
      ['available', microYuan(available)],
    ],
    whole,
    label,
  );
};

function standingOf(programme: Programme): HTMLElement | string {
  if (!isIssued(programme)) return ta('notIssued');
  return later(
    balancesOf(programme.programmeId).then((balances) =>
      figured(barOf(balances), [balances.redeemed, balances.held, balances.available].map(yuan).join(' · ')),
    ),
  );
}

export async function programmePage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/programmes/${id}`;
  const programme = await get<Programme>(path);
  const { programmeId, authorityId, state, terms, approvedBy, createdAt, changedAt } = programme;
  const seesMoney = seesMoneyOf(programme, me);
  return [
    el('h1', {}, terms.name, ' ', stateIn(state)),
    facts([
      [t('number'), programmeId],
      [ta('authority'), authorityId],
      [ta('approvedBy'), approvedText(approvedBy)],
      [ta('created'), timeText(createdAt)],
      [ta('changed'), timeText(changedAt)],
    ]),
    ...(seesMoney ? [waysOn(programmeId)] : []),
    ...(seesMoney ? await moneyOf(programme, path) : []),
    el('h2', {}, ta('document')),
    el('div', { class: 'bar' }, documentFile(programme)),
    ...documentOf(terms),
    // Below what is to be read first.
    ...(isOfficer(programme, me) ? actsOn(programme, path) : []),
    ...(seesMoney ? [el('h2', {}, ta('steps')), await stepsOf(path)] : []),
  ];
}

const waysOn = (programmeId: number): HTMLElement =>
  el(
    'p',
    { class: 'bar' },
    link(`/programmes/${programmeId}/burn`, ta('burn')),
    link(`/programmes/${programmeId}/trials`, ta('trials')),
    link(`/claims?programmeId=${programmeId}`, ta('claims')),
  );

/** The same that an authority hands in, and the schema describes. */
const documentFile = ({ programmeId, terms }: Programme): HTMLElement => {
  const name = `programme-${programmeId}.json`;
  return button(ta('documentFile'), () => save(name, `${JSON.stringify(terms, undefined, 2)}\n`), { 'data-file': name });
};

async function moneyOf(programme: Programme, path: string): Promise<Node[]> {
  const { programmeId, terms } = programme;
  const csv = downloads([[`${path}/claims.csv`, `claims-${programmeId}.csv`]]);
  if (!isIssued(programme)) return [];
  const [balances, funding] = await Promise.all([balancesOf(programmeId), get<Funding>(`${path}/funding`)]);
  const { issued, held, redeemed, available, expired, revoked } = balances;
  const whole = microYuan(issued);
  const ended = microYuan(expired) + microYuan(revoked);
  const row = (name: string, amount: string): readonly [string, string] => [
    name,
    `${yuan(amount)} (${perCent(shareBp(microYuan(amount), whole))})`,
  ];
  return [
    el('h2', {}, ta('balances')),
    barOf(balances),
    facts([
      [ta('budget'), yuan(issued)],
      row(ta('redeemed'), redeemed),
      row(ta('reserved'), held),
      row(ta('available'), available),
      ...(ended > 0n ? [[ta('ended'), `${yuan(expired)}, ${yuan(revoked)}`] as const] : []),
    ]),
    el('h3', {}, ta('funders')),
    ...(terms.funders?.length
      ? [
          table(
            [
              { head: ta('funder'), cell: ({ name }) => name },
              { head: ta('owes'), isNumber: true, cell: ({ amount }) => yuan(amount) },
              { head: ta('share'), isNumber: true, cell: ({ amount }) => perCent(shareBp(microYuan(amount), microYuan(funding.paid))) },
            ],
            funding.funded,
            '',
          ),
        ]
      : [el('p', {}, `${ta('authorityAlone')}: ${yuan(funding.paid)}`)]),
    csv,
  ];
}

/** What its state allows; who drafted or submitted it is refused by the API as its second officer. */
function actsOn({ state }: Programme, path: string): Node[] {
  if (state === 'DRAFT') return [acting({ name: ta('submit'), path: `${path}/submit`, body: () => ({}), tick: ta('iHaveRead') })];
  if (state === 'SUBMITTED')
    return [
      acting({ name: ta('approve'), path: `${path}/approve`, body: () => ({}), tick: ta('iHaveRead') }),
      withReason(ta('return'), `${path}/return`),
    ];
  return state === 'APPROVED' || state === 'ACTIVE' ? [withReason(ta('close'), `${path}/close`)] : [];
}

function withReason(name: string, path: string): HTMLElement {
  const reason = reasonInput(500);
  return acting({ name, path, fields: [[ta('reasonOf'), reason]], body: () => ({ reason: reason.value }) });
}

const stepsOf = (path: string): Promise<HTMLElement> =>
  list<Step>(
    [
      { head: t('at'), isWhole: true, cell: ({ at }) => timeText(at) },
      {
        head: t('step'),
        cell: ({ step, claimId }) =>
          claimId ? twoLines(valueIn(step), link(`/claims/${claimId}`, `${ta('claim')} ${claimId}`)) : valueIn(step),
      },
      { head: t('by'), cell: ({ participantId, key }) => byText(participantId, key) },
      { head: ta('detail'), cell: ({ detail }) => el('span', { class: 'long' }, detail) },
    ],
    { path: `${path}/audit`, rowsOf: ({ steps }) => steps as Step[] },
    ta('noSteps'),
  );

/** What lies under a programme, by the address's part behind its number. */
export async function partPage([id, part, below]: readonly string[], asked: Asked, me: Me): Promise<Node[]> {
  const programme = await get<Programme>(`/v1/programmes/${id}`);
  if (part === 'burn' && below === undefined) return burnOf(programme, asked);
  if (part === 'trials') return below === undefined ? trialsOf(programme, me) : trialOf(programme, below, asked.with);
  return [el('p', { class: 'empty' }, t('noPage'))];
}
