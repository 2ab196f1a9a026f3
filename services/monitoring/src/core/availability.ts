import { slotAt, slotMs, startOfSlot } from '#domain';
import type { Slot, Time, Window } from '#domain';

/** How long after a lease's end its telemetry is waited for before it is measured for good. */
export const measureGraceMs = 3_600_000;

/** up over due in basis points, rounded down; where nothing was due nothing was missed. */
export const availabilityBp = (up: bigint, due: bigint): number => (due === 0n ? 10_000 : Number((up * 10_000n) / due));

/** The part of a window that has passed since `since`: only that can be judged. Its end is not before its start. */
export function judgedWindow(window: Window, since: Time, now: Time): Window {
  const from = Math.max(window.from, Math.ceil(since / slotMs));
  return { from, to: Math.max(from, Math.min(window.to, slotAt(now))) };
}

/** When a lease that ended or was cut short at `at` is measured. */
export const measuredAt = (at: Time, end: Slot): Time => Math.max(at, startOfSlot(end)) + measureGraceMs;
