// Pools as they are judged: which trade, which do not and why, what their telemetry says, and which days are signed.
import { type Asked, get, newIdempotencyKey, post } from './api.js';
import { el, facts, link } from './dom.js';
import { perCent, shortText, timeText } from './format.js';
import { choice, downloads, problemPlace, stateTag, twoLines } from './parts.js';
import { reasonText } from './reasons.js';
import type { Me } from './session.js';
import { type Column, list, whole } from './table.js';
import { t, valueText } from './words.js';

interface Health {
  readonly poolId: number;
  readonly providerId: number;
  readonly health: string;
  readonly reason: string;
  readonly since: string;
  readonly lastSeenAt: string;
  readonly deadlineAt: string;
  readonly nodesSuspect: number;
  readonly nodesLost: number;
}

interface Pool {
  readonly poolId: number;
  readonly nodeCount: number;
  readonly details: {
    readonly siteId: number;
    readonly name: string;
    readonly computeClass: string;
    readonly model: string;
    readonly unitsPerNode: number;
  };
}

interface Rollup {
  readonly slot: string;
  readonly nodes: number;
  readonly unitsUp: number;
  readonly utilisationBp: number;
  readonly energyWh: number;
}

interface Change {
  readonly nodes: readonly number[];
  readonly health: string;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}

interface Finding {
  readonly node: number;
  readonly rule: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly evidence: string;
  readonly foundAt: string;
}

interface SignedDay {
  readonly day: string;
  readonly state: string;
  readonly late: boolean;
  readonly keyId: string;
  readonly differences: number;
}

const healths = ['OK', 'SUSPECT', 'DRAINING', 'LOST'];
const slotMs = 900_000;
const shownSlots = 24;

const nameOf = ({ details: { name, model } }: Pool): string => name || model;

export async function poolsPage(_of: readonly string[], { health = '' }: Asked): Promise<Node[]> {
  const pools = await whole<Pool>({ path: '/v1/pools', asked: { limit: '1000' }, rowsOf: ({ pools: of }) => of as Pool[] });
  const names = new Map(pools.map((pool) => [pool.poolId, nameOf(pool)]));
  const columns: Column<Health>[] = [
    { head: t('number'), isNumber: true, cell: ({ poolId }) => poolId },
    { head: t('pool'), cell: ({ poolId }) => link(`/pools/${poolId}`, names.get(poolId) ?? poolId) },
    { head: t('provider'), isNumber: true, cell: ({ providerId }) => providerId },
    { head: t('state'), cell: ({ health: is }) => stateTag(is) },
    { head: t('reason'), cell: ({ reason }) => reasonText(reason) },
    { head: t('since'), isWhole: true, cell: ({ since }) => timeText(since) },
    { head: t('lastHeard'), isWhole: true, cell: ({ lastSeenAt }) => timeText(lastSeenAt) },
    { head: t('nodesSuspect'), isNumber: true, cell: ({ nodesSuspect }) => nodesSuspect },
    { head: t('nodesLost'), isNumber: true, cell: ({ nodesLost }) => nodesLost },
  ];
  const options = [['', t('all')] as const, ...healths.map((one) => [one, valueText(one)] as const)];
  const go = (to: string) => {
    location.hash = to ? `/pools?health=${to}` : '/pools';
  };
  return [
    el('h1', {}, t('pools')),
    el('div', { class: 'bar' }, choice(t('state'), options, health, go)),
    await list(columns, { path: '/v1/pool-health', asked: { health }, rowsOf: ({ pools: of }) => of as Health[] }, t('noPools')),
  ];
}

