// What others call a measurement: OpenTelemetry's conventions for hardware (https://opentelemetry.io/docs/specs/semconv/hardware/), and the names
// that they have in Prometheus.
import type { PoolId, Time } from '#domain';
import { Metric } from './metric.js';
import { packColumn } from './varint.js';

/** The attribute of a resource, or the label of a series, that says of which node of its pool it is. */
export const nodeAttribute = 'exchange.node';
/** That of a resource whose points are passed on. */
export const poolAttribute = 'exchange.pool';

/** A data point with its attributes, its resource's among them. */
export interface NamedPoint {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly at: Time;
  readonly value: number;
}

interface Meaning {
  readonly metric: Metric;
  /** A value in the other's unit times this is one in ours. */
  readonly factor: number;
  /** Points of one node and time are parts of one value, and not several measurements of it. */
  readonly isPart?: boolean;
  /** Which of its points count. */
  readonly counts?: (attributes: ReadonlyMap<string, string>) => boolean;
}

const isOfTheNode = (attributes: ReadonlyMap<string, string>): boolean => (attributes.get('hw.type') ?? 'enclosure') === 'enclosure';
const isGpuInOrder = (attributes: ReadonlyMap<string, string>): boolean =>
  attributes.get('hw.type') === 'gpu' && attributes.get('hw.state') === 'ok';

const meanings = new Map<string, Meaning>(
  Object.entries({
    'hw.gpu.utilization': { metric: Metric.UTILISATION, factor: 10_000 },
    'hw.gpu.memory.utilization': { metric: Metric.MEMORY_UTILISATION, factor: 10_000 },
    'hw.host.power': { metric: Metric.POWER, factor: 1 },
    'hw.power': { metric: Metric.POWER, factor: 1, counts: isOfTheNode },
    'hw.host.energy': { metric: Metric.ENERGY, factor: 0.001 },
    'hw.energy': { metric: Metric.ENERGY, factor: 0.001, counts: isOfTheNode },
    'hw.temperature': { metric: Metric.TEMPERATURE, factor: 10 },
    'hw.errors': { metric: Metric.ERRORS, factor: 1, isPart: true },
    'hw.cpu.speed': { metric: Metric.SPEED, factor: 0.000_001 },
    'hw.status': { metric: Metric.UNITS_UP, factor: 1, isPart: true, counts: isGpuInOrder },
  }),
);

/** 'hw_gpu_utilization' and 'hw_gpu_utilization_ratio' for 'hw.gpu.utilization'; units and `_total` as the conventions' translation adds them. */
const inPrometheus = new Map(
  [...meanings.keys()].flatMap((name) =>
    ['', '_ratio', '_watts', '_joules_total', '_joules', '_celsius', '_total', '_hertz'].map((unit): [string, string] => [
      name.replaceAll('.', '_') + unit,
      name,
    ]),
  ),
);
/** Attributes that are read here, or written. A sender may have thousands of others, and a resource's are each of its points'. */
export const readAttributes: ReadonlySet<string> = new Set(['hw.type', 'hw.state', nodeAttribute, poolAttribute]);
const attributesInPrometheus = new Map([...readAttributes].map((name) => [name.replaceAll('.', '_'), name]));

/** A series' name and labels as OpenTelemetry has them, where it is one of ours. */
export const nameOfSeries = (name: string): string => inPrometheus.get(name) ?? name;
export const attributeOfLabel = (label: string): string => attributesInPrometheus.get(label) ?? label;

/** A PackedBlock of one node and time. */
export interface NamedBlock {
  poolId: PoolId;
  firstNode: number;
  nodes: number;
  at: Time;
  ticks: number;
  stepMs: number;
  columns: { metric: Metric; values: Uint8Array<ArrayBuffer> }[];
}

/** What became of points: those that are ours, as blocks, and how many are not. */
export interface Mapped {
  readonly blocks: NamedBlock[];
  /** Of names that the exchange keeps nothing of. */
  readonly unknown: number;
  /** Of ours, but without a node. */
  readonly nodeless: number;
}

/** Blocks of the points: for each node and time as many as a metric has values then. */
export function blocksOf(poolId: PoolId, points: Iterable<NamedPoint>): Mapped {
  const byPlace = new Map<string, Map<Metric, number[]>>();
  let [unknown, nodeless] = [0, 0];
  for (const { name, attributes, at: told, value } of points) {
    const meaning = meanings.get(name);
    if (!meaning || meaning.counts?.(attributes) === false) {
      unknown++;
      continue;
    }
    const node = attributes.get(nodeAttribute) ?? '';
    if (!/^\d{1,7}$/.test(node)) {
      nodeless++;
      continue;
    }
    const { metric, factor, isPart } = meaning;
    const at = inTime(told);
    const values = byPlace.getOrInsertComputed(`${node} ${at}`, () => new Map<Metric, number[]>()).getOrInsertComputed(metric, () => []);
    const scaled = inInt32(value * factor);
    if (isPart && values.length > 0) values[0] = together(values[0]!, scaled);
    else values.push(scaled);
  }
  const blocks: NamedBlock[] = [];
  for (const [place, byMetric] of byPlace) {
    const [firstNode, at] = place.split(' ').map(Number) as [number, number];
    const most = Math.max(...[...byMetric.values()].map(({ length }) => length));
    for (let index = 0; index < most; index++) {
      const columns = [...byMetric]
        .filter(([, values]) => index < values.length)
        .map(([metric, values]) => ({ metric, values: packColumn([values[index]!]) }));
      blocks.push({ poolId, firstNode, nodes: 1, at, ticks: 1, stepMs: 0, columns });
    }
  }
  return { blocks, unknown, nodeless };
}

/** No metric can be that. */
const impossible = -(2 ** 30);

/** To the nearest whole number; what is none, or beyond 32 bits, is impossible. */
const inInt32 = (value: number): number => {
  const whole = Math.round(value);
  return Number.isFinite(whole) && Math.abs(whole) < 2 ** 31 ? whole : impossible;
};

const together = (one: number, other: number): number => (one === impossible || other === impossible ? impossible : inInt32(one + other));

/** What calendars end with. A time beyond is early or late all the same, and the log has no room for it. */
const timeMax = 8_640_000_000_000_000;
const inTime = (at: number): Time => Math.max(-timeMax, Math.min(timeMax, at));
