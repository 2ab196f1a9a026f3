import type { Slot } from '#domain';
import type { Capacity } from './capacity.js';
import type { Columns } from './columns.js';
import { blocks, groupSizes, SOLD_OUT, slotsPerBlock, spanLengths } from './columns.js';
import { Offer } from './records.js';
import type { Tables } from './records.js';
import type { Sold } from './sold.js';

interface Pool {
  readonly index: number;
  readonly capacity: Capacity;
  freedFrom: Slot;
  freedTo: Slot;
}

/** What of the market is looked at. */
interface Market {
  readonly tables: Tables;
  readonly sold: Sold;
  readonly pools: readonly Pool[];
  readonly firstSellable: Slot;
}

/** Which of the sizes says most of groups of so many units. */
const sizeOf = (perNode: number): number => (perNode >= groupSizes[1] ? 1 : 0);

const longest = Math.max(...spanLengths);

const blockOf = (slot: Slot): number => Math.floor(slot / slotsPerBlock);

/** Kind 0 says that at no slot of a block a group is free; kind k that none is free over the whole span of the k-th length that begins with the block. */
const columnOf = (kind: number, size: number, block: number): number =>
  SOLD_OUT + (kind * groupSizes.length + size) * blocks + (block & (blocks - 1));

/**
 * What was found sold out, in columns of the offers: for each of the next 64 blocks of four hours and each of two group sizes. A bid whose lease touches a sold-out block or holds
 * a sold-out span gets nothing there, and most candidates of a market that is mostly sold are ruled out by it. Bits are set where a look was in vain, for all offers of the pool
 * that is to blame, and cleared when something of the span is free again.
 */
export class SoldOut {
  private first = 0;
  /** Pools of which something was freed, and from when to when; their bits are cleared before the next walk. */
  private readonly freed: Pool[] = [];

  constructor(
    private readonly market: Market,
    private readonly columns: Columns,
  ) {}

  /** Blocks that are over give their columns to those that come into sight. */
  setPresent(firstSellable: Slot): void {
    const before = this.first;
    this.first = blockOf(firstSellable);
    const { pages } = this.columns;
    for (let block = Math.max(before, this.first - blocks); block < this.first; block++)
      for (let kind = 0; kind <= spanLengths.length; kind++)
        for (let size = 0; size < groupSizes.length; size++)
          for (let page = 0; page < pages.pageCount; page++) {
            const word = pages.wordOf(page << 9, columnOf(kind, size, block));
            pages.words.fill(0, word, word + 16);
          }
  }

  /** Behind the last slot of which anything is known. */
  get end(): Slot {
    return (this.first + blocks) * slotsPerBlock;
  }

  /** Calls `use` with the columns of which none may be set where each lease from [from, last] holds groups of so many units; they begin in one block. */
  each(perNode: number, from: Slot, last: Slot, duration: number, use: (column: number) => void): void {
    this.settle();
    const size = sizeOf(perNode);
    const to = Math.min(from + duration, this.end);
    for (let kind = spanLengths.length; kind > 0; kind--) {
      const length = spanLengths[kind - 1]!;
      for (let block = blockOf(last + slotsPerBlock - 1); block * slotsPerBlock + length <= to; block++) use(columnOf(kind, size, block));
    }
    for (let block = blockOf(from); block * slotsPerBlock < to; block++) use(columnOf(0, size, block));
  }

  /** The candidate had no group of so many units for a lease of [from, to): notes what is to blame. */
  learn(offer: number, pool: Pool, lease: number, perNode: number, from: Slot, to: Slot): void {
    if (this.columns.pages.placeOf(offer) < 0) return;
    const asked = sizeOf(perNode);
    // Most that is sold out has no unit left, and then has nothing for others too.
    if (!this.learnOf(offer, pool, lease, 0, from, to) && asked > 0) this.learnOf(offer, pool, lease, asked, from, to);
  }

  private learnOf(offer: number, pool: Pool, lease: number, size: number, from: Slot, to: Slot): boolean {
    const end = Math.min(to, this.end);
    const units = groupSizes[size]!;
    this.ofPool.length = 0;
    this.ofOffer.length = 0;
    this.learnSpans(offer, pool, lease, size, units, from, end);
    this.learnEdges(offer, pool, lease, size, units, from, end);
    if (this.ofPool.length > 0) this.noteOfPool(pool, size);
    for (const column of this.ofOffer) this.noteOf(offer, size, column);
    return this.ofPool.length + this.ofOffer.length > 0;
  }

