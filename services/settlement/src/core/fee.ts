import { shareOf } from '#domain';
import type { Money } from '#domain';
import type { Version } from './schedule.js';

/** what the exchange keeps of a provider's income, by a published, versioned schedule. */
export interface FeeSchedule extends Version {
  readonly feeBp: number;
}

/** Rounded down to the micro-yuan, in the provider's favour. @param earned price of what was delivered, less the service-level credit */
export const feeOf = (earned: Money, schedule: FeeSchedule): Money => shareOf(earned, schedule.feeBp);
