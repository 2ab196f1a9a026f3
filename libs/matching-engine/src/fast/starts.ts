import { everyHour, everyWeekday, slotIsAllowed } from '#domain';
import type { Slot } from '#domain';

/** what decides at which slots a lease may start. */
export interface StartTerms {
  readonly earliest: Slot;
  readonly latest: Slot;
  readonly durationSlots: number;
  readonly hours: number;
  readonly weekdays: number;
}

/** The last start from `first` on at which the whole lease lies in window, hours and weekdays; -1: none. */
export function lastAllowedStart({ earliest, latest, durationSlots, hours, weekdays }: StartTerms, first: Slot): Slot {
  const from = Math.max(earliest, first);
  if (hours === everyHour && weekdays === everyWeekday) return latest - durationSlots >= from ? latest - durationSlots : -1;
  for (let slot = latest - 1, run = 0; slot >= from; slot--) {
    run = slotIsAllowed(slot, hours, weekdays) ? run + 1 : 0;
    if (run >= durationSlots) return slot;
  }
  return -1;
}

/** The allowed starts of one matching: [first, last], where hours or days are named only those marked. */
export class Starts {
  first = 0;
  last = -1;
  private isMarked = false;
  private marks = new Uint8Array(1024);
  /** The start of the first mark. */
  private origin = 0;

  get areNone(): boolean {
    return this.last < this.first;
  }

  one(start: Slot): void {
    this.first = start;
    this.last = start;
    this.isMarked = false;
  }

  /** Those of them in [first, last] alone, until they are set anew or narrowed again. */
  narrow(first: Slot, last: Slot): void {
    this.first = first;
    this.last = last;
  }

  none(): void {
    this.first = 0;
    this.last = -1;
  }

  /** the starts of the terms from `from` on. */
  set(earliest: Slot, latest: Slot, durationSlots: number, hours: number, weekdays: number, from: Slot): void {
    this.first = Math.max(earliest, from);
    this.last = latest - durationSlots;
    this.origin = this.first;
    this.isMarked = (hours !== everyHour || weekdays !== everyWeekday) && !this.areNone;
    if (!this.isMarked) return;
    const count = this.last - this.first + 1;
    if (this.marks.length < count) this.marks = new Uint8Array(2 * count);
    this.marks.fill(0, 0, count);
    let [first, last] = [-1, -2];
    for (let slot = this.first, run = 0; slot < latest; slot++) {
      run = slotIsAllowed(slot, hours, weekdays) ? run + 1 : 0;
      if (run < durationSlots) continue;
      last = slot + 1 - durationSlots;
      this.marks[last - this.first] = 1;
      if (first < 0) first = last;
    }
    if (first < 0) return this.none();
    this.marks.copyWithin(0, first - this.first, last - this.first + 1);
    this.first = first;
    this.last = last;
    this.origin = first;
  }

  allows(start: Slot): boolean {
    return start >= this.first && start <= this.last && (!this.isMarked || this.marks[start - this.origin] === 1);
  }

  /** The first allowed start from the slot on; -1: none. */
  next(slot: Slot): Slot {
    let start = slot < this.first ? this.first : slot;
    if (this.isMarked) while (start <= this.last && this.marks[start - this.origin] === 0) start++;
    return start <= this.last ? start : -1;
  }
}
