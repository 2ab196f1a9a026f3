// what of an advert a partner is told of, and what of one it may still sell; slot by slot.
import { levelsOf, type UnitRange } from '#domain';
import { cutTo } from '../src/core/left.js';
import { shareOf, toldAsOne, toldBySlot } from '../src/core/share.js';
import { brokenBySupply } from '../src/core/supply.js';

/** 'units@from-to' */
const range = (text: string): UnitRange => {
  const [units, from, to] = text.split(/[@-]/).map(Number) as [number, number, number];
  return { from, to, units };
};
const ranges = (...texts: string[]) => texts.map(range);
const levels = (...texts: string[]) => levelsOf(ranges(...texts));
const shown = (all: readonly UnitRange[] | undefined) => all?.map(({ from, to, units }) => `${units}@${from}-${to}`);

/** 64 units of the slots 4 to 12, of which those from 6 on can be sold. */
const window = { from: 4, to: 12 };
const first = 6;

describe('of 64 units in the slots 4 to 12, the first that can be sold being 6, a partner’s share', () => {
  it.each<[string, string[] | undefined, string[], string[]]>([
    ['is all of it, where the market says nothing', undefined, [], ['64@6-12']],
    ['is what the market has', ['40@0-8', '8@8-20'], [], ['40@6-8', '8@8-12']],
    ['is no more than was entered', ['100@0-8'], [], ['64@6-8']],
    ['is without what others have, in their slots alone', ['40@0-20'], ['16@5-7', '24@9-10'], ['24@6-7', '40@7-9', '16@9-10', '40@10-12']],
    ['is without what others have of what was entered, too', undefined, ['64@8-9'], ['64@6-8', '64@9-12']],
    ['is nothing where others have more than there is', ['8@0-20'], ['9@0-20'], []],
  ])('%s', (_name, there, others, share) =>
    expect(shown(shareOf({ window, units: 64, there: there && levels(...there) }, ranges(...others), first))).toEqual(share),
  );
});

describe('told by slot', () => {
  it('as one number where every slot ahead has as many', () =>
    expect(toldBySlot(levels('8@6-12'), window, first)).toEqual({ window, units: 8, levels: undefined }));
  it('as levels, and the most of them, where not', () => {
    for (const share of [levels('8@6-10', '9@10-12'), levels('9@6-11')])
      expect(toldBySlot(share, window, first)).toEqual({ window, units: 9, levels: share });
  });
  it('not, where nothing is left', () => expect(toldBySlot([], window, first)).toBeUndefined());
});

describe('told to a partner that knows one number', () => {
  it.each<[string, string[], string[], string | undefined]>([
    ['of all slots', ['8@6-12'], [], '8@4-12'],
    ['of those that have the most together', ['8@6-8', '6@8-12'], [], '6@4-12'],
    ['leaving out those that have little', ['8@6-8', '1@8-9', '9@9-12'], [], '9@9-12'],
    ['with the most that it has in one slot there, which it takes off', ['24@6-12'], ['16@7-8', '8@7-12'], '24@8-12'],
    ['without what it has elsewhere', ['9@6-8', '8@8-12'], ['8@8-10'], '9@4-8'],
    ['nothing where nothing is left', ['8@6-12'], ['8@0-12'], undefined],
  ])('%s', (_name, share, own, told) => {
    const one = toldAsOne(levels(...share), window, ranges(...own), first);
    expect(one && shown([{ ...one.window, units: one.units }])![0]).toBe(told);
  });

  it('with its peak where what it has differs from slot to slot: less that, each slot has it', () => {
    const share = levels('24@6-12');
    const own = ranges('4@6-12', '8@7-9');
    const { window: told, units } = toldAsOne(share, window, own, first)!;
    expect([told, units]).toEqual([{ from: 4, to: 12 }, 24]);
  });
});

describe('what a partner says is left', () => {
  it.each<[string, string[], string[], string[]]>([
    ['cuts its advert in the window that was asked for', ['64@0-12'], ['3@4-8'], ['64@0-4', '3@4-8', '64@8-12']],
    ['by slot', ['64@0-12'], ['3@4-6'], ['64@0-4', '3@4-6', '64@8-12']],
    ['raises nothing', ['2@0-12'], ['3@4-8'], ['2@0-12']],
  ])('%s', (_name, offered, left, cut) => expect(shown(cutTo(levels(...offered), { from: 4, to: 8 }, levels(...left), []))).toEqual(cut));

  it('is beyond what is bought of it here', () =>
    expect(shown(cutTo(levels('64@0-12'), { from: 4, to: 8 }, levels('3@4-8'), ranges('16@0-6')))).toEqual([
      ...['64@0-4', '19@4-6', '3@6-8', '64@8-12'],
    ]));
});

it.each<[string, string[] | undefined, boolean]>([
  ['is not told', undefined, true],
  ['lies in it', ['1@4-6', '2@6-7', '3@9-12'], true],
  ['is none', [], false],
  ['begins before it', ['1@3-6'], false],
  ['ends behind it', ['1@3-13'], false],
  ['goes back', ['1@6-8', '1@4-6'], false],
  ['overlaps', ['1@4-7', '1@6-8'], false],
  ['is of no slot', ['1@6-6'], false],
])('what by slot %s', (_name, told, isGood) => {
  const now = 0;
  const offered = { computeClass: 2, zone: 1, window, expiresAt: 1_000, ranges: told && ranges(...told) };
  expect(brokenBySupply(offered, now)).toBe(isGood ? undefined : 'units_by_slot_must_follow_each_other_in_the_window');
});
