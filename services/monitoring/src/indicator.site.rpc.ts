import {
  type GetSiteIndicatorsRequest,
  type ListSiteAlarmsRequest,
  type ListSiteIndicatorsRequest,
  SiteIndicatorsDefinition,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { SiteAlarms } from './indicator.alarms.js';
import { SiteIndicatorsQuery } from './indicator.sites.js';

@Rpc(SiteIndicatorsDefinition)
export class SiteIndicatorsRpc implements Implementation<typeof SiteIndicatorsDefinition> {
  constructor(
    private readonly sites: SiteIndicatorsQuery,
    private readonly alarms: SiteAlarms,
  ) {}

  listSiteIndicators = (request: ListSiteIndicatorsRequest, call: Call) => this.sites.list(request, call);
  getSiteIndicators = (request: GetSiteIndicatorsRequest, call: Call) => this.sites.get(request, call);
  listSiteAlarms = (request: ListSiteAlarmsRequest, call: Call) => this.alarms.list(request, call);
}
