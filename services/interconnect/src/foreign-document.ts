// Bodies of other protocols, as they come and go.
import type { ForeignDocument } from '#contracts';
import { invalid } from '#platform';

/** @throws Refusal body_must_be_json */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw invalid('', 'body_must_be_json', 'the body is no JSON in UTF-8');
  }
}

export const documentOf = (document: object): ForeignDocument => ({ body: Buffer.from(JSON.stringify(document)) });
