import { Injectable } from '@nestjs/common';
import {
  AgentKey,
  type EndAgentKeyRequest,
  type ListAgentKeysRequest,
  type ListAgentKeysResponse,
  type RegisterAgentKeyRequest,
} from '#contracts';
import type { PoolId } from '#domain';
import {
  type Call,
  Clock,
  Database,
  type SuiteName,
  type Tx,
  absent,
  conflict,
  has,
  invalid,
  keyIdOf,
  nextPage,
  pageOf,
  readPublicKey,
} from '#platform';

interface KeyRow {
  readonly provider_id: number;
  readonly key_id: string;
  readonly suite: SuiteName;
  readonly public_key: string;
  readonly valid_from: bigint;
  readonly valid_until: bigint | null;
  readonly pool_ids: number[];
}

/** Pools of a key that are told; the rest are counted for all the same. */
const poolsTold = 1_000;

const selectKeys = `select k.*, array(select pool_id from agent_key_pools p where (p.provider_id, p.key_id) = (k.provider_id, k.key_id)
    order by pool_id limit ${poolsTold}) as pool_ids from agent_keys k`;

/** The keys by which providers' agents sign. */
@Injectable()
export class AgentKeys {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async register({ publicKey, suite, poolIds }: RegisterAgentKeyRequest, call: Call): Promise<AgentKey> {
    const key = readKey(publicKey, suite as SuiteName);
    const keyId = keyIdOf(key);
    const { participantId } = call.caller;
    const now = this.clock.now();
    return this.database.once(call, AgentKey, async (tx) => {
      await mustOwn(tx, poolIds, participantId);
      const [row] = await tx.query<{ valid_until: bigint | null }>(
        `insert into agent_keys (provider_id, key_id, suite, public_key, valid_from) values ($1, $2, $3, $4, $5)
         on conflict (provider_id, key_id) do update set suite = agent_keys.suite returning valid_until`,
        [participantId, keyId, suite, key.export({ type: 'spki', format: 'pem' }), now],
      );
      if (row!.valid_until !== null) throw conflict('key_must_not_have_ended', `key ${keyId} was ended: sign by another`, 'publicKey');
      await tx.query(
        'insert into agent_key_pools (provider_id, key_id, pool_id, since) select $1, $2, unnest($3::int4[]), $4 on conflict do nothing',
        [...[participantId, keyId, [...new Set(poolIds)], now]],
      );
      return keyOf(tx, participantId, keyId);
    });
  }

  /** A key that has ended stays as it ended. */
  async end({ keyId }: EndAgentKeyRequest, call: Call): Promise<AgentKey> {
    const { participantId } = call.caller;
    return this.database.once(call, AgentKey, async (tx) => {
      await tx.query('update agent_keys set valid_until = coalesce(valid_until, $3) where provider_id = $1 and key_id = $2', [
        ...[participantId, keyId, this.clock.now()],
      ]);
      return keyOf(tx, participantId, keyId);
    });
  }

  async list({ providerId, page: request }: ListAgentKeysRequest, call: Call): Promise<ListAgentKeysResponse> {
    const asked = pageOf(request);
    const own = has(call, 'operator', 'regulator') ? 0 : call.caller.participantId;
    const [provider = '0', key = ''] = asked.after ?? [];
    const found = await this.database.query<KeyRow>(
      `${selectKeys} where ($1 = 0 or provider_id = $1) and ($2 = 0 or provider_id = $2) and (provider_id, key_id) > ($3::text::int8, $4)
       order by provider_id, key_id limit $5`,
      [providerId, own, /^\d{1,10}$/.test(provider) ? provider : '0', key, asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.provider_id, row.key_id]);
    return { keys: rows.map(toKey), page };
  }

  /** A key by which the pool's agent may sign now. @throws Refusal key_must_be_registered, key_must_not_have_ended, key_must_be_of_the_pool */
  async mustSign(providerId: number, keyId: string, poolId: PoolId): Promise<AgentKey> {
    const [row] = await this.database.query<KeyRow & { is_of_pool: boolean }>(
      `select k.*, '{}'::int4[] as pool_ids,
         exists (select from agent_key_pools p where (p.provider_id, p.key_id, p.pool_id) = (k.provider_id, k.key_id, $3)) as is_of_pool
       from agent_keys k where provider_id = $1 and key_id = $2`,
      [providerId, keyId, poolId],
    );
    if (!row) throw invalid('keyId', 'key_must_be_registered', `${keyId} is none of the caller's`);
    if (row.valid_until !== null) throw conflict('key_must_not_have_ended', `key ${keyId} was ended`, 'keyId');
    if (!row.is_of_pool) throw conflict('key_must_be_of_the_pool', `key ${keyId} was not registered for pool ${poolId}`, 'keyId');
    return toKey(row);
  }

  /** Every key that was ever registered for the pool. */
  async ofPool(poolId: PoolId): Promise<AgentKey[]> {
    const rows = await this.database.query<KeyRow>(
      `select k.*, array[$1]::int4[] as pool_ids from agent_keys k join agent_key_pools p using (provider_id, key_id) where p.pool_id = $1
       order by valid_from, key_id`,
      [poolId],
    );
    return rows.map(toKey);
  }
}

function readKey(pem: string, suite: SuiteName) {
  try {
    return readPublicKey(pem, suite);
  } catch (error) {
    throw invalid('publicKey', 'key_must_be_a_public_key_of_its_suite', String(error instanceof Error ? error.message : error));
  }
}

async function mustOwn(tx: Tx, poolIds: readonly PoolId[], providerId: number): Promise<void> {
  const rows = await tx.query<{ pool_id: number }>('select pool_id from pools where pool_id = any($1::int4[]) and provider_id = $2', [
    ...[poolIds, providerId],
  ]);
  const own = new Set(rows.map(({ pool_id }) => pool_id));
  const other = poolIds.find((poolId) => !own.has(poolId));
  if (other !== undefined) throw absent(`pool ${other}`);
}

async function keyOf(tx: Tx, providerId: number, keyId: string): Promise<AgentKey> {
  const [row] = await tx.query<KeyRow>(`${selectKeys} where provider_id = $1 and key_id = $2`, [providerId, keyId]);
  if (!row) throw absent(`key ${keyId}`);
  return toKey(row);
}

const toKey = (row: KeyRow): AgentKey => ({
  providerId: row.provider_id,
  keyId: row.key_id,
  suite: row.suite,
  publicKey: row.public_key,
  validFrom: Number(row.valid_from),
  validUntil: Number(row.valid_until ?? 0),
  poolIds: row.pool_ids,
});
