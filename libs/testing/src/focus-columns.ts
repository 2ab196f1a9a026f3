// The columns of FOCUS 1.2 (Cost and Usage), all 57: which a file must have, of what type they are, when they may or must be null, and which values they take.
export type FocusRow = Readonly<Record<string, string>>;

export type Type = 'String' | 'Decimal' | 'DateTime' | 'Currency' | 'Json';
type Nulls = 'never' | 'may' | ((row: FocusRow) => 'never' | 'may' | 'must');

export interface ColumnRule {
  readonly name: string;
  /**
   * Mandatory; conditional on what this exchange does (it meters, publishes unit prices, runs in regions, provisions resources, has projects); recommended, which
   * it has; or one that a provider may leave out who has no commitments, contracts, capacity reservations, zones, tags, price lists or other currencies.
   */
  readonly level: 'mandatory' | 'conditional' | 'recommended' | 'left out';
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

const onlyWith =
  (other: string): Nulls =>
  (row) =>
    row[other] ? 'may' : 'must';
/** Of what was reserved or committed: usage says whether it was used. */
const statusOf =
  (other: string): Nulls =>
  (row) =>
    row[other] ? (row.ChargeCategory === 'Usage' ? 'never' : 'may') : 'must';

const mandatory = (name: string, type: Type, nulls: Nulls = 'never', allowed?: readonly string[]): ColumnRule => ({
  ...{ name, level: 'mandatory', type, nulls, allowed },
});
const conditional = (name: string, type: Type, nulls: Nulls, allowed?: readonly string[]): ColumnRule => ({
  ...{ name, level: 'conditional', type, nulls, allowed },
});

const leftOut = (name: string, type: Type, nulls: Nulls, allowed?: readonly string[]): ColumnRule => ({
  ...{ name, level: 'left out', type, nulls, allowed },
});

export const focusColumnRules: readonly ColumnRule[] = [
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
  conditional('SkuMeter', 'String', onlyWith('SkuId')),
  conditional('SkuPriceId', 'String', ofUsage),
  conditional('SubAccountId', 'String', 'may'),
  conditional('SubAccountName', 'String', onlyWith('SubAccountId')),
  { name: 'ChargeFrequency', level: 'recommended', type: 'String', nulls: 'never', allowed: ['One-Time', 'Recurring', 'Usage-Based'] },
  { name: 'InvoiceId', level: 'recommended', type: 'String', nulls: 'may' },
  { name: 'ServiceSubcategory', level: 'recommended', type: 'String', nulls: 'never' },
  leftOut('AvailabilityZone', 'String', 'may'),
  leftOut('BillingAccountType', 'String', togetherWith('BillingAccountId')),
  leftOut('CapacityReservationId', 'String', 'may'),
  leftOut('CapacityReservationStatus', 'String', statusOf('CapacityReservationId'), ['Used', 'Unused']),
  leftOut('CommitmentDiscountCategory', 'String', togetherWith('CommitmentDiscountId'), ['Spend', 'Usage']),
  leftOut('CommitmentDiscountId', 'String', 'may'),
  leftOut('CommitmentDiscountName', 'String', onlyWith('CommitmentDiscountId')),
  leftOut('CommitmentDiscountQuantity', 'Decimal', onlyWith('CommitmentDiscountId')),
  leftOut('CommitmentDiscountStatus', 'String', statusOf('CommitmentDiscountId'), ['Used', 'Unused']),
  leftOut('CommitmentDiscountType', 'String', togetherWith('CommitmentDiscountId')),
  leftOut('CommitmentDiscountUnit', 'String', togetherWith('CommitmentDiscountQuantity')),
  leftOut('ContractedUnitPrice', 'Decimal', ofUsage),
  leftOut('PricingCurrency', 'Currency', 'never'),
  leftOut('PricingCurrencyContractedUnitPrice', 'Decimal', ofUsage),
  leftOut('PricingCurrencyEffectiveCost', 'Decimal', 'never'),
  leftOut('PricingCurrencyListUnitPrice', 'Decimal', ofUsage),
  leftOut('SkuPriceDetails', 'Json', onlyWith('SkuPriceId')),
  leftOut('SubAccountType', 'String', togetherWith('SubAccountId')),
  leftOut('Tags', 'Json', 'may'),
];

/** Of the categories that the exchange sells in; a subcategory has one category. */
export const subcategories: Readonly<Record<string, readonly string[]>> = {
  Compute: ['Containers', 'End User Computing', 'Quantum Compute', 'Serverless Compute', 'Virtual Machines', 'Other (Compute)'],
  Networking: [
    ...['Application Networking', 'Content Delivery', 'Network Connectivity', 'Network Infrastructure', 'Network Routing'],
    ...['Network Security', 'Other (Networking)'],
  ],
};
