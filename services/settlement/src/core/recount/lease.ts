import { inFen, least, partDown, partUp, shareBp } from './arithmetic.js';
import type { GivenBack, Grant, LeaseFacts, RatedAt } from './facts.js';
import { costOf, mostOf, subsidyOf } from './rating.js';
import type { Cost } from './rating.js';
import type { Tariffs } from './tariff.js';

/** A rating as the records make it; `…Change` is what it moved. */
export interface CountedRating extends RatedAt {
  readonly cost: Cost;
  readonly fee: bigint;
  readonly computeChange: bigint;
  readonly transferChange: bigint;
  readonly creditChange: bigint;
  readonly feeChange: bigint;
  readonly subsidy: bigint;
  /** Of the first, what may come of its reservation until it is billed; 0: no more. */
  readonly subsidyAtMost: bigint;
}

export interface CountedRefund {
  /** Undefined for what a late correction asked of the programme. */
  readonly refundId: bigint | undefined;
  readonly amount: bigint;
  readonly exact: bigint;
  readonly subsidy: bigint;
}

export type CountedKind = 'income' | 'fee' | 'sla_credit' | 'transfer' | 'compensation' | 'proceeds' | 'adjustment' | 'refund';

export interface CountedEarning {
  readonly participantId: number;
  readonly kind: CountedKind;
  readonly amount: bigint;
  readonly at: number;
}

export interface CountedLease {
  readonly ratings: readonly CountedRating[];
  readonly refunds: readonly CountedRefund[];
  readonly earnings: readonly CountedEarning[];
}

type Step =
  | { readonly at: number; readonly rank: 0; readonly rated: RatedAt }
  | { readonly at: number; readonly rank: 1; readonly granted: Grant }
  | { readonly at: number; readonly rank: 2; readonly refund: GivenBack };

/** A price or a transfer as the buyer still pays it: exact, and as the lines of bills say it. */
interface Part {
  exact: bigint;
  amount: bigint;
}

/** What happened to a lease, once more: each rating, decision and refund in the order in which they came. */
class Replay {
  readonly ratings: CountedRating[] = [];
  readonly refunds: CountedRefund[] = [];
  readonly earnings: CountedEarning[] = [];
  private readonly price: Part = { exact: 0n, amount: 0n };
  private readonly transfer: Part = { exact: 0n, amount: 0n };
  private grant: Grant | undefined;
  private refundedOfPrice = 0n;
  private takenOfGrant = 0n;

  constructor(
    private readonly facts: LeaseFacts,
    private readonly tariffs: Tariffs,
  ) {}

  run(): CountedLease {
    for (const step of this.steps())
      if (step.rank === 0) this.rate(step.rated);
      else if (step.rank === 1) this.grant = step.granted;
      else this.giveBack(step.refund);
    return this;
  }

  /** What a job and a call did at one instant of a virtual clock the job did first; a decision comes before the refund that it lets through. */
  private steps(): Step[] {
    const { ratings, grant, refunds } = this.facts;
    const steps: Step[] = [
      ...ratings.map((rated) => ({ at: rated.at, rank: 0, rated }) as const),
      ...(grant ? [{ at: grant.at, rank: 1, granted: grant } as const] : []),
      ...refunds.map((refund) => ({ at: refund.at, rank: 2, refund }) as const),
    ];
    return steps.sort((a, b) => a.at - b.at || a.rank - b.rank);
  }

  private rate(rated: RatedAt): void {
    const before = this.ratings.at(-1);
    const cost = costOf(this.facts, rated, this.tariffs);
    if (before) this.correct(rated, cost, before);
    else this.rateFirst(rated, cost);
    this.compensate(rated, before?.cost.unitSlots ?? 0n, cost.unitSlots);
    if (!before) this.shareProceeds(rated, cost);
  }

  private rateFirst(rated: RatedAt, cost: Cost): void {
    const { linkOwnerId } = this.facts.terms;
    const { compute, transfer, credit } = cost;
    const fee = shareBp(compute - credit, cost.feeBp);
    const subsidy = subsidyOf(this.facts, compute + transfer - credit);
    const changes = { computeChange: compute, transferChange: transfer, creditChange: credit, feeChange: fee };
    const subsidyAtMost = rated.mayGrow ? subsidyOf(this.facts, mostOf(this.facts)) : 0n;
    this.ratings.push({ ...rated, cost, fee, ...changes, subsidy, subsidyAtMost });
    add(this.price, compute);
    add(this.price, -credit);
    add(this.transfer, transfer);
    this.earnProvider('income', compute, rated.at);
    this.earnProvider('fee', -fee, rated.at);
    this.earnProvider('sla_credit', -credit, rated.at);
    this.earn(linkOwnerId, 'transfer', transfer, rated.at);
  }

