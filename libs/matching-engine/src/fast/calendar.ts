import { slotAt } from '#domain';
import type { Time } from '#domain';
import type { Arena } from './arena.js';
import { Bags } from './bags.js';
import type { Table } from './table.js';

/**
 * What falls due when, for the records of one table: a ring with a bag for each slot up to the horizon, so that putting and removing cost the same whatever stands in
 * it, and nothing stale stays. What was due before the present slot stands in the present one.
 */
export class Calendar {
  private readonly bags: Bags;
  private readonly mask: number;
  private present = 0;
  /** Nothing is due before. */
  private earliest = Infinity;
  private count = 0;
  /** The slot of the last time asked for: most orders of a moment fall due at few instants. */
  private lastAt = -1;
  private lastSlot = 0;

  constructor(
    arena: Arena,
    private readonly table: Table,
    private readonly due: number,
    place: number,
    horizonSlots: number,
  ) {
    this.bags = new Bags(arena, table, place);
    this.mask = 2 ** Math.ceil(Math.log2(horizonSlots + 4)) - 1;
  }

  put(record: number, at: Time): void {
    this.table.data[record + this.due] = at;
    this.bags.put(this.bagOf(at), record);
    if (at < this.earliest) this.earliest = at;
    this.count++;
  }

  remove(record: number): void {
    this.bags.remove(this.bagOf(this.table.data[record + this.due]!), record);
    this.count--;
  }

  isDue(time: Time): boolean {
    return this.earliest <= time;
  }

  /** Takes out what is due and pushes it, in no order. */
  take(time: Time, records: number[]): void {
    const now = slotAt(time);
    const last = Math.min(now, this.present + this.mask);
    for (let slot = this.present; slot <= last; slot++) this.takeOf(slot & this.mask, time, records);
    // What is left of the past is due by now.
    this.present = now;
    this.earliest = this.nextDue(now);
  }

  /** The present moves on although nothing is due. */
  moveTo(time: Time): void {
    this.present = slotAt(time);
  }

  private bagOf(at: Time): number {
    if (at !== this.lastAt) {
      this.lastAt = at;
      this.lastSlot = slotAt(at);
    }
    return (this.lastSlot > this.present ? this.lastSlot : this.present) & this.mask;
  }

  private takeOf(bag: number, time: Time, records: number[]): void {
    const { data } = this.table;
    for (let i = this.bags.countOf(bag) - 1; i >= 0; i--) {
      const record = this.bags.at(bag, i);
      if (data[record + this.due]! > time) continue;
      records.push(record);
      this.bags.remove(bag, record);
      this.count--;
    }
  }

  private nextDue(now: number): Time {
    if (this.count === 0) return Infinity;
    const { data } = this.table;
    for (let slot = now; slot <= now + this.mask; slot++) {
      const bag = slot & this.mask;
      let least = Infinity;
      for (let i = this.bags.countOf(bag) - 1; i >= 0; i--) least = Math.min(least, data[this.bags.at(bag, i) + this.due]!);
      if (least < Infinity) return least;
    }
    return Infinity;
  }
}
