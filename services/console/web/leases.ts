// A buyer's leases: what runs where, on whose platform, and how to reach it.
import { type Asked, get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { choice, stateTag, twoLines } from './parts.js';
import { type Book, type Span, bookCell, bookText, spanText } from './products.js';
import { list, table } from './table.js';
import { regionText, t, valueText } from './words.js';

interface Lease {
  readonly leaseId: number;
  readonly state: string;
  readonly providerId: number;
  readonly siteId: number;
  readonly region: number;
  readonly book: Book;
  readonly nodes: readonly { readonly node: number; readonly units: number }[];
  readonly units: number;
  readonly window: Span;
  readonly delivered: Span;
  readonly project: string;
  readonly clientOrderId: string;
  readonly endpoint: string;
  readonly sealedSecret: string;
  readonly image: string;
  readonly confirmBy?: string;
  readonly confirmedAt?: string;
  readonly reason: string;
  readonly standby: boolean;
  readonly reclaimedBy?: string;
  readonly platformId: number;
}

const states = ['PENDING', 'CONFIRMED', 'ACTIVE', 'ENDED', 'CUT_SHORT'];
/** What runs is not called what a participant in good standing is. */
const leaseState = (state: string): string => (state === 'ACTIVE' ? 'RUNNING' : state);

/** Of a quote's fills the region is not told. */
export const placeOf = (region: number): string => (region ? regionText(region) : '');

/** Marks what lies on another platform, with the partner's number. */
export const platformTag = (platformId: number): Child =>
  platformId ? el('span', { class: 'tag declared' }, `${t('remote')}: ${t('partner')} ${platformId}`) : undefined;

export async function leasesPage(_of: readonly string[], { state = '' }: Asked): Promise<Node[]> {
  const found = await list<Lease>(
    [
      { head: t('lease'), cell: ({ leaseId, project }) => twoLines(link(`/leases/${leaseId}`, leaseId), project) },
      { head: t('state'), cell: ({ state: is }) => stateTag(leaseState(is)) },
      { head: t('product'), isWhole: true, cell: ({ book }) => bookCell(book) },
      { head: t('units'), isNumber: true, cell: ({ units }) => units },
      { head: t('window'), isWhole: true, cell: windowCell },
      { head: t('site'), cell: siteCell },
      { head: t('provider'), cell: ({ providerId, platformId }) => platformTag(platformId) ?? providerId },
    ],
    { path: '/v1/leases', asked: { state }, rowsOf: ({ leases }) => leases as Lease[] },
    t('noLeases'),
  );
  const options = [['', t('all')] as const, ...states.map((one) => [one, valueText(leaseState(one))] as const)];
  const go = (to: string) => {
    location.hash = to ? `/leases?state=${to}` : '/leases';
  };
  return [el('h1', {}, t('leases')), el('div', { class: 'bar' }, choice(t('state'), options, state, go)), found];
}

const isCut = ({ window, delivered }: Lease): boolean => window.to !== delivered.to || window.from !== delivered.from;
const windowCell = (lease: Lease): Child =>
  isCut(lease) ? twoLines(spanText(lease.window), `${t('delivered')} ${spanText(lease.delivered)}`) : spanText(lease.window);
const siteCell = ({ region, siteId, platformId }: Lease): Child =>
  platformId ? placeOf(region) : twoLines(placeOf(region), `${t('site')} ${siteId}`);

export async function leasePage([id]: readonly string[]): Promise<Node[]> {
  const lease = await get<Lease>(`/v1/leases/${id}`);
  const { book, providerId, platformId, region, siteId } = lease;
  const texts: (readonly [string, string])[] = [
    [t('project'), lease.project],
    [t('ownName'), lease.clientOrderId],
    [t('reason'), lease.reason && valueText(lease.reason)],
    [t('reclaimedBy'), lease.reclaimedBy ? valueText(lease.reclaimedBy) : ''],
    [t('standby'), lease.standby ? t('yes') : ''],
    [t('confirmBy'), lease.confirmBy ? timeText(lease.confirmBy) : ''],
    [t('confirmedAt'), lease.confirmedAt ? timeText(lease.confirmedAt) : ''],
    [t('endpoint'), lease.endpoint],
    [t('image'), lease.image],
  ];
  return [
    el('h1', {}, `${t('lease')} ${lease.leaseId} `, stateTag(leaseState(lease.state)), ' ', platformTag(platformId)),
    facts([
      [t('product'), `${bookText(book)}, ${valueText(book.computeClass)}, ${valueText(book.unit)}`],
      [t('units'), lease.units],
      [t('window'), spanText(lease.window)],
      ...(isCut(lease) ? [[t('delivered'), spanText(lease.delivered)] as const] : []),
      [t('region'), placeOf(region)],
      ...(platformId ? [] : [[t('site'), siteId] as const]),
      platformId ? [t('partner'), platformId] : [t('provider'), providerId],
      ...texts.filter(([, text]) => text),
      ...(lease.sealedSecret ? [[t('sealedSecret'), el('span', { class: 'hash' }, lease.sealedSecret)] as const] : []),
    ]),
    el('h2', {}, t('nodes')),
    table(
      [
        { head: t('node'), cell: ({ node }) => node },
        { head: t('units'), isNumber: true, cell: ({ units }) => units },
      ],
      lease.nodes,
      t('noNodes'),
    ),
  ];
}
