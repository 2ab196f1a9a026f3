// Whether a cluster stays as it is under a steady load.
import { leasts, type Point, trendOf } from './trend.js';

export interface Memory {
  readonly residentMiB: number;
  /** Of services alone: what V8's heap of the main thread holds. */
  readonly heapMiB?: number;
}

export interface Sample {
  readonly atMs: number;
  readonly memory: Readonly<Record<string, Memory>>;
  /** Events on the bus that wait for a service. */
  readonly lag: number;
  readonly connections: Readonly<Record<'postgresql' | 'redis' | 'kafka', number>>;
}

/** What was asked of it, and how it stood when the load had ended. */
export interface Load {
  readonly ordersPerHour: number;
  readonly tradesPerHour: number;
  readonly refused: number;
  /** Which processes ended by themselves, when, and what they said last. */
  readonly ended: readonly string[];
  readonly lagAtRest: number;
  readonly deadLetters: number;
  readonly imbalance: string;
}

export interface Grown {
  readonly name: string;
  readonly perHour: number;
  readonly margin: number;
  /** The same of the later half. */
  readonly latePerHour: number;
  readonly lateMargin: number;
  readonly allowedPerHour: number;
  readonly first: number;
  readonly last: number;
}

export interface Verdict {
  readonly ok: boolean;
  readonly criteria: readonly string[];
  readonly faults: readonly string[];
  readonly trends: readonly Grown[];
}

const memoryPerHour = 24;
/** The market knows an order's id for a day after it closed (R-10a), and a trade until its lease is over: so long it may grow, and that of a standby with it. */
const orderKiB = 1;
const tradeKiB = 8;
const connectionsPerHour = 2;
const lagPerHour = 200;
const mibOf = ({ ordersPerHour, tradesPerHour }: Load): number => (ordersPerHour * orderKiB + tradesPerHour * tradeKiB) / 1_024;
/** Bounded by -Xmx, up to which it grows before it collects. */
const isBounded = (name: string): boolean => name.startsWith('kafka');

const criteriaOf = (load: Load): string[] => [
  `of each process the resident memory and V8's heap grow by at most ${memoryPerHour} MiB an hour, of a scheduler by ${mibOf(load).toFixed(0)} MiB more (${orderKiB} KiB an order, whose id it keeps for a day, and ${tradeKiB} KiB a trade, until its lease is over); Kafka's memory is told, not judged: -Xmx bounds it`,
  `connections of PostgreSQL, Redis and Kafka grow by at most ${connectionsPerHour} an hour, events that wait by ${lagPerHour} an hour`,
  'growth is the slope by least squares over the least of each of twelve spans after the warm-up, less two standard errors; a step that stays is none: where the later half alone, with two standard errors more, does not grow, it has come to an end',
  'after the load no event waits, no dead letter is there, the ledger balances; no order was refused, no process ended',
];

/** @param samples in their order, those of the warm-up included */
export function judge(samples: readonly Sample[], warmUpMs: number, load: Load): Verdict {
  const begun = samples[0]!.atMs;
  const counted = samples.filter(({ atMs }) => atMs - begun >= warmUpMs);
  const grown = (name: string, allowedPerHour: number, of: (sample: Sample) => number | undefined): Grown[] => {
    const points = counted.flatMap((sample): Point[] => {
      const value = of(sample);
      return value === undefined ? [] : [{ at: (sample.atMs - begun) / 3_600_000, value }];
    });
    if (!points.length) return [];
    const least = leasts(points);
    const [{ slope, margin }, late] = [trendOf(least), trendOf(least.slice(least.length / 2))];
    const found = { perHour: slope, margin, latePerHour: late.slope, lateMargin: late.margin };
    return [{ name, ...found, allowedPerHour, first: points[0]!.value, last: points.at(-1)!.value }];
  };
  const allowed = (name: string) => (isBounded(name) ? Infinity : memoryPerHour + (name.startsWith('scheduler') ? mibOf(load) : 0));
  const trends = [
    ...Object.keys(samples[0]!.memory).flatMap((name) => [
      ...grown(`${name} resident MiB`, allowed(name), ({ memory }) => memory[name]?.residentMiB),
      ...grown(`${name} heap MiB`, allowed(name), ({ memory }) => memory[name]?.heapMiB),
    ]),
    ...grown('events that wait', lagPerHour, ({ lag }) => lag),
    ...(['postgresql', 'redis', 'kafka'] as const).flatMap((server) =>
      grown(`${server} connections`, connectionsPerHour, ({ connections }) => connections[server]),
    ),
  ];
  const faults = [
    ...trends
      .filter(({ perHour, margin, allowedPerHour }) => perHour - margin > allowedPerHour)
      .filter(({ latePerHour, lateMargin, allowedPerHour }) => latePerHour + lateMargin > allowedPerHour)
      .map(({ name, perHour, margin }) => `${name} grow by ${perHour.toFixed(1)} ± ${margin.toFixed(1)} an hour`),
    ...(load.lagAtRest ? [`${load.lagAtRest} events wait after the load`] : []),
    ...(load.deadLetters ? [`${load.deadLetters} dead letters`] : []),
    ...(load.imbalance === '0' ? [] : [`the ledger is out of balance by ${load.imbalance}`]),
    ...load.ended,
    ...(load.refused ? [`${load.refused} orders were refused or failed`] : []),
  ];
  return { ok: faults.length === 0, criteria: criteriaOf(load), faults, trends };
}
