// Keys: who makes them, what they may do, and when they stop working.
import { jest } from '@jest/globals';
import pg from 'pg';
import { GatewayModule } from '#gateway';
import { RegistryModule } from '#registry';
import { OrganisationSize, RegistrationState, RegistryDefinition, Role } from '#contracts';
import { keyIdOf, KeyRing } from '../src/key-ring.js';
import { openCast } from './cast.js';
import type { Cast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast({}, [RegistryModule, GatewayModule]);
});
afterAll(() => cast?.exchange.stop());

interface Key {
  readonly key: { keyId: number; participantId: number; name: string; roles: string[]; lastUsedDay?: string; revokedAt?: string };
  readonly secret: string;
  readonly rule?: string;
}

const make = (by: string, body: object, idempotencyKey?: string) =>
  cast.exchange.http<Key>('/v1/keys', { key: by, body, ...(idempotencyKey ? { idempotencyKey } : {}) });
const me = (key: string) => cast.exchange.http<{ participantId: number; roles: string[]; rule?: string }>('/v1/me', { key });
/** A participant of its own, so that what is done to it disturbs nobody. */
const participant = async (...roles: Role[]): Promise<number> => {
  const details = { name: 'one more', roles, region: 500_000, industry: 'I', size: OrganisationSize.SMALL };
  return (await cast.exchange.call(RegistryDefinition).registerParticipant({ details })).participantId;
};

