// The trace as it is read, and how it is shaped into a market: which nodes play, when each task comes, for how long.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { DemoOptions } from './options.js';

/** Slots a lease may last here: it must end within the horizon of 90 days, whenever in its day it is asked for. */
const durationMax = 89 * 96;
/** Peak demand over supply where the share of nodes is not given. */
const demandOverSupply = 1.5;

export interface NodeGroup {
  /** Model of the cards; 'CPU' for nodes without any. */
  readonly model: string;
  /** Cards of a node, or its cores where it has no card. */
  readonly unitsPerNode: number;
  readonly memoryGib: number;
  readonly serials: readonly string[];
}

export interface Task {
  readonly name: string;
  /** Cards; 0: a task of cores alone. */
  readonly gpus: number;
  readonly cores: number;
  /** Models that the trace says it accepts; empty: open. */
  readonly models: readonly string[];
  /** 'LS', 'BE', 'Burstable', 'Guaranteed'. */
  readonly qos: string;
  /** Slots after the demo's first. */
  readonly arrival: number;
  readonly durationSlots: number;
}

export interface Shape {
  readonly groups: readonly NodeGroup[];
  readonly tasks: readonly Task[];
  readonly nodesInFile: number;
  readonly gpuShare: number;
  readonly cpuShare: number;
  readonly roundedUp: { gpus: number; durations: number };
  readonly cut: number;
  readonly peak: { gpus: number; cores: number };
  readonly supply: { gpus: number; cores: number };
}

type Row = Record<string, string>;

function rowsOf(file: string, columns: string[]): Row[] {
  const rows: Row[] = parse(readFileSync(file), { columns: true, skip_empty_lines: true, bom: true });
  const missing = columns.filter((column) => rows[0] && !(column in rows[0]));
  if (!rows.length || missing.length)
    throw new Error(
      `${file} must have rows with the columns ${columns.join(', ')}${missing.length ? `; it lacks ${missing.join(', ')}` : ''}`,
    );
  return rows;
}

function numberIn(row: Row, column: string, file: string): number {
  const value = Number(row[column]);
  if (row[column] === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`${file}: ${row.name ?? row.sn}: ${column} must be a number from 0, not '${row[column]}'`);
  return value;
}

/** Units in use at the fullest moment, were every task served as it came. */
function peakOf(tasks: readonly Task[], units: (task: Task) => number): number {
  const changes = tasks.flatMap((task) => [
    { at: task.arrival, by: units(task) },
    { at: task.arrival + task.durationSlots, by: -units(task) },
  ]);
  changes.sort((one, other) => one.at - other.at || one.by - other.by);
  let now = 0;
  return changes.reduce((most, change) => Math.max(most, (now += change.by)), 0);
}

const unitsOf = (group: NodeGroup) => group.unitsPerNode * group.serials.length;
const unitsIn = (groups: readonly NodeGroup[], cpu: boolean) =>
  groups.filter((group) => (group.model === 'CPU') === cpu).reduce((sum, group) => sum + unitsOf(group), 0);

function groupsOf(file: string): NodeGroup[] {
  const groups = new Map<string, NodeGroup & { serials: string[] }>();
  for (const row of rowsOf(file, ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'])) {
    const gpus = numberIn(row, 'gpu', file);
    const unitsPerNode = gpus || Math.floor(numberIn(row, 'cpu_milli', file) / 1000);
    const model = gpus ? row.model! : 'CPU';
    const key = `${model}/${unitsPerNode}`;
    const group = groups.get(key) ?? { model, unitsPerNode, memoryGib: Math.floor(numberIn(row, 'memory_mib', file) / 1024), serials: [] };
    groups.set(key, group);
    group.serials.push(row.sn!);
  }
  return [...groups.values()].sort((one, other) => one.model.localeCompare(other.model) || one.unitsPerNode - other.unitsPerNode);
}

function tasksOf(options: DemoOptions, counts: { gpus: number; durations: number; cut: number }): Task[] {
  const rows = rowsOf(options.tasksFile, [
    'name',
    'cpu_milli',
    'num_gpu',
    'gpu_milli',
    'gpu_spec',
    'qos',
    'creation_time',
    'deletion_time',
  ]);
  const value = (row: Row, column: string) => numberIn(row, column, options.tasksFile);
  const first = rows.reduce((least, row) => Math.min(least, value(row, 'creation_time')), Infinity);
  return rows
    .map((row, index) => ({ row, index }))
    .sort((one, other) => value(one.row, 'creation_time') - value(other.row, 'creation_time') || one.index - other.index)
    .slice(0, options.limit)
    .map(({ row }) => {
      const gpus = value(row, 'num_gpu');
      const seconds = Math.max(0, value(row, 'deletion_time') - value(row, 'creation_time'));
      const slots = Math.max(1, Math.ceil(seconds / 900));
      if (gpus === 1 && value(row, 'gpu_milli') < 1000) counts.gpus += 1;
      if (slots * 900 !== seconds) counts.durations += 1;
      if (slots > durationMax) counts.cut += 1;
      return {
        name: row.name!,
        gpus,
        cores: Math.max(1, Math.ceil(value(row, 'cpu_milli') / 1000)),
        models: row.gpu_spec ? row.gpu_spec.split('|') : [],
        qos: row.qos!,
        arrival: Math.floor((value(row, 'creation_time') - first) / options.compress / 900),
        durationSlots: Math.min(slots, durationMax),
      };
    });
}

/** Nodes of each group that play: its share rounded to whole nodes, and one at least where a whole one is nearest. */
const shareOf = (group: NodeGroup, share: number): NodeGroup => ({
  ...group,
  serials: group.serials.slice(0, Math.round(group.serials.length * share)),
});

/**
 * Reads both files and shapes them.
 * @throws Error that names the file, row and column that is wrong
 */
export function shape(options: DemoOptions): Shape {
  const all = groupsOf(options.nodesFile);
  const counts = { gpus: 0, durations: 0, cut: 0 };
  const tasks = tasksOf(options, counts);
  const peak = { gpus: peakOf(tasks, (task) => task.gpus), cores: peakOf(tasks, (task) => (task.gpus ? 0 : task.cores)) };
  const wanted = (demand: number, cpu: boolean) => Math.min(1, Math.max(demand / demandOverSupply / Math.max(1, unitsIn(all, cpu)), 0.004));
  const gpuShare = options.nodesShare ?? wanted(peak.gpus, false);
  const cpuShare = options.nodesShare ?? wanted(peak.cores, true);
  const groups = all
    .map((group) => shareOf(group, group.model === 'CPU' ? cpuShare : gpuShare))
    .filter((group) => group.serials.length > 0);
  return {
    groups,
    tasks,
    nodesInFile: all.reduce((sum, group) => sum + group.serials.length, 0),
    gpuShare,
    cpuShare,
    roundedUp: { gpus: counts.gpus, durations: counts.durations },
    cut: counts.cut,
    peak,
    supply: { gpus: unitsIn(groups, false), cores: unitsIn(groups, true) },
  };
}
