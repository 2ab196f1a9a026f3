import { type Money, type OwnerGroup, type ParticipantId, formatYuan, microYuanPerFen, shareOf } from '#domain';
import { type Limited, limitBy, limitTo } from './cap.js';
import { rateOf, tierOf } from './rate.js';
import { type Buyer, type Clause, type ComputeClassNumber, type Coverage, Kind, type Terms } from './terms.js';

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
  readonly computeClass: ComputeClassNumber;
  readonly domestic: boolean;
  readonly greenShareBp: number;
}

export interface ClaimCase {
  readonly terms: Terms;
  readonly buyer: Buyer;
  readonly trades: readonly BilledTrade[];
  /** What was promised to the bid; null where nothing was. */
  readonly reservedRateBp: number | null;
  /** The same contract was subsidised for the same month on another bill. */
  readonly wasClaimed: boolean;
  /** By this programme to this buyer, on this bill and in the bill's year. */
  readonly grantedOnBill: Money;
  readonly grantedInYear: Money;
  /** What the budget has left; asked of reimbursements alone, since a guarantee's money is held. */
  readonly left: Money;
}

export interface ClaimDecision {
  /** What the bill's lines come to. */
  readonly base: Money;
  readonly amount: Money;
  /** The amount's parts, in the order of the trades. */
  readonly parts: readonly Money[];
  readonly needsOfficers: boolean;
  readonly clauses: readonly Clause[];
}

/** R-31, R-33: what a programme pays of a bill for one bid. */
export function decideClaim(claim: ClaimCase): ClaimDecision {
  const { terms, trades, buyer } = claim;
  const tier = tierOf(terms.tiers, buyer.size);
  const base = trades.reduce((sum, trade) => sum + trade.base, 0n);
  const uncovered = trades.filter((trade) => !covers(terms.coverage, trade));
  const related = trades.filter((trade) => [trade.providerGroup, trade.delivererGroup].includes(buyer.ownerGroup));
  const clauses: Clause[] = [
    { rule: 'bid_must_have_named_the_programme', passed: claim.reservedRateBp !== null, detail: 'before it entered the market' },
    { rule: 'contract_must_be_subsidised_once_a_period', passed: !claim.wasClaimed, detail: 'whatever the programme and bill' },
    { rule: 'programme_must_have_a_tier_for_the_buyer', passed: tier !== undefined, detail: `size ${buyer.size}` },
  ];
  const none = (reasons: readonly Clause[]) => ({ base, amount: 0n, parts: trades.map(() => 0n), needsOfficers: false, clauses: reasons });
  if (claim.reservedRateBp === null || claim.wasClaimed || !tier) return none(clauses);

  clauses.push(
    { rule: 'trade_must_be_covered', passed: uncovered.length === 0, detail: tradesOf(uncovered) },
    { rule: 'buyer_and_provider_must_not_be_related', passed: related.length === 0, detail: tradesOf(related) },
  );
  const rates = trades.map((trade) => {
    if (uncovered.includes(trade) || related.includes(trade) || trade.base <= 0n) return 0;
    const rate = rateOf(tier, trade);
    return terms.kind === Kind.GUARANTEE ? Math.min(rate, claim.reservedRateBp!) : rate;
  });
  const shares = trades.map((trade, index) => settled(trade, shareOf(trade.base, rates[index]!), terms.kind));
  clauses.push({
    rule: 'rate',
    passed: true,
    detail: `${[...new Set(rates)].join(', ')} bp of ${formatYuan(base)} yuan paid`,
  });

  const parts = shares.map((share, index) => (terms.kind === Kind.GUARANTEE ? atMost(share, trades[index]!.held) : share));
  const limited = limit(claim, { amount: sum(shares), clauses }, sum(parts), tier);
  return {
    base,
    amount: limited.amount,
    parts: cutFromTheEnd(parts, limited.amount),
    needsOfficers: terms.officersFrom > 0n && limited.amount >= terms.officersFrom,
    clauses: limited.clauses,
  };
}

function limit(
  { terms, grantedOnBill, grantedInYear, left }: ClaimCase,
  whole: Limited,
  held: Money,
  tier: Terms['tiers'][number],
): Limited {
  const ofMoney =
    terms.kind === Kind.GUARANTEE
      ? limitTo(whole, 'subsidy_must_fit_the_reservation', held, `${formatYuan(held)} yuan held for these trades`)
      : limitTo(whole, 'subsidy_must_fit_the_budget', left, `${formatYuan(left)} yuan left`);
  const ofBill = limitBy(ofMoney, 'subsidy_must_fit_the_cap_a_bill', tier.capPerBill, grantedOnBill);
  return limitBy(ofBill, 'subsidy_must_fit_the_cap_a_firm_a_year', tier.capPerFirmYear, grantedInYear);
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
    (classes.length === 0 || classes.includes(trade.computeClass)) &&
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

const sum = (amounts: readonly Money[]): Money => amounts.reduce((total, amount) => total + amount, 0n);
const atMost = (amount: Money, most: Money): Money => (amount < most ? amount : most > 0n ? most : 0n);
const tradesOf = (trades: readonly BilledTrade[]): string =>
  trades.length ? `not so: ${trades.map((trade) => `trade ${trade.tradeId} of provider ${trade.providerId}`).join(', ')}` : 'all are';
