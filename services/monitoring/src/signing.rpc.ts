import {
  type AgentKey,
  type EndAgentKeyRequest,
  type ExportTelemetryProofRequest,
  type ListAgentKeysRequest,
  type ListAgentKeysResponse,
  type ListRollupDifferencesRequest,
  type ListRollupDifferencesResponse,
  type ListSignedDaysRequest,
  type ListSignedDaysResponse,
  type ProofLine,
  type RegisterAgentKeyRequest,
  RollupSigningDefinition,
  type SignDayRequest,
  type SignedDay,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { AgentKeys } from './agent.keys.js';
import { DaySigning } from './day.signing.js';
import { SignedDayQuery } from './signed-day.query.js';
import { TelemetryProof } from './telemetry.proof.js';

@Rpc(RollupSigningDefinition)
export class SigningRpc implements Implementation<typeof RollupSigningDefinition> {
  constructor(
    private readonly keys: AgentKeys,
    private readonly signing: DaySigning,
    private readonly days: SignedDayQuery,
    private readonly proof: TelemetryProof,
  ) {}

  async registerAgentKey(request: RegisterAgentKeyRequest, call: Call): Promise<AgentKey> {
    return this.keys.register(request, call);
  }

  async endAgentKey(request: EndAgentKeyRequest, call: Call): Promise<AgentKey> {
    return this.keys.end(request, call);
  }

  async listAgentKeys(request: ListAgentKeysRequest, call: Call): Promise<ListAgentKeysResponse> {
    return this.keys.list(request, call);
  }

  async signDay(request: SignDayRequest, call: Call): Promise<SignedDay> {
    return this.signing.sign(request, call);
  }

  async listSignedDays(request: ListSignedDaysRequest, call: Call): Promise<ListSignedDaysResponse> {
    return this.days.list(request, call);
  }

  async listRollupDifferences(request: ListRollupDifferencesRequest, call: Call): Promise<ListRollupDifferencesResponse> {
    return this.days.differences(request, call);
  }

  exportTelemetryProof(request: ExportTelemetryProofRequest, call: Call): AsyncIterable<ProofLine> {
    return this.proof.lines(request, call);
  }
}
