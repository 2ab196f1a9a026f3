import {
  type ApproveClaimRequest,
  type ApproveProgrammeRequest,
  type BudgetBurn,
  type CancelPlatformBillRequest,
  type Claim,
  type CloseProgrammeRequest,
  type CompareTrialsRequest,
  type CreateProgrammeRequest,
  type DeclareOwnershipRequest,
  type DeclareSubsidyElsewhereRequest,
  Empty,
  type ExportClaimsRequest,
  type Funding,
  type GetBalancesRequest,
  type GetBudgetBurnRequest,
  type GetClaimRequest,
  type GetFundingRequest,
  type GetProgrammeRequest,
  type GetTrialRequest,
  type ListClaimsRequest,
  type ListClaimsResponse,
  type ListOwnershipsRequest,
  type ListOwnershipsResponse,
  type ListProgrammeAuditRequest,
  type ListProgrammeAuditResponse,
  type ListProgrammesRequest,
  type ListProgrammesResponse,
  type ListTrialFirmsRequest,
  type ListTrialFirmsResponse,
  type ListTrialsRequest,
  type ListTrialsResponse,
  type Ownership,
  type Programme,
  type ProgrammeBalances,
  type RefuseClaimRequest,
  type ReleaseSubsidyForBid,
  type ReturnProgrammeRequest,
  type ReviseProgrammeRequest,
  type SubmitPlatformBillRequest,
  type SubmitProgrammeRequest,
  type SubsidyAnswer,
  type SubsidyForBid,
  type Trial,
  type TrialComparison,
  type TryProgrammeRequest,
  VoucherDefinition,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { BurnQuery } from './burn.query.js';
import { ClaimFile } from './claim.file.js';
import { ClaimOfficers } from './claim.officers.js';
import { ClaimQuery } from './claim.query.js';
import { SubsidiesElsewhere } from './elsewhere.js';
import { Ownerships } from './ownerships.js';
import { PlatformBills } from './platform-bills.js';
import { PlatformCancellations } from './platform-cancellations.js';
import { ProgrammeQuery } from './programme.query.js';
import { Programmes } from './programmes.js';
import { Reservations } from './reservations.js';
import { TrialQuery } from './trial.query.js';
import { Trials } from './trials.js';

@Rpc(VoucherDefinition)
export class VoucherRpc implements Implementation<typeof VoucherDefinition> {
  constructor(
    private readonly programmes: Programmes,
    private readonly programmeQuery: ProgrammeQuery,
    private readonly burn: BurnQuery,
    private readonly reservations: Reservations,
    private readonly officers: ClaimOfficers,
    private readonly claims: ClaimQuery,
    private readonly claimFile: ClaimFile,
    private readonly platformBills: PlatformBills,
    private readonly cancellations: PlatformCancellations,
    private readonly elsewhere: SubsidiesElsewhere,
    private readonly ownerships: Ownerships,
    private readonly trials: Trials,
    private readonly trialQuery: TrialQuery,
  ) {}

  async createProgramme(request: CreateProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.create(request, call);
  }

  async reviseProgramme({ programmeId, terms }: ReviseProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.revise(programmeId, terms!, call);
  }

  async submitProgramme({ programmeId }: SubmitProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.submit(programmeId, call);
  }

  async approveProgramme({ programmeId }: ApproveProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.approve(programmeId, call);
  }

  async returnProgramme({ programmeId, reason }: ReturnProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.giveBack(programmeId, reason, call);
  }

  async closeProgramme({ programmeId, reason }: CloseProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmes.close(programmeId, reason, call);
  }

  async getProgramme({ programmeId }: GetProgrammeRequest, call: Call): Promise<Programme> {
    return this.programmeQuery.get(programmeId, call);
  }

  async listProgrammes(request: ListProgrammesRequest, call: Call): Promise<ListProgrammesResponse> {
    return this.programmeQuery.list(request, call);
  }

  async getBalances({ programmeId }: GetBalancesRequest, call: Call): Promise<ProgrammeBalances> {
    return this.programmeQuery.balances(programmeId, call);
  }

  async getFunding({ programmeId }: GetFundingRequest, call: Call): Promise<Funding> {
    return this.programmeQuery.funding(programmeId, call);
  }

  async getBudgetBurn(request: GetBudgetBurnRequest, call: Call): Promise<BudgetBurn> {
    return this.burn.get(request, call);
  }

  async listProgrammeAudit(request: ListProgrammeAuditRequest, call: Call): Promise<ListProgrammeAuditResponse> {
    return this.programmeQuery.audit(request, call);
  }

  async tryProgramme(request: TryProgrammeRequest, call: Call): Promise<Trial> {
    return this.trials.try(request, call);
  }

  async listTrials(request: ListTrialsRequest, call: Call): Promise<ListTrialsResponse> {
    return this.trialQuery.list(request, call);
  }

  async getTrial({ trialId }: GetTrialRequest, call: Call): Promise<Trial> {
    return this.trialQuery.get(trialId, call);
  }

  async listTrialFirms(request: ListTrialFirmsRequest, call: Call): Promise<ListTrialFirmsResponse> {
    return this.trialQuery.firms(request, call);
  }

  async compareTrials(request: CompareTrialsRequest, call: Call): Promise<TrialComparison> {
    return this.trialQuery.compare(request, call);
  }

  async getClaim({ claimId }: GetClaimRequest, call: Call): Promise<Claim> {
    return this.claims.get(claimId, call);
  }

  async listClaims(request: ListClaimsRequest, call: Call): Promise<ListClaimsResponse> {
    return this.claims.list(request, call);
  }

  exportClaims = (request: ExportClaimsRequest, call: Call) => this.claimFile.file(request, call);

  async approveClaim({ claimId }: ApproveClaimRequest, call: Call): Promise<Claim> {
    return this.officers.approve(claimId, call);
  }

  async refuseClaim({ claimId, reason }: RefuseClaimRequest, call: Call): Promise<Claim> {
    return this.officers.refuse(claimId, reason, call);
  }

  async submitPlatformBill(request: SubmitPlatformBillRequest, call: Call): Promise<Claim> {
    return this.platformBills.submit(request, call);
  }

  async cancelPlatformBill(request: CancelPlatformBillRequest, call: Call): Promise<Claim> {
    return this.cancellations.cancel(request, call);
  }

  async declareSubsidyElsewhere(request: DeclareSubsidyElsewhereRequest, call: Call): Promise<Empty> {
    return this.elsewhere.declare(request, call);
  }

  async declareOwnership(request: DeclareOwnershipRequest, call: Call): Promise<Ownership> {
    return this.ownerships.declare(request, call);
  }

  async listOwnerships(request: ListOwnershipsRequest): Promise<ListOwnershipsResponse> {
    return this.ownerships.list(request);
  }

  async reserveSubsidy(request: SubsidyForBid): Promise<SubsidyAnswer> {
    return this.reservations.reserve(request);
  }

  async releaseSubsidy(request: ReleaseSubsidyForBid): Promise<Empty> {
    await this.reservations.release(request);
    return Empty.create();
  }
}
