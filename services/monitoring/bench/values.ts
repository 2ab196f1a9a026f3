// What servers of eight cards might report: eight metrics a node, alike and yet not the same.
import { slotMs } from '#domain';
import type { Block } from '../src/core/block.js';
import { packCells } from '../src/core/cell-codec.js';
import { Fold } from '../src/core/fold.js';
import { Metric } from '../src/core/metric.js';
import { judge } from '../src/core/rollup.js';

export const nodesOfPool = 100;
export const unitsOfNode = 8;
export const wattsOfUnit = 700;
export const metrics = Object.values(Metric);

const noise = (node: number, tick: number, width: number): number => ((node * 7_919 + tick * 104_729) ^ (node * tick)) % width;

const valueOf: Readonly<Record<Metric, (node: number, tick: number) => number>> = {
  [Metric.UNITS_UP]: () => unitsOfNode,
  [Metric.UTILISATION]: (node, tick) => 7_000 + noise(node, tick, 1_500),
  [Metric.POWER]: (node, tick) => 3_900 + noise(node, tick, 400),
  [Metric.TEMPERATURE]: (node, tick) => 610 + noise(node, tick, 60),
  [Metric.MEMORY_UTILISATION]: (node, tick) => 8_200 + noise(node, tick, 300),
  [Metric.ENERGY]: (node, tick) => 1_000_000 + node * 1_000 + tick * 60,
  [Metric.ERRORS]: (node) => node % 3,
  [Metric.SPEED]: (node, tick) => 1_380 + noise(node, tick, 40),
};

/** Of all nodes of a pool at one time. */
export const columnOf = (metric: Metric, tick: number): Int32Array =>
  Int32Array.from({ length: nodesOfPool }, (_value, node) => valueOf[metric](node, tick));

export interface StoredSlot {
  readonly unitsUp: readonly number[];
  readonly powerWatts: readonly number[];
  readonly cells: Uint8Array;
  readonly sums: readonly [nodes: number, unitsUp: number, utilisationBp: number, powerWatts: number];
}

/** A pool's slot of a point of each metric and node every 15 s, as it is stored. */
export function storedSlot(variant: number): StoredSlot {
  const fold = new Fold();
  for (let tick = 0; tick < 60; tick++) {
    const columns = metrics.map((metric) => ({ metric, values: columnOf(metric, variant * 60 + tick) }));
    const block: Block = {
      ...{ poolId: 1, firstNode: 0, nodes: nodesOfPool, at: slotMs + tick * 15_000, ticks: 1, stepMs: 0, columns, pointsImpossible: 0 },
    };
    fold.add(block, 2 * slotMs);
  }
  const [cells] = [...fold.cells()];
  const { unitsUp, powerWatts, nodes, unitsUpSum, utilisationBpSum, powerWattsSum } = judge(cells!, unitsOfNode);
  return { unitsUp, powerWatts, cells: packCells(cells!), sums: [nodes, unitsUpSum, utilisationBpSum, powerWattsSum] };
}
