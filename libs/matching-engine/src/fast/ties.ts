import type { Region } from '#domain';
import type { BidTerms, ClassFloor, Constraints } from '../command.js';
import { noConstraints } from '../command.js';

/** What ties a bid to books and pools, whatever it asks of them. Bids that say the same share one. */
export interface Ties {
  readonly index: number;
  readonly key: string;
  /** Bids that hold it. */
  holders: number;
  readonly books: readonly number[];
  readonly floor: ClassFloor | null;
  readonly constraints: Constraints;
  readonly demandRegion: Region;
  readonly constrains: boolean;
}

export class TiesList {
  readonly all: Ties[] = [];
  private readonly free: number[] = [];
  private readonly byKey = new Map<string, Ties>();
  /** By book: those of bids that name it alone and constrain nothing. They stay. */
  private readonly plain = new Map<number, Ties>();

  /** The place of the bid's ties, which it then holds. */
  hold(terms: BidTerms): number {
    const ties = this.plainOf(terms) ?? this.shared(terms);
    ties.holders++;
    return ties.index;
  }

  release(index: number): void {
    const ties = this.all[index]!;
    if (--ties.holders > 0 || ties.key === '') return;
    this.byKey.delete(ties.key);
    this.free.push(index);
  }

  private plainOf({ books, floor, constraints, demandRegion }: BidTerms): Ties | null {
    if (floor || books.length !== 1 || demandRegion !== 0 || constrains(constraints)) return null;
    const book = books[0]!;
    const known = this.plain.get(book);
    if (known) return known;
    const ties = this.add({ key: '', books: [book], floor, constraints: noConstraints, demandRegion, constrains: false });
    this.plain.set(book, ties);
    return ties;
  }

  private shared({ books, floor, constraints, demandRegion }: BidTerms): Ties {
    const key = JSON.stringify([books, floor, constraints, demandRegion]);
    const known = this.byKey.get(key);
    if (known) return known;
    const ties = this.add({ key, books: [...books], floor, constraints, demandRegion, constrains: constrains(constraints) });
    this.byKey.set(key, ties);
    return ties;
  }

  private add(ties: Omit<Ties, 'index' | 'holders'>): Ties {
    const index = this.free.pop() ?? this.all.length;
    const added = { ...ties, index, holders: 0 };
    this.all[index] = added;
    return added;
  }
}

const constrains = (c: Constraints): boolean =>
  c !== noConstraints &&
  (c.regionsIn.length > 0 ||
    c.regionsOut.length > 0 ||
    c.roundTripUsMax !== null ||
    c.zone !== null ||
    c.securityGradeMin > 0 ||
    c.dataClass !== null ||
    c.domesticOnly ||
    c.memoryGibMin > 0 ||
    c.interconnect !== null ||
    c.greenShareBpMin > 0 ||
    c.pueMilliMax !== null ||
    c.providersIn.length > 0 ||
    c.providersOut.length > 0 ||
    c.reliabilityBpMin > 0);
