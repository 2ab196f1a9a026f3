import { Tier } from '#domain';
import type { Money, Price } from '#domain';
import { feeOf } from './fee.js';
import type { FeeSchedule } from './fee.js';
import { creditBp, creditOf } from './sla.js';
import type { SlaSchedule } from './sla.js';

/** What a lease is rated from: the trade, its end, the measure, the provider's records, and the schedules in force when it was traded. */
export interface RatingInput {
  readonly tier: Tier;
  readonly price: Price;
  readonly transferAmount: Money;
  /** Units × slots that the lease had in the end: the trade's less those that were lost. */
  readonly standing: number;
  /** What the trade still holds in the engine. */
  readonly held: Money;
  readonly measured: { readonly unitSlotsDue: number; readonly unitSlotsUp: number };
  /** Sum of the current versions of the usage records; undefined where the provider sent none. */
  readonly usedUnitSlots: number | undefined;
  readonly fee: FeeSchedule;
  readonly sla: SlaSchedule;
}

/** Exact micro-yuan. `cost` (compute + transfer − credit) is the buyer's; `income` (compute − credit − fee) the provider's. */
export interface Rating {
  readonly unitSlots: number;
  readonly compute: Money;
  readonly transfer: Money;
  readonly creditBp: number;
  readonly credit: Money;
  readonly fee: Money;
  readonly cost: Money;
  readonly income: Money;
}

/**
 * FIRM pays the window that it had; RECLAIMABLE pays what was delivered, by the provider's records or, without any, by telemetry. compute =
 * price × unit-slots / 4, exact since a price is on the tick. Of the transfer the buyer pays what the trade still holds for it, nothing where no slot stood (R-11a, R-24). The service level is
 * FIRM's alone: what a RECLAIMABLE lease missed is not paid in the first place.
 */
export function rate(input: RatingInput): Rating {
  const { standing, transferAmount, held } = input;
  const firm = input.tier === Tier.FIRM;
  const unitSlots = firm ? standing : Math.min(standing, input.usedUnitSlots ?? input.measured.unitSlotsUp);
  const compute = priceOf(input.price, unitSlots);
  const heldForTransfer = standing === 0 ? 0n : held - priceOf(input.price, standing);
  const transfer = heldForTransfer < transferAmount ? most(heldForTransfer, 0n) : transferAmount;
  const bp = firm ? creditBp(input.sla, input.measured.unitSlotsDue, input.measured.unitSlotsUp) : 0;
  const credit = creditOf(compute, bp);
  const fee = feeOf(compute - credit, input.fee);
  return { unitSlots, compute, transfer, creditBp: bp, credit, fee, cost: compute + transfer - credit, income: compute - credit - fee };
}

/** What a lease may cost at most: all that stood, without a credit. */
export const mostOf = (input: RatingInput): Money => {
  const { compute, transfer } = rate({ ...input, usedUnitSlots: input.standing });
  return compute + transfer;
};

const priceOf = (price: Price, unitSlots: number): Money => (BigInt(price) * BigInt(unitSlots)) / 4n;
const most = (a: Money, b: Money): Money => (a > b ? a : b);
