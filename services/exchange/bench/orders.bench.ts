// Durable orders a second through the public API, over one gRPC stream, and through a bare server in the same run.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endedWithUs, freePorts, temporaryFolder } from '#platform';
import { Api } from '../src/demo/client.js';
import type { Json } from '../src/demo/client.js';
import { startPrivateExchange } from '../src/demo/exchange-process.js';
import { openSmallMarket } from '../src/demo/small-market.js';
import { bareServer } from './bare-server.js';
import { post } from './load.js';
import type { Load } from './load.js';
import { messages, send } from './order-stream.js';
import type { StreamLoad } from './order-stream.js';
import { restingBids, restingBodies } from './resting-bids.js';

const rounds = 5;
const seconds = 6;
const streamed = 60_000;

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** @returns where it listens */
async function startBare(): Promise<string> {
  const [folder] = temporaryFolder('exchange-bare-');
  const [port] = (await freePorts(1)) as [number];
  const child = spawn(process.execPath, [bareServer, String(port)], {
    env: { ...process.env, EXCHANGE_DATA: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A Ctrl-C at the terminal is for us alone.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  endedWithUs(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('ready') && resolve());
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
  });
  return `http://127.0.0.1:${port}/v1/bids`;
}

async function timed(run: () => Promise<unknown>): Promise<{ milliseconds: number }> {
  const began = performance.now();
  await run();
  return { milliseconds: performance.now() - began };
}

const spread = (loads: readonly { readonly perSecond: number }[]) => `of ${loads.map(({ perSecond }) => Math.round(perSecond)).join(', ')}`;

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const exchange = await startPrivateExchange({});
  const bare = await startBare();
  const api = new Api(exchange.address, 'bench');
  try {
    const key = await openSmallMarket(api, exchange.key, 1, JSON.parse(restingBodies()(0)) as Json);
    const ours: Load[] = [];
    const theirs: Load[] = [];
    // The first round warms both up and is not counted; then they take turns, so that both see the same machine.
    for (let round = 0; round <= rounds; round += 1) {
      const one = await post(`${exchange.address}/v1/bids`, key, restingBodies(), seconds, `round-${round}`);
      const other = await post(bare, 'none', restingBodies(), seconds, `round-${round}`);
      progress(`round ${round}: exchange ${Math.round(one.perSecond)}/s, bare ${Math.round(other.perSecond)}/s`);
      if (round > 0) {
        ours.push(one);
        theirs.push(other);
      }
    }
    const streams: StreamLoad[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const load = await send(exchange.grpcAddress, key, messages(`stream-${round}`, restingBids(), streamed));
      // A read waits until the tables have followed, so that a round does not pay for the one before it.
      const { milliseconds } = await timed(() => api.get(key, '/v1/bids?limit=1'));
      progress(`round ${round}: ${Math.round(load.perSecond)}/s over the stream, tables there ${Math.round(milliseconds)} ms later`);
      if (round > 0) streams.push(load);
    }
    const [durable, least] = [median(ours.map(({ perSecond }) => perSecond)), median(theirs.map(({ perSecond }) => perSecond))];
    const how = `64 connections, ${seconds} s a round, median of ${rounds} rounds taken in turn after one warm-up; client on the same cores`;
    return [
      {
        metric: 'durable_orders_per_second',
        value: Math.round(durable),
        unit: '1/s',
        method: `POST /v1/bids acknowledged after its journal row is on disk; ${how}; ${spread(ours)}`,
      },
      {
        metric: 'bare_durable_posts_per_second',
        value: Math.round(least),
        unit: '1/s',
        method: `node:http parses the same JSON and group-commits the same row by the same journal; ${how}; ${spread(theirs)}`,
      },
      { metric: 'of_bare', value: Math.round((durable / least) * 1000) / 1000, unit: 'ratio', method: 'the one over the other' },
      {
        metric: 'stream_orders_per_second',
        value: Math.round(median(streams.map(({ perSecond }) => perSecond))),
        unit: '1/s',
        method: `EnterOrders, ${streamed} bids that rest over one gRPC stream, from the first sent to the last acknowledged as durable and applied; median of ${rounds} rounds after one warm-up, the query tables waited for between; client on the same cores; ${spread(streams)}`,
      },
      { metric: 'order_p50_ms', value: median(ours.map(({ p50Ms }) => p50Ms)), unit: 'ms', method: 'closed loop, 64 connections' },
      { metric: 'order_p99_ms', value: median(ours.map(({ p99Ms }) => p99Ms)), unit: 'ms', method: 'closed loop, 64 connections' },
    ];
  } finally {
    await api.close();
  }
}
