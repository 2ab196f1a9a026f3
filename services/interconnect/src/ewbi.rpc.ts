import { EwbiDefinition } from '#contracts';
import type {
  FederationDocument,
  FederationRequest,
  ForeignDocument,
  RefusedOperation,
  ResourcePoolDocument,
  ResourcePoolRequest,
  ResourcePoolsRequest,
  ZoneRequest,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { EwbiDesk, refused } from './ewbi.js';
import { documentOf } from './foreign-document.js';

@Rpc(EwbiDefinition)
export class EwbiRpc implements Implementation<typeof EwbiDefinition> {
  constructor(private readonly desk: EwbiDesk) {}

  async createFederation({ body }: ForeignDocument, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.federate(body, call));
  }

  async getFederation({ federationContextId }: FederationRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.federation(federationContextId, call));
  }

  async subscribeZones({ federationContextId, body }: FederationDocument, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.subscribe(federationContextId, body, call));
  }

  async getZone({ federationContextId, zoneId }: ZoneRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.zone(federationContextId, zoneId, call));
  }

  async createResourcePool(request: ResourcePoolDocument, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.create(request, call));
  }

  async listResourcePools(request: ResourcePoolsRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.pools(request, call));
  }

  async removeResourcePool(request: ResourcePoolRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.remove(request, call));
  }

  async refuseUpload({ operation }: RefusedOperation): Promise<ForeignDocument> {
    return refused(`uploads (${operation})`);
  }

  async refuseApplication({ operation }: RefusedOperation): Promise<ForeignDocument> {
    return refused(`applications (${operation})`);
  }

  async refuseEdgeDiscovery(_request: FederationDocument): Promise<ForeignDocument> {
    return refused('edges near to a client');
  }
}
