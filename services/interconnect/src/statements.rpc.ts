import { StatementsDefinition } from '#contracts';
import type {
  AcceptStatementItemRequest,
  Empty,
  ListNettingsRequest,
  ListNettingsResponse,
  ListStatementItemsRequest,
  ListStatementItemsResponse,
  ListUnplacedCompensationsRequest,
  ListUnplacedCompensationsResponse,
  PlacedLease,
  PlaceLeaseRequest,
  ProposeNettingRequest,
  StatementItem,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { Compensations } from './compensations.js';
import { Nettings } from './nettings.js';
import { StatementDesk } from './statement-desk.js';

@Rpc(StatementsDefinition)
export class StatementsRpc implements Implementation<typeof StatementsDefinition> {
  constructor(
    private readonly desk: StatementDesk,
    private readonly netting: Nettings,
    private readonly compensations: Compensations,
  ) {}

  listStatementItems(request: ListStatementItemsRequest): Promise<ListStatementItemsResponse> {
    return this.desk.items(request);
  }

  acceptStatementItem(request: AcceptStatementItemRequest, call: Call): Promise<StatementItem> {
    return this.desk.accept(request, call);
  }

  proposeNetting(request: ProposeNettingRequest, call: Call): Promise<Empty> {
    return this.netting.propose(request, call);
  }

  listNettings(request: ListNettingsRequest): Promise<ListNettingsResponse> {
    return this.desk.nettings(request);
  }

  listUnplacedCompensations(request: ListUnplacedCompensationsRequest): Promise<ListUnplacedCompensationsResponse> {
    return this.compensations.list(request);
  }

  placeLease(request: PlaceLeaseRequest, call: Call): Promise<PlacedLease> {
    return this.compensations.placeLease(request, call);
  }
}
