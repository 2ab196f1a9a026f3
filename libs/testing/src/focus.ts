// The rules of FOCUS 1.2 (Cost and Usage) as a table: which columns a file must have, of what type they are, and when they may or must be null.
import { parse } from 'csv-parse/sync';

export type FocusRow = Readonly<Record<string, string>>;

type Type = 'String' | 'Decimal' | 'DateTime' | 'Currency';
type Nulls = 'never' | 'may' | ((row: FocusRow) => 'never' | 'may' | 'must');

interface ColumnRule {
  readonly name: string;
  /** Mandatory, or conditional on what this exchange does (it meters, publishes unit prices, runs in regions, provisions resources, has projects). */
  readonly level: 'mandatory' | 'conditional' | 'recommended';
  readonly type: Type;
  readonly nulls: Nulls;
  readonly allowed?: readonly string[];
}

/** Prices and quantities: null of taxes, there for usage that corrects nothing. */
const ofUsage: Nulls = ({ ChargeCategory, ChargeClass }) => {
  if (ChargeCategory === 'Tax') return 'must';
  return (ChargeCategory === 'Usage' || ChargeCategory === 'Purchase') && ChargeClass !== 'Correction' ? 'never' : 'may';
};
const consumed: Nulls = ({ ChargeCategory, ChargeClass }) => {
  if (ChargeCategory !== 'Usage') return 'must';
  return ChargeClass === 'Correction' ? 'may' : 'never';
};
const togetherWith =
  (other: string): Nulls =>
  (row) =>
    row[other] ? 'never' : 'must';

const mandatory = (name: string, type: Type, nulls: Nulls = 'never', allowed?: readonly string[]): ColumnRule => ({
  ...{ name, level: 'mandatory', type, nulls, allowed },
});
const conditional = (name: string, type: Type, nulls: Nulls, allowed?: readonly string[]): ColumnRule => ({
  ...{ name, level: 'conditional', type, nulls, allowed },
});

