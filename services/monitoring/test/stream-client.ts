// Sends frames as an agent does over one stream.
import { StreamPointsRequest, StreamPointsResponse, TelemetryDefinition } from '#contracts';
import { RpcTable, type Running } from '#platform';
import type { TestCaller } from '#testing';
import { type Box, blockOf } from './points.js';

export interface Sent {
  readonly sequence: number;
  readonly boxes: readonly Box[];
}

async function* framesOf(sender: string, frames: readonly Sent[]): AsyncGenerator<StreamPointsRequest> {
  for (const [index, { sequence, boxes }] of frames.entries())
    yield StreamPointsRequest.create({ sender: index === 0 ? sender : '', sequence, blocks: boxes.map(blockOf) });
}

/** Sends the frames over one stream. @returns the sum of the answers */
export async function sendFrames(
  running: Running,
  caller: TestCaller,
  sender: string,
  frames: readonly Sent[],
): Promise<StreamPointsResponse> {
  const total = StreamPointsResponse.create();
  const call = { caller: { ...caller, name: 'test' }, method: '' };
  const answers = running.get<RpcTable>(RpcTable).handler(TelemetryDefinition, 'streamPoints')(framesOf(sender, frames), call);
  for await (const answer of answers as AsyncIterable<StreamPointsResponse>) {
    total.sequence = answer.sequence;
    for (const field of ['points', 'pointsRepeated', 'pointsLate', 'pointsFuture', 'pointsImpossible'] as const)
      total[field] += answer[field];
  }
  return total;
}