  /** a late correction moves only what refunds left of the price, and never below nothing. */
  private correct(rated: RatedAt, cost: Cost, before: CountedRating): void {
    const left = ({ compute, credit }: Cost): bigint =>
      compute - credit > this.refundedOfPrice ? compute - credit - this.refundedOfPrice : 0n;
    const [was, is] = [left(before.cost), left(cost)];
    const change = is - was;
    const feeChange = shareBp(is, cost.feeBp) - shareBp(was, cost.feeBp);
    const more = change > 0n ? this.guaranteed(rated, change) : 0n;
    const share = change < 0n ? this.shareOfProgramme(-change) : 0n;
    const isAsked = this.grant !== undefined && share > 0n;
    const changes = { computeChange: change, transferChange: 0n, creditChange: 0n, feeChange };
    this.ratings.push({
      ...rated,
      cost,
      fee: shareBp(cost.compute - cost.credit, cost.feeBp),
      ...changes,
      subsidy: isAsked ? 0n : more - share,
      subsidyAtMost: 0n,
    });
    if (isAsked) {
      this.takenOfGrant += share;
      this.refunds.push({ refundId: undefined, amount: -change, exact: -change, subsidy: share });
    }
    add(this.price, change);
    this.earnProvider('adjustment', change - feeChange, rated.at);
  }

  /** of so much more, what the reservation kept for it pays as long as the lease stands on no bill: its rate of the whole, less what it paid before. */
  private guaranteed({ billId }: RatedAt, more: bigint): bigint {
    const [first] = this.ratings;
    if (!first?.subsidyAtMost || billId !== first.billId) return 0n;
    const cost = sum(this.ratings.map((one) => one.computeChange + one.transferChange - one.creditChange));
    const paid = sum(this.ratings.map((one) => one.subsidy));
    const due = least(shareBp(cost + more, this.facts.terms.subsidyBp), first.subsidyAtMost) - paid;
    return due > 0n ? least(due, more) : 0n;
  }

  /** what the programme has of an amount given back: of the bill that it decided or, before, of all that was rated. */
  private shareOfProgramme(amount: bigint): bigint {
    const costOf = (of: readonly CountedRating[]): bigint =>
      sum(of.map((one) => one.computeChange + one.transferChange - one.creditChange));
    if (this.grant) {
      const { amount: granted, billId } = this.grant;
      const cost = costOf(this.ratings.filter((one) => one.billId === billId));
      return least(partUp(granted, amount, cost), granted - this.takenOfGrant, amount);
    }
    const subsidy = sum(this.ratings.map((one) => one.subsidy));
    return least(partUp(subsidy, amount, costOf(this.ratings)), subsidy, amount);
  }

  /** of what the buyer still pays, rounding in proportion; the fee stays that of what remains. */
  private giveBack({ refundId, billId, ofTransfer, amount, at }: GivenBack): void {
    const part = ofTransfer ? this.transfer : this.price;
    const exact = partDown(part.exact, amount, part.amount);
    const feeBp = ofTransfer ? 0n : (this.ratings.at(-1)?.cost.feeBp ?? 0n);
    const fee = shareBp(part.exact, feeBp) - shareBp(part.exact - exact, feeBp);
    // What a correction added on a later bill no programme paid a part of.
    const subsidy = this.grant?.billId === billId ? least(this.shareOfProgramme(exact), amount) : 0n;
    part.exact -= exact;
    part.amount -= amount;
    if (!ofTransfer) this.refundedOfPrice += exact;
    this.takenOfGrant += subsidy;
    this.refunds.push({ refundId, amount, exact, subsidy });
    if (ofTransfer) this.earn(this.facts.terms.linkOwnerId, 'refund', -exact, at);
    else this.earnProvider('refund', fee - exact, at);
  }

  /** in proportion to what is paid for. */
  private compensate({ at }: RatedAt, before: bigint, after: bigint): void {
    const { owed, sold, providerId, lostById, isLostByPartner } = this.facts.terms;
    if (owed === 0n || lostById === undefined || lostById === providerId) return;
    const change = partDown(owed, after, sold) - partDown(owed, before, sold);
    if (!isLostByPartner) this.earn(lostById, 'compensation', -change, at);
    this.earn(providerId, 'compensation', change, at);
  }

  /** of what is paid for with the first rating, less the fee on it. */
  private shareProceeds({ at }: RatedAt, { unitSlots, feeBp }: Cost): void {
    const { providerId, sold } = this.facts.terms;
    for (const { participantId, amount } of this.facts.proceeds) {
      if (participantId === providerId) continue;
      const paid = partDown(amount, unitSlots, sold);
      const due = paid - shareBp(paid, feeBp);
      this.earn(providerId, 'proceeds', -due, at);
      this.earn(participantId, 'proceeds', due, at);
    }
  }

  private earnProvider(kind: CountedKind, amount: bigint, at: number): void {
    const { providerId, isBought } = this.facts.terms;
    if (!isBought) this.earn(providerId, kind, amount, at);
  }

  private earn(participantId: number, kind: CountedKind, amount: bigint, at: number): void {
    if (amount !== 0n) this.earnings.push({ participantId, kind, amount, at });
  }
}

function add(part: Part, exact: bigint): void {
  part.exact += exact;
  part.amount += inFen(exact);
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** a lease's ratings, refunds and earnings from its records alone. Total: whatever the facts say, it answers. */
export const recountLease = (facts: LeaseFacts, tariffs: Tariffs): CountedLease => new Replay(facts, tariffs).run();
