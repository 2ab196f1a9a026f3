import { COUNT, type Cells, LEAST, MOST, type MetricCells, SUM, chunkNodes, stride } from './cells.js';

/** What a roll-up holds of one metric. */
export interface MetricNumbers {
  readonly metric: number;
  readonly points: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
  /** One bit for each minute of the slot with a point. */
  readonly minutes: number;
}

/** A node in a slot: of each metric with points, by the metrics' numbers. */
export interface NodeNumbers {
  readonly node: number;
  readonly metrics: readonly MetricNumbers[];
}

/** Of node `index` of the chunk. */
export function metricsOf(cells: Cells, index: number): MetricNumbers[] {
  const found: MetricNumbers[] = [];
  for (const [metric, of] of cells.metrics.entries())
    if (of && index < of.nodes && of.numbers[index * stride]! > 0) found.push(numbersOf(of, metric, index));
  return found;
}

function numbersOf({ numbers, minutes }: MetricCells, metric: number, index: number): MetricNumbers {
  const number = (which: number): number => numbers[index * stride + which]!;
  return { metric, points: number(COUNT), sum: number(SUM), least: number(LEAST), most: number(MOST), minutes: minutes[index]! };
}

/** All nodes of the chunk that have a point, in their order. */
export function* nodesOf(cells: Cells): Generator<NodeNumbers> {
  const end = Math.max(0, ...cells.metrics.map((of) => of?.nodes ?? 0));
  for (let index = 0; index < end; index++) {
    const metrics = metricsOf(cells, index);
    if (metrics.length > 0) yield { node: cells.chunk * chunkNodes + index, metrics };
  }
}

/** One number in which two sides differ. */
export interface Difference {
  readonly node: number;
  readonly metric: number;
  readonly what: 'points' | 'minutes' | 'least' | 'most' | 'sum';
  readonly agent: number;
  readonly exchange: number;
}

const whats = ['points', 'minutes', 'least', 'most', 'sum'] as const;

/** Number by number, by node and metric; a side without a point has 0 in all. */
export function* differencesOf(agent: readonly NodeNumbers[], exchange: readonly NodeNumbers[]): Generator<Difference> {
  const [ours, theirs] = [byPlace(exchange), byPlace(agent)];
  const places = [...new Set([...theirs.keys(), ...ours.keys()])].sort((a, b) => a - b);
  for (const place of places)
    for (const what of whats) {
      const [one, other] = [theirs.get(place)?.[what] ?? 0, ours.get(place)?.[what] ?? 0];
      if (one !== other) yield { node: Math.floor(place / 256), metric: place % 256, what, agent: one, exchange: other };
    }
}

const byPlace = (nodes: readonly NodeNumbers[]): Map<number, MetricNumbers> =>
  new Map(nodes.flatMap(({ node, metrics }) => metrics.map((of): [number, MetricNumbers] => [node * 256 + of.metric, of])));
