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
  if (!TIME.test(text) || !isOfTheCalendar(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The text begins with YYYY-MM-DD. The 30th of February parses, as a day of March. */
function isOfTheCalendar(text: string): boolean {
  const digit = (at: number) => text.charCodeAt(at) - 48;
  const [month, day] = [digit(5) * 10 + digit(6), digit(8) * 10 + digit(9)];
  const year = digit(0) * 1_000 + digit(1) * 100 + digit(2) * 10 + digit(3);
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeapDay || (day >= 1 && day <= (daysOfMonths[month - 1] ?? 0));
}

let lastTime = 0;
let lastText = '1970-01-01T00:00:00Z';

/** In UTC; milliseconds are written where they are not zero. What goes together is of one time, which is written once. */
export function writeTime(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString().replace('.000Z', 'Z');
    lastTime = time;
  }
  return lastText;
}

/** A time that begins a quarter of an hour: its slot. */
export function readSlot(text: string): number | undefined {
  const time = readTime(text);
  return time === undefined || time % slotMs !== 0 ? undefined : time / slotMs;
}

export const writeSlot = (slot: number): string => writeTime(slot * slotMs);

/** YYYY-MM-DD: days since 1970-01-01, by the calendar of Asia/Shanghai. */
export function readDay(text: string): number | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isOfTheCalendar(text) ? Date.parse(text) / dayMs : undefined;
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
