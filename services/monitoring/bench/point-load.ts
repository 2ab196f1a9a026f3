// Agents that send points over gRPC as fast as they are taken. Columns are packed beforehand; each frame is made when it is sent, since its times are.
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { StreamPointsRequest, StreamPointsResponse, TelemetryDefinition } from '#contracts';
import { packColumn } from '../src/core/varint.js';
import { columnOf, metrics, nodesOfPool } from './values.js';

const variants = 32;
const path = `/${TelemetryDefinition.fullName}/${TelemetryDefinition.methods.streamPoints.name}`;
const columns = Array.from({ length: variants }, (_variant, tick) =>
  metrics.map((metric) => ({ metric, values: packColumn(columnOf(metric, tick)) })),
);

export interface Agent {
  readonly name: string;
  /** First of its pools, and how many. */
  readonly poolsFrom: number;
  readonly pools: number;
}

export interface Sent {
  readonly points: number;
  readonly bytes: number;
  /** Of frames, from sent to acknowledged. */
  readonly latenciesMs: readonly number[];
}

/**
 * One stream, each frame one time of some of the agent's pools in turn, until the time is over and all is acknowledged.
 * @throws Error where points are refused, or the stream ends
 */
export async function send(address: string, key: string, agent: Agent, poolsOfFrame: number, untilMs: number): Promise<Sent> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const call = client.makeBidiStreamRequest(
    path,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => StreamPointsResponse.decode(bytes),
    metadata,
  );
  const sentAt: number[] = [];
  const latenciesMs: number[] = [];
  let [bytes, points, answered] = [0, 0, 0];
  let isAllSent = false;
  const done = new Promise<void>((resolve, reject) => {
    call.on('data', (answer: StreamPointsResponse) => {
      if (answer.pointsLate + answer.pointsFuture + answer.pointsImpossible + answer.pointsRepeated > 0)
        reject(new Error(`points_must_count: ${JSON.stringify(answer)}`));
      const now = performance.now();
      for (; answered < answer.sequence; answered++) latenciesMs.push(now - sentAt[answered]!);
      points += answer.points;
      if (isAllSent && answered === sentAt.length) resolve();
    });
    call.on('error', reject);
    call.on('end', () => reject(new Error(`the stream ended after ${answered} frames`)));
  });
  // Heard below; until then nobody waits for it.
  done.catch(() => undefined);
  for (let sequence = 1; performance.now() < untilMs; sequence++) {
    const at = Date.now();
    const blocks = Array.from({ length: poolsOfFrame }, (_block, index) => {
      const place = ((sequence - 1) * poolsOfFrame + index) % agent.pools;
      const poolId = agent.poolsFrom + place;
      return { poolId, firstNode: 0, nodes: nodesOfPool, at, ticks: 1, stepMs: 0, columns: columns[(sequence + place) % variants]! };
    });
    const frame = Buffer.from(StreamPointsRequest.encode({ sender: sequence === 1 ? agent.name : '', sequence, blocks }).finish());
    bytes += frame.length;
    sentAt.push(performance.now());
    if (!call.write(frame)) await Promise.race([new Promise((resolve) => call.once('drain', resolve)), done]);
  }
  isAllSent = true;
  if (answered < sentAt.length) await done;
  call.end();
  client.close();
  return { points, bytes, latenciesMs };
}
