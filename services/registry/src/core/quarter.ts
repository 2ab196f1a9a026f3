// Quarters of the year in Asia/Shanghai, written 2026Q1. Days are counted since the Unix epoch there.
import { firstDayOfMonth, shanghaiDay, slotAt, slotMs, startOfShanghaiDay } from '#domain';

/** First day of a quarter. */
export const startOfQuarter = (quarter: string): number => firstDayOfMonth(Number(quarter.slice(0, 4)), Number(quarter[5]) * 3 - 2);

/** The quarter that holds an instant in milliseconds. */
export function quarterAt(time: number): string {
  const day = shanghaiDay(slotAt(time));
  let year = 1970 + Math.floor(day / 366);
  while (firstDayOfMonth(year + 1, 1) <= day) year++;
  let month = 10;
  while (firstDayOfMonth(year, month) > day) month -= 3;
  return `${year}Q${(month + 2) / 3}`;
}

export function quarterBefore(quarter: string): string {
  const [year, number] = [Number(quarter.slice(0, 4)), Number(quarter[5])];
  return number === 1 ? `${year - 1}Q4` : `${year}Q${number - 1}`;
}

/** The instant in milliseconds when a quarter begins. */
export const beginningOfQuarter = (quarter: string): number => startOfShanghaiDay(startOfQuarter(quarter)) * slotMs;
