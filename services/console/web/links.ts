// Links: what was promised, what probes measured, and which of the two the market counts.
import { get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { shortText, timeText } from './format.js';
import { stateTag } from './parts.js';
import { list, table } from './table.js';
import { regionText, t, valueText } from './words.js';

interface Link {
  readonly linkId: number;
  readonly ownerId: number;
  readonly state: string;
  readonly countedRoundTripUs: number;
  readonly details: {
    readonly fromRegion: number;
    readonly toRegion: number;
    readonly toSiteId: number;
    readonly oneWayUs: number;
    readonly roundTripUs: number;
    readonly gigabitsPerSecond: number;
  };
}

interface Target {
  readonly promise: string;
  readonly promised: number;
  readonly measured: number;
  readonly compliance: string;
}

interface Quality {
  readonly linkId: number;
  readonly fromRegion: number;
  readonly toRegion: number;
  readonly toSiteId: number;
  readonly targets: readonly Target[];
  readonly countedRoundTripUs: number;
  readonly countsMeasured: boolean;
  readonly measuredAt?: string;
  readonly source?: string;
  readonly probes: number;
}

const micros = (value: number): string => `${shortText(String(value))} µs`;
const endsOf = ({ fromRegion, toRegion, toSiteId }: Pick<Quality, 'fromRegion' | 'toRegion' | 'toSiteId'>): string =>
  `${regionText(fromRegion)} → ${regionText(toRegion)}${toSiteId ? ` (${t('site')} ${toSiteId})` : ''}`;

export async function linksPage(): Promise<Node[]> {
  const found = await list<Link>(
    [
      { head: t('link'), cell: ({ linkId, details }) => link(`/links/${linkId}`, `${linkId}: ${endsOf(details)}`) },
      { head: t('owner'), isNumber: true, cell: ({ ownerId }) => ownerId },
      { head: t('state'), cell: ({ state }) => stateTag(state) },
      { head: t('roundTrip'), isNumber: true, cell: ({ details }) => micros(details.roundTripUs) },
      { head: t('counted'), isNumber: true, cell: ({ countedRoundTripUs }) => micros(countedRoundTripUs) },
      { head: t('oneWay'), isNumber: true, cell: ({ details }) => micros(details.oneWayUs) },
      { head: t('throughput'), isNumber: true, cell: ({ details }) => `${shortText(String(details.gigabitsPerSecond))} Gbit/s` },
    ],
    { path: '/v1/links', rowsOf: ({ links }) => links as Link[] },
    t('noLinks'),
  );
  return [el('h1', {}, t('links')), found];
}

export async function linkPage([id]: readonly string[]): Promise<Node[]> {
  const quality = await get<Quality>(`/v1/links/${id}/quality`);
  const { countedRoundTripUs, countsMeasured, measuredAt, source, probes } = quality;
  return [
    el('h1', {}, `${t('link')} ${quality.linkId}: ${endsOf(quality)}`),
    facts([
      [t('counted'), `${micros(countedRoundTripUs)}, ${t(countsMeasured ? 'countsMeasured' : 'countsPromised')}`],
      [t('probes'), probes ? `${probes}, ${source ? valueText(source) : ''}` : t('noProbes')],
      ...(measuredAt ? [[t('newestProbe'), timeText(measuredAt)] as const] : []),
    ]),
    table<Target>(
      [
        { head: t('promise'), cell: ({ promise }) => valueText(promise) },
        { head: t('promised'), isNumber: true, cell: ({ promise, promised }) => amountOf(promise, promised) },
        { head: t('measuredValue'), isNumber: true, cell: ({ promise, measured }) => (measured ? amountOf(promise, measured) : '–') },
        { head: t('state'), cell: ({ compliance }) => stateTag(compliance) },
      ],
      quality.targets,
      t('noProbes'),
    ),
  ];
}

const amountOf = (promise: string, amount: number): Child =>
  promise === 'THROUGHPUT' ? `${shortText(String(amount))} Mbit/s` : micros(amount);
