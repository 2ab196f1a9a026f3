// A buyer's bids: what each asked and got, why it lacks what it lacks, and its taking back.
import { type Asked, get, newIdempotencyKey, remove } from './api.js';
import { button, el, facts, link } from './dom.js';
import { perCent, timeText } from './format.js';
import { explanationOf } from './explanation.js';
import { placeOf, platformTag } from './leases.js';
import { hoursText, yuan } from './money.js';
import { choice, problemPlace, stateTag, twoLines } from './parts.js';
import { type Fill, type Terms, askedText, bookCell, countedText, spanText, wantedText, windowText } from './products.js';
import { list, table } from './table.js';
import { regionText, t, valueText } from './words.js';

export interface Bid {
  readonly bidId: string;
  readonly state: string;
  readonly terms: Terms;
  readonly clientOrderId: string;
  readonly project: string;
  readonly programmeId: number;
  readonly filled: number;
  readonly open: number;
  readonly reserved: number;
  readonly reason: string;
  readonly placedAt: string;
  readonly closedAt?: string;
  readonly trades: readonly Fill[];
}

const states = ['OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'ENDED'];

export async function bidsPage(_of: readonly string[], { state = '' }: Asked): Promise<Node[]> {
  const found = await list<Bid>(
    [
      { head: t('bid'), cell: ({ bidId, project }) => twoLines(link(`/bids/${bidId}`, bidId), project) },
      { head: t('product'), isWhole: true, cell: ({ terms }) => askedText(terms) },
      { head: t('state'), cell: ({ state: is }) => stateTag(is) },
      { head: t('filledOf'), isNumber: true, cell: filledText },
      { head: t('priceLimit'), isNumber: true, cell: ({ terms }) => yuan(terms.limitPrice) },
      { head: t('duration'), isNumber: true, cell: ({ terms }) => hoursText(terms.durationSlots) },
      { head: t('mayRun'), isWhole: true, cell: ({ terms }) => windowText(terms) },
      { head: t('placed'), isWhole: true, cell: ({ placedAt }) => timeText(placedAt) },
    ],
    { path: '/v1/bids', asked: { state }, rowsOf: ({ bids }) => bids as Bid[] },
    t('noBids'),
  );
  const options = [['', t('all')] as const, ...states.map((one) => [one, valueText(one)] as const)];
  const go = (to: string) => {
    location.hash = to ? `/bids?state=${to}` : '/bids';
  };
  return [el('h1', {}, t('bids')), el('div', { class: 'bar' }, choice(t('state'), options, state, go)), found];
}

function filledText({ filled, reserved, terms }: Bid): string {
  const waits = reserved ? ` (+ ${countedText(reserved, terms)} ${t('reservedElsewhere')})` : '';
  return `${countedText(filled, terms)} / ${wantedText(terms)}${waits}`;
}

export async function bidPage([id]: readonly string[]): Promise<Node[]> {
  const path = `/v1/bids/${id}`;
  const bid = await get<Bid>(path);
  const { terms } = bid;
  return [
    el('h1', {}, `${t('bid')} ${bid.bidId} `, stateTag(bid.state)),
    facts([
      [t('product'), askedText(terms)],
      [t('filledOf'), filledText(bid)],
      [t('priceLimit'), `${yuan(terms.limitPrice)} ${t(terms.pflops ? 'aPflopsHour' : 'aUnitHour')}`],
      [t('duration'), hoursText(terms.durationSlots)],
      [t('mayRun'), windowText(terms)],
      ...conditionsOf(terms),
      ...(bid.project ? [[t('project'), bid.project] as const] : []),
      ...(bid.clientOrderId ? [[t('ownName'), bid.clientOrderId] as const] : []),
      ...(bid.programmeId ? [[t('programme'), bid.programmeId] as const] : []),
      [t('placed'), timeText(bid.placedAt)],
      ...(bid.closedAt ? [[t('closed'), timeText(bid.closedAt)] as const] : []),
      ...(bid.reason ? [[t('reason'), valueText(bid.reason)] as const] : []),
    ]),
    ...(bid.state === 'OPEN' ? [cancelling(path)] : []),
    el('h2', {}, t('why')),
    await explanationOf(path, terms),
    el('h2', {}, t('trades')),
    fillsTable(bid.trades, t('noTrades')),
  ];
}

function conditionsOf({ constraints, ...terms }: Terms): (readonly [name: string, text: string])[] {
  const { regionsIn = [], zone, greenShareBpMin = 0, roundTripUsMax = 0 } = constraints ?? {};
  const texts: (readonly [string, string | false | undefined])[] = [
    [t('allOrNone'), terms.allOrNone && t('yes')],
    [t('minUnits'), terms.minUnits > 0 && String(terms.minUnits)],
    [t('placement'), terms.placement && valueText(terms.placement)],
    [t('preference'), terms.preference && valueText(terms.preference)],
    [t('timeInForce'), terms.timeInForce && valueText(terms.timeInForce)],
    [t('localOnly'), terms.localOnly && t('yes')],
    [t('region'), regionsIn.map(regionText).join(t('or'))],
    [t('zones'), zone && valueText(zone)],
    [t('greenShare'), greenShareBpMin > 0 && `≥ ${perCent(greenShareBpMin)}`],
    [t('roundTripMax'), roundTripUsMax > 0 && `≤ ${roundTripUsMax} µs`],
  ];
  return texts.flatMap(([name, text]) => (text ? [[name, text] as const] : []));
}

/** Asks once more before what rests is taken back. */
function cancelling(path: string): HTMLElement {
  const place = el('div', { class: 'bar' });
  const problem = problemPlace();
  const idempotencyKey = newIdempotencyKey();
  const ask = button(t('cancelBid'), () => {
    const yes = button(t('cancelSurely'), () => {
      yes.disabled = true;
      remove(path, idempotencyKey).then(
        () => dispatchEvent(new HashChangeEvent('hashchange')),
        (refusal: unknown) => {
          yes.disabled = false;
          problem.show(refusal);
        },
      );
    });
    const no = button(t('keepBid'), () => {
      problem.show();
      place.replaceChildren(ask);
      ask.focus();
    });
    place.replaceChildren(el('span', {}, t('cancelMeans')), yes, no);
    no.focus();
  });
  place.append(ask);
  return el('div', {}, place, problem.place);
}

/** @param fills a bid's trades, or what a quote foresees */
export const fillsTable = (fills: readonly Fill[], empty: string): HTMLElement =>
  table<Fill>(
    [
      {
        head: t('lease'),
        cell: ({ tradeId, reserved }) => (reserved ? t('reservedElsewhere') : tradeId ? link(`/leases/${tradeId}`, tradeId) : '–'),
      },
      { head: t('product'), isWhole: true, cell: ({ book }) => bookCell(book) },
      { head: t('units'), isNumber: true, cell: ({ units }) => units },
      { head: t('window'), isWhole: true, cell: ({ window }) => spanText(window) },
      { head: t('price'), isNumber: true, cell: ({ price }) => yuan(price) },
      { head: t('compute'), isNumber: true, cell: ({ computeAmount }) => yuan(computeAmount) },
      { head: t('transfer'), isNumber: true, cell: ({ transferAmount }) => yuan(transferAmount) },
      {
        head: t('site'),
        cell: ({ region, poolId, platformId }) =>
          twoLines(el('span', {}, placeOf(region), ' ', platformTag(platformId)), `${t('pool')} ${poolId}`),
      },
    ],
    fills,
    empty,
  );
