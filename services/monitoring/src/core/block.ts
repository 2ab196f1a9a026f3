import type { PoolId, Time } from '#domain';
import { slotAt, startOfSlot } from '#domain';
import { Metric, possibleValues } from './metric.js';
import type { BrokenRule } from './telemetry.js';
import { unpackColumn } from './varint.js';

/** Nodes side by side, at times one step apart, as the contract carries them. */
export interface PackedBlock {
  readonly poolId: PoolId;
  readonly firstNode: number;
  readonly nodes: number;
  readonly at: Time;
  /** 0 counts as 1. */
  readonly ticks: number;
  readonly stepMs: number;
  readonly columns: readonly { readonly metric: number; readonly values: Uint8Array }[];
}

/** The same, read. */
export interface Block {
  readonly poolId: PoolId;
  readonly firstNode: number;
  readonly nodes: number;
  readonly at: Time;
  readonly ticks: number;
  readonly stepMs: number;
  readonly columns: readonly Column[];
  /** In columns that were left out, since a value in them cannot be. */
  readonly pointsImpossible: number;
}

export interface Column {
  readonly metric: Metric;
  /** Tick by tick, node by node. */
  readonly values: Int32Array;
}

export const columnValuesMax = 65_536;
/** So far may a sender's clock go before the exchange's. */
export const futureMsMax = 60_000;
/** So long after a slot's end its points are waited for: less than a lease waits for its measure, so that what counts is in the measure. */
export const lateMsMax = 2_700_000;

/** Late, in time, or of a time that has not come, for who hears of it at `now`. */
export function timeliness(at: Time, now: Time): 'late' | 'timely' | 'future' {
  if (at > now + futureMsMax) return 'future';
  return now > startOfSlot(slotAt(at) + 1) + lateMsMax ? 'late' : 'timely';
}

/** The block read, or the rule that it breaks; a column that is no measurement is left out. */
export function readBlock(packed: PackedBlock): Block | BrokenRule {
  const { poolId, firstNode, nodes, at, stepMs, columns } = packed;
  const ticks = packed.ticks || 1;
  const count = nodes * ticks;
  if (count > columnValuesMax) return broken('nodes', 'column_must_fit_its_length', `${count} values are more than ${columnValuesMax}`);
  if (ticks > 1 && stepMs === 0) return broken('stepMs', 'ticks_must_be_apart', 'several ticks need a step');
  const read: Column[] = [];
  let seen = 0;
  let pointsImpossible = 0;
  for (const [index, { metric, values }] of columns.entries()) {
    if ((seen & (1 << metric)) !== 0) return broken(`columns[${index}].metric`, 'metric_must_have_one_column', 'it came before');
    seen |= 1 << metric;
    const column: Column = { metric: metric as Metric, values: new Int32Array(count) };
    if (!unpackColumn(values, column.values))
      return broken(`columns[${index}].values`, 'column_must_hold_a_value_of_each_node_and_tick', `must hold ${count} values`);
    if (isPossible(column)) read.push(column);
    else pointsImpossible += count;
  }
  return { poolId, firstNode, nodes, at, ticks, stepMs, columns: read, pointsImpossible };
}

const broken = (field: string, rule: string, detail: string): BrokenRule => ({ field, rule, detail });

function isPossible({ metric, values }: Column): boolean {
  const [least, most] = possibleValues(metric);
  let isGood = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    isGood = isGood && value >= least && value <= most;
  }
  return isGood;
}
