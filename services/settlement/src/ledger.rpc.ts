import { LedgerDefinition } from '#contracts';
import type {
  EndProgrammeRequest,
  FundProgrammeRequest,
  GetProgrammeBalancesRequest,
  ListProgrammeBalancesRequest,
  ReleaseSubsidyRequest,
  ReserveSubsidyRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { Programmes } from './programmes.js';
import { Reservations } from './reservations.js';

/** What other services may move in the ledger. */
@Rpc(LedgerDefinition)
export class LedgerRpc implements Implementation<typeof LedgerDefinition> {
  constructor(
    private readonly programmes: Programmes,
    private readonly reservations: Reservations,
  ) {}

  fundProgramme = (request: FundProgrammeRequest, call: Call) => this.programmes.fund(request, call);
  endProgramme = (request: EndProgrammeRequest, call: Call) => this.programmes.end(request, call);
  getProgrammeBalances = (request: GetProgrammeBalancesRequest) => this.programmes.balances(request.programmeId);
  listProgrammeBalances = (request: ListProgrammeBalancesRequest) => this.programmes.list(request.programmeIds);
  reserveSubsidy = (request: ReserveSubsidyRequest, call: Call) => this.reservations.reserve(request, call);
  releaseSubsidy = (request: ReleaseSubsidyRequest, call: Call) => this.reservations.release(request, call);
}
