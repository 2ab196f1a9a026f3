// Whole numbers in as many bytes as they need, seven bits a byte, the lowest first. Signed ones go by zigzag: 0, -1, 1, -2, … as 0, 1, 2, 3, …

const int32Top = 0x8000_0000;

/** Grows as it is written to. */
export class Packer {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** @param value at least 0, safe */
  unsigned(value: number): void {
    if (this.length + 8 > this.bytes.length) this.grow();
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

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow();
    this.bytes[this.length++] = value;
  }

  /** A copy. */
  packed(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private grow(): void {
    const grown = new Uint8Array(this.bytes.length * 2);
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
