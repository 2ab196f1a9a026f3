// Quarters of the year in Asia/Shanghai, written 2026Q1. Days are counted since the Unix epoch there.
import { shanghaiDay, slotAt, slotMs, startOfShanghaiDay } from '#domain';

/** Days from the Unix epoch to the first of a month (0 is January) of the proleptic Gregorian calendar. */
function firstDayOf(year: number, month: number): number {
  // Years begin in March here, so that the leap day is a year's last.
  const shifted = month < 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5);
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/** First day of a quarter. */
export const startOfQuarter = (quarter: string): number => firstDayOf(Number(quarter.slice(0, 4)), (Number(quarter[5]) - 1) * 3);

/** The quarter that holds an instant in milliseconds. */
export function quarterAt(time: number): string {
  const day = shanghaiDay(slotAt(time));
  let year = 1970 + Math.floor(day / 366);
  while (firstDayOf(year + 1, 0) <= day) year++;
  let month = 9;
  while (firstDayOf(year, month) > day) month -= 3;
  return `${year}Q${month / 3 + 1}`;
}

export function quarterBefore(quarter: string): string {
  const [year, number] = [Number(quarter.slice(0, 4)), Number(quarter[5])];
  return number === 1 ? `${year - 1}Q4` : `${year}Q${number - 1}`;
}

/** The instant in milliseconds when a quarter begins. */
export const beginningOfQuarter = (quarter: string): number => startOfShanghaiDay(startOfQuarter(quarter)) * slotMs;
