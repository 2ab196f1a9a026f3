import { DisputesDefinition } from '#contracts';
import type {
  AddEvidenceRequest,
  DecideDisputeRequest,
  GetDisputeRequest,
  ListDisputesRequest,
  OpenDisputeRequest,
  WithdrawDisputeRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { Disputes } from './disputes.js';

@Rpc(DisputesDefinition)
export class DisputesRpc implements Implementation<typeof DisputesDefinition> {
  constructor(private readonly disputes: Disputes) {}

  openDispute = (request: OpenDisputeRequest, call: Call) => this.disputes.open(request, call);
  addEvidence = (request: AddEvidenceRequest, call: Call) => this.disputes.addEvidence(request, call);
  withdrawDispute = (request: WithdrawDisputeRequest, call: Call) => this.disputes.withdraw(request, call);
  decideDispute = (request: DecideDisputeRequest, call: Call) => this.disputes.decide(request, call);
  listDisputes = (request: ListDisputesRequest, call: Call) => this.disputes.list(request, call);
  getDispute = (request: GetDisputeRequest, call: Call) => this.disputes.get(request, call);
}
