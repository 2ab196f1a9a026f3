// The demo's only way to the exchange: its public HTTP API.
import { Pool } from 'undici';

export type Json = Record<string, unknown>;

/** A value that the contract gives as text or as a number. */
export const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** An answer that is a problem (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly rule: string,
    detail: string,
  ) {
    super(`${status} ${rule}: ${detail}`);
  }
}

/** Who waits for each answer before the next call makes the order of the market; what stands side by side may go by several connections. */
export class Api {
  readonly #clients: readonly Pool[];
  #named = 0;
  calls = 0;

  /** @param addresses of the gateways, which are called in turn */
  constructor(
    addresses: string | readonly string[],
    readonly run: string,
  ) {
    const settings = { connections: 4, headersTimeout: 600_000, bodyTimeout: 600_000, pipelining: 1 };
    this.#clients = [addresses].flat().map((address) => new Pool(address, settings));
  }

  get(key: string, path: string): Promise<Json> {
    return this.#call(key, 'GET', path);
  }

  /** @param once names the call, so that a repeated one would be known; without it each call is one of its own */
  post(key: string, path: string, body: unknown, once = `call-${++this.#named}`): Promise<Json> {
    return this.#call(key, 'POST', path, JSON.stringify(body), `${this.run}-${once}`);
  }

  put(key: string, path: string, body: unknown): Promise<Json> {
    return this.#call(key, 'PUT', path, JSON.stringify(body), `${this.run}-call-${++this.#named}`);
  }

  patch(key: string, path: string, body: unknown): Promise<Json> {
    return this.#call(key, 'PATCH', path, JSON.stringify(body), `${this.run}-call-${++this.#named}`);
  }

  /** Rows as newline-delimited JSON. */
  bulk(key: string, path: string, rows: unknown[]): Promise<Json> {
    return this.#call(
      key,
      'POST',
      path,
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
      `${this.run}-call-${++this.#named}`,
      'application/x-ndjson',
    );
  }

  /** Every row of a list, page by page. */
  async *list(key: string, path: string, rows: string): AsyncGenerator<Json> {
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = await this.get(
        key,
        `${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      );
      yield* (page[rows] as Json[] | undefined) ?? [];
      cursor = (page.page as { nextCursor?: string } | undefined)?.nextCursor || undefined;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  /** Gives up what is under way; for an exchange that has died. */
  async destroy(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()));
  }

  async #call(
    key: string,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    body?: string,
    once?: string,
    type = 'application/json',
  ): Promise<Json> {
    const client = this.#clients[this.calls % this.#clients.length]!;
    this.calls += 1;
    const answer = await client.request({
      path,
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(once ? { 'idempotency-key': once } : {}),
      },
      body,
    });
    const text = await answer.body.text();
    const value = (text ? JSON.parse(text) : {}) as Json;
    if (answer.statusCode >= 400)
      throw new Problem(answer.statusCode, String(value.rule ?? value.title), `${String(value.detail)} (${method} ${path})`);
    return value;
  }
}
