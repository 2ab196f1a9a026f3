import {
  Health,
  LeaseChanged,
  LeaseState,
  MonitoringDefinition,
  PoolChanged,
  RegistrationState,
  type TelemetrySample,
  Tier,
} from '#contracts';
import { slotAt } from '#domain';
import fc from 'fast-check';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { MonitoringModule } from '#monitoring';
import { Told, ToldModule, tellPool } from './told.js';

const minute = 60_000;
const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const stranger: TestCaller = { participantId: 11, roles: ['provider'] };
const buyer: TestCaller = { participantId: 20, roles: ['buyer'] };

let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
  told = exchange.running.get(Told);
});
afterAll(() => exchange?.stop());

const monitoring = (caller = provider) => exchange.call(MonitoringDefinition, caller);

/** A verified pool of its own: 4 nodes of 8 units, ten minutes' deadline, 400 W a unit. */
async function pool(part: Partial<PoolChanged> = {}): Promise<number> {
  const poolId = await tellPool(told, part);
  await exchange.advance();
  return poolId;
}

let sequence = 0;
const report = (samples: Partial<TelemetrySample>[], caller = provider) =>
  monitoring(caller).reportTelemetry({ sequence: ++sequence, samples });

/** All of a node in the slot before the one that runs. */
const sample = (poolId: number, part: Partial<TelemetrySample> = {}): Partial<TelemetrySample> => {
  const now = slotAt(exchange.now());
  return { poolId, from: now - 1, to: now, unitsUp: 8, utilisationBp: 5_000, powerWatts: 2_000, ...part };
};
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

