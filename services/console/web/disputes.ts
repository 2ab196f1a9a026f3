// what of a bill is disputed, by whom, until when it is decided, and what came of it. The operator's officer decides.
import { type Asked, get } from './api.js';
import { acting, reasonInput } from './authorityparts.js';
import { ta } from './authoritywords.js';
import { el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { isNothing, yuan } from './money.js';
import { choice, stateTag, twoLines } from './parts.js';
import type { Me } from './session.js';
import { type Column, list, table } from './table.js';
import { t, valueText } from './words.js';

interface Dispute {
  readonly disputeId: number;
  readonly billId: number;
  readonly line: number;
  readonly tradeId: number;
  readonly buyerId: number;
  readonly payeeId: number;
  readonly state: string;
  readonly amount: string;
  readonly frozen: string;
  readonly granted: string;
  readonly reason: string;
  readonly decision: string;
  readonly openedAt: string;
  readonly decideBy: string;
  readonly endedAt?: string;
  readonly evidence: readonly Evidence[];
  readonly steps: readonly Step[];
}

interface Evidence {
  readonly kind: string;
  readonly sha256: string;
  readonly location: string;
  readonly note: string;
  readonly participantId: number;
  readonly addedAt: string;
}

interface Step {
  readonly step: string;
  readonly participantId: number;
  /** For officers. */
  readonly key: string;
  readonly at: string;
  readonly detail: string;
}

const states = ['OPEN', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED'];

const dayMs = 86_400_000;

/** Whoever decides and watches is no party of them. */
const isOfficer = ({ roles }: Me): boolean => roles.includes('OPERATOR') || roles.includes('REGULATOR');

/** To officers those that are open, where nothing else is asked for. */
export async function disputesPage(_of: readonly string[], { state: asked }: Asked, me: Me): Promise<Node[]> {
  const state = asked ?? (isOfficer(me) ? 'OPEN' : 'ALL');
  const { time } = await get<{ time: string }>('/v1/clock');
  const parties: Column<Dispute>[] = [
    { head: t('buyer'), isNumber: true, cell: ({ buyerId }) => buyerId },
    { head: t('payee'), isNumber: true, cell: ({ payeeId }) => payeeId },
  ];
  const found = await list<Dispute>(
    [
      { head: t('number'), cell: ({ disputeId }) => link(`/disputes/${disputeId}`, disputeId) },
      { head: t('state'), cell: ({ state: is }) => stateTag(is) },
      { head: t('bill'), cell: ({ billId, line }) => `${billId}, ${t('ofLine')} ${line}` },
      ...(isOfficer(me) ? parties : []),
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('frozenOfIncome'), isNumber: true, cell: ({ frozen }) => yuan(frozen) },
      { head: t('granted'), isNumber: true, cell: ({ granted }) => yuan(granted) },
      { head: t('opened'), isWhole: true, cell: ({ openedAt }) => timeText(openedAt) },
      { head: t('decideBy'), isWhole: true, cell: (dispute) => deadlineOf(dispute, time) },
      { head: t('reason'), cell: ({ reason }) => reason },
    ],
    { path: '/v1/disputes', asked: { state: state === 'ALL' ? '' : state }, rowsOf: ({ disputes }) => disputes as Dispute[] },
    t('noDisputes'),
  );
  const options = [['ALL', t('all')] as const, ...states.map((one) => [one, valueText(one)] as const)];
  const go = (to: string) => {
    location.hash = `/disputes?state=${to}`;
  };
  return [el('h1', {}, t('disputes')), el('div', { class: 'bar' }, choice(t('state'), options, state, go)), found];
}

/** An open one's with the days that are left. */
function deadlineOf({ state, decideBy }: Dispute, time: string): HTMLElement | string {
  if (state !== 'OPEN') return timeText(decideBy);
  const days = Math.floor((Date.parse(decideBy) - Date.parse(time)) / dayMs);
  return twoLines(timeText(decideBy), days < 0 ? ta('over') : `${days} ${ta('daysLeft')}`);
}

/** Some of what is disputed is given back, or nothing: in whole fen, as banks move it. */
function deciding({ amount }: Dispute, path: string): HTMLElement {
  const granted = el('input', { name: 'granted', required: '', inputmode: 'decimal', pattern: '[0-9]+(\\.[0-9]{1,2})?', size: '14' });
  const reason = reasonInput(1_000);
  return acting({
    name: ta('decide'),
    path: `${path}/decide`,
    fields: [
      [`${ta('grantedYuan')} (≤ ${yuan(amount)})`, granted],
      [t('decision'), reason],
    ],
    body: () => ({ ...(isNothing(granted.value) ? {} : { granted: granted.value }), reason: reason.value }),
  });
}

export async function disputePage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/disputes/${id}`;
  const [dispute, { time }] = await Promise.all([get<Dispute>(path), get<{ time: string }>('/v1/clock')]);
  const isBuyer = dispute.buyerId === me.participantId;
  const who = (participantId: number): string =>
    participantId === 0 ? t('exchange') : participantId === me.participantId ? t('oneself') : String(participantId);
  return [
    el('h1', {}, `${t('dispute')} ${dispute.disputeId} `, stateTag(dispute.state)),
    facts([
      [
        t('bill'),
        el('span', {}, isBuyer ? link(`/bills/${dispute.billId}`, dispute.billId) : dispute.billId, `, ${t('ofLine')} ${dispute.line}`),
      ],
      [t('lease'), isBuyer ? link(`/leases/${dispute.tradeId}`, dispute.tradeId) : dispute.tradeId],
      [t('buyer'), who(dispute.buyerId)],
      [t('payee'), who(dispute.payeeId)],
      [t('amount'), yuan(dispute.amount)],
      [t('frozenOfIncome'), yuan(dispute.frozen)],
      [t('granted'), yuan(dispute.granted)],
      [t('reason'), dispute.reason],
      [t('opened'), timeText(dispute.openedAt)],
      [t('decideBy'), deadlineOf(dispute, time)],
      ...(dispute.endedAt ? [[t('closed'), timeText(dispute.endedAt)] as const] : []),
      ...(dispute.decision ? [[t('decision'), dispute.decision] as const] : []),
    ]),
    el('h2', {}, t('evidences')),
    table<Evidence>(
      [
        { head: t('at'), isWhole: true, cell: ({ addedAt }) => timeText(addedAt) },
        { head: t('by'), cell: ({ participantId }) => who(participantId) },
        { head: t('kind'), cell: ({ kind, note }) => twoLines(valueText(kind), note) },
        { head: t('keptAt'), cell: ({ location, sha256 }) => el('span', { class: 'hash long' }, location, el('br'), sha256) },
      ],
      dispute.evidence,
      t('noEvidence'),
    ),
    // Below what both sides brought.
    ...(dispute.state === 'OPEN' && me.roles.includes('OPERATOR') ? [deciding(dispute, path)] : []),
    el('h2', {}, t('audit')),
    table<Step>(
      [
        { head: t('at'), isWhole: true, cell: ({ at }) => timeText(at) },
        { head: t('step'), cell: ({ step }) => valueText(`dispute_${step}`) },
        { head: t('by'), cell: ({ participantId, key }) => [who(participantId), key].filter(Boolean).join(', ') },
        { head: t('detail'), cell: ({ detail }) => el('span', { class: 'long' }, detail) },
      ],
      dispute.steps,
      t('noSteps'),
    ),
  ];
}
