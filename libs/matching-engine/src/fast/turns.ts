import type { Slot } from '#domain';
import type { Candidate } from './candidate.js';
import type { Market } from './market.js';
import { Offer } from './records.js';
import type { Wish } from './wish.js';

/**
 * The starts of a wish at which a group's fill may be better than at the start before: those at which something is sold no more, or an offer's window begins. Where less free
 * may mean a better fill (a PFLOPS bid rounds pool by pool, transfer rounds piece by piece), those too at which something is sold that was not.
 */
export class Turns {
  private readonly marks: Uint8Array;
  private readonly isOne: boolean;
  private readonly seesTaken: boolean;

  constructor(private readonly wish: Wish) {
    const { first, last } = wish.starts;
    this.isOne = first >= last;
    this.marks = new Uint8Array(this.isOne ? 1 : last - first + 1);
    this.seesTaken = wish.precision !== 0 || wish.dataGb !== 0;
  }

  mark(market: Market, group: readonly Candidate[]): void {
    this.marks.fill(0);
    if (this.isOne) return;
    const { starts, duration } = this.wish;
    const { data } = market.tables.offers;
    const [from, to] = [starts.first, starts.last + duration + 1];
    const seen = new Set<number>();
    for (const { offer, pool, lease } of group) {
      this.at(data[offer + Offer.FROM]!);
      if (this.seesTaken) this.at(data[offer + Offer.TO]! - duration + 1);
      market.sold.turns(offer, from, to, this.turn);
      if (lease !== 0) {
        market.resold.turns(lease, from, to, this.turn);
        continue;
      }
      if (seen.has(pool.index)) continue;
      seen.add(pool.index);
      pool.capacity.turns(from, to, this.turn);
      if (pool.curtailment) {
        this.turn(pool.curtailment.from);
        this.at(pool.curtailment.to);
      }
    }
  }

  private readonly turn = (slot: Slot): void => {
    this.at(slot);
    if (this.seesTaken) this.at(slot - this.wish.duration + 1);
  };

  private at(slot: Slot): void {
    const { first, last } = this.wish.starts;
    if (slot >= first && slot <= last) this.marks[slot - first] = 1;
  }

  /** The fill of the group at this start has been ranked. */
  isDone(start: Slot): boolean {
    return this.marks[start - this.wish.starts.first] === 2;
  }

  setDone(start: Slot): void {
    this.marks[start - this.wish.starts.first] = 2;
  }

  /** The first turn from the slot on; -1: none. */
  next(slot: Slot): Slot {
    const { starts } = this.wish;
    for (let start = starts.next(slot); start >= 0; start = starts.next(start + 1)) {
      if (start === starts.first || this.marks[start - starts.first] !== 0 || !starts.allows(start - 1)) return start;
    }
    return -1;
  }
}
