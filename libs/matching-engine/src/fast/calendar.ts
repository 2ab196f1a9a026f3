import { slotAt } from '#domain';
import type { Time } from '#domain';
import type { Table } from './table.js';

/**
 * What falls due when, for the records of one table: a ring with a list for each slot up to the horizon, linked through fields of the records, so that putting and
 * removing cost the same whatever stands in it, and nothing stale stays. What was due before the present slot stands in the present one.
 */
export class Calendar {
  private readonly heads: Int32Array;
  private readonly mask: number;
  private present = 0;
  /** Nothing is due before. */
  private earliest = Infinity;
  private count = 0;

  constructor(
    private readonly table: Table,
    private readonly due: number,
    private readonly previous: number,
    private readonly next: number,
    horizonSlots: number,
  ) {
    const size = 2 ** Math.ceil(Math.log2(horizonSlots + 4));
    this.heads = new Int32Array(size).fill(-1);
    this.mask = size - 1;
  }

  put(record: number, at: Time): void {
    const { data } = this.table;
    const bucket = this.bucketOf(at);
    const head = this.heads[bucket]!;
    data[record + this.due] = at;
    data[record + this.previous] = -1;
    data[record + this.next] = head;
    if (head >= 0) data[head + this.previous] = record;
    this.heads[bucket] = record;
    if (at < this.earliest) this.earliest = at;
    this.count++;
  }

  remove(record: number): void {
    const { data } = this.table;
    const before = data[record + this.previous]!;
    const after = data[record + this.next]!;
    if (before >= 0) data[before + this.next] = after;
    else this.heads[this.bucketOf(data[record + this.due]!)] = after;
    if (after >= 0) data[after + this.previous] = before;
    this.count--;
  }

  isDue(time: Time): boolean {
    return this.earliest <= time;
  }

  /** Takes out what is due and pushes it, in no order. */
  take(time: Time, records: number[]): void {
    const now = slotAt(time);
    const last = Math.min(now, this.present + this.mask);
    for (let slot = this.present; slot <= last; slot++) this.takeSlot(slot & this.mask, time, records);
    this.present = now;
    this.earliest = this.nextDue(now);
  }

  /** The present moves on although nothing is due. */
  moveTo(time: Time): void {
    this.present = slotAt(time);
  }

  private bucketOf(at: Time): number {
    const slot = slotAt(at);
    return (slot > this.present ? slot : this.present) & this.mask;
  }

  private takeSlot(bucket: number, time: Time, records: number[]): void {
    const { data } = this.table;
    for (let record = this.heads[bucket]!; record >= 0;) {
      const following = data[record + this.next]!;
      if (data[record + this.due]! <= time) {
        records.push(record);
        const before = data[record + this.previous]!;
        if (before >= 0) data[before + this.next] = following;
        else this.heads[bucket] = following;
        if (following >= 0) data[following + this.previous] = before;
        this.count--;
      }
      record = following;
    }
  }

  private nextDue(now: number): Time {
    if (this.count === 0) return Infinity;
    const { data } = this.table;
    for (let slot = now; slot <= now + this.mask; slot++) {
      let least = Infinity;
      for (let record = this.heads[slot & this.mask]!; record >= 0; record = data[record + this.next]!) {
        if (data[record + this.due]! < least) least = data[record + this.due]!;
      }
      if (least < Infinity) return least;
    }
    return Infinity;
  }
}
