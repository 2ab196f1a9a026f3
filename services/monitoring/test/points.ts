// Points as an agent packs them, and the roll-ups of them in the plainest way.
import { PointBlock } from '#contracts';
import { slotAt, startOfSlot } from '#domain';
import { timeliness } from '../src/core/block.js';
import { packColumn } from '../src/core/varint.js';

/** One value of one metric of one node at one time. */
export interface Point {
  readonly poolId: number;
  readonly node: number;
  readonly metric: number;
  readonly at: number;
  readonly value: number;
}

export interface Box {
  readonly poolId: number;
  readonly firstNode?: number;
  readonly nodes?: number;
  readonly at: number;
  readonly ticks?: number;
  readonly stepMs?: number;
  /** Values by metric: tick by tick, node by node. */
  readonly columns: Readonly<Record<number, readonly number[]>>;
}

export const blockOf = ({ columns, ...box }: Box): PointBlock =>
  PointBlock.create({
    ...{ nodes: 1, ticks: 1, ...box },
    columns: Object.entries(columns).map(([metric, values]) => ({ metric: Number(metric), values: packColumn(values) })),
  });

export const pointsOf = ({ poolId, firstNode = 0, nodes = 1, at, stepMs = 0, columns }: Box): Point[] =>
  Object.entries(columns).flatMap(([metric, values]) =>
    values.map((value, index) => ({
      poolId,
      node: firstNode + (index % nodes),
      metric: Number(metric),
      at: at + Math.floor(index / nodes) * stepMs,
      value,
    })),
  );

export interface PlainRollup {
  points: number;
  sum: number;
  least: number;
  most: number;
  minutes: number;
}

/** By 'pool/slot/node/metric', of the points that are timely at `now`. */
export function plainRollups(points: readonly Point[], now: number, into = new Map<string, PlainRollup>()): Map<string, PlainRollup> {
  for (const { poolId, node, metric, at, value } of points) {
    if (timeliness(at, now) !== 'timely') continue;
    const slot = slotAt(at);
    const key = `${poolId}/${slot}/${node}/${metric}`;
    const rollup = into.get(key) ?? { points: 0, sum: 0, least: value, most: value, minutes: 0 };
    rollup.points += 1;
    rollup.sum += value;
    rollup.least = Math.min(rollup.least, value);
    rollup.most = Math.max(rollup.most, value);
    rollup.minutes |= 1 << Math.floor((at - startOfSlot(slot)) / 60_000);
    into.set(key, rollup);
  }
  return into;
}
