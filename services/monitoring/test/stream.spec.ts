// Points by stream: what of them is kept, by one process or several.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { LoggedFrames, PointBlock, type PoolChanged, RegistrationState, type StreamPointsResponse, bytesOf } from '#contracts';
import { slotAt, slotMs } from '#domain';
import { MonitoringModule } from '#monitoring';
import { type Running, run } from '#platform';
import { type TestCaller, type TestExchange, testExchange } from '#testing';
import { unpackCells } from '../src/core/cell-codec.js';
import { COUNT, LEAST, MOST, SUM, chunkNodes, stride } from '../src/core/cells.js';
import { Metric } from '../src/core/metric.js';
import { type Box, type PlainRollup, blockOf, plainRollups, pointsOf } from './points.js';
import { type Sent, sendFrames } from './stream-client.js';
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

async function pool(part: Partial<PoolChanged> = {}): Promise<number> {
  const poolId = await tellPool(told, part);
  await exchange.advance();
  return poolId;
}

/** @returns the sum of the answers */
const send = (sender: string, frames: readonly Sent[], caller = provider, of: Running = exchange.running): Promise<StreamPointsResponse> =>
  sendFrames(of, caller, sender, frames);

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
        metrics: fc.uniqueArray(fc.constantFrom(UTILISATION, Metric.TEMPERATURE, Metric.SPEED), { minLength: 1, maxLength: 3 }),
        value: fc.nat({ max: 9_000 }),
      })
      .map(({ pool: at, wide, metrics, value, ...box }): Box => {
        const nodes = at === 1 && wide ? 590 : 1;
        const values = Array.from({ length: nodes * box.ticks }, (_one, index) => value + ((index * 7) % 900));
        const below = values.map((one) => (one % 1_000) - 500);
        const columns = Object.fromEntries(metrics.map((metric) => [metric, metric === Metric.TEMPERATURE ? below : values]));
        return { ...box, poolId: poolIds[at]!, nodes, columns };
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
