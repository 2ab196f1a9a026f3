import { LeasingDefinition, type AcknowledgeReclaimNoticeRequest, type ListReclaimNoticesRequest } from '#contracts';
import { Rpc, type Call, type Implementation } from '#platform';
import { ReclaimNotices } from './reclaim-notices.js';
import { Sequencer } from './sequencer.js';

@Rpc(LeasingDefinition)
export class LeasingRpc implements Implementation<typeof LeasingDefinition> {
  constructor(
    private readonly sequencer: Sequencer,
    private readonly notices: ReclaimNotices,
  ) {}

  async listReclaimNotices(request: ListReclaimNoticesRequest, call: Call) {
    await this.sequencer.fence();
    return this.notices.list(call, request);
  }

  async acknowledgeReclaimNotice({ noticeId }: AcknowledgeReclaimNoticeRequest, call: Call) {
    await this.sequencer.fence();
    return this.notices.acknowledge(call, noticeId);
  }
}
