// A programme's document as people read it, clause by clause.
import { type Child, el, facts } from './dom.js';
import { perCent } from './format.js';
import { valueIn } from './authorityparts.js';
import { said } from './session.js';
import { table } from './table.js';
import { yuan } from './money.js';
import { ta } from './authoritywords.js';
import { regionText } from './words.js';

/** What the document leaves out the API leaves out too. */
export interface Terms {
  readonly name: string;
  readonly budget: string;
  readonly budgetPerYear?: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly kind: string;
  readonly eligibility?: {
    readonly regions?: readonly number[];
    readonly industries?: readonly string[];
    readonly sizes?: readonly string[];
    readonly firstTime?: boolean;
  };
  readonly coverage?: {
    readonly classes?: readonly string[];
    readonly providerIds?: readonly number[];
    readonly domesticOnly?: boolean;
    readonly services?: readonly string[];
    readonly platformIds?: readonly number[];
  };
  readonly tiers: readonly Tier[];
  readonly officersFrom?: string;
  readonly funders?: readonly { readonly name: string; readonly parts: number }[];
  readonly exhaustion?: string;
  readonly once?: string;
  readonly stacking?: string;
  readonly evidence?: readonly string[];
  readonly source?: string;
}

interface Tier {
  readonly sizes?: readonly string[];
  readonly industries?: readonly string[];
  readonly rateBp: number;
  readonly domesticExtraBp?: number;
  readonly greenExtraBp?: number;
  readonly greenFromBp?: number;
  readonly ceilingBp?: number;
  readonly capPerBill?: string;
  readonly capPerFirmYear?: string;
  readonly capPerFirm?: string;
}

const comma = (): string => said(', ', '、');
const namesOf = (values: readonly string[]): string => values.map(valueIn).join(comma());
const hasMoney = (amount: string | undefined): amount is string => amount !== undefined && Number(amount) > 0;
/** "given" for an enum that says nothing: the meaning of the contract then. */
const meant = (value: string | undefined, otherwise: string): string => valueIn(!value || value === 'UNSPECIFIED' ? otherwise : value);

export function documentOf(terms: Terms): HTMLElement[] {
  return [
    facts([
      ...(terms.source ? [[ta('policy'), terms.source] as const] : []),
      [ta('days'), `${terms.firstDay} – ${terms.lastDay}`],
      [ta('budget'), yuan(terms.budget)],
      ...(hasMoney(terms.budgetPerYear) ? [[ta('budgetAYear'), yuan(terms.budgetPerYear)] as const] : []),
      [ta('kind'), meant(terms.kind, '')],
      [ta('funders'), fundersOf(terms)],
      [ta('whoMay'), whoMayOf(terms)],
      [ta('whatFor'), whatForOf(terms)],
      [ta('exhaustion'), meant(terms.exhaustion, 'FIRST_COME')],
      [ta('once'), meant(terms.once, 'A_MONTH')],
      [ta('stacking'), meant(terms.stacking, 'NONE')],
      [ta('evidence'), terms.evidence?.length ? namesOf(terms.evidence) : ta('nothingAsked')],
      [ta('officersFrom'), hasMoney(terms.officersFrom) ? `${yuan(terms.officersFrom)} ${ta('yuanAndMore')}` : ta('noClaimWaits')],
    ]),
    el('h3', {}, ta('tiers')),
    tiersOf(terms.tiers),
  ];
}

export function fundersOf({ funders = [] }: Terms): string {
  const all = funders.reduce((sum, { parts }) => sum + parts, 0);
  return funders.length ? funders.map(({ name, parts }) => `${name} ${parts}/${all}`).join(comma()) : ta('authorityAlone');
}

function whoMayOf({ eligibility: { regions = [], industries = [], sizes = [], firstTime = false } = {} }: Terms): string {
  const clauses = [
    ...(regions.length ? [`${ta('registeredIn')} ${regions.map(regionText).join(comma())}`] : []),
    ...(industries.length ? [`${ta('ofIndustry')} ${namesOf(industries)}`] : []),
    ...(sizes.length ? [`${ta('ofSize')} ${namesOf(sizes)}`] : []),
    ...(firstTime ? [ta('firstTime')] : []),
  ];
  return clauses.length ? clauses.join(said('; ', '；')) : ta('everyone');
}

function whatForOf({
  coverage: { classes = [], providerIds = [], domesticOnly = false, services = [], platformIds = [] } = {},
}: Terms): string {
  return [
    namesOf(services.length ? services : ['COMPUTE']),
    ...(classes.length ? [namesOf(classes)] : []),
    ...(domesticOnly ? [ta('domesticOnly')] : []),
    ...(providerIds.length ? [`${ta('byProviders')} ${providerIds.join(', ')}`] : []),
    ...(platformIds.length ? [`${ta('billsOf')} ${platformIds.join(', ')}`] : []),
  ].join(said('; ', '；'));
}

const cap = (amount: string | undefined): string => (hasMoney(amount) ? yuan(amount) : ta('noCap'));

const applicantsOf = ({ sizes = [], industries = [] }: Tier): Child =>
  sizes.length || industries.length ? [...sizes, ...industries].map(valueIn).join(comma()) : ta('allOthers');

const greenOf = ({ greenExtraBp = 0, greenFromBp = 0 }: Tier): string =>
  greenExtraBp ? `+ ${perCent(greenExtraBp)}${said(', ', '，')}${ta('fromShare')} ${perCent(greenFromBp)}` : '–';

/** The first that names a buyer is its. */
const tiersOf = (tiers: readonly Tier[]): HTMLElement =>
  table(
    [
      { head: ta('applicants'), cell: applicantsOf },
      { head: ta('rate'), isNumber: true, cell: ({ rateBp }) => perCent(rateBp) },
      {
        head: ta('domesticExtra'),
        isNumber: true,
        cell: ({ domesticExtraBp }) => (domesticExtraBp ? `+ ${perCent(domesticExtraBp)}` : '–'),
      },
      { head: ta('greenExtra'), isNumber: true, cell: greenOf },
      { head: ta('ceiling'), isNumber: true, cell: ({ ceilingBp }) => (ceilingBp ? perCent(ceilingBp) : '–') },
      { head: ta('capABill'), isNumber: true, cell: ({ capPerBill }) => cap(capPerBill) },
      { head: ta('capAFirmAYear'), isNumber: true, cell: ({ capPerFirmYear }) => cap(capPerFirmYear) },
      { head: ta('capAFirm'), isNumber: true, cell: ({ capPerFirm }) => cap(capPerFirm) },
    ],
    tiers,
    ta('nothingAsked'),
  );
