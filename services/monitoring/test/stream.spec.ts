import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import {
  Health,
  LeaseChanged,
  LeaseState,
  LoggedFrames,
  MonitoringDefinition,
  PointBlock,
  PoolChanged,
  RegistrationState,
  StreamPointsRequest,
  StreamPointsResponse,
  TelemetryDefinition,
  Tier,
  bytesOf,
} from '#contracts';
import { MonitoringModule } from '#monitoring';
import { RpcTable, type Running, run } from '#platform';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { slotAt, slotMs, startOfSlot } from '#domain';
import { unpackCells } from '../src/core/cell-codec.js';
import { COUNT, LEAST, MOST, SUM, chunkNodes, stride } from '../src/core/cells.js';
import { Metric } from '../src/core/metric.js';
import { type Box, type PlainRollup, blockOf, plainRollups, pointsOf } from './points.js';
import { Told, ToldModule, tellPool } from './told.js';

const minute = 60_000;
const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const { UNITS_UP, UTILISATION, POWER } = Metric;

let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
  told = exchange.running.get(Told);
});
afterAll(() => exchange?.stop());

const monitoring = (caller = provider) => exchange.call(MonitoringDefinition, caller);
const telemetry = (caller = provider) => exchange.call(TelemetryDefinition, caller);

async function pool(part: Partial<PoolChanged> = {}): Promise<number> {
  const poolId = await tellPool(told, part);
  await exchange.advance();
  return poolId;
}

interface Sent {
  readonly sequence: number;
  readonly boxes: readonly Box[];
}

async function* framesOf(sender: string, frames: readonly Sent[]): AsyncGenerator<StreamPointsRequest> {
  for (const [index, { sequence, boxes }] of frames.entries())
    yield StreamPointsRequest.create({ sender: index === 0 ? sender : '', sequence, blocks: boxes.map(blockOf) });
}

/** Sends the frames over one stream. @returns the sum of the answers */
async function send(sender: string, frames: readonly Sent[], caller = provider, of?: Running): Promise<StreamPointsResponse> {
  const total = StreamPointsResponse.create();
  const requests = framesOf(sender, frames);
  const call = { caller: { ...caller, name: 'test' }, method: '' };
  const answers = of
    ? (of.get<RpcTable>(RpcTable).handler(TelemetryDefinition, 'streamPoints')(requests, call) as AsyncIterable<StreamPointsResponse>)
    : telemetry(caller).streamPoints(requests);
  for await (const answer of answers) {
    total.sequence = answer.sequence;
    for (const field of ['points', 'pointsRepeated', 'pointsLate', 'pointsFuture', 'pointsImpossible'] as const)
      total[field] += answer[field];
  }
  return total;
}

let senders = 0;
const once = (...boxes: Box[]) => send(`once-${++senders}`, [{ sequence: 1, boxes }]);

/** The roll-ups in the database, by 'pool/slot/node/metric'. */
async function storedRollups(poolIds: readonly number[]): Promise<Map<string, PlainRollup>> {
  const rows = await exchange.database.query<{ pool_id: number; slot: number; chunk: number; cells: Buffer }>(
    'select pool_id, slot, chunk, cells from monitoring.node_rollups where pool_id = any($1)',
    [poolIds],
  );
  const found = new Map<string, PlainRollup>();
  for (const row of rows)
    for (const [metric, of] of unpackCells(row.cells, row.pool_id, row.slot, row.chunk).metrics.entries())
      for (let node = 0; of && node < of.nodes; node++) {
        const number = (index: number) => of.numbers[node * stride + index]!;
        if (number(COUNT) > 0)
          found.set(`${row.pool_id}/${row.slot}/${row.chunk * chunkNodes + node}/${metric}`, {
            ...{ points: number(COUNT), sum: number(SUM), least: number(LEAST), most: number(MOST), minutes: of.minutes[node]! },
          });
      }
  return found;
}

const fifteen = (value: number) => Array<number>(15).fill(value);
/** Every minute of a slot. */
const everyMinute = (poolId: number, slot: number, values: Record<number, number>, firstNode = 0): Box => ({
  ...{ poolId, firstNode, at: startOfSlot(slot), ticks: 15, stepMs: minute },
  columns: Object.fromEntries(Object.entries(values).map(([metric, value]) => [metric, fifteen(value)])),
});

