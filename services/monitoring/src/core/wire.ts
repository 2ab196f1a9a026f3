// Messages of others by protobuf's wire format, field by field: only what is asked for is looked at.

const utf8 = new TextDecoder('utf-8');
const [VARINT, FIXED64, DELIMITED, FIXED32] = [0, 1, 2, 5];

/** The bytes are no message. */
export class Unreadable extends Error {}

/** One field of a message. */
export class Field {
  constructor(
    readonly number: number,
    private readonly type: number,
    private readonly view: DataView,
    private readonly at: number,
    private readonly length: number,
  ) {}

  /** A varint of up to 53 bits, or a negative one of 64. */
  whole(): number {
    this.must(VARINT);
    return Number(BigInt.asIntN(64, this.bits()));
  }

  double(): number {
    this.must(FIXED64);
    return this.view.getFloat64(this.at, true);
  }

  /** 64 bits, signed. */
  fixed(): number {
    this.must(FIXED64);
    return Number(this.view.getBigInt64(this.at, true));
  }

  bytes(): Uint8Array {
    this.must(DELIMITED);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, this.length);
  }

  text(): string {
    return utf8.decode(this.bytes());
  }

  fields(): Generator<Field> {
    return fieldsOf(this.bytes());
  }

  private bits(): bigint {
    let value = 0n;
    for (let index = 0; index < this.length; index++) value |= BigInt(this.view.getUint8(this.at + index) & 127) << BigInt(7 * index);
    return value;
  }

  private must(type: number): void {
    if (this.type !== type) throw new Unreadable(`field ${this.number} is of another type`);
  }
}

/** @throws Unreadable where the bytes are no message */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const tagEnd = endOfVarint(bytes, at);
    let tag = 0;
    for (let index = at, factor = 1; index < tagEnd; index++, factor *= 128) tag += (bytes[index]! & 127) * factor;
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    at = tagEnd;
    let length = 0;
    if (type === VARINT) length = endOfVarint(bytes, at) - at;
    else if (type === FIXED64) length = 8;
    else if (type === FIXED32) length = 4;
    else if (type === DELIMITED) {
      const end = endOfVarint(bytes, at);
      for (let index = at, factor = 1; index < end; index++, factor *= 128) length += (bytes[index]! & 127) * factor;
      at = end;
    } else throw new Unreadable(`wire type ${type} is not in use`);
    if (at + length > bytes.length) throw new Unreadable('a field ends beyond its message');
    yield new Field(number, type, view, at, length);
    at += length;
  }
}

function endOfVarint(bytes: Uint8Array, from: number): number {
  for (let at = from; at < from + 10 && at < bytes.length; at++) if (bytes[at]! < 128) return at + 1;
  throw new Unreadable('a number is not whole');
}
