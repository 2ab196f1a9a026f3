// API keys. A secret is shown once and kept nowhere; its hash finds the key.
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { ApiKey, ParticipantChanged, RegistryDefinition, Role } from '#contracts';
import type { CreateKeyRequest, CreateKeyResponse, ListKeysRequest, ListKeysResponse, Me } from '#contracts';
import {
  Clock,
  Database,
  On,
  absent,
  clientOf,
  forbidden,
  has,
  invalid,
  mayAct,
  nextPage,
  ownsOrAbsent,
  pageOf,
  roleName,
  sha256,
} from '#platform';
import type { Call, Client, EventMeta, Tx } from '#platform';
import { KeyRing, keyIdOf } from './key-ring.js';
import { newSecret, operatorId, putOperator } from './operator-key.js';

interface KeyRow {
  key_id: number;
  participant_id: number;
  name: string;
  roles: Role[];
  created_at: bigint;
  expires_at: bigint;
  revoked_at: bigint;
  last_used_day: number;
}

const columns = 'key_id, participant_id, name, roles, created_at, expires_at, revoked_at, last_used_day';

@Injectable()
export class Keys implements OnApplicationBootstrap {
  private firstSecret: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ring: KeyRing,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

  /**
   * The operator's first key is made where there is none yet, or none was ever used: the start that made it may have ended before it could be
   * told. Of starts at the same time the last one's works.
   */
  async onApplicationBootstrap(): Promise<void> {
    const secret = newSecret();
    const made = await this.database.transaction(async (tx) => {
      await putOperator(tx);
      return tx.query(
        `insert into keys (participant_id, name, roles, hash, is_first, created_at, expires_at) values ($1, 'first', $2, $3, true, $4, 0)
         on conflict (is_first) where is_first do update set hash = excluded.hash, created_at = excluded.created_at
         where keys.last_used_day = 0 and keys.revoked_at = 0 returning key_id`,
        [operatorId, [Role.OPERATOR], sha256(secret), this.clock.now()],
      );
    });
    if (made.length) this.firstSecret = secret;
  }

  /** The secret of the operator's first key: once, and only in the process that made it. */
  firstOperatorKey(): string | undefined {
    const secret = this.firstSecret;
    this.firstSecret = undefined;
    return secret;
  }

  /**
   * @throws forbidden key_must_be_of_ones_own_participant, key_roles_must_be_held, authority_keys_must_come_from_the_operator
   * @throws invalid key_must_expire_later
   * @throws absent for a participant that does not exist
   */
  async create(request: CreateKeyRequest, call: Call): Promise<CreateKeyResponse> {
    const participantId = request.participantId || call.caller.participantId;
    if (!mayAct(call, participantId))
      throw forbidden('key_must_be_of_ones_own_participant', 'only the operator makes keys for other participants');
    const participant = await this.registry.getParticipant({ id: participantId }, call);
    const held = participant.details?.roles ?? [];
    // A key never makes one that may do more; the operator's may do anything that the participant may.
    const given = has(call, 'operator') ? held : held.filter((role) => has(call, roleName(role)));
    const roles = request.roles.length ? [...new Set(request.roles)] : given;
    if (!roles.every((role) => given.includes(role)) || !roles.length)
      throw forbidden('key_roles_must_be_held', 'a key holds roles of its participant, and none that its maker does not hold');
    // each key is an officer, so an officer who could make one would be two.
    if (roles.includes(Role.AUTHORITY) && !has(call, 'operator'))
      throw forbidden('authority_keys_must_come_from_the_operator', 'each key of an authority is an officer of its own; ask the operator');

    let secret = '';
    const key = await this.database.once(call, ApiKey, async (tx) => {
      if (request.expiresAt !== 0 && request.expiresAt <= this.clock.now())
        throw invalid('expiresAt', 'key_must_expire_later', 'lies in the past');
      secret = newSecret();
      await tx.query(`insert into participants (participant_id, name, roles, state) values ($1, $2, $3, $4) on conflict do nothing`, [
        participantId,
        participant.details?.name ?? '',
        held,
        participant.state,
      ]);
      const [row] = await tx.query<KeyRow>(
        `insert into keys (participant_id, name, roles, hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
        [participantId, request.name, roles, sha256(secret), this.clock.now(), request.expiresAt],
      );
      return keyOf(row!);
    });
    return { key, secret };
  }

  async list(request: ListKeysRequest, call: Call): Promise<ListKeysResponse> {
    const all = has(call, 'operator', 'regulator');
    const participantId = request.participantId || (all ? 0 : call.caller.participantId);
    if (participantId) ownsOrAbsent(call, participantId, `participant ${participantId}`);
    const { limit, after } = pageOf(request.page);
    const found = await this.database.query<KeyRow>(
      `select ${columns} from keys where ($1 = 0 or participant_id = $1) and ($2::int is null or key_id < $2) order by key_id desc limit $3`,
      [participantId, after?.[0] ?? null, limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.key_id]);
    return { keys: rows.map(keyOf), page };
  }

  /** @throws absent for a key that is not the caller's to see */
  async revoke(keyId: number, call: Call): Promise<ApiKey> {
    return this.database.once(call, ApiKey, async (tx) => {
      const [row] = await tx.query<KeyRow>(`select ${columns} from keys where key_id = $1 for update`, [keyId]);
      if (!row || !mayAct(call, row.participant_id)) throw absent(`key ${keyId}`);
      if (row.revoked_at) return keyOf(row);
      const [revoked] = await tx.query<KeyRow>(`update keys set revoked_at = $2 where key_id = $1 returning ${columns}`, [
        keyId,
        Math.max(1, this.clock.now()),
      ]);
      tx.onceCommitted(() => this.ring.changed(row.participant_id));
      return keyOf(revoked!);
    });
  }

  async whoAmI({ caller }: Call): Promise<Me> {
    const [row] = await this.database.query<KeyRow & { participant: string }>(
      `select k.*, p.name as participant from keys k join participants p using (participant_id) where key_id = $1`,
      [keyIdOf(caller)],
    );
    if (!row) throw absent('the key');
    return {
      participantId: row.participant_id,
      name: row.participant,
      roles: row.roles.filter((role) => caller.roles.includes(roleName(role))),
      keyId: row.key_id,
      keyName: row.name,
      expiresAt: Number(row.expires_at),
    };
  }

  @On(ParticipantChanged)
  async participantChanged({ participantId, name, roles, state }: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      `insert into participants (participant_id, name, roles, state) values ($1, $2, $3, $4)
       on conflict (participant_id) do update set name = excluded.name, roles = excluded.roles, state = excluded.state`,
      [participantId, name, roles, state],
    );
    tx.onceCommitted(() => this.ring.changed(participantId));
  }
}

const keyOf = (row: KeyRow): ApiKey => ({
  keyId: row.key_id,
  participantId: row.participant_id,
  name: row.name,
  roles: row.roles,
  createdAt: Number(row.created_at),
  expiresAt: Number(row.expires_at),
  revokedAt: Number(row.revoked_at),
  lastUsedDay: row.last_used_day,
});
