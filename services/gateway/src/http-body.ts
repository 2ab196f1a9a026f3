// Bodies: JSON as a whole, and NDJSON line by line, so that a long one needs no room.
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal, invalid } from '#platform';
import { HttpRefusal } from './http-problem.js';

export const ndjson = 'application/x-ndjson';
export const protobuf = 'application/x-protobuf';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Refusal body_must_be_utf_8 */
export function textOf(bytes: Uint8Array, place: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid('', 'body_must_be_utf_8', `${place} holds bytes that are no UTF-8`);
  }
}

/**
 * A body is taken as it is, in UTF-8, whatever it says of itself.
 * @throws HttpRefusal body_must_be_utf_8, body_must_not_be_compressed
 */
export function refuseEncoded(headers: IncomingHttpHeaders): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new HttpRefusal(415, 'body_must_be_utf_8', `the charset is ${charset}`);
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') throw new HttpRefusal(415, 'body_must_not_be_compressed', `the coding is ${coding}`);
}

/**
 * A body that is taken as it is, unpacked where it is gzip's. Snappy's is a part of what is taken.
 * @param limit bytes
 * @throws HttpRefusal body_must_be_of_a_known_coding, Refusal body_must_be_gzip, body_must_fit_the_limit
 */
export async function plainBody(headers: IncomingHttpHeaders, body: Buffer, limit: number): Promise<Buffer> {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding === 'identity' || coding === 'snappy') return body;
  if (coding !== 'gzip')
    throw new HttpRefusal(415, 'body_must_be_of_a_known_coding', `the coding is ${coding}; gzip, snappy or none is taken`);
  try {
    return await promisify(gunzip)(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal('too_large', 'body_must_fit_the_limit', `it is longer than ${limit} bytes when it is unpacked`);
    throw invalid('', 'body_must_be_gzip', 'it cannot be unpacked');
  }
}

/** @throws Refusal body_must_be_json */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid('', 'body_must_be_json', `${place}: ${(error as SyntaxError).message}`);
  }
}

/**
 * Values of an NDJSON body, read as they are asked for. Empty lines are passed over.
 * @param lineLimit bytes
 * @throws Refusal too_large for a longer line
 */
export async function* linesOf(body: AsyncIterable<Buffer>, lineLimit: number): AsyncGenerator<unknown> {
  let rest: Buffer[] = [];
  let held = 0;
  let line = 1;
  const take = (piece: Buffer): void => {
    rest.push(piece);
    held += piece.length;
    if (held > lineLimit) throw new Refusal('too_large', 'body_must_fit_the_limit', `line ${line} is longer than ${lineLimit} bytes`);
  };
  const valueOf = (): { value: unknown } | undefined => {
    const text = textOf(Buffer.concat(rest), `line ${line}`).trim();
    const parsed = text === '' ? undefined : { value: parseJson(text, `line ${line}`) };
    rest = [];
    held = 0;
    line++;
    return parsed;
  };
  for await (const chunk of arriving(body)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end));
      const parsed = valueOf();
      if (parsed) yield parsed.value;
      from = end + 1;
    }
    take(chunk.subarray(from));
  }
  const parsed = valueOf();
  if (parsed) yield parsed.value;
}

/** A sender that goes away within its body is no failure of ours. */
async function* arriving(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch {
    throw invalid('', 'body_must_arrive_whole', 'the connection ended within the body');
  }
}
