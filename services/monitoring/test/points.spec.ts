import fc from 'fast-check';
import { slotMs } from '#domain';
import { type Block, columnValuesMax, futureMsMax, lateMsMax, readBlock, timeliness } from '../src/core/block.js';
import { packCells, unpackCells } from '../src/core/cell-codec.js';
import { COUNT, Cells, LEAST, MOST, SUM, chunkNodes, pointsOfCellMax, stride } from '../src/core/cells.js';
import { Fold } from '../src/core/fold.js';
import { Metric } from '../src/core/metric.js';
import { NewestUnits } from '../src/core/newest-units.js';
import { contradictionOf, coveredMinutes, judge } from '../src/core/rollup.js';
import { type Heard, aheadMax, hear, nothingHeard } from '../src/core/sender.js';
import { packColumn, unpackColumn } from '../src/core/varint.js';
import { measureGraceMs } from '../src/core/availability.js';
import { type Box, type PlainRollup, blockOf, plainRollups, pointsOf } from './points.js';

const slot = 2_000_000;
const start = slot * slotMs;
const minute = 60_000;
const { UNITS_UP, UTILISATION, POWER, TEMPERATURE } = Metric;

function read(box: Box): Block {
  const block = readBlock(blockOf(box));
  if ('rule' in block) throw new Error(block.rule);
  return block;
}

describe('a column', () => {
  it('is read as it was packed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), { maxLength: 200 }), (values) => {
        const got = new Int32Array(values.length);
        expect(unpackColumn(packColumn(values), got)).toBe(true);
        expect([...got]).toEqual(values);
      }),
    );
  });

  it.each([
    ['too few values', [2, 4], 3],
    ['too many', [2, 4, 6], 2],
    ['an end within a value', [2, 0x84], 2],
    ['a step beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 1],
  ])('with %s is refused', (_name, bytes, count) => {
    expect(unpackColumn(Uint8Array.from(bytes), new Int32Array(count))).toBe(false);
  });
});

describe('a block', () => {
  const good: Box = { poolId: 1, nodes: 2, at: start, columns: { [UNITS_UP]: [8, 8] } };
  it.each<[string, Box, string, string]>([
    ['too large', { ...good, nodes: 65_536, ticks: 2, stepMs: 1 }, 'nodes', 'column_must_fit_its_length'],
    ['of ticks at one time', { ...good, nodes: 1, ticks: 2 }, 'stepMs', 'ticks_must_be_apart'],
    [
      'that lacks a value',
      { ...good, columns: { [UNITS_UP]: [8] } },
      'columns[0].values',
      'column_must_hold_a_value_of_each_node_and_tick',
    ],
  ])('%s is refused', (_name, box, field, rule) => {
    expect(readBlock(blockOf(box))).toMatchObject({ field, rule });
    expect(columnValuesMax).toBe(65_536);
  });

  it('with a metric twice is refused', () => {
    const block = blockOf(good);
    expect(readBlock({ ...block, columns: [...block.columns, ...block.columns] })).toMatchObject({
      field: 'columns[1].metric',
      rule: 'metric_must_have_one_column',
    });
  });

  it.each([
    [UTILISATION, 10_001],
    [POWER, -1],
    [TEMPERATURE, 2_001],
    [TEMPERATURE, -501],
    [UNITS_UP, 30_001],
  ])('leaves out a column of metric %i with the value %i, and keeps the others', (metric, value) => {
    const block = read({ ...good, columns: { [metric]: [0, value], [Metric.SPEED]: [1_400, 1_400] } });
    expect(block.columns.map((column) => column.metric)).toEqual([Metric.SPEED]);
    expect(block.pointsImpossible).toBe(2);
  });
});

describe('a point’s time', () => {
  it.each([
    ['now', start, start, 'timely'],
    ['a minute ahead', start + futureMsMax, start, 'timely'],
    ['more than that', start + futureMsMax + 1, start, 'future'],
    ['of a slot that ended three slots ago', start, start + slotMs + lateMsMax, 'timely'],
    ['of one that ended before', start, start + slotMs + lateMsMax + 1, 'late'],
  ])('%s', (_name, at, now, when) => {
    expect(timeliness(at, now)).toBe(when);
  });

  it('is waited for less long than a lease waits for its measure', () => {
    expect(lateMsMax).toBeLessThan(measureGraceMs);
  });
});

