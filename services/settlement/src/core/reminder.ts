import type { Time } from '#domain';

const dayMs = 86_400_000;
/** Days after the due day, negative before it, on which a debtor is reminded; then every 28. */
const days = [-7, -1, 0, 7, 14, 28];

export interface Reminder {
  readonly day: number;
  readonly isOverdue: boolean;
}

/** The newest reminder that is due by now, or undefined. One that was missed is not said after a later one. */
export function reminderAt(dueAt: Time, now: Time): Reminder | undefined {
  const passed = Math.floor((now - dueAt) / dayMs);
  const last = days.at(-1)!;
  const day = passed >= last ? passed - (passed % last) : days.findLast((one) => one <= passed);
  return day === undefined ? undefined : { day, isOverdue: day >= 0 };
}
