import type { ParticipantId } from '#domain';
import type { ParticipantState } from '../snapshot.js';

/** Participants by place, in typed arrays: whose they are, their buying power and their order rate. */
export class Participants {
  count = 0;
  ids = new Float64Array(64);
  groups = new Float64Array(64);
  totals = new Float64Array(64);
  reserved = new Float64Array(64);
  raises = new Float64Array(64);
  seconds = new Float64Array(64);
  orders = new Float64Array(64);
  /** bit c, it may place orders of the compute class c; how many a second, and what one may be worth. */
  gates = new Int32Array(64);
  rates = new Float64Array(64);
  caps = new Float64Array(64);
  /** Null for one that only has buying power. */
  readonly facts: (Omit<ParticipantState, 'second' | 'orders'> | null)[] = [];
  readonly hasAccount: boolean[] = [];
  private readonly places = new Map<ParticipantId, number>();
  /** Places of ids up to the length, -1 for none. */
  private readonly near = new Int32Array(65_536).fill(-1);

  /** -1 for one that is not known. */
  placeOf(participantId: ParticipantId): number {
    return this.near[participantId] ?? this.places.get(participantId) ?? -1;
  }

  /** the two places are of one owner. */
  areOne(one: number, other: number): boolean {
    return one === other || this.groups[one] === this.groups[other];
  }

  add(participantId: ParticipantId): number {
    const known = this.placeOf(participantId);
    if (known >= 0) return known;
    if (this.count === this.ids.length) this.grow();
    const place = this.count++;
    this.ids[place] = participantId;
    this.facts.push(null);
    this.hasAccount.push(false);
    if (participantId < this.near.length) this.near[participantId] = place;
    else this.places.set(participantId, place);
    return place;
  }

  /** To be called when anything that it says has changed. */
  setFact(place: number, fact: Omit<ParticipantState, 'second' | 'orders'>): void {
    this.facts[place] = fact;
    this.groups[place] = fact.group;
    this.gates[place] = fact.active && !fact.overdue ? classesOf(fact.tradableClasses) : 0;
    this.rates[place] = fact.ordersPerSecond;
    this.caps[place] = fact.orderValueCap;
  }

  private grow(): void {
    const double = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    const gates = new Int32Array(2 * this.gates.length);
    gates.set(this.gates);
    this.gates = gates;
    this.rates = double(this.rates);
    this.caps = double(this.caps);
    this.ids = double(this.ids);
    this.groups = double(this.groups);
    this.totals = double(this.totals);
    this.reserved = double(this.reserved);
    this.raises = double(this.raises);
    this.seconds = double(this.seconds);
    this.orders = double(this.orders);
  }
}

/** None named: all. */
const classesOf = (classes: readonly number[]): number =>
  classes.length === 0 ? -1 : classes.reduce((bits, each) => bits | (1 << each), 0);