describe('a sender’s sequences', () => {
  it('each count once, in any order, while they come within reach', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 300 }), (sequences) => {
        let heard: Heard = nothingHeard;
        const known = new Set<number>();
        for (const sequence of sequences) {
          let through = 0;
          while (known.has(through + 1)) through++;
          const after = hear(heard, sequence);
          if (known.has(sequence)) expect(after).toBe('repeated');
          else if (sequence > through + aheadMax) expect(after).toBe('far');
          else {
            expect(typeof after).toBe('object');
            heard = after as Heard;
            known.add(sequence);
          }
        }
      }),
    );
  });
});

describe('a fold', () => {
  const sum = (box: Box) => new Fold().add(read(box), start + minute);

  it('counts what is late, early and impossible, and keeps none of it', () => {
    const fold = new Fold();
    const box: Box = {
      ...{ poolId: 1, nodes: 1, at: start - 5 * slotMs, ticks: 3, stepMs: 5 * slotMs },
      columns: { [UNITS_UP]: [8, 8, 8], [POWER]: [-1, 0, 0] },
    };
    expect(fold.add(read(box), start + minute)).toEqual({ points: 1, late: 1, future: 1, impossible: 3 });
    expect([...fold.cells()].map((cells) => cells.slot)).toEqual([slot]);
    expect(sum({ ...box, at: start, ticks: 1, columns: { [UNITS_UP]: [8] } })).toMatchObject({ points: 1 });
  });

  const asItIs = (value: number): number => value;
  /** Counters are large, and where it freezes all is below 0. */
  const large = (value: number): number => (value * 214_748) % 2 ** 31;
  const rangeOf: Readonly<Record<number, (value: number, seed: number) => number>> = {
    ...Object.fromEntries(Object.values(Metric).map((metric) => [metric, asItIs])),
    [TEMPERATURE]: (value, seed) => (seed % 2 ? -1 - (value % 500) : (value % 2_501) - 500),
    [Metric.ENERGY]: large,
    [Metric.ERRORS]: large,
  };

  it('is the same whatever the order, the parts and the merging, and equals the plain sum of its points', () => {
    const boxes = fc
      .record({
        poolId: fc.integer({ min: 1, max: 3 }),
        // Often the same nodes and minutes, and times on either side of a border.
        firstNode: fc.oneof(fc.constantFrom(0, chunkNodes - 1, chunkNodes), fc.integer({ min: 0, max: 2 * chunkNodes })),
        nodes: fc.integer({ min: 1, max: 300 }),
        at: fc.oneof(
          fc.constantFrom(start - 1, start, start + minute - 1, start + minute, start + slotMs - 1, start + slotMs),
          fc.integer({ min: start - 7 * slotMs, max: start + 2 * slotMs }),
        ),
        ticks: fc.integer({ min: 1, max: 4 }),
        stepMs: fc.integer({ min: 1, max: slotMs }),
        metrics: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
        seed: fc.integer({ min: 0, max: 10_000 }),
      })
      .map(({ metrics, seed, ...box }): Box => {
        const values = (metric: number) =>
          Array.from({ length: box.nodes * box.ticks }, (_value, index) =>
            rangeOf[metric]!((seed * (index + metric) * 7_919) % 10_001, seed),
          );
        return { ...box, columns: Object.fromEntries(metrics.map((metric) => [metric, values(metric)])) };
      });
    fc.assert(
      fc.property(fc.array(boxes, { minLength: 1, maxLength: 8 }), fc.array(fc.nat({ max: 2 }), { maxLength: 10 }), (drawn, parts) => {
        // Some come twice, as of two agents: each counts.
        const given = [...drawn, ...drawn.slice(0, 2)];
        const now = start + slotMs;
        const folds = [new Fold(), new Fold(), new Fold()];
        for (const [index, box] of given.toReversed().entries()) folds[parts[index] ?? 0]!.add(read(box), now);
        const merged = new Fold();
        for (const fold of folds.toReversed()) merged.merge(fold);
        expect(rollupsOf(merged)).toEqual(plainRollups(given.flatMap(pointsOf), now));
        for (const cells of merged.cells())
          expect(packCells(unpackCells(packCells(cells), cells.poolId, cells.slot, cells.chunk))).toEqual(packCells(cells));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a cell', () => {
  const value = 2 ** 31 - 1;
  const values = new Int32Array(chunkNodes).fill(value);
  const told = (points: number): Cells => {
    const cells = new Cells(1, slot, 0);
    for (let point = 0; point < points; point++) cells.metric(Metric.ENERGY, chunkNodes).add(0, 1, values, 0, 1);
    return cells;
  };
  const numbersOf = (cells: Cells) => [...cells.metrics[Metric.ENERGY]!.numbers.slice(0, stride)];
  const full = [pointsOfCellMax, pointsOfCellMax * value, value, value];

  it('has room for a million points, and their sum is exact', () => {
    const cells = told(pointsOfCellMax + 10);
    expect(numbersOf(cells)).toEqual(full);
    expect(2 * full[SUM]!).toBeLessThan(Number.MAX_SAFE_INTEGER);
    cells.merge(told(1));
    expect(numbersOf(unpackCells(packCells(cells), 1, slot, 0))).toEqual(full);
  });

  it('stays readable whatever is sent', () => {
    const cells = told(1_000);
    // Doubled again and again, as by so many frames: without a bound the sum outgrows the bytes that a number has.
    for (let time = 0; time < 40; time++) cells.merge(unpackCells(packCells(cells), 1, slot, 0));
    cells.metric(Metric.ENERGY, 1).add(0, 1, new Int32Array(1), 0, 1);
    expect(numbersOf(unpackCells(packCells(cells), 1, slot, 0))[LEAST]).toBe(0);
  });
});

/** Through the bytes in which they are kept. */
function rollupsOf(fold: Fold): Map<string, PlainRollup> {
  const found = new Map<string, PlainRollup>();
  for (const { poolId, slot: of, chunk, metrics } of [...fold.cells()].map((cells) =>
    unpackCells(packCells(cells), cells.poolId, cells.slot, cells.chunk),
  ))
    for (const [metric, cells] of metrics.entries())
      for (let node = 0; cells && node < cells.nodes; node++) {
        const number = (index: number) => cells.numbers[node * stride + index]!;
        if (number(COUNT) > 0)
          found.set(`${poolId}/${of}/${chunk * chunkNodes + node}/${metric}`, {
            ...{ points: number(COUNT), sum: number(SUM), least: number(LEAST), most: number(MOST), minutes: cells.minutes[node]! },
          });
      }
  return found;
}

describe('R-29, R-30: what a slot is judged by', () => {
  it.each([
    ['no point', 0, 0],
    ['a point each minute', 0x7fff, 15],
    ['one each third minute', 0b001_001_001_001_001, 15],
    ['a gap of three minutes', 0b111_1111_1100_0111, 12],
    ['silence from the sixth minute on', 0b11111, 5],
    ['one point in the middle', 0b1000_0000, 1],
  ])('%s', (_name, bits, minutes) => {
    expect(coveredMinutes(bits)).toBe(minutes);
  });

  const folded = (boxes: Omit<Box, 'poolId'>[]) => {
    const fold = new Fold();
    for (const box of boxes) fold.add(read({ poolId: 1, ...box }), start + slotMs);
    return [...fold.cells()][0]!;
  };
  const everyMinute = { at: start, ticks: 15, stepMs: minute };
  const fifteen = (value: number) => Array<number>(15).fill(value);

  it('is units that worked, and power, over the whole of it', () => {
    const whole = folded([{ ...everyMinute, columns: { [UNITS_UP]: fifteen(8), [POWER]: fifteen(3_000), [UTILISATION]: fifteen(7_000) } }]);
    expect(judge(whole, 8)).toEqual({
      nodes: 1,
      unitsUp: [8],
      powerWatts: [3_000],
      unitsUpSum: 8,
      utilisationBpSum: 7_000,
      powerWattsSum: 3_000,
    });
  });

  it('is less by silence and by units that were down, and never more than there are', () => {
    const third = { at: start, ticks: 5, stepMs: minute };
    expect(
      judge(folded([{ ...third, columns: { [UNITS_UP]: [8, 8, 8, 8, 8], [POWER]: [3_000, 3_000, 3_000, 3_000, 3_000] } }]), 8),
    ).toMatchObject({
      unitsUp: [2],
      powerWatts: [1_000],
    });
    expect(judge(folded([{ ...everyMinute, columns: { [UNITS_UP]: [...fifteen(8).slice(3), 0, 0, 0] } }]), 8)).toMatchObject({
      unitsUp: [6],
    });
    expect(judge(folded([{ ...everyMinute, columns: { [UNITS_UP]: fifteen(9) } }]), 8)).toMatchObject({ unitsUp: [8], powerWatts: [-1] });
  });

  it('tells a node without points from one that is down', () => {
    const cells = folded([{ firstNode: 1, at: start, columns: { [POWER]: [100] } }]);
    expect(judge(cells, 8)).toMatchObject({ nodes: 1, unitsUp: [-1, -1], powerWatts: [-1, 6] });
  });

  describe('R-24: against the registration, and itself', () => {
    const pool = { nodeCount: 4, unitsPerNode: 8, powerWattsPerUnit: 400 };
    it.each<[string, Record<number, number>, string]>([
      ['as registered', { [UNITS_UP]: 8, [POWER]: 3_200, [UTILISATION]: 9_000 }, ''],
      ['more units than a node has', { [UNITS_UP]: 9 }, 'units_up_must_not_exceed_registration: node 256 reports 9 of 8'],
      ['half more than the nameplate', { [POWER]: 4_800 }, ''],
      ['more than that', { [POWER]: 4_801 }, 'power_must_not_exceed_nameplate_by_half: node 256 reports 4801 W of 3200 W'],
      ['load without power', { [POWER]: 319, [UTILISATION]: 5_000 }, 'load_must_take_power: node 256 reports 5000 bp at 319 W of 3200 W'],
      ['some load at little power', { [POWER]: 320, [UTILISATION]: 5_000 }, ''],
      [
        'power without load',
        { [POWER]: 2_561, [UTILISATION]: 500 },
        'power_must_come_with_load: node 256 reports 2561 W of 3200 W at 500 bp',
      ],
      [
        'power without heat',
        { [POWER]: 1_600, [TEMPERATURE]: 199 },
        'power_must_come_with_heat: node 256 reports 1600 W of 3200 W at 199 tenths of a degree',
      ],
      ['power of a cool chip', { [POWER]: 1_600, [TEMPERATURE]: 200 }, ''],
      ['idle', { [POWER]: 900, [UTILISATION]: 0 }, ''],
    ])('%s', (_name, values, reason) => {
      const columns = Object.fromEntries(Object.entries(values).map(([metric, value]) => [metric, fifteen(value)]));
      const cells = folded([{ ...everyMinute, columns }]);
      expect(contradictionOf(cells, cells, 256, pool)).toBe(reason);
    });

    it('what was forgiven is not held against what came right since', () => {
      const bad = folded([{ at: start, columns: { [UNITS_UP]: [9] } }]);
      const good = folded([{ at: start + minute, columns: { [UNITS_UP]: [8] } }]);
      const all = folded([{ at: start, ticks: 2, stepMs: minute, columns: { [UNITS_UP]: [9, 8] } }]);
      expect(contradictionOf(bad, all, 0, pool)).not.toBe('');
      expect(contradictionOf(good, all, 0, pool)).toBe('');
    });
  });
});

describe('the newest units of a node', () => {
  const now = start + 10 * minute;
  const newest = (...boxes: Omit<Box, 'poolId'>[]) => {
    const units = new NewestUnits();
    for (const box of boxes) units.add(read({ poolId: 1, ...box }), now);
    return (doubted: number[] = []) => units.doubtful(1, 8, new Set(doubted));
  };
  it('are those of the newest point, whatever came last', () => {
    const [older, newer] = [
      { at: now - minute, columns: { [UNITS_UP]: [8] } },
      { at: now, columns: { [UNITS_UP]: [0] } },
    ];
    expect(newest(older, newer)()).toEqual([[0, 0]]);
    expect(newest(newer, older)()).toEqual([[0, 0]]);
    expect(newest({ ...newer, columns: { [UNITS_UP]: [8] } }, { ...older, columns: { [UNITS_UP]: [0] } })()).toEqual([]);
    expect(newest({ ...newer, columns: { [UNITS_UP]: [8] } })([0])).toEqual([[0, 8]]);
  });

  it('are not those of a point that is no news', () => {
    expect(newest({ at: now - 6 * minute, columns: { [UNITS_UP]: [0] } })()).toEqual([]);
  });
});
