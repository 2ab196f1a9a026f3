// What one sender does, or what is left of it, touches no other's points.
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { LoggedFrames, type PointBlock, type PoolChanged, PushPointsRequest, TelemetryDefinition, bytesOf } from '#contracts';
import { Health } from '#domain';
import { MonitoringModule } from '#monitoring';
import { type Running, run } from '#platform';
import { eventually, type TestCaller, type TestExchange, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import { PointIngest } from '../src/point.ingest.js';
import { otlp, snapped, writeRequest } from './foreign.js';
import { type Box, blockOf } from './points.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

const minute = 60_000;
const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const { UNITS_UP, POWER } = Metric;

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

let senders = 0;
const once = (box: Box, of: Running = exchange.running) => sendFrames(of, provider, `once-${++senders}`, [{ sequence: 1, boxes: [box] }]);
const watts = (poolId: number): Box => ({ poolId, at: exchange.now(), columns: { [POWER]: [300] } });
const telemetry = () => exchange.call(TelemetryDefinition, provider);
const units = (poolId: number, value: number, at: number, node = 1): Box => ({
  ...{ poolId, firstNode: node, at },
  columns: { [UNITS_UP]: [value] },
});
/** Of its nodes, in their order. */
const changes = async (poolId: number) =>
  (
    await exchange.database.query<{ health: Health }>(
      'select health from monitoring.health_changes where pool_id = $1 and cardinality(nodes) > 0 order by number',
      [poolId],
    )
  ).map(({ health }) => health);
const chunks = async (poolId: number) =>
  (await exchange.database.query('select from monitoring.node_rollups where pool_id = $1', [poolId])).length;

describe('a push', () => {
  it('of the same bytes to another pool counts there too', async () => {
    const [one, other] = [await pool(), await pool()];
    const body = otlp([
      { attributes: { 'exchange.node': 0 }, metrics: [{ name: 'hw.host.power', points: [{ at: exchange.now(), value: 5 }] }] },
    ]);
    for (const poolId of [one, one, other]) await telemetry().pushOtlp(PushPointsRequest.create({ poolId, body: Buffer.from(body) }));
    await exchange.advance();
    expect([await chunks(one), await chunks(other)]).toEqual([1, 1]);
  });

  it.each(['constructor', 'toString', '__proto__'])('of a metric named %s is one of a name that nobody knows', async (name) => {
    const body = otlp([{ attributes: { 'exchange.node': 0 }, metrics: [{ name, points: [{ at: exchange.now(), value: 5 }] }] }]);
    const answer = await telemetry().pushOtlp(PushPointsRequest.create({ poolId: await pool(), body: Buffer.from(body) }));
    expect(Buffer.from(answer.body).toString('latin1')).toContain('1 unknown');
  });

  it('of more points than one request may hold is refused', async () => {
    const point = (body: Uint8Array) => Buffer.concat([Uint8Array.from([(1 << 3) | 2, body.length]), body]);
    const points = Buffer.concat(Array<Buffer>(100_001).fill(point(Uint8Array.from([]))));
    const inner = (number: number, ...parts: Uint8Array[]) => {
      const body = Buffer.concat(parts);
      return Buffer.concat([
        new BinaryWriter()
          .uint32((number << 3) | 2)
          .uint32(body.length)
          .finish(),
        body,
      ]);
    };
    const body = inner(1, inner(2, inner(2, inner(1, Buffer.from('hw.power')), inner(5, points))));
    const poolId = await pool();
    await expect(telemetry().pushOtlp(PushPointsRequest.create({ poolId, body }))).rejects.toMatchObject({
      rule: 'points_must_fit_one_request',
    });
  });

  it('of a time beyond all times is early, and fails nobody who sends beside it', async () => {
    const poolId = await pool();
    const series = [
      { labels: { __name__: 'hw_host_power_watts', exchange_node: '0' }, samples: [[9e18, 900] as const, [-9e18, 900] as const] },
    ];
    const [, beside] = await Promise.allSettled([
      telemetry().pushPrometheus(PushPointsRequest.create({ poolId, body: Buffer.from(snapped(writeRequest(series))) })),
      once(watts(poolId)),
    ]);
    expect(beside).toMatchObject({ status: 'fulfilled', value: { points: 1 } });
    await telemetry().pushPrometheus(PushPointsRequest.create({ poolId, body: Buffer.from(snapped(writeRequest(series))) }));
  });
});

it('a sender that was forgotten is refused alone', async () => {
  const poolId = await pool();
  const ingest = exchange.running.get(PointIngest);
  const [silent, lively] = [await ingest.open(10, 'silent'), await ingest.open(10, 'lively')];
  await exchange.database.query(`delete from monitoring.point_senders where name = 'silent'`);
  const frame = { sequence: 1, packed: [blockOf(watts(poolId))], blocks: [] };
  const [refused, kept] = await Promise.allSettled([ingest.keep({ ...frame, sender: silent }), ingest.keep({ ...frame, sender: lively })]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { rule: 'sender_must_be_known' } });
  expect(kept).toMatchObject({ status: 'fulfilled' });
});

