// how pools and nodes are judged, and who may see it.
import { Health, PoolChanged, RegistrationState } from '#contracts';
import { slotAt } from '#domain';
import { type TestExchange, operator } from '#testing';
import { SlotPools, minute, stranger } from './slot-pools.js';
import type { Told } from './told.js';

let pools: SlotPools;
let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  pools = await SlotPools.open();
  ({ exchange, told } = pools);
});
afterAll(() => exchange?.stop());

const monitoring: SlotPools['monitoring'] = (caller) => pools.monitoring(caller);
const pool: SlotPools['pool'] = (part) => pools.pool(part);
const report: SlotPools['report'] = (samples, caller) => pools.report(samples, caller);
const sample: SlotPools['sample'] = (poolId, part) => pools.sample(poolId, part);
const healthOf = async (poolId: number) => (await monitoring().getPoolHealth({ poolId })).health;
const toldOf = (poolId: number) => told.pools.filter((event) => event.poolId === poolId).map((event) => event.health);

describe('R-24: a pool that falls silent', () => {
  it('is SUSPECT past its deadline, LOST much later, and OK when it reports again', async () => {
    const poolId = await pool();
    await exchange.advance(10 * minute);
    expect(await healthOf(poolId)).toBe(Health.OK);
    await exchange.advance(minute);
    expect(await healthOf(poolId)).toBe(Health.SUSPECT);
    await exchange.advance(50 * minute);
    expect(await healthOf(poolId)).toBe(Health.LOST);

    const answer = await monitoring().heartbeat({ poolId });
    expect(answer).toMatchObject({ health: Health.OK, reason: '', lastSeenAt: exchange.now(), deadlineAt: exchange.now() + 10 * minute });
    await exchange.advance();
    expect(toldOf(poolId)).toEqual([Health.SUSPECT, Health.LOST, Health.OK]);

    const { changes } = await monitoring().listHealthChanges({ poolId });
    expect(changes.map((change) => change.health)).toEqual([Health.OK, Health.LOST, Health.SUSPECT]);
  });

  it('stays OK while heartbeats or telemetry come in time', async () => {
    const poolId = await pool();
    for (let round = 0; round < 4; round++) {
      await exchange.advance(9 * minute);
      if (round % 2) await monitoring().heartbeat({ poolId });
      else await report([sample(poolId)]);
    }
    expect(toldOf(poolId)).toEqual([]);
  });

  it('is judged from its verification on, and not while it is suspended', async () => {
    const draft = await pool({ state: RegistrationState.DRAFT });
    await exchange.advance(120 * minute);
    expect(toldOf(draft)).toEqual([]);
    await expect(monitoring().heartbeat({ poolId: draft })).rejects.toMatchObject({ rule: 'pool_must_have_been_verified' });

    const suspended = await pool();
    await told.tell(
      PoolChanged,
      PoolChanged.create({ poolId: suspended, providerId: 10, state: RegistrationState.SUSPENDED, heartbeatDeadlineSeconds: 600 }),
    );
    await exchange.advance(120 * minute);
    expect(toldOf(suspended)).toEqual([]);
    await told.tell(
      PoolChanged,
      PoolChanged.create({ poolId: suspended, providerId: 10, state: RegistrationState.VERIFIED, heartbeatDeadlineSeconds: 600 }),
    );
    await exchange.advance(9 * minute);
    expect(toldOf(suspended)).toEqual([]);
    await exchange.advance(2 * minute);
    expect(toldOf(suspended)).toEqual([Health.SUSPECT]);
  });
});

describe('R-24: telemetry against the registration', () => {
  it.each([
    ['more units than a node has', { unitsUp: 9 }, /^units_up_must_not_exceed_registration/],
    ['more power than the nameplate explains', { powerWatts: 4_801 }, /^power_must_not_exceed_nameplate_by_half/],
  ])('%s makes a pool SUSPECT until the operator forgives it', async (_name, part, reason) => {
    const poolId = await pool();
    await exchange.advance(9 * minute);
    await report([sample(poolId, part)]);
    await exchange.advance();
    expect(toldOf(poolId)).toEqual([Health.SUSPECT]);
    expect((await monitoring().getPoolHealth({ poolId })).reason).toMatch(reason);

    await report([sample(poolId)]);
    await monitoring().heartbeat({ poolId });
    expect(await healthOf(poolId)).toBe(Health.SUSPECT);
    const cleared = await monitoring(operator).overridePoolHealth({ poolId, health: Health.OK, reason: 'meter was replaced' });
    expect(cleared).toMatchObject({ health: Health.OK, reason: '' });
    const { changes } = await monitoring().listHealthChanges({ poolId });
    expect(changes[0]).toMatchObject({ health: Health.OK, reason: 'operator: meter was replaced', by: 'test/1' });
  });
});

