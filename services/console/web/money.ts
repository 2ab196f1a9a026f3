// Money and counts of the market as people read them: exact, as the API's decimal strings are.
import { scaled } from './format.js';

/** Micro-yuan of a decimal string. @throws Error where it is none */
export function microYuan(text: string): bigint {
  const [all, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (all === undefined) throw new Error(`amount_must_be_a_decimal: ${text}`);
  return BigInt(`${sign}${whole}${fraction.padEnd(6, '0')}`);
}

/** "¥ 1,234.50" of "1234.5"; what is less than a fen stays. */
export function yuan(text: string): string {
  const [whole = '', fraction = ''] = text.replace(/^-/, '').split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(2, '0');
  return `${text.startsWith('-') ? '−' : ''}¥ ${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${kept}`;
}

export const isNothing = (text: string): boolean => microYuan(text) === 0n;

/** "42.5 %": how much of a whole a part is. Empty where there is no whole. */
export function shareOf(part: bigint, wholeText: string): string {
  const whole = microYuan(wholeText);
  return whole === 0n ? '' : `${scaled(Number((part * 10_000n) / whole), 2)} %`;
}

/** Of slots of a quarter of an hour: "1.25 h". */
export const hoursText = (slots: number): string => `${scaled(slots * 25, 2)} h`;
