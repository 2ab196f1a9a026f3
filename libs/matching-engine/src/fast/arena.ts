/** Blocks of 32-bit words in one array, of sizes that are powers of two; what is released is used again by the next of its size. */
export class Arena {
  words: Int32Array;
  private end = 0;
  /** By size class: the first free block, or -1; each holds the next in its first word. */
  private readonly free = new Int32Array(31).fill(-1);

  /** @param words for which room is made at once */
  constructor(words: number) {
    this.words = new Int32Array(Math.max(1 << 16, words)).fill(0);
  }

  /** Offset of a block of 2^sizeClass words, whatever they held before. */
  take(sizeClass: number): number {
    const block = this.free[sizeClass]!;
    if (block >= 0) {
      this.free[sizeClass] = this.words[block]!;
      return block;
    }
    const taken = this.end;
    this.end += 1 << sizeClass;
    if (this.end > this.words.length) this.grow();
    return taken;
  }

  release(block: number, sizeClass: number): void {
    this.words[block] = this.free[sizeClass]!;
    this.free[sizeClass] = block;
  }

  private grow(): void {
    let length = this.words.length;
    while (length < this.end) length *= 2;
    const words = new Int32Array(length);
    words.set(this.words);
    this.words = words;
  }
}

/** The least class whose blocks hold so many words. */
export const sizeClassOf = (words: number): number => (words <= 2 ? 1 : 32 - Math.clz32(words - 1));
