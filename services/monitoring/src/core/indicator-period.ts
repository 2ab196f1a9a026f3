// Periods of reports in Asia/Shanghai: a month (2026-10), a quarter (2026Q3), a year (2026).
import { firstDayOfMonth, shanghaiDay, slotAt, startOfShanghaiDay, startOfSlot } from '#domain';
import type { Time } from '#domain';

export type PeriodKind = 'MONTH' | 'QUARTER' | 'YEAR';

export interface Period {
  readonly text: string;
  readonly kind: PeriodKind;
  readonly from: Time;
  readonly to: Time;
}

const monthsOf = { MONTH: 1, QUARTER: 3, YEAR: 12 } as const;

/** @param month its first, 1 to 12 */
function periodFrom(kind: PeriodKind, year: number, month: number): Period {
  const [from, to] = [month, month + monthsOf[kind]].map((each) => startOfSlot(startOfShanghaiDay(firstDayOfMonth(year, each))));
  const text =
    kind === 'YEAR' ? `${year}` : kind === 'QUARTER' ? `${year}Q${(month + 2) / 3}` : `${year}-${String(month).padStart(2, '0')}`;
  return { text, kind, from: from!, to: to! };
}

/** Undefined where the text is no period. */
export function periodOf(text: string): Period | undefined {
  const [, year, quarter, month] = /^(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  if (quarter) return periodFrom('QUARTER', Number(year), Number(quarter) * 3 - 2);
  return month ? periodFrom('MONTH', Number(year), Number(month)) : periodFrom('YEAR', Number(year), 1);
}

/** The period of a kind that holds an instant. */
export function periodAt(kind: PeriodKind, time: Time): Period {
  const day = shanghaiDay(slotAt(time));
  let year = 1970 + Math.floor(day / 366);
  while (firstDayOfMonth(year + 1, 1) <= day) year++;
  let month = 13 - monthsOf[kind];
  while (firstDayOfMonth(year, month) > day) month -= monthsOf[kind];
  return periodFrom(kind, year, month);
}

/** The last period of a kind that is over. */
export const periodBefore = (kind: PeriodKind, time: Time): Period => periodAt(kind, periodAt(kind, time).from - 1);