const rules: readonly ColumnRule[] = [
  mandatory('BilledCost', 'Decimal'),
  mandatory('BillingAccountId', 'String'),
  mandatory('BillingAccountName', 'String', 'may'),
  mandatory('BillingCurrency', 'Currency'),
  mandatory('BillingPeriodEnd', 'DateTime'),
  mandatory('BillingPeriodStart', 'DateTime'),
  mandatory('ChargeCategory', 'String', 'never', ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  mandatory('ChargeClass', 'String', 'may', ['Correction']),
  mandatory('ChargeDescription', 'String', 'may'),
  mandatory('ChargePeriodEnd', 'DateTime'),
  mandatory('ChargePeriodStart', 'DateTime'),
  mandatory('ContractedCost', 'Decimal'),
  mandatory('EffectiveCost', 'Decimal'),
  mandatory('InvoiceIssuerName', 'String'),
  mandatory('ListCost', 'Decimal'),
  mandatory('PricingQuantity', 'Decimal', ofUsage),
  mandatory('PricingUnit', 'String', togetherWith('PricingQuantity')),
  mandatory('ProviderName', 'String'),
  mandatory('PublisherName', 'String'),
  mandatory('ServiceCategory', 'String', 'never', [
    ...[
      'AI and Machine Learning',
      'Analytics',
      'Business Applications',
      'Compute',
      'Databases',
      'Developer Tools',
      'Multicloud',
      'Identity',
    ],
    ...[
      'Integration',
      'Internet of Things',
      'Management and Governance',
      'Media',
      'Migration',
      'Mobile',
      'Networking',
      'Security',
      'Storage',
    ],
    ...['Web', 'Other'],
  ]),
  mandatory('ServiceName', 'String'),
  conditional('ConsumedQuantity', 'Decimal', consumed),
  conditional('ConsumedUnit', 'String', togetherWith('ConsumedQuantity')),
  conditional('ListUnitPrice', 'Decimal', ofUsage),
  conditional('PricingCategory', 'String', ofUsage, ['Standard', 'Dynamic', 'Committed', 'Other']),
  conditional('RegionId', 'String', 'may'),
  conditional('RegionName', 'String', togetherWith('RegionId')),
  conditional('ResourceId', 'String', 'may'),
  conditional('ResourceName', 'String', 'may'),
  conditional('ResourceType', 'String', togetherWith('ResourceId')),
  conditional('SkuId', 'String', ofUsage),
  conditional('SkuMeter', 'String', (row) => (row.SkuId ? 'may' : 'must')),
  conditional('SkuPriceId', 'String', ofUsage),
  conditional('SubAccountId', 'String', 'may'),
  conditional('SubAccountName', 'String', (row) => (row.SubAccountId ? 'may' : 'must')),
  { name: 'ChargeFrequency', level: 'recommended', type: 'String', nulls: 'never', allowed: ['One-Time', 'Recurring', 'Usage-Based'] },
  { name: 'InvoiceId', level: 'recommended', type: 'String', nulls: 'may' },
  {
    ...{ name: 'ServiceSubcategory', level: 'recommended', type: 'String', nulls: 'never' },
    allowed: [
      'Containers',
      'End User Computing',
      'Quantum Compute',
      'Serverless Compute',
      'Virtual Machines',
      'Other (Compute)',
      'Other (Networking)',
    ],
  },
];
/** Columns of the specification that a provider may leave out who has no commitments, contracts, capacity reservations, zones, tags or other currencies. */
const others = [
  ...['AvailabilityZone', 'BillingAccountType', 'CapacityReservationId', 'CapacityReservationStatus', 'CommitmentDiscountCategory'],
  ...['CommitmentDiscountId', 'CommitmentDiscountName', 'CommitmentDiscountQuantity', 'CommitmentDiscountStatus', 'CommitmentDiscountType'],
  ...[
    'CommitmentDiscountUnit',
    'ContractedUnitPrice',
    'PricingCurrency',
    'PricingCurrencyContractedUnitPrice',
    'PricingCurrencyEffectiveCost',
  ],
  ...['PricingCurrencyListUnitPrice', 'SkuPriceDetails', 'SubAccountType', 'Tags'],
];

const forms: Record<Type, RegExp> = {
  String: /^\S(?:[^]*\S)?$/,
  Decimal: /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  Currency: /^[A-Z]{3}$/,
};

/** Micro-units, exactly. */
const exact = (text: string): bigint => {
  const [, sign, whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  return BigInt(`${sign}${whole}${decimals.padEnd(6, '0').slice(0, 6)}`);
};

function brokenInRow(row: FocusRow): string[] {
  const broken: string[] = [];
  for (const { name, type, nulls, allowed } of rules) {
    const value = row[name]!;
    const may = typeof nulls === 'function' ? nulls(row) : nulls;
    if (value === '' && may === 'never') broken.push(`${name} must not be null`);
    if (value !== '' && may === 'must') broken.push(`${name} must be null`);
    if (value === '') continue;
    if (!forms[type].test(value) || (type === 'DateTime' && Number.isNaN(Date.parse(value))))
      broken.push(`${name} is no ${type}: ${value}`);
    if (allowed && !allowed.includes(value)) broken.push(`${name} must be one of its values: ${value}`);
  }
  if (broken.length) return broken;
  for (const period of ['Billing', 'Charge'])
    if (row[`${period}PeriodStart`]! >= row[`${period}PeriodEnd`]!) broken.push(`${period}PeriodEnd must be after its start`);
  if (row.ChargeCategory === 'Purchase' && row.ChargeFrequency === 'Usage-Based') broken.push('a purchase is not usage-based');
  if (row.PricingUnit && !/^(?:[A-Z][A-Za-z]*-(?:Hours|Days|Months|Years)|[A-Z][a-z]+s)$/.test(row.PricingUnit))
    broken.push(`PricingUnit is no unit: ${row.PricingUnit}`);
  if (row.ListUnitPrice && exact(row.ListUnitPrice) < 0n) broken.push('ListUnitPrice must not be negative');
  if (row.ListUnitPrice && row.ChargeClass !== 'Correction') {
    const product = exact(row.ListUnitPrice) * exact(row.PricingQuantity!);
    if (product !== exact(row.ListCost!) * 1_000_000n) broken.push(`ListCost must be ListUnitPrice × PricingQuantity: ${row.ListCost}`);
  }
  return broken;
}

/** The file's rows, and every rule of the specification that it breaks, with the row's number. */
export function readFocus(csv: string): { rows: FocusRow[]; broken: string[] } {
  const table: string[][] = parse(csv, { relax_column_count: true });
  const [head = [], ...lines] = table;
  const broken: string[] = [];
  for (const { name, level } of rules) if (!head.includes(name)) broken.push(`${level} column ${name} must be there`);
  const known = new Set([...rules.map(({ name }) => name), ...others]);
  for (const name of head)
    if (!known.has(name) && !/^x_[A-Z][A-Za-z0-9]*$/.test(name)) broken.push(`column ${name} must be known or begin with x_`);
  if (new Set(head).size < head.length) broken.push('a column must be there once');
  const rows = lines.map((line, at) => {
    if (line.length !== head.length) broken.push(`row ${at + 1} must have all columns`);
    return Object.fromEntries(head.map((name, column) => [name, line[column] ?? '']));
  });
  if (!broken.length) rows.forEach((row, at) => broken.push(...brokenInRow(row).map((rule) => `row ${at + 1}: ${rule}`)));
  return { rows, broken };
}
