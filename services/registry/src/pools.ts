// Pools 资源池: identical nodes inside one site. Nodes added to a verified pool wait for the operator as an amendment does.
import { Pool, PoolChanged, PoolDetails, RegisteredKind, RegistrationState, Role } from '#contracts';
import { absent, conflict } from '#platform';
import type { Tx } from '#platform';
import { keptOnceVerified, poolRules } from './core/details.js';
import { nationalIdentifierOf } from './kind.js';
import type { Kind, Registered } from './kind.js';

const heartbeatDeadlineDefault = 1_800;

export const nodeCounts = ({ row }: Registered<PoolDetails>): { nodeCount: number; registeredNodes: number } => ({
  nodeCount: Number(row.node_count),
  registeredNodes: Number(row.registered_nodes),
});

async function verifyNodes(tx: Tx, id: number): Promise<void> {
  await tx.query('update pools set node_count = registered_nodes where id = $1', [id]);
}

export const pool: Kind<PoolDetails, Pool> = {
  kind: RegisteredKind.POOL,
  noun: 'pool',
  table: 'pools',
  details: PoolDetails,
  message: Pool,
  rules: poolRules,
  keeps: keptOnceVerified.pool,
  ownerRoles: [Role.PROVIDER],
  complete: (details) => ({ ...details, heartbeatDeadlineSeconds: details.heartbeatDeadlineSeconds || heartbeatDeadlineDefault }),
  async checkReferences(tx, { siteId }, ownerId) {
    const [own] = await tx.query('select id from sites where id = $1 and owner_id = $2 and state <> $3 for share', [
      siteId,
      ownerId,
      RegistrationState.RETIRED,
    ]);
    if (!own) throw absent(`site ${siteId}`);
  },
  async checkReady(tx, thing) {
    if (!nodeCounts(thing).registeredNodes) throw conflict('pool_must_have_nodes', `pool ${thing.id} has none`);
    const { siteId } = thing.details;
    const [verified] = await tx.query('select id from sites where id = $1 and state = $2 for share', [siteId, RegistrationState.VERIFIED]);
    if (!verified) throw conflict('pool_must_lie_in_a_verified_site', `site ${siteId} is not verified`);
  },
  async region(tx, { siteId }) {
    const [{ region } = { region: 0 }] = await tx.query<{ region: number }>('select region from sites where id = $1', [siteId]);
    return region;
  },
  waiting: {
    any: (thing) => nodeCounts(thing).registeredNodes > nodeCounts(thing).nodeCount,
    async decide(tx, { id }, accepted) {
      if (accepted) return verifyNodes(tx, id);
      await tx.query('delete from nodes using pools p where p.id = $1 and pool_id = p.id and number >= p.node_count', [id]);
      await tx.query('update pools set registered_nodes = node_count where id = $1', [id]);
    },
  },
  async moved(tx, { id, state }, to) {
    if (state === RegistrationState.SUBMITTED && to === RegistrationState.VERIFIED) await verifyNodes(tx, id);
    if (to !== RegistrationState.RETIRED) return;
    await tx.query('update nodes set retired = true where pool_id = $1', [id]);
    await tx.query('update drains set state = 4 where pool_id = $1 and state in (1, 2)', [id]);
  },
  view: (thing) => {
    const { id, ownerId, state, identifier, details, amendment, changedAt } = thing;
    const { nodeCount, registeredNodes } = nodeCounts(thing);
    const pendingNodes = registeredNodes - nodeCount;
    const nationalIdentifier = nationalIdentifierOf(thing);
    return {
      poolId: id,
      providerId: ownerId,
      state,
      identifier,
      details,
      amendment,
      nodeCount,
      pendingNodes,
      changedAt,
      nationalIdentifier,
    };
  },
  tell: (outbox, tx, thing) => {
    const { id, ownerId, state, details } = thing;
    const { nodeCount } = nodeCounts(thing);
    return outbox.publish(
      tx,
      PoolChanged,
      PoolChanged.create({ ...details, poolId: id, providerId: ownerId, state, nodeCount }),
      `pool/${id}`,
    );
  },
};
