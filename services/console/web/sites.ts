// Sites as plans look at them: class by racks, PUE and green share against their limits, occupancy, alarms.
import { type Asked, get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { milli, perCent, shortText, timeText } from './format.js';
import { choice, stateTag, twoLines } from './parts.js';
import { type Column, list, table } from './table.js';
import { regionText, t, valueText } from './words.js';

interface Promised {
  readonly kind: string;
  readonly plan: string;
  readonly clause: string;
  readonly limit: number;
  readonly value: number;
  readonly graceUntilDay?: string;
  readonly state: string;
}

interface Site {
  readonly siteId: number;
  readonly name: string;
  readonly region: number;
  readonly district: number;
  readonly siteClass: string;
  readonly standardRacks: number;
  readonly occupancyBp: number;
  readonly pueMilli: number;
  readonly greenShareBp: number;
  readonly commissionedDay?: string;
  readonly energyMwhPerYear: number;
  readonly storageTb: number;
  readonly flashStorageTb: number;
  readonly coalTonnesPerYear: number;
  readonly carbonTonnesPerYear: number;
  readonly waterTonnesPerYear: number;
  readonly pools: number;
  readonly nodes: number;
  readonly nodesLost: number;
  readonly promises: readonly Promised[];
  readonly measured?: { readonly machinesWh: number; readonly coveredBp: number; readonly registeredMachinesWh: number };
}

interface Alarm {
  readonly siteId: number;
  readonly siteName: string;
  readonly promise: Promised;
  readonly raisedAt: string;
  readonly clearedAt?: string;
}

const classes = ['EDGE', 'SMALL', 'LARGE', 'VERY_LARGE'];
const states = ['KEPT', 'NOT_YET_DUE', 'MISSED'];

/** A value with its limit and how it stands against it, of the plan's promise of this kind. */
function against(value: string, { promises }: Site, kind: string): Child {
  const promise = promises.find((one) => one.kind === kind);
  if (!promise) return value;
  return twoLines(el('span', {}, value, ' ', stateTag(promise.state)), limitText(promise));
}

const limitText = ({ kind, limit }: Promised): string =>
  kind === 'PUE' ? `${t('limit')} ≤ ${milli(limit)}` : `${t('limit')} > ${perCent(limit)}`;
const valueOf = ({ kind, value }: Promised): string => (kind === 'PUE' ? milli(value) : perCent(value));
const known = (value: number, text: string): string => (value ? text : t('notRegistered'));
const kWh = (wattHours: number): string => `${shortText(String(Math.floor(wattHours / 1_000)))} kWh`;

export async function sitesPage(_of: readonly string[], asked: Asked): Promise<Node[]> {
  const go = (change: Asked) => {
    const query = Object.entries({ ...asked, ...change }).filter((pair): pair is [string, string] => Boolean(pair[1]));
    location.hash = `/sites?${new URLSearchParams(query).toString()}`;
  };
  const options = (of: readonly string[]) => [['', t('all')] as const, ...of.map((value) => [value, valueText(value)] as const)];
  const columns: Column<Site>[] = [
    {
      head: t('site'),
      cell: ({ siteId, name, district, region }) => twoLines(link(`/sites/${siteId}`, name), regionText(district || region)),
    },
    { head: t('siteClass'), cell: ({ siteClass }) => valueText(siteClass) },
    { head: t('racks'), isNumber: true, cell: ({ standardRacks }) => shortText(String(standardRacks)) },
    { head: t('occupancy'), isNumber: true, cell: ({ occupancyBp }) => perCent(occupancyBp) },
    { head: 'PUE', cell: (site) => against(milli(site.pueMilli), site, 'PUE') },
    { head: t('greenShare'), cell: (site) => against(perCent(site.greenShareBp), site, 'GREEN_SHARE') },
    { head: t('pools'), isNumber: true, cell: ({ pools }) => pools },
    { head: t('nodes'), isNumber: true, cell: ({ nodes }) => shortText(String(nodes)) },
    { head: t('nodesLost'), isNumber: true, cell: ({ nodesLost }) => nodesLost },
  ];
  return [
    el('h1', {}, t('sites')),
    el(
      'div',
      { class: 'bar' },
      choice(t('siteClass'), options(classes), asked.siteClass ?? '', (siteClass) => go({ siteClass })),
      choice(t('promises'), options(states), asked.promiseState ?? '', (promiseState) => go({ promiseState })),
    ),
    await list(columns, { path: '/v1/site-indicators', asked, rowsOf: ({ sites }) => sites as Site[] }, t('noSites')),
    el('h2', {}, `${t('alarms')} (${t('standing')})`),
    await alarms({ standing: 'true' }),
  ];
}

export async function sitePage([id]: readonly string[]): Promise<Node[]> {
  const site = await get<Site>(`/v1/sites/${id}/indicators`);
  const { measured } = site;
  const tonnes = (value: number, unit: string): string => known(value, `${shortText(String(value))} ${unit}`);
  return [
    el('h1', {}, site.name),
    facts([
      [t('siteClass'), `${valueText(site.siteClass)} · ${shortText(String(site.standardRacks))} ${t('racks')}`],
      [t('region'), regionText(site.district || site.region)],
      [t('commissioned'), site.commissionedDay ?? t('notRegistered')],
      [t('occupancy'), perCent(site.occupancyBp)],
      ['PUE', milli(site.pueMilli)],
      [t('greenShare'), perCent(site.greenShareBp)],
      [t('energy'), known(site.energyMwhPerYear, `${shortText(String(site.energyMwhPerYear))} MWh`)],
      [t('coal'), tonnes(site.coalTonnesPerYear, 't')],
      [t('carbon'), tonnes(site.carbonTonnesPerYear, 't')],
      [t('water'), tonnes(site.waterTonnesPerYear, 't')],
      [t('storage'), known(site.storageTb, `${shortText(String(site.storageTb))} TB, ${shortText(String(site.flashStorageTb))} TB`)],
      [t('pools'), site.pools],
      [t('nodes'), `${shortText(String(site.nodes))}, ${t('nodesLost')} ${site.nodesLost}`],
    ]),
    el('h2', {}, t('promises')),
    table([...promiseColumns((promise: Promised) => promise), ...stateColumns()], site.promises, t('noPromises')),
    ...(measured
      ? [
          el('h2', {}, t('measured')),
          facts([
            [t('machines'), kWh(measured.machinesWh)],
            [t('registeredMachines'), known(measured.registeredMachinesWh, kWh(measured.registeredMachinesWh))],
            [t('covered'), perCent(measured.coveredBp)],
          ]),
        ]
      : []),
    el('h2', {}, t('alarms')),
    await alarms({ siteId: id }),
  ];
}

/** Columns that a site's promises and the alarms about them have in common. */
const promiseColumns = <T>(of: (row: T) => Promised): Column<T>[] => [
  { head: t('promise'), cell: (row) => twoLines(valueText(of(row).kind), limitText(of(row))) },
  { head: t('value'), isNumber: true, cell: (row) => valueOf(of(row)) },
  { head: t('plan'), cell: (row) => twoLines(valueText(of(row).plan), of(row).clause) },
];

const stateColumns = (): Column<Promised>[] => [
  { head: t('graceUntil'), isWhole: true, cell: ({ graceUntilDay }) => graceUntilDay ?? '' },
  { head: t('state'), cell: ({ state }) => stateTag(state) },
];

/** Of one site, or of all with the site that each is of. */
const alarms = (asked: Asked): Promise<HTMLElement> =>
  list<Alarm>(
    [
      ...(asked.siteId ? [] : [{ head: t('site'), cell: ({ siteId, siteName }: Alarm) => link(`/sites/${siteId}`, siteName) }]),
      ...promiseColumns(({ promise }: Alarm) => promise),
      { head: t('raised'), isWhole: true, cell: ({ raisedAt }) => timeText(raisedAt) },
      { head: t('cleared'), isWhole: true, cell: ({ clearedAt }) => (clearedAt ? timeText(clearedAt) : t('standing')) },
    ],
    { path: '/v1/site-alarms', asked, rowsOf: ({ alarms: of }) => of as Alarm[] },
    t('noAlarms'),
  );
