import type { Money } from '#domain';
import { type BilledTrade, type ClaimDecision, decideClaim, needsOfficers } from './claim.js';
import { judgeBuyer, judgeCompute } from './eligibility.js';
import { type FundedPart, fundedBy } from './funding.js';
import { proRataClause, proRataOf } from './pro-rata.js';
import { type Buyer, type Clause, type Day, Kind, Once, type Terms } from './terms.js';

/** One contract on one bill of a past year, as if it had named the programme. */
export interface TriedContract {
  readonly billId: number;
  readonly bidId: number;
  /** YYYY-MM, of the bill. */
  readonly month: string;
  /** On which the bill was issued. */
  readonly day: Day;
  readonly buyerId: number;
  readonly buyer: Buyer;
  readonly isNew: boolean;
  readonly hasPaid: boolean;
  /** Said to be paid for it by others than programmes of the exchange, for the month. */
  readonly elsewhere: Money;
  readonly trades: readonly BilledTrade[];
}

export interface TriedFirm {
  readonly buyerId: number;
  /** What its bills come to, and what it would get. */
  base: Money;
  amount: Money;
  contracts: number;
  /** Of the contracts, those that get something. */
  granted: number;
}

export interface TriedClause {
  readonly rule: string;
  /** Contracts that it refuses or cuts, and what their bills come to. */
  contracts: number;
  base: Money;
}

export interface TrialResult {
  readonly contracts: number;
  readonly granted: number;
  readonly base: Money;
  readonly cost: Money;
  /** Claims that would wait for two officers. */
  readonly forOfficers: number;
  /** When the budget, or a year's, first left less than was due; null where it lasts. */
  readonly exhaustedOn: Day | null;
  /** Who would get most first, then by number. */
  readonly firms: readonly TriedFirm[];
  /** By name. */
  readonly clauses: readonly TriedClause[];
  /** What each funder would pay, claim by claim. */
  readonly funded: readonly FundedPart[];
}

const budgets = ['subsidy_must_fit_the_budget', 'subsidy_must_fit_the_budget_a_year', 'subsidy_must_fit_the_budget_pro_rata'];

/**
 * A document tried on the bills of a past year, in their order: the interpreter is that of real claims. What the market then did is taken as it was: the
 * days of the period are moved to that year, and a guarantee pays what it would have promised, as served.
 */
export class Trial {
  private readonly terms: Terms;
  private readonly firms = new Map<number, TriedFirm>();
  private readonly clauses = new Map<string, TriedClause>();
  private readonly granted = new Map<string, Money>();
  private readonly claimed = new Set<string>();
  private readonly collected: { buyerId: number; base: Money; parts: readonly Money[] }[] = [];
  private funded: readonly FundedPart[];
  private forOfficers = 0;
  private exhaustedOn: Day | null = null;
  private lastDay: Day = 0;

  constructor(terms: Terms) {
    this.terms = { ...terms, kind: Kind.REIMBURSEMENT };
    this.funded = fundedBy(terms.funders, 0n);
  }

  /** Contracts come in the order of their bills. */
  take(contract: TriedContract): Pick<ClaimDecision, 'amount' | 'clauses'> {
    const firm = this.firmOf(contract.buyerId);
    const decision = this.decide(contract);
    firm.base += decision.base;
    firm.contracts += 1;
    this.lastDay = contract.day;
    this.count(decision.clauses, decision.base, contract.day);
    if (decision.amount === 0n) return decision;
    this.claimed.add(this.onceOf(contract));
    for (const key of sumsOf(contract)) this.granted.set(key, this.grantedBy(key) + decision.amount);
    if (decision.isCollected) this.collected.push({ buyerId: contract.buyerId, base: decision.base, parts: decision.parts });
    else this.grant(firm, decision.amount);
    return decision;
  }

  result(): TrialResult {
    this.shareOut();
    const firms = [...this.firms.values()].sort((a, b) => (a.amount === b.amount ? a.buyerId - b.buyerId : a.amount < b.amount ? 1 : -1));
    return {
      contracts: firms.reduce((sum, { contracts }) => sum + contracts, 0),
      granted: firms.reduce((sum, { granted }) => sum + granted, 0),
      base: firms.reduce((sum, { base }) => sum + base, 0n),
      cost: firms.reduce((sum, { amount }) => sum + amount, 0n),
      forOfficers: this.forOfficers,
      exhaustedOn: this.exhaustedOn,
      firms,
      clauses: [...this.clauses.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1)),
      funded: this.funded,
    };
  }

  private decide(contract: TriedContract): ClaimDecision {
    const { trades, buyer, hasPaid, isNew, elsewhere } = contract;
    return decideClaim({
      terms: this.terms,
      buyer,
      trades,
      asked: [...judgeCompute(this.terms.coverage), ...judgeBuyer(this.terms, buyer, isNew)],
      reservedRateBp: null,
      wasClaimed: this.claimed.has(this.onceOf(contract)),
      shown: { paid: hasPaid, contract: true },
      elsewhere,
      grantedOnBill: this.grantedBy(`bill ${contract.billId}`),
      grantedInYear: this.grantedBy(`firm ${contract.buyerId} in ${contract.month.slice(0, 4)}`),
      grantedToFirm: this.grantedBy(`firm ${contract.buyerId}`),
      grantedToAllInYear: this.grantedBy(`year ${contract.month.slice(0, 4)}`),
      left: this.terms.budget - this.grantedBy('all'),
    });
  }

  private shareOut(): void {
    const claimed = this.grantedBy('all');
    for (const { buyerId, base, parts } of this.collected.splice(0)) {
      const amount = parts.reduce((sum, part) => sum + proRataOf(part, claimed, this.terms.budget), 0n);
      this.count([proRataClause(claimed, this.terms.budget)], base, this.lastDay);
      if (amount > 0n) this.grant(this.firmOf(buyerId), amount);
    }
  }

  private grant(firm: TriedFirm, amount: Money): void {
    firm.amount += amount;
    firm.granted += 1;
    this.funded = fundedBy(this.terms.funders, amount).map((part, index) => ({
      ...part,
      amount: part.amount + this.funded[index]!.amount,
    }));
    if (needsOfficers(this.terms, amount)) this.forOfficers += 1;
  }

  private count(clauses: readonly Clause[], base: Money, day: Day): void {
    for (const { rule, passed } of clauses) {
      if (passed) continue;
      const counted = this.clauses.get(rule) ?? { rule, contracts: 0, base: 0n };
      this.clauses.set(rule, counted);
      counted.contracts += 1;
      counted.base += base;
      if (budgets.includes(rule)) this.exhaustedOn ??= day;
    }
  }

  private onceOf({ bidId, month }: TriedContract): string {
    return this.terms.once === Once.A_CONTRACT ? `${bidId}` : `${bidId} ${month}`;
  }

  private grantedBy(key: string): Money {
    return this.granted.get(key) ?? 0n;
  }

  private firmOf(buyerId: number): TriedFirm {
    const firm = this.firms.get(buyerId) ?? { buyerId, base: 0n, amount: 0n, contracts: 0, granted: 0 };
    this.firms.set(buyerId, firm);
    return firm;
  }
}

const sumsOf = ({ billId, buyerId, month }: TriedContract): string[] => [
  `bill ${billId}`,
  `firm ${buyerId} in ${month.slice(0, 4)}`,
  `firm ${buyerId}`,
  `year ${month.slice(0, 4)}`,
  'all',
];