describe('telemetry', () => {
  const availability = (poolId: number, slots: number) => {
    const now = slotAt(exchange.now());
    return monitoring().getPoolAvailability({ poolId, from: now - slots, to: now });
  };

  it('is counted once however often it comes; of two reports the greater sequence stands', async () => {
    const poolId = await pool();
    await exchange.advance(75 * minute);
    const now = slotAt(exchange.now());
    const run = { poolId, node: 0, from: now - 4, to: now, unitsUp: 8, utilisationBp: 4_000, powerWatts: 1_600 };
    expect(await monitoring().reportTelemetry({ sequence: 100, samples: [run] })).toEqual({ nodeSlots: 4, nodeSlotsKept: 4 });
    expect(await monitoring().reportTelemetry({ sequence: 100, samples: [run] })).toEqual({ nodeSlots: 4, nodeSlotsKept: 0 });
    expect(await monitoring().reportTelemetry({ sequence: 99, samples: [{ ...run, unitsUp: 1 }] })).toMatchObject({ nodeSlotsKept: 0 });
    expect(await monitoring().reportTelemetry({ sequence: 101, samples: [{ ...run, from: now - 1, unitsUp: 4 }] })).toMatchObject({
      nodeSlotsKept: 1,
    });
    expect(await availability(poolId, 4)).toEqual({
      poolId,
      window: { from: now - 4, to: now },
      unitSlotsDue: 4 * 32,
      unitSlotsUp: 28,
      availabilityBp: 2_187,
      nodeSlotsReported: 4,
      utilisationBp: 4_000,
      energyWh: 1_600,
    });
  });

  it('keeps the same whatever order, repetition and lateness it came in (a property)', async () => {
    const poolId = await pool();
    await exchange.advance(6 * 60 * minute);
    const now = slotAt(exchange.now());
    const reports = fc.array(
      fc.record({
        sequence: fc.integer({ min: 1, max: 1_000_000 }),
        node: fc.integer({ min: 0, max: 3 }),
        from: fc.integer({ min: 1, max: 16 }),
        length: fc.integer({ min: 1, max: 8 }),
        unitsUp: fc.integer({ min: 0, max: 8 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(reports, fc.infiniteStream(fc.nat()), async (given, order) => {
        // Each round's sequences pass those of the rounds before, so that it starts as if from nothing.
        const base = ++round * 10_000_000;
        const whole = [0, 1, 2, 3].map((node) => ({ sequence: 0, node, from: 1, length: 23, unitsUp: 0 }));
        const all = [...new Map([...whole, ...given].map((each) => [`${each.sequence}/${each.node}`, each])).values()];
        const sent = [...all, ...given.filter((each) => all.includes(each))]
          .map((report) => ({ report, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at);
        for (const { report } of sent) {
          const { sequence, node, from, length, unitsUp } = report;
          const samples = [{ poolId, node, from: now - 24 + from, to: Math.min(now, now - 24 + from + length), unitsUp }];
          await monitoring().reportTelemetry({ sequence: base + sequence, samples });
        }
        const newest = new Map<string, { sequence: number; unitsUp: number }>();
        for (const { sequence, node, from, length, unitsUp } of all)
          for (let slot = from; slot < Math.min(24, from + length); slot++) {
            const kept = newest.get(`${node}/${slot}`);
            if (!kept || kept.sequence < sequence) newest.set(`${node}/${slot}`, { sequence, unitsUp });
          }
        const up = [...newest.values()].reduce((sum, each) => sum + each.unitsUp, 0);
        const { unitSlotsUp } = await monitoring().getPoolAvailability({ poolId, from: now - 23, to: now });
        expect(unitSlotsUp).toBe(up);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same answer to the same key', async () => {
    const poolId = await pool();
    await exchange.advance(15 * minute);
    const request = { sequence: 1, samples: [sample(poolId)] };
    const key = { idempotencyKey: 'telemetry-once' };
    const first = await monitoring().reportTelemetry(request, key);
    expect(await monitoring().reportTelemetry(request, key)).toEqual(first);
  });

  it('is refused as a whole, naming the sample', async () => {
    const poolId = await pool();
    await exchange.advance(30 * minute);
    const good = sample(poolId, { node: 0 });
    const wrong: [Partial<TelemetrySample>, object][] = [
      [{ node: 4 }, { rule: 'node_must_be_registered', field: 'samples[1].node' }],
      [
        { node: 1, to: slotAt(exchange.now()) + 1 },
        { rule: 'telemetry_must_be_of_slots_that_have_passed', field: 'samples[1].to' },
      ],
      [{ node: 0 }, { rule: 'samples_of_a_node_must_not_overlap' }],
      [{ poolId: 999 }, { kind: 'absent' }],
      [{ node: 1, unitsUp: -1 }, { kind: 'invalid' }],
    ];
    for (const [part, refusal] of wrong) await expect(report([good, sample(poolId, part)])).rejects.toMatchObject(refusal);
    await expect(report([good], stranger)).rejects.toMatchObject({ kind: 'absent' });
    await expect(report([good], operator)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(report([])).rejects.toMatchObject({ kind: 'invalid' });
    expect(await availability(poolId, 2)).toMatchObject({ nodeSlotsReported: 0 });
  });

  it('streams, each message kept for itself', async () => {
    const poolId = await pool();
    await exchange.advance(30 * minute);
    async function* messages() {
      for (let node = 0; node < 4; node++)
        yield { sequence: 1, samples: [sample(poolId, { node })].map((part) => ({ ...blank, ...part })) };
    }
    const blank = { poolId: 0, node: 0, from: 0, to: 0, unitsUp: 0, utilisationBp: 0, powerWatts: 0 };
    expect(await monitoring().streamTelemetry(messages())).toEqual({ nodeSlots: 4, nodeSlotsKept: 4 });
    expect(await availability(poolId, 1)).toMatchObject({ availabilityBp: 10_000 });
  });
});

describe('R-29: a lease is measured once, when its telemetry can no longer change', () => {
  const lease = (poolId: number, part: Partial<LeaseChanged>) =>
    told.tell(
      LeaseChanged,
      LeaseChanged.create({
        state: LeaseState.CONFIRMED,
        buyerId: buyer.participantId,
        providerId: provider.participantId,
        poolId,
        nodes: [
          { node: 0, units: 8 },
          { node: 1, units: 2 },
        ],
        units: 10,
        tier: Tier.FIRM,
        ...part,
      }),
    );

  it('by the units that each node had up; a slot without telemetry is down', async () => {
    const poolId = await pool();
    const from = slotAt(exchange.now()) + 1;
    const delivered = { from, to: from + 4 };
    await lease(poolId, { leaseId: 1, delivered });
    await lease(poolId, { leaseId: 1, delivered, state: LeaseState.ACTIVE });
    await exchange.advanceTo((from + 4) * 900_000);
    await lease(poolId, { leaseId: 1, delivered, state: LeaseState.ENDED });
    await report([
      { poolId, node: 0, from, to: from + 3, unitsUp: 6, powerWatts: 3_000 },
      { poolId, node: 1, from, to: from + 4, unitsUp: 7, powerWatts: 3_000 },
    ]);
    await exchange.advance(59 * minute);
    expect(told.leases).toEqual([]);
    expect(await monitoring(buyer).getLeaseAvailability({ leaseId: 1 })).toMatchObject({
      unitSlotsDue: 40,
      unitSlotsUp: 26,
      measured: false,
    });

    await exchange.advance(minute);
    // Watt-slots: node 0 three times 3000 × 8/8 and once 8 × 400 declared, node 1 four times 3000 × 2/8; a quarter of an hour each.
    const measured = { leaseId: 1, unitSlotsDue: 40, unitSlotsUp: 26, energyWh: (9_000 + 3_200 + 3_000) / 4, energyMeasured: false };
    expect(told.leases).toEqual([{ ...measured, buyerId: buyer.participantId }]);

    await report([{ poolId, node: 0, from: from + 3, to: from + 4, unitsUp: 8 }]);
    await exchange.advance(120 * minute);
    expect(told.leases).toHaveLength(1);
    expect(await monitoring().getLeaseAvailability({ leaseId: 1 })).toEqual({
      ...measured,
      window: delivered,
      availabilityBp: 6_500,
      measured: true,
    });
    await expect(monitoring(stranger).getLeaseAvailability({ leaseId: 1 })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('in the window that stands where it was cut short, on each node while it ran there', async () => {
    const [first, second] = [await pool(), await pool()];
    const from = slotAt(exchange.now()) + 1;
    await lease(first, { leaseId: 2, delivered: { from, to: from + 8 } });
    await exchange.advanceTo((from + 1) * 900_000 + minute);
    await lease(second, { leaseId: 2, state: LeaseState.ACTIVE, delivered: { from, to: from + 8 }, nodes: [{ node: 3, units: 10 }] });
    await exchange.advanceTo((from + 4) * 900_000);
    await lease(second, { leaseId: 2, state: LeaseState.CUT_SHORT, delivered: { from, to: from + 4 }, nodes: [{ node: 3, units: 10 }] });
    await report([
      { poolId: first, node: 0, from, to: from + 4, unitsUp: 8 },
      { poolId: first, node: 1, from, to: from + 4, unitsUp: 8 },
      { poolId: second, node: 3, from, to: from + 4, unitsUp: 5 },
    ]);
    await exchange.advance(61 * minute);
    // Two slots at the first pool, whole; two at the second with five of ten units.
    expect(told.leases.find((event) => event.leaseId === 2)).toMatchObject({ unitSlotsDue: 40, unitSlotsUp: 30, energyMeasured: true });
  });

  it('though it delivered nothing', async () => {
    const poolId = await pool();
    const from = slotAt(exchange.now()) + 1;
    await lease(poolId, { leaseId: 3, delivered: { from, to: from + 4 } });
    await lease(poolId, { leaseId: 3, state: LeaseState.CUT_SHORT, delivered: { from, to: from } });
    await exchange.advance(90 * minute);
    expect(told.leases.find((event) => event.leaseId === 3)).toEqual({
      leaseId: 3,
      unitSlotsDue: 0,
      unitSlotsUp: 0,
      energyWh: 0,
      energyMeasured: true,
      buyerId: buyer.participantId,
    });
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
