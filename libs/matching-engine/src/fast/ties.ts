import type { Region } from '#domain';
import type { BidTerms, ClassFloor, Constraints } from '../command.js';
import { noConstraints } from '../command.js';
import { ById } from './by-id.js';

/** What ties a bid to books and pools, whatever it asks of them. Bids that say the same share one. */
export interface Ties {
  readonly index: number;
  /** Of what it says: those that say the same have the same. */
  readonly hash: number;
  /** It is kept although no bid holds it. */
  readonly stays: boolean;
  /** Bids that hold it. */
  holders: number;
  readonly books: readonly number[];
  readonly floor: ClassFloor | null;
  readonly constraints: Constraints;
  readonly demandRegion: Region;
  readonly localOnly: BidTerms['localOnly'];
  readonly constrains: boolean;
  /** One book, and nothing else. */
  readonly isPlain: boolean;
}

export class TiesList {
  readonly all: Ties[] = [];
  private readonly free: number[] = [];
  private readonly byHash = new Map<number, Ties[]>();
  /** By book: those of bids that name it alone and constrain nothing. They stay. */
  private readonly plain = new ById<Ties>();

  /** The place of the bid's ties, which it then holds. */
  hold(terms: BidTerms): number {
    const ties = this.plainOf(terms) ?? this.shared(terms);
    ties.holders++;
    return ties.index;
  }

  release(index: number): void {
    const ties = this.all[index]!;
    if (--ties.holders > 0 || ties.stays) return;
    const alike = this.byHash.get(ties.hash)!;
    if (alike.length === 1) this.byHash.delete(ties.hash);
    else alike.splice(alike.indexOf(ties), 1);
    this.free.push(index);
  }

  private plainOf({ books, floor, constraints, demandRegion, localOnly }: BidTerms): Ties | null {
    if (floor || localOnly || books.length !== 1 || demandRegion !== 0 || constrains(constraints)) return null;
    const book = books[0]!;
    return this.plainOfBook(book);
  }

  /** The place of those of a book's plain bids, which the bid then holds. */
  holdPlain(book: number): number {
    const ties = this.plainOfBook(book);
    ties.holders++;
    return ties.index;
  }

  private plainOfBook(book: number): Ties {
    const known = this.plain.get(book);
    if (known) return known;
    const ties = this.add({
      hash: 0,
      stays: true,
      books: [book],
      floor: null,
      constraints: noConstraints,
      demandRegion: 0,
      localOnly: undefined,
      constrains: false,
      isPlain: true,
    });
    this.plain.set(book, ties);
    return ties;
  }

  private shared(terms: BidTerms): Ties {
    const { books, floor, constraints, demandRegion, localOnly } = terms;
    const hash = hashOf(terms);
    const alike = this.byHash.get(hash);
    if (alike) for (const each of alike) if (says(each, terms)) return each;
    const ties = this.add({
      hash,
      stays: false,
      books: [...books],
      floor,
      constraints,
      demandRegion,
      localOnly,
      constrains: constrains(constraints),
      isPlain: false,
    });
    if (alike) alike.push(ties);
    else this.byHash.set(hash, [ties]);
    return ties;
  }

  private add(ties: Omit<Ties, 'index' | 'holders'>): Ties {
    const index = this.free.pop() ?? this.all.length;
    const added = { ...ties, index, holders: 0 };
    this.all[index] = added;
    return added;
  }
}

/** For a dry run: held by nobody. */
export const looseTies = ({ books, floor, constraints, demandRegion, localOnly }: BidTerms): Ties => ({
  index: -1,
  hash: 0,
  stays: false,
  holders: 0,
  books,
  floor,
  constraints,
  demandRegion,
  localOnly,
  constrains: constrains(constraints),
  isPlain: false,
});

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

const mixed = (hash: number, value: number): number => Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15);

const mixedList = (hash: number, list: readonly number[]): number => {
  let all = mixed(hash, list.length);
  for (let i = 0; i < list.length; i++) all = mixed(all, list[i]!);
  return all;
};

/** Of what most often differs; `says` compares all. */
function hashOf({ books, floor, constraints: c, demandRegion }: BidTerms): number {
  let hash = mixedList(mixed(floor ? floor.memoryGibMin + 1 : 0, demandRegion), books);
  hash = mixedList(mixedList(hash, c.regionsIn), c.regionsOut);
  hash = mixedList(mixedList(hash, c.providersIn), c.providersOut);
  hash = mixed(mixed(hash, c.roundTripUsMax ?? -1), (c.zone ?? 0) + 8 * (c.dataClass ?? 0) + 64 * (c.interconnect ?? 0));
  hash = mixed(mixed(hash, c.securityGradeMin + (c.domesticOnly ? 8 : 0)), c.memoryGibMin);
  return mixed(mixed(mixed(hash, c.greenShareBpMin), c.pueMilliMax ?? -1), c.reliabilityBpMin);
}

function says(ties: Ties, { books, floor, constraints, demandRegion, localOnly }: BidTerms): boolean {
  return (
    ties.localOnly === localOnly &&
    ties.demandRegion === demandRegion &&
    areSame(ties.books, books) &&
    isSameFloor(ties.floor, floor) &&
    areSameConstraints(ties.constraints, constraints)
  );
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const isSameFloor = (a: ClassFloor | null, b: ClassFloor | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.computeClass === b.computeClass &&
    a.tier === b.tier &&
    a.domesticOnly === b.domesticOnly &&
    a.precision === b.precision &&
    a.tflopsMilliMin === b.tflopsMilliMin &&
    a.memoryGibMin === b.memoryGibMin);

const areSameConstraints = (a: Constraints, b: Constraints): boolean =>
  a === b ||
  (a.roundTripUsMax === b.roundTripUsMax &&
    a.zone === b.zone &&
    a.securityGradeMin === b.securityGradeMin &&
    a.dataClass === b.dataClass &&
    a.domesticOnly === b.domesticOnly &&
    a.memoryGibMin === b.memoryGibMin &&
    a.interconnect === b.interconnect &&
    a.greenShareBpMin === b.greenShareBpMin &&
    a.pueMilliMax === b.pueMilliMax &&
    a.reliabilityBpMin === b.reliabilityBpMin &&
    areSame(a.regionsIn, b.regionsIn) &&
    areSame(a.regionsOut, b.regionsOut) &&
    areSame(a.providersIn, b.providersIn) &&
    areSame(a.providersOut, b.providersOut));
