// what of a bill is disputed, by whom, until when it is decided, and what came of it.
import { type Asked, get } from './api.js';
import { el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { yuan } from './money.js';
import { choice, stateTag, twoLines } from './parts.js';
import type { Me } from './session.js';
import { list, table } from './table.js';
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
  readonly at: string;
  readonly detail: string;
}

const states = ['OPEN', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED'];

export async function disputesPage(_of: readonly string[], { state = '' }: Asked): Promise<Node[]> {
  const found = await list<Dispute>(
    [
      { head: t('number'), cell: ({ disputeId }) => link(`/disputes/${disputeId}`, disputeId) },
      { head: t('state'), cell: ({ state: is }) => stateTag(is) },
      { head: t('bill'), cell: ({ billId, line }) => `${billId}, ${t('ofLine')} ${line}` },
      { head: t('amount'), isNumber: true, cell: ({ amount }) => yuan(amount) },
      { head: t('frozenOfIncome'), isNumber: true, cell: ({ frozen }) => yuan(frozen) },
      { head: t('granted'), isNumber: true, cell: ({ granted }) => yuan(granted) },
      { head: t('opened'), isWhole: true, cell: ({ openedAt }) => timeText(openedAt) },
      { head: t('decideBy'), isWhole: true, cell: ({ decideBy }) => timeText(decideBy) },
      { head: t('reason'), cell: ({ reason }) => reason },
    ],
    { path: '/v1/disputes', asked: { state }, rowsOf: ({ disputes }) => disputes as Dispute[] },
    t('noDisputes'),
  );
  const options = [['', t('all')] as const, ...states.map((one) => [one, valueText(one)] as const)];
  const go = (to: string) => {
    location.hash = to ? `/disputes?state=${to}` : '/disputes';
  };
  return [el('h1', {}, t('disputes')), el('div', { class: 'bar' }, choice(t('state'), options, state, go)), found];
}

export async function disputePage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const dispute = await get<Dispute>(`/v1/disputes/${id}`);
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
      [t('decideBy'), timeText(dispute.decideBy)],
      ...(dispute.endedAt ? [[t('closed'), timeText(dispute.endedAt)] as const] : []),
      ...(dispute.decision ? [[t('decision'), dispute.decision] as const] : []),
    ]),
    el('h2', {}, t('evidences')),
    table<Evidence>(
      [
        { head: t('at'), isWhole: true, cell: ({ addedAt }) => timeText(addedAt) },
        { head: t('by'), cell: ({ participantId }) => who(participantId) },
        { head: t('kind'), cell: ({ kind, note }) => twoLines(valueText(kind), note) },
        { head: t('keptAt'), cell: ({ location, sha256 }) => el('span', { class: 'hash' }, location, el('br'), sha256) },
      ],
      dispute.evidence,
      t('noEvidence'),
    ),
    el('h2', {}, t('audit')),
    table<Step>(
      [
        { head: t('at'), isWhole: true, cell: ({ at }) => timeText(at) },
        { head: t('step'), cell: ({ step }) => valueText(`dispute_${step}`) },
        { head: t('by'), cell: ({ participantId }) => who(participantId) },
        { head: t('detail'), cell: ({ detail }) => detail },
      ],
      dispute.steps,
      t('noSteps'),
    ),
  ];
}
