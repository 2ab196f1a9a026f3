// The contract of the registry: every method in one line or two.
import { RegistryDefinition, SiteClass } from '#contracts';
import type {
  AmendLinkRequest,
  AmendNeedRequest,
  AmendParticipantRequest,
  AmendPoolRequest,
  AmendSiteRequest,
  CancelDrainRequest,
  DecideAmendmentRequest,
  GetRegistrationRequest,
  ListDrainsRequest,
  ListHistoryRequest,
  ListLinksRequest,
  ListNeedsRequest,
  ListNodesRequest,
  ListParticipantsRequest,
  ListPoolsRequest,
  ListSitesRequest,
  MoveRegistrationRequest,
  PlanDrainRequest,
  RegisterLinkRequest,
  RegisterNeedRequest,
  RegisterNodesRequest,
  RegisterParticipantRequest,
  RegisterPoolRequest,
  RegisterSiteRequest,
  ResolveIdentifierRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { racksOf } from './core/site-class.js';
import type { SiteClassName } from './core/site-class.js';
import { Drains } from './drains.js';
import { Filters } from './filters.js';
import { History } from './history.js';
import { Identifiers } from './identifiers.js';
import { link } from './links.js';
import { need } from './needs.js';
import { Nodes } from './nodes.js';
import { ownerFor, ownerOfSite } from './owners.js';
import { participant } from './participants.js';
import { pool } from './pools.js';
import { Registrations } from './registrations.js';
import { site } from './sites.js';

@Rpc(RegistryDefinition)
export class RegistryRpc implements Implementation<typeof RegistryDefinition> {
  constructor(
    private readonly registrations: Registrations,
    private readonly nodes: Nodes,
    private readonly drains: Drains,
    private readonly identifiers: Identifiers,
    private readonly history: History,
  ) {}

  registerParticipant({ details }: RegisterParticipantRequest, call: Call) {
    return this.registrations.register(participant, details!, call, 'itself');
  }
  getParticipant({ id }: GetRegistrationRequest, call: Call) {
    return this.registrations.get(participant, id, call);
  }
  async listParticipants({ page, state, region, role, size, ownerGroup }: ListParticipantsRequest, call: Call) {
    const filters = new Filters()
      .add('state = ?', state)
      .add('region = ?', region)
      .add('? = any (roles)', role)
      .add('size = ?', size)
      .add('owner_group = ?', ownerGroup);
    const found = await this.registrations.list(participant, page, filters, call);
    return { participants: found.things, page: found.page };
  }
  amendParticipant({ id, details, reason }: AmendParticipantRequest, call: Call) {
    return this.registrations.amend(participant, id, details!, reason, call);
  }
  moveParticipant(request: MoveRegistrationRequest, call: Call) {
    return this.registrations.move(participant, request, call);
  }
  decideParticipantAmendment(request: DecideAmendmentRequest, call: Call) {
    return this.registrations.decide(participant, request, call);
  }

  registerSite({ providerId, details }: RegisterSiteRequest, call: Call) {
    return this.registrations.register(site, details!, call, (tx) => ownerFor(tx, providerId, site.ownerRoles, call));
  }
  getSite({ id }: GetRegistrationRequest, call: Call) {
    return this.registrations.get(site, id, call);
  }
  async listSites({ page, state, region, district, providerId, siteClass }: ListSitesRequest, call: Call) {
    const filters = new Filters()
      .add('state = ?', state)
      .add('region = ?', region)
      .add('district = ?', district)
      .add('owner_id = ?', providerId);
    if (siteClass) {
      const [least, beyond] = racksOf(SiteClass[siteClass] as SiteClassName);
      filters.always('standard_racks >= ?', least).always('standard_racks < ?::int8', beyond);
    }
    const found = await this.registrations.list(site, page, filters, call);
    return { sites: found.things, page: found.page };
  }
  amendSite({ id, details, reason }: AmendSiteRequest, call: Call) {
    return this.registrations.amend(site, id, details!, reason, call);
  }
  moveSite(request: MoveRegistrationRequest, call: Call) {
    return this.registrations.move(site, request, call);
  }
  decideSiteAmendment(request: DecideAmendmentRequest, call: Call) {
    return this.registrations.decide(site, request, call);
  }

  registerPool({ details }: RegisterPoolRequest, call: Call) {
    return this.registrations.register(pool, details!, call, (tx) => ownerOfSite(tx, details!.siteId, call));
  }
  getPool({ id }: GetRegistrationRequest, call: Call) {
    return this.registrations.get(pool, id, call);
  }
  async listPools({ page, state, region, providerId, siteId, computeClass, model }: ListPoolsRequest, call: Call) {
    const filters = new Filters()
      .add('state = ?', state)
      .add('site_id in (select id from sites where region = ?)', region)
      .add('owner_id = ?', providerId)
      .add('site_id = ?', siteId)
      .add('compute_class = ?', computeClass)
      .add('model = ?', model);
    const found = await this.registrations.list(pool, page, filters, call);
    return { pools: found.things, page: found.page };
  }
  amendPool({ id, details, reason }: AmendPoolRequest, call: Call) {
    return this.registrations.amend(pool, id, details!, reason, call);
  }
  movePool(request: MoveRegistrationRequest, call: Call) {
    return this.registrations.move(pool, request, call);
  }
  decidePoolAmendment(request: DecideAmendmentRequest, call: Call) {
    return this.registrations.decide(pool, request, call);
  }

  registerLink({ ownerId, details }: RegisterLinkRequest, call: Call) {
    return this.registrations.register(link, details!, call, (tx) => ownerFor(tx, ownerId, link.ownerRoles, call));
  }
  getLink({ id }: GetRegistrationRequest, call: Call) {
    return this.registrations.get(link, id, call);
  }
  async listLinks({ page, state, fromRegion, toRegion, toSiteId, ownerId }: ListLinksRequest, call: Call) {
    const filters = new Filters()
      .add('state = ?', state)
      .add('from_region = ?', fromRegion)
      .add('to_region = ?', toRegion)
      .add('to_site_id = ?', toSiteId)
      .add('owner_id = ?', ownerId);
    const found = await this.registrations.list(link, page, filters, call);
    return { links: found.things, page: found.page };
  }
  amendLink({ id, details, reason }: AmendLinkRequest, call: Call) {
    return this.registrations.amend(link, id, details!, reason, call);
  }
  moveLink(request: MoveRegistrationRequest, call: Call) {
    return this.registrations.move(link, request, call);
  }
  decideLinkAmendment(request: DecideAmendmentRequest, call: Call) {
    return this.registrations.decide(link, request, call);
  }

  registerNeed({ buyerId, details }: RegisterNeedRequest, call: Call) {
    return this.registrations.register(need, details!, call, (tx) => ownerFor(tx, buyerId, need.ownerRoles, call));
  }
  getNeed({ id }: GetRegistrationRequest, call: Call) {
    return this.registrations.get(need, id, call);
  }
  async listNeeds({ page, state, region, district, buyerId, computeClass }: ListNeedsRequest, call: Call) {
    const filters = new Filters()
      .add('state = ?', state)
      .add('region = ?', region)
      .add('district = ?', district)
      .add('owner_id = ?', buyerId)
      .add('compute_class = ?', computeClass);
    const found = await this.registrations.list(need, page, filters, call);
    return { needs: found.things, page: found.page };
  }
  amendNeed({ id, details, reason }: AmendNeedRequest, call: Call) {
    return this.registrations.amend(need, id, details!, reason, call);
  }
  moveNeed(request: MoveRegistrationRequest, call: Call) {
    return this.registrations.move(need, request, call);
  }
  decideNeedAmendment(request: DecideAmendmentRequest, call: Call) {
    return this.registrations.decide(need, request, call);
  }

  registerNodes(requests: AsyncIterable<RegisterNodesRequest>, call: Call) {
    return this.nodes.register(requests, call);
  }
  listNodes(request: ListNodesRequest, call: Call) {
    return this.nodes.list(request, call);
  }
  planDrain(request: PlanDrainRequest, call: Call) {
    return this.drains.plan(request, call);
  }
  listDrains(request: ListDrainsRequest, call: Call) {
    return this.drains.list(request, call);
  }
  cancelDrain(request: CancelDrainRequest, call: Call) {
    return this.drains.cancel(request, call);
  }
  resolveIdentifier({ identifier }: ResolveIdentifierRequest, call: Call) {
    return this.identifiers.resolve(identifier, call);
  }
  listHistory(request: ListHistoryRequest, call: Call) {
    return this.history.list(request, call);
  }
}
