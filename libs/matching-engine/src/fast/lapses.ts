import type { Time } from '#domain';

/** when a reservation lapses, and its number; soonest first. */
export class Lapses {
  private readonly all: { readonly at: Time; readonly reservation: number }[] = [];

  get next(): Time {
    return this.all[0]?.at ?? Infinity;
  }

  put(at: Time, reservation: number): void {
    const place = this.all.findIndex((each) => each.at > at || (each.at === at && each.reservation > reservation));
    this.all.splice(place < 0 ? this.all.length : place, 0, { at, reservation });
  }

  /** The first's number; it is there no more. */
  take(): number {
    return this.all.shift()!.reservation;
  }
}
