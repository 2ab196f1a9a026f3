// The exchange's API as its HTTP clients know it.
import { key } from './session.js';

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

export const get = async <T>(path: string, asked: Asked = {}): Promise<T> => (await answer(path + queryOf(asked))).json() as Promise<T>;

/** Said again under the same key it is done once. */
export const post = async <T>(path: string, body: object, idempotencyKey: string): Promise<T> =>
  (
    await answer(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
    })
  ).json() as Promise<T>;

export const blob = async (path: string): Promise<Blob> => (await answer(path)).blob();

/** To the reader's own disk. */
export async function download(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await blob(path));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(url);
}

async function answer(path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const response = await fetch(path, { ...init, headers: { ...headers, authorization: `Bearer ${key() ?? ''}` } });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; rule?: string; detail?: string };
  throw new Problem(response.status, problem.title ?? response.statusText, problem.rule ?? '', problem.detail ?? '');
}

function queryOf(asked: Asked): string {
  const given = Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given).toString()}` : '';
}
