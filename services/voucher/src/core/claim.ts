import { type Money, type OwnerGroup, type ParticipantId, formatYuan, microYuanPerFen, shareOf } from '#domain';
import { type Limited, limitBy, limitTo } from './cap.js';
import { type Shown, judgeEvidence, judgeStacking } from './evidence.js';
import { fundingClause } from './funding.js';
import { ceilingClause, rateInWords, rateOf, tierOf } from './rate.js';
import {
  type Buyer,
  type Clause,
  type ComputeClassNumber,
  type Coverage,
  Evidence,
  Exhaustion,
  Kind,
  Once,
  type Terms,
  type Tier,
} from './terms.js';
import { industryName, sizeName } from './words.js';

/** A bill's lines of one trade, added up. */
export interface BilledTrade {
  readonly tradeId: number;
  /** Micro-yuan with credits and adjustments: what the buyer in fact pays for it. */
  readonly base: Money;
  /** Lines that were added up, each rounded to a fen. */
  readonly lineCount: number;
  /** Of it, what the bid's reservation stands for; 0 under a reimbursement. */
  readonly held: Money;
  readonly providerId: ParticipantId;
  readonly providerGroup: OwnerGroup;
  /** Of who delivers: another where a lease was resold (R-18). */
  readonly delivererGroup: OwnerGroup;
  /** 0: no compute. */
  readonly computeClass: ComputeClassNumber;
  readonly domestic: boolean;
  readonly greenShareBp: number;
  /** Telemetry (of another platform: usage records) stands for what was used. */
  readonly measured: boolean;
}

export interface ClaimCase {
  readonly terms: Terms;
  readonly buyer: Buyer;
  readonly trades: readonly BilledTrade[];
  /** Where no bid asked: may the buyer have it, judged now. */
  readonly asked?: readonly Clause[];
  /** What was promised to the bid; null where nothing was. */
  readonly reservedRateBp: number | null;
  /** Clauses that cut the promise when the bid asked, named with what they compared. */
  readonly promiseCutBy?: readonly string[];
  /** The same contract was subsidised before: for the same month on another bill, or (where it may be only once for good) at all. */
  readonly wasClaimed: boolean;
  readonly shown: Shown;
  /** Paid for the contract in the period by others than programmes of the exchange. */
  readonly elsewhere: Money;
  /** By this programme to this buyer: on this bill, in the bill's year, in all. */
  readonly grantedOnBill: Money;
  readonly grantedInYear: Money;
  readonly grantedToFirm: Money;
  /** By this programme to all buyers in the bill's year; asked only where it has a budget a year. */
  readonly grantedToAllInYear: Money;
  /** What the budget has left; asked of reimbursements alone, since a guarantee's money is held. */
  readonly left: Money;
}

export interface ClaimDecision {
  /** What the bill's lines come to. */
  readonly base: Money;
  readonly amount: Money;
  /** The amount's parts, in the order of the trades. */
  readonly parts: readonly Money[];
  /** Waits until the period is over: the amount is what it claims. */
  readonly isCollected: boolean;
  readonly needsOfficers: boolean;
  readonly clauses: readonly Clause[];
}

