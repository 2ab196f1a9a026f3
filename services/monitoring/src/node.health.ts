import { Injectable } from '@nestjs/common';
import { NodeHealthChanged } from '#contracts';
import { Health } from '#domain';
import { Outbox, type Tx, numberArray } from '#platform';
import { type Verdict, judgeNode } from './core/health.js';
import type { NewestUnits } from './core/newest-units.js';
import type { Sample } from './core/telemetry.js';
import { notOvertaken } from './overtaken.js';
import { type PoolRow, recordChange } from './pool.health.js';

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
    await this.judgeRows(tx, await this.doubtful(tx, samples), now);
  }

  /**
   * The same by the news of pools that are locked: of nodes of which nothing newer is known, neither here nor by what other processes have merged. What stands
   * of a node from before is judged already, and another process may have heard better since.
   */
  async judgeNewest(tx: Tx, pools: readonly PoolRow[], news: NewestUnits, heard: NewestUnits, now: number): Promise<void> {
    const rows = (await this.changesBy(tx, pools, news)).filter(({ pool_id, node, at }) => heard.at(pool_id, node) <= at);
    await this.judgeRows(tx, await notOvertaken(tx, rows, 'later'), now);
  }

  /**
   * Before what a dead process had heard is merged: what others have said of a node in the same minute may be newer, and the roll-ups do not tell. Such a node is
   * judged by its next point; leases that are lost do not come back.
   */
  async forgetDoubted(tx: Tx, pools: readonly PoolRow[], news: NewestUnits): Promise<void> {
    const rows = await this.changesBy(tx, pools, news);
    const clear = new Set(await notOvertaken(tx, rows, 'beside'));
    for (const row of rows) if (!clear.has(row)) news.forget(row.pool_id, row.node);
  }

  /** Nodes that are judged otherwise than they stand, where the news are the newest. */
  private async changesBy(tx: Tx, pools: readonly PoolRow[], news: NewestUnits): Promise<(NodeRow & { readonly at: number })[]> {
    const unwell = await tx.query<{ pool_id: number; node: number; health: Health }>(
      'select pool_id, node, health from unwell_nodes where pool_id = any($1::int4[])',
      [numberArray(pools.map((pool) => pool.pool_id))],
    );
    const byPool = Map.groupBy(unwell, (row) => row.pool_id);
    const rows = pools.flatMap(({ pool_id, units_per_node }) => {
      const known = new Map((byPool.get(pool_id) ?? []).map(({ node, health }) => [node, health]));
      return news.doubtful(pool_id, units_per_node, new Set(known.keys())).map(([node, units_up]) => ({
        ...{ pool_id, node, units_per_node, units_up },
        ...{ health: known.get(node) ?? Health.OK, at: news.at(pool_id, node) },
      }));
    });
    return rows.filter(isChanged);
  }

  private async judgeRows(tx: Tx, rows: readonly NodeRow[], now: number): Promise<void> {
    const changes = new Map<string, Change>();
    for (const row of rows) {
      if (!isChanged(row)) continue;
      const verdict = judgeNode(row.units_up, row.units_per_node);
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

const isChanged = ({ units_up, units_per_node, health }: NodeRow): boolean => judgeNode(units_up, units_per_node).health !== health;
