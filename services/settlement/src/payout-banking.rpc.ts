import { PayoutAccountsDefinition, PayoutBatchesDefinition } from '#contracts';
import type {
  ApprovePayoutAccountRequest,
  CreatePayoutBatchRequest,
  GetPayoutBatchRequest,
  ListPayoutAccountsRequest,
  ListPayoutBatchesRequest,
  ProposePayoutAccountRequest,
  RejectPayoutAccountRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { PayoutAccounts } from './payout-accounts.js';
import { PayoutBatches } from './payout-batches.js';

@Rpc(PayoutAccountsDefinition)
export class PayoutAccountsRpc implements Implementation<typeof PayoutAccountsDefinition> {
  constructor(private readonly accounts: PayoutAccounts) {}

  proposePayoutAccount = (request: ProposePayoutAccountRequest, call: Call) => this.accounts.propose(request, call);
  approvePayoutAccount = (request: ApprovePayoutAccountRequest, call: Call) => this.accounts.approve(request, call);
  rejectPayoutAccount = (request: RejectPayoutAccountRequest, call: Call) => this.accounts.reject(request, call);
  listPayoutAccounts = (request: ListPayoutAccountsRequest, call: Call) => this.accounts.list(request, call);
}

@Rpc(PayoutBatchesDefinition)
export class PayoutBatchesRpc implements Implementation<typeof PayoutBatchesDefinition> {
  constructor(private readonly batches: PayoutBatches) {}

  createPayoutBatch = (request: CreatePayoutBatchRequest, call: Call) => this.batches.create(request, call);
  listPayoutBatches = (request: ListPayoutBatchesRequest) => this.batches.list(request);
  getPayoutBatch = (request: GetPayoutBatchRequest) => this.batches.get(request);
  exportPayoutBatch = (request: GetPayoutBatchRequest) => this.batches.file(request);
}
