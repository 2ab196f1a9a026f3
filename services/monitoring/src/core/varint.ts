// Whole numbers in as many bytes as they need, seven bits a byte, the lowest first. Signed ones go by zigzag: 0, -1, 1, -2, … as 0, 1, 2, 3, …

const int32Top = 0x8000_0000;
/** Wire type of texts and messages. */
const delimited = 2;
const utf8 = new TextEncoder();

/** Grows as it is written to. */
export class Packer {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** @param value at least 0, safe */
  unsigned(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= int32Top) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** @param value at most half of what is safe */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A field of text, as protobuf writes it. */
  text(field: number, value: string): void {
    const bytes = utf8.encode(value);
    this.unsigned((field << 3) | delimited);
    this.unsigned(bytes.length);
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A field that is a message of what `write` writes, as protobuf writes it. */
  inner(field: number, write: () => void): void {
    this.unsigned((field << 3) | delimited);
    const from = this.length;
    write();
    // Its length stands before it, and is known now.
    const length = this.length - from;
    let head = 1;
    for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) head++;
    this.room(head);
    this.bytes.copyWithin(from + head, from, this.length);
    this.length = from;
    this.unsigned(length);
    this.length = from + head + length;
  }

  /** Eight bytes, the lowest first, of milliseconds as nanoseconds. */
  nanoseconds(milliseconds: number): void {
    this.room(8);
    new DataView(this.bytes.buffer).setBigUint64(this.length, BigInt(milliseconds) * 1_000_000n, true);
    this.length += 8;
  }

  /** Eight bytes, the lowest first. */
  double(value: number): void {
    this.room(8);
    new DataView(this.bytes.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** A copy. */
  packed(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.bytes.length + bytes));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

export class Unpacker {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isDone(): boolean {
    return this.at >= this.bytes.length;
  }

  /** @throws RangeError where the bytes end within a number */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('number_must_be_whole');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** A column as a block carries it: each value less the one before, by zigzag. */
export function packColumn(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const packer = new Packer();
  let before = 0;
  for (let index = 0; index < values.length; index++) {
    packer.signed(values[index]! - before);
    before = values[index]!;
  }
  return packer.packed();
}

/**
 * Reads a column of exactly as many values as there is room for. Points come by the million through here, so it works in 32 bits.
 * @returns false where the bytes hold more values or fewer, or a step beyond 32 bits
 */
export function unpackColumn(bytes: Uint8Array, values: Int32Array): boolean {
  const end = bytes.length;
  let at = 0;
  let value = 0;
  for (let index = 0; index < values.length; index++) {
    if (at >= end) return false;
    let byte = bytes[at++]!;
    let step = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      if (at >= end || shift > 28) return false;
      byte = bytes[at++]!;
      step |= (byte & 127) << shift;
    }
    value = (value + ((step >>> 1) ^ -(step & 1))) | 0;
    values[index] = value;
  }
  return at === end;
}
