import { dayText, type Money, formatYuan, maxOrderValue } from '#domain';
import { coversService, judgeBuyer } from './eligibility.js';
import { type Buyer, type Clause, type ComputeClassNumber, type Day, Service, type Terms } from './terms.js';
import { daysInWords, listed, serviceName } from './words.js';

/** Days of a month, both included. */
export interface MonthDays {
  readonly first: Day;
  readonly last: Day;
}

/** may another platform's bill come under the programme: nothing was judged before, as no bid asked. */
export function judgePlatformBill(terms: Terms, buyer: Buyer, isNew: boolean, month: MonthDays): Clause[] {
  return [
    {
      rule: 'bill_must_be_of_the_period',
      passed: month.first <= terms.lastDay && month.last >= terms.firstDay,
      detail: `${daysInWords(month.first, month.last)} of ${daysInWords(terms.firstDay, terms.lastDay)}`,
    },
    ...judgeBuyer(terms, buyer, isNew),
  ];
}

/** The clauses that a platform must keep to bring a bill at all: a bill that breaks one is not taken. */
export function judgePlatform({ coverage }: Terms, isOpen: boolean, platformId: number, service: number): Clause[] {
  const { platformIds = [], services = [] } = coverage ?? {};
  return [
    { rule: 'programme_must_be_approved_and_open', passed: isOpen, detail: 'by two officers, and not ended' },
    {
      rule: 'platform_must_be_named_by_the_programme',
      passed: platformIds.includes(platformId),
      detail: `${platformId} of ${platformIds.join(', ') || 'none'}`,
    },
    {
      rule: 'service_must_be_covered',
      passed: coversService(services, service),
      detail: `${serviceName(service)} of ${listed(services, serviceName)}`,
    },
  ];
}

export interface BrokenBill {
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

/** The first rule that a bill itself breaks beyond what the contract says of each field, or null. */
export function brokenBillOf(
  bill: { readonly service: number; readonly lines: readonly { readonly computeClass: ComputeClassNumber; readonly amount: Money }[] },
  month: MonthDays,
  today: Day,
): BrokenBill | null {
  if (month.last >= today)
    return {
      field: 'month',
      rule: 'bill_month_must_be_over',
      detail: `${dayText(today)} is not after its last day, ${dayText(month.last)}`,
    };
  const total = bill.lines.reduce((sum, line) => sum + line.amount, 0n);
  if (total > BigInt(maxOrderValue))
    return {
      field: 'lines',
      rule: 'bill_must_fit_the_highest_value',
      detail: `${formatYuan(total)} of ${formatYuan(BigInt(maxOrderValue))} yuan`,
    };
  const blank = bill.service === Service.COMPUTE ? bill.lines.findIndex((line) => line.computeClass === 0) : -1;
  if (blank === -1) return null;
  const detail = 'whether a line of compute is covered depends on its class';
  return { field: `lines[${blank}].computeClass`, rule: 'compute_line_must_name_its_class', detail };
}
