import type { LowerBuyingPower } from '#matching-engine';

/** Buying power that left a shard's sequence for another one. Numbers count from 1 for each pair of shards. */
export interface Slice {
  readonly number: number;
  readonly participantId: number;
  /** Micro-yuan. */
  readonly amount: number;
}

/** Of an entry: the other shard; the number of the slice that is taken, or up to which the other has taken what it was given. */
export interface SliceOf {
  readonly shard: number;
  readonly number: number;
}

interface Given {
  readonly shard: number;
  last: number;
  /** Those of which it is not journalled here that they were taken. */
  left: Slice[];
}

export interface SlicesState {
  readonly given: readonly Given[];
  readonly taken: readonly (readonly [shard: number, number: number])[];
}

/**
 * what a shard gave to others and took of them, as its journal says. A slice is in `left` from the command that takes it out of this shard's buying power until a later
 * command here says that the other has it; the other takes the next number alone. So it is lost by no crash, and nowhere twice.
 */
export class Slices {
  private readonly given: Map<number, Given>;
  private readonly taken: Map<number, number>;

  constructor({ given, taken }: SlicesState = { given: [], taken: [] }) {
    this.given = new Map(given.map((one) => [one.shard, { ...one, left: [...one.left] }]));
    this.taken = new Map(taken);
  }

  /** Number of the last slice of that shard that came in; 0: none. */
  takenOf(shard: number): number {
    return this.taken.get(shard) ?? 0;
  }

  /** What that shard was given and may not have yet, the oldest first. */
  leftFor(shard: number): readonly Slice[] {
    return this.given.get(shard)?.left ?? [];
  }

  give({ shard, number: taken }: SliceOf, { participantId, amount }: Pick<LowerBuyingPower, 'participantId' | 'amount'>): void {
    const given = this.given.get(shard) ?? { shard, last: 0, left: [] };
    this.given.set(shard, given);
    given.last += 1;
    given.left = [...given.left.filter(({ number }) => number > taken), { number: given.last, participantId, amount }];
  }

  /** What came before does not come again. */
  isNext({ shard, number }: SliceOf): boolean {
    return number === this.takenOf(shard) + 1;
  }

  take({ shard, number }: SliceOf): void {
    this.taken.set(shard, number);
  }

  toJson(): SlicesState {
    return { given: [...this.given.values()].map((one) => ({ ...one, left: [...one.left] })), taken: [...this.taken] };
  }
}
