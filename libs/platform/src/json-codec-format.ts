// How single values are written in JSON. Readers answer undefined for text that is not so written; ranges are the contract's rules' affair.
import { formatYuan, parseYuan, slotMs } from '#domain';

export const dayMs = 86_400_000;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ORDER_ID_LENGTH = 11;
const TIME = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Yuan as a decimal string, at most six decimals: micro-yuan. */
export const readMoney = (text: string): bigint | undefined => parseYuan(text) ?? undefined;
export const writeMoney = (money: bigint | number): string => formatYuan(BigInt(money));

/** RFC 3339 with any offset, at most milliseconds: milliseconds since the Unix epoch. */
export function readTime(text: string): number | undefined {
  if (!TIME.test(text) || readDay(text.slice(0, 10)) === undefined) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** In UTC; milliseconds are written where they are not zero. */
export const writeTime = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

/** A time that begins a quarter of an hour: its slot. */
export function readSlot(text: string): number | undefined {
  const time = readTime(text);
  return time === undefined || time % slotMs !== 0 ? undefined : time / slotMs;
}

export const writeSlot = (slot: number): string => writeTime(slot * slotMs);

/** YYYY-MM-DD: days since 1970-01-01, by the calendar of Asia/Shanghai. */
export function readDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const time = Date.parse(text);
  // The 30th of February parses, as a day of March.
  return new Date(time).getUTCDate() === Number(text.slice(8)) ? time / dayMs : undefined;
}

export const writeDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Eleven characters of Crockford's base 32, in either case; I and L read as 1, O as 0. Rests of reclaimed leases are numbered beyond 52 bits. */
export function readOrderId(text: string): number | undefined {
  if (text.length !== ORDER_ID_LENGTH) return undefined;
  let id = 0;
  for (const letter of text.toUpperCase()) {
    const digit = DIGITS.indexOf(letter === 'I' || letter === 'L' ? '1' : letter === 'O' ? '0' : letter);
    if (digit < 0) return undefined;
    id = id * 32 + digit;
  }
  return Number.isSafeInteger(id) ? id : undefined;
}

export function writeOrderId(id: number): string {
  let text = '';
  for (let rest = id; text.length < ORDER_ID_LENGTH; rest = Math.floor(rest / 32)) text = DIGITS[rest % 32]! + text;
  return text;
}

/** Base 64 with padding, of the standard or the URL's alphabet. */
export function readBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export const writeBytes = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
