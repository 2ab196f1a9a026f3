// Planned maintenance: nothing new on the nodes, what runs there ends. Drains begin and end on slots.
import { Injectable } from '@nestjs/common';
import { Drain, DrainChanged, DrainState, RegistrationState } from '#contracts';
import type { CancelDrainRequest, ListDrainsRequest, ListDrainsResponse, PlanDrainRequest } from '#contracts';
import { slotAt, slotMs } from '#domain';
import { At, Clock, Database, Outbox, absent, conflict, invalid, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { Filters } from './filters.js';
import { History } from './history.js';
import type { Action } from './history.js';
import { nodeCounts, pool } from './pools.js';
import { Registrations } from './registrations.js';

const { PLANNED, ACTIVE, ENDED, CANCELLED } = DrainState;

interface DrainRow {
  id: bigint;
  pool_id: number;
  nodes: number[];
  from_slot: number;
  to_slot: number;
  state: DrainState;
  reason: string;
}

@Injectable()
export class Drains {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly history: History,
    private readonly registrations: Registrations,
  ) {}

  /** Begins at once where its window has begun. Drains of one node never overlap, so that the end of one is the end. */
  async plan(request: PlanDrainRequest, call: Call): Promise<Drain> {
    const { poolId, window = { from: 0, to: 0 }, reason } = request;
    const nodes = [...new Set(request.nodes)].sort((a, b) => a - b);
    if (window.to <= window.from) throw invalid('window.to', 'drain_must_end_after_it_begins', 'to must lie after from');
    return this.database.once(call, Drain, async (tx) => {
      const now = slotAt(this.clock.now());
      if (window.to <= now) throw invalid('window.to', 'drain_must_end_in_the_future', 'its window is over');
      const thing = await this.registrations.lockedToAct(tx, pool, poolId, call);
      if (thing.state !== RegistrationState.VERIFIED && thing.state !== RegistrationState.SUSPENDED)
        throw conflict('drained_pool_must_be_verified', `pool ${poolId} is not`);
      const { nodeCount } = nodeCounts(thing);
      if (nodes.some((node) => node >= nodeCount))
        throw invalid('nodes', 'drained_nodes_must_exist', `pool ${poolId} has ${nodeCount} verified nodes`);
      const [other] = await tx.query<DrainRow>(
        `select * from drains where pool_id = $1 and state in (1, 2) and from_slot < $3 and to_slot > $2
           and (nodes = '{}' or $4::int[] = '{}' or nodes && $4) limit 1`,
        [poolId, window.from, window.to, nodes],
      );
      if (other) throw conflict('drain_must_not_overlap_another', `drain ${other.id} is planned for the same nodes`);
      const [row] = await tx.query<DrainRow>(
        'insert into drains (pool_id, nodes, from_slot, to_slot, state, reason) values ($1, $2, $3, $4, $5, $6) returning *',
        [poolId, nodes, window.from, window.to, window.from <= now ? ACTIVE : PLANNED, reason],
      );
      if (row!.state === ACTIVE) await this.tell(tx, row!, true);
      await this.record(tx, row!, 'drain_planned', reason, call);
      return drainOf(row!);
    });
  }

  /** A planned one is cancelled; one that has begun ends now. */
  async cancel({ poolId, drainId, reason }: CancelDrainRequest, call: Call): Promise<Drain> {
    return this.database.once(call, Drain, async (tx) => {
      await this.registrations.lockedToAct(tx, pool, poolId, call);
      const [row] = await tx.query<DrainRow>('select * from drains where id = $1 and pool_id = $2 for update', [drainId, poolId]);
      if (!row) throw absent(`drain ${drainId} of pool ${poolId}`);
      if (row.state !== PLANNED && row.state !== ACTIVE) throw conflict('drain_must_not_be_over', `drain ${drainId} is over`);
      const ended = await this.end(tx, row, row.state === ACTIVE ? ENDED : CANCELLED);
      await this.record(tx, ended, 'drain_cancelled', reason, call);
      return drainOf(ended);
    });
  }

  async list(request: ListDrainsRequest, call: Call): Promise<ListDrainsResponse> {
    const { poolId } = request;
    const [owner] = await this.database.query<{ owner_id: number }>('select owner_id from pools where id = $1', [poolId]);
    if (!owner) throw absent(`pool ${poolId}`);
    ownsOrAbsent(call, owner.owner_id, `pool ${poolId}`);
    const { limit, after } = pageOf(request.page);
    const filters = new Filters().always('pool_id = ?', poolId).add('state = ?', request.state).after(['id'], after, 'descending');
    const found = await this.database.query<DrainRow>(
      `select * from drains ${filters.where} order by id desc limit ${limit + 1}`,
      filters.params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.id]);
    return { drains: rows.map(drainOf), page };
  }

  /** Ends come before beginnings, so that a node between two drains is told so in that order. One that passed unseen is over without a word. */
  @At('drains', slotMs)
  async turn(now: number): Promise<void> {
    const slot = slotAt(now);
    await this.database.transaction(async (tx) => {
      const due = await tx.query<DrainRow>(
        `select * from drains where (state = 2 and to_slot <= $1) or (state = 1 and from_slot <= $1) order by state desc, id for update`,
        [slot],
      );
      for (const row of due) {
        if (row.to_slot <= slot) await this.end(tx, row, ENDED);
        else {
          await tx.query('update drains set state = $2 where id = $1', [row.id, ACTIVE]);
          await this.tell(tx, row, true);
        }
      }
    });
  }

  private async end(tx: Tx, row: DrainRow, state: DrainState): Promise<DrainRow> {
    await tx.query('update drains set state = $2 where id = $1', [row.id, state]);
    if (row.state === ACTIVE) await this.tell(tx, row, false);
    return { ...row, state };
  }

  private async tell(tx: Tx, row: DrainRow, draining: boolean): Promise<void> {
    const data = { poolId: row.pool_id, nodes: row.nodes, draining, drainId: Number(row.id) };
    await this.outbox.publish(tx, DrainChanged, data, `pool/${row.pool_id}`);
  }

  private async record(tx: Tx, row: DrainRow, action: Action, reason: string, call: Call): Promise<void> {
    const { id, ownerId, state } = await this.registrations.locked(tx, pool, row.pool_id);
    const content = { ...drainOf(row), reason: row.reason };
    await this.history.write(tx, { kind: pool.kind, id, ownerId, from: state, to: state, action, reason, content }, call);
  }
}

const drainOf = (row: DrainRow): Drain => ({
  drainId: Number(row.id),
  poolId: row.pool_id,
  nodes: row.nodes,
  window: { from: row.from_slot, to: row.to_slot },
  state: row.state,
  reason: row.reason,
});
