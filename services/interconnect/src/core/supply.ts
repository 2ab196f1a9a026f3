// Which supply passes a platform's border.
import type { Time, Window } from '#domain';
import { firstSellableSlot } from '#domain';

export interface Offered {
  readonly computeClass: number;
  readonly zone: number;
  readonly window: Window;
  readonly expiresAt: Time;
  /** Units by slot, where it is told so. */
  readonly ranges?: readonly Window[];
}

export interface Limits {
  readonly classes: readonly number[];
  readonly zones: readonly number[];
}

const day = 86_400_000;
/** What nobody renews is forgotten after so long. */
export const expiryMsMax = 7 * day;

/** True where the operator lets the partner have it, or bring it. */
export const isWithin = ({ computeClass, zone }: Pick<Offered, 'computeClass' | 'zone'>, { classes, zones }: Limits): boolean =>
  classes.includes(computeClass) && zones.includes(zone);

/** The rule that supply breaks, whoever offers it; undefined where it breaks none. */
export function brokenBySupply({ window, expiresAt, ranges }: Offered, now: Time): string | undefined {
  if (window.to <= window.from) return 'window_must_not_be_empty';
  if (window.to <= firstSellableSlot(now)) return 'window_must_not_be_over';
  if (expiresAt <= now) return 'advert_must_not_have_expired';
  if (expiresAt > now + expiryMsMax) return 'advert_must_expire_within_7_days';
  if (ranges && !followInside(ranges, window)) return 'units_by_slot_must_follow_each_other_in_the_window';
  return undefined;
}

/** There is one at least, none is empty, and each begins where the one before it ends, or later. */
function followInside(ranges: readonly Window[], window: Window): boolean {
  let end = window.from;
  for (const { from, to } of ranges) {
    if (from < end || to <= from) return false;
    end = to;
  }
  return ranges.length > 0 && end <= window.to;
}

/** The same, and whether the partner may bring it. */
export function brokenByRemote(offered: Offered, limits: Limits, now: Time): string | undefined {
  if (!limits.classes.includes(offered.computeClass)) return 'class_must_be_granted_to_the_partner';
  if (!limits.zones.includes(offered.zone)) return 'zone_must_be_granted_to_the_partner';
  return brokenBySupply(offered, now);
}
