import type { PoolId, Slot } from '#domain';

/** What one node did in every slot of [from, to). */
export interface Sample {
  readonly poolId: PoolId;
  readonly node: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly unitsUp: number;
  readonly utilisationBp: number;
  readonly powerWatts: number;
}

export interface RegisteredPool {
  readonly nodeCount: number;
  readonly unitsPerNode: number;
  /** Declared, of one unit at full load; 0: not declared. */
  readonly powerWattsPerUnit: number;
}

export interface BrokenRule {
  /** JSON path of what broke it. */
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

export const nodeSlotsMax = 250_000;
/** 90 days. */
export const slotsLateMax = 8_640;

/** Order in which samples are compared with their neighbours and written: by pool, node and time. */
export const bySlot = (a: Sample, b: Sample): number => a.poolId - b.poolId || a.node - b.node || a.from - b.from;

/** The first rule that a report breaks as a whole, or null. `slot` runs now; every pool of the samples is in `pools`. */
export function brokenRuleOf(samples: readonly Sample[], pools: ReadonlyMap<PoolId, RegisteredPool>, slot: Slot): BrokenRule | null {
  let nodeSlots = 0;
  for (const [index, sample] of samples.entries()) {
    const broken = (name: string, rule: string, detail: string) => ({ field: `samples[${index}].${name}`, rule, detail });
    const { nodeCount } = pools.get(sample.poolId)!;
    if (sample.node >= nodeCount) return broken('node', 'node_must_be_registered', `pool ${sample.poolId} has ${nodeCount} nodes`);
    if (sample.to <= sample.from) return broken('to', 'sample_must_end_after_it_starts', 'to must be later than from');
    if (sample.to > slot) return broken('to', 'telemetry_must_be_of_slots_that_have_passed', 'the slot before to is not over');
    if (sample.from < slot - slotsLateMax) return broken('from', 'telemetry_must_not_be_older_than_90_days', 'it is too late to count');
    nodeSlots += sample.to - sample.from;
  }
  if (nodeSlots > nodeSlotsMax)
    return { field: 'samples', rule: 'telemetry_must_fit_one_call', detail: `${nodeSlots} node-slots are more than ${nodeSlotsMax}` };
  return overlapOf(samples);
}

function overlapOf(samples: readonly Sample[]): BrokenRule | null {
  const order = [...samples.entries()].sort(([, a], [, b]) => bySlot(a, b));
  for (let at = 1; at < order.length; at++) {
    const [, before] = order[at - 1]!;
    const [index, sample] = order[at]!;
    if (sample.poolId === before.poolId && sample.node === before.node && sample.from < before.to)
      return { field: `samples[${index}].from`, rule: 'samples_of_a_node_must_not_overlap', detail: 'another sample names the same slot' };
  }
  return null;
}

/** the first contradiction of each pool with its registration, as a reason. */
export function contradictionsOf(samples: readonly Sample[], pools: ReadonlyMap<PoolId, RegisteredPool>): Map<PoolId, string> {
  const found = new Map<PoolId, string>();
  for (const sample of samples) {
    if (found.has(sample.poolId)) continue;
    const reason = contradictionOf(sample, pools.get(sample.poolId)!);
    if (reason) found.set(sample.poolId, reason);
  }
  return found;
}

/** Half more power than the nameplate is not explained by how it is measured. */
function contradictionOf(sample: Sample, pool: RegisteredPool): string {
  const nameplate = pool.powerWattsPerUnit * pool.unitsPerNode;
  if (sample.unitsUp > pool.unitsPerNode)
    return `units_up_must_not_exceed_registration: node ${sample.node} reports ${sample.unitsUp} of ${pool.unitsPerNode}`;
  if (nameplate > 0 && 2 * sample.powerWatts > 3 * nameplate)
    return `power_must_not_exceed_nameplate_by_half: node ${sample.node} reports ${sample.powerWatts} W of ${nameplate} W`;
  return '';
}
