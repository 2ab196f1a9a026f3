// Points a second from the socket to a durable roll-up, the sender on the same machine, with many roll-ups present; and what a pool's month costs to keep and to read.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { startOfSlot } from '#domain';
import { temporaryFolder } from '#platform';
import { unpackCells } from '../src/core/cell-codec.js';
import { stride } from '../src/core/cells.js';
import { type Fixture, type Sizes, openFixture, poolsFrom, slotsOfMonth } from './fixture.js';
import { type Sent, send } from './point-load.js';
import { otlpPost, postAll, prometheusPost, reportPost } from './push-load.js';
import { metrics, nodesOfPool } from './values.js';

const sizes: Sizes = {
  nodesOfDay: Number(process.env.NODES_DAY ?? 1_000_000),
  nodesOfMonth: Number(process.env.NODES_MONTH ?? 10_000),
  nodesLive: Number(process.env.NODES_LIVE ?? 200_000),
};
const agents = Number(process.env.AGENTS ?? 8);
const seconds = Number(process.env.SECONDS ?? 30);
const poolsOfFrame = 5;
const queries = 300;
const posted = 600;
/** Filled once and kept, where it is named: filling takes longer than measuring. */
const given = process.env.DATA;

/** Points that the stored roll-ups of the sending pools count. */
async function storedPoints(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ pool_id: number; slot: number; cells: Buffer }>(
    'select pool_id, slot, cells from monitoring.node_rollups where pool_id >= $1',
    [poolsFrom.live],
  );
  let points = 0;
  for (const row of rows)
    for (const of of unpackCells(row.cells, row.pool_id, row.slot, 0).metrics)
      for (let node = 0; of && node < of.nodes; node++) points += of.numbers[node * stride]!;
  return points;
}

async function logged(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>('select count(*) from monitoring.point_log');
  return Number(rows[0]!.count);
}

async function stream(
  { exchange, key, database }: Fixture,
  run: string,
  lasts: number,
): Promise<{ sent: Sent[]; acknowledged: number; merged: number }> {
  const pools = Math.floor(sizes.nodesLive / nodesOfPool / agents);
  const began = performance.now();
  const sent = await Promise.all(
    Array.from({ length: agents }, (_agent, index) => {
      const agent = { name: `${run}-${index}`, poolsFrom: poolsFrom.live + index * pools, pools };
      return send(exchange.grpcAddress, key, agent, poolsOfFrame, began + lasts * 1_000);
    }),
  );
  const acknowledged = (performance.now() - began) / 1_000;
  while ((await logged(database)) > 0) await sleep(100);
  return { sent, acknowledged, merged: (performance.now() - began) / 1_000 };
}

