// The contract of the two lists.
import { CatalogueDefinition } from '#contracts';
import type { ListPublicationsRequest, ListResourcesRequest, ListWantedComputeRequest, PublishListsRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { ListFiles } from './list-files.js';
import { Lists } from './lists.js';

@Rpc(CatalogueDefinition)
export class CatalogueRpc implements Implementation<typeof CatalogueDefinition> {
  constructor(
    private readonly lists: Lists,
    private readonly files: ListFiles,
  ) {}

  listResources(request: ListResourcesRequest) {
    return this.lists.resources(request);
  }
  exportResources(request: ListResourcesRequest) {
    return this.files.resources(request);
  }
  listWantedCompute(request: ListWantedComputeRequest) {
    return this.lists.needs(request);
  }
  exportWantedCompute(request: ListWantedComputeRequest) {
    return this.files.needs(request);
  }
  publishLists({ quarter }: PublishListsRequest, call: Call) {
    return this.lists.publish(quarter, call);
  }
  listPublications(request: ListPublicationsRequest) {
    return this.lists.publications(request);
  }
}
