// Keyset pagination: a cursor is the key of the last row answered, opaque to its reader.
import type { PageInfo, PageRequest } from '#contracts';
import { invalid } from './refusal.js';

export interface Page {
  /** Rows to answer; ask the database for one more, so that the end of the list is known. */
  readonly limit: number;
  /** Key of the last row of the page before, in the order of the list's key. */
  readonly after?: string[];
}

/** Throws invalid where the cursor is not one of ours. */
export function pageOf(request: PageRequest | undefined): Page {
  const limit = request?.limit || 100;
  if (!request?.cursor) return { limit };
  try {
    const after: unknown = JSON.parse(Buffer.from(request.cursor, 'base64url').toString());
    if (Array.isArray(after) && after.length && after.every((part) => typeof part === 'string')) return { limit, after };
  } catch {
    // Refused below, as any other text that no list gave.
  }
  throw invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
}

/** The key of a list whose key is one whole number, `otherwise` at its beginning. Throws invalid where the cursor came from another list. */
export function numberAfter({ after }: Page, otherwise: number): number {
  if (!after) return otherwise;
  if (after.length === 1 && /^\d{1,16}$/.test(after[0]!) && Number.isSafeInteger(Number(after[0]))) return Number(after[0]);
  throw invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
}

/** Cuts the row that was asked beyond the limit and names where the next page begins. */
export function nextPage<R>(
  rows: R[],
  limit: number,
  key: (row: R) => readonly (string | number | bigint)[],
): { rows: R[]; page: PageInfo } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  const nextCursor = isMore ? Buffer.from(JSON.stringify(key(last).map(String))).toString('base64url') : '';
  return { rows: kept, page: { nextCursor } };
}
