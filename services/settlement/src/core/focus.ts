import { formatYuan } from '#domain';
import type { Money } from '#domain';

/** What a row of a FOCUS file is made from: a line of a bill, a refund, or what a programme decided of a bill. Times are ISO 8601 in UTC; empty texts and undefined are null. */
export interface Charge {
  readonly kind: 'compute' | 'transfer' | 'sla_credit' | 'adjustment' | 'refund' | 'subsidy';
  /** Of a bill that was issued before. */
  readonly isCorrection: boolean;
  readonly invoiceId: string;
  readonly buyerId: string;
  readonly buyerName: string;
  readonly issuerName: string;
  readonly publisherName: string;
  readonly billingFrom: string;
  readonly billingTo: string;
  readonly chargedFrom: string;
  readonly chargedTo: string;
  readonly tradeId: string;
  readonly project: string;
  readonly region: string;
  /** INTELLIGENT, A100, Card, FIRM. */
  readonly computeClass: string;
  readonly model: string;
  readonly unit: string;
  readonly tier: string;
  readonly unitSlots: number;
  /** Micro-yuan a unit-hour. */
  readonly price: Money;
  readonly exact: Money;
  readonly amount: Money;
  readonly tax: Money;
  /** What a programme pays of it; of what was decided, what that changed of what the lines say. */
  readonly subsidy: Money;
  readonly greenShareBp: number;
  /** Of what was delivered, where it is known. */
  readonly energyWh: bigint | undefined;
  readonly carbonMg: bigint | undefined;
}

const isUsage = ({ kind }: Charge): boolean => kind === 'compute' || kind === 'transfer';
const isTransfer = ({ kind }: Charge): boolean => kind === 'transfer';

const categories = {
  ...{ compute: 'Usage', transfer: 'Usage', sla_credit: 'Credit', adjustment: 'Adjustment', refund: 'Adjustment' },
  // It pays a part of what is billed, and lowers none of it: its own costs are 0.
  subsidy: 'Credit',
} as const;

const skuOf = (charge: Charge): string =>
  isTransfer(charge) ? 'TRANSFER' : `${charge.computeClass}/${charge.model}/${charge.unit.toUpperCase()}/${charge.tier}`;

const product = ({ model, unit, tier }: Charge): string => `${model} ${unit.toLowerCase()} ${tier.toLowerCase()}`;

function describe(charge: Charge): string {
  const of = `${product(charge)}, lease ${charge.tradeId}`;
  switch (charge.kind) {
    case 'compute':
      return `Compute: ${of}`;
    case 'transfer':
      return `Data transfer: lease ${charge.tradeId}`;
    case 'sla_credit':
      return `Service-level credit: ${of}`;
    case 'adjustment':
      return `Late correction of usage: ${of}`;
    case 'refund':
      return `Refund: ${of}`;
    case 'subsidy':
      return `Compute voucher, as decided: ${of}`;
  }
}

/** A transfer is sold whole; compute by unit-hours. */
const quantityOf = (charge: Charge): string => (isTransfer(charge) ? '1' : thousandths(BigInt(charge.unitSlots) * 250n));
const unitOf = (charge: Charge): string => (isTransfer(charge) ? 'Transfers' : `${charge.unit}-Hours`);
const usageOnly = (of: (charge: Charge) => string) => (charge: Charge) => (isUsage(charge) ? of(charge) : '');
/** Before rounding to fen: price × quantity. */
const listCost = (charge: Charge): string => formatYuan(isUsage(charge) ? charge.exact : charge.amount);
const billed = ({ amount }: Charge): string => formatYuan(amount);

/** Three decimals at most. */
function thousandths(value: bigint): string {
  return formatYuan(value * 1000n);
}

/** What people wrote: a spreadsheet takes what begins so for a formula, and a quote before it for the mark of a text. Figures stay as they are. */
const written = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);

/** FOCUS 1.2, Cost and Usage: every column that a provider like this one must have, those recommended that are known, and its own (x_). */
export const focusColumns: readonly (readonly [name: string, of: (charge: Charge) => string])[] = [
  ['BilledCost', billed],
  ['BillingAccountId', ({ buyerId }) => buyerId],
  ['BillingAccountName', ({ buyerName }) => written(buyerName)],
  ['BillingCurrency', () => 'CNY'],
  ['BillingPeriodEnd', ({ billingTo }) => billingTo],
  ['BillingPeriodStart', ({ billingFrom }) => billingFrom],
  ['ChargeCategory', ({ kind }) => categories[kind]],
  ['ChargeClass', ({ isCorrection }) => (isCorrection ? 'Correction' : '')],
  ['ChargeDescription', describe],
  ['ChargeFrequency', (charge) => (isUsage(charge) ? 'Usage-Based' : 'One-Time')],
  ['ChargePeriodEnd', ({ chargedTo }) => chargedTo],
  ['ChargePeriodStart', ({ chargedFrom }) => chargedFrom],
  ['ConsumedQuantity', usageOnly(quantityOf)],
  ['ConsumedUnit', usageOnly(unitOf)],
  ['ContractedCost', listCost],
  ['EffectiveCost', billed],
  ['InvoiceId', ({ invoiceId }) => invoiceId],
  ['InvoiceIssuerName', ({ issuerName }) => written(issuerName)],
  ['ListCost', listCost],
  ['ListUnitPrice', usageOnly((charge) => formatYuan(isTransfer(charge) ? charge.exact : charge.price))],
  ['PricingCategory', usageOnly((charge) => (isTransfer(charge) ? 'Standard' : 'Dynamic'))],
  ['PricingQuantity', usageOnly(quantityOf)],
  ['PricingUnit', usageOnly(unitOf)],
  ['ProviderName', ({ issuerName }) => written(issuerName)],
  ['PublisherName', ({ publisherName }) => written(publisherName)],
  ['RegionId', ({ region }) => region],
  ['RegionName', ({ region }) => region],
  ['ResourceId', ({ tradeId }) => `lease/${tradeId}`],
  ['ResourceName', () => ''],
  ['ResourceType', () => 'Lease'],
  ['ServiceCategory', (charge) => (isTransfer(charge) ? 'Networking' : 'Compute')],
  ['ServiceName', (charge) => (isTransfer(charge) ? 'Data transfer' : 'Compute exchange')],
  ['ServiceSubcategory', (charge) => (isTransfer(charge) ? 'Other (Networking)' : 'Other (Compute)')],
  ['SkuId', skuOf],
  ['SkuMeter', (charge) => (isTransfer(charge) ? 'Transfer' : 'Unit-hours delivered')],
  ['SkuPriceId', skuOf],
  ['SubAccountId', ({ buyerId, project }) => (project ? `${buyerId}/${project}` : '')],
  ['SubAccountName', ({ project }) => written(project)],
  ['x_CarbonKgCO2e', ({ carbonMg }) => (carbonMg === undefined ? '' : formatYuan(carbonMg))],
  ['x_EnergyKwh', ({ energyWh }) => (energyWh === undefined ? '' : thousandths(energyWh))],
  ['x_GreenShare', ({ greenShareBp }) => formatYuan(BigInt(greenShareBp) * 100n)],
  ['x_Subsidy', ({ subsidy }) => formatYuan(subsidy)],
  ['x_TaxIncluded', ({ tax }) => formatYuan(tax)],
];
