// Partner platforms: how far they are trusted, what they advertise, what either side states, and what was netted.
import { type Asked, get, newIdempotencyKey, post } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { shortText, timeText } from './format.js';
import { problemPlace, stateTag, twoLines } from './parts.js';
import { type Column, list, whole } from './table.js';
import type { Me } from './session.js';
import { regionText, t, valueText } from './words.js';

interface Partner {
  readonly platform: string;
  readonly state: string;
  readonly version: number;
  readonly capabilities: readonly string[];
  readonly clockAheadMs: number;
  readonly lastHeardAt?: string;
  readonly details: {
    readonly participantId: number;
    readonly address: string;
    readonly creditLimit: string;
    readonly ratePerSecond: number;
    readonly classes: readonly string[];
    readonly zones: readonly string[];
  };
  readonly keys: readonly { readonly keyId: string; readonly suite: string; readonly validFrom: string; readonly validUntil?: string }[];
}

interface Advert {
  readonly heardAt: string;
  readonly supply: {
    readonly advertId: string;
    readonly computeClass: string;
    readonly model: string;
    readonly units: number;
    readonly price: string;
    readonly region: number;
    readonly window?: { readonly from: string; readonly to: string };
  };
}

interface Item {
  readonly reservationId: string;
  readonly day: string;
  readonly sold: boolean;
  readonly ours: string;
  readonly theirs: string;
  readonly stated: boolean;
  readonly differs: boolean;
  readonly nettedThrough?: string;
}

interface Netting {
  readonly through: string;
  readonly currency: string;
  readonly sold: string;
  readonly bought: string;
  readonly items: number;
  readonly agreedAt: string;
}

/** What a netting left to be paid, and what the bank has moved of it. */
interface Payable {
  readonly currency: string;
  readonly through: string;
  /** The partner pays. */
  readonly receivable: boolean;
  readonly amount: string;
  readonly paid: string;
  readonly left: string;
  readonly ageDays: number;
}

interface Step {
  readonly step: string;
  readonly key: string;
  readonly at: string;
  readonly reason: string;
}

const namesOf = (values: readonly string[]): string => values.map(valueText).join(', ');
const heardText = ({ lastHeardAt }: Partner): string => (lastHeardAt ? timeText(lastHeardAt) : t('never'));

export async function partnersPage(): Promise<Node[]> {
  const columns: Column<Partner>[] = [
    { head: t('platform'), cell: ({ platform }) => link(`/partners/${platform}`, platform) },
    { head: t('state'), cell: ({ state }) => stateTag(state) },
    { head: t('lastHeard'), isWhole: true, cell: heardText },
    { head: t('version'), isNumber: true, cell: ({ version }) => version || '–' },
    { head: t('creditLimit'), isNumber: true, cell: ({ details }) => `¥ ${shortText(details.creditLimit)}` },
    { head: t('rate'), isNumber: true, cell: ({ details }) => details.ratePerSecond },
    { head: t('classes'), cell: ({ details }) => namesOf(details.classes) },
    { head: t('zones'), cell: ({ details }) => namesOf(details.zones) },
  ];
  const found = await list(
    columns,
    { path: '/v1/interconnect/partners', rowsOf: ({ partners }) => partners as Partner[] },
    t('noPartners'),
  );
  return [el('h1', {}, t('partners')), found];
}

export async function partnerPage([platform]: readonly string[], { differing }: Asked, me: Me): Promise<Node[]> {
  const path = `/v1/interconnect/partners/${platform}`;
  const partner = await get<Partner>(path);
  const { details, keys, clockAheadMs } = partner;
  return [
    el('h1', {}, partner.platform, ' ', stateTag(partner.state)),
    facts([
      [t('lastHeard'), heardText(partner)],
      [t('clock'), `${clockAheadMs} ms`],
      [t('version'), partner.version ? [partner.version, ...partner.capabilities].join(', ') : '–'],
      [t('address'), details.address || '–'],
      [t('creditLimit'), `¥ ${shortText(details.creditLimit)}`],
      [t('rate'), details.ratePerSecond],
      [t('classes'), namesOf(details.classes)],
      [t('zones'), namesOf(details.zones)],
      [t('keys'), el('span', { class: 'hash' }, keys.map(({ keyId, suite }) => `${keyId} ${suite}`).join(', '))],
    ]),
    ...(me.roles.includes('OPERATOR') && partner.state !== 'LEFT' ? [moving(partner, path)] : []),
    el('h2', {}, t('adverts')),
    await advertsOf(partner.platform),
    el('h2', {}, t('statements')),
    el(
      'p',
      { class: 'bar' },
      differing ? link(`/partners/${platform}`, t('allItems')) : link(`/partners/${platform}?differing=true`, t('onlyDifferences')),
    ),
    await itemsOf(path, differing),
    el('h2', {}, t('nettings')),
    await nettingsOf(path, details.participantId),
    el('h2', {}, t('audit')),
    await stepsOf(path),
  ];
}