/** R-31, R-33: what a programme pays of a bill for one bid. */
export function decideClaim(claim: ClaimCase): ClaimDecision {
  const { terms, trades, buyer } = claim;
  const tier = tierOf(terms.tiers, buyer.size, buyer.industry);
  const base = sum(trades.map((trade) => trade.base));
  const asked = judgeAsk(claim, tier);
  if (!tier || asked.some((clause) => !clause.passed))
    return { base, amount: 0n, parts: trades.map(() => 0n), isCollected: false, needsOfficers: false, clauses: asked };

  const { paidFor, clauses } = judgeTrades(claim);
  const isGuarantee = terms.kind === Kind.GUARANTEE;
  const rates = trades.map((trade) => {
    if (!paidFor.includes(trade) || trade.base <= 0n) return 0;
    const rate = rateOf(tier, trade);
    return isGuarantee ? Math.min(rate, claim.reservedRateBp!) : rate;
  });
  const paid = leftOf(
    trades.map((trade) => (paidFor.includes(trade) ? trade.base : 0n)),
    claim.elsewhere,
  );
  const shares = trades.map((trade, index) => settled(trade, shareOf(paid[index]!, rates[index]!), terms.kind));
  const rated = trades.filter((_, index) => rates[index]! > 0);
  const made = new Set(rated.map((trade) => rateInWords(tier, trade)));
  const promise = isGuarantee ? `, at most the ${claim.reservedRateBp} bp promised` : '';
  const rate = { rule: 'rate', passed: true, detail: `${[...made].join('; ') || '0 bp'}${promise}, of ${formatYuan(sum(paid))} yuan paid` };

  const nothing = isOfNothing(clauses, sum(shares)) ? [nothingClause(paid, rates)] : [];

  const parts = shares.map((share, index) => (isGuarantee ? atMost(share, trades[index]!.held) : share));
  const whole = { amount: sum(shares), clauses: [...asked, ...clauses, rate, ...nothing, ...ceilingClause(tier, rated)] };
  const { amount, clauses: limits } = limited(claim, whole, sum(parts), tier);
  const isCollected = terms.exhaustion === Exhaustion.PRO_RATA && amount > 0n;
  return {
    base,
    amount,
    parts: cutFromTheEnd(parts, amount),
    isCollected,
    needsOfficers: !isCollected && needsOfficers(terms, amount),
    clauses: isCollected ? limits : [...limits, ...fundingClause(terms.funders, amount)],
  };
}

/** R-34. */
export const needsOfficers = ({ officersFrom }: Terms, amount: Money): boolean => officersFrom > 0n && amount >= officersFrom;

/** What the claim as a whole must be: one broken clause refuses all of it. */
function judgeAsk(claim: ClaimCase, tier: Tier | undefined): Clause[] {
  const { terms, buyer } = claim;
  const once: Clause =
    terms.once === Once.A_CONTRACT
      ? { rule: 'contract_must_be_subsidised_once', passed: !claim.wasClaimed, detail: 'for good, whatever the programme and bill' }
      : { rule: 'contract_must_be_subsidised_once_a_period', passed: !claim.wasClaimed, detail: 'whatever the programme and bill' };
  const named = {
    rule: 'bid_must_have_named_the_programme',
    passed: claim.reservedRateBp !== null,
    detail: 'before it entered the market',
  };
  return [
    ...(claim.asked ?? [named]),
    once,
    {
      rule: 'programme_must_have_a_tier_for_the_buyer',
      passed: tier !== undefined,
      detail: `size ${sizeName(buyer.size)}, industry ${industryName(buyer.industry)}`,
    },
    ...judgeEvidence(terms.evidence, claim.shown),
    ...judgeStacking(terms, claim.elsewhere),
  ];
}

/** What each trade must be: a programme pays for those alone that are. */
function judgeTrades({ terms, trades, buyer }: ClaimCase): { paidFor: readonly BilledTrade[]; clauses: Clause[] } {
  const broken: Clause[] = [];
  let paidFor = trades;
  const must = (rule: string, isSo: (trade: BilledTrade) => boolean): void => {
    const not = trades.filter((trade) => !isSo(trade));
    broken.push({ rule, passed: not.length === 0, detail: tradesOf(not) });
    paidFor = paidFor.filter(isSo);
  };
  must('trade_must_be_covered', (trade) => covers(terms.coverage, trade));
  must('buyer_and_provider_must_not_be_related', (trade) => ![trade.providerGroup, trade.delivererGroup].includes(buyer.ownerGroup));
  if (terms.evidence.includes(Evidence.USAGE)) must('usage_must_have_been_measured', (trade) => trade.measured);
  return { paidFor, clauses: broken };
}