describe('a row of a log that cannot be read', () => {
  const regulator: TestCaller = { participantId: 1, roles: ['regulator'] };
  const letters = async () => (await exchange.call(TelemetryDefinition, regulator).listPointDeadLetters({})).deadLetters;
  const rows = async () => (await exchange.database.query('select from monitoring.point_log')).length;
  /** What a dead process left: each row as it is given. */
  const left = async (...frames: Uint8Array[]) => {
    const [row] = await exchange.database.query<{ writer_id: string }>(
      `insert into monitoring.point_writers (seen_at) values (now() - interval '1 hour') returning writer_id`,
    );
    for (const [position, bytes] of frames.entries())
      await exchange.database.query('insert into monitoring.point_log values ($1, $2, $3, $4)', [
        row!.writer_id,
        position,
        exchange.now(),
        bytes,
      ]);
  };
  const logged = (box: Box) => bytesOf(LoggedFrames, { frames: [{ blocks: [blockOf(box)] as PointBlock[] }] });
  const unreadable = Uint8Array.of(0xff);

  it('is put aside after some attempts, and what its writer logged before and after it is merged', async () => {
    const [before, after, beside] = [await pool(), await pool(), await pool()];
    await left(logged(watts(before)), unreadable, logged(watts(after)));
    await once(watts(beside));
    await eventually(rows, (left) => left === 0);
    expect(await Promise.all([before, after, beside].map(chunks))).toEqual([1, 1, 1]);
    expect(await letters()).toMatchObject([{ bytes: 1, attempts: 3, replayed: false }]);
    expect(await exchange.database.query("select from monitoring.point_writers where seen_at < now() - interval '30 minutes'")).toEqual([]);
  }, 30_000);

  it('is merged when its cause is mended, once, and as of when it was received', async () => {
    const poolId = await pool();
    const [{ letterId, receivedAt } = {}] = await letters();
    const replay = () => exchange.call(TelemetryDefinition).replayPointDeadLetter({ letterId: letterId! });
    await expect(replay()).rejects.toMatchObject({ rule: 'frames_must_be_readable' });
    expect(await letters()).toMatchObject([{ attempts: 4, replayed: false }]);
    const box = { poolId, at: receivedAt!, columns: { [POWER]: [300] } };
    await exchange.database.query('update monitoring.point_dead_letters set frames = $1', [logged(box)]);
    // By now its points would be late.
    await exchange.advance(120 * minute);
    expect(await replay()).toMatchObject({ replayed: true });
    expect(await chunks(poolId)).toBe(1);
    await expect(replay()).rejects.toMatchObject({ rule: 'dead_letter_must_not_be_replayed_twice' });
    expect(await chunks(poolId)).toBe(1);
  });

  it('that no disk gives back is told, and never merged', async () => {
    await exchange.database.query('update monitoring.point_dead_letters set frames = null, replayed_at = null');
    const [{ letterId } = {}] = await letters();
    expect(await letters()).toMatchObject([{ bytes: 0 }]);
    await expect(exchange.call(TelemetryDefinition).replayPointDeadLetter({ letterId: letterId! })).rejects.toMatchObject({
      rule: 'frames_must_be_readable',
    });
    await expect(exchange.call(TelemetryDefinition).replayPointDeadLetter({ letterId: 999 })).rejects.toMatchObject({ kind: 'absent' });
  });
});

it('a node is not lost by what a process that died said long ago', async () => {
  const poolId = await pool();
  const box = units(poolId, 0, exchange.now());
  const frames = bytesOf(LoggedFrames, { frames: [{ blocks: [blockOf(box)] as PointBlock[] }] });
  await exchange.advance(10 * minute);
  await exchange.database.query(
    `with dead as (insert into monitoring.point_writers (seen_at) values (now() - interval '1 hour') returning writer_id)
     insert into monitoring.point_log select writer_id, 1, $1, $2 from dead`,
    [box.at, frames],
  );
  await eventually(() => chunks(poolId));
  expect(await changes(poolId)).toEqual([]);
});

describe('a node of which two processes hear', () => {
  let second: Running;
  beforeAll(async () => {
    second = await run([MonitoringModule], {
      ...{ databaseUrl: exchange.database.url, databasePool: 6, clock: 'virtual', logLevel: 'error', httpPort: 0, grpcPort: 0 },
    });
  });
  afterAll(() => second?.stop());

  const merge = (of: Running) => of.get(PointIngest).merge();

  it('is judged by what came last, not by what one of them once heard', async () => {
    const poolId = await pool();
    const at = exchange.now();
    await once(units(poolId, 0, at - 3 * minute));
    await merge(exchange.running);
    await once(units(poolId, 8, at - 2 * minute), second);
    await merge(second);
    // Of another node.
    await once(units(poolId, 8, at, 0));
    await merge(exchange.running);
    expect(await changes(poolId)).toEqual([Health.LOST, Health.OK]);
  });

  it('is not lost by what is merged late', async () => {
    const poolId = await pool();
    const at = exchange.now();
    await once(units(poolId, 0, at - 3 * minute));
    await once(units(poolId, 8, at - 2 * minute), second);
    await merge(second);
    await merge(exchange.running);
    expect(await changes(poolId)).toEqual([]);
  });

  it('in one minute, by two processes of which the first died, is not judged by what that one had heard', async () => {
    // So that the log is taken over by a process that has heard nothing else of the node.
    clearInterval((second.get(PointIngest) as unknown as { timer: NodeJS.Timeout }).timer);
    const poolId = await pool();
    const at = exchange.now() - 3 * minute;
    await once(units(poolId, 8, at + 20_000), second);
    await merge(second);
    const frames = bytesOf(LoggedFrames, { frames: [{ blocks: [blockOf(units(poolId, 0, at))] as PointBlock[] }] });
    await exchange.database.query(
      `with dead as (insert into monitoring.point_writers (seen_at) values (now() - interval '1 hour') returning writer_id)
       insert into monitoring.point_log select writer_id, 1, $1, $2 from dead`,
      [at, frames],
    );
    await eventually(async () => (await exchange.database.query('select from monitoring.point_log')).length === 0);
    expect(await changes(poolId)).toEqual([]);
    await once(units(poolId, 0, at + 2 * minute));
    await merge(exchange.running);
    expect(await changes(poolId)).toEqual([Health.LOST]);
  });
});
