import { dayText, type ParticipantId, type Region } from '#domain';
import { type Buyer, type Clause, type ComputeClassNumber, type Coverage, type Day, Service, type Terms } from './terms.js';
import { className, daysInWords, industryName, listed, sizeName } from './words.js';

/** What a bid asks for, as far as coverage goes. */
export interface BidShape {
  readonly classes: readonly ComputeClassNumber[];
  readonly domesticOnly: boolean;
  readonly greenShareBpMin: number;
  readonly providersIn: readonly ParticipantId[];
}

/** GB/T 2260: 500000 is a province with all under it, 510100 a city with its districts, 500103 a district. */
export function regionHolds(region: Region, place: Region): boolean {
  const breadth = region % 10_000 === 0 ? 10_000 : region % 100 === 0 ? 100 : 1;
  return Math.floor(place / breadth) === Math.floor(region / breadth);
}

/** the exchange itself bills compute alone; nothing where the programme pays for that. */
export const judgeCompute = ({ services = [] }: Partial<Coverage> = {}): Clause[] =>
  coversService(services, Service.COMPUTE)
    ? []
    : [{ rule: 'programme_must_cover_compute', passed: false, detail: 'it pays for other services alone' }];

/** bids name it in its period. */
export const judgeDay = ({ firstDay, lastDay }: Terms, today: Day): Clause => ({
  rule: 'bid_must_come_in_the_period',
  passed: firstDay <= today && today <= lastDay,
  detail: `${dayText(today)} of ${daysInWords(firstDay, lastDay)}`,
});

/**
 * may this buyer have it.
 * @param isNew no other programme granted it anything before, or may yet for what it bid
 */
export function judgeBuyer(terms: Terms, buyer: Buyer, isNew: boolean): Clause[] {
  const { regions = [], industries = [], sizes = [], firstTime = false } = terms.eligibility ?? {};
  return [
    {
      rule: 'buyer_must_be_registered_in_the_region',
      passed: regions.length === 0 || regions.some((region) => regionHolds(region, buyer.region)),
      detail: `${buyer.region} of ${listed(regions)}`,
    },
    {
      rule: 'buyer_must_be_of_the_industry',
      passed: industries.length === 0 || industries.includes(buyer.industry),
      detail: `${industryName(buyer.industry)} of ${listed(industries, industryName)}`,
    },
    {
      rule: 'buyer_must_be_of_the_size',
      passed: sizes.length === 0 || sizes.includes(buyer.size),
      detail: `${sizeName(buyer.size)} of ${listed(sizes, sizeName)}`,
    },
    ...(firstTime
      ? [
          {
            rule: 'buyer_must_be_new',
            passed: isNew,
            detail: `another programme granted or promised it ${isNew ? 'nothing' : 'something'}`,
          },
        ]
      : []),
  ];
}

/**
 * A guarantee holds money for whatever the bid may get, so the bid itself must keep to what is covered; what it does not ask for it might not get,
 * and would then owe.
 */
export function judgeBid(coverage: Coverage | undefined, bid: BidShape): Clause[] {
  const { classes = [], providerIds = [], domesticOnly = false } = coverage ?? {};
  return [
    ...judgeCompute(coverage),
    {
      rule: 'bid_must_keep_to_covered_classes',
      passed: classes.length === 0 || bid.classes.every((asked) => classes.includes(asked)),
      detail: `${listed(bid.classes, className)} of ${listed(classes, className)}`,
    },
    {
      rule: 'bid_must_keep_to_covered_providers',
      passed: providerIds.length === 0 || (bid.providersIn.length > 0 && bid.providersIn.every((asked) => providerIds.includes(asked))),
      detail: `${listed(bid.providersIn)} of ${listed(providerIds)}`,
    },
    {
      rule: 'bid_must_keep_to_domestic_units',
      passed: !domesticOnly || bid.domesticOnly,
      detail: domesticOnly ? 'the programme pays for domestic units alone' : 'any',
    },
  ];
}

/** Where a document names no service it means compute. */
export const coversService = (services: readonly number[], service: number): boolean =>
  services.length === 0 ? service === Service.COMPUTE : services.includes(service);
