// Telemetry that somebody made up: what the rules catch of it, and what they do not. docs/monitoring.md lists the same.
import { slotMs } from '#domain';
import { lateMsMax, readBlock } from '../src/core/block.js';
import { type ClosedFinding, replayLags, suspicionsOf } from '../src/core/closed-slots.js';
import { Fold, type Tally, noPoints } from '../src/core/fold.js';
import { Metric } from '../src/core/metric.js';
import { contradictionOf } from '../src/core/rollup.js';
import { type Box, blockOf } from './points.js';

const slot = 2_000_000;
const start = slot * slotMs;
const minute = 60_000;
const pool = { nodeCount: 4, unitsPerNode: 8, powerWattsPerUnit: 400 };
const { UNITS_UP, UTILISATION, POWER, TEMPERATURE } = Metric;

type Values = Record<number, (minute: number) => number>;
/** A node at work: load, power and heat go together, and none stands still. */
const honest = (node: number): Values => {
  const load = (tick: number): number => 6_000 + ((tick * 373 + node * 911) % 2_000);
  return {
    [UNITS_UP]: () => 8,
    [UTILISATION]: load,
    [POWER]: (tick) => Math.floor(900 + load(tick) / 5),
    [TEMPERATURE]: (tick) => Math.floor(400 + load(tick) / 40),
  };
};

const boxOf = (node: number, values: Values, at = start): Box => ({
  ...{ poolId: 1, firstNode: node, at, ticks: 15, stepMs: minute },
  columns: Object.fromEntries(
    Object.entries(values).map(([metric, value]) => [metric, Array.from({ length: 15 }, (_tick, tick) => value(tick))]),
  ),
});

/** What the rules say of the nodes together, heard at a time. */
function judged(boxes: readonly Box[], now = start + slotMs): { reason: string; tally: Tally } {
  const fold = new Fold();
  const tally = noPoints();
  for (const box of boxes) {
    const block = readBlock(blockOf(box));
    if ('rule' in block) throw new Error(block.rule);
    const more = fold.add(block, now);
    for (const what of ['points', 'late', 'future', 'impossible'] as const) tally[what] += more[what];
  }
  const reasons = [...fold.cells()].map((cells) => contradictionOf(cells, cells, 0, pool));
  return { reason: reasons.find((reason) => reason !== '')?.split(':')[0] ?? '', tally };
}

describe('fabricated telemetry', () => {
  const others = [0, 1, 2].map((node) => boxOf(node, honest(node)));

  it('is not seen in what is honest', () => {
    expect(judged([...others, boxOf(3, honest(3))]).reason).toBe('');
  });

  it.each<[string, Values, string]>([
    ['more units than registered', { ...honest(3), [UNITS_UP]: () => 9 }, 'units_up_must_not_exceed_registration'],
    ['power beyond the nameplate', { ...honest(3), [POWER]: () => 5_000 }, 'power_must_not_exceed_nameplate_by_half'],
    ['load without power', { ...honest(3), [POWER]: () => 200 }, 'load_must_take_power'],
    ['power without load', { ...honest(3), [UTILISATION]: () => 100, [POWER]: () => 3_000 }, 'power_must_come_with_load'],
    ['power without heat', { ...honest(3), [TEMPERATURE]: () => 180 }, 'power_must_come_with_heat'],
  ])('is caught: %s', (_name, values, rule) => {
    expect(judged([...others, boxOf(3, values)]).reason).toBe(rule);
  });

  it('is caught: a month sent again as it was', () => {
    const { tally } = judged([boxOf(3, honest(3))], start + slotMs + lateMsMax + 1);
    expect(tally).toEqual({ points: 0, late: 60, future: 0, impossible: 0 });
  });

  it('is not caught: power beyond the nameplate, by less than half', () => {
    expect(judged([...others, boxOf(3, { ...honest(3), [POWER]: () => 4_700 })]).reason).toBe('');
  });
});