describe('the operator’s first key', () => {
  it('is made anew by the next start where it was never used, and the old one is none', async () => {
    const old = cast.exchange.running.get(GatewayModule).firstOperatorKey();
    await cast.exchange.restart();
    expect(await me(old!)).toMatchObject({ status: 401, body: { rule: 'key_must_be_known' } });
  });

  it('is given once, and works', async () => {
    const gateway = cast.exchange.running.get(GatewayModule);
    const secret = gateway.firstOperatorKey();
    expect(secret).toMatch(/^cx_[\w-]{43}$/);
    expect(gateway.firstOperatorKey()).toBeUndefined();
    expect(await me(secret!)).toMatchObject({ status: 200, body: { participantId: 1, roles: ['OPERATOR'] } });
  });

  it('is not made again by another start', async () => {
    await cast.exchange.restart();
    expect(cast.exchange.running.get(GatewayModule).firstOperatorKey()).toBeUndefined();
    expect((await me(cast.keys.operator)).status).toBe(200);
  });

  it('leaves no secret in the database', async () => {
    const { body } = await make(cast.keys.buyer, { name: 'searched for' });
    const tables = await cast.exchange.database.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema = 'gateway'`,
    );
    for (const { name } of tables) {
      const rows = await cast.exchange.database.query(`select 1 from ${name} t where t::text like $1 or t::text like $2`, [
        `%${body.secret}%`,
        `%${Buffer.from(body.secret).toString('hex')}%`,
      ]);
      expect([name, rows]).toEqual([name, []]);
    }
  });
});

describe('a new key', () => {
  it('holds what its participant holds, and is known by its list', async () => {
    const made = await make(cast.keys.operator, { participantId: cast.participants.buyer, name: 'desk' });
    expect(made).toMatchObject({ status: 200, body: { key: { participantId: cast.participants.buyer, name: 'desk', roles: ['BUYER'] } } });
    expect(await me(made.body.secret)).toMatchObject({ status: 200, body: { roles: ['BUYER'] } });
    const { body } = await cast.exchange.http<{ keys: Key['key'][] }>('/v1/keys?limit=1', { key: cast.keys.buyer });
    expect(body.keys).toEqual([{ ...made.body.key, lastUsedDay: '2026-01-01' }]);
  });

  it('is made once for one idempotency key, its secret told once', async () => {
    const first = await make(cast.keys.buyer, { name: 'twice' }, 'twice');
    const again = await make(cast.keys.buyer, { name: 'twice' }, 'twice');
    expect(again.body).toEqual({ ...first.body, secret: '' });
    expect(await make(cast.keys.buyer, { name: 'thrice' }, 'twice')).toMatchObject({
      status: 409,
      body: { rule: 'idempotency_key_must_not_be_reused' },
    });
  });

  it('may not do more than the key that made it', async () => {
    const both = await participant(Role.BUYER, Role.PROVIDER);
    const buyer = await cast.exchange.key({ participantId: both, roles: ['buyer'] });
    expect((await make(buyer, { name: 'same' })).body.key.roles).toEqual(['BUYER']);
    for (const role of ['PROVIDER', 'OPERATOR', 'SERVICE'])
      expect(await make(buyer, { name: 'more', roles: [role] })).toMatchObject({ status: 403, body: { rule: 'key_roles_must_be_held' } });
    expect((await make(cast.keys.operator, { participantId: both, name: 'both' })).body.key.roles).toEqual(['BUYER', 'PROVIDER']);
  });

  it('of an authority comes from the operator alone: who made one would be two officers (R-34)', async () => {
    for (const roles of [['AUTHORITY'], []])
      expect(await make(cast.keys.authority, { name: 'second officer', roles })).toMatchObject({
        status: 403,
        body: { rule: 'authority_keys_must_come_from_the_operator' },
      });
    const both = await participant(Role.AUTHORITY, Role.BUYER);
    const key = await cast.exchange.key({ participantId: both, roles: ['authority', 'buyer'] });
    expect((await make(key, { name: 'desk', roles: ['BUYER'] })).body.key.roles).toEqual(['BUYER']);
  });

  it.each([
    ['for another participant', { participantId: 1 }, 403, 'key_must_be_of_ones_own_participant'],
    ['that has expired', { expiresAt: '2025-12-31T23:59:59+08:00' }, 400, 'key_must_expire_later'],
  ])('is refused %s', async (_name, more, status, rule) => {
    expect(await make(cast.keys.buyer, { name: 'k', ...more })).toMatchObject({ status, body: { rule } });
  });

  it('is refused for nobody', async () => {
    expect(await make(cast.keys.operator, { name: 'k', participantId: 999_999 })).toMatchObject({
      status: 404,
      body: { rule: 'entity_must_exist' },
    });
  });
});

describe('a key stops working', () => {
  it('when it is revoked, at once, and only by its own', async () => {
    const { body } = await make(cast.keys.buyer, { name: 'short lived' });
    const path = `/v1/keys/${body.key.keyId}`;
    expect((await me(body.secret)).status).toBe(200);
    expect((await cast.exchange.http(path, { method: 'DELETE', key: cast.keys.provider })).status).toBe(404);
    expect((await cast.exchange.http(path, { method: 'DELETE', key: cast.keys.buyer })).status).toBe(200);
    expect(await me(body.secret)).toMatchObject({ status: 401, body: { rule: 'key_must_not_be_revoked' } });
    expect((await cast.exchange.http(path, { method: 'DELETE', key: cast.keys.buyer })).status).toBe(200);
  });

  it('when it expires', async () => {
    const expiresAt = new Date(cast.exchange.now() + 60_000).toISOString();
    const { body } = await make(cast.keys.buyer, { name: 'until soon', expiresAt });
    expect((await me(body.secret)).status).toBe(200);
    await cast.exchange.advance(60_000);
    expect(await me(body.secret)).toMatchObject({ status: 401, body: { rule: 'key_must_not_be_expired' } });
  });

  it('when its participant is suspended, and works again after', async () => {
    const id = await participant(Role.BUYER);
    const registry = cast.exchange.call(RegistryDefinition);
    const key = await cast.exchange.key({ participantId: id, roles: ['buyer'] });
    const become = async (...states: RegistrationState[]) => {
      for (const state of states) await registry.moveParticipant({ id, state, reason: 'test' });
      await cast.exchange.advance();
    };
    await become(RegistrationState.SUBMITTED, RegistrationState.VERIFIED);
    expect((await me(key)).status).toBe(200);
    await become(RegistrationState.SUSPENDED);
    expect(await me(key)).toMatchObject({ status: 401, body: { rule: 'participant_must_not_be_suspended' } });
    await become(RegistrationState.VERIFIED);
    expect((await me(key)).status).toBe(200);
  });
});

it('lists only one’s own keys, but to the operator and the regulator all', async () => {
  const seen = async (key: string) => {
    const { body } = await cast.exchange.http<{ keys: Key['key'][] }>('/v1/keys?limit=1000', { key });
    return new Set(body.keys.map(({ participantId }) => participantId));
  };
  expect(await seen(cast.keys.buyer)).toEqual(new Set([cast.participants.buyer]));
  expect((await seen(cast.keys.operator)).size).toBeGreaterThan(5);
  expect(await seen(cast.keys.regulator)).toEqual(await seen(cast.keys.operator));
  expect((await cast.exchange.http('/v1/keys?participantId=1', { key: cast.keys.buyer })).status).toBe(404);
});

it('asks the database once for many calls', async () => {
  const ring = cast.exchange.running.get(KeyRing);
  const callers = await Promise.all(Array.from({ length: 100 }, () => ring.callerOf(cast.keys.buyer)));
  expect(new Set(callers).size).toBe(1);
});

describe('a key in use', () => {
  let ring: KeyRing;
  let secret: string;
  let begun: number;
  /** Asks as if so long after the first time. */
  const callerAt = (ms: number) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(begun + ms);
    const caller = ring.callerOf(secret);
    clock.mockRestore();
    return caller;
  };
  const waiting = () =>
    cast.exchange.database
      .query(`select from pg_locks where relation = 'gateway.keys'::regclass and not granted`)
      .then((rows) => rows.length);
  /** Nobody else reads the table of keys meanwhile. */
  const whileLocked = async (work: (keys: pg.Client) => Promise<void>) => {
    const keys = new pg.Client({ connectionString: cast.exchange.database.url });
    await keys.connect();
    try {
      await keys.query('begin; lock table gateway.keys in access exclusive mode');
      await work(keys);
      await keys.query('commit');
    } finally {
      await keys.end();
    }
  };
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(async () => {
    ring = cast.exchange.running.get(KeyRing);
    secret = (await make(cast.keys.buyer, { name: 'in use' })).body.secret;
    begun = performance.now();
    await callerAt(0);
  });

  it('is looked up again behind the calls, once, and found revoked though nobody told', async () => {
    const keyId = keyIdOf(await callerAt(400));
    await whileLocked(async (keys) => {
      // These are answered while the look-up waits.
      for (const ms of [600, 700, 1_000]) expect(keyIdOf(await callerAt(ms))).toBe(keyId);
      await until(async () => (await waiting()) === 1);
      await keys.query('update gateway.keys set revoked_at = 1 where key_id = $1', [keyId]);
    });
    await until(async () => (await waiting()) === 0);
    await expect(callerAt(1_100)).rejects.toMatchObject({ rule: 'key_must_not_be_revoked' });
  });

  it('is not found as it was before a change that was told of', async () => {
    const keyId = keyIdOf(await callerAt(0));
    await whileLocked(async () => {
      await callerAt(600);
      await until(async () => (await waiting()) === 1);
      ring.changed(cast.participants.buyer);
    });
    await until(async () => (await waiting()) === 0);
    await cast.exchange.database.query('update gateway.keys set revoked_at = 1 where key_id = $1', [keyId]);
    await expect(callerAt(700)).rejects.toMatchObject({ rule: 'key_must_not_be_revoked' });
  });
});
