import type { Slot } from '#domain';

/** Units in use over slots, as a step function: used[i] from starts[i] until starts[i + 1], the last for ever. Equal neighbours are always merged. */
export class Timeline {
  private readonly starts: Slot[] = [0];
  private readonly used: number[] = [0];

  /** Index of the step that holds the slot. */
  private at(slot: Slot): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Most units in use at any slot of [from, to). */
  peak(from: Slot, to: Slot): number {
    let peak = 0;
    for (let i = this.at(from); i < this.starts.length && this.starts[i]! < to; i++) peak = Math.max(peak, this.used[i]!);
    return peak;
  }

  /** Fewest units in use at any slot of [from, to). */
  least(from: Slot, to: Slot): number {
    let least = Infinity;
    for (let i = this.at(from); i < this.starts.length && this.starts[i]! < to; i++) least = Math.min(least, this.used[i]!);
    return least;
  }

  /** The slots at which less is in use than just before. */
  falls(): Slot[] {
    return this.starts.filter((_, i) => i > 0 && this.used[i]! < this.used[i - 1]!);
  }

  /** Takes units (gives them back where negative) over [from, to). */
  add(from: Slot, to: Slot, units: number): void {
    if (from >= to || units === 0) return;
    const first = this.breakAt(from);
    const last = this.breakAt(to);
    for (let i = first; i < last; i++) this.used[i]! += units;
    this.mergeAt(last);
    this.mergeAt(first);
  }

  /** Forgets the steps before the slot: nothing asks for the past. */
  forgetBefore(slot: Slot): void {
    const first = this.at(slot);
    if (first === 0) return;
    this.starts.splice(0, first);
    this.used.splice(0, first);
    this.starts[0] = 0;
  }

  private breakAt(slot: Slot): number {
    const i = this.at(slot);
    if (this.starts[i] === slot) return i;
    this.starts.splice(i + 1, 0, slot);
    this.used.splice(i + 1, 0, this.used[i]!);
    return i + 1;
  }

  private mergeAt(i: number): void {
    if (i > 0 && this.used[i] === this.used[i - 1]) {
      this.starts.splice(i, 1);
      this.used.splice(i, 1);
    }
  }
}
