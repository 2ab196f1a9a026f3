import type { Slot } from '#domain';
import type { Columns } from './columns.js';
import { blocks, groupSizes, SOLD_OUT, slotsPerBlock } from './columns.js';
import type { Market, Pool } from './market.js';
import { Offer } from './records.js';

/** Which of the sizes says most of groups of so many units. */
const sizeOf = (perNode: number): number => (perNode >= 8 ? 3 : perNode >= 4 ? 2 : perNode >= 2 ? 1 : 0);

/**
 * What was found sold out, in columns of the offers: for each of the next 64 blocks of four hours and each group size one that says that at no slot of the block a group is
 * free. A bid whose window touches such a block gets nothing there, and most candidates of a market that is mostly sold are ruled out by it. Bits are set where a look was in
 * vain, for all offers of a pool that is sold out, and cleared when something of the block is free again.
 */
export class SoldOut {
  private first = 0;

  constructor(
    private readonly market: Market,
    private readonly columns: Columns,
  ) {}

  /** Blocks that are over give their columns to those that come into sight. */
  setPresent(firstSellable: Slot): void {
    const before = this.first;
    this.first = Math.floor(firstSellable / slotsPerBlock);
    const { pages } = this.columns;
    for (let block = Math.max(before, this.first - blocks); block < this.first; block++)
      for (let size = 0; size < groupSizes.length; size++)
        for (let page = 0; page < pages.pageCount; page++) {
          const word = pages.wordOf(page << 9, SOLD_OUT + size * blocks + (block & (blocks - 1)));
          pages.words.fill(0, word, word + 16);
        }
  }

  /** Behind the last slot of which anything is known. */
  get end(): Slot {
    return (this.first + blocks) * slotsPerBlock;
  }

  /** The column that says that no group of so many units is free at the slot or near it; the slot is in sight. */
  columnOf(perNode: number, slot: Slot): number {
    return SOLD_OUT + sizeOf(perNode) * blocks + ((slot >> 4) & (blocks - 1));
  }

  /** The candidate had no group of so many units for a lease of [from, to): notes which blocks are to blame. */
  learn(offer: number, pool: Pool, lease: number, perNode: number, from: Slot, to: Slot): void {
    if (this.columns.pages.placeOf(offer) < 0) return;
    const { firstSellable, tables, sold } = this.market;
    const { offers, offersOfPool } = tables;
    const { data } = offers;
    const size = sizeOf(perNode);
    const units = groupSizes[size]!;
    const last = Math.min(to, this.end);
    for (let begin = from - (from % slotsPerBlock); begin < last; begin += slotsPerBlock) {
      const [first, end] = [Math.max(begin, firstSellable), begin + slotsPerBlock];
      if (lease === 0 && pool.capacity.isFull(units, first, end)) {
        for (let i = offersOfPool.countOf(pool.index) - 1; i >= 0; i--) {
          const each = offersOfPool.at(pool.index, i);
          if (data[each + Offer.LEASE] === 0) this.note(each, size, begin);
        }
      } else if (sold.isFull(offer, units, first, end)) this.note(offer, size, begin);
    }
  }

  private note(offer: number, size: number, slot: Slot): void {
    const { pages } = this.columns;
    const place = pages.placeOf(offer);
    if (place < 0) return;
    const bit = 1 << (place & 31);
    // No group of few free is no group of more.
    for (let each = size; each < groupSizes.length; each++) {
      const word = pages.wordOf(place, SOLD_OUT + each * blocks + ((slot >> 4) & (blocks - 1)));
      pages.words[word]! |= bit;
    }
  }

  /** Of the offer something of [from, to) is free again, or may be. */
  forget(offer: number, from: Slot, to: Slot): void {
    const { pages } = this.columns;
    const place = pages.placeOf(offer);
    if (place < 0) return;
    const bit = 1 << (place & 31);
    const last = Math.min(to, this.end);
    for (let slot = Math.max(from - (from % slotsPerBlock), this.first * slotsPerBlock); slot < last; slot += slotsPerBlock) {
      for (let size = 0; size < groupSizes.length; size++) {
        const word = pages.wordOf(place, SOLD_OUT + size * blocks + ((slot >> 4) & (blocks - 1)));
        pages.words[word]! &= ~bit;
      }
    }
  }

  forgetPool(index: number, from: Slot, to: Slot): void {
    const { offersOfPool } = this.market.tables;
    for (let i = offersOfPool.countOf(index) - 1; i >= 0; i--) this.forget(offersOfPool.at(index, i), from, to);
  }
}
