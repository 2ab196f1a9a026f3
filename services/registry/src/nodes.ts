// Nodes of pools, registered in bulk.
import { Injectable } from '@nestjs/common';
import { RegisterNodesResponse, RegistrationState } from '#contracts';
import type { ListNodesRequest, ListNodesResponse, Node, RegisterNodesRequest } from '#contracts';
import { maxNodes } from '#domain';
import { Database, Outbox, Refusal, absent, conflict, invalid, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call } from '#platform';
import { regionalScheme } from './core/identifier.js';
import { wayOfChange } from './core/lifecycle.js';
import type { State } from './core/lifecycle.js';
import { Filters } from './filters.js';
import { History } from './history.js';
import { nodeCounts, pool } from './pools.js';
import { Registrations, refusalOf } from './registrations.js';

const nodesOfACallMax = 100_000;
const serialsNamed = 10;

interface NodeRow {
  id: bigint;
  number: number;
  serial: string;
  verified: boolean;
  draining: boolean;
}

@Injectable()
export class Nodes {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly history: History,
    private readonly registrations: Registrations,
  ) {}

  /**
   * All or none, numbered in the order given. In a draft they are verified with the pool; in a verified pool an operator's count at once
   * and the provider's wait.
   */
  async register(messages: AsyncIterable<RegisterNodesRequest>, call: Call): Promise<RegisterNodesResponse> {
    const { poolId, serials } = await gathered(messages);
    return this.database.once(call, RegisterNodesResponse, async (tx) => {
      const thing = await this.registrations.lockedToAct(tx, pool, poolId, call);
      const mover = await this.registrations.moverOf(tx, thing.ownerId, call);
      const way = wayOfChange(RegistrationState[thing.state] as State, mover);
      if (typeof way === 'object') throw refusalOf(way);
      const { registeredNodes: first } = nodeCounts(thing);
      if (first + serials.length > maxNodes) throw conflict('pool_must_not_pass_its_most_nodes', `a pool has at most ${maxNodes} nodes`);
      const stored = await tx.query<{ serial: string }>(
        `insert into nodes (pool_id, number, owner_id, serial)
         select $1, $2 + at - 1, $3, serial from unnest($4::text[]) with ordinality as given (serial, at)
         on conflict do nothing returning serial`,
        [poolId, first, thing.ownerId, serials],
      );
      if (stored.length < serials.length) throw knownSerials(serials, stored);
      const verified = way === 'amend' ? first + serials.length : nodeCounts(thing).nodeCount;
      await tx.query('update pools set registered_nodes = $2, node_count = $3 where id = $1', [poolId, first + serials.length, verified]);
      const changed = await this.registrations.touched(tx, pool, poolId);
      const { id, ownerId, state } = thing;
      const content = { firstNumber: first, registered: serials.length };
      await this.history.write(
        tx,
        { kind: pool.kind, id, ownerId, from: state, to: state, action: 'nodes_registered', reason: '', content },
        call,
      );
      if (way === 'amend') await pool.tell?.(this.outbox, tx, changed);
      const { nodeCount, pendingNodes } = pool.view(changed);
      return { poolId, registered: serials.length, firstNumber: first, nodeCount, pendingNodes };
    });
  }

  async list(request: ListNodesRequest, call: Call): Promise<ListNodesResponse> {
    const { poolId, serial, verified, draining } = request;
    const [owner] = await this.database.query<{ owner_id: number; identifier: string | null }>(
      'select owner_id, identifier from pools where id = $1',
      [poolId],
    );
    if (!owner) throw absent(`pool ${poolId}`);
    ownsOrAbsent(call, owner.owner_id, `pool ${poolId}`);
    const region = regionalScheme.parse(owner.identifier ?? '')?.region;

    const { limit, after } = pageOf(request.page);
    const filters = new Filters()
      .always('pool_id = ?', poolId)
      .add('starts_with(serial, ?)', serial)
      .add('verified = ?', verified === undefined ? undefined : String(verified))
      .add('draining = ?', draining === undefined ? undefined : String(draining))
      .after(['number'], after);
    const found = await this.database.query<NodeRow>(
      `select * from (
         select n.*, n.number < p.node_count as verified, exists (
           select from drains d where d.pool_id = n.pool_id and d.state = 2 and (d.nodes = '{}' or n.number = any (d.nodes))
         ) as draining
         from nodes n join pools p on p.id = n.pool_id
       ) listed ${filters.where} order by number limit ${limit + 1}`,
      filters.params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.number]);
    return { nodes: rows.map((row) => nodeOf(row, region)), page };
  }
}

/** The whole stream, before anything is stored: a transaction that is run again needs it again. */
async function gathered(messages: AsyncIterable<RegisterNodesRequest>): Promise<{ poolId: number; serials: string[] }> {
  const serials: string[] = [];
  let poolId = 0;
  for await (const message of messages) {
    if (poolId && message.poolId !== poolId)
      throw invalid('poolId', 'nodes_of_one_call_must_be_of_one_pool', `${poolId} and ${message.poolId}`);
    if (serials.length === nodesOfACallMax)
      throw new Refusal('too_large', 'call_must_not_pass_its_most_nodes', `one call registers at most ${nodesOfACallMax} nodes`);
    poolId = message.poolId;
    serials.push(message.serial);
  }
  if (!poolId) throw invalid('', 'call_must_register_a_node', 'the stream is empty');
  return { poolId, serials };
}

/** Names the serials that came twice in the call or were there before. */
function knownSerials(serials: readonly string[], stored: readonly { serial: string }[]): Refusal {
  const left = new Set(stored.map(({ serial }) => serial));
  const refused = serials.filter((serial) => !left.delete(serial));
  const named = refused.slice(0, serialsNamed).join(', ');
  const more = refused.length > serialsNamed ? ` and ${refused.length - serialsNamed} more` : '';
  return conflict('node_serial_must_be_registered_once', `registered before: ${named}${more}`, 'serial');
}

const nodeOf = ({ id, number, serial, verified, draining }: NodeRow, region: number | undefined): Node => ({
  number,
  serial,
  verified,
  draining,
  identifier: verified && region ? regionalScheme.issue({ kind: 'NODE', region, number: Number(id) }) : '',
});
