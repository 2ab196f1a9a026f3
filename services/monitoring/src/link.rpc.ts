import {
  type GetLinkQualityRequest,
  LinkProbingDefinition,
  type LinkQuality,
  type ReportLinkProbesRequest,
  type ReportLinkProbesResponse,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { LinkMeasures } from './link.measures.js';
import { LinkProbes } from './link.probes.js';

@Rpc(LinkProbingDefinition)
export class LinkRpc implements Implementation<typeof LinkProbingDefinition> {
  constructor(
    private readonly probes: LinkProbes,
    private readonly measures: LinkMeasures,
  ) {}

  async reportLinkProbes(request: ReportLinkProbesRequest, call: Call): Promise<ReportLinkProbesResponse> {
    return this.probes.report(request, call);
  }

  async getLinkQuality(request: GetLinkQualityRequest, call: Call): Promise<LinkQuality> {
    return this.measures.quality(request, call);
  }
}
