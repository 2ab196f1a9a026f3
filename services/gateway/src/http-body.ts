// Bodies: JSON as a whole, and NDJSON line by line, so that a long one needs no room.
import { Refusal, invalid } from '#platform';

export const ndjson = 'application/x-ndjson';

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
  let line = 0;
  const valueOf = (end: Buffer): { value: unknown } | undefined => {
    const text = Buffer.concat([...rest, end])
      .toString()
      .trim();
    rest = [];
    held = 0;
    line++;
    return text === '' ? undefined : { value: parseJson(text, `line ${line}`) };
  };
  for await (const chunk of arriving(body)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const parsed = valueOf(chunk.subarray(from, end));
      if (parsed) yield parsed.value;
      from = end + 1;
    }
    rest.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > lineLimit) throw new Refusal('too_large', 'body_must_fit_the_limit', `line ${line + 1} is longer than ${lineLimit} bytes`);
  }
  const parsed = valueOf(Buffer.alloc(0));
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
