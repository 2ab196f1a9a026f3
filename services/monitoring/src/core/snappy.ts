// Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt): a length, then literals and copies of what came before.
import { Unreadable } from './wire.js';

/**
 * @param most bytes that the result may have
 * @throws Unreadable where the bytes are no block of Snappy, or hold more
 */
export function unsnap(bytes: Uint8Array, most: number): Uint8Array {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Unreadable('a block of snappy ends early');
    return byte;
  };
  const little = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++) value += next() * 256 ** index;
    return value;
  };
  let length = 0;
  for (let shift = 0, more = true; more; shift += 7) {
    const byte = next();
    if (shift > 28) throw new Unreadable('a block of snappy is too long');
    length += (byte & 127) * 2 ** shift;
    more = byte >= 128;
  }
  if (length > most) throw new Unreadable(`a block of snappy holds ${length} bytes, more than ${most}`);
  const result = new Uint8Array(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = next();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const count = 1 + (short < 60 ? short : little(short - 59));
      if (at + count > bytes.length || end + count > length) throw new Unreadable('a literal of snappy is too long');
      result.set(bytes.subarray(at, at + count), end);
      at += count;
      end += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
    const offset = kind === 1 ? (tag >>> 5) * 256 + next() : little(kind === 2 ? 2 : 4);
    if (offset === 0 || offset > end || end + count > length) throw new Unreadable('a copy of snappy reaches beyond what came');
    // It may reach into itself: then it repeats.
    for (let index = 0; index < count; index++, end++) result[end] = result[end - offset]!;
  }
  if (end !== length) throw new Unreadable('a block of snappy is shorter than it says');
  return result;
}
