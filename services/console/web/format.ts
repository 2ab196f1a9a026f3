// Numbers and times as people read them; whole numbers all the way, as the API tells them.

/** "30,000" of "30000.000000", "1.35" of "1.350". */
export function shortText(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${kept ? `.${kept}` : ''}`;
}

/** @param value in 10^-decimals */
export function scaled(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const at = digits.length - decimals;
  return (value < 0 ? '-' : '') + shortText(decimals ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits);
}

export const perCent = (basisPoints: number): string => `${scaled(basisPoints, 2)} %`;
export const milli = (thousandths: number): string => scaled(thousandths, 3);

/** "2026-01-31 08:15", Asia/Shanghai. */
export const timeText = (time: string | undefined): string =>
  time === undefined ? '–' : new Date(Date.parse(time) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
