import {
  type GetNationalItemRequest,
  type ListNationalDaysRequest,
  type ListNationalDaysResponse,
  type ListNationalItemsRequest,
  type ListNationalItemsResponse,
  type ListNationalReturnsRequest,
  type ListNationalReturnsResponse,
  NationalConnection,
  NationalDefinition,
  type NationalItemDetail,
  type NationalItemLine,
  type ReportNationalResourcesRequest,
  type ResendNationalItemRequest,
} from '#contracts';
import { type Call, Config, Database, type Implementation, Rpc, conflict } from '#platform';
import { NationalAnswers } from './national.answers.js';
import { NationalDays } from './national.days.js';
import { NationalQuery } from './national.query.js';
import { NationalResend } from './national.resend.js';

@Rpc(NationalDefinition)
export class NationalRpc implements Implementation<typeof NationalDefinition> {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly query: NationalQuery,
    private readonly days: NationalDays,
    private readonly answers: NationalAnswers,
    private readonly again: NationalResend,
  ) {}

  getNationalConnection(): Promise<NationalConnection> {
    return this.query.connection();
  }

  listNationalItems(request: ListNationalItemsRequest): Promise<ListNationalItemsResponse> {
    return this.query.items(request);
  }

  getNationalItem(request: GetNationalItemRequest): Promise<NationalItemDetail> {
    return this.query.item(request);
  }

  resendNationalItem(request: ResendNationalItemRequest, call: Call): Promise<NationalItemLine> {
    return this.again.resend(request, call);
  }

  async reportNationalResources(_request: ReportNationalResourcesRequest, call: Call): Promise<NationalConnection> {
    if (!this.config.nationalUrl) throw conflict('national_node_must_be_configured', 'EXCHANGE_NATIONAL_URL names none');
    return this.database.once(call, NationalConnection, async (tx) => {
      await this.answers.reportAll(tx);
      return this.query.connection(tx);
    });
  }

  listNationalDays(request: ListNationalDaysRequest): Promise<ListNationalDaysResponse> {
    return this.days.list(request);
  }

  listNationalReturns(request: ListNationalReturnsRequest): Promise<ListNationalReturnsResponse> {
    return this.query.returns(request);
  }
}
