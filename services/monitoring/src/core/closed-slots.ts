// What cannot be, or is not likely, of slots that are over: each an integer comparison that names what it compared.
import type { Slot } from '#domain';
import type { Cells } from './cells.js';
import { Metric } from './metric.js';
import { type MetricNumbers, type NodeNumbers, nodesOf } from './node-numbers.js';

/** A suspicion must hold for so many slots on end: an hour. */
export const slotsOfWindow = 4;
/** How many slots before the values of now may be those of then: a day, a week, and months of 28 to 31 days. */
export const replayLags = [96, 672, 2_688, 2_784, 2_880, 2_976] as const;
/** Fewer points are chance. */
const pointsLeast = 10;

export type FindingRule = 'values_must_move' | 'values_must_not_be_those_of_another_node' | 'values_must_not_be_those_of_before';

export interface ClosedFinding {
  readonly rule: FindingRule;
  readonly node: number;
  /** The slots compared are the window's, which ends with this one. */
  readonly slot: Slot;
  /** What it was compared with, and the numbers that are alike. */
  readonly evidence: string;
}

/** Roll-ups of one chunk by slot. */
export type Chunk = ReadonlyMap<Slot, Cells>;

const compared = [Metric.POWER, Metric.UTILISATION, Metric.TEMPERATURE] as const;

/** Nodes of a chunk by slot, read once. */
type Read = ReadonlyMap<Slot, ReadonlyMap<number, NodeNumbers>>;

/** What the window that ends with `slot` shows of a chunk. */
export function suspicionsOf(chunk: Chunk, slot: Slot): ClosedFinding[] {
  const read: Read = new Map([...chunk].map(([of, cells]) => [of, new Map([...nodesOf(cells)].map((node) => [node.node, node]))]));
  const window = Array.from({ length: slotsOfWindow }, (_slot, back) => slot - back);
  return [...constantNodes(read, window, slot), ...copiedNodes(read, window, slot), ...replayedNodes(read, window, slot)];
}

/** A meter of a node at work never stands still for an hour: not one of power, load and heat moved by a watt, a basis point or a tenth of a degree. */
function* constantNodes(read: Read, window: readonly Slot[], slot: Slot): Generator<ClosedFinding> {
  for (const [node, numbers] of read.get(slot) ?? []) {
    const own = window.map((of) => read.get(of)?.get(node));
    const told = measuredOf(numbers);
    if (told.length < 2 || told[0]!.metric !== Metric.POWER || !isAtWork(numbers)) continue;
    const stands = told.every(({ metric, least }) =>
      own.every((of) => {
        const one = of && metricOf(of, metric);
        return one !== undefined && one.points >= pointsLeast && one.least === least && one.most === least;
      }),
    );
    if (stands) yield { rule: 'values_must_move', node, slot, evidence: told.map(textOf).join(', ') };
  }
}

/** Two nodes' power and load, sums and extremes, are never alike for an hour while they move. */
function* copiedNodes(read: Read, window: readonly Slot[], slot: Slot): Generator<ClosedFinding> {
  const first = new Map<string, number>();
  for (const [node, numbers] of read.get(slot) ?? []) {
    const own = window.map((of) => read.get(of)?.get(node));
    if (!own.every((of) => of !== undefined && isMoving(of))) continue;
    const key = own.map((of) => keyOf(of!)).join(' ');
    const other = first.get(key);
    if (other === undefined) first.set(key, node);
    else
      yield {
        rule: 'values_must_not_be_those_of_another_node',
        node,
        slot,
        evidence: `node ${other}: ${measuredOf(numbers).map(textOf).join(', ')}`,
      };
  }
}

/** A node never does the same twice, point by point. */
function* replayedNodes(read: Read, window: readonly Slot[], slot: Slot): Generator<ClosedFinding> {
  for (const [node, numbers] of read.get(slot) ?? []) {
    const isAlike = (of: Slot, lag: number): boolean => {
      const [now, then] = [read.get(of)?.get(node), read.get(of - lag)?.get(node)];
      return now !== undefined && then !== undefined && isMoving(now) && keyOf(now) === keyOf(then);
    };
    const lag = replayLags.find((before) => window.every((of) => isAlike(of, before)));
    if (lag !== undefined)
      yield {
        rule: 'values_must_not_be_those_of_before',
        node,
        slot,
        evidence: `${lag} slots before: ${measuredOf(numbers).map(textOf).join(', ')}`,
      };
  }
}

const metricOf = ({ metrics }: NodeNumbers, metric: number): MetricNumbers | undefined => metrics.find((of) => of.metric === metric);

const measuredOf = (numbers: NodeNumbers): MetricNumbers[] => compared.flatMap((metric) => metricOf(numbers, metric) ?? []);

/** A tenth of full load and more. */
function isAtWork(numbers: NodeNumbers): boolean {
  const load = metricOf(numbers, Metric.UTILISATION);
  return load !== undefined && load.sum >= 1_000 * load.points;
}

/** Enough points of power and load, and both moved. */
const isMoving = (numbers: NodeNumbers): boolean =>
  [Metric.POWER, Metric.UTILISATION].every((metric) => {
    const of = metricOf(numbers, metric);
    return of !== undefined && of.points >= pointsLeast && of.most > of.least;
  });

/** By which two are alike: minutes are left out, since times are what is made up. */
const keyOf = (numbers: NodeNumbers): string => measuredOf(numbers).map(textOf).join(';');

const names: Readonly<Record<number, string>> = { [Metric.POWER]: 'power', [Metric.UTILISATION]: 'load', [Metric.TEMPERATURE]: 'heat' };
const textOf = ({ metric, points, sum, least, most }: MetricNumbers): string =>
  `${names[metric]} ${least}…${most}, ${sum} in ${points} points`;

/** Where the chunk's roll-ups that are needed for the window lie. */
export const slotsNeeded = (slot: Slot): Slot[] =>
  [0, ...replayLags].flatMap((lag) => Array.from({ length: slotsOfWindow }, (_slot, back) => slot - lag - back));
