import { Refusal } from '#platform';
import { linesOf } from '../src/http-body.js';

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}
const read = async (lines: AsyncIterable<unknown>) => {
  const values: unknown[] = [];
  try {
    for await (const value of lines) values.push(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    values.push(`${error.kind} ${error.rule}`);
  }
  return values;
};
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

describe('lines of NDJSON', () => {
  it.each<[string, string[], unknown[]]>([
    ['one a chunk', ['1\n', '2\n'], [1, 2]],
    ['without an end of the last', ['1\n2'], [1, 2]],
    ['cut anywhere', ['{"a"', ':1}', '\n', '{"a":', '2}\n{"a":3', '}'], [{ a: 1 }, { a: 2 }, { a: 3 }]],
    ['cut within a character', [utf8('"算"').slice(0, 2), `${utf8('"算"').slice(2)}\n`], ['算']],
    ['with empty ones between', ['\n1\n\r\n\n2\n'], [1, 2]],
    ['that are none', [''], []],
    ['one of them broken', ['1\nx\n'], [1, 'invalid body_must_be_json']],
    ['one of them no UTF-8', ['1\n"\xe9"\n'], [1, 'invalid body_must_be_utf_8']],
    ['one of them too long', ['1\n', `"${'x'.repeat(40)}`, '"\n'], [1, 'too_large body_must_fit_the_limit']],
    ['one of them too long within a chunk', [`"${'x'.repeat(40)}"\n2\n`], ['too_large body_must_fit_the_limit']],
  ])('%s', async (_name, given, expected) => {
    expect(await read(linesOf(chunks(...given), 32))).toEqual(expected);
  });

  it('are read no faster than they are used', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        asked++;
        yield Buffer.from(`${asked}\n`);
      }
    }
    for await (const value of linesOf(endless(), 100)) if (value === 5) break;
    expect(asked).toBe(5);
  });

  it('of a sender that goes away are refused, not taken for all', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('1\n');
      throw new Error('aborted');
    }
    expect(await read(linesOf(broken(), 100))).toEqual([1, 'invalid body_must_arrive_whole']);
  });
});
