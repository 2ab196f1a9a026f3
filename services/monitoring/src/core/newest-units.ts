import type { PoolId, Time } from '#domain';
import { type Block, timeliness } from './block.js';
import { Metric } from './metric.js';

/** A node's health is judged by what is at most so old when it is heard of: what comes later tells of the past. */
const newsMsMax = 300_000;

interface Newest {
  at: Float64Array;
  units: Int32Array;
}

/** The units up that the newest point of each node told; of two of one time the fewer. */
export class NewestUnits {
  private readonly byPool = new Map<PoolId, Newest>();

  add({ poolId, firstNode, nodes, at: first, ticks, stepMs, columns }: Block, now: Time): void {
    const values = columns.find(({ metric }) => metric === Metric.UNITS_UP)?.values;
    if (!values) return;
    const newest = this.room(poolId, firstNode + nodes);
    for (let tick = 0; tick < ticks; tick++) {
      const at = first + tick * stepMs;
      if (at < now - newsMsMax || timeliness(at, now) !== 'timely') continue;
      for (let index = 0; index < nodes; index++) take(newest, firstNode + index, at, values[tick * nodes + index]!);
    }
  }

  /** What `other` was told counts here too. */
  absorb(other: NewestUnits): void {
    for (const [poolId, { at, units }] of other.byPool) {
      const newest = this.room(poolId, at.length);
      for (let node = 0; node < at.length; node++) if (at[node]! > 0) take(newest, node, at[node]!, units[node]!);
    }
  }

  /** When its newest point was measured; 0 where there is none. */
  at(poolId: PoolId, node: number): Time {
    return this.byPool.get(poolId)?.at[node] ?? 0;
  }

  forget(poolId: PoolId, node: number): void {
    const newest = this.byPool.get(poolId);
    if (newest && node < newest.at.length) newest.at[node] = 0;
  }

  /** Nodes of the pool of which fewer than all units are up, and those of `doubted` that are known; as pairs of node and units. */
  doubtful(poolId: PoolId, unitsPerNode: number, doubted: ReadonlySet<number>): [node: number, units: number][] {
    const { at, units } = this.room(poolId, 0);
    const found: [number, number][] = [];
    for (let node = 0; node < at.length; node++)
      if (at[node]! > 0 && (units[node]! < unitsPerNode || doubted.has(node))) found.push([node, units[node]!]);
    return found;
  }

  private room(poolId: PoolId, nodes: number): Newest {
    const newest = this.byPool.getOrInsertComputed(poolId, () => ({ at: new Float64Array(nodes), units: new Int32Array(nodes) }));
    if (newest.at.length < nodes) {
      const [at, units] = [new Float64Array(nodes), new Int32Array(nodes)];
      at.set(newest.at);
      units.set(newest.units);
      [newest.at, newest.units] = [at, units];
    }
    return newest;
  }
}

function take(newest: Newest, node: number, at: Time, units: number): void {
  if (at < newest.at[node]! || (at === newest.at[node]! && units >= newest.units[node]!)) return;
  newest.at[node] = at;
  newest.units[node] = units;
}
