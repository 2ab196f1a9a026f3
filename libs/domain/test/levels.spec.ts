import fc from 'fast-check';
import {
  coarserLevels,
  largestOf,
  layersOf,
  leastUnits,
  lesserOf,
  levelsOf,
  levelsWithin,
  levelsWithout,
  mostUnits,
  type UnitRange,
} from '#domain';

/** As 'units@from-to'. */
const shown = (ranges: readonly UnitRange[]) => ranges.map(({ from, to, units }) => `${units}@${from}-${to}`);
const range = (text: string): UnitRange => {
  const [units, from, to] = text.split(/[@-]/).map(Number) as [number, number, number];
  return { from, to, units };
};
const levels = (...texts: string[]) => levelsOf(texts.map(range));

describe('units by slot', () => {
  it.each([
    [[], []],
    [
      ['8@0-4', '16@2-6'],
      ['8@0-2', '24@2-4', '16@4-6'],
    ],
    [['8@0-4', '8@4-6'], ['8@0-6']],
    [['8@4-4', '8@6-2'], []],
    [
      ['8@0-2', '3@4-6'],
      ['8@0-2', '3@4-6'],
    ],
  ])('%j add up to %j', (parts, sum) => expect(shown(levels(...parts))).toEqual(sum));

  it('without what is taken, and not below 0', () => {
    expect(shown(levelsWithout(levels('8@0-8'), [range('3@2-4'), range('9@6-9')]))).toEqual(['8@0-2', '5@2-4', '8@4-6']);
  });

  it('the lesser of two in each slot', () => {
    expect(shown(lesserOf(levels('8@0-4', '2@4-8'), levels('5@2-9')))).toEqual(['5@2-4', '2@4-8']);
  });

  it('within a window, and its least and most there', () => {
    const all = levels('8@0-4', '2@4-8');
    expect(shown(levelsWithin(all, { from: 3, to: 6 }))).toEqual(['8@3-4', '2@4-6']);
    expect([leastUnits(all, { from: 1, to: 3 }), leastUnits(all, { from: 1, to: 8 }), leastUnits(all, { from: 1, to: 9 })]).toEqual([
      8, 2, 0,
    ]);
    expect([mostUnits(all), mostUnits([])]).toEqual([8, 0]);
    expect(mostUnits(levels('8@0-4', '16@2-6', '8@4-8'))).toBe(24);
    expect(mostUnits(levels('8@0-4', '16@4-8'))).toBe(16);
  });

  it.each([
    [['8@0-4'], ['8@0-4']],
    [
      ['8@0-2', '5@2-4', '8@4-8'],
      ['5@0-8', '3@0-2', '3@4-8'],
    ],
    [
      ['2@0-1', '6@1-2', '4@2-3'],
      ['2@0-3', '2@1-3', '2@1-2'],
    ],
    [
      ['8@0-2', '8@4-6'],
      ['8@0-2', '8@4-6'],
    ],
  ])('%j in layers: %j', (parts, layers) => expect(shown(layersOf(levels(...parts)))).toEqual(layers));

  it.each([
    [['8@0-2', '5@2-4', '8@4-8'], '5@0-8'],
    [['8@0-2', '1@2-4', '8@4-8'], '8@4-8'],
    [['8@0-2', '8@4-6'], '8@0-2'],
  ])('the largest window of one number in %j: %s', (parts, largest) => expect(shown([largestOf(levels(...parts))!])).toEqual([largest]));

  it('coarser, what is lost least goes first', () => {
    expect(shown(coarserLevels(levels('8@0-2', '7@2-4', '1@4-8'), 2))).toEqual(['7@0-4', '1@4-8']);
    expect(shown(coarserLevels(levels('8@0-9', '1@12-13', '9@20-30'), 2))).toEqual(['8@0-9', '9@20-30']);
    expect(shown(coarserLevels(levels('3@0-1', '5@1-2', '3@2-3'), 2))).toEqual(['3@0-3']);
    expect(largestOf([])).toBeUndefined();
  });
});

describe('of any units by slot', () => {
  const some = fc
    .array(fc.record({ from: fc.nat(40), length: fc.nat(20), units: fc.integer({ min: 1, max: 9 }) }), { maxLength: 20 })
    .map((parts) => levelsOf(parts.map(({ from, length, units }) => ({ from, to: from + length, units }))));
  const window = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })).map(([from, length]) => ({ from, to: from + length }));
  const at = (all: readonly UnitRange[], slot: number) =>
    all.filter(({ from, to }) => from <= slot && slot < to).reduce((sum, { units }) => sum + units, 0);
  const slots = Array.from({ length: 80 }, (_, slot) => slot);

  it('layers add up to them, and those that hold a window to its least; they are no more than twice the ranges', () =>
    fc.assert(
      fc.property(some, window, (all, { from, to }) => {
        const layers = layersOf(all);
        expect(levelsOf(layers)).toEqual(all);
        const holding = layers.filter((layer) => layer.from <= from && to <= layer.to).reduce((sum, { units }) => sum + units, 0);
        expect(holding).toBe(leastUnits(all, { from, to }));
        expect(layers.length).toBeLessThanOrEqual(2 * all.length);
        for (const layer of layers) expect(layer.level).toBe(leastUnits(all, layer));
      }),
    ));

  it('the largest is the largest, and is there', () =>
    fc.assert(
      fc.property(some, window, (all, asked) => {
        const largest = largestOf(all);
        if (!largest) return expect(all).toEqual([]);
        expect(leastUnits(all, largest)).toBe(largest.units);
        const size = (largest.to - largest.from) * largest.units;
        expect(size).toBeGreaterThanOrEqual((asked.to - asked.from) * leastUnits(all, asked));
      }),
    ));

  it('coarser they have so many ranges, and in no slot more than before', () =>
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 6 }), (all, most) => {
        const coarser = coarserLevels(all, most);
        expect(coarser.length).toBeLessThanOrEqual(most);
        for (const slot of slots) expect(at(coarser, slot)).toBeLessThanOrEqual(at(all, slot));
        if (all.length <= most) expect(coarser).toEqual(all);
        else expect(coarser.length).toBeGreaterThan(0);
      }),
    ));

  it('the lesser of two is the lesser in each slot', () =>
    fc.assert(
      fc.property(some, some, (one, other) => {
        const lesser = lesserOf(one, other);
        for (const slot of slots) expect(at(lesser, slot)).toBe(Math.min(at(one, slot), at(other, slot)));
      }),
    ));
});
