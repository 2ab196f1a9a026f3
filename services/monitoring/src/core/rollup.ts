import { COUNT, type Cells, MOST, type MetricCells, SUM, stride } from './cells.js';
import { Metric } from './metric.js';
import type { RegisteredPool } from './telemetry.js';

const minutesOfSlot = 15;
/** A gap of so many minutes between points, or at a slot's ends, is no silence. */
const gapMinutesMax = 2;

/** What judges and bills by a slot; in the lists node by node, -1 where there is no point of it. */
export interface Judged {
  /** Nodes with points. */
  readonly nodes: number;
  readonly unitsUp: number[];
  readonly powerWatts: number[];
  /** Sums over the nodes with points. */
  readonly unitsUpSum: number;
  readonly utilisationBpSum: number;
  readonly powerWattsSum: number;
}

/** Minutes of a slot for which points stand: those that have one, and short gaps beside them. */
export function coveredMinutes(bits: number): number {
  if (bits === 0) return 0;
  let covered = 0;
  let gap = 0;
  for (let minute = 0; minute < minutesOfSlot; minute++) {
    if ((bits & (1 << minute)) === 0) gap++;
    else {
      covered += 1 + (gap <= gapMinutesMax ? gap : 0);
      gap = 0;
    }
  }
  return covered + (gap <= gapMinutesMax ? gap : 0);
}

/** Mean of the points over the whole slot, silence counting as nothing, rounded down. */
export const workedThrough = (sum: number, points: number, minutes: number): number =>
  Math.floor((sum * coveredMinutes(minutes)) / (points * minutesOfSlot));

const overSlot = ({ numbers, minutes }: MetricCells, node: number): number =>
  workedThrough(numbers[node * stride + SUM]!, numbers[node * stride + COUNT]!, minutes[node]!);

const has = (of: MetricCells | undefined, node: number): of is MetricCells =>
  of !== undefined && node < of.nodes && of.numbers[node * stride]! > 0;

/** units that worked through the slot and power over it. More units than a node has count as those it has. */
export function judge(cells: Cells, unitsPerNode: number): Judged {
  const [units, utilisation, power] = [Metric.UNITS_UP, Metric.UTILISATION, Metric.POWER].map((metric) => cells.metrics[metric]);
  const end = Math.max(0, ...cells.metrics.map((of) => of?.nodes ?? 0));
  const [unitsUp, powerWatts]: [number[], number[]] = [[], []];
  let [nodes, unitsUpSum, utilisationBpSum, powerWattsSum] = [0, 0, 0, 0];
  for (let node = 0; node < end; node++) {
    const up = has(units, node) ? Math.min(unitsPerNode, overSlot(units, node)) : -1;
    const watts = has(power, node) ? overSlot(power, node) : -1;
    unitsUp.push(up);
    powerWatts.push(watts);
    if (cells.metrics.some((of) => has(of, node))) nodes++;
    unitsUpSum += Math.max(0, up);
    powerWattsSum += Math.max(0, watts);
    if (has(utilisation, node)) utilisationBpSum += meanOf(utilisation, node);
  }
  return { nodes, unitsUp, powerWatts, unitsUpSum, utilisationBpSum, powerWattsSum };
}

const meanOf = ({ numbers }: MetricCells, node: number): number =>
  Math.floor(numbers[node * stride + SUM]! / numbers[node * stride + COUNT]!);

/** So many points are needed before a mean is held against another's. */
const pointsLeast = 3;
/** No chip that takes half of its power is colder, however it is cooled. */
const coldDecicelsius = 200;

/**
 * the first contradiction of a roll-up with the registration or with itself, as a reason; empty where there is none. It must show in what has come
 * since `news` began, too: what was forgiven is not held against who reports rightly since.
 */
export function contradictionOf(news: Cells, all: Cells, firstNode: number, pool: RegisteredPool): string {
  const end = Math.max(0, ...news.metrics.map((of) => of?.nodes ?? 0));
  for (let node = 0; node < end; node++)
    if (brokenBy(news, node, pool, 1)) {
      const reason = brokenBy(all, node, pool, pointsLeast);
      if (reason) return reason.replace(': ', `: node ${firstNode + node} reports `);
    }
  return '';
}

function brokenBy(cells: Cells, node: number, pool: RegisteredPool, least: number): string {
  const [units, utilisation, power] = [Metric.UNITS_UP, Metric.UTILISATION, Metric.POWER].map((metric) => cells.metrics[metric]);
  const nameplate = pool.powerWattsPerUnit * pool.unitsPerNode;
  const most = has(units, node) ? units.numbers[node * stride + MOST]! : 0;
  if (most > pool.unitsPerNode) return `units_up_must_not_exceed_registration: ${most} of ${pool.unitsPerNode}`;
  if (nameplate === 0 || !has(power, node)) return '';
  const watts = meanOf(power, node);
  if (2 * watts > 3 * nameplate) return `power_must_not_exceed_nameplate_by_half: ${watts} W of ${nameplate} W`;
  const heat = cells.metrics[Metric.TEMPERATURE];
  if (2 * watts >= nameplate && has(heat, node) && countOf(heat, node) >= least && meanOf(heat, node) < coldDecicelsius)
    return `power_must_come_with_heat: ${watts} W of ${nameplate} W at ${meanOf(heat, node)} tenths of a degree`;
  if (!has(utilisation, node) || countOf(power, node) < least || countOf(utilisation, node) < least) return '';
  const load = meanOf(utilisation, node);
  if (load >= 5_000 && 10 * watts < nameplate) return `load_must_take_power: ${load} bp at ${watts} W of ${nameplate} W`;
  if (load <= 500 && 5 * watts > 4 * nameplate) return `power_must_come_with_load: ${watts} W of ${nameplate} W at ${load} bp`;
  return '';
}

const countOf = ({ numbers }: MetricCells, node: number): number => numbers[node * stride]!;
