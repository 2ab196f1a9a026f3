import fc from 'fast-check';
import { Seen } from '../src/seen.js';

describe('what a reader has seen of a partition', () => {
  it.each([
    ['in order', [1, 2, 3], [1, 2, 3], 3],
    ['a duplicate', [1, 1, 2, 2, 1], [1, 2], 2],
    ['said again from the middle', [1, 2, 3, 2, 3, 4], [1, 2, 3, 4], 4],
    ['a gap, which other partitions fill', [2, 5, 9], [2, 5, 9], 9],
  ])('%s', (_name, come, taken, mark) => {
    const seen = new Seen([]);
    expect(come.filter((sequence) => seen.add('registry', sequence))).toEqual(taken);
    expect(seen.changes()).toEqual([['registry', mark]]);
  });

  it('goes on from what was written, source by source, and tells only what changed', () => {
    const seen = new Seen([
      ['a', 4],
      ['b', 2],
      ['d', 9],
    ]);
    const come: [string, number][] = [
      ['a', 4],
      ['a', 6],
      ['b', 3],
      ['c', 1],
      ['d', 9],
    ];
    expect(come.filter(([source, sequence]) => seen.add(source, sequence))).toEqual([
      ['a', 6],
      ['b', 3],
      ['c', 1],
    ]);
    expect(seen.changes()).toEqual([
      ['a', 6],
      ['b', 3],
      ['c', 1],
    ]);
  });

  // Relays read an outbox from its first row and take rows out only when the bus has them: so whatever one says begins at or before what all have said.
  it('takes each event once and in order, whatever several relays say again and wherever the reader begins anew', () => {
    const said = fc.array(fc.record({ back: fc.nat(8), count: fc.integer({ min: 1, max: 6 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(said, fc.nat(), (says, cut) => {
        const come: number[] = [];
        let newest = 0;
        for (const { back, count } of says) {
          const first = Math.max(1, newest + 1 - back);
          for (let sequence = first; sequence < first + count; sequence++) come.push(sequence);
          newest = Math.max(newest, first + count - 1);
        }
        const before = new Seen([]);
        const taken = come.slice(0, cut).filter((sequence) => before.add('s', sequence));
        const after = new Seen(before.changes());
        taken.push(...come.slice(cut).filter((sequence) => after.add('s', sequence)));
        expect(taken).toEqual(Array.from({ length: newest }, (_, index) => index + 1));
      }),
    );
  });
});
