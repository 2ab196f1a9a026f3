// Keyset pagination: a cursor is the mark of its list, the mark of the filters it was made under and the key of the last row answered, opaque to its reader.
import { bytesOf, type Method, type PageInfo, type PageRequest } from '#contracts';
import { sha256Hex } from './crypto.js';
import { invalid } from './refusal.js';

const foreignCursor = () => invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');

const markLength = 8;
const markOf = (part: Uint8Array | string): string => sha256Hex(part).slice(0, markLength);

/** The cursors of one method's list as its callers see them: without the marks the key of one list would be taken for a place in another, or under other filters. */
export class Cursors {
  private readonly list: string;

  /** @param name of the method, by which its list is known */
  constructor(
    name: string,
    private readonly requestType: Method['requestType'],
  ) {
    this.list = markOf(name);
  }

  /**
   * What the list's handler is asked, its cursor without the marks.
   * @throws Refusal `cursor_must_come_from_a_list`, `cursor_must_keep_its_filters`
   */
  unmarked(request: unknown): unknown {
    const page = (request as { page?: PageRequest }).page;
    if (!page?.cursor) return request;
    if (!page.cursor.startsWith(this.list)) throw foreignCursor();
    if (!page.cursor.startsWith(this.filters(request), markLength))
      throw invalid(
        'page.cursor',
        'cursor_must_keep_its_filters',
        'the cursor was given under other filters: send them again, or begin without a cursor; limit alone may change',
      );
    return { ...(request as object), page: { ...page, cursor: page.cursor.slice(2 * markLength) } };
  }

  /** What the list's handler answers to the request, its cursor marked. */
  marked(request: unknown, response: unknown): unknown {
    const page = (response as { page?: PageInfo } | undefined)?.page;
    if (!page?.nextCursor) return response;
    return { ...(response as object), page: { ...page, nextCursor: this.list + this.filters(request) + page.nextCursor } };
  }

  /** Of all that was asked but the page. */
  private filters(request: unknown): string {
    return markOf(bytesOf(this.requestType, { ...(request as object), page: undefined }));
  }
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
