// Months of Asia/Shanghai as YYYY-MM.
import { firstDayOfMonth, shanghaiDay, slotAt, startOfShanghaiDay } from '#domain';
import type { Slot, Time } from '#domain';

/** First slot after the month: what ended by then is of the month or before. */
export function endOfMonth(month: string): Slot {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return startOfShanghaiDay(firstDayOfMonth(year, number + 1));
}

export function startOfMonth(month: string): Slot {
  return startOfShanghaiDay(firstDayOfMonth(Number(month.slice(0, 4)), Number(month.slice(5, 7))));
}

/** The month that holds the slot, by the arithmetic of the Gregorian calendar: years begin in March there, so that leap days come last. */
export function monthOfSlot(slot: Slot): string {
  const days = shanghaiDay(slot) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
}

export const monthOf = (time: Time): string => monthOfSlot(slotAt(time));

/** Days since the Unix epoch in Asia/Shanghai. */
export const dayOf = (time: Time): number => shanghaiDay(slotAt(time));
