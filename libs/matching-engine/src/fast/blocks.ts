import type { Slot } from '#domain';

/** Four hours. */
const slotsPerBlock = 16;
const blocks = 64;
/** Nodes with fewer units free than this are of no use to bids that ask for groups of that many or more. */
const large = 4;
const words = 4;

/**
 * What was found sold out, of pools or of offers: for each and each of the next 64 blocks of four hours a bit that says that at no slot of the block a unit is free (of a
 * pool: on a node), and one that says so of four units. A bid whose window touches such a block gets nothing there, and most candidates of a market that is mostly sold are
 * passed over by it without looking at what they sold. Bits are set where a look was in vain, and all of one are cleared when anything of it is free again.
 */
export class Blocks {
  private bits = new Int32Array(64 * words);
  private first = 0;
  /** Of the wish that is matched: its blocks in each of two words, and which pair of a pool's words is asked. */
  private low = 0;
  private high = 0;
  private at = 0;

  /** Nothing is known of this one. */
  clear(index: number): void {
    const at = words * index;
    if (at + words > this.bits.length) {
      const larger = new Int32Array(2 * (at + words));
      larger.set(this.bits);
      this.bits = larger;
    }
    for (let i = at; i < at + words; i++) this.bits[i] = 0;
  }

  /** Bits of blocks that are over are of the blocks that come into sight. */
  setPresent(firstSellable: Slot): void {
    const first = Math.floor(firstSellable / slotsPerBlock);
    if (first === this.first) return;
    this.first = first;
    this.bits.fill(0);
  }

  /** What `isSoldOut` is asked next: a lease of [from, to) in groups of so many units on a node; nothing where from is -1. */
  ask(perNode: number, from: Slot, to: Slot): void {
    this.low = 0;
    this.high = 0;
    this.at = perNode < large ? 0 : 2;
    if (from < 0) return;
    const last = Math.min(Math.floor((to - 1) / slotsPerBlock), this.first + blocks - 1);
    for (let block = Math.floor(from / slotsPerBlock); block <= last; block++) {
      if ((block & 32) === 0) this.low |= 1 << (block & 31);
      else this.high |= 1 << (block & 31);
    }
  }

  /** True where it is known to have nothing for what was asked. */
  isSoldOut(index: number): boolean {
    const at = words * index + this.at;
    return ((this.bits[at]! & this.low) | (this.bits[at + 1]! & this.high)) !== 0;
  }

  /** Nothing was free for a lease of [from, to): notes which blocks are to blame, of which `isFull` is asked. */
  learn(index: number, perNode: number, from: Slot, to: Slot, firstSellable: Slot, isFull: IsFull): void {
    const last = Math.min(Math.floor((to - 1) / slotsPerBlock), this.first + blocks - 1);
    const units = perNode < large ? 1 : large;
    for (let block = Math.floor(from / slotsPerBlock); block <= last; block++) {
      const begin = Math.max(block * slotsPerBlock, firstSellable);
      if (!isFull(index, units, begin, (block + 1) * slotsPerBlock)) continue;
      const at = words * index + (perNode < large ? 0 : 2) + ((block >> 5) & 1);
      this.bits[at]! |= 1 << (block & 31);
      // No unit free is no four units free.
      if (perNode < large) this.bits[at + 2]! |= 1 << (block & 31);
    }
  }
}

/** Whether so many units are free together at no slot of [from, to). */
export type IsFull = (index: number, units: number, from: Slot, to: Slot) => boolean;
