import type { PoolId, Slot, Time } from '#domain';
import { slotAt, startOfSlot } from '#domain';
import { type Block, timeliness } from './block.js';
import { Cells, chunkNodes } from './cells.js';

const minuteMs = 60_000;

/** What became of points. */
export interface Tally {
  points: number;
  late: number;
  future: number;
  impossible: number;
}

export const noPoints = (): Tally => ({ points: 0, late: 0, future: 0, impossible: 0 });

/** Points by pool, slot and chunk of nodes: what has come and is not yet in the stored roll-ups. In whatever order blocks come, the same cells. */
export class Fold {
  private readonly byPool = new Map<PoolId, Map<number, Cells>>();
  /** Of the cells added to last, which are those of the next tick, too. */
  private lastPool: Map<number, Cells> | undefined;
  private lastPoolId = -1;
  points = 0;

  get isEmpty(): boolean {
    return this.points === 0;
  }

  /** @param now when the block was heard of */
  add(block: Block, now: Time): Tally {
    const tally = noPoints();
    const { nodes, ticks, stepMs, columns } = block;
    tally.impossible = block.pointsImpossible;
    for (let tick = 0; tick < ticks; tick++) {
      const at = block.at + tick * stepMs;
      const points = nodes * columns.length;
      const when = timeliness(at, now);
      if (when === 'timely') {
        this.addTick(block, tick, at);
        tally.points += points;
      } else tally[when] += points;
    }
    this.points += tally.points;
    return tally;
  }

  merge(other: Fold): void {
    for (const cells of other.cells()) this.cellsOf(cells.poolId, cells.slot, cells.chunk).merge(cells);
    this.points += other.points;
  }

  *cells(): Generator<Cells> {
    for (const byKey of this.byPool.values()) yield* byKey.values();
  }

  private addTick({ poolId, firstNode, nodes, columns }: Block, tick: number, at: Time): void {
    const slot = slotAt(at);
    const minute = 1 << Math.floor((at - startOfSlot(slot)) / minuteMs);
    const end = firstNode + nodes;
    for (let node = firstNode; node < end;) {
      const chunk = Math.floor(node / chunkNodes);
      const count = Math.min(end, (chunk + 1) * chunkNodes) - node;
      const cells = this.cellsOf(poolId, slot, chunk);
      const first = node - chunk * chunkNodes;
      const from = tick * nodes + node - firstNode;
      for (const { metric, values } of columns) cells.metric(metric, first + count).add(first, count, values, from, minute);
      node += count;
    }
  }

  private cellsOf(poolId: PoolId, slot: Slot, chunk: number): Cells {
    if (poolId !== this.lastPoolId) {
      this.lastPool = this.byPool.getOrInsertComputed(poolId, () => new Map());
      this.lastPoolId = poolId;
    }
    const key = slot * 2 ** 16 + chunk;
    let cells = this.lastPool!.get(key);
    if (!cells) this.lastPool!.set(key, (cells = new Cells(poolId, slot, chunk)));
    return cells;
  }
}