/** Milliseconds of each. */
async function months({ exchange, key, slot }: Fixture): Promise<number[]> {
  const pools = Math.ceil(sizes.nodesOfMonth / nodesOfPool);
  const time = (of: number): string => new Date(startOfSlot(of)).toISOString();
  const took: number[] = [];
  for (let query = 0; query < queries; query++) {
    const poolId = poolsFrom.month + ((query * 37) % pools);
    const began = performance.now();
    const answer = await fetch(`${exchange.address}/v1/pools/${poolId}/availability?from=${time(slot - slotsOfMonth)}&to=${time(slot)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { nodeSlotsReported } = (await answer.json()) as { nodeSlotsReported?: number };
    took.push(performance.now() - began);
    if (Number(nodeSlotsReported) !== nodesOfPool * slotsOfMonth) throw new Error(`month_must_be_whole: ${nodeSlotsReported} node-slots`);
  }
  return took;
}

/** Rates of the ways in other than the stream. */
async function others({ exchange, key }: Fixture) {
  const now = Date.now();
  const ways = [
    {
      metric: 'otlp_points_per_second',
      post: otlpPost,
      what: 'OTLP over HTTP: a request of a pool: 100 nodes × 7 metrics at one time, each node a resource',
    },
    {
      metric: 'prometheus_points_per_second',
      post: prometheusPost,
      what: 'remote write: a request of 700 series of one sample, 3 labels each',
    },
    {
      metric: 'report_points_per_second',
      post: reportPost,
      what: 'POST /v1/telemetry: a slot of 100 nodes, 3 values each; durable as rows when it is answered',
    },
  ];
  const rates = [];
  for (const { metric, post, what } of ways) {
    const posts = Array.from({ length: posted }, (_post, index) =>
      post(index % (sizes.nodesLive / nodesOfPool), now - (index % 60) * 1_000),
    );
    const { points, seconds: took } = await postAll(exchange.address, key, posts);
    rates.push({
      ...{ metric, value: Math.round(points / took), unit: '1/s' },
      method: `${what}; ${posted} requests over 16 connections until all are answered, which is when they are on disk`,
    });
  }
  return rates;
}

const quantile = (values: readonly number[], of: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * of)]!;

export async function run(progress: (text: string) => void) {
  const folder = given ?? temporaryFolder('exchange-telemetry-')[0];
  const fixture = await openFixture(folder, sizes, progress);
  const { database } = fixture;
  const { rows } = await database.query<{ bytes: string; slots: string }>(
    `select pg_total_relation_size('monitoring.node_rollups') + pg_total_relation_size('monitoring.pool_rollups') as bytes,
       (select sum(nodes) from monitoring.pool_rollups) as slots`,
  );
  const bytesPerNodeMonth = (Number(rows[0]!.bytes) / Number(rows[0]!.slots)) * slotsOfMonth;
  progress(`${rows[0]!.slots} node-slots are present`);
  const took = await months(fixture);
  progress('the other ways in');
  const rates = await others(fixture);
  while ((await logged(database)) > 0) await sleep(100);
  progress('warm-up');
  const before = await storedPoints(database);
  const run = String(Date.now());
  const warm = await stream(fixture, `${run}-warm`, 5);
  progress('measured');
  const { sent, acknowledged, merged } = await stream(fixture, run, seconds);
  const sum = (of: readonly Sent[], value: (one: Sent) => number): number => of.reduce((total, one) => total + value(one), 0);
  const points = sum(sent, (one) => one.points);
  const stored = (await storedPoints(database)) - before;
  if (stored !== points + sum(warm.sent, (one) => one.points))
    throw new Error(`points_must_be_stored_once: ${stored} are, ${points} were sent`);
  const shape = `${agents} gRPC streams from one process, ${sizes.nodesLive} nodes in pools of ${nodesOfPool}, a frame of ${poolsOfFrame} pools × ${nodesOfPool} nodes × ${metrics.length} metrics at one time (${(sum(sent, (one) => one.bytes) / points).toFixed(2)} bytes a point), columns packed beforehand; beside ${sizes.nodesOfDay} nodes' day and ${sizes.nodesOfMonth} nodes' month; sender, exchange and PostgreSQL on the same machine, fsync on`;
  return [
    {
      ...{ metric: 'points_per_second', value: Math.round(points / merged), unit: '1/s' },
      method: `stream: from the first frame sent until every point is in a stored roll-up and the log is empty, which waits for the last ten-second merge; ${points} points in ${merged.toFixed(1)} s; the stored counts sum to what was acknowledged; ${shape}`,
    },
    {
      ...{ metric: 'points_acknowledged_per_second', value: Math.round(points / acknowledged), unit: '1/s' },
      method: `stream: the same until the last acknowledgement (${acknowledged.toFixed(1)} s), when every point is in the log on disk and those before the last merge are in roll-ups`,
    },
    {
      ...{
        metric: 'acknowledged_ms_p99',
        value: Math.round(
          quantile(
            sent.flatMap((one) => one.latenciesMs),
            0.99,
          ),
        ),
        unit: 'ms',
      },
      method: 'of a frame, from sent to acknowledged, at that rate',
    },
    ...rates,
    {
      ...{ metric: 'bytes_per_node_month', value: Math.round(bytesPerNodeMonth), unit: 'bytes' },
      method: `tables and indexes of both kinds of roll-ups over ${rows[0]!.slots} node-slots, times ${slotsOfMonth}; ${metrics.length} metrics a node, pools of ${nodesOfPool}`,
    },
    {
      ...{ metric: 'query_ms_p99', value: Math.round(quantile(took, 0.99) * 10) / 10, unit: 'ms' },
      method: `GET /v1/pools/{pool}/availability over 31 days, ${queries} one after the other over the pools with a month; median ${quantile(took, 0.5).toFixed(1)} ms`,
    },
  ];
}
