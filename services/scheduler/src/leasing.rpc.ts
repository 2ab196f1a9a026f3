import {
  LeasingDefinition,
  type AcknowledgeReclaimNoticeRequest,
  type EndLeaseRequest,
  type ExtendLeaseRequest,
  type ListReclaimNoticesRequest,
  type ResellLeaseRequest,
} from '#contracts';
import { Rpc, type Call, type Implementation } from '#platform';
import { OwnLeases } from './own-leases.js';
import { ReclaimNotices } from './reclaim-notices.js';
import { Shards } from './shards.js';

@Rpc(LeasingDefinition)
export class LeasingRpc implements Implementation<typeof LeasingDefinition> {
  constructor(
    private readonly shards: Shards,
    private readonly own: OwnLeases,
    private readonly notices: ReclaimNotices,
  ) {}

  resellLease(request: ResellLeaseRequest, call: Call) {
    return this.own.resell(call, request);
  }

  extendLease(request: ExtendLeaseRequest, call: Call) {
    return this.own.extend(call, request);
  }

  endLease(request: EndLeaseRequest, call: Call) {
    return this.own.end(call, request);
  }

  async listReclaimNotices(request: ListReclaimNoticesRequest, call: Call) {
    await this.shards.fence();
    return this.notices.list(call, request);
  }

  async acknowledgeReclaimNotice({ noticeId }: AcknowledgeReclaimNoticeRequest, call: Call) {
    await this.shards.fence();
    return this.notices.acknowledge(call, noticeId);
  }
}
