import type { BookId, ModelId, PoolId, Tier } from '#domain';
import type { Book } from '#contracts';
import type { BookHalted, DefineBook, SetPool } from '#matching-engine';

/** By whom a book is halted, and since when. */
export interface Halt {
  readonly by: BookHalted['reason'];
  readonly at: number;
}

export interface DefinedBook {
  readonly bookId: BookId;
  readonly book: Book;
  readonly referencePrice: number;
  readonly collarBp: number;
  readonly bandBp: number;
  /** Null while it is open. */
  readonly halt: Halt | null;
}

/** Whoever knows books by their numbers. */
export interface BookNames {
  book(bookId: number): Book | undefined;
}

const keyOf = (book: Book) => `${book.computeClass}/${book.model}/${book.unit}/${book.tier}`;

/**
 * Numbers for models and books, which the engine knows by number alone. A number is proposed to whoever is about to journal it, and the
 * journal's entry carries number and name.
 */
export class Dictionary implements BookNames {
  private readonly models = new Map<string, ModelId>();
  private readonly proposed = new Map<string, BookId>();
  private readonly defined = new Map<BookId, DefinedBook>();
  /** What a pool's books have in common. */
  private readonly products = new Map<PoolId, Omit<Book, 'tier'>>();
  private found: { readonly book?: Book; readonly id: BookId } = { id: 0 };
  private lastModel = 0;
  /** The greatest number that a book has, or is about to have. */
  lastBook = 0;

  /** The model's number, a new one where it has none. */
  modelId(name: string): ModelId {
    return this.models.get(name) ?? this.learnModel(name, this.lastModel + 1);
  }

  /** The book's number; a new one, behind `after`, where it has none. */
  bookId(book: Book, after = 0): BookId {
    const key = keyOf(book);
    return this.proposed.get(key) ?? this.propose(key, Math.max(this.lastBook, after) + 1);
  }

  /** Number of a book that is open; undefined for others. */
  find(book: Book): BookId | undefined {
    // Orders beside each other are mostly for one book, which its reader gives as one object.
    if (book === this.found.book) return this.found.id;
    const id = this.proposed.get(keyOf(book));
    if (id === undefined || !this.defined.has(id)) return undefined;
    if (Object.isFrozen(book)) this.found = { book, id };
    return id;
  }

  get(bookId: BookId): DefinedBook | undefined {
    return this.defined.get(bookId);
  }

  book(bookId: BookId): Book | undefined {
    return this.defined.get(bookId)?.book;
  }

  /** The book of a pool's offers; it is open where the engine took one. */
  bookOfPool(poolId: PoolId, tier: Tier): BookId {
    return this.bookId({ ...this.products.get(poolId)!, tier });
  }

  /** What both books of a pool have in common; undefined for a pool that is not known. */
  productOf(poolId: PoolId): Omit<Book, 'tier'> | undefined {
    return this.products.get(poolId);
  }

  all(): DefinedBook[] {
    return [...this.defined.values()];
  }

  learnModel(name: string, id: ModelId): ModelId {
    this.models.set(name, id);
    this.lastModel = Math.max(this.lastModel, id);
    return id;
  }

  learnPool({ poolId, computeClass, modelId, unit }: Omit<SetPool, 'sequence' | 'time'>, model: string): void {
    this.learnModel(model, modelId);
    this.products.set(poolId, { computeClass, model, unit });
  }

  learnBook(command: Omit<DefineBook, 'sequence' | 'time'>, model: string): void {
    const { bookId, computeClass, modelId, unit, tier, referencePrice, collarBp, bandBp } = command;
    this.learnModel(model, modelId);
    const book = { computeClass, model, unit, tier };
    this.propose(keyOf(book), bookId);
    this.defined.set(bookId, { bookId, book, referencePrice, collarBp, bandBp, halt: this.defined.get(bookId)?.halt ?? null });
  }

  learnHalt(bookId: BookId, halt: Halt): void {
    this.defined.set(bookId, { ...this.defined.get(bookId)!, halt });
  }

  /** A reference price of 0 leaves it as it is. */
  learnReopening(bookId: BookId, referencePrice: number): void {
    const book = this.defined.get(bookId)!;
    this.defined.set(bookId, { ...book, halt: null, referencePrice: referencePrice || book.referencePrice });
  }

  toJson() {
    return { models: [...this.models], books: this.all(), products: [...this.products] };
  }

  static fromJson(json: ReturnType<Dictionary['toJson']>): Dictionary {
    const dictionary = new Dictionary();
    for (const [name, id] of json.models) dictionary.learnModel(name, id);
    for (const [poolId, product] of json.products) dictionary.products.set(poolId, product);
    for (const entry of json.books) {
      dictionary.propose(keyOf(entry.book), entry.bookId);
      // Books of older snapshots had no band and were not halted.
      dictionary.defined.set(entry.bookId, { ...entry, bandBp: entry.bandBp ?? 0, halt: entry.halt ?? null });
    }
    return dictionary;
  }

  private propose(key: string, id: BookId): BookId {
    this.proposed.set(key, id);
    this.lastBook = Math.max(this.lastBook, id);
    return id;
  }
}