describe('the operator’s word', () => {
  it('stands against heartbeats until it is lifted', async () => {
    const poolId = await pool();
    await monitoring(operator).overridePoolHealth({ poolId, health: Health.LOST, reason: 'flood' });
    await monitoring().heartbeat({ poolId });
    expect(await healthOf(poolId)).toBe(Health.LOST);
    await monitoring(operator).overridePoolHealth({ poolId, health: Health.OK, reason: 'dry again' });
    await exchange.advance();
    expect(toldOf(poolId)).toEqual([Health.LOST, Health.OK]);
  });

  it('refuses what is no judgement, and who is no operator', async () => {
    const poolId = await pool();
    const call = { poolId, health: Health.DRAINING, reason: 'works' };
    await expect(monitoring(operator).overridePoolHealth(call)).rejects.toMatchObject({ rule: 'health_must_be_ok_suspect_or_lost' });
    const draft = { ...call, health: Health.LOST, poolId: await pool({ state: RegistrationState.DRAFT }) };
    await expect(monitoring(operator).overridePoolHealth(draft)).rejects.toMatchObject({ rule: 'pool_must_be_verified' });
    await expect(monitoring().overridePoolHealth({ ...call, health: Health.OK })).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('R-24: nodes', () => {
  it('are LOST with no unit up, SUSPECT with a part, and well again when full', async () => {
    const poolId = await pool();
    await exchange.advance(60 * minute);
    const now = slotAt(exchange.now());
    await report([
      { poolId, node: 0, from: now - 3, to: now - 1, unitsUp: 8 },
      { poolId, node: 0, from: now - 1, to: now, unitsUp: 0 },
      { poolId, node: 1, from: now - 3, to: now, unitsUp: 5 },
      { poolId, node: 2, from: now - 3, to: now, unitsUp: 8 },
      { poolId, node: 3, from: now - 3, to: now - 1, unitsUp: 0 },
      { poolId, node: 3, from: now - 1, to: now, unitsUp: 8 },
    ]);
    await exchange.advance();
    const nodesTold = () => told.nodes.filter((event) => event.poolId === poolId).map(({ nodes, health }) => ({ nodes, health }));
    expect(nodesTold()).toEqual([
      { nodes: [0], health: Health.LOST },
      { nodes: [1], health: Health.SUSPECT },
    ]);
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ nodesSuspect: 1, nodesLost: 1 });

    // A late report of an older slot changes no judgement.
    await report([
      { poolId, node: 1, from: now - 4, to: now - 3, unitsUp: 8 },
      { poolId, node: 2, from: now - 4, to: now - 3, unitsUp: 0 },
    ]);
    await exchange.advance(15 * minute);
    await report([sample(poolId, { node: 0 }), sample(poolId, { node: 1, unitsUp: 0 })]);
    await exchange.advance();
    expect(nodesTold().slice(2)).toEqual([
      { nodes: [0], health: Health.OK },
      { nodes: [1], health: Health.LOST },
    ]);
  });
});

describe('what others may see', () => {
  it('a provider lists its own pools, the operator all, by health', async () => {
    const poolId = await pool();
    const others = await pool({ providerId: stranger.participantId });
    await monitoring(operator).overridePoolHealth({ poolId: others, health: Health.SUSPECT, reason: 'audit' });
    const own = await monitoring().listPoolHealth({});
    expect(own.pools.map((each) => each.poolId)).toContain(poolId);
    expect(own.pools.map((each) => each.providerId)).not.toContain(stranger.participantId);
    const suspect = await monitoring(operator).listPoolHealth({ health: Health.SUSPECT, providerId: stranger.participantId });
    expect(suspect.pools).toMatchObject([{ poolId: others, reason: 'operator: audit' }]);
    await expect(monitoring(stranger).getPoolHealth({ poolId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(monitoring(stranger).heartbeat({ poolId })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('pages through lists, and refuses cursors of others', async () => {
    const first = await monitoring(operator).listPoolHealth({ page: { limit: 2 } });
    expect(first.pools.map((each) => each.poolId)).toEqual([1, 2]);
    const next = await monitoring(operator).listPoolHealth({ page: { limit: 2, cursor: first.page!.nextCursor } });
    expect(next.pools.map((each) => each.poolId)).toEqual([3, 4]);
    const cursor = Buffer.from('["x"]').toString('base64url');
    await expect(monitoring(operator).listPoolHealth({ page: { limit: 2, cursor } })).rejects.toMatchObject({
      rule: 'cursor_must_come_from_a_list',
    });
  });

  it('keeps a history that only grows', async () => {
    const grants = await exchange.database.query<{ privilege_type: string }>(
      `select privilege_type from information_schema.role_table_grants
       where table_schema = 'monitoring' and table_name = 'health_changes' and grantee <> grantor`,
    );
    expect(grants.map((grant) => grant.privilege_type).sort()).toEqual(['INSERT', 'SELECT']);
  });
});
