import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { StreamPointsRequest, TelemetryDefinition } from '#contracts';
import { MonitoringModule } from '#monitoring';
import type { Config, Gauges, Logger } from '#platform';
import { type TestExchange, testExchange } from '#testing';
import { readBlock } from '../src/core/block.js';
import { Metric } from '../src/core/metric.js';
import { blocksOf } from '../src/core/named-point.js';
import { otlpOf } from '../src/core/otlp-export.js';
import { pointsOfOtlp } from '../src/core/otlp.js';
import { PointForward } from '../src/point.forward.js';
import { type Box, blockOf } from './points.js';
import { Told, ToldModule, tellPool } from './told.js';

const at = 1_800_000_000_000;
const box: Box = {
  ...{ poolId: 7, firstNode: 3, nodes: 2, at, ticks: 2, stepMs: 15_000 },
  columns: {
    [Metric.UNITS_UP]: [8, 8, 7, 8],
    [Metric.UTILISATION]: [5_000, 2_500, 10_000, 0],
    [Metric.TEMPERATURE]: [613, -20, 0, 1],
    [Metric.ENERGY]: [7_654, 0, 2_000_000_000, 1],
    [Metric.SPEED]: [1_410, 0, 1, 2],
  },
};

describe('points as OTLP', () => {
  it('have the conventions’ names and units', () => {
    const block = readBlock(blockOf(box));
    if ('rule' in block) throw new Error(block.rule);
    const points = [...pointsOfOtlp(otlpOf([block]))];
    expect(points.length).toBe(20);
    expect(points.slice(0, 5).map(({ name, at: time, value }) => [name, time - at, value])).toEqual([
      ['exchange.node.units_up', 0, 8],
      ['exchange.node.units_up', 0, 8],
      ['exchange.node.units_up', 15_000, 7],
      ['exchange.node.units_up', 15_000, 8],
      ['hw.gpu.utilization', 0, 0.5],
    ]);
    expect(points[1]!.attributes).toEqual(
      new Map([
        ['exchange.pool', '7'],
        ['exchange.node', '4'],
      ]),
    );
    expect(points.filter(({ name }) => name === 'hw.host.energy').map(({ value }) => value)).toEqual([7_654_000, 0, 2e12, 1_000]);
    // Read by the way in, they are what they were.
    const back = blocksOf(
      7,
      points.filter(({ name }) => name.startsWith('hw.')),
    );
    expect({ ...back, blocks: back.blocks.length }).toEqual({ blocks: 4, unknown: 0, nodeless: 0 });
  });
});

describe('raw points', () => {
  let receiver: Server;
  let exchange: TestExchange;
  const bodies: Buffer[] = [];
  const statuses: number[] = [];
  let wake = () => {};
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      void buffer(request).then((body) => {
        bodies.push(body);
        response.writeHead(statuses.shift() ?? 200).end();
        wake();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    exchange = await testExchange({
      modules: [MonitoringModule, ToldModule],
      config: { telemetryForward: `http://127.0.0.1:${port}/v1/metrics` },
    });
  });
  afterAll(async () => {
    await exchange?.stop();
    receiver.closeAllConnections();
    receiver.close();
  });

  const received = async (count: number): Promise<number[]> => {
    while (bodies.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return bodies.map((body) => [...pointsOfOtlp(body)].length);
  };
  let sequence = 0;
  const send = async (poolId: number, again = false): Promise<void> => {
    if (!again) sequence++;
    const frame = StreamPointsRequest.create({
      sender: 'agent',
      sequence,
      blocks: [blockOf({ ...box, poolId, firstNode: 0, at: exchange.now() - 60_000 })],
    });
    const caller = { participantId: 10, roles: ['provider'] } as const;
    const frames = (async function* () {
      yield frame;
    })();
    for await (const _answer of exchange.call(TelemetryDefinition, caller).streamPoints(frames));
  };

  it('are passed on once, tried again where the receiver is busy, and dropped where it refuses', async () => {
    const poolId = await tellPool(exchange.running.get(Told));
    await exchange.advance();
    await send(poolId);
    expect(await received(1)).toEqual([20]);
    await send(poolId, true);
    statuses.push(503, 200);
    await send(poolId);
    expect(await received(3)).toEqual([20, 20, 20]);
    expect(bodies[1]).toEqual(bodies[2]);
    statuses.push(400);
    await send(poolId);
    await send(poolId);
    expect(await received(5)).toEqual([20, 20, 20, 20, 20]);
  });

  it('say once why they are not passed on, and once that they are again', async () => {
    const said: [string, object][] = [];
    const say = (fields: object, text: string) => void said.push([text, fields]);
    const { port } = receiver.address() as AddressInfo;
    const config = { telemetryForward: `http://127.0.0.1:${port}/` } as Config;
    const forward = new PointForward(config, {} as Gauges, { warn: say, info: say } as unknown as Logger);
    const block = readBlock(blockOf(box));
    if ('rule' in block) throw new Error(block.rule);
    const before = bodies.length;
    statuses.push(404, 404, 200);
    for (const count of [1, 2, 3]) {
      forward.take([block]);
      await received(before + count);
    }
    while (said.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await forward.beforeApplicationShutdown();
    expect(said).toEqual([
      ['raw points are not passed on', { why: 'the receiver answers 404' }],
      ['raw points are passed on again', { dropped: 40 }],
    ]);
  });
});
