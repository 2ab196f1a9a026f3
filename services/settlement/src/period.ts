import { startOfSlot } from '#domain';
import { conflict } from '#platform';
import { endOfMonth } from './core/month.js';

/** Bills and payouts are of whole months. @throws Refusal conflict */
export function mustBeOver(month: string, now: number): void {
  if (startOfSlot(endOfMonth(month)) > now) throw conflict('billing_period_must_be_over', `${month} is not over in Asia/Shanghai`, 'month');
}
