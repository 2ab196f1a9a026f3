import { idOfRef } from './records.js';
import type { Tables } from './records.js';

/**
 * From ids (integers of at most 53 bits, from 1) to what they lead to (integers below 2^31), by open addressing with linear probing, and removal that closes the gap. A place
 * is two words, 32 bits of the id's hash and what it leads to: what has the same bits is asked for its id. Small places keep more of the table near.
 */
export class Ids {
  /** Pairs of a hash and what it leads to, plus 1 (0: none). */
  private pairs: Int32Array;
  private mask: number;
  private count = 0;
  /** The id that was asked for last, and the place at which its search ended; 0: the table has changed since. Mostly it is the next that is set. */
  private asked = 0;
  private ended = 0;

  /** @param ids how many are expected; more are taken as well */
  constructor(
    private readonly tables: Tables,
    ids = 512,
  ) {
    const places = 2 ** Math.ceil(Math.log2(2 * ids + 2));
    this.pairs = new Int32Array(2 * places).fill(0);
    this.mask = places - 1;
  }

  /** What it leads to, or -1; also for what is no id. */
  get(id: number): number {
    const { pairs, mask } = this;
    if (!(id > 0)) return -1;
    const hash = hashOf(id);
    this.asked = id;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const to = pairs[2 * i + 1]!;
      this.ended = i;
      if (to === 0) return -1;
      if (pairs[2 * i] === hash && idOfRef(this.tables, to - 1) === id) return to - 1;
    }
  }

  /** Where the id's search begins: reading it early brings it near. */
  touch(id: number): number {
    return this.pairs[2 * (hashOf(id) & this.mask) + 1]!;
  }

  /** To be called when the record says the id. */
  set(id: number, to: number): void {
    if (2 * this.count >= this.mask) this.grow();
    const { pairs, mask } = this;
    const hash = hashOf(id);
    let i = this.ended;
    if (this.asked !== id) {
      i = hash & mask;
      while (pairs[2 * i + 1] !== 0 && !(pairs[2 * i] === hash && idOfRef(this.tables, pairs[2 * i + 1]! - 1) === id)) i = (i + 1) & mask;
      this.asked = 0;
    }
    if (pairs[2 * i + 1] === 0) this.count++;
    pairs[2 * i] = hash;
    pairs[2 * i + 1] = to + 1;
  }

  /** To be called while the record says the id. */
  remove(id: number): void {
    const { pairs, mask } = this;
    const hash = hashOf(id);
    let gap = hash & mask;
    while (!(pairs[2 * gap] === hash && idOfRef(this.tables, pairs[2 * gap + 1]! - 1) === id)) {
      if (pairs[2 * gap + 1] === 0) return;
      gap = (gap + 1) & mask;
    }
    this.count--;
    this.asked = 0;
    for (let i = (gap + 1) & mask; pairs[2 * i + 1] !== 0; i = (i + 1) & mask) {
      const distance = (i - pairs[2 * i]!) & mask;
      if (distance < ((i - gap) & mask)) continue;
      pairs[2 * gap] = pairs[2 * i]!;
      pairs[2 * gap + 1] = pairs[2 * i + 1]!;
      gap = i;
    }
    pairs[2 * gap] = 0;
    pairs[2 * gap + 1] = 0;
  }

  private grow(): void {
    const { pairs } = this;
    const mask = pairs.length - 1;
    const larger = new Int32Array(2 * pairs.length);
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] === 0) continue;
      let i = pairs[at]! & mask;
      while (larger[2 * i + 1] !== 0) i = (i + 1) & mask;
      larger[2 * i] = pairs[at]!;
      larger[2 * i + 1] = pairs[at + 1]!;
    }
    this.pairs = larger;
    this.mask = mask;
    this.asked = 0;
  }
}

const hashOf = (id: number): number => {
  const low = id | 0;
  const high = ((id - (low >>> 0)) / 4_294_967_296) | 0;
  const h = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
};
