import type { PoolId, Slot } from '#domain';
import { metricsEnd } from './metric.js';

/** Nodes whose roll-ups of a slot are kept together. */
export const chunkNodes = 256;

/** Numbers kept of one node and metric: how many points, their sum, the least, the most. All are whole, and added or compared, so the order of points is nothing. */
export const [COUNT, SUM, LEAST, MOST] = [0, 1, 2, 3] as const;
export const stride = 4;

/** Points of one node, metric and slot; more do not count. A thousand a second is no measurement, and so few that every sum is exact and fits its codec. */
export const pointsOfCellMax = 2 ** 20;

/** Of one metric, node by node. */
export class MetricCells {
  numbers: Float64Array;
  /** Minutes of the slot of which there are points, one bit each. */
  minutes: Uint16Array;

  constructor(nodes: number) {
    this.numbers = new Float64Array(nodes * stride);
    this.minutes = new Uint16Array(nodes);
  }

  get nodes(): number {
    return this.minutes.length;
  }

  /** Values `from` on count for the nodes `first` on, in the minute of that bit. */
  add(first: number, nodes: number, values: Int32Array, from: number, minute: number): void {
    this.hold(first + nodes);
    const { numbers, minutes } = this;
    for (let index = 0; index < nodes; index++) {
      const value = values[from + index]!;
      const at = (first + index) * stride;
      const count = numbers[at]!;
      if (count === pointsOfCellMax) continue;
      numbers[at] = count + 1;
      numbers[at + SUM] = numbers[at + SUM]! + value;
      if (count === 0 || value < numbers[at + LEAST]!) numbers[at + LEAST] = value;
      if (count === 0 || value > numbers[at + MOST]!) numbers[at + MOST] = value;
      minutes[first + index] = minutes[first + index]! | minute;
    }
  }

  merge(other: MetricCells): void {
    this.hold(other.nodes);
    const { numbers, minutes } = this;
    for (let node = 0; node < other.nodes; node++) {
      const at = node * stride;
      const more = other.numbers[at]!;
      const count = numbers[at]!;
      if (more === 0 || count + more > pointsOfCellMax) continue;
      numbers[at] = count + more;
      numbers[at + SUM] = numbers[at + SUM]! + other.numbers[at + SUM]!;
      numbers[at + LEAST] = count === 0 ? other.numbers[at + LEAST]! : Math.min(numbers[at + LEAST]!, other.numbers[at + LEAST]!);
      numbers[at + MOST] = count === 0 ? other.numbers[at + MOST]! : Math.max(numbers[at + MOST]!, other.numbers[at + MOST]!);
      minutes[node] = minutes[node]! | other.minutes[node]!;
    }
  }

  private hold(wanted: number): void {
    if (wanted <= this.nodes) return;
    // Nodes may come one by one.
    const nodes = Math.min(chunkNodes, Math.max(wanted, 2 * this.nodes));
    const [numbers, minutes] = [new Float64Array(nodes * stride), new Uint16Array(nodes)];
    numbers.set(this.numbers);
    minutes.set(this.minutes);
    this.numbers = numbers;
    this.minutes = minutes;
  }
}

/** What points say of some nodes of a pool in one slot: a roll-up, or a part of one that is still to be merged. */
export class Cells {
  /** By the metrics' numbers. */
  readonly metrics: (MetricCells | undefined)[] = new Array<MetricCells | undefined>(metricsEnd).fill(undefined);

  constructor(
    readonly poolId: PoolId,
    readonly slot: Slot,
    /** Node 0 here is node chunk × 256 of the pool. */
    readonly chunk: number,
  ) {}

  metric(metric: number, nodes: number): MetricCells {
    return (this.metrics[metric] ??= new MetricCells(nodes));
  }

  merge(other: Cells): void {
    for (const [metric, cells] of other.metrics.entries()) if (cells) this.metric(metric, cells.nodes).merge(cells);
  }
}
