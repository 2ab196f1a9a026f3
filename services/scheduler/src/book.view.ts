import { BookState, type BookEntry } from '#contracts';
import type { DefinedBook, Halt } from './dictionary.js';

export interface BookRow {
  book_id: number;
  shard: number;
  compute_class: number;
  model: string;
  unit: number;
  tier: number;
  reference_price: bigint;
  collar_bp: number;
  band_bp: number;
  last_price: bigint;
}

export const rowOf = ({ bookId, book, referencePrice, collarBp, bandBp }: DefinedBook, shard: number): Omit<BookRow, 'last_price'> => ({
  book_id: bookId,
  shard,
  compute_class: book.computeClass,
  model: book.model,
  unit: book.unit,
  tier: book.tier,
  reference_price: BigInt(referencePrice),
  collar_bp: collarBp,
  band_bp: bandBp,
});

export const bookOf = (row: Omit<BookRow, 'last_price'> & { last_price?: bigint }, halt: Halt | null): BookEntry => ({
  bookId: row.book_id,
  book: { computeClass: row.compute_class, model: row.model, unit: row.unit, tier: row.tier },
  referencePrice: Number(row.reference_price),
  collarBp: row.collar_bp,
  lastPrice: Number(row.last_price ?? 0n),
  bandBp: row.band_bp,
  state: halt ? BookState.HALTED : BookState.OPEN,
  haltedBy: halt?.by ?? '',
  haltedAt: halt?.at ?? 0,
  shard: row.shard,
});
