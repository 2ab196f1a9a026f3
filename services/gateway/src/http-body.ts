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
  let line = 1;
  const take = (piece: Buffer): void => {
    rest.push(piece);
    held += piece.length;
    if (held > lineLimit) throw new Refusal('too_large', 'body_must_fit_the_limit', `line ${line} is longer than ${lineLimit} bytes`);
  };
  const valueOf = (): { value: unknown } | undefined => {
    const text = Buffer.concat(rest).toString().trim();
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