export async function poolPage([id]: readonly string[], _asked: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/pools/${id}`;
  const [pool, judged, { time }] = await Promise.all([get<Pool>(path), get<Health>(`${path}/health`), get<{ time: string }>('/v1/clock')]);
  const { siteId, computeClass, model, unitsPerNode } = pool.details;
  return [
    el('h1', {}, nameOf(pool), ' ', stateTag(judged.health)),
    facts([
      ...(judged.reason ? [[t('reason'), reasonText(judged.reason)] as const] : []),
      [t('since'), timeText(judged.since)],
      [t('lastHeard'), timeText(judged.lastSeenAt)],
      [t('deadline'), timeText(judged.deadlineAt)],
      [t('classes'), `${valueText(computeClass)}, ${model}`],
      [t('site'), link(`/sites/${siteId}`, siteId)],
      [t('provider'), judged.providerId],
      [t('nodes'), `${shortText(String(pool.nodeCount))} × ${unitsPerNode}`],
      [t('nodesSuspect'), judged.nodesSuspect],
      [t('nodesLost'), judged.nodesLost],
    ]),
    ...(me.roles.includes('OPERATOR') ? [judging(path)] : []),
    el('h2', {}, t('telemetry')),
    await telemetryOf(path, pool, time),
    el('h2', {}, t('findings')),
    await findingsOf(pool.poolId),
    el('h2', {}, t('signedDays')),
    downloads([proofOf(pool.poolId, time)]),
    await signedDaysOf(pool.poolId),
    el('h2', {}, t('judged')),
    await changesOf(path),
  ];
}

/** The operator judges by hand, and forgives, with a reason. */
function judging(path: string): HTMLElement {
  const health = el('select', { name: 'health' }, ...healths.map((one) => el('option', { value: one }, valueText(one))));
  const reason = el('input', { name: 'reason', required: '', maxlength: '400', size: '40' });
  const form = el(
    'form',
    { class: 'bar' },
    el('label', {}, t('judgeAs'), health),
    el('label', {}, t('reason'), reason),
    el('button', { type: 'submit' }, t('judge')),
  );
  const problem = problemPlace();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    post(`${path}/health`, { health: health.value, reason: reason.value }, newIdempotencyKey()).then(
      () => dispatchEvent(new HashChangeEvent('hashchange')),
      problem.show,
    );
  });
  return el('div', {}, form, problem.place);
}

/** Of six hours, oldest first; a slot of which nothing was heard has no row. */
function telemetryOf(path: string, { nodeCount, details }: Pool, time: string): Promise<HTMLElement> {
  const to = Math.floor(Date.parse(time) / slotMs) * slotMs + slotMs;
  const isoOf = (ms: number): string => new Date(ms).toISOString();
  return list<Rollup>(
    [
      { head: t('slot'), isWhole: true, cell: ({ slot }) => timeText(slot) },
      { head: t('nodesHeard'), isNumber: true, cell: ({ nodes }) => `${shortText(String(nodes))} / ${shortText(String(nodeCount))}` },
      {
        head: t('unitsUp'),
        isNumber: true,
        cell: ({ unitsUp }) => `${shortText(String(unitsUp))} / ${shortText(String(nodeCount * details.unitsPerNode))}`,
      },
      { head: t('load'), isNumber: true, cell: ({ utilisationBp }) => perCent(utilisationBp) },
      { head: t('energyUsed'), isNumber: true, cell: ({ energyWh }) => `${shortText(String(energyWh))} Wh` },
    ],
    {
      path: `${path}/rollups`,
      asked: { from: isoOf(to - shownSlots * slotMs), to: isoOf(to) },
      rowsOf: ({ rollups }) => rollups as Rollup[],
    },
    t('noTelemetry'),
  );
}

const findingsOf = (poolId: number): Promise<HTMLElement> =>
  list<Finding>(
    [
      { head: t('at'), isWhole: true, cell: ({ foundAt }) => timeText(foundAt) },
      { head: t('node'), isNumber: true, cell: ({ node }) => node },
      { head: t('window'), isWhole: true, cell: ({ window }) => `${timeText(window.from)} – ${timeText(window.to)}` },
      { head: t('reason'), cell: ({ rule, evidence }) => twoLines(reasonText(rule), evidence) },
    ],
    { path: '/v1/telemetry-findings', asked: { poolId: String(poolId) }, rowsOf: ({ findings }) => findings as Finding[] },
    t('noFindings'),
  );

/** Of the last month that is over, by the exchange's clock. */
function proofOf(poolId: number, time: string): readonly [path: string, name: string] {
  const [year = 0, month = 0] = timeText(time).split('-').map(Number);
  const dayOf = (at: number): string => new Date(Date.UTC(year, at, 1)).toISOString().slice(0, 10);
  const [from, to] = [dayOf(month - 2), dayOf(month - 1)];
  return [`/v1/pools/${poolId}/telemetry-proof?from=${from}&to=${to}`, `pool-${poolId}-${from.slice(0, 7)}.ndjson`];
}

const signedDaysOf = (poolId: number): Promise<HTMLElement> =>
  list<SignedDay>(
    [
      { head: t('signedDay'), isWhole: true, cell: ({ day }) => day },
      { head: t('state'), cell: ({ state, late }) => el('span', {}, stateTag(state), late ? ` ${t('late')}` : '') },
      { head: t('keys'), cell: ({ keyId }) => el('span', { class: 'hash' }, keyId) },
      { head: t('differences'), isNumber: true, cell: ({ differences }) => differences },
    ],
    { path: '/v1/signed-days', asked: { poolId: String(poolId), limit: '40' }, rowsOf: ({ days }) => days as SignedDay[] },
    t('noSignedDays'),
  );

const changesOf = (path: string): Promise<HTMLElement> =>
  list<Change>(
    [
      { head: t('at'), isWhole: true, cell: ({ at }) => timeText(at) },
      { head: t('state'), cell: ({ health }) => stateTag(health) },
      { head: t('nodes'), cell: ({ nodes }) => (nodes.length ? nodes.join(', ') : t('whole')) },
      { head: t('reason'), cell: ({ reason }) => reasonText(reason) },
      { head: t('by'), cell: ({ by }) => by },
    ],
    { path: `${path}/health-changes`, rowsOf: ({ changes }) => changes as Change[] },
    t('noChanges'),
  );
