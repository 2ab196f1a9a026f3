import { Injectable } from '@nestjs/common';
import { type PushPointsRequest, PushPointsResponse } from '#contracts';
import { type Call, Config, invalid, sha256Hex } from '#platform';
import { type NamedPoint, blocksOf, nodeAttribute } from './core/named-point.js';
import { otlpAnswer, pointsOfOtlp } from './core/otlp.js';
import { pointsOfRemoteWrite } from './core/remote-write.js';
import { Unreadable } from './core/wire.js';
import { PointGate } from './point.gate.js';
import { PointIngest } from './point.ingest.js';

/** Of one request: what it holds takes many times its bytes while it is under way. */
const pointsMax = 100_000;

/** What became of a push. */
interface Pushed {
  readonly rejected: number;
  readonly why: string;
}

/** Points in the words of others. Their senders do not count, so a push is known again by its bytes. */
@Injectable()
export class PointPush {
  constructor(
    private readonly ingest: PointIngest,
    private readonly gate: PointGate,
    private readonly config: Config,
  ) {}

  async otlp({ poolId, body }: PushPointsRequest, call: Call): Promise<PushPointsResponse> {
    const { rejected, why } = await this.push(poolId, `otlp:${poolId}:${sha256Hex(body)}`, call, () => pointsOfOtlp(body));
    return PushPointsResponse.create({ body: otlpAnswer(rejected, why) });
  }

  /** Prometheus has no words for a part that did not count, and would send it all again. */
  async prometheus({ poolId, body }: PushPointsRequest, call: Call): Promise<PushPointsResponse> {
    await this.push(poolId, `prometheus:${poolId}:${sha256Hex(body)}`, call, () => pointsOfRemoteWrite(body, this.config.bodyLimit));
    return PushPointsResponse.create();
  }

  private async push(poolId: number, name: string, call: Call, points: () => Iterable<NamedPoint>): Promise<Pushed> {
    await Promise.all([this.gate.know([poolId]), this.ingest.room()]);
    const { nodeCount } = this.gate.pool(poolId, call);
    const { blocks: named, unknown, nodeless } = mapped(poolId, points);
    const packed = named.filter(({ firstNode }) => firstNode < nodeCount);
    const strange = named.length - packed.length;
    const blocks = packed.map((block, index) => this.gate.accept(block, `blocks[${index}]`, call));
    const { participantId } = call.caller;
    const sender = await this.ingest.open(participantId, name);
    try {
      const { late, future, impossible } = await this.ingest.keep({ sender, sequence: 1, packed, blocks });
      const counts = {
        unknown,
        [`without ${nodeAttribute}`]: nodeless,
        'of nodes that are not registered': strange,
        late,
        future,
        impossible,
      };
      const told = Object.entries(counts).filter(([, count]) => count > 0);
      return { rejected: told.reduce((sum, [, count]) => sum + count, 0), why: told.map(([what, count]) => `${count} ${what}`).join(', ') };
    } finally {
      this.ingest.close(participantId, name, sender);
    }
  }
}

function mapped(poolId: number, points: () => Iterable<NamedPoint>) {
  try {
    return blocksOf(poolId, counted(points()));
  } catch (error) {
    if (error instanceof Unreadable) throw invalid('body', 'body_must_be_what_its_path_takes', error.message);
    throw error;
  }
}

/** @throws Refusal points_must_fit_one_request */
function* counted(points: Iterable<NamedPoint>): Generator<NamedPoint> {
  let count = 0;
  for (const point of points) {
    if (++count > pointsMax) throw invalid('body', 'points_must_fit_one_request', `it holds more than ${pointsMax} points`);
    yield point;
  }
}