describe('fabricated telemetry of slots that are over', () => {
  /** Of a node at work, another in each slot. */
  const varying = (node: number, of: number): Values => {
    const load = (tick: number): number => 6_000 + ((tick * 373 + node * 911 + of * 577) % 2_000);
    return {
      ...honest(node),
      [UTILISATION]: load,
      [POWER]: (tick) => Math.floor(900 + load(tick) / 5),
      [TEMPERATURE]: (tick) => Math.floor(400 + load(tick) / 40),
    };
  };
  const still: Values = { [UNITS_UP]: () => 8, [UTILISATION]: () => 7_000, [POWER]: () => 2_300, [TEMPERATURE]: () => 575 };
  const idle: Values = { [UNITS_UP]: () => 8, [UTILISATION]: () => 0, [POWER]: () => 300, [TEMPERATURE]: () => 300 };

  type Node = (of: number) => Values;
  /** What the rules say of the hour that ends with `slot`: node 3 is the one that is made up. */
  function suspected(made: Node, slots: readonly number[]): ClosedFinding[] {
    const fold = new Fold();
    for (const of of slots)
      for (const [node, values] of [0, 1, 2, 3].map((node): [number, Values] => [node, node === 3 ? made(of) : varying(node, of)])) {
        const block = readBlock(blockOf(boxOf(node, values, of * slotMs)));
        if ('rule' in block) throw new Error(block.rule);
        fold.add(block, (of + 1) * slotMs);
      }
    return suspicionsOf(new Map([...fold.cells()].map((cells) => [cells.slot, cells])), slot);
  }
  const hour = [slot - 3, slot - 2, slot - 1, slot];
  const before = (lag: number): number[] => hour.map((of) => of - lag);
  const replayed =
    (lag: number): Node =>
    (of) =>
      varying(3, of > slot - 4 ? of - lag : of);

  it.each<[string, Node, string[]]>([
    ['honest', (of) => varying(3, of), []],
    ['constant values', () => still, ['values_must_move']],
    ['constant values, at rest', () => idle, []],
    ['constant values, but for one slot', (of) => (of === slot - 2 ? varying(3, of) : still), []],
    ['copied from another node', (of) => varying(1, of), ['values_must_not_be_those_of_another_node']],
    ['copied from another node, but for one slot', (of) => varying(of === slot - 2 ? 3 : 1, of), []],
    [
      'copied from another node, and moved a little',
      (of) => ({ ...varying(1, of), [POWER]: (tick) => varying(1, of)[POWER]!(tick) + 1 }),
      [],
    ],
  ])('%s: %j', (_name, made, rules) => {
    expect(suspected(made, hour).map(({ node, rule }) => [node, rule])).toEqual(rules.map((rule) => [3, rule]));
  });

  it.each([...replayLags.map((lag): [number, string[]] => [lag, ['values_must_not_be_those_of_before']]), [97, []], [2_000, []]] as [
    number,
    string[],
  ][])('sent again with new times, %i slots later: %j', (lag, rules) => {
    expect(suspected(replayed(lag), [...before(lag), ...hour]).map(({ node, rule }) => [node, rule])).toEqual(
      rules.map((rule) => [3, rule]),
    );
  });

  it('that contradicts itself is caught, in however many merges it was told', () => {
    const fold = new Fold();
    for (const metric of [UTILISATION, POWER]) {
      const block = readBlock(blockOf(boxOf(3, { [metric]: () => (metric === POWER ? 200 : 9_000) })));
      if ('rule' in block) throw new Error(block.rule);
      const news = new Fold();
      news.add(block, start + slotMs);
      fold.merge(news);
      for (const cells of news.cells()) expect(contradictionOf(cells, [...fold.cells()][0]!, 0, pool)).toBe('');
    }
    const [all] = [...fold.cells()];
    expect(contradictionOf(all!, all!, 0, pool)).toMatch(/^load_must_take_power/);
  });
});