/** Suspends who is active, resumes who is suspended: with a reason, as the API asks. */
function moving({ state }: Partner, path: string): HTMLElement {
  const act = state === 'ACTIVE' ? 'suspend' : 'resume';
  const reason = el('input', { name: 'reason', required: '', maxlength: '1000', size: '40' });
  const form = el('form', { class: 'bar' }, el('label', {}, t('reason'), reason), el('button', { type: 'submit' }, t(act)));
  const problem = problemPlace();
  const idempotencyKey = newIdempotencyKey();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    post(`${path}/${act}`, { reason: reason.value }, idempotencyKey).then(
      () => dispatchEvent(new HashChangeEvent('hashchange')),
      problem.show,
    );
  });
  return el('div', {}, form, problem.place);
}

const advertsOf = (platform: string): Promise<HTMLElement> =>
  list<Advert>(
    [
      { head: t('advert'), cell: ({ supply }) => supply.advertId },
      { head: t('classes'), cell: ({ supply }) => twoLines(valueText(supply.computeClass), supply.model) },
      { head: t('units'), isNumber: true, cell: ({ supply }) => shortText(String(supply.units)) },
      { head: t('price'), isNumber: true, cell: ({ supply }) => `¥ ${shortText(supply.price)}` },
      { head: t('region'), cell: ({ supply }) => regionText(supply.region) },
      {
        head: t('window'),
        isWhole: true,
        cell: ({ supply }) => (supply.window ? `${timeText(supply.window.from)} – ${timeText(supply.window.to)}` : ''),
      },
      { head: t('heard'), isWhole: true, cell: ({ heardAt }) => timeText(heardAt) },
    ],
    { path: '/v1/interconnect/advertisements', asked: { platform }, rowsOf: ({ advertisements }) => advertisements as Advert[] },
    t('noAdverts'),
  );

const itemsOf = (path: string, differing: string | undefined): Promise<HTMLElement> =>
  list<Item>(
    [
      { head: t('at'), isWhole: true, cell: ({ day }) => day },
      { head: t('reservation'), cell: ({ reservationId }) => el('span', { class: 'hash' }, reservationId) },
      { head: t('side'), cell: ({ sold }) => t(sold ? 'sold' : 'bought') },
      { head: t('ours'), isNumber: true, cell: ({ ours }) => `¥ ${shortText(ours)}` },
      { head: t('theirs'), isNumber: true, cell: ({ stated, theirs }) => (stated ? `¥ ${shortText(theirs)}` : t('notStated')) },
      {
        head: t('state'),
        cell: ({ differs, stated, nettedThrough }) =>
          nettedThrough
            ? `${t('netted')} ${nettedThrough}`
            : el('span', { class: differs ? 'bad' : '' }, t(differs ? 'differs' : stated ? 'agrees' : 'notStated')),
      },
    ],
    { path: `${path}/statement-items`, asked: { differing }, rowsOf: ({ items }) => items as Item[] },
    t(differing ? 'noDifferences' : 'noItems'),
  );

async function nettingsOf(path: string, participantId: number): Promise<HTMLElement> {
  const payables = await whole<Payable>({
    path: '/v1/partner-nettings',
    asked: { participantId: String(participantId) },
    rowsOf: ({ nettings }) => nettings as Payable[],
  });
  const payableOf = ({ through, currency }: Netting) => payables.find((one) => one.through === through && one.currency === currency);
  const money = (of: (payable: Payable) => string) => (netting: Netting) => {
    const payable = payableOf(netting);
    return payable ? `${shortText(of(payable))} ${payable.currency}` : '–';
  };
  return list<Netting>(
    [
      { head: t('through'), isWhole: true, cell: ({ through }) => through },
      { head: t('receivable'), isNumber: true, cell: ({ sold, currency }) => `${shortText(sold)} ${currency}` },
      { head: t('payable'), isNumber: true, cell: ({ bought, currency }) => `${shortText(bought)} ${currency}` },
      { head: t('items'), isNumber: true, cell: ({ items }) => items },
      { head: t('at'), isWhole: true, cell: ({ agreedAt }) => timeText(agreedAt) },
      {
        head: t('toPay'),
        isNumber: true,
        cell: (netting) => {
          const payable = payableOf(netting);
          return payable ? twoLines(money(({ amount }) => amount)(netting), t(payable.receivable ? 'toUs' : 'toThem')) : '–';
        },
      },
      { head: t('paid'), isNumber: true, cell: money(({ paid }) => paid) },
      { head: t('left'), isNumber: true, cell: (netting) => leftOf(payableOf(netting)) },
    ],
    { path: `${path}/nettings`, rowsOf: ({ nettings }) => nettings as Netting[] },
    t('noNettings'),
  );
}

function leftOf(payable: Payable | undefined): Child {
  if (!payable) return '–';
  const { left, amount, currency, ageDays } = payable;
  // No bank moves less than a fen.
  if (Number(left) < 0.01) return t(Number(amount) < 0.01 ? 'nothingToPay' : 'settledWhole');
  return twoLines(`${shortText(left)} ${currency}`, `${ageDays} ${t('daysOld')}`);
}

const stepsOf = (path: string): Promise<HTMLElement> =>
  list<Step>(
    [
      { head: t('at'), isWhole: true, cell: ({ at }) => timeText(at) },
      { head: t('step'), cell: ({ step }) => valueText(step) },
      { head: t('by'), cell: ({ key }) => key },
      { head: t('reason'), cell: ({ reason }) => reason },
    ],
    { path: `${path}/audit`, rowsOf: ({ steps }) => steps as Step[] },
    t('noSteps'),
  );
