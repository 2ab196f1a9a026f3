// Numbers and text as bytes, in one direction each. Both grow with what is written and fail on what was cut off.

const wide = 0x80;
const lowBits = 0x7f;
const fourGroups = 2 ** 28;
const firstSize = 4_096;
/** Texts below have lengths of one byte. */
const shortText = 64;
/** Bytes of a number at most. */
const numberMax = 9;

export class Sink {
  private bytes = Buffer.allocUnsafeSlow(firstSize);
  private at = 0;

  /** 2n in groups of seven bits, lowest first, for a safe integer from 0; for any other number a 1 and its eight bytes. */
  number(value: number): void {
    this.room(numberMax);
    if (!Number.isSafeInteger(value) || value < 0) {
      this.bytes[this.at] = 1;
      this.at = this.bytes.writeDoubleLE(value, this.at + 1);
      return;
    }
    let rest = value * 2;
    const { bytes } = this;
    if (rest > 0x7fffffff) {
      // Four groups at once, so that the rest is small: large remainders are dear.
      let low = rest % fourGroups;
      rest = (rest - low) / fourGroups;
      for (let group = 0; group < 4; group++) {
        bytes[this.at++] = (low & lowBits) | wide;
        low >>>= 7;
      }
    }
    while (rest >= wide) {
      bytes[this.at++] = (rest & lowBits) | wide;
      rest >>>= 7;
    }
    bytes[this.at++] = rest;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  /** Its length in bytes, then UTF-8. */
  text(value: string): void {
    if (value.length < shortText && this.shortAscii(value)) return;
    const length = Buffer.byteLength(value);
    this.number(length);
    this.room(length);
    this.bytes.write(value, this.at);
    this.at += length;
  }

  /** Without a call out of JavaScript. @returns false where it is not ASCII; then nothing is written */
  private shortAscii(value: string): boolean {
    const { length } = value;
    this.room(length + 1);
    const { bytes, at } = this;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= wide) return false;
      bytes[at + 1 + i] = code;
    }
    bytes[at] = 2 * length;
    this.at = at + 1 + length;
    return true;
  }

  /** What was written; the sink is done with. */
  taken(): Buffer<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  private room(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

export class Source {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  number(): number {
    let byte = this.byte();
    if (byte === 1) {
      this.at += 8;
      return this.bytes.readDoubleLE(this.at - 8);
    }
    let twice = byte & lowBits;
    for (let scale = wide; byte >= wide; scale *= wide) {
      byte = this.byte();
      twice += (byte & lowBits) * scale;
    }
    return twice / 2;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('journal_batch_must_be_whole');
    return byte;
  }

  skipText(): void {
    const length = this.number();
    this.at += length;
    if (this.at > this.bytes.length) throw new Error('journal_batch_must_be_whole');
  }

  text(): string {
    const length = this.number();
    this.at += length;
    if (this.at > this.bytes.length) throw new Error('journal_batch_must_be_whole');
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
}
