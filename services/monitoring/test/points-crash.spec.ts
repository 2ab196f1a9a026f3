// Killed at any moment, the exchange keeps every point that it acknowledged, and each once.
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, Metadata, createChannel, createClient } from 'nice-grpc';
import { StreamPointsRequest, TelemetryDefinition } from '#contracts';
import { Api, type ExchangeProcess, type Json, rfc, smallMarket, startExchange } from '#demo';
import { slotAt } from '#domain';
import { freePorts } from '#platform';
import { Metric } from '../src/core/metric.js';
import { type Box, type PlainRollup, blockOf, plainRollups, pointsOf } from './points.js';

const kills = 5;
const nodes = 20;
/** Frames that are acknowledged before the kill: at the first, and with more and more behind it. */
const killAfter = (round: number): number => 1 + 90 * round ** 2;
const { UNITS_UP, POWER } = Metric;

let folder: string;
let exchange: ExchangeProcess | undefined;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-points-'));
  await chmod(folder, 0o755);
}, 120_000);

afterAll(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Round {
  readonly name: string;
  readonly sent: Box[];
  /** Sequence up to which it was answered. */
  acknowledged: number;
}

function boxOf(poolId: number, index: number): Box {
  const values = (base: number) => Array.from({ length: nodes }, (_value, node) => base + ((index * 31 + node * 7) % 50));
  return { poolId, nodes, at: Date.now(), columns: { [UNITS_UP]: Array<number>(nodes).fill(8), [POWER]: values(900) } };
}

/** Sends frames from `from` on while there is a next one, or until the stream breaks. */
async function stream(channel: Channel, key: string, round: Round, from: number, next: (index: number) => Box | undefined): Promise<void> {
  async function* frames() {
    for (let index = from; ; index++) {
      const box = next(index);
      if (!box) return;
      round.sent[index] = box;
      yield StreamPointsRequest.create({ sender: index === from ? round.name : '', sequence: index + 1, blocks: [blockOf(box)] });
      // A turn of the loop, so that answers are read between frames.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const client = createClient(TelemetryDefinition as never, channel) as {
    streamPoints(requests: AsyncIterable<unknown>, options: object): AsyncIterable<{ sequence: number }>;
  };
  for await (const { sequence } of client.streamPoints(frames(), { metadata: Metadata({ authorization: `Bearer ${key}` }) }))
    round.acknowledged = sequence;
}

async function rollups(api: Api, key: string, poolId: number): Promise<Map<string, PlainRollup>> {
  const now = slotAt(Date.now());
  const found = new Map<string, PlainRollup>();
  for (let node = 0; node < nodes; node++) {
    const answer = await api.get(key, `/v1/pools/${poolId}/nodes/${node}/rollups?from=${rfc(now - 4)}&to=${rfc(now + 1)}`);
    for (const { slot, metrics } of answer.rollups as { slot: string; metrics: Json[] }[])
      for (const { metric, points, sum, least, most, minutes } of metrics)
        found.set(`${poolId}/${slotAt(Date.parse(slot))}/${node}/${Metric[metric as keyof typeof Metric]}`, {
          ...{ points: Number(points), sum: Number(sum), least: Number(least), most: Number(most), minutes: Number(minutes) },
        });
  }
  return found;
}

const count = (of: ReadonlyMap<string, PlainRollup>): number => [...of.values()].reduce((sum, { points }) => sum + points, 0);

it(`keeps every acknowledged point once, killed ${kills} times`, async () => {
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const place = { data: join(folder, 'data'), httpPort, grpcPort };
  exchange = await startExchange(place);
  const operator = exchange.key!;
  const now = slotAt(Date.now());
  const terms = {
    units: 8,
    durationSlots: 4,
    earliest: rfc(now + 8),
    latest: rfc(now + 100),
    limitPrice: '2.50',
    timeInForce: 'GTC',
    placement: 'ANYWHERE',
  };
  const book = { computeClass: 'INTELLIGENT', model: 'T4', unit: 'CARD', tier: 'FIRM' };
  let api = new Api(exchange.address, 'test');
  const { provider, poolId } = await smallMarket(api, operator, nodes, { terms: { ...terms, books: [book] } });
  const kept = new Map<string, PlainRollup>();
  let acknowledged = 0;
  for (let round = 0; round < kills; round++) {
    const told: Round = { name: `agent-${round}`, sent: [], acknowledged: 0 };
    let channel = createChannel(exchange.grpcAddress);
    let isBroken = false;
    const load = stream(channel, provider, told, 0, (index) => boxOf(poolId, index)).catch(() => (isBroken = true));
    while (told.acknowledged < killAfter(round) && !isBroken) await new Promise((resolve) => setImmediate(resolve));
    await exchange.kill();
    await load;
    channel.close();
    await api.destroy();
    exchange = await startExchange(place);
    api = new Api(exchange.address, 'test');

    const before = count(await rollups(api, provider, poolId)) - count(kept);
    expect(before).toBeGreaterThanOrEqual(told.acknowledged * nodes * 2);
    expect(before).toBeLessThanOrEqual(told.sent.length * nodes * 2);
    acknowledged += told.acknowledged;

    // What was not answered is said again, with some that was; nothing else is.
    channel = createChannel(exchange.grpcAddress);
    const { sent } = told;
    await stream(channel, provider, told, Math.max(0, told.acknowledged - 3), (index) => sent[index]);
    channel.close();
    expect(told.acknowledged).toBe(sent.length);
    plainRollups(sent.flatMap(pointsOf), Date.now(), kept);
    await api.destroy();
    await exchange.kill();
    exchange = await startExchange(place);
    api = new Api(exchange.address, 'test');
    expect(await rollups(api, provider, poolId)).toEqual(kept);
  }
  expect(acknowledged).toBeGreaterThan(kills);
  await api.destroy();
}, 300_000);
