import { Injectable } from '@nestjs/common';
import { NodeHealthChanged } from '#contracts';
import { Health } from '#domain';
import { Outbox, type Tx } from '#platform';
import { type Verdict, judgeNode } from './core/health.js';
import type { Sample } from './core/telemetry.js';
import { recordChange } from './pool.health.js';

interface NodeRow {
  readonly pool_id: number;
  readonly node: number;
  readonly units_per_node: number;
  readonly units_up: number;
  readonly health: Health;
}

interface Change extends Verdict {
  readonly poolId: number;
  readonly nodes: number[];
}

/** Judges nodes by the newest slot that telemetry tells of them. */
@Injectable()
export class NodeHealthKeeper {
  constructor(private readonly outbox: Outbox) {}

  /** Called when the samples are kept, with their pools locked: a late report of an old slot changes no judgement. */
  async judge(tx: Tx, samples: readonly Sample[], now: number): Promise<void> {
    const rows = await this.doubtful(tx, samples);
    const changes = new Map<string, Change>();
    for (const row of rows) {
      const verdict = judgeNode(row.units_up, row.units_per_node);
      if (verdict.health === row.health) continue;
      const key = `${row.pool_id}/${verdict.health}`;
      const change = changes.get(key) ?? { ...verdict, poolId: row.pool_id, nodes: [] };
      changes.set(key, change);
      change.nodes.push(row.node);
    }
    for (const change of changes.values()) await this.keep(tx, change, now);
  }

  /** Nodes of the samples that are not fully up in their newest slot, or were not. */
  private async doubtful(tx: Tx, samples: readonly Sample[]): Promise<NodeRow[]> {
    return tx.query<NodeRow>(
      `select node.pool_id, node.node, pools.units_per_node, newest.units_up, coalesce(unwell.health, ${Health.OK}) as health
       from (select distinct * from unnest($1::int4[], $2::int4[]) as named (pool_id, node)) node
       join pools using (pool_id)
       cross join lateral (select units_up from telemetry where pool_id = node.pool_id and telemetry.node = node.node order by slot desc limit 1) newest
       left join unwell_nodes unwell on unwell.pool_id = node.pool_id and unwell.node = node.node
       where newest.units_up < pools.units_per_node or unwell.health is not null
       order by 1, 2`,
      [samples.map((sample) => sample.poolId), samples.map((sample) => sample.node)],
    );
  }

  private async keep(tx: Tx, { poolId, nodes, health, reason }: Change, now: number): Promise<void> {
    const named = [poolId, nodes];
    if (health === Health.OK) await tx.query('delete from unwell_nodes where pool_id = $1 and node = any($2)', named);
    else
      await tx.query(
        `insert into unwell_nodes (pool_id, node, health) select $1, node, $3 from unnest($2::int4[]) as node
         on conflict (pool_id, node) do update set health = excluded.health`,
        [...named, health],
      );
    await recordChange(tx, { poolId, nodes, health, reason, at: now, by: '' });
    await this.outbox.publish(tx, NodeHealthChanged, { poolId, nodes, health, reason }, `pool/${poolId}`);
  }
}
