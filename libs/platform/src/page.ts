// Keyset pagination: a cursor is the mark of its list and the key of the last row answered, opaque to its reader.
import type { PageInfo, PageRequest } from '#contracts';
import { sha256Hex } from './crypto.js';
import { invalid } from './refusal.js';

const foreignCursor = () => invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');

/** By which the cursors of a method's list are known from all others': without it the key of one list would be taken for a place in another. */
export const listMark = (method: string): string => sha256Hex(method).slice(0, 8);

/** What a list's handler is asked, its cursor without the mark. @throws Refusal `cursor_must_come_from_a_list` */
export function fromMarked(mark: string, request: unknown): unknown {
  const page = (request as { page?: PageRequest }).page;
  if (!page?.cursor) return request;
  if (!page.cursor.startsWith(mark)) throw foreignCursor();
  return { ...(request as object), page: { ...page, cursor: page.cursor.slice(mark.length) } };
}

/** What a list's handler answers, its cursor marked. */
export function marked(mark: string, response: unknown): unknown {
  const page = (response as { page?: PageInfo } | undefined)?.page;
  return page?.nextCursor ? { ...(response as object), page: { ...page, nextCursor: mark + page.nextCursor } } : response;
}

export interface Page {
  /** Rows to answer; ask the database for one more, so that the end of the list is known. */
  readonly limit: number;
  /** Key of the last row of the page before, in the order of the list's key. */
  readonly after?: string[];
}

/** Throws invalid where the cursor is none. */
export function pageOf(request: PageRequest | undefined): Page {
  const limit = request?.limit || 100;
  if (!request?.cursor) return { limit };
  try {
    const after: unknown = JSON.parse(Buffer.from(request.cursor, 'base64url').toString());
    if (Array.isArray(after) && after.length && after.every((part) => typeof part === 'string')) return { limit, after };
  } catch {
    // Refused below, as any other text that no list gave.
  }
  throw foreignCursor();
}

/** The key of a list whose key is one whole number, `otherwise` at its beginning. Throws invalid where the cursor was made up. */
export function numberAfter({ after }: Page, otherwise: number): number {
  if (!after) return otherwise;
  if (after.length === 1 && /^\d{1,16}$/.test(after[0]!) && Number.isSafeInteger(Number(after[0]))) return Number(after[0]);
  throw foreignCursor();
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
