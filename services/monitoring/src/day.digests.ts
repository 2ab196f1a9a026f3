import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PoolId, Slot } from '#domain';
import { slotsPerDay, startOfShanghaiDay } from '#domain';
import { Database, type SuiteName } from '#platform';
import { unpackCells } from './core/cell-codec.js';
import { type NodeNumbers, nodesOf } from './core/node-numbers.js';
import { type Digest, joined, nodeText, slotText } from './core/signed-day.js';
import { digestOf } from './digest.js';

/** Between so many digests others have their turn. */
const digestsOfTurn = 2_000;

/** What the exchange itself has of a day that is over. */
@Injectable()
export class DayDigests {
  constructor(private readonly database: Database) {}

  /** Digests of its 96 slots, one after the other. */
  async of(poolId: PoolId, day: number, suite: SuiteName): Promise<Uint8Array> {
    const digest = digestOf(suite);
    const first = startOfShanghaiDay(day);
    const slots: Uint8Array[] = [];
    for (let slot = first; slot < first + slotsPerDay; slot++) slots.push(await this.ofSlot(poolId, slot, digest));
    return joined(slots);
  }

  /** All nodes of the pool that have a point in the slot. */
  async nodes(poolId: PoolId, slot: Slot): Promise<NodeNumbers[]> {
    const rows = await this.database.query<{ chunk: number; cells: Buffer }>(
      'select chunk, cells from node_rollups where pool_id = $1 and slot = $2 order by chunk',
      [poolId, slot],
    );
    return rows.flatMap(({ chunk, cells }) => [...nodesOf(unpackCells(cells, poolId, slot, chunk))]);
  }

  /** True while points that came before `closed` may still be on their way into the roll-ups. */
  async isOpen(closed: number): Promise<boolean> {
    const rows = await this.database.query('select from point_log where received_at <= $1 limit 1', [closed]);
    return rows.length > 0;
  }

  private async ofSlot(poolId: PoolId, slot: Slot, digest: Digest): Promise<Uint8Array> {
    const nodes: Uint8Array[] = [];
    for (const node of await this.nodes(poolId, slot)) {
      nodes.push(digest(nodeText(slot, node)));
      if (nodes.length % digestsOfTurn === 0) await turn();
    }
    return digest(slotText(slot, nodes));
  }
}
