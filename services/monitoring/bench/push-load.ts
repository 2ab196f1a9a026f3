// Points by the other ways in: bodies made beforehand for the time of the run, posted over some connections at once.
import { slotMs } from '#domain';
import { otlp, snapped, writeRequest } from '../test/foreign.js';
import { poolsFrom } from './fixture.js';
import { nodesOfPool } from './values.js';

const connections = 16;
/** As the conventions name them; each of one value. */
const names = [
  'hw.gpu.utilization',
  'hw.gpu.memory.utilization',
  'hw.host.power',
  'hw.host.energy',
  'hw.temperature',
  'hw.errors',
  'hw.cpu.speed',
];
const inPrometheus = [
  'hw_gpu_utilization_ratio',
  'hw_gpu_memory_utilization_ratio',
  'hw_host_power_watts',
  'hw_host_energy_joules_total',
  'hw_temperature_celsius',
  'hw_errors_total',
  'hw_cpu_speed_hertz',
];
const valueOf = (metric: number, node: number): number =>
  [0.7, 0.8, 3_900, 7_000_000, 61, 2, 1_410_000_000][metric]! * (1 + (node % 10) / 1_000);

export interface Posted {
  readonly points: number;
  readonly seconds: number;
}

interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly points: number;
}

const packed = { 'content-type': 'application/x-protobuf' };
const nodes = Array.from({ length: nodesOfPool }, (_node, index) => index);

/** All of a pool's nodes at one time. */
export const otlpPost = (pool: number, at: number): Post => ({
  path: `/v1/pools/${poolsFrom.live + pool}/otlp/v1/metrics`,
  headers: packed,
  points: nodesOfPool * names.length,
  body: otlp(
    nodes.map((node) => ({
      attributes: { 'exchange.node': node },
      metrics: names.map((name, metric) => ({ name, points: [{ at, value: valueOf(metric, node) }] })),
    })),
  ),
});

export const prometheusPost = (pool: number, at: number): Post => ({
  path: `/v1/pools/${poolsFrom.live + pool}/prometheus/write`,
  headers: { ...packed, 'content-encoding': 'snappy' },
  points: nodesOfPool * names.length,
  body: snapped(
    writeRequest(
      nodes.flatMap((node) =>
        inPrometheus.map((name, metric) => ({
          labels: { __name__: name, exchange_node: String(node), job: 'node' },
          samples: [[at, valueOf(metric, node)]] as const,
        })),
      ),
    ),
  ),
});

/** A slot's report of a pool: three values of each node. */
export const reportPost = (pool: number, at: number): Post => {
  const time = (slot: number): string => new Date(slot * slotMs).toISOString();
  const slot = Math.floor(at / slotMs);
  const samples = nodes.map((node) => ({
    ...{ poolId: poolsFrom.live + pool, node, from: time(slot - 1), to: time(slot), unitsUp: 8, utilisationBp: 7_000, powerWatts: 3_900 },
  }));
  return {
    ...{
      path: '/v1/telemetry',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${pool}-${at}` },
      points: nodesOfPool * 3,
    },
    body: Buffer.from(JSON.stringify({ sequence: at, samples })),
  };
};

/** Posts them all. @throws Error where one is refused */
export async function postAll(address: string, key: string, posts: readonly Post[]): Promise<Posted> {
  const waiting = [...posts];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let post = waiting.pop(); post; post = waiting.pop()) {
        const { path, headers, body } = post;
        const answer = await fetch(address + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, ...headers },
          body: Buffer.from(body),
        });
        const said = await answer.text();
        if (!answer.ok || (path.includes('/otlp/') && said !== '')) throw new Error(`${answer.status} ${said}`);
      }
    }),
  );
  return { points: posts.reduce((sum, { points }) => sum + points, 0), seconds: (performance.now() - began) / 1_000 };
}
