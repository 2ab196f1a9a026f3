import type { Money, Time } from '#domain';
import { giveBack } from './bill.js';
import type { Left } from './bill.js';
import type { FeeSchedule } from './fee.js';
import type { Version } from './schedule.js';

/** days from a bill's issue in which it may be disputed, and from a dispute's opening in which it is decided. */
export interface DisputeSchedule extends Version {
  readonly disputeDays: number;
  readonly decisionDays: number;
}

const dayMs = 86_400_000;

/** Pieces of evidence that each party may attach to a dispute. */
export const evidenceMax = 100;

/** The line that somebody disputes, and how. */
export interface Asked {
  readonly isCharge: boolean;
  readonly isDisputed: boolean;
  readonly issuedAt: Time;
  readonly now: Time;
  readonly amount: Money;
  /** What refunds and corrections left of the line. */
  readonly left: Money;
}

export type BrokenByDispute =
  | 'line_must_be_a_charge'
  | 'line_must_be_disputed_once'
  | 'dispute_must_be_opened_in_its_window'
  | 'disputed_amount_must_not_exceed_the_line';

/** The rule that opening the dispute would break, by precedence, or undefined. The window is half open: its last moment is no longer in it. */
export function brokenByDispute(asked: Asked, schedule: DisputeSchedule): BrokenByDispute | undefined {
  if (!asked.isCharge) return 'line_must_be_a_charge';
  if (asked.isDisputed) return 'line_must_be_disputed_once';
  if (asked.now >= asked.issuedAt + schedule.disputeDays * dayMs) return 'dispute_must_be_opened_in_its_window';
  if (asked.amount > asked.left) return 'disputed_amount_must_not_exceed_the_line';
  return undefined;
}

/** When a dispute that nobody decided lapses. */
export const decideBy = (openedAt: Time, schedule: DisputeSchedule): Time => openedAt + schedule.decisionDays * dayMs;

/** What giving a disputed amount back can take of its payee, where so much is left of the trade's price or transfer. */
export function takenFromPayee(amount: Money, left: Left, fee: FeeSchedule | undefined): Money {
  const most = amount < left.amount ? amount : left.amount;
  if (most <= 0n) return 0n;
  const { fromPayee } = giveBack(most, left, fee);
  return fromPayee > 0n ? fromPayee : 0n;
}

/** What can be frozen now of what is still to be: no more than is earned and not paid out; what is owed already is not frozen on top. */
export function freezable(toFreeze: Money, frozen: Money, unpaid: Money): Money {
  const missing = toFreeze - frozen;
  if (unpaid <= 0n) return 0n;
  return missing < unpaid ? missing : unpaid;
}
