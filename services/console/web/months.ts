// Months by the exchange's clock, Asia/Shanghai, which need not be the reader's.
import { get } from './api.js';
import { timeText } from './format.js';
import { choice } from './parts.js';
import { t } from './words.js';

const shownMonths = 12;

/** The month that runs and those before it, newest first. */
export async function lastMonths(): Promise<readonly [running: string, ...before: string[]]> {
  const { time } = await get<{ time: string }>('/v1/clock');
  const [year = 0, month = 0] = timeText(time).split('-').map(Number);
  const monthAt = (back: number): string => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7);
  return [monthAt(0), ...Array.from({ length: shownMonths - 1 }, (_, at) => monthAt(at + 1))];
}

/** @param chosen also one that the list does not have */
export function monthChoice(months: readonly string[], chosen: string, choose: (month: string) => void): HTMLElement {
  const options = [...new Set([...months, chosen])].sort().reverse();
  return choice(
    t('month'),
    options.map((month) => [month, month] as const),
    chosen,
    choose,
  );
}
