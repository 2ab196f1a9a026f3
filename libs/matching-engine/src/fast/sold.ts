import { Offer } from './records.js';
import { folded } from './steps.js';
import type { Steps } from './steps.js';
import type { Table } from './table.js';

/** Is told that something of an offer is free again. */
interface Freed {
  forget(offer: number, from: number, to: number): void;
}

/** What each offer sold over slots. Most offers are sold over one window: that is two slots and a number in the offer itself, and only others have steps. */
export class Sold {
  private limit = 0;

  constructor(
    private readonly offers: Table,
    private readonly steps: Steps,
    private readonly soldOut: Freed,
  ) {}

  /** Of a new offer. */
  clear(offer: number): void {
    const { data } = this.offers;
    data[offer + Offer.SOLD_UNITS] = 0;
    data[offer + Offer.SOLD_STEPS] = -1;
  }

  /** What was noted as sold out is so no more: units came back, or the offer has more. */
  forget(offer: number): void {
    this.soldOut.forget(offer, 0, Infinity);
  }

  /** True where at no slot of [from, to) that lies in its window so many units are unsold. */
  isFull(offer: number, units: number, from: number, to: number): boolean {
    const { data } = this.offers;
    const first = Math.max(from, data[offer + Offer.FROM]!);
    const last = Math.min(to, data[offer + Offer.TO]!);
    return first >= last || data[offer + Offer.UNITS]! - this.least(offer, first, last) < units;
  }

  /** The first slot of [from, to), which is not empty, at which not so many units are unsold; `to`: they are throughout. */
  reach(offer: number, units: number, from: number, to: number): number {
    const { data } = this.offers;
    this.limit = data[offer + Offer.UNITS]! - units;
    if (this.limit < 0) return from;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) return this.steps.reach(steps, from, to, 'most', this.isWithinLimit);
    return this.peak(offer, from, to) <= this.limit ? to : Math.max(from, data[offer + Offer.SOLD_FROM]!);
  }

  release(offer: number): void {
    const steps = this.offers.data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) this.steps.release(steps);
  }

  /** Most units sold at any slot of [from, to). */
  peak(offer: number, from: number, to: number): number {
    const { data } = this.offers;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) return this.steps.extreme(steps, from, to, 1);
    return data[offer + Offer.SOLD_FROM]! < to && from < data[offer + Offer.SOLD_TO]! ? data[offer + Offer.SOLD_UNITS]! : 0;
  }

  /** Fewest. */
  least(offer: number, from: number, to: number): number {
    const { data } = this.offers;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) return this.steps.extreme(steps, from, to, -1);
    return data[offer + Offer.SOLD_FROM]! <= from && to <= data[offer + Offer.SOLD_TO]! ? data[offer + Offer.SOLD_UNITS]! : 0;
  }

  /** Sells units (gives them back where negative) over [from, to). */
  add(offer: number, from: number, to: number, units: number): void {
    if (from >= to) return;
    if (units < 0) this.soldOut.forget(offer, from, to);
    const { data } = this.offers;
    const sold = data[offer + Offer.SOLD_UNITS]!;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) this.addToSteps(offer, from, to, units);
    else if (sold === 0) {
      data[offer + Offer.SOLD_FROM] = from;
      data[offer + Offer.SOLD_TO] = to;
      data[offer + Offer.SOLD_UNITS] = units;
    } else if (data[offer + Offer.SOLD_FROM] === from && data[offer + Offer.SOLD_TO] === to) data[offer + Offer.SOLD_UNITS] = sold + units;
    else {
      data[offer + Offer.SOLD_STEPS] = this.steps.create(1);
      this.addToSteps(offer, data[offer + Offer.SOLD_FROM]!, data[offer + Offer.SOLD_TO]!, sold);
      this.addToSteps(offer, from, to, units);
    }
  }

  private addToSteps(offer: number, from: number, to: number, units: number): void {
    const { data } = this.offers;
    data[offer + Offer.SOLD_STEPS] = this.steps.add(data[offer + Offer.SOLD_STEPS]!, from, to, units);
  }

  /** First start in [start, last] at which at most `limit` units are sold over so many slots; -1: none. */
  firstStart(offer: number, start: number, last: number, duration: number, limit: number): number {
    const { data } = this.offers;
    if (limit < 0) return -1;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps < 0) return this.peak(offer, start, start + duration) <= limit ? start : this.after(offer, last);
    this.limit = limit;
    return this.steps.firstStart(steps, start, last, duration, 'most', this.isWithinLimit);
  }

  private readonly isWithinLimit = (): boolean => folded.row[0]! <= this.limit;

  /** The end of the one window sold, if a start may be as late. */
  private after(offer: number, last: number): number {
    const to = this.offers.data[offer + Offer.SOLD_TO]!;
    return to <= last ? to : -1;
  }

  /** Calls `mark` with each slot in [from, to) at which what is sold changes. */
  turns(offer: number, from: number, to: number, mark: (slot: number) => void): void {
    const { data } = this.offers;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) return this.steps.turns(steps, from, to, mark);
    if (data[offer + Offer.SOLD_UNITS] === 0) return;
    const [first, last] = [data[offer + Offer.SOLD_FROM]!, data[offer + Offer.SOLD_TO]!];
    if (first >= from && first < to) mark(first);
    if (last >= from && last < to) mark(last);
  }

  /** The same where less is sold than just before. */
  falls(offer: number, from: number, to: number, mark: (slot: number) => void): void {
    const { data } = this.offers;
    const steps = data[offer + Offer.SOLD_STEPS]!;
    if (steps >= 0) return this.steps.falls(steps, from, to, 'most', mark);
    const last = data[offer + Offer.SOLD_TO]!;
    if (data[offer + Offer.SOLD_UNITS]! > 0 && last >= from && last < to) mark(last);
  }
}
