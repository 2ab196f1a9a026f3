// Which supply passes a platform's border.
import type { Time, Window } from '#domain';
import { firstSellableSlot } from '#domain';

export interface Offered {
  readonly computeClass: number;
  readonly zone: number;
  readonly window: Window;
  readonly expiresAt: Time;
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
export function brokenBySupply({ window, expiresAt }: Offered, now: Time): string | undefined {
  if (window.to <= window.from) return 'window_must_not_be_empty';
  if (window.to <= firstSellableSlot(now)) return 'window_must_not_be_over';
  if (expiresAt <= now) return 'advert_must_not_have_expired';
  if (expiresAt > now + expiryMsMax) return 'advert_must_expire_within_7_days';
  return undefined;
}

/** The same, and whether the partner may bring it. */
export function brokenByRemote(offered: Offered, limits: Limits, now: Time): string | undefined {
  if (!limits.classes.includes(offered.computeClass)) return 'class_must_be_granted_to_the_partner';
  if (!limits.zones.includes(offered.zone)) return 'zone_must_be_granted_to_the_partner';
  return brokenBySupply(offered, now);
}
