// The exchange's API as its HTTP clients know it.
import { key, signOut } from './session.js';
import { t } from './words.js';

/** A refusal in the API's own words (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly rule: string,
    detail: string,
  ) {
    super(detail);
  }
}

export interface Page {
  readonly nextCursor?: string;
}

export type Asked = Readonly<Record<string, string | undefined>>;

/** What is told to the page when the exchange knows the reader's key no longer. */
export const signedOut = 'signed-out';

export const get = async <T>(path: string, asked: Asked = {}): Promise<T> => (await answer(path + queryOf(asked))).json() as Promise<T>;

/** crypto.randomUUID is there over HTTPS and on localhost alone. */
export const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Said again under the same key it is done once. */
const change = async <T>(method: string, path: string, body: object | undefined, idempotencyKey: string): Promise<T> =>
  (
    await answer(path, {
      method,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), 'idempotency-key': idempotencyKey },
      body: body && JSON.stringify(body),
    })
  ).json() as Promise<T>;

export const post = <T>(path: string, body: object, idempotencyKey: string): Promise<T> => change('POST', path, body, idempotencyKey);
export const put = <T>(path: string, body: object, idempotencyKey: string): Promise<T> => change('PUT', path, body, idempotencyKey);
/** Takes back what the path names. */
export const remove = <T>(path: string, idempotencyKey: string): Promise<T> => change('DELETE', path, undefined, idempotencyKey);

export const blob = async (path: string): Promise<Blob> => (await answer(path)).blob();

/** To the reader's own disk. */
export async function download(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await blob(path));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // Some browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function answer(path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const response = await fetch(path, { ...init, headers: { ...headers, authorization: `Bearer ${key() ?? ''}` } }).catch(
    (cause: unknown) => {
      throw new Error(t('noAnswer'), { cause });
    },
  );
  if (response.ok) return response;
  if (response.status === 401) {
    signOut();
    dispatchEvent(new Event(signedOut));
  }
  const problem = (await response.json().catch(() => ({}))) as { title?: string; rule?: string; detail?: string };
  throw new Problem(response.status, problem.title ?? response.statusText, problem.rule ?? '', problem.detail ?? '');
}

function queryOf(asked: Asked): string {
  const given = Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given).toString()}` : '';
}
