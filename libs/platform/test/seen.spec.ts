import fc from 'fast-check';
import { Seen } from '../src/seen.js';

describe('what a consumer has seen', () => {
  it.each([
    ['in order', [1, 2, 3], [1, 2, 3], 3, []],
    ['a duplicate', [1, 1, 2, 2, 1], [1, 2], 2, []],
    ['reordered', [2, 3, 1], [2, 3, 1], 3, []],
    ['a gap', [1, 3, 4, 3], [1, 3, 4], 1, [3, 4]],
  ])('%s', (_name, come, taken, upTo, ahead) => {
    const seen = new Seen([], []);
    expect(come.filter((sequence) => seen.add('registry', sequence))).toEqual(taken);
    expect(seen.changes()).toEqual([{ source: 'registry', upTo, ahead }]);
  });

  it('goes on from what was written, source by source', () => {
    const seen = new Seen(
      [
        ['a', 4],
        ['b', 2],
      ],
      [['a', 6]],
    );
    expect(
      [
        ['a', 4],
        ['a', 6],
        ['a', 5],
        ['b', 5],
        ['c', 1],
      ].filter(([source, sequence]) => seen.add(source as string, sequence as number)),
    ).toEqual([
      ['a', 5],
      ['b', 5],
      ['c', 1],
    ]);
    expect(seen.changes()).toEqual([
      { source: 'a', upTo: 6, ahead: [] },
      { source: 'b', upTo: 2, ahead: [5] },
      { source: 'c', upTo: 1, ahead: [] },
    ]);
  });

  it('takes each event once, whatever the order and however often it comes, also over a restart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), fc.nat(), (come, cut) => {
        const before = new Seen([], []);
        const taken = come.slice(0, cut).filter((sequence) => before.add('s', sequence));
        const [kept] = before.changes();
        const after = new Seen(kept ? [['s', kept.upTo]] : [], kept ? kept.ahead.map((sequence): [string, number] => ['s', sequence]) : []);
        taken.push(...come.slice(cut).filter((sequence) => after.add('s', sequence)));
        expect(taken).toEqual([...new Set(come)]);
      }),
    );
  });
});
