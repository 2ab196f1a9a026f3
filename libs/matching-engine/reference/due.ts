import type { Time } from '#domain';

/** R-13's order of what falls due: by time, then reservations (R-35), then lease ends, then offers, then bids, then by sequence (of a lease or a reservation: its trade's number). */
export const DueClass = { RESERVATION: 0, LEASE: 1, OFFER: 2, BID: 3 } as const;

export interface Due {
  readonly at: Time;
  readonly class: number;
  readonly sequence: number;
  readonly id: number;
}

const isBefore = (a: Due, b: Due): boolean => (a.at - b.at || a.class - b.class || a.sequence - b.sequence || a.id - b.id) < 0;

/** A binary heap. What changes is pushed anew, and who takes an entry out asks whether it still holds. */
export class DueQueue {
  private readonly heap: Due[] = [];

  push(due: Due): void {
    const { heap } = this;
    let i = heap.push(due) - 1;
    for (let parent = (i - 1) >> 1; i > 0 && isBefore(due, heap[parent]!); parent = (i - 1) >> 1) {
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = due;
  }

  /** The first entry that is due at the time, or null. */
  pop(time: Time): Due | null {
    const { heap } = this;
    const first = heap[0];
    if (!first || first.at > time) return null;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}
