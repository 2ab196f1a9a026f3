import { type Money, formatYuan, shareOf } from '#domain';
import { limitBy } from './cap.js';
import { type BidShape, judgeBid, judgeBuyer, judgeDay } from './eligibility.js';
import { ceilingClause, rateInWords, rateOf, tierOf } from './rate.js';
import { type Buyer, type Clause, type Day, Kind, type Terms, type Tier } from './terms.js';
import { industryName, sizeName } from './words.js';

/** What counts against a programme's caps when a bid asks: granted before, and promised to other bids. */
export interface Used {
  /** To the buyer's other bids, and not billed yet: all of it may come on one bill. */
  readonly promised: Money;
  /** By the buyer this year, and in all. */
  readonly usedThisYear: Money;
  readonly usedByFirm: Money;
  /** By all buyers this year; asked only where the programme has a budget a year. */
  readonly usedByAllThisYear: Money;
}

export interface ReservationCase extends Used {
  readonly terms: Terms;
  /** By two officers, and neither closed nor over. */
  readonly isApproved: boolean;
  readonly buyer: Buyer;
  /** No other programme granted the buyer anything before, or may yet for what it bid. Asked only where the programme wants such buyers. */
  readonly isNew: boolean;
  readonly bid: BidShape;
  /** limit × units × hours. */
  readonly worstCase: Money;
  readonly today: Day;
}

export interface ReservationDecision {
  /** The clause that refuses the bid, or null. */
  readonly refusedBy: Clause | null;
  /** To hold; 0 for a reimbursement. */
  readonly amount: Money;
  readonly rateBp: number;
  readonly clauses: readonly Clause[];
}

/**
 * what a programme promises a bid. Extras count only where the bid's own constraints make sure of them, so that no promise has to be taken
 * back. Caps cut, down to nothing; everything else refuses.
 */
export function decideReservation(asked: ReservationCase): ReservationDecision {
  const { terms, buyer, bid } = asked;
  const tier = tierOf(terms.tiers, buyer.size, buyer.industry);
  const clauses: Clause[] = [
    { rule: 'programme_must_be_approved_and_open', passed: asked.isApproved, detail: 'by two officers, and not ended' },
    judgeDay(terms, asked.today),
    ...judgeBuyer(terms, buyer, asked.isNew),
    {
      rule: 'programme_must_have_a_tier_for_the_buyer',
      passed: tier !== undefined,
      detail: `size ${sizeName(buyer.size)}, industry ${industryName(buyer.industry)}`,
    },
    ...judgeBid(terms.coverage, bid),
  ];
  const refusedBy = clauses.find((clause) => !clause.passed) ?? null;
  if (refusedBy || !tier) return { refusedBy, amount: 0n, rateBp: 0, clauses };

  const served = { domestic: bid.domesticOnly, greenShareBp: bid.greenShareBpMin };
  const rateBp = rateOf(tier, served);
  const rate: Clause = {
    rule: 'rate',
    passed: true,
    detail: `${rateInWords(tier, served)} of at most ${formatYuan(asked.worstCase)} yuan`,
  };
  const rated = [...clauses, rate, ...ceilingClause(tier, [served])];
  if (terms.kind === Kind.REIMBURSEMENT) return { refusedBy, amount: 0n, rateBp, clauses: rated };
  const whole = { amount: shareOf(asked.worstCase, rateBp), clauses: rated };
  return { refusedBy, rateBp, ...limited(whole, asked, tier) };
}

function limited(whole: { amount: Money; clauses: readonly Clause[] }, asked: ReservationCase, tier: Tier) {
  const ofBill = limitBy(whole, 'subsidy_must_fit_the_cap_a_bill', tier.capPerBill, asked.promised);
  const ofYear = limitBy(ofBill, 'subsidy_must_fit_the_cap_a_firm_a_year', tier.capPerFirmYear, asked.usedThisYear);
  const ofFirm = limitBy(ofYear, 'subsidy_must_fit_the_cap_a_firm', tier.capPerFirm, asked.usedByFirm);
  return limitBy(ofFirm, 'subsidy_must_fit_the_budget_a_year', asked.terms.budgetPerYear, asked.usedByAllThisYear);
}