describe('points by stream', () => {
  it('are folded, whatever order, duplication and lateness, to what the raw points say', async () => {
    const poolIds = [await pool(), await pool({ nodeCount: 600 })];
    const now = exchange.now();
    const boxes = fc
      .record({
        pool: fc.nat({ max: 1 }),
        firstNode: fc.nat({ max: 2 }),
        wide: fc.boolean(),
        at: fc.integer({ min: now - 6 * slotMs, max: now + 2 * minute }),
        ticks: fc.integer({ min: 1, max: 3 }),
        stepMs: fc.integer({ min: 1, max: slotMs / 2 }),
        metrics: fc.uniqueArray(fc.constantFrom(UTILISATION, Metric.MEMORY_UTILISATION, Metric.SPEED), { minLength: 1, maxLength: 3 }),
        value: fc.nat({ max: 9_000 }),
      })
      .map(({ pool: at, wide, metrics, value, ...box }): Box => {
        const nodes = at === 1 && wide ? 590 : 1;
        const values = Array.from({ length: nodes * box.ticks }, (_one, index) => value + ((index * 7) % 900));
        return { ...box, poolId: poolIds[at]!, nodes, columns: Object.fromEntries(metrics.map((metric) => [metric, values])) };
      });
    const plain = new Map<string, PlainRollup>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(boxes, { maxLength: 3 }), { minLength: 2, maxLength: 10 }),
        fc.infiniteStream(fc.nat()),
        async (given, chance) => {
          const name = `property-${++senders}`;
          const frames = given.map((of, index): Sent => ({ sequence: index + 1, boxes: of }));
          // Some come twice, all in another order, over two streams at once.
          const pick = () => chance.next().value as number;
          const told = [...frames, ...frames.filter(() => pick() % 2 === 0)]
            .map((frame): [number, Sent] => [pick(), frame])
            .sort(([one], [other]) => one - other)
            .map(([, frame]) => frame);
          const half = pick() % told.length;
          const answers = await Promise.all(
            [told.slice(0, half), told.slice(half)].filter(({ length }) => length).map((part) => send(name, part)),
          );
          const sum = (field: 'points' | 'pointsLate' | 'pointsFuture') => answers.reduce((total, answer) => total + answer[field], 0);
          const points = given.flat().flatMap(pointsOf);
          expect(sum('points') + sum('pointsLate') + sum('pointsFuture')).toBe(points.length);
          plainRollups(points, now, plain);
          if (pick() % 2) await exchange.advance();
        },
      ),
      { numRuns: 25 },
    );
    await exchange.advance();
    expect(plain.size).toBeGreaterThan(500);
    expect(await storedRollups(poolIds)).toEqual(plain);
  });

  it('of a sequence that came before change nothing', async () => {
    const poolId = await pool();
    const frame: Sent = { sequence: 1, boxes: [{ poolId, nodes: 2, at: exchange.now(), columns: { [UNITS_UP]: [8, 8] } }] };
    expect(await send('again', [frame])).toMatchObject({ sequence: 1, points: 2, pointsRepeated: 0 });
    expect(await send('again', [frame, { ...frame, sequence: 3 }])).toMatchObject({ sequence: 3, points: 2, pointsRepeated: 2 });
    await expect(send('again', [{ ...frame, sequence: 34 }])).rejects.toMatchObject({ rule: 'sequence_must_follow' });
    expect(
      await send('again', [
        { sequence: 2, boxes: [] },
        { ...frame, sequence: 34 },
      ]),
    ).toMatchObject({ points: 2 });
  });

  it('of a time that has not come, of long ago, or that cannot be, are counted and not kept', async () => {
    const poolId = await pool();
    const now = exchange.now();
    const answer = await once(
      { poolId, at: now + 61_000, columns: { [UNITS_UP]: [8] } },
      { poolId, at: now - 5 * slotMs, columns: { [UNITS_UP]: [8], [POWER]: [100] } },
      { poolId, at: now, columns: { [UTILISATION]: [10_001], [POWER]: [100] } },
    );
    expect(answer).toMatchObject({ points: 1, pointsFuture: 1, pointsLate: 2, pointsImpossible: 1 });
    await exchange.advance();
    expect([...(await storedRollups([poolId])).keys()]).toEqual([`${poolId}/${slotAt(now)}/0/${POWER}`]);
  });

  it.each<[string, (poolId: number) => Sent[], object]>([
    ['of nobody’s pool', () => [{ sequence: 1, boxes: [{ poolId: 999_999, at: 1, columns: { [UNITS_UP]: [8] } }] }], { kind: 'absent' }],
    [
      'of a node that is not registered',
      (poolId) => [{ sequence: 1, boxes: [{ poolId, firstNode: 3, nodes: 2, at: 1, columns: { [UNITS_UP]: [8, 8] } }] }],
      { rule: 'node_must_be_registered', field: '[0].blocks[0].nodes' },
    ],
    [
      'with a column too short',
      (poolId) => [{ sequence: 1, boxes: [{ poolId, nodes: 2, at: 1, columns: { [UNITS_UP]: [8] } }] }],
      { rule: 'column_must_hold_a_value_of_each_node_and_tick', field: '[0].blocks[0].columns[0].values' },
    ],
  ])('%s are refused, and what came before is kept', async (_name, bad, refusal) => {
    const poolId = await pool();
    const good: Box = { poolId, at: exchange.now(), columns: { [UNITS_UP]: [8] } };
    const name = `refused-${++senders}`;
    const wrong = bad(poolId).map(({ boxes }, index): Sent => ({ sequence: index + 2, boxes }));
    const asked = send(name, [{ sequence: 1, boxes: [good] }, ...wrong]);
    const index = '[1]';
    await expect(asked).rejects.toMatchObject(
      'field' in refusal ? { ...refusal, field: String(refusal.field).replace('[0]', index) } : refusal,
    );
    expect(await send(name, [{ sequence: 1, boxes: [good] }])).toMatchObject({ pointsRepeated: 1 });
  });

  it('are their provider’s alone, of pools that were verified, and of one sender a stream', async () => {
    const [own, draft] = [await pool(), await pool({ state: RegistrationState.DRAFT })];
    const of = (poolId: number): Sent[] => [{ sequence: 1, boxes: [{ poolId, at: exchange.now(), columns: { [UNITS_UP]: [8] } }] }];
    await expect(send('theirs', of(own), { participantId: 11, roles: ['provider'] })).rejects.toMatchObject({ kind: 'absent' });
    await expect(send('draft', of(draft))).rejects.toMatchObject({ rule: 'pool_must_have_been_verified' });
    await expect(send('', of(own))).rejects.toMatchObject({ rule: 'sender_must_be_given' });
    await expect(send('buyer', of(own), { participantId: 12, roles: ['buyer'] })).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('several processes that receive', () => {
  let second: Running;
  beforeAll(async () => {
    second = await run([MonitoringModule], {
      ...{ databaseUrl: exchange.database.url, databasePool: 6, clock: 'virtual', logLevel: 'error', httpPort: 0, grpcPort: 0 },
    });
  });
  afterAll(() => second?.stop());

  const writers = () => exchange.database.query<{ writer_id: string }>('select writer_id from monitoring.point_writers order by 1');

  it('hear one sender together, and what one of them leaves behind another takes over, each point once', async () => {
    const poolId = await pool();
    const now = exchange.now();
    const boxes = Array.from({ length: 12 }, (_, index): Box => ({
      poolId,
      nodes: 4,
      at: now - index * minute,
      columns: { [POWER]: [100 + index, 0, 7, index] },
    }));
    const frames = boxes.map((box, index): Sent => ({ sequence: index + 1, boxes: [box] }));
    await send('moving', frames.slice(0, 4));
    await send('moving', frames.slice(2, 7), provider, second);
    // Each is found silent by the other, though it lives: as one that was frozen is.
    const before = await writers();
    expect(before.length).toBe(2);
    while ((await writers()).some(({ writer_id }) => before.some((one) => one.writer_id === writer_id))) {
      await exchange.database.query(`update monitoring.point_writers set seen_at = seen_at - interval '1 hour'`);
      await sleep(20);
    }
    await send('moving', frames.slice(0, 9));
    await send('moving', frames.slice(5), provider, second);
    await second.stop();
    await exchange.advance();
    expect(await storedRollups([poolId])).toEqual(plainRollups(boxes.flatMap(pointsOf), now));
  });

  it('what a dead writer left in its log is merged, late as it is now', async () => {
    const poolId = await pool();
    const box: Box = { poolId, at: exchange.now() - 10 * slotMs, columns: { [POWER]: [300] } };
    const frames = bytesOf(LoggedFrames, { frames: [{ blocks: [blockOf(box)] as PointBlock[] }] });
    await exchange.database.query(
      `with dead as (insert into monitoring.point_writers (seen_at) values (now() - interval '1 hour') returning writer_id)
       insert into monitoring.point_log select writer_id, 1, $1, $2 from dead`,
      [box.at, frames],
    );
    let found = await storedRollups([poolId]);
    for (; found.size === 0; found = await storedRollups([poolId])) await sleep(50);
    expect(found).toEqual(plainRollups(pointsOf(box), box.at));
    expect(await exchange.database.query('select from monitoring.point_log where received_at = $1', [box.at])).toEqual([]);
  });
});

describe('R-24: points against the registration', () => {
  it('stop a pool that reports more units than it has, until it is forgiven', async () => {
    const poolId = await pool();
    await once({ poolId, at: exchange.now(), columns: { [UNITS_UP]: [9] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({
      health: Health.SUSPECT,
      reason: 'units_up_must_not_exceed_registration: node 0 reports 9 of 8',
    });
    await monitoring(operator).overridePoolHealth({ poolId, health: Health.OK, reason: 'miscounted' });
    await once({ poolId, at: exchange.now(), columns: { [UNITS_UP]: [8] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ health: Health.OK });
  });

  it('are a sign of life, and tell of nodes that are down and well again', async () => {
    const poolId = await pool();
    await exchange.advance(9 * minute);
    const at = exchange.now();
    await once({ poolId, nodes: 3, at, columns: { [UNITS_UP]: [8, 3, 0] } });
    await exchange.advance(9 * minute);
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({
      health: Health.OK,
      lastSeenAt: at,
      nodesSuspect: 1,
      nodesLost: 1,
    });
    await once({ poolId, firstNode: 1, nodes: 2, at: exchange.now(), columns: { [UNITS_UP]: [8, 8] } });
    await exchange.advance();
    expect(await monitoring().getPoolHealth({ poolId })).toMatchObject({ nodesSuspect: 0, nodesLost: 0 });
    const { changes } = await monitoring().listHealthChanges({ poolId });
    expect(changes.map(({ nodes, health }) => [nodes, health])).toEqual([
      [[1, 2], Health.OK],
      [[2], Health.LOST],
      [[1], Health.SUSPECT],
    ]);
  });
});

describe('R-29, R-30: what is judged by points', () => {
  it('is what reports of the same would be judged', async () => {
    const [byPoints, byReports] = [await pool(), await pool()];
    await exchange.advance(3 * slotMs);
    const to = slotAt(exchange.now());
    const from = to - 2;
    const values = { [UNITS_UP]: 6, [UTILISATION]: 4_000, [POWER]: 2_001 };
    await once(everyMinute(byPoints, from, values), everyMinute(byPoints, from + 1, values), everyMinute(byPoints, from, values, 3));
    const sample = { unitsUp: 6, utilisationBp: 4_000, powerWatts: 2_001 };
    await monitoring().reportTelemetry({
      sequence: 1,
      samples: [
        { poolId: byReports, node: 0, from, to, ...sample },
        { poolId: byReports, node: 3, from, to: from + 1, ...sample },
      ],
    });
    await exchange.advance();
    const { poolId: _one, ...got } = await monitoring().getPoolAvailability({ poolId: byPoints, from: from - 1, to });
    const { poolId: _other, ...expected } = await monitoring().getPoolAvailability({ poolId: byReports, from: from - 1, to });
    expect(got).toEqual(expected);
    expect(got).toMatchObject({ unitSlotsUp: 18, nodeSlotsReported: 3, utilisationBp: 4_000, energyWh: 1_500 });

    // Where points speak of a slot, what is reported of it counts no more.
    await monitoring().reportTelemetry({ sequence: 2, samples: [{ poolId: byPoints, node: 1, from, to, ...sample }] });
    expect((await monitoring().getPoolAvailability({ poolId: byPoints, from: from - 1, to })).unitSlotsUp).toBe(18);
  });

  it('holds for a lease, too', async () => {
    const [byPoints, byReports] = [await pool(), await pool()];
    const from = slotAt(exchange.now()) + 1;
    const leaseOf = (leaseId: number, poolId: number, state: LeaseState): LeaseChanged =>
      LeaseChanged.create({
        ...{ leaseId, poolId, state, buyerId: 20, providerId: 10, units: 4, tier: Tier.FIRM },
        nodes: [{ node: 2, units: 4 }],
        delivered: { from, to: from + 3 },
      });
    const leases = [leaseOf(9_001, byPoints, LeaseState.ACTIVE), leaseOf(9_002, byReports, LeaseState.ACTIVE)];
    for (const lease of leases) await told.tell(LeaseChanged, lease);
    await exchange.advance(4 * slotMs);
    const values = { [UNITS_UP]: 3, [POWER]: 1_600 };
    await once(everyMinute(byPoints, from, values, 2), everyMinute(byPoints, from + 1, { [UNITS_UP]: 3 }, 2));
    const report = { node: 2, unitsUp: 3, utilisationBp: 0, powerWatts: 1_600 };
    await monitoring().reportTelemetry({ sequence: 1, samples: [{ poolId: byReports, from, to: from + 1, ...report }] });
    await exchange.advance();
    const of = (leaseId: number) => monitoring(operator).getLeaseAvailability({ leaseId });
    const got = await of(9_001);
    expect(got).toMatchObject({ unitSlotsDue: 12, unitSlotsUp: 6, energyMeasured: false });
    // A slot whose power is not told takes what is registered, as one that is not told at all.
    expect(got.energyWh).toBe((await of(9_002)).energyWh);
    for (const lease of leases) await told.tell(LeaseChanged, { ...lease, state: LeaseState.ENDED });
    await exchange.advance(2 * 3_600_000);
    expect(told.leases.find(({ leaseId }) => leaseId === 9_001)).toMatchObject({ unitSlotsUp: 6, energyWh: got.energyWh });
  });
});

describe('roll-ups', () => {
  it('are listed by pool and by node, page by page', async () => {
    const poolId = await pool({ nodeCount: 300 });
    await exchange.advance(3 * slotMs);
    const to = slotAt(exchange.now());
    const values = { [UNITS_UP]: 8, [UTILISATION]: 5_000, [POWER]: 2_000 };
    await once(...[to - 2, to - 1].flatMap((slot) => [everyMinute(poolId, slot, values), everyMinute(poolId, slot, values, 299)]));
    await exchange.advance();
    const first = await telemetry().listPoolRollups({ poolId, from: to - 3, to, page: { cursor: '', limit: 1 } });
    expect(first.rollups).toEqual([{ slot: to - 2, nodes: 2, unitsUp: 16, utilisationBp: 5_000, energyWh: 1_000 }]);
    const rest = await telemetry().listPoolRollups({ poolId, from: to - 3, to, page: { cursor: first.page!.nextCursor, limit: 100 } });
    expect(rest.rollups.map(({ slot }) => slot)).toEqual([to - 1]);
    const { rollups } = await telemetry().listNodeRollups({ poolId, node: 299, from: to - 1, to });
    expect(rollups).toEqual([
      {
        slot: to - 1,
        metrics: [
          { metric: UNITS_UP, points: 15, sum: 120, least: 8, most: 8, minutes: 0x7fff },
          { metric: UTILISATION, points: 15, sum: 75_000, least: 5_000, most: 5_000, minutes: 0x7fff },
          { metric: POWER, points: 15, sum: 30_000, least: 2_000, most: 2_000, minutes: 0x7fff },
        ],
      },
    ]);
    expect((await telemetry().listNodeRollups({ poolId, node: 298, from: to - 1, to })).rollups).toEqual([]);
    await expect(telemetry({ participantId: 11, roles: ['provider'] }).listPoolRollups({ poolId, from: to - 1, to })).rejects.toMatchObject(
      {
        kind: 'absent',
      },
    );
  });
});