  /** The first of the spans inside the window over which no group is free: one is enough to rule the like out. */
  private learnSpans(offer: number, pool: Pool, lease: number, size: number, units: number, from: Slot, end: Slot): void {
    for (let begin = slotsPerBlock * blockOf(from + slotsPerBlock - 1); begin + spanLengths[0]! <= end; begin += slotsPerBlock) {
      const until = Math.min(end, begin + longest);
      let at = lease === 0 ? pool.capacity.reach(units, begin, until) : until;
      const isOfPool = at < until;
      if (!isOfPool) at = this.market.sold.reach(offer, units, begin, until);
      if (at === until) continue;
      let kind = 1;
      while (begin + spanLengths[kind - 1]! <= at) kind++;
      if (begin + spanLengths[kind - 1]! > end) continue;
      (isOfPool ? this.ofPool : this.ofOffer).push(columnOf(kind, size, blockOf(begin)));
      return;
    }
  }

  /** The blocks that the window holds in part, where at no slot of them a group is free: those inside are spans too. */
  private learnEdges(offer: number, pool: Pool, lease: number, size: number, units: number, from: Slot, end: Slot): void {
    for (let block = blockOf(from); block * slotsPerBlock < end; block++) {
      const [first, last] = [block * slotsPerBlock, (block + 1) * slotsPerBlock];
      if (first >= from && last <= end) continue;
      const begin = Math.max(first, this.market.firstSellable);
      if (lease === 0 && pool.capacity.isFull(units, begin, last)) this.ofPool.push(columnOf(0, size, block));
      else if (this.market.sold.isFull(offer, units, begin, last)) this.ofOffer.push(columnOf(0, size, block));
    }
  }

  /** What the look in vain that is being noted found: columns. */
  private readonly ofPool: number[] = [];
  private readonly ofOffer: number[] = [];

  private noteOfPool(pool: Pool, size: number): void {
    const { offers, offersOfPool } = this.market.tables;
    for (let i = offersOfPool.countOf(pool.index) - 1; i >= 0; i--) {
      const each = offersOfPool.at(pool.index, i);
      if (offers.data[each + Offer.LEASE] !== 0) continue;
      for (const column of this.ofPool) this.noteOf(each, size, column);
    }
  }

  private noteOf(offer: number, size: number, column: number): void {
    const { pages } = this.columns;
    const place = pages.placeOf(offer);
    if (place < 0) return;
    // No group of few free is no group of more.
    for (let each = size; each < groupSizes.length; each++) pages.note(place, column + (each - size) * blocks);
  }

  /** Of the offer something of [from, to) is free again, or may be. */
  forget(offer: number, from: Slot, to: Slot): void {
    const { pages } = this.columns;
    const place = pages.placeOf(offer);
    if (place < 0) return;
    if (!pages.hasNotes(place)) return;
    if (to === Infinity) return pages.clearNotes(place);
    const bit = 1 << (place & 31);
    const { words } = pages;
    const last = Math.min(blockOf(to - 1), this.first + blocks - 1);
    for (let kind = 0; kind <= spanLengths.length; kind++) {
      const before = kind === 0 ? 0 : spanLengths[kind - 1]! / slotsPerBlock - 1;
      for (let block = Math.max(blockOf(from) - before, this.first); block <= last; block++)
        for (let size = 0; size < groupSizes.length; size++) words[pages.wordOf(place, columnOf(kind, size, block))]! &= ~bit;
    }
  }

  forgetPool(index: number, from: Slot, to: Slot): void {
    // A pool's capacity is made before the pool.
    const pool = this.market.pools[index];
    if (!pool) return;
    if (pool.freedFrom === pool.freedTo) {
      this.freed.push(pool);
      pool.freedFrom = from;
      pool.freedTo = to;
    } else {
      pool.freedFrom = Math.min(pool.freedFrom, from);
      pool.freedTo = Math.max(pool.freedTo, to);
    }
  }

  /** Clears the bits of what was freed. */
  settle(): void {
    const { offersOfPool } = this.market.tables;
    for (const pool of this.freed) {
      for (let i = offersOfPool.countOf(pool.index) - 1; i >= 0; i--) {
        this.forget(offersOfPool.at(pool.index, i), pool.freedFrom, pool.freedTo);
      }
      pool.freedFrom = 0;
      pool.freedTo = 0;
    }
    this.freed.length = 0;
  }
}
