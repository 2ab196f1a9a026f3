import {
  type ListNodeRollupsRequest,
  type ListNodeRollupsResponse,
  type ListPointDeadLettersRequest,
  type ListPointDeadLettersResponse,
  type ListPoolRollupsRequest,
  type ListPoolRollupsResponse,
  type ListSiteRollupsRequest,
  type ListSiteRollupsResponse,
  type ListTelemetryFindingsRequest,
  type ListTelemetryFindingsResponse,
  type PointDeadLetter,
  type PushPointsRequest,
  type PushPointsResponse,
  type ReplayPointDeadLetterRequest,
  type StreamPointsRequest,
  type StreamPointsResponse,
  TelemetryDefinition,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { ClosedSlots } from './closed.slots.js';
import { PointLetters } from './point.letters.js';
import { PointPush } from './point.push.js';
import { PointStreams } from './point.stream.js';
import { RollupQuery } from './rollup.query.js';

@Rpc(TelemetryDefinition)
export class TelemetryRpc implements Implementation<typeof TelemetryDefinition> {
  constructor(
    private readonly pushes: PointPush,
    private readonly streams: PointStreams,
    private readonly rollups: RollupQuery,
    private readonly closed: ClosedSlots,
    private readonly letters: PointLetters,
  ) {}

  streamPoints(requests: AsyncIterable<StreamPointsRequest>, call: Call): AsyncIterable<StreamPointsResponse> {
    return this.streams.run(requests, call);
  }

  async pushOtlp(request: PushPointsRequest, call: Call): Promise<PushPointsResponse> {
    return this.pushes.otlp(request, call);
  }

  async pushPrometheus(request: PushPointsRequest, call: Call): Promise<PushPointsResponse> {
    return this.pushes.prometheus(request, call);
  }

  async listPoolRollups(request: ListPoolRollupsRequest, call: Call): Promise<ListPoolRollupsResponse> {
    return this.rollups.ofPool(request, call);
  }

  async listSiteRollups(request: ListSiteRollupsRequest, call: Call): Promise<ListSiteRollupsResponse> {
    return this.rollups.ofSite(request, call);
  }

  async listNodeRollups(request: ListNodeRollupsRequest, call: Call): Promise<ListNodeRollupsResponse> {
    return this.rollups.ofNode(request, call);
  }

  async listTelemetryFindings(request: ListTelemetryFindingsRequest, call: Call): Promise<ListTelemetryFindingsResponse> {
    return this.closed.list(request, call);
  }

  async listPointDeadLetters(request: ListPointDeadLettersRequest): Promise<ListPointDeadLettersResponse> {
    return this.letters.list(request);
  }

  async replayPointDeadLetter({ letterId }: ReplayPointDeadLetterRequest, call: Call): Promise<PointDeadLetter> {
    return this.letters.replay(letterId, call);
  }
}
