// What is due to the national node, and when: rules row by row.
import { slotAt, slotMs } from '#domain';
import { batchLength, closedPeriods, dayOf, dueAt, pauseMs, periodAt, poolPeriod, shareBp } from '../src/core/national.js';

const hour = 3_600_000;
const day = 24 * hour;
const midnight = Date.parse('2026-01-01T00:00:00+08:00');

it.each([
  ['identifier', 1, hour],
  ['resource', 2, hour],
  ['monitoring', 3, 2 * hour],
  ['indicator', 4, 5 * day],
])('%s is due a while after its cause', (_name, kind, after) => {
  expect(dueAt(kind, midnight) - midnight).toBe(after);
});

it.each([
  ['a moment before an hour after its end', 2 * hour - 1, 0],
  ['an hour after its end', 2 * hour, 1],
  ['two days later, with all that were missed', 2 * day, 47],
])('a period is closed %s', (_name, ms, count) => {
  const closed = closedPeriods(slotAt(midnight), midnight + ms);
  expect(closed).toHaveLength(count);
  expect(closed.every(({ from, to }, index) => to - from === 4 && from === slotAt(midnight) + 4 * index)).toBe(true);
});

it('a period begins at the whole hour, a day at midnight in Shanghai', () => {
  expect(periodAt(midnight + hour - 1)).toBe(slotAt(midnight));
  expect(dayOf(midnight) - dayOf(midnight - 1)).toBe(1);
});

it.each([
  ['few', [10, 10], 2],
  ['none', [], 0],
  ['as many as one message takes', Array<number>(201).fill(10), 200],
  ['as many bytes as one message takes', [1 << 20, 1 << 20, 1], 2],
  ['one that is too long alone', [3 << 20, 1], 1],
])('a message takes %s', (_name, sizes, length) => {
  expect(batchLength(sizes)).toBe(length);
});

it.each([
  [1, 1_000],
  [2, 2_000],
  [6, 32_000],
  [7, 60_000],
  [1_000, 60_000],
])('after %d attempts without an answer it is asked again in %d ms', (attempts, ms) => {
  expect(pauseMs(attempts)).toBe(ms);
});

it.each([
  [0, 0, 10_000],
  [0, 3, 0],
  [2, 3, 6_666],
  [3, 3, 10_000],
])('%d of %d are %d basis points', (of, due, share) => {
  expect(shareBp(of, due)).toBe(share);
});

describe('a pool in a period', () => {
  const period = { from: slotAt(midnight), to: slotAt(midnight) + 4 };
  const sums = { nodes: 2, unitsPerNode: 8, since: 0, unitSlotsUp: 60, nodeSlotsReported: 7, utilisation: 42_000, energyWh: 5_250 };

  it('is due in every slot, and where it was verified meanwhile from the next on', () => {
    expect(poolPeriod(sums, period)).toEqual({
      ...{ nodes: 2, unitSlotsDue: 64, unitSlotsUp: 60, nodeSlotsDue: 8, nodeSlotsReported: 7, utilisationBp: 6_000, energyWh: 5_250 },
    });
    expect(poolPeriod({ ...sums, since: midnight + slotMs + 1 }, period)).toMatchObject({ unitSlotsDue: 32, nodeSlotsDue: 4 });
  });

  it('has never more than was due, and no load where nothing was reported', () => {
    expect(poolPeriod({ ...sums, since: midnight + 3 * slotMs }, period)).toMatchObject({
      unitSlotsDue: 16,
      unitSlotsUp: 16,
      nodeSlotsReported: 2,
    });
    expect(poolPeriod({ ...sums, nodeSlotsReported: 0, utilisation: 0 }, period)).toMatchObject({ utilisationBp: 0 });
    expect(poolPeriod({ ...sums, since: midnight + day }, period)).toMatchObject({ unitSlotsDue: 0, unitSlotsUp: 0, nodeSlotsDue: 0 });
  });
});
