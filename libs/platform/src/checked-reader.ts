// Messages as they mostly come: canonical on the wire, and breaking no rule of the contract. They are read, checked and known by their bytes in one go. Whatever is
// otherwise is left to the codec and to `validate`, which names what is wrong.
import { kinds, planOf, wire, type Field, type Message, type Plan } from './checked-plan.js';

/** From where a message was read, and which one it is: a copy of it, with other values, did not come so. */
interface Wire {
  readonly of: Message;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** The canonical bytes of a message that was read by `readChecked`, and so breaks no rule; undefined for any other. */
export function checkedBytes(type: string, message: object): Uint8Array | undefined {
  const found = (message as Message)[wire] as Wire | undefined;
  return found?.of === message && found.type === type ? found.bytes.subarray(found.from, found.to) : undefined;
}

/**
 * The message, where it came in its canonical form and breaks no rule of the contract; else undefined. Its lists and messages may be shared with others and must not be
 * changed.
 * @param type the message's full name
 */
export function readChecked(type: string, bytes: Uint8Array): object | undefined {
  const plan = planOf(type);
  return plan && new Reader(bytes).message(plan, bytes.length, true);
}

/** Values are undefined where they are not what is read here. */
class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @param isKept it will be asked for its bytes */
  message(plan: Plan, end: number, isKept: boolean): Message | undefined {
    const from = this.at;
    const message = { ...plan.none };
    let last = 0;
    let given = 0;
    let groups = 0;
    while (this.at < end) {
      const tag = this.varint();
      const field = plan.fields[tag >>> 3];
      if (field?.tag !== tag || tag <= last || groups & field.group) return undefined;
      const value = this.value(plan, field, end);
      if (value === undefined || this.at > end) return undefined;
      message[field.name] = value;
      last = tag;
      given |= field.bit;
      groups |= field.group;
    }
    if (this.at !== end || (given & plan.needed) !== plan.needed) return undefined;
    if (isKept) message[wire] = { of: message, type: plan.type, bytes: this.bytes, from, to: end } satisfies Wire;
    return message;
  }

  private value(plan: Plan, field: Field, end: number): unknown {
    switch (field.kind) {
      case kinds.number:
        return this.number(field);
      case kinds.enum:
        return this.enum(field);
      case kinds.bool:
        return this.bool(field);
      case kinds.text:
        return this.text(field, end);
      case kinds.message:
        return this.inner(plan, field, end);
      case kinds.numbers:
      case kinds.messages:
        return this.list(field, end);
    }
  }

  private number(field: Field): number | undefined {
    const value = this.varint();
    if (value === 0 && !field.isOptional) return undefined;
    return this.isWithin(value, field) ? value : undefined;
  }

  private isWithin(value: number, { min, max, step }: Field): boolean {
    return value >= 0 && value >= min && value <= max && (step === 1 || value % step === 0);
  }

  private enum(field: Field): number | undefined {
    const value = this.varint();
    return (value !== 0 || field.isOptional) && field.known.has(value) ? value : undefined;
  }

  private bool(field: Field): boolean | undefined {
    const value = this.varint();
    if (value === 1) return true;
    return value === 0 && field.isOptional ? false : undefined;
  }

  private text(field: Field, end: number): string | undefined {
    const length = this.varint();
    const from = this.at;
    this.at += length;
    if (length < 0 || this.at > end || (length === 0 && !field.isOptional)) return undefined;
    if (this.isAsLast(field, from, length)) return field.last as string;
    const text = this.textAt(from, this.at);
    if (text === undefined || text.length < field.leastLength || text.length > field.mostLength) return undefined;
    for (const pattern of field.patterns) if (!pattern.test(text)) return undefined;
    return this.keep(field, text, from, length);
  }

  /** Well-formed and without NUL, and the same bytes when it is written again. */
  private textAt(from: number, to: number): string | undefined {
    const { bytes } = this;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      if (byte === 0) return undefined;
      if (byte < 0x80) continue;
      const text = bytes.toString('utf8', from, to);
      // What is no UTF-8 reads as U+FFFD, and a mark of byte order is passed over by other readers.
      return text.includes('\ufffd') || text.includes('\ufeff') || text.includes('\0') ? undefined : text;
    }
    return bytes.toString('latin1', from, to);
  }

  private inner(plan: Plan, field: Field, end: number): Message | undefined {
    const length = this.varint();
    const to = this.at + length;
    const inner = (field.plan ??= planOf(field.type));
    if (length < 0 || to > end || !inner) return undefined;
    return this.message(inner, to, plan.isApart);
  }

  private list(field: Field, end: number): unknown[] | undefined {
    const list: unknown[] = [];
    for (;;) {
      const item = field.kind === kinds.messages ? this.item(field, end) : this.itemNumber(field);
      if (item === undefined) return undefined;
      list.push(item);
      const before = this.at;
      if (before < end && this.varint() === field.tag) continue;
      this.at = before;
      return list.length >= field.leastLength && list.length <= field.mostLength ? list : undefined;
    }
  }

  private itemNumber(field: Field): number | undefined {
    const value = this.varint();
    return (field.known.size > 0 ? field.known.has(value) : this.isWithin(value, field)) ? value : undefined;
  }

  private item(field: Field, end: number): unknown {
    const length = this.varint();
    const from = this.at;
    const inner = (field.plan ??= planOf(field.type));
    if (length < 0 || from + length > end || !inner) return undefined;
    if (!inner.isFlat) return this.message(inner, from + length, false);
    if (this.isAsLast(field, from, length)) {
      this.at += length;
      return field.last;
    }
    const item = this.message(inner, from + length, false);
    return item && this.keep(field, Object.freeze(item), from, length);
  }

  /** Compared from their ends, where numbered names differ. */
  private isAsLast({ lastBytes, lastFrom, lastLength }: Field, from: number, length: number): boolean {
    if (length !== lastLength) return false;
    const { bytes } = this;
    for (let i = length - 1; i >= 0; i--) if (bytes[from + i] !== lastBytes[lastFrom + i]) return false;
    return true;
  }

  private keep<T>(field: Field, value: T, from: number, length: number): T {
    field.last = value;
    field.lastBytes = this.bytes;
    field.lastFrom = from;
    field.lastLength = length;
    return value;
  }

  /** From 0, in as few bytes as it needs; -1 for any other and where the bytes end. */
  private varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte === undefined) return -1;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let scale = 0x80; scale <= 2 ** 49; scale *= 0x80) {
      byte = bytes[this.at++];
      if (byte === undefined) return -1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return byte === 0 || value > Number.MAX_SAFE_INTEGER ? -1 : value;
    }
    return -1;
  }
}