/** What all clauses let through, and yet comes to nothing. */
const isOfNothing = (clauses: readonly Clause[], amount: Money): boolean => amount === 0n && clauses.every(({ passed }) => passed);

/** Why: so that no claim is refused without a reason. */
function nothingClause(paid: readonly Money[], rates: readonly number[]): Clause {
  const amount = sum(paid.filter((each, index) => each > 0n && rates[index]! > 0));
  return amount === 0n
    ? { rule: 'something_must_have_been_paid', passed: false, detail: `${formatYuan(sum(paid))} yuan paid of what it covers` }
    : { rule: 'rate_must_come_to_something', passed: false, detail: `its part of ${formatYuan(amount)} yuan is less than 0.000001 yuan` };
}

function limited(claim: ClaimCase, whole: Limited, held: Money, tier: Tier): Limited {
  const { terms, left, promiseCutBy = [] } = claim;
  const taken = whole.amount > held ? '; its trades took no more of what the bid was promised' : '';
  const why = promiseCutBy.length ? `; the promise was cut when the bid asked: ${promiseCutBy.join('; ')}` : taken;
  const ofMoney =
    terms.kind === Kind.GUARANTEE
      ? limitTo(whole, 'subsidy_must_fit_the_reservation', held, `${formatYuan(held)} yuan held for these trades${why}`)
      : terms.exhaustion === Exhaustion.PRO_RATA
        ? whole
        : limitTo(whole, 'subsidy_must_fit_the_budget', left, `${formatYuan(left)} yuan left`);
  const ofPool = limitBy(ofMoney, 'subsidy_must_fit_the_budget_a_year', terms.budgetPerYear, claim.grantedToAllInYear);
  const ofBill = limitBy(ofPool, 'subsidy_must_fit_the_cap_a_bill', tier.capPerBill, claim.grantedOnBill);
  const ofYear = limitBy(ofBill, 'subsidy_must_fit_the_cap_a_firm_a_year', tier.capPerFirmYear, claim.grantedInYear);
  return limitBy(ofYear, 'subsidy_must_fit_the_cap_a_firm', tier.capPerFirm, claim.grantedToFirm);
}

/** What is held was rated before the bill's lines were rounded: a difference that rounding explains is nobody's debt. */
function settled({ held, lineCount }: BilledTrade, share: Money, kind: number): Money {
  const difference = share > held ? share - held : held - share;
  return kind === Kind.GUARANTEE && share > 0n && difference < microYuanPerFen * BigInt(lineCount) ? held : share;
}

function covers(coverage: Coverage | undefined, trade: BilledTrade): boolean {
  if (!coverage) return true;
  const { classes, providerIds, domesticOnly } = coverage;
  return (
    (classes.length === 0 || trade.computeClass === 0 || classes.includes(trade.computeClass)) &&
    (providerIds.length === 0 || providerIds.includes(trade.providerId)) &&
    (!domesticOnly || trade.domestic)
  );
}

/** What a cap takes away it takes from the last trades. */
function cutFromTheEnd(parts: readonly Money[], amount: Money): Money[] {
  let left = amount;
  return parts.map((part) => {
    const kept = atMost(part, left);
    left -= kept;
    return kept;
  });
}

/** What of each covered trade the buyer paid itself where others paid so much; they paid for the last of them first. */
const leftOf = (bases: readonly Money[], elsewhere: Money): readonly Money[] =>
  elsewhere === 0n ? bases : cutFromTheEnd(bases, sum(bases) - elsewhere);

const sum = (amounts: readonly Money[]): Money => amounts.reduce((total, amount) => total + amount, 0n);
const atMost = (amount: Money, most: Money): Money => (amount < most ? amount : most > 0n ? most : 0n);
const tradesOf = (trades: readonly BilledTrade[]): string =>
  trades.length ? `not so: ${trades.map((trade) => `trade ${trade.tradeId} of provider ${trade.providerId}`).join(', ')}` : 'all are';
