import {
  MarketControlDefinition,
  type CurtailSiteRequest,
  type HaltBookRequest,
  type LiftCurtailmentRequest,
  type ListCurtailmentsRequest,
  type ListMarketActionsRequest,
  type ReopenBookRequest,
  type StartMarketRequest,
  type StopMarketRequest,
} from '#contracts';
import { invalid, Rpc, type Call, type Implementation } from '#platform';
import { MarketActions } from './market-action.query.js';
import { MarketControl } from './market-control.js';
import { Shards } from './shards.js';

@Rpc(MarketControlDefinition)
export class MarketControlRpc implements Implementation<typeof MarketControlDefinition> {
  constructor(
    private readonly shards: Shards,
    private readonly control: MarketControl,
    private readonly actions: MarketActions,
  ) {}

  haltBook({ bookId, reason }: HaltBookRequest, call: Call) {
    return this.control.act(call, { kind: 'HaltBook', bookId }, reason);
  }

  reopenBook({ bookId, reason, referencePrice }: ReopenBookRequest, call: Call) {
    return this.control.act(call, { kind: 'ReopenBook', bookId, referencePrice }, reason);
  }

  stopMarket({ reason }: StopMarketRequest, call: Call) {
    return this.control.act(call, { kind: 'StopMarket' }, reason);
  }

  startMarket({ reason }: StartMarketRequest, call: Call) {
    return this.control.act(call, { kind: 'StartMarket' }, reason);
  }

  async curtailSite({ siteId, window, reason }: CurtailSiteRequest, call: Call) {
    const { from, to } = window!;
    if (to <= from) throw invalid('window.to', 'curtailment_must_end_after_it_starts', 'give a window that ends after it starts');
    return this.control.act(call, { kind: 'CurtailSite', siteId, from, to }, reason);
  }

  liftCurtailment({ siteId, reason }: LiftCurtailmentRequest, call: Call) {
    return this.control.act(call, { kind: 'CurtailSite', siteId, from: 0, to: 0 }, reason);
  }

  async listCurtailments(request: ListCurtailmentsRequest) {
    await this.shards.fence();
    return this.actions.curtailments(request);
  }

  async getMarketStatus() {
    await this.shards.fence();
    return this.actions.status();
  }

  async listMarketActions(request: ListMarketActionsRequest) {
    await this.shards.fence();
    return this.actions.list(request);
  }
}
